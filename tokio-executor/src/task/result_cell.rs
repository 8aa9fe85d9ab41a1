//! Where a task's result goes: a field of its block, of size zero if nobody joins it.
//!
//! `cell` writes it at the end of a task, `join` reads it.
//!
//! Always true: the cell is the runner's until the task is done, and the join handle's from then
//! on.

use super::join_error::Failure;
use crate::sys::UnsafeCell;
use crate::waiter::{Waiter, WaiterCell};

/// Where a task's result goes.
pub(super) trait ResultCell<T> {
    const JOINS: bool;

    /// Leaves the result.
    ///
    /// # Safety
    ///
    /// Only the runner, before the task is done.
    unsafe fn put(&self, result: Result<T, Failure>);

    /// Takes the result out.
    ///
    /// # Safety
    ///
    /// Only the runner, before the task is done, or the join handle after that.
    unsafe fn take(&self) -> Option<Result<T, Failure>>;

    /// Whether a result was left, and not taken yet.
    ///
    /// # Safety
    ///
    /// As for `take`.
    unsafe fn is_left(&self) -> bool;

    fn wake(&self);

    /// Takes the waiter of a join handle that went away, if it left one.
    ///
    /// # Safety
    ///
    /// Only whoever frees the block.
    unsafe fn take_waiter(&self) -> Option<Waiter>;
}

/// Nobody waits for the result.
pub(super) struct NoJoin;

impl<T> ResultCell<T> for NoJoin {
    const JOINS: bool = false;

    unsafe fn put(&self, _result: Result<T, Failure>) {
        unreachable!("a task that nobody joins leaves no result");
    }

    unsafe fn take(&self) -> Option<Result<T, Failure>> {
        None
    }

    unsafe fn is_left(&self) -> bool {
        false
    }

    fn wake(&self) {}

    unsafe fn take_waiter(&self) -> Option<Waiter> {
        None
    }
}

/// A join handle waits, or will.
pub(super) struct Join<T> {
    result: UnsafeCell<Option<Result<T, Failure>>>,
    pub(super) waiter: WaiterCell,
}

impl<T> ResultCell<T> for Join<T> {
    const JOINS: bool = true;

    unsafe fn put(&self, result: Result<T, Failure>) {
        // SAFETY: the caller is the runner, and the task is not done.
        self.result.with_mut(|place| unsafe { *place = Some(result) });
    }

    unsafe fn take(&self) -> Option<Result<T, Failure>> {
        // SAFETY: the cell is the caller's.
        self.result.with_mut(|place| unsafe { &mut *place }.take())
    }

    unsafe fn is_left(&self) -> bool {
        // SAFETY: the cell is the caller's.
        self.result.with(|place| unsafe { &*place }.is_some())
    }

    fn wake(&self) {
        self.waiter.wake();
    }

    #[inline]
    unsafe fn take_waiter(&self) -> Option<Waiter> {
        // SAFETY: passed on.
        unsafe { self.waiter.take_alone() }
    }
}

impl<T> Join<T> {
    pub(super) fn new() -> Join<T> {
        Join { result: UnsafeCell::new(None), waiter: WaiterCell::new() }
    }
}
