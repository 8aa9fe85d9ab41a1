//! Two calls to the operating system: a wait for the end of a process, and a pipe's end that
//! the reactor can watch.
//!
//! `exit` and `pipe` call it.
//!
//! Always true: the callback's reference to what it shares with its wait is given up once,
//! when the callback is not running and will not run. In steps:
//!
//! 1. [`ProcessWait::begin`] makes the reference, and the system keeps its address.
//! 2. The callback runs at most once. It marks its end ([`CALLED`]).
//! 3. The drop ends the wait. If the system says that no callback is running, it has ended or
//!    will never begin, and the drop gives the reference up.
//! 4. Else the drop marks that the wait is gone ([`GONE`]). Of the two marks one comes second,
//!    and whoever sets that one gives the reference up.
//!
//! Why not wait for the callback? It wakes a task, and a waker may drop the child there.

use mio1::windows::NamedPipe;
use std::ffi::c_void;
use std::io;
use std::mem::ManuallyDrop;
use std::os::windows::io::{
    AsHandle, AsRawHandle, FromRawHandle, IntoRawHandle, OwnedHandle, RawHandle,
};
use std::process::Child;
use std::ptr;
use std::sync::atomic::{AtomicU8, Ordering::AcqRel};
use std::sync::Arc;
use tokio_executor::internals::unwind;
use tokio_executor::task::Context;
use tokio_executor::waiter::WaiterCell;

/// The callback has ended.
const CALLED: u8 = 1;
/// The wait was dropped while the callback ran.
const GONE: u8 = 2;

const INFINITE: u32 = u32::MAX;
const WT_EXECUTEONLYONCE: u32 = 8;

type Callback = unsafe extern "system" fn(*mut c_void, u8);

#[link(name = "kernel32")]
unsafe extern "system" {
    fn RegisterWaitForSingleObject(
        wait: *mut RawHandle,
        object: RawHandle,
        callback: Callback,
        context: *mut c_void,
        milliseconds: u32,
        flags: u32,
    ) -> i32;
    fn UnregisterWait(wait: RawHandle) -> i32;
}

/// A wait for the end of a process.
///
/// # Dropping
///
/// Ends the wait. Does not block.
#[derive(Debug)]
pub(super) struct ProcessWait {
    wait: RawHandle,
    shared: Arc<Shared>,
    /// Must stay open as long as the system waits for it.
    _process: OwnedHandle,
}

// SAFETY: the handle of a wait may be used by any thread; it is used by the drop only.
unsafe impl Send for ProcessWait {}
// SAFETY: as above.
unsafe impl Sync for ProcessWait {}

#[derive(Debug)]
struct Shared {
    waiter: WaiterCell,
    marks: AtomicU8,
}

impl Shared {
    /// Sets one of the marks; true if the other one stands.
    fn is_second(&self, mark: u8) -> bool {
        // Release and Acquire: the second one comes after all that the first one did.
        self.marks.fetch_or(mark, AcqRel) != 0
    }
}

impl ProcessWait {
    pub(super) fn begin(child: &Child) -> io::Result<ProcessWait> {
        let process = child.as_handle().try_clone_to_owned()?;
        let shared = Arc::new(Shared { waiter: WaiterCell::new(), marks: AtomicU8::new(0) });
        let context = Arc::into_raw(shared.clone());
        let mut wait = ptr::null_mut();
        // SAFETY: the process is open until the wait has ended, and `callback` takes what
        // `Arc::into_raw` gave.
        let registered = unsafe {
            RegisterWaitForSingleObject(
                &mut wait,
                process.as_raw_handle(),
                callback,
                context.cast_mut().cast(),
                INFINITE,
                WT_EXECUTEONLYONCE,
            )
        };
        if registered == 0 {
            let error = io::Error::last_os_error();
            // SAFETY: from `into_raw`, and the system did not take it.
            drop(unsafe { Arc::from_raw(context) });
            return Err(error);
        }
        Ok(ProcessWait { wait, shared, _process: process })
    }

    /// Has the task woken when the process ends.
    pub(super) fn register(&self, cx: &Context<'_>) {
        self.shared.waiter.register(cx);
    }
}

impl Drop for ProcessWait {
    fn drop(&mut self) {
        // SAFETY: the wait was registered, and is ended here only.
        let idle = unsafe { UnregisterWait(self.wait) } != 0;
        if idle || self.shared.is_second(GONE) {
            // SAFETY: the reference that `begin` made; by 3 and 4 of the head nobody else
            // gives it up, or uses it any more.
            unsafe { Arc::decrement_strong_count(Arc::as_ptr(&self.shared)) };
        }
    }
}

/// Called by the system when the process has ended, on a thread of its pool.
unsafe extern "system" fn callback(context: *mut c_void, _: u8) {
    // SAFETY: the address came from `Arc::into_raw`, and the reference is there until the
    // mark below is set.
    let shared = ManuallyDrop::new(unsafe { Arc::from_raw(context.cast::<Shared>()) });
    // A panic of a waker, also of one that is dropped, must not leave a function of the system's.
    unwind::quietly(|| shared.waiter.wake());
    if shared.is_second(CALLED) {
        unwind::quietly(|| drop(ManuallyDrop::into_inner(shared)));
    }
}

/// The end of a pipe, for the reactor.
pub(super) fn named_pipe(end: OwnedHandle) -> NamedPipe {
    // SAFETY: nobody else owns the handle. If it is none for overlapped I/O, as std makes them,
    // the reactor refuses it.
    unsafe { NamedPipe::from_raw_handle(end.into_raw_handle()) }
}
