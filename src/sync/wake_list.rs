//! Tasks to be woken once a lock is released.
//!
//! `permits` and `watch` find out under a lock whom to wake, and collect them here:
//! waking runs code of strangers, which may come back for the same lock.

use std::collections::VecDeque;
use tokio_executor::waiter::{Waiter, WaiterCell};

/// Wakes what it holds, oldest first, at the latest when it is dropped.
///
/// If a waker panics, the others are still woken while the panic unwinds. A second panic
/// then ends the process, as any panic in a destructor does.
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
        Waking(self).wake_each();
    }
}

impl Drop for WakeList {
    fn drop(&mut self) {
        self.wake();
    }
}

/// Goes on with the next waiter when one has panicked.
struct Waking<'a>(&'a mut WakeList);

impl Waking<'_> {
    fn wake_each(&mut self) {
        while let Some(waiter) = self.0.first.take().or_else(|| self.0.more.pop_front()) {
            waiter.wake();
        }
    }
}

impl Drop for Waking<'_> {
    fn drop(&mut self) {
        self.wake_each();
    }
}
