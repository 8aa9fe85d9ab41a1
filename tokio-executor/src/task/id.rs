//! What tells tasks apart for those who use them.
//!
//! An id is the number that `ids` gave the task. While the result of a task is dropped
//! outside of its run, by whoever drops its handle, the task still counts as the one that
//! does it.

use crate::sys::local;
use std::cell::Cell;
use std::fmt;
use std::num::NonZeroU64;

// The task whose result is being dropped outside of its run, or 0.
local!(static DROPPING: Cell<u64> = Cell::new(0));

/// Tells a task apart from all others of the process.
///
/// # Examples
///
/// ```
/// use futures::future;
/// use tokio_executor::task::NewTask;
///
/// let (_task, handle) = NewTask::joined(future::ok::<(), ()>(()));
/// println!("task {}", handle.id());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(NonZeroU64);

impl Id {
    pub(super) fn new(number: u64) -> Id {
        Id(NonZeroU64::new(number).expect("numbers of tasks begin with 1"))
    }

    /// The task whose result this thread drops right now, outside of its run.
    pub(super) fn dropping() -> Option<Id> {
        NonZeroU64::new(DROPPING.with(Cell::get)).map(Id)
    }

    /// Returns the number that [`TaskRef::id`](super::TaskRef::id) is for the same task.
    // Hidden: for the crates above this one.
    #[doc(hidden)]
    pub fn number(self) -> u64 {
        self.0.get()
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Calls `f`, which drops the result of the task with the number `id`.
pub(super) fn while_dropping(id: u64, f: impl FnOnce()) {
    let outer = DROPPING.with(|dropping| dropping.replace(id));
    // Does not unwind: what is dropped is caught by the task's own method.
    f();
    DROPPING.with(|dropping| dropping.set(outer));
}
