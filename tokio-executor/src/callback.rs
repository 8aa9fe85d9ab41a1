//! A wait that ends by a call of the operating system's, on a thread of its own.
//!
//! Called by what waits for the end of a process on Windows. The system is given an address, and
//! calls a function with it, once at most. Whoever waits may be gone by then, or go while that
//! function runs.
//!
//! Always true: the callback's reference to what it shares with its wait is given up once,
//! when the callback is not running and will not run. In steps:
//!
//! 1. [`address`](CallbackWait::address) makes the reference, and the system keeps its address.
//! 2. The callback runs at most once. It marks its end ([`CALLED`]).
//! 3. Who waited ends the wait with the system. If that says that no callback is running, it has
//!    ended or will never begin, and [`end`](CallbackWait::end) gives the reference up.
//! 4. Else `end` marks that the wait is gone ([`GONE`]). Of the two marks one comes second,
//!    and whoever sets that one gives the reference up.
//!
//! Why not wait for the callback? It wakes a task, and a waker may end the wait there.

use crate::sys::{Arc, AtomicU8, UnsafeCell};
use crate::task::Context;
use crate::unwind;
use crate::waiter::WaiterCell;
use std::fmt;
use std::mem::ManuallyDrop;
use std::sync::atomic::Ordering::AcqRel;

/// The callback has ended.
const CALLED: u8 = 1;
/// The wait was given up while the callback ran.
const GONE: u8 = 2;

/// What a callback and whoever waits for it share.
///
/// # Dropping
///
/// Wakes nobody.
pub struct CallbackWait {
    waiter: WaiterCell,
    marks: AtomicU8,
    /// Nothing: for the models, to which the callback uses it, and the drop changes it.
    used: UnsafeCell<()>,
}

// SAFETY: there is nothing in the cell.
unsafe impl Send for CallbackWait {}
// SAFETY: as above.
unsafe impl Sync for CallbackWait {}

impl CallbackWait {
    /// Returns one that was not called.
    pub fn new() -> Arc<CallbackWait> {
        Arc::new(CallbackWait {
            waiter: WaiterCell::new(),
            marks: AtomicU8::new(0),
            used: UnsafeCell::new(()),
        })
    }

    /// Returns the address with which the system is to call, and which keeps what is there.
    pub fn address(this: &Arc<CallbackWait>) -> *const CallbackWait {
        Arc::into_raw(this.clone())
    }

    /// Gives an address back that the system did not take.
    ///
    /// # Safety
    ///
    /// It is from [`address`](CallbackWait::address), and nobody will call with it.
    pub unsafe fn refused(address: *const CallbackWait) {
        // SAFETY: from `into_raw`, as the caller says.
        drop(unsafe { Arc::from_raw(address) });
    }

    /// Has the task woken when the call comes.
    pub fn register(&self, cx: &Context<'_>) {
        self.waiter.register(cx);
    }

    /// Wakes who waits: the callback does this, and nothing after it. Panics of wakers end here.
    ///
    /// # Safety
    ///
    /// Once for an address from [`address`](CallbackWait::address), and not after a wait with that
    /// address has ended ([`end`](CallbackWait::end)) of which the system said that nothing ran.
    pub unsafe fn call(address: *const CallbackWait) {
        // SAFETY: the reference that `address` made is there until the mark below is set.
        let this = ManuallyDrop::new(unsafe { Arc::from_raw(address) });
        unwind::quietly(|| this.waiter.wake());
        this.used.with(|_| ());
        if this.is_second(CALLED) {
            unwind::quietly(|| drop(ManuallyDrop::into_inner(this)));
        }
    }

    /// Gives up the wait, which the system was told to end. `runs_not`: it says that the callback
    /// is not running, and will not run.
    ///
    /// # Safety
    ///
    /// Once for a wait with an address that the system took.
    pub unsafe fn end(this: &Arc<CallbackWait>, runs_not: bool) {
        if runs_not || this.is_second(GONE) {
            // SAFETY: the reference that `address` made; by 3 and 4 of the head nobody else
            // gives it up, or uses it any more.
            drop(unsafe { Arc::from_raw(Arc::as_ptr(this)) });
        }
    }

    /// Sets one of the marks; true if the other one stands.
    fn is_second(&self, mark: u8) -> bool {
        // Release and Acquire: the second one comes after all that the first one did.
        self.marks.fetch_or(mark, AcqRel) != 0
    }
}

impl Drop for CallbackWait {
    fn drop(&mut self) {
        self.used.with_mut(|_| ());
    }
}

impl fmt::Debug for CallbackWait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallbackWait").finish_non_exhaustive()
    }
}

#[cfg(all(loom, test))]
mod models;
