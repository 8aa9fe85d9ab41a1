//! Tasks to be woken once a lock is released.
//!
//! `permits` and `watch` find out under a lock whom to wake, and collect them here:
//! waking runs code of strangers, which may come back for the same lock.

use std::collections::VecDeque;
use tokio_executor::waiter::{Waiter, WaiterCell};

/// Wakes what it holds, oldest first, at the latest when it is dropped.
///
/// If a waker panics, the others are still woken while the panic unwinds.
#[derive(Debug, Default)]
pub(super) struct WakeList {
    /// Most often there is one, and it needs no memory.
    first: Option<Waiter>,
    more: VecDeque<Waiter>,
}

impl WakeList {
    /// Adds the task that waits in `cell`, if one does. Runs nobody's code.
    pub(super) fn take(&mut self, cell: &WaiterCell) {
        let waiter = cell.take();
        match self.first {
            None => self.first = waiter,
            Some(_) => self.more.extend(waiter),
        }
    }

    /// Wakes all, and keeps the memory for the next time.
    pub(super) fn wake(&mut self) {
        while let Some(waiter) = self.first.take().or_else(|| self.more.pop_front()) {
            waiter.wake();
        }
    }
}

impl Drop for WakeList {
    fn drop(&mut self) {
        self.wake();
    }
}
