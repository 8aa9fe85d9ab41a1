//! An executor, seen from its own thread; and the way of a task to it from any thread.
//!
//! A task that becomes runnable arrives in `schedule`. On the executor's own thread,
//! while that runs, it goes straight into the run queue: no lock, no atomic operation.
//! From anywhere else it goes into `Remote`, and the executor is unparked.
//!
//! Called by `executor`, `handle`, `movable`, and by the tasks' own wakes.
//!
//! Always true: a [`Here`] exists only on the executor's own thread, which is the one that has
//! the [`Own`]. The executor of `movable` goes from thread to thread; then it takes tasks that
//! are `Send` only.
//!
//! Why does `schedule` not always use the queue of other threads? That queue costs an atomic
//! exchange for each wake, and an unpark of an executor that is awake.

use super::entered;
use super::home::Home;
use super::remote::AfterPush;
use super::shared::Shared;
use futures::Future;
use std::cell::Cell;
use std::marker::PhantomData;
use std::panic::{self, Location};
use std::ptr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_executor::internals::inspect::is_on;
use tokio_executor::internals::sys::{local, spin_loop, yield_now};
use tokio_executor::internals::unwind;
use tokio_executor::park::Unpark;
use tokio_executor::task::{AfterRun, JoinHandle, NewTask, Owner, OwnerRef, Runnable, TaskRef};
use tokio_executor::waiter::Waiter;
use tokio_executor::SpawnError;

local!(static CURRENT: Cell<*const Shared> = Cell::new(ptr::null()));

/// The executor that runs on this thread, or null.
#[inline]
fn current() -> *const Shared {
    CURRENT.with(Cell::get)
}

/// The executor's own reference, which stays on its thread.
///
/// # Dropping
///
/// Drops all tasks.
pub(super) struct Own {
    shared: Arc<Shared>,
    /// Its tasks are dropped, or are being so.
    closed: Cell<bool>,
    not_send: PhantomData<*const ()>,
}

/// An executor, seen from its own thread.
#[derive(Clone, Copy)]
pub(super) struct Here<'a> {
    /// From `Arc::as_ptr`, and never by way of a reference: an owner's address leads to the
    /// counts of its `Arc` as well.
    shared: *const Shared,
    borrowed: PhantomData<&'a Shared>,
}

/// Puts the executor back that this thread ran before.
struct Restore(*const Shared);

impl Drop for Restore {
    fn drop(&mut self) {
        CURRENT.with(|current| current.set(self.0));
    }
}

impl Own {
    pub(super) fn new(unpark: Box<dyn Unpark>) -> Own {
        Own::of(Shared::new(unpark, false))
    }

    /// For an executor that takes tasks that are `Send` only; with upper ends of the counts if
    /// every poll is to be measured.
    pub(super) fn new_movable(unpark: Box<dyn Unpark>, poll_times: Option<Vec<Duration>>) -> Own {
        let own = Own::of(Shared::new(unpark, true));
        if let Some(ends) = poll_times {
            own.here().home().counts.measure_every_poll(ends);
        }
        entered::register(&own.shared);
        own
    }

    fn of(shared: Shared) -> Own {
        Own { shared: Arc::new(shared), closed: Cell::new(false), not_send: PhantomData }
    }

    pub(super) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    #[inline]
    pub(super) fn here(&self) -> Here<'_> {
        // SAFETY: an `Own` does not leave its thread, or as all there is of the executor on
        // a thread; see `Movable`.
        unsafe { Here::new(Arc::as_ptr(&self.shared)) }
    }

    /// Calls `f` with this as the executor that runs on its thread.
    pub(super) fn run<R>(&self, f: impl FnOnce(Here<'_>) -> R) -> R {
        let outer = CURRENT.with(|current| current.replace(Arc::as_ptr(&self.shared)));
        let _restore = Restore(outer);
        let _driven = self.shared.visible.drive();
        f(self.here())
    }

    /// Refuses new tasks.
    pub(super) fn refuse_tasks(&self) {
        self.shared.refuse_tasks();
    }

    /// Drops all tasks and refuses new ones. Not to be called while one of them is polled: that
    /// one would outlive the executor.
    pub(super) fn close(&self) {
        if !self.closed.replace(true) {
            self.run(|here| here.close());
        }
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        self.close();
    }
}

/// Whether an executor of one thread polls its tasks on this thread.
#[inline]
pub(super) fn is_polling() -> bool {
    !CURRENT.with(Cell::get).is_null()
}

/// Takes a new task on any thread.
///
/// # Errors
///
/// If the executor is gone, or going. The task is dropped then.
pub(super) fn submit(shared: &Arc<Shared>, task: NewTask) -> Result<(), SpawnError> {
    if ptr::eq(current(), Arc::as_ptr(shared)) {
        // SAFETY: CURRENT is set on the executor's own thread only.
        return unsafe { Here::new(Arc::as_ptr(shared)) }.spawn_task(task);
    }
    shared.status()?;
    // First, so that the executor never sees more tasks done than there were.
    shared.is_submitted();
    // SAFETY: the executor drains `remote` before it is gone, or refuses the task.
    let task = unsafe { task.bind(OwnerRef::new(Arc::as_ptr(shared))) };
    match shared.remote.push(task) {
        AfterPush::Unpark => shared.unpark.unpark(),
        AfterPush::Nothing => {}
        AfterPush::Refused(task) => {
            drop(task);
            return Err(SpawnError::shutdown());
        }
    }
    Ok(())
}

// SAFETY: an executor is dropped only when all its tasks are done, see `Here::close`;
// its `Shared` does not move inside its `Arc`.
unsafe impl Owner for Shared {
    #[inline]
    unsafe fn schedule(this: *const Shared, task: Runnable) {
        if ptr::eq(current(), this) {
            // SAFETY: the executor lives, because the task is not done; and CURRENT is set on
            // its own thread only.
            return unsafe { Here::new(this) }.wake(task);
        }
        // Once the task is pushed, its executor may run it, and be dropped, before this
        // thread gets to unpark it.
        // SAFETY: every `this` comes from `Arc::as_ptr`, and the task in our hands
        // keeps the executor.
        unsafe { Arc::increment_strong_count(this) };
        // SAFETY: the reference was made just now.
        let shared = unsafe { Arc::from_raw(this) };
        shared.wake_from_elsewhere(task);
    }

    #[inline]
    unsafe fn list(&self, task: &TaskRef) -> u32 {
        // SAFETY: a task runs on the own thread only.
        let home = unsafe { self.home() };
        // SAFETY: it leaves the list in `unlist`.
        unsafe { home.waiting.insert(task) };
        0
    }

    #[inline]
    unsafe fn unlist(&self, task: &TaskRef, _index: u32) {
        // SAFETY: as above.
        let home = unsafe { self.home() };
        // SAFETY: `list` was called for it.
        unsafe { home.waiting.remove(task) };
    }
}

impl<'a> Here<'a> {
    /// # Safety
    ///
    /// `shared` comes from `Arc::as_ptr`, and is there for `'a`. This is the executor's own
    /// thread: the one it was made on.
    #[inline]
    pub(super) unsafe fn new(shared: *const Shared) -> Here<'a> {
        Here { shared, borrowed: PhantomData }
    }

    #[inline]
    fn shared(self) -> &'a Shared {
        // SAFETY: see `new`.
        unsafe { &*self.shared }
    }

    /// Calls `f` with the executor that runs on this thread.
    #[inline]
    pub(super) fn with_current<R>(f: impl FnOnce(Here<'_>) -> R) -> Option<R> {
        let current = current();
        if current.is_null() {
            return None;
        }
        // SAFETY: `Own::run` sets CURRENT for no longer than the executor is borrowed, on the
        // executor's own thread.
        Some(f(unsafe { Here::new(current) }))
    }

    /// `executor`, if this thread drives it: that need not be the innermost one that runs here.
    pub(super) fn of(executor: &Arc<Shared>) -> Option<Here<'_>> {
        let here = executor.visible.is_driven_here();
        // SAFETY: from `Arc::as_ptr`, and as long as the `Arc` is held. Who drives an executor
        // has it for longer than this call: it does so further up the stack of this thread.
        here.then(|| unsafe { Here::new(Arc::as_ptr(executor)) })
    }

    /// As [`with_current`](Here::with_current), for tasks that must stay on this thread.
    #[inline]
    pub(super) fn with_current_local<R>(f: impl FnOnce(Here<'_>) -> R) -> Option<R> {
        Here::with_current(|here| (!here.is_movable()).then(|| f(here))).flatten()
    }

    #[inline]
    pub(super) fn home(self) -> &'a Home {
        // SAFETY: see `new`.
        unsafe { self.shared().home() }
    }

    #[inline]
    #[track_caller]
    pub(super) fn spawn<F>(self, future: F) -> Result<(), SpawnError>
    where
        F: Future<Item = (), Error = ()> + 'static,
    {
        // SAFETY: an executor runs and drops its tasks on this, its own thread.
        self.spawn_task(unsafe { NewTask::new_local(future) })
    }

    #[inline]
    #[track_caller]
    pub(super) fn spawn_std<F>(self, future: F) -> Result<(), SpawnError>
    where
        F: std::future::Future<Output = ()> + 'static,
    {
        // SAFETY: as above.
        self.spawn_task(unsafe { NewTask::new_std_local(future) })
    }

    #[track_caller]
    pub(super) fn spawn_handle<F>(self, future: F) -> JoinHandle<Result<F::Item, F::Error>>
    where
        F: Future + 'static,
    {
        // SAFETY: as above; and the handle of a result that is not `Send` is not either.
        let (task, handle) = unsafe { NewTask::joined_local(future) };
        // The handle of a task that was refused reports it as cancelled.
        let _ = self.spawn_task(task);
        handle
    }

    #[track_caller]
    pub(super) fn spawn_handle_std<F>(self, future: F) -> JoinHandle<F::Output>
    where
        F: std::future::Future + 'static,
    {
        // SAFETY: as above.
        let (task, handle) = unsafe { NewTask::joined_std_local(future) };
        // As above.
        let _ = self.spawn_task(task);
        handle
    }

    /// Does the same for a program that polls futures 0.1 code through bridges.
    #[track_caller]
    pub(super) fn spawn_handle_bridged<F>(self, future: F) -> JoinHandle<F::Output>
    where
        F: std::future::Future + 'static,
    {
        // SAFETY: as above.
        let (task, handle) =
            unsafe { NewTask::joined_bridged_local_at(future, Location::caller()) };
        // As above.
        let _ = self.spawn_task(task);
        handle
    }

    #[inline]
    pub(super) fn spawn_task(self, task: NewTask) -> Result<(), SpawnError> {
        let task = self.adopt(task)?;
        self.wake(task);
        Ok(())
    }

    pub(super) fn status(self) -> Result<(), SpawnError> {
        self.shared().status()
    }

    /// Spawns the task of a `block_on`, which is polled before all others. Returns what
    /// [`root_is_over`](Home::root_is_over) is to have.
    pub(super) fn spawn_root(self, task: NewTask) -> Result<usize, SpawnError> {
        let task = self.adopt(task)?;
        Ok(self.home().root_begins(task))
    }

    /// Has `waiter` woken after the next turn of the parker, for which nobody waits who is
    /// ready before it: a task that was spawned a moment ago runs first.
    pub(super) fn defer(self, waiter: Waiter) {
        self.home().defer(waiter);
        // From within a park, by a hook: that must not sleep now.
        self.wake_parker();
    }

    /// Whether the executor is that of tokio 1.x and 0.2. Its sleeps are counted, which takes
    /// looks at the clock.
    #[inline]
    pub(super) fn is_movable(self) -> bool {
        self.shared().movable
    }

    #[inline]
    fn adopt(self, task: NewTask) -> Result<Runnable, SpawnError> {
        self.status()?;
        self.home().count(1);
        self.home().counts.spawned();
        // SAFETY: the executor goes only after its tasks, see `close`.
        Ok(unsafe { task.bind(OwnerRef::new(self.shared)) })
    }

    #[inline]
    fn wake(self, task: Runnable) {
        self.home().push(task);
        self.wake_parker();
    }

    /// Something came up on this thread: the parker must not sleep, should it be about to.
    #[inline]
    fn wake_parker(self) {
        if self.home().must_unpark() {
            self.shared().unpark.unpark();
        }
    }

    /// Takes in what has come from other threads.
    #[inline]
    pub(super) fn fetch(self) {
        if self.shared().visible.is_asked() {
            self.shared().visible.answer(&self.home().waiting, &*self.shared().unpark);
        }
        let home = self.home();
        let before = home.ready.len();
        self.shared().remote.take_all(|task| home.take_in(task));
        home.ready.reverse_from(before);
    }

    /// Shows the waiting tasks to `inspect`: the executor is about to sleep, and most that run
    /// for a moment only never do.
    #[inline]
    pub(super) fn make_visible(self) {
        if self.shared().visible.is_hidden() {
            // SAFETY: from `Arc::as_ptr`, and the executor's own reference is there.
            unsafe { Arc::increment_strong_count(self.shared) };
            // SAFETY: the reference was made just now.
            entered::show(&unsafe { Arc::from_raw(self.shared) });
        }
    }

    /// The tasks that wait.
    pub(super) fn waiting_tasks(self) -> Vec<TaskRef> {
        self.home().waiting.tasks()
    }

    /// The number of tasks that can be polled now.
    #[inline]
    pub(super) fn ready_len(self) -> usize {
        self.home().ready_len()
    }

    /// Whether a task can be polled now.
    #[inline]
    pub(super) fn has_ready(self) -> bool {
        self.ready_len() != 0 || !self.shared().remote.is_empty()
    }

    /// Whether there is no task at all.
    #[inline]
    pub(super) fn is_idle(self) -> bool {
        self.unfinished() == 0
    }

    /// The number of tasks that are not done.
    #[inline]
    pub(super) fn unfinished(self) -> usize {
        self.shared().unfinished()
    }

    /// Polls the next task. False if there is none.
    ///
    /// # Panics
    ///
    /// Passes on the panic of a task that nobody joins; that task is done then.
    pub(super) fn run_next(self) -> bool {
        self.run_next_by(Runnable::run)
    }

    /// The same, and nothing of it is recorded: see [`to_measure`](Here::to_measure).
    #[inline]
    pub(super) fn run_next_unseen(self) -> bool {
        self.run_next_by(Runnable::run_unseen)
    }

    #[inline(always)]
    fn run_next_by(self, run: impl FnOnce(Runnable) -> AfterRun) -> bool {
        let Some(task) = self.home().pop() else { return false };
        self.home().counts.poll_begins(self.home().ready.len());
        let after = run(task);
        self.home().counts.poll_ended();
        match after {
            AfterRun::Waiting => {}
            AfterRun::Woken(task) => self.home().push_woken(task),
            AfterRun::Done => self.finished(),
            AfterRun::Panicked(payload) => {
                self.finished();
                // All tasks of a movable executor are joined: a destructor has panicked, which
                // is no business of whoever drives.
                if !self.is_movable() {
                    panic::resume_unwind(payload);
                }
                unwind::discard(payload);
            }
        }
        true
    }

    /// The same, with looks at the clock.
    #[cold]
    #[inline(never)]
    pub(super) fn run_next_measured(self) -> bool {
        /// Also if the task panics.
        struct Measure<'a>(Here<'a>, Instant);

        impl Drop for Measure<'_> {
            fn drop(&mut self) {
                self.0.home().counts.measured(self.1.elapsed());
            }
        }

        if self.ready_len() == 0 {
            return false;
        }
        let _measure = Measure(self, Instant::now());
        self.run_next()
    }

    /// How many polls of a batch that begins now are to be measured, and recorded if somebody
    /// wants that.
    #[inline]
    pub(super) fn to_measure(self) -> usize {
        let counts = &self.home().counts;
        match counts.is_measure_due() {
            _ if is_on() || counts.measures_every_poll() => usize::MAX,
            is_due => usize::from(is_due),
        }
    }

    #[inline]
    fn finished(self) {
        self.home().count(usize::MAX);
    }

    /// Drops all tasks and refuses new ones. Every future is dropped here and now.
    fn close(self) {
        self.shared().refuse_tasks();
        loop {
            // A task that waits comes into the queue by this. One that somebody has
            // woken comes by itself.
            self.home().waiting.cancel_all();
            self.fetch();
            while let Some(task) = self.home().ready.pop_front() {
                // Nothing of a panic may leave here: tasks that are left would outlive the
                // executor, and be dropped wherever the last handle is.
                let outcome = task.cancel();
                self.finished();
                if let AfterRun::Panicked(payload) = outcome {
                    unwind::discard(payload);
                }
            }
            if self.home().waiting.is_empty() && self.shared().remote.close() {
                break;
            }
            // Another thread has woken a task and is about to push it: that takes it a
            // few instructions, if it has a processor.
            spin_loop();
            yield_now();
        }
        debug_assert_eq!(self.ready_len(), 0, "an executor closes without runnable tasks");
    }
}
