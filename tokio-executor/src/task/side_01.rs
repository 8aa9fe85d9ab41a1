//! What futures 0.1 has of a task: its id, and its `task_local!` values.
//!
//! Futures 0.1 code looks for its task in a thread-local. A task of that kind is polled with its
//! side put in place there, and so is a std future of the root's interface, below which futures
//! 0.1 code may be called. A task of tokio 1.x or 0.2 has such code below a bridge only
//! ([`As01`](crate::cross::As01)), which puts its side in place: most never have one, and so save
//! its memory, its id, which is drawn from a number that all threads share, and the look for it at
//! each poll.
//!
//! Called by `cell` around each poll, and by the bridge.
//!
//! Always true: the side belongs to the run of its task; nothing is borrowed of it but while it is
//! in place; and it is not put in place once it is about to be dropped.
//!
//! Why not make it at the first use? Futures 0.1 has no call for that: whoever finds no task
//! panics.

use super::current_task;
use super::handles::Current;
use super::header::Header;
use super::running::{self, Place};
use futures::executor::{self, Spawn};
use std::ptr::NonNull;

/// The side of a task, or what it has in its place.
pub(super) trait Side01 {
    fn new() -> Self;

    /// Calls `f`, which polls or drops the future of `task`.
    ///
    /// # Safety
    ///
    /// In a run of `task`, whose side `this` is.
    unsafe fn around<R>(this: *mut Self, task: NonNull<Header>, f: impl FnOnce() -> R) -> R;

    /// Puts it in place, and calls `f`.
    ///
    /// # Safety
    ///
    /// As for `around`, and its place is [`Place::Empty`].
    unsafe fn enter(this: *mut Self, task: NonNull<Header>, f: &mut dyn FnMut());
}

/// A side that is in place in each poll.
pub(super) struct InEachPoll(Spawn<()>);

impl Side01 for InEachPoll {
    #[inline]
    fn new() -> InEachPoll {
        InEachPoll(executor::spawn(()))
    }

    #[inline]
    unsafe fn around<R>(this: *mut Self, task: NonNull<Header>, f: impl FnOnce() -> R) -> R {
        // SAFETY: the caller's run has it, and what is called in it finds it in place.
        let side = unsafe { &mut (*this).0 };
        side.poll_fn_notify(&Current(task), 0, |()| f())
    }

    unsafe fn enter(_this: *mut Self, _task: NonNull<Header>, _f: &mut dyn FnMut()) {
        unreachable!("the place is not empty in a poll of this task");
    }
}

/// A side that is made and put in place by the first bridge.
pub(super) struct BelowBridges(Option<Box<Spawn<()>>>);

impl BelowBridges {
    /// # Safety
    ///
    /// As for `around`, and the side is not in place.
    #[cold]
    unsafe fn put<R>(this: *mut Self, task: NonNull<Header>, f: impl FnOnce() -> R) -> R {
        // SAFETY: passed on; what is called in `f` finds it in place.
        let side = unsafe { (*this).0.get_or_insert_with(|| Box::new(executor::spawn(()))) };
        side.poll_fn_notify(&Current(task), 0, |()| f())
    }
}

impl Side01 for BelowBridges {
    #[inline]
    fn new() -> BelowBridges {
        BelowBridges(None)
    }

    #[inline]
    unsafe fn around<R>(this: *mut Self, task: NonNull<Header>, f: impl FnOnce() -> R) -> R {
        if !current_task::is_surely_none() {
            // Somebody's who polls around this executor, and whom the task must not take for
            // itself.
            // SAFETY: passed on; it is not in place, since this begins the poll or the drop.
            return unsafe { BelowBridges::put(this, task, f) };
        }
        running::set_place(Place::Empty);
        f()
    }

    unsafe fn enter(this: *mut Self, task: NonNull<Header>, f: &mut dyn FnMut()) {
        /// Empties the place again, also if `f` panics.
        struct Empty;

        impl Drop for Empty {
            fn drop(&mut self) {
                running::set_place(Place::Empty);
            }
        }

        running::set_place(Place::Taken);
        let _empty = Empty;
        // SAFETY: passed on; the place was empty.
        unsafe { BelowBridges::put(this, task, f) };
    }
}
