//! A task as a std waker, and as a handle of futures 0.1.
//!
//! Made by `cell` for the span of a poll; leaves clone them, and wake the task by them.
//!
//! Always true: each is the address of the task's block, and a clone of it one counted
//! reference.
//!
//! Why not one by way of the other? Each would be a block of its own.

use super::current_task;
use super::header::Header;
use super::running;
use super::task_ref::TaskRef;
use crate::inspect;
use futures::executor::{Notify, NotifyHandle, UnsafeNotify};
use std::cell;
use std::mem::ManuallyDrop;
use std::ptr::{self, NonNull};
use std::task::{RawWaker, RawWakerVTable, Waker};

pub(super) static WAKER: RawWakerVTable = RawWakerVTable::new(
    |task| {
        TaskRef::retain(header_at(task)).forget();
        RawWaker::new(task, &WAKER)
    },
    |task| TaskRef::adopt(header_at(task)).wake(),
    |task| ManuallyDrop::new(TaskRef::adopt(header_at(task))).wake(),
    |task| drop(TaskRef::adopt(header_at(task))),
);

/// What the waker of a poll goes by while somebody looks. A leaf that has kept a waker of the
/// task does not find it to be the same, and so clones this one, which is noted.
pub(super) static POLLED_WAKER: RawWakerVTable = RawWakerVTable::new(
    |task| {
        inspect::note_waker();
        TaskRef::retain(header_at(task)).forget();
        RawWaker::new(task, &RECORDED_WAKER)
    },
    |task| TaskRef::adopt(header_at(task)).wake_recorded(),
    |task| ManuallyDrop::new(TaskRef::adopt(header_at(task))).wake_recorded(),
    |task| drop(TaskRef::adopt(header_at(task))),
);

/// What wakers go by that are left somewhere while somebody looks: their wakes are noted. So a
/// wake by any other waker costs nothing for it.
pub(super) static RECORDED_WAKER: RawWakerVTable = RawWakerVTable::new(
    |task| {
        TaskRef::retain(header_at(task)).forget();
        RawWaker::new(task, &RECORDED_WAKER)
    },
    |task| TaskRef::adopt(header_at(task)).wake_recorded(),
    |task| ManuallyDrop::new(TaskRef::adopt(header_at(task))).wake_recorded(),
    |task| drop(TaskRef::adopt(header_at(task))),
);

impl TaskRef {
    fn forget(self) {
        let _ = ManuallyDrop::new(self);
    }
}

fn header_at(task: *const ()) -> NonNull<Header> {
    // A waker of ours never holds null.
    NonNull::new(task.cast_mut().cast()).expect("a waker of a task points to it")
}

/// A waker that owns no reference, for the span of a poll.
#[inline]
pub(super) fn borrowed_waker(
    task: NonNull<Header>,
    methods: &'static RawWakerVTable,
) -> ManuallyDrop<Waker> {
    // SAFETY: it is never dropped, so it gives up no reference; the run outlives it.
    ManuallyDrop::new(unsafe { Waker::new(task.as_ptr().cast_const().cast(), methods) })
}

/// The task behind `waker`, if it is one of ours.
#[inline]
pub(super) fn header_of(waker: &Waker) -> Option<NonNull<Header>> {
    let methods = waker.vtable();
    // The first is what it is as a rule.
    if [&WAKER, &POLLED_WAKER, &RECORDED_WAKER].iter().any(|of| ptr::eq(methods, *of)) {
        NonNull::new(waker.data().cast_mut().cast())
    } else {
        None
    }
}

/// A reference to the task behind `waker`, if that is one of ours and not of a poll that is
/// recorded. One look tells both, and saves the call that a clone of the waker is.
#[inline]
pub(super) fn unrecorded(waker: &Waker) -> Option<TaskRef> {
    ptr::eq(waker.vtable(), &WAKER).then(|| TaskRef::retain(header_at(waker.data())))
}

/// The task behind `waker`, if it is the one that this thread polls.
#[inline]
pub(super) fn running_behind(waker: &Waker) -> Option<NonNull<Header>> {
    let task = running::task();
    header_of(waker).filter(|of| ptr::eq(of.as_ptr().cast(), task))
}

/// Whether `waker` wakes the task that this thread polls.
#[inline]
pub(super) fn is_running(waker: &Waker) -> bool {
    running_behind(waker).is_some()
}

/// The task being polled, as futures 0.1 asks for it.
#[derive(Clone)]
pub(super) struct Current(pub(super) NonNull<Header>);

impl From<Current> for NotifyHandle {
    #[inline]
    fn from(task: Current) -> NotifyHandle {
        if running::is_special() {
            return special_handle(task.0);
        }
        plain_handle(task.0)
    }
}

/// A handle of `task` during a check, or while somebody looks.
#[cold]
#[inline(never)]
fn special_handle(task: NonNull<Header>) -> NotifyHandle {
    if running::is_checked(task.as_ptr().cast()) {
        return current_task::marker_handle();
    }
    match running::is_recorded() {
        true => {
            inspect::note_waker();
            recorded_handle(task)
        }
        false => plain_handle(task),
    }
}

/// A handle of `task`.
///
/// Never inlined, nor generic: handles are compared with their tables of methods, of which a
/// compiler may make one for each place that names the type. A clone would be that of another task.
#[inline(never)]
fn plain_handle(task: NonNull<Header>) -> NotifyHandle {
    notify_handle::<false>(task)
}

/// A handle of `task`, whose wakes are noted; never inlined, as above.
#[cold]
#[inline(never)]
fn recorded_handle(task: NonNull<Header>) -> NotifyHandle {
    notify_handle::<true>(task)
}

/// For the two functions above only.
#[inline]
fn notify_handle<const RECORDED: bool>(task: NonNull<Header>) -> NotifyHandle {
    TaskRef::retain(task).forget();
    let handle: *mut dyn UnsafeNotify = task.cast::<HandleTarget<RECORDED>>().as_ptr();
    // SAFETY: the reference made above is the handle's, until `drop_raw`.
    unsafe { NotifyHandle::new(handle) }
}

/// What futures 0.1 takes the head of a task's block for. It spans nothing, so that a
/// reference to it neither narrows what its address may reach, which is the whole block,
/// nor forbids that the block is freed while the reference is a function's argument.
#[repr(transparent)]
struct HandleTarget<const RECORDED: bool>(cell::UnsafeCell<()>);

// SAFETY: there is nothing in it; for the task behind it, see `TaskRef`.
unsafe impl<const RECORDED: bool> Send for HandleTarget<RECORDED> {}
// SAFETY: as above.
unsafe impl<const RECORDED: bool> Sync for HandleTarget<RECORDED> {}

impl<const RECORDED: bool> HandleTarget<RECORDED> {
    /// The task of a handle.
    fn task(&self) -> NonNull<Header> {
        NonNull::from(self).cast()
    }
}

impl<const RECORDED: bool> Notify for HandleTarget<RECORDED> {
    fn notify(&self, _id: usize) {
        let task = ManuallyDrop::new(TaskRef::adopt(self.task()));
        match RECORDED {
            true => task.wake_recorded(),
            false => task.wake(),
        }
    }
}

// SAFETY: a handle is the address of the block with one counted reference.
unsafe impl<const RECORDED: bool> UnsafeNotify for HandleTarget<RECORDED> {
    unsafe fn clone_raw(&self) -> NotifyHandle {
        match RECORDED {
            true => recorded_handle(self.task()),
            false => plain_handle(self.task()),
        }
    }

    unsafe fn drop_raw(&self) {
        drop(TaskRef::adopt(self.task()));
    }
}
