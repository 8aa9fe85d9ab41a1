//! The executor that a task belongs to.
//!
//! Executors implement [`Owner`]; a task keeps an [`OwnerRef`] and calls it when it becomes
//! runnable, first waits, and is done.
//!
//! Always true: an owner outlives its tasks. A task holds no reference to keep it, so that a
//! spawn counts none.
//!
//! Why not a trait object? Its pointer would be made from a reference, which may not reach the
//! count of the `Arc` around the owner.

use super::runnable::Runnable;
use super::task_ref::TaskRef;
use std::fmt;
use std::marker::PhantomData;
use std::ptr;

/// The executor that a task belongs to.
///
/// # Safety
///
/// The owner must stay where it is until each of its tasks is done. A task that was
/// handed to [`schedule`](Owner::schedule) is not done until it is run or dropped.
pub unsafe trait Owner {
    /// Takes a task that has become runnable, to run it soon.
    ///
    /// # Safety
    ///
    /// `this` is valid when this is called, but as soon as another thread can run the
    /// task, the owner may go away; an implementation that goes on using it takes a
    /// reference of its own first.
    unsafe fn schedule(this: *const Self, task: Runnable);

    /// The task is about to wait for the first time: the owner may enter it in a
    /// [`TaskList`](super::TaskList). Returns which of its lists that is, below `u32::MAX`.
    ///
    /// # Safety
    ///
    /// For the task's own run only, once for each task of this owner's.
    unsafe fn list(&self, task: &TaskRef) -> u32;

    /// A task for which [`list`](Owner::list) returned `index` is about to be done.
    ///
    /// # Safety
    ///
    /// For the task's own run only, once after `list`, with what it returned.
    unsafe fn unlist(&self, task: &TaskRef, index: u32);
}

/// An [`Owner`] of any type.
#[derive(Clone, Copy)]
pub struct OwnerRef {
    pub(super) data: *const (),
    pub(super) methods: &'static OwnerMethods,
}

pub(super) struct OwnerMethods {
    pub(super) schedule: unsafe fn(*const (), Runnable),
    pub(super) list: unsafe fn(*const (), &TaskRef) -> u32,
    pub(super) unlist: unsafe fn(*const (), &TaskRef, u32),
}

struct OwnerMethodsOf<T>(PhantomData<T>);

impl<T: Owner> OwnerMethodsOf<T> {
    const METHODS: OwnerMethods = OwnerMethods {
        // SAFETY: an `OwnerRef` of a `T` calls this with its own `data`.
        schedule: |this, task| unsafe { T::schedule(this.cast(), task) },
        // SAFETY: as above; the owner lives, because the task is not done.
        list: |this, task| unsafe { (*this.cast::<T>()).list(task) },
        // SAFETY: as above.
        unlist: |this, task, index| unsafe { (*this.cast::<T>()).unlist(task, index) },
    };
}

impl OwnerRef {
    /// Points to `owner`, which must keep the promise of [`Owner`].
    pub fn new<T: Owner>(owner: *const T) -> OwnerRef {
        OwnerRef { data: owner.cast(), methods: const { &OwnerMethodsOf::<T>::METHODS } }
    }

    /// Returns whether this points to `owner`.
    #[inline]
    pub fn is<T: Owner>(&self, owner: *const T) -> bool {
        ptr::eq(self.data, owner.cast())
    }
}

impl fmt::Debug for OwnerRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("OwnerRef").field(&self.data).finish()
    }
}

/// The owner of tasks that are run once: whatever would bring one back drops it.
pub(super) struct SingleRun;

pub(super) static SINGLE_RUN: SingleRun = SingleRun;

// SAFETY: it stays where it is for ever.
unsafe impl Owner for SingleRun {
    unsafe fn schedule(_: *const SingleRun, task: Runnable) {
        drop(task);
    }

    unsafe fn list(&self, task: &TaskRef) -> u32 {
        // Pending, which its maker has said it is not: it ends with this run.
        task.cancel();
        0
    }

    unsafe fn unlist(&self, _: &TaskRef, _: u32) {}
}
