//! The head of a task's block: what is the same for every task.
//!
//! `cell` makes it and has the methods behind [`Methods`]. Whoever has an address of a task
//! (`task_ref`, `runnable`, `handles`, `list`) reads it through this type, whatever the future
//! is.
//!
//! Always true: who may touch a field is said beside it.
//!
//! Why do `header`, `owner`, `runnable`, `task_ref` and `handles` name each other? A header names
//! the task's owner; an owner takes a [`Runnable`](super::Runnable) or a
//! [`TaskRef`](super::TaskRef); and these, like a waker, are the address of a header. They are one
//! thing, with a file for each kind of reference to it.

use super::ids::TaskNumber;
use super::join_error::{Failure, Payload};
use super::owner::OwnerRef;
use super::state::{State, ToRunning};
use super::work::TaskKind;
use crate::inspect::TaskInfo;
use crate::sys::UnsafeCell;
use std::cell;
use std::panic::Location;
use std::ptr::NonNull;
use std::task::RawWakerVTable;

/// The part of a task that is the same for all of them.
#[repr(C)]
pub(crate) struct Header {
    pub(super) state: State,
    pub(super) methods: &'static Methods,
    /// Written once, by `NewTask::bind`, before anyone else knows the task.
    pub(super) owner: cell::UnsafeCell<Option<OwnerRef>>,
    /// Next in a queue. Belongs to the holder of the `Runnable`.
    pub(super) next: UnsafeCell<*mut Header>,
    /// The task's place among its owner's tasks. Guarded by the list's lock.
    pub(super) links: UnsafeCell<Links>,
    /// In which of its owner's lists the task is, or `UNLISTED`. Belongs to the holder of
    /// the `Runnable`.
    pub(super) list_index: UnsafeCell<u32>,
    /// Where the task was spawned: not written any more.
    pub(super) spawned_at: &'static Location<'static>,
    pub(super) number: TaskNumber,
}

/// The task is in no list of its owner's.
pub(super) const UNLISTED: u32 = u32::MAX;

// SAFETY: `state` is atomic, and who may touch the other fields is said beside each.
unsafe impl Sync for Header {}
// SAFETY: as above.
unsafe impl Send for Header {}

/// A task's neighbours in its list.
#[derive(Debug)]
pub(crate) struct Links {
    pub(super) newer: Option<NonNull<Header>>,
    pub(super) older: Option<NonNull<Header>>,
}

impl Links {
    pub(super) const fn new() -> Links {
        Links { newer: None, older: None }
    }
}

/// What depends on the type of the future.
pub(super) struct Methods {
    pub(super) kind: TaskKind,
    /// The name of the future's type.
    pub(super) type_name: fn() -> &'static str,
    /// A panic is reported through the join handle.
    pub(super) joins: bool,
    /// The waker of the poll goes by the methods given.
    pub(super) poll: unsafe fn(NonNull<Header>, &'static RawWakerVTable) -> Polled,
    /// Puts the futures 0.1 side in place for a call, from within a poll.
    pub(super) enter_01: unsafe fn(NonNull<Header>, &mut dyn FnMut()),
    /// Drops the future, and leaves the error for a join handle.
    pub(super) end: unsafe fn(NonNull<Header>, Failure) -> Option<Payload>,
    pub(super) wake_joiner: unsafe fn(NonNull<Header>),
    pub(super) drop_output: unsafe fn(NonNull<Header>),
    pub(super) free: unsafe fn(NonNull<Header>),
}

/// What came of a poll. Two words, the panic being behind one pointer, so that it is
/// returned in registers.
pub(super) enum Polled {
    Pending,
    /// The future is done, and so is its result.
    Done,
    /// The future is done, and its result left for a join handle.
    Joined,
    Panicked(Box<Payload>),
}

impl Header {
    pub(super) fn info(&self) -> TaskInfo {
        let methods = self.methods;
        TaskInfo {
            id: self.number.get(),
            kind: methods.kind,
            spawned_at: self.spawned_at,
            type_name: (methods.type_name)(),
        }
    }

    /// For the holder of the `Runnable`.
    #[inline]
    pub(super) fn list_index(&self) -> u32 {
        // SAFETY: belongs to that holder.
        self.list_index.with(|index| unsafe { *index })
    }

    #[inline]
    pub(super) fn transition_to_running(&self) -> ToRunning {
        self.state.transition_to_running(self.list_index() == UNLISTED)
    }
}
