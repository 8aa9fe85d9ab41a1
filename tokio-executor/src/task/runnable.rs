//! The right to run a task, and a run of it.
//!
//! Called by executors: they get a [`Runnable`] from a wake or a spawn, and [`run`](Runnable::run)
//! it.
//!
//! Always true: there is at most one `Runnable` of a task, or one run.
//!
//! Why not a reference count of its own? The living reference stands for it: see `state`.

use super::handles::{POLLED_WAKER, WAKER};
use super::header::{Header, Polled, UNLISTED};
use super::join_error::{Failure, Payload};
use super::owner::OwnerRef;
use super::running::{Recorded, Run};
use super::state::{ToDone, ToIdle, ToRunning};
use super::task_ref::{release, TaskRef};
use crate::inspect;
use crate::unwind;
use std::any::Any;
use std::fmt;
use std::mem::ManuallyDrop;
use std::panic::Location;
use std::ptr::{self, NonNull};

/// The right, and the duty, to run a task once.
///
/// # Dropping
///
/// Ends the task as cancelled: its future is dropped here and now.
#[must_use = "a task that is not run is cancelled"]
pub struct Runnable {
    pub(super) header: NonNull<Header>,
}

// SAFETY: whoever made the task promised that it may go where its owner sends it.
unsafe impl Send for Runnable {}
// SAFETY: what a shared `Runnable` permits is atomic.
unsafe impl Sync for Runnable {}

/// What came of a run.
#[must_use]
#[derive(Debug)]
pub enum AfterRun {
    /// The task waits; its wakers will bring it back.
    Waiting,
    /// The task was woken during the run: to be queued again.
    Woken(Runnable),
    /// The task is done.
    Done,
    /// The task ended in this panic.
    Panicked(Box<dyn Any + Send>),
}

impl Runnable {
    #[inline]
    pub(super) fn header(&self) -> &Header {
        // SAFETY: the living reference keeps the block while a `Runnable` exists.
        unsafe { self.header.as_ref() }
    }

    /// Polls the task's future, unless it was cancelled: then drops it.
    pub fn run(self) -> AfterRun {
        match inspect::is_on() {
            true => self.run_by::<true>(|task| {
                // SAFETY: `run_by` calls this in a run that this thread began.
                unsafe { poll_recorded(task) }
            }),
            false => self.run_unseen(),
        }
    }

    /// Does what [`run`](Runnable::run) does, and nothing of it is recorded: for an executor that
    /// looks itself, once for many polls, whether somebody wants that.
    // An executor may name it in several places, and still has it in its loop.
    // Hidden: for the crates above this one.
    #[doc(hidden)]
    #[inline(always)]
    pub fn run_unseen(self) -> AfterRun {
        self.run_by::<false>(|task| {
            // SAFETY: `run_by` calls this in a run that this thread began.
            unsafe { (task.as_ref().methods.poll)(task, &WAKER) }
        })
    }

    #[inline(always)]
    fn run_by<const RECORDED: bool>(
        self,
        poll: impl FnOnce(NonNull<Header>) -> Polled,
    ) -> AfterRun {
        let cancelled = self.header().transition_to_running() == ToRunning::Cancel;
        let this = self.already_running();
        let header = this.header;
        let run = Run::start(header.as_ptr().cast());
        if cancelled {
            return this.end(run, Failure::Cancelled);
        }
        match poll(header) {
            Polled::Pending => this.transition_to_idle::<RECORDED>(run),
            Polled::Done => {
                let deferred = run.end();
                this.transition_to_done(deferred.own_refs, false);
                AfterRun::Done
            }
            Polled::Joined => {
                let deferred = run.end();
                this.transition_to_done(deferred.own_refs, true);
                AfterRun::Done
            }
            Polled::Panicked(payload) => this.panicked(run, *payload),
        }
    }

    /// Drops the task's future without polling it.
    ///
    /// A join handle reports that the task was cancelled.
    pub fn cancel(self) -> AfterRun {
        // Cancelled or not, it is about to be.
        let _ = self.header().transition_to_running();
        let this = self.already_running();
        let run = Run::start(this.header.as_ptr().cast());
        this.end(run, Failure::Cancelled)
    }

    /// Returns whether the task was cancelled; a hint.
    pub fn is_cancelled(&self) -> bool {
        self.header().state.is_cancelled()
    }

    /// Tells tasks apart while they exist.
    #[inline]
    pub fn address(&self) -> usize {
        self.header.as_ptr().addr()
    }

    /// Works like [`TaskRef::spawned_at`].
    #[inline]
    pub fn spawned_at(&self) -> &'static Location<'static> {
        self.header().spawned_at
    }

    fn already_running(self) -> RunningTask {
        let this = ManuallyDrop::new(self);
        RunningTask { header: this.header }
    }

    /// Returns the address of the task, for a queue of plain pointers.
    #[inline]
    pub fn into_raw(self) -> NonNull<()> {
        ManuallyDrop::new(self).header.cast()
    }

    /// Takes back what [`into_raw`](Runnable::into_raw) gave.
    ///
    /// # Safety
    ///
    /// Once for each `into_raw`.
    #[inline]
    pub unsafe fn from_raw(task: NonNull<()>) -> Runnable {
        Runnable { header: task.cast() }
    }

    /// Returns the task queued behind this one, which is forgotten.
    #[inline]
    pub fn take_next(&mut self) -> Option<Runnable> {
        // SAFETY: the link belongs to the holder of the `Runnable`.
        let next = self.header().next.with_mut(|next| unsafe { next.replace(ptr::null_mut()) });
        NonNull::new(next).map(|header| Runnable { header })
    }

    /// Queues `next` behind this task.
    #[inline]
    pub fn set_next(&mut self, next: Option<Runnable>) {
        let next = next.map_or(ptr::null_mut(), |next| ManuallyDrop::new(next).header.as_ptr());
        // SAFETY: as above.
        self.header().next.with_mut(|link| unsafe { *link = next });
    }

    /// A reference to the task.
    pub(super) fn task_ref(&self) -> TaskRef {
        TaskRef::retain(self.header)
    }
}

impl Drop for Runnable {
    fn drop(&mut self) {
        if let AfterRun::Panicked(payload) = (Runnable { header: self.header }).cancel() {
            unwind::discard(payload);
        }
    }
}

impl fmt::Debug for Runnable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Runnable").field(&self.header().state.snapshot()).finish()
    }
}

/// Polls a task while somebody looks.
///
/// # Safety
///
/// This thread began the run of `task`.
#[cold]
#[inline(never)]
unsafe fn poll_recorded(task: NonNull<Header>) -> Polled {
    // SAFETY: the living reference keeps the block during the run.
    let header = unsafe { task.as_ref() };
    let in_this_frame = 0_u8;
    let poll = inspect::Poll::begin(header.info(), ptr::from_ref(&in_this_frame).addr());
    let recorded = Recorded::begin();
    // SAFETY: passed on.
    let polled = unsafe { (header.methods.poll)(task, &POLLED_WAKER) };
    drop(recorded);
    let pending = matches!(polled, Polled::Pending);
    poll.end(pending);
    if !pending {
        inspect::forget(header.number.get());
    }
    polled
}

/// A task in the state RUNNING, on this thread.
struct RunningTask {
    header: NonNull<Header>,
}

impl RunningTask {
    fn header(&self) -> &Header {
        // SAFETY: the living reference is only given up by `transition_to_done`, which takes
        // `self`.
        unsafe { self.header.as_ref() }
    }

    fn owner(&self) -> Option<OwnerRef> {
        // SAFETY: not written any more once the task can run.
        unsafe { *self.header().owner.get() }
    }

    /// The future is pending.
    #[inline]
    fn transition_to_idle<const RECORDED: bool>(self, run: Run) -> AfterRun {
        let deferred = run.end();
        // A task that goes back into a queue is known by that, unless something was recorded of
        // it: see `transition_to_done`.
        let mut unlisted = self.header().list_index() == UNLISTED;
        if unlisted && (RECORDED || !deferred.woken) {
            self.list();
            unlisted = false;
        }
        match self.header().state.transition_to_idle(deferred.woken, deferred.own_refs, unlisted) {
            ToIdle::Idle => AfterRun::Waiting,
            ToIdle::Requeue => AfterRun::Woken(Runnable { header: self.header }),
        }
    }

    /// Before the task can be woken elsewhere, and be done: its owner must know of it.
    #[cold]
    fn list(&self) {
        if let Some(owner) = self.owner() {
            let task = ManuallyDrop::new(TaskRef::adopt(self.header));
            // SAFETY: the owner lives, because the task is not done.
            let index = unsafe { (owner.methods.list)(owner.data, &task) };
            debug_assert_ne!(index, UNLISTED, "an owner's lists are numbered from 0");
            // SAFETY: belongs to the runner.
            self.header().list_index.with_mut(|place| unsafe { *place = index });
        }
    }

    /// The future panicked: drops it, and reports the panic.
    #[cold]
    fn panicked(self, run: Run, payload: Payload) -> AfterRun {
        inspect::panicked(self.header().info(), &*payload, self.header().methods.joins);
        if self.header().methods.joins {
            return self.end(run, Failure::Panicked(Box::new(payload)));
        }
        // A second panic, in the drop of the future, has been reported by the hook; the
        // first is the one that says why.
        if let AfterRun::Panicked(second) = self.end(run, Failure::Cancelled) {
            unwind::discard(second);
        }
        AfterRun::Panicked(payload)
    }

    /// Drops the future and reports `error`.
    #[cold]
    fn end(self, run: Run, error: Failure) -> AfterRun {
        // SAFETY: this thread began the run.
        let panicked = unsafe { (self.header().methods.end)(self.header, error) };
        let deferred = run.end();
        // For all that this knows, the error was left.
        let left = self.header().methods.joins;
        self.transition_to_done(deferred.own_refs, left);
        panicked.map_or(AfterRun::Done, AfterRun::Panicked)
    }

    /// The future is gone. `left`: its result, or an error, may be in the result cell.
    #[inline]
    fn transition_to_done(self, own_refs: i64, left: bool) {
        let index = self.header().list_index();
        let unlisted = index == UNLISTED;
        if !unlisted {
            self.unlist(index);
        }
        let methods = self.header().methods;
        let after = match self.header().state.transition_to_done(own_refs, unlisted, left) {
            ToDone::DropOutput => self.finish_detached(own_refs, unlisted),
            after => after,
        };
        match after {
            ToDone::WakeJoiner => {
                // SAFETY: the living reference is still there.
                unsafe { (methods.wake_joiner)(self.header) };
                release(self.header);
            }
            // SAFETY: nobody has a reference any more.
            ToDone::Free => unsafe { (methods.free)(self.header) },
            ToDone::Nothing | ToDone::DropOutput => {}
        }
    }

    /// Its owner, and those who look, need not know of the task any more.
    #[inline(never)]
    fn unlist(&self, index: u32) {
        if let Some(owner) = self.owner() {
            let task = ManuallyDrop::new(TaskRef::adopt(self.header));
            // SAFETY: the owner lives, because the task is not done.
            unsafe { (owner.methods.unlist)(owner.data, &task, index) };
        }
        // What was recorded of the task, if something was, is of no use any more. A task that has
        // no number has no record, and none has one that is in no list and was not just recorded.
        if cfg!(feature = "inspect") && self.header().number.is_given() {
            self.forget_record();
        }
    }

    #[cold]
    #[inline(never)]
    fn forget_record(&self) {
        if inspect::is_on() {
            inspect::forget(self.header().number.get());
        }
    }

    /// Drops a result whose join handle is gone, if one was left for it, and finishes.
    #[cold]
    fn finish_detached(&self, own_refs: i64, unlisted: bool) -> ToDone {
        // SAFETY: the task is not done, so the result cell is the runner's.
        unsafe { (self.header().methods.drop_output)(self.header) };
        self.header().state.transition_to_done(own_refs, unlisted, false)
    }
}
