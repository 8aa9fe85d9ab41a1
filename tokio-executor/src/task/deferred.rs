//! Waiters that were refused for want of budget inside the poll of a task that is not theirs.
//!
//! A set of futures hands its children wakers of its own: a child that is refused is woken
//! when the task's poll is over, by the run that polled it, for else the set would poll it
//! again at once and for ever. But the poll may be waiting for that very child, in a
//! `block_on` of another library. So a second thread looks after them (`rescuer`).
//!
//! Called by `running`, at a refusal and at the end of a poll.

use crate::waiter::Waiter;
use rescuer::{Deferred, Rescuer};
use std::cell::RefCell;
use std::sync::{Arc, LazyLock};

#[cfg(all(loom, test))]
mod models;
mod rescuer;

thread_local! {
    static OURS: RefCell<Option<Arc<Deferred>>> = const { RefCell::new(None) };
}

static RESCUER: LazyLock<Rescuer> = LazyLock::new(Rescuer::new);

fn ours() -> Option<Arc<Deferred>> {
    OURS.try_with(|ours| ours.borrow_mut().get_or_insert_with(|| RESCUER.add_thread()).clone()).ok()
}

/// Has `waiter` woken when the current poll is over, or when that does not end.
pub(super) fn push(waiter: Waiter) {
    // A thread that ends polls nothing for long.
    let Some(ours) = ours() else { return waiter.wake() };
    if let Err(waiter) = RESCUER.push(&ours, waiter) {
        waiter.wake();
    }
}

/// Wakes everyone who was pushed by this thread.
pub(super) fn wake_all() {
    if let Some(ours) = ours() {
        ours.wake_all();
    }
}

/// Whether the rescuer has woken waiters of this thread since this was last asked.
pub(super) fn take_rescued() -> bool {
    ours().is_some_and(|ours| ours.take_rescued())
}
