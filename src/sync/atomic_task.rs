//! The bare cell for one task that waits.
//!
//! For those who build primitives of their own for futures 0.1.

use futures::task::{self, Task};
use std::fmt;
use tokio_executor::internals::pooled::Pooled;
use tokio_executor::waiter::{Waiter, WaiterCell};

/// A cell for one futures 0.1 task, which any thread may notify.
///
/// The consumer calls [`register`](AtomicTask::register) and then looks for what it waits
/// for; the producer makes it happen and then calls [`notify`](AtomicTask::notify). In
/// that order nothing is missed: either the producer finds the task, or the consumer
/// finds the event.
///
/// # Examples
///
/// ```
/// use futures::{future, task, Async, Future};
/// use tokio::sync::atomic_task::AtomicTask;
///
/// let cell = AtomicTask::new();
/// let mut polls = 0;
/// future::poll_fn(|| -> Result<_, ()> {
///     polls += 1;
///     cell.register();
///     if polls == 1 {
///         cell.notify();
///         return Ok(Async::NotReady);
///     }
///     Ok(Async::Ready(()))
/// })
/// .wait()
/// .unwrap();
/// ```
pub struct AtomicTask {
    cell: WaiterCell,
}

impl AtomicTask {
    /// Returns an empty cell.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::atomic_task::AtomicTask;
    ///
    /// let cell = AtomicTask::new();
    /// // Nobody is registered, so nobody is woken.
    /// cell.notify();
    /// ```
    pub fn new() -> AtomicTask {
        AtomicTask { cell: WaiterCell::new() }
    }

    /// Makes the current task the one to notify, in place of any other.
    ///
    /// # Panics
    ///
    /// If there is no current task.
    pub fn register(&self) {
        self.register_task(task::current());
    }

    /// Makes `task` the one to notify, in place of any other.
    ///
    /// If another registration or a notification is under way on another thread, `task`
    /// is notified at once.
    pub fn register_task(&self, task: Task) {
        self.cell.put(Waiter::Task(Pooled::new(task)));
    }

    /// Notifies the task in the cell, if there is one, and empties the cell.
    pub fn notify(&self) {
        self.cell.wake();
    }

    /// Takes the task out of the cell without notifying it.
    pub fn take_task(&self) -> Option<Task> {
        match self.cell.take()? {
            Waiter::Task(task) => Some(task.into_inner()),
            Waiter::Waker(_) => unreachable!("only `register_task` fills the cell"),
        }
    }
}

impl Default for AtomicTask {
    fn default() -> AtomicTask {
        AtomicTask::new()
    }
}

impl fmt::Debug for AtomicTask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AtomicTask").finish_non_exhaustive()
    }
}
