//! A counted reference to a task.
//!
//! Held by wakers, join handles and abort handles, by lists of tasks and by whoever looks.
//!
//! Always true: the block of the task is there as long as a `TaskRef` is. A reference that the
//! running task makes to itself is counted by its run, without an atomic operation.
//!
//! Why not a `Waker`? A waker cannot cancel, and says nothing of its task.

use super::handles::{header_of, RECORDED_WAKER, WAKER};
use super::header::Header;
use super::id::Id;
use super::runnable::Runnable;
use super::running;
use super::state::{AfterDropHandle, AfterWake, TaskState};
use super::work::TaskKind;
use crate::inspect;
use std::fmt;
use std::mem::ManuallyDrop;
use std::panic::Location;
use std::ptr::NonNull;
use std::task::Waker;

/// A reference to a task: it can be woken, and cancelled.
///
/// # Dropping
///
/// Has no effect on the task.
pub struct TaskRef {
    header: NonNull<Header>,
}

// SAFETY: what a reference permits is atomic.
unsafe impl Send for TaskRef {}
// SAFETY: as above.
unsafe impl Sync for TaskRef {}

impl TaskRef {
    /// Returns the task that this thread polls right now.
    pub fn running() -> Option<TaskRef> {
        let header = NonNull::new(running::task().cast_mut().cast())?;
        Some(TaskRef::retain(header))
    }

    #[inline]
    pub(super) fn retain(header: NonNull<Header>) -> TaskRef {
        if !running::adjust_refs(header.as_ptr().cast(), 1) {
            // SAFETY: the caller has a reference, or the task is being run.
            unsafe { header.as_ref() }.state.retain();
        }
        TaskRef { header }
    }

    /// Takes over a reference that is counted already.
    pub(super) fn adopt(header: NonNull<Header>) -> TaskRef {
        TaskRef { header }
    }

    #[inline]
    pub(super) fn as_header(&self) -> NonNull<Header> {
        self.header
    }

    #[inline]
    pub(super) fn header(&self) -> &Header {
        // SAFETY: this reference is counted.
        unsafe { self.header.as_ref() }
    }

    /// Makes the task runnable.
    #[inline]
    pub fn wake(&self) {
        wake(self.header);
    }

    /// The same, by a waker that was left somewhere while somebody looked.
    #[cold]
    #[inline(never)]
    pub(super) fn wake_recorded(&self) {
        if inspect::is_on() {
            inspect::woken(self.id(), running_id());
        }
        wake(self.header);
    }

    /// Has the task's future dropped by its owner, as soon as it is not being polled.
    pub fn cancel(&self) {
        if self.header().state.cancel() == AfterWake::Schedule {
            schedule(self.header);
        }
    }

    /// Returns whether the task has ended, one way or another.
    pub fn is_done(&self) -> bool {
        self.header().state.is_done()
    }

    /// The join handle has left a waiter. True if the task is done, and that may not be woken.
    pub(super) fn await_done(&self) -> bool {
        self.header().state.await_done()
    }

    /// Tells tasks apart while they exist.
    pub fn address(&self) -> usize {
        self.header.as_ptr().addr()
    }

    /// Tells tasks apart for as long as the process runs: from 1, and never used again.
    pub fn id(&self) -> u64 {
        self.header().number.get()
    }

    /// Returns where the task was spawned: the nearest caller that is not marked `track_caller`.
    pub fn spawned_at(&self) -> &'static Location<'static> {
        self.header().spawned_at
    }

    /// Returns what is polled or called.
    pub fn kind(&self) -> TaskKind {
        self.header().methods.kind
    }

    /// Returns the type of the task's future or closure, as `std::any::type_name` has it.
    pub fn type_name(&self) -> &'static str {
        (self.header().methods.type_name)()
    }

    /// Returns how far the task is, at this moment.
    pub fn state(&self) -> TaskState {
        self.header().state.stage()
    }

    /// Returns whether the task waits and nobody is left who could wake it: there is no waker of
    /// it.
    ///
    /// It then never runs again, unless it is cancelled. A reference such as an abort handle
    /// counts as a waker.
    pub fn is_lost(&self) -> bool {
        self.header().state.is_idle_with(1)
    }

    /// Returns this reference as a waker.
    #[inline]
    pub fn into_waker(self) -> Waker {
        let this = ManuallyDrop::new(self);
        // SAFETY: the methods below keep the contract of a waker for any header whose
        // reference they hold.
        unsafe { Waker::new(this.header.as_ptr().cast_const().cast(), &WAKER) }
    }

    /// The same, for a waker whose wakes are noted.
    pub(super) fn into_recorded_waker(self) -> Waker {
        let this = ManuallyDrop::new(self);
        // SAFETY: as in `into_waker`.
        unsafe { Waker::new(this.header.as_ptr().cast_const().cast(), &RECORDED_WAKER) }
    }

    /// Returns the task behind `waker`, if it is one of ours.
    pub fn from_waker(waker: &Waker) -> Option<TaskRef> {
        header_of(waker).map(TaskRef::retain)
    }

    /// As the join handle's reference, which is given up: drops the result of a task that is done.
    pub(super) fn drop_join_handle(self) {
        let task = ManuallyDrop::new(self);
        let after = task.header().state.drop_join_handle();
        if after == AfterDropHandle::Nothing {
            return;
        }
        let methods = task.header().methods;
        // SAFETY: the task is done, and the result was the joiner's.
        unsafe { (methods.drop_output)(task.header) };
        if after == AfterDropHandle::Last {
            // SAFETY: the last reference was this one.
            unsafe { (methods.free)(task.header) };
        } else {
            release(task.header);
        }
    }
}

/// Makes a task runnable that the caller has a reference to.
#[inline(always)]
fn wake(task: NonNull<Header>) {
    if running::wake_self(task.as_ptr().cast()) {
        return;
    }
    // SAFETY: the caller has a reference.
    if unsafe { task.as_ref() }.state.wake() == AfterWake::Schedule {
        schedule(task);
    }
}

/// Hands a task that has just become runnable to its owner. Out of line, so that a wake that
/// comes to nothing saves no registers.
#[inline(never)]
fn schedule(header: NonNull<Header>) {
    running::note_wake_of_other();
    // SAFETY: the task is not done, so it is there; the owner is not written any more.
    let owner = unsafe { *header.as_ref().owner.get() };
    let task = Runnable { header };
    match owner {
        // SAFETY: the owner lives, because the task is not done.
        Some(owner) => unsafe { (owner.methods.schedule)(owner.data, task) },
        None => unreachable!("a task without an owner was never run, and has no wakers"),
    }
}

impl Clone for TaskRef {
    fn clone(&self) -> TaskRef {
        TaskRef::retain(self.header)
    }
}

impl Drop for TaskRef {
    #[inline]
    fn drop(&mut self) {
        release(self.header);
    }
}

impl PartialEq for TaskRef {
    fn eq(&self, other: &TaskRef) -> bool {
        self.header == other.header
    }
}

impl Eq for TaskRef {}

impl Id {
    pub(super) fn of(task: &TaskRef) -> Id {
        Id::new(task.id())
    }

    /// Returns the task that this thread polls or drops right now.
    pub fn running() -> Option<Id> {
        Id::dropping().or_else(|| TaskRef::running().as_ref().map(Id::of))
    }
}

impl fmt::Debug for TaskRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TaskRef").field(&self.header().state.snapshot()).finish()
    }
}

/// Gives up one reference, and frees the task with the last.
pub(super) fn release(task: NonNull<Header>) {
    if running::adjust_refs(task.as_ptr().cast(), -1) {
        return;
    }
    // SAFETY: the caller's reference keeps the block until `release`.
    let header = unsafe { task.as_ref() };
    let methods = header.methods;
    if header.state.release() {
        // SAFETY: that was the last reference.
        unsafe { (methods.free)(task) };
    }
}

/// The number of the task that this thread polls, or 0.
fn running_id() -> u64 {
    // SAFETY: a task that is being run is there.
    unsafe { running::task().cast::<Header>().as_ref() }.map_or(0, |task| task.number.get())
}
