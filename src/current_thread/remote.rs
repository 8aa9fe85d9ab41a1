//! Tasks on their way to an executor from other threads.
//!
//! Whoever wakes a task from elsewhere, or spawns one through a `Handle`, pushes it
//! here; the executor's own thread takes all of them at once. The tasks are chained
//! through a link in their own blocks, so a push allocates nothing.
//!
//! ```text
//!             push: unpark the executor            push: nothing more to do
//!   EMPTY ------------------------------> task -------------------------> task...
//!     |  ^                                                                |
//!     |  |                          take_all                              |
//!     |  +----------------------------------------------------------------+
//!     | close
//!     v
//!   CLOSED, where every push is refused
//! ```
//!
//! Always true: a pushed task is taken exactly once, or handed back to who pushed it.
//! Only the executor's thread takes and closes.
//!
//! Why not a lock around a queue? A waker that loses its processor while holding it
//! would stop the executor. And a stack that is only ever emptied whole has no ABA
//! problem: whatever sits on top, the pusher's link to it is right.

use std::mem::ManuallyDrop;
use std::ptr::{self, NonNull};
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use tokio_executor::internals::sys::AtomicPtr;
use tokio_executor::task::Runnable;

pub(super) struct Remote {
    /// The newest task, null, or the address of `CLOSED`.
    newest: AtomicPtr<()>,
}

/// What whoever pushed a task must do next.
#[must_use]
#[derive(Debug)]
pub(super) enum AfterPush {
    /// The executor may be asleep.
    Unpark,
    /// Whoever pushed the first of the tasks unparks the executor.
    Nothing,
    /// The executor is gone.
    Refused(Runnable),
}

/// Its address is no task's.
static CLOSED: u8 = 0;

fn closed() -> *mut () {
    (&raw const CLOSED).cast_mut().cast()
}

impl Remote {
    pub(super) fn new() -> Remote {
        Remote { newest: AtomicPtr::new(ptr::null_mut()) }
    }

    pub(super) fn push(&self, task: Runnable) -> AfterPush {
        let raw = task.into_raw();
        // SAFETY: of the same `into_raw`; the value only serves to set the link, and
        // gives up its right to the stack, or to the caller in `Refused`.
        let mut task = ManuallyDrop::new(unsafe { Runnable::from_raw(raw) });
        // Relaxed: a first guess.
        let mut newest = self.newest.load(Relaxed);
        loop {
            if ptr::eq(newest, closed()) {
                task.set_next(None);
                return AfterPush::Refused(ManuallyDrop::into_inner(task));
            }
            // SAFETY: a pointer that is neither null nor `CLOSED` was pushed. Until the
            // exchange succeeds, the link is only a note; then the older task is its.
            let older = NonNull::new(newest).map(|older| unsafe { Runnable::from_raw(older) });
            task.set_next(older);
            // Release: `take_all` sees the task, its link, and what the waker wrote.
            match self.newest.compare_exchange_weak(newest, raw.as_ptr(), Release, Relaxed) {
                Ok(_) if newest.is_null() => return AfterPush::Unpark,
                Ok(_) => return AfterPush::Nothing,
                Err(now) => newest = now,
            }
        }
    }

    /// Whether nothing waits here right now.
    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        // Relaxed: a task that this misses unparks the executor. What a task brings
        // along is acquired by `take_all`.
        let newest = self.newest.load(Relaxed);
        newest.is_null() || ptr::eq(newest, closed())
    }

    /// Hands every task to `take`, newest first: to turn the chain round would take a second
    /// walk through the blocks, most of which may have left the cache.
    pub(super) fn take_all(&self, mut take: impl FnMut(Runnable)) {
        if self.is_empty() {
            return;
        }
        // Acquire: pairs with the release of each push; those below the newest belong
        // to the same release sequence.
        let newest = self.newest.swap(ptr::null_mut(), Acquire);
        // SAFETY: the swap took the task out of the stack; only this thread closes, so
        // the pointer is still a task's.
        let mut next = NonNull::new(newest).map(|task| unsafe { Runnable::from_raw(task) });
        while let Some(mut task) = next {
            next = task.take_next();
            take(task);
        }
    }

    /// Refuses all further tasks, provided that none waits. True if that is so now.
    pub(super) fn close(&self) -> bool {
        // Relaxed: what a refused pusher needs to know is the pointer itself.
        let exchanged = self.newest.compare_exchange(ptr::null_mut(), closed(), Relaxed, Relaxed);
        exchanged.is_ok()
    }
}
