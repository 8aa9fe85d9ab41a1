//! What waits for an event, and the cell in which a source keeps it.
//!
//! A socket's direction, a timer, a channel end or a join handle has at most one task
//! that waits for it. The source keeps that task in a [`WaiterCell`]; whoever makes the
//! event happen calls [`WaiterCell::wake`].
//!
//! Called by sockets, timers, channels, join handles and shutdowns.
//!
//! Always true: a `wake` that comes after a `register` began is seen: either `wake`
//! finds the waiter, or `register` finds that it was overtaken and wakes the task
//! itself. Nothing of a caller's runs while the cell is taken: a waiter that is
//! replaced is dropped after the cell is free again.
//!
//! Why not a lock around an `Option`? A thread that is stopped while it registers would stop the
//! one that wakes, which may be the reactor with all other tasks' events in hand.
//!
//! # Examples
//!
//! Something that one task can wait for:
//!
//! ```
//! use std::sync::atomic::{AtomicBool, Ordering};
//! use std::task::Poll;
//! use tokio_executor::task::Context;
//! use tokio_executor::waiter::WaiterCell;
//!
//! #[derive(Default)]
//! struct Gate {
//!     open: AtomicBool,
//!     waiting: WaiterCell,
//! }
//!
//! impl Gate {
//!     fn poll_open(&self, cx: &Context<'_>) -> Poll<()> {
//!         // First leave the task here, then look.
//!         self.waiting.register(cx);
//!         if self.open.load(Ordering::Acquire) {
//!             Poll::Ready(())
//!         } else {
//!             Poll::Pending
//!         }
//!     }
//!
//!     fn open(&self) {
//!         // First make it so, then wake.
//!         self.open.store(true, Ordering::Release);
//!         self.waiting.wake();
//!     }
//! }
//!
//! let gate = Gate::default();
//! gate.open();
//! let passed = futures::future::poll_fn(|| match gate.poll_open(&Context::current()) {
//!     Poll::Ready(()) => Ok::<_, ()>(futures::Async::Ready(())),
//!     Poll::Pending => Ok(futures::Async::NotReady),
//! });
//! assert_eq!(futures::Future::wait(passed), Ok(()));
//! ```

mod handle;

pub use self::handle::Waiter;

use crate::inspect::{self, Kind, Place, Wait};
use crate::sys::{const_fn, AtomicUsize, UnsafeCell};
use crate::task::Context;
use std::fmt;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};

/// A cell for the one task that waits for an event.
///
/// ```text
///    register              done
///   FREE -----> REGISTERING -----> FREE
///    |  ^            |
///    |  | done       | wake            done (wakes its own task)
///    |  |            v
///    |  |       REGISTERING|WAKING -------------> FREE
///    |  |
///    +--+-----> WAKING
///       wake
/// ```
///
/// The technique, with two bits so that each side can leave the other a message, is
/// that of `AtomicWaker` in futures 0.3; ours keeps tasks of both kinds, and never
/// drops or wakes one while it has the cell.
pub struct WaiterCell {
    state: AtomicUsize,
    content: UnsafeCell<Option<Waiter>>,
}

// SAFETY: `content` is only touched by the thread that moved `state` out of FREE, and a
// `Waiter` may go to any thread.
unsafe impl Send for WaiterCell {}
// SAFETY: as above.
unsafe impl Sync for WaiterCell {}

const FREE: usize = 0;
const REGISTERING: usize = 1;
const WAKING: usize = 2;

impl WaiterCell {
    const_fn! {
        /// Returns an empty cell.
        pub fn new() -> WaiterCell {
            WaiterCell { state: AtomicUsize::new(FREE), content: UnsafeCell::new(None) }
        }
    }

    /// Returns a cell with `waiter` in it, for a source that nobody else knows yet.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::task::Waker;
    /// use tokio_executor::task::Context;
    /// use tokio_executor::waiter::WaiterCell;
    ///
    /// let waiter = Context::from_waker(Waker::noop()).waiter();
    /// let cell = WaiterCell::holding(waiter);
    /// assert!(cell.take().is_some());
    /// ```
    pub fn holding(waiter: Waiter) -> WaiterCell {
        WaiterCell { state: AtomicUsize::new(FREE), content: UnsafeCell::new(Some(waiter)) }
    }

    /// Makes the polling task the one that the next [`wake`](WaiterCell::wake) wakes.
    ///
    /// Call this first, and look for the event after it. Two registrations at once are
    /// a mistake of the caller's; the second then wakes its task at once, so that
    /// nothing is lost.
    ///
    /// # Panics
    ///
    /// If `cx` stands for the current futures 0.1 task and there is none.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::atomic::{AtomicBool, Ordering};
    /// use std::task::Poll;
    /// use tokio_executor::task::Context;
    /// use tokio_executor::waiter::WaiterCell;
    ///
    /// /// A signal that one task may wait for.
    /// struct Signal {
    ///     given: AtomicBool,
    ///     waiter: WaiterCell,
    /// }
    ///
    /// impl Signal {
    ///     fn give(&self) {
    ///         // First the event, then the wake.
    ///         self.given.store(true, Ordering::Release);
    ///         self.waiter.wake();
    ///     }
    ///
    ///     fn poll_cx(&self, cx: &Context<'_>) -> Poll<()> {
    ///         // First the registration, then the look.
    ///         self.waiter.register(cx);
    ///         match self.given.load(Ordering::Acquire) {
    ///             true => Poll::Ready(()),
    ///             false => Poll::Pending,
    ///         }
    ///     }
    /// }
    ///
    /// let signal = Signal { given: AtomicBool::new(false), waiter: WaiterCell::new() };
    /// let cx = Context::from_waker(std::task::Waker::noop());
    /// assert!(signal.poll_cx(&cx).is_pending());
    /// signal.give();
    /// assert!(signal.poll_cx(&cx).is_ready());
    /// ```
    pub fn register(&self, cx: &Context<'_>) {
        self.register_by(cx, |waiter| cx.is(waiter), || cx.waiter());
    }

    /// Works like [`register`](WaiterCell::register), for a leaf that has not noted yet what it
    /// waits for: `wait` says it.
    // Hidden: for the crates above this one.
    #[doc(hidden)]
    #[inline]
    pub fn register_noting(&self, cx: &Context<'_>, wait: impl Fn() -> Wait) {
        let is = |waiter: &Waiter| cx.is_noting(waiter, || inspect::note_now(&wait));
        self.register_by(cx, is, || cx.waiter_noting(&wait));
    }

    /// Does the same, for a thing of that kind that was made at `place`.
    // Hidden: as above.
    #[doc(hidden)]
    pub fn register_at(&self, cx: &Context<'_>, kind: &'static Kind, address: usize, at: Place) {
        let is = move |waiter: &Waiter| cx.is_at(waiter, kind, address, at);
        self.register_by(cx, is, move || cx.waiter_at(kind, address, at));
    }

    #[inline(always)]
    fn register_by(
        &self,
        cx: &Context<'_>,
        is: impl FnOnce(&Waiter) -> bool,
        waiter: impl FnOnce() -> Waiter,
    ) {
        // Acquire: pairs with the release of whoever had the cell before.
        let taken = self.state.compare_exchange(FREE, REGISTERING, Acquire, Acquire);
        match taken {
            Ok(_) => self.fill(is, waiter),
            // Acquire: the wake is for an event that the caller now finds. A plain
            // load would do for a registration in another thread.
            Err(_) => cx.wake(),
        }
    }

    /// Registers, having moved the state to REGISTERING.
    fn fill(&self, is: impl FnOnce(&Waiter) -> bool, waiter: impl FnOnce() -> Waiter) {
        // Clones no foreign waker yet: the cell must be given back even if the
        // waker panics in its clone.
        let guard = Registering { cell: self };
        // SAFETY: the move to REGISTERING gave this thread the cell.
        let same = self.content.with(|content| unsafe { &*content }.as_ref().is_some_and(is));
        let replaced = if same {
            None
        } else {
            let waiter = waiter();
            // SAFETY: as above.
            self.content.with_mut(|content| unsafe { &mut *content }.replace(waiter))
        };
        let overtaken = guard.finish();
        // First: the wake must not be lost if the other waker panics in its drop.
        if let Some(waiter) = overtaken {
            waiter.wake();
        }
        drop(replaced);
    }

    /// Makes `waiter` the one that the next [`wake`](WaiterCell::wake) wakes.
    ///
    /// For a caller who has the handle already; otherwise as
    /// [`register`](WaiterCell::register), which keeps a handle that is still right.
    pub fn put(&self, waiter: Waiter) {
        // Acquire: as in `register`.
        if self.state.compare_exchange(FREE, REGISTERING, Acquire, Acquire).is_err() {
            waiter.wake();
            return;
        }
        // SAFETY: the move to REGISTERING gave this thread the cell.
        let replaced = self.content.with_mut(|content| unsafe { &mut *content }.replace(waiter));
        let overtaken = self.release();
        // First: the wake must not be lost if the other waker panics in its drop.
        if let Some(waiter) = overtaken {
            waiter.wake();
        }
        drop(replaced);
    }

    /// Wakes the registered task, if there is one.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::atomic::{AtomicUsize, Ordering};
    /// use std::sync::Arc;
    /// use std::task::{Wake, Waker};
    /// use tokio_executor::task::Context;
    /// use tokio_executor::waiter::WaiterCell;
    ///
    /// struct Count(AtomicUsize);
    ///
    /// impl Wake for Count {
    ///     fn wake(self: Arc<Self>) {
    ///         self.0.fetch_add(1, Ordering::Relaxed);
    ///     }
    /// }
    ///
    /// let wakes = Arc::new(Count(AtomicUsize::new(0)));
    /// let waker = Waker::from(wakes.clone());
    /// let cell = WaiterCell::new();
    /// cell.register(&Context::from_waker(&waker));
    /// cell.wake();
    /// cell.wake();
    /// assert_eq!(wakes.0.load(Ordering::Relaxed), 1, "a registration is for one wake");
    /// ```
    pub fn wake(&self) {
        if let Some(waiter) = self.take() {
            waiter.wake();
        }
    }

    /// Takes the registered task without waking it.
    ///
    /// A registration that is under way counts as one that is not there yet: it finds
    /// that it was overtaken, and wakes its task.
    pub fn take(&self) -> Option<Waiter> {
        // AcqRel: acquires the waiter that was registered; releases the event to a
        // registration that is under way.
        if self.state.fetch_or(WAKING, AcqRel) != FREE {
            return None;
        }
        // SAFETY: the move from FREE to WAKING gave this thread the cell.
        let waiter = self.content.with_mut(|content| unsafe { &mut *content }.take());
        // Release: the next thread to take the cell sees it empty. A registration does
        // not start during WAKING, so no bit of anyone's is lost.
        self.state.swap(FREE, Release);
        waiter
    }
}

impl WaiterCell {
    /// Takes the registered task, if one is left.
    ///
    /// # Safety
    ///
    /// Nobody else uses the cell any more.
    pub(crate) unsafe fn take_alone(&self) -> Option<Waiter> {
        // SAFETY: passed on.
        self.content.with_mut(|content| unsafe { &mut *content }.take())
    }
}

/// Gives the cell back, also when the polling task's waker panics.
struct Registering<'a> {
    cell: &'a WaiterCell,
}

impl Registering<'_> {
    /// Gives the cell back; returns the waiter if a wake came meanwhile.
    fn finish(self) -> Option<Waiter> {
        let cell = self.cell;
        std::mem::forget(self);
        cell.release()
    }
}

impl Drop for Registering<'_> {
    fn drop(&mut self) {
        // The waker panicked: the former waiter stands, and a wake that came for it
        // meanwhile is passed on.
        if let Some(waiter) = self.cell.release() {
            waiter.wake();
        }
    }
}

impl WaiterCell {
    fn release(&self) -> Option<Waiter> {
        // Release: the next `take` sees the waiter. Relaxed on failure: the exchange below
        // acquires.
        match self.state.compare_exchange(REGISTERING, FREE, Release, Relaxed) {
            Ok(_) => None,
            Err(state) => {
                debug_assert_eq!(state, REGISTERING | WAKING, "nobody else may have the cell");
                // SAFETY: REGISTERING is still set, so the cell is still ours.
                let waiter = self.content.with_mut(|content| unsafe { &mut *content }.take());
                // Release: the next thread to take the cell sees it empty. Acquire: this
                // registration sees the event of the wake that overtook it.
                self.state.swap(FREE, AcqRel);
                waiter
            }
        }
    }
}

impl Default for WaiterCell {
    fn default() -> WaiterCell {
        WaiterCell::new()
    }
}

impl fmt::Debug for WaiterCell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WaiterCell").finish_non_exhaustive()
    }
}

#[cfg(all(loom, test))]
mod models {
    //! One registers, others wake.

    use super::*;
    use loom::sync::atomic::AtomicBool;
    use loom::sync::Arc;
    use loom::thread;
    use std::task::{Wake, Waker};

    struct Flag(AtomicBool);

    impl Wake for Flag {
        fn wake(self: std::sync::Arc<Self>) {
            self.0.store(true, Release);
        }
    }

    fn flag() -> (std::sync::Arc<Flag>, Waker) {
        let flag = std::sync::Arc::new(Flag(AtomicBool::new(false)));
        (flag.clone(), Waker::from(flag))
    }

    /// Y15: an event that races the registration is seen, or the task is woken.
    #[test]
    fn loom_fault_y15_registered_or_woken() {
        for put in [false, true] {
            loom::model(move || {
                let shared = Arc::new((WaiterCell::new(), AtomicBool::new(false)));
                let setter = {
                    let shared = shared.clone();
                    thread::spawn(move || {
                        shared.1.store(true, Relaxed);
                        shared.0.wake();
                    })
                };
                let (woken, waker) = flag();
                if put {
                    shared.0.put(Waiter::Waker(waker));
                } else {
                    shared.0.register(&Context::from_waker(&waker));
                }
                let mut seen = shared.1.load(Relaxed);
                if !seen && woken.0.load(Acquire) {
                    // The next poll: it may not be woken again.
                    seen = shared.1.load(Relaxed);
                    assert!(seen, "woken, and nothing there");
                }
                setter.join().unwrap();
                assert!(seen || woken.0.load(Acquire), "neither seen nor woken");
            });
        }
    }

    /// Two wakes and a registration on top of an older one: the newer task is woken.
    #[test]
    fn loom_the_newest_waiter_is_woken() {
        loom::model(|| {
            let shared = Arc::new((WaiterCell::new(), AtomicBool::new(false)));
            let (_, old) = flag();
            shared.0.register(&Context::from_waker(&old));
            let wake = |shared: Arc<(WaiterCell, AtomicBool)>| {
                thread::spawn(move || {
                    shared.1.store(true, Relaxed);
                    shared.0.wake();
                })
            };
            let (a, b) = (wake(shared.clone()), wake(shared.clone()));
            let (woken, waker) = flag();
            shared.0.register(&Context::from_waker(&waker));
            let seen = shared.1.load(Relaxed);
            a.join().unwrap();
            b.join().unwrap();
            assert!(seen || woken.0.load(Acquire), "neither seen nor woken");
        });
    }

    /// A waiter that is taken is not woken as well; one of the two gets it.
    #[test]
    fn loom_a_waiter_is_taken_once() {
        loom::model(|| {
            let cell = Arc::new(WaiterCell::new());
            let (_, waker) = flag();
            cell.register(&Context::from_waker(&waker));
            let other = {
                let cell = cell.clone();
                thread::spawn(move || cell.take().is_some())
            };
            let mine = cell.take().is_some();
            let theirs = other.join().unwrap();
            assert!(mine ^ theirs, "taken {} times", u32::from(mine) + u32::from(theirs));
        });
    }
}
