//! Tasks to be woken once a lock is released.
//!
//! `permits`, `notify`, `broadcast` and `watch` find out under a lock whom to wake, and collect
//! them here: waking runs code of strangers, which may come back for the same lock.

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
    more: Option<VecDeque<Waiter>>,
}

impl WakeList {
    /// Adds the task that waits in `cell`, if one does. Runs nobody's code.
    pub(super) fn take(&mut self, cell: &WaiterCell) {
        self.add(cell.take());
    }

    /// Adds a task, if it is one.
    #[inline]
    pub(super) fn add(&mut self, waiter: Option<Waiter>) {
        match self.first {
            None => self.first = waiter,
            Some(_) => self.more.get_or_insert_with(|| VecDeque::with_capacity(15)).extend(waiter),
        }
    }

    /// Wakes all, and keeps the memory for the next time.
    #[inline]
    pub(super) fn wake(&mut self) {
        match self.more {
            // A panic leaves nobody behind.
            None => {
                if let Some(waiter) = self.first.take() {
                    waiter.wake();
                }
            }
            Some(_) => Waking(self).wake_each(),
        }
    }
}

impl Drop for WakeList {
    #[inline]
    fn drop(&mut self) {
        self.wake();
    }
}

/// Goes on with the next waiter when one has panicked.
struct Waking<'a>(&'a mut WakeList);

impl Waking<'_> {
    fn wake_each(&mut self) {
        let next = |list: &mut WakeList| {
            list.first.take().or_else(|| list.more.as_mut().and_then(VecDeque::pop_front))
        };
        while let Some(waiter) = next(self.0) {
            waiter.wake();
        }
    }
}

impl Drop for Waking<'_> {
    fn drop(&mut self) {
        self.wake_each();
    }
}
