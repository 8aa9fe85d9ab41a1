//! What tells tasks apart for those who use them.
//!
//! An id is the address of the task's block, so it costs a task nothing. It is unique among
//! tasks that are running or still have a handle.

use super::cell::TaskRef;
use crate::sys::local;
use std::cell::Cell;
use std::fmt;
use std::num::NonZeroU64;

// The task whose result is being dropped outside of its run, or 0.
local!(static DROPPING: Cell<u64> = Cell::new(0));

/// Tells a task apart from all others that are not done.
///
/// A task that is spawned later may get the id of one that is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(NonZeroU64);

impl Id {
    pub(super) fn of(task: &TaskRef) -> Id {
        let address = NonZeroU64::new(task.address() as u64);
        Id(address.expect("a task is not at address 0"))
    }

    /// The task that this thread polls or drops right now.
    pub fn running() -> Option<Id> {
        match NonZeroU64::new(DROPPING.with(Cell::get)) {
            Some(address) => Some(Id(address)),
            None => TaskRef::running().as_ref().map(Id::of),
        }
    }

    /// The number that [`TaskRef::address`] is for the same task.
    #[doc(hidden)]
    pub fn address(self) -> u64 {
        self.0.get()
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Calls `f`, which drops the result of the task at `address`.
pub(super) fn while_dropping(address: usize, f: impl FnOnce()) {
    let outer = DROPPING.with(|dropping| dropping.replace(address as u64));
    // Does not unwind: what is dropped is caught by the task's own method.
    f();
    DROPPING.with(|dropping| dropping.set(outer));
}
