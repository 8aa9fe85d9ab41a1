//! What an executor shares with its handles and with the wakers of its tasks.
//!
//! A task that becomes runnable arrives in `schedule`. On the executor's own thread,
//! while that runs, it goes straight into the run queue: no lock, no atomic operation.
//! From anywhere else it goes into `Remote`, and the executor is unparked.
//!
//! Always true: `home` is touched only through a [`Here`], which exists only on the
//! executor's own thread. The executor closes `remote` only after its last task is
//! done, so a waker never finds it closed.
//!
//! "Its own thread" is that which has the [`Own`]. The executor of `movable` goes from thread
//! to thread; then it takes tasks that are `Send` only.

use super::numbers::{Counts, Numbers};
use super::remote::{AfterPush, Remote};
use super::ring::Ring;
use super::visible::{self, Visible};
use futures::Future;
use std::cell::{Cell, RefCell, UnsafeCell};
use std::fmt;
use std::marker::PhantomData;
use std::panic;
use std::ptr;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_executor::internals::forced_yields;
use tokio_executor::internals::inspect::is_on;
use tokio_executor::internals::sys::{local, spin_loop, yield_now};
use tokio_executor::internals::unwind;
use tokio_executor::park::Unpark;
use tokio_executor::task::{
    AfterRun, JoinHandle, LocalTaskList, NewTask, Owner, OwnerRef, Runnable, TaskRef,
};
use tokio_executor::waiter::Waiter;
use tokio_executor::SpawnError;

local!(static CURRENT: Cell<*const Shared> = Cell::new(ptr::null()));

/// The executor that runs on this thread, or null.
#[inline]
fn current() -> *const Shared {
    CURRENT.with(Cell::get)
}

pub(super) struct Shared {
    home: Home,
    remote: Remote,
    /// Tasks that handles have submitted through `remote`, ever.
    submitted: AtomicUsize,
    /// The executor is being dropped: no more tasks, please. Only `remote` refuses them
    /// for certain; this keeps those who go on spawning from holding that up.
    closing: AtomicBool,
    /// Goes from thread to thread: tasks that are not `Send` are refused.
    movable: bool,
    unpark: Box<dyn Unpark>,
    pub(super) visible: Visible,
}

/// The part that belongs to the executor's own thread.
struct Home {
    ready: RunQueue,
    waiting: LocalTaskList,
    /// Tasks spawned here less tasks done, wherever spawned: add `submitted`, and it is
    /// the number of tasks there are.
    /// One thread at a time writes it; others read it for statistics.
    balance: AtomicUsize,
    /// Tasks that a `block_on` has made of the future it waits for.
    roots: AtomicUsize,
    parking: Cell<Parking>,
    /// Sleeps begun, sleeps ended, and the time between them: each is written by the own
    /// thread, for statistics.
    parks: AtomicU64,
    unparks: AtomicU64,
    busy_ns: AtomicU64,
    counts: Counts,
    /// Since when the executor runs or is awake.
    awake_since: Cell<Option<Instant>>,
    /// Who has given way to the parker: woken when that has had a turn.
    deferred: RefCell<Vec<Waiter>>,
    batch: Batch,
}

/// The polls until the parker has its turn.
#[derive(Default)]
struct Batch {
    /// How many it has.
    polls: Cell<usize>,
    /// How many were ready when it began.
    round: Cell<usize>,
    /// How often this thread's tasks had been refused for want of budget by then.
    refused: Cell<u64>,
}

/// What a wake on the own thread must do, apart from queueing the task.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Parking {
    /// Nothing: the executor looks at the queue before it sleeps.
    Awake,
    /// Unpark: the wake came from within a `park` that may be about to sleep.
    MaySleep,
}

/// The tasks to be polled, in order.
///
/// Nothing of a caller's runs while it is borrowed, so the borrows never overlap.
struct RunQueue(UnsafeCell<Ring<Runnable>>);

// SAFETY: `home` is for the executor's own thread only, see `Here::new`. What is left
// is meant for all threads.
unsafe impl Sync for Shared {}
// SAFETY: the last reference may go away anywhere, but not before the executor has left
// `home` without tasks.
unsafe impl Send for Shared {}

impl RunQueue {
    #[inline]
    fn push_back(&self, task: Runnable) {
        // SAFETY: on the own thread only, and no borrow is alive; see the type.
        unsafe { (*self.0.get()).push_back(task) };
    }

    fn push_front(&self, task: Runnable) {
        // SAFETY: as above.
        unsafe { (*self.0.get()).push_front(task) };
    }

    #[inline]
    fn pop_front(&self) -> Option<Runnable> {
        // SAFETY: as above.
        unsafe { (*self.0.get()).pop_front() }
    }

    #[inline]
    fn len(&self) -> usize {
        // SAFETY: as above.
        unsafe { (*self.0.get()).len() }
    }
}

impl Shared {
    pub(super) fn new(unpark: Box<dyn Unpark>, movable: bool) -> Shared {
        Shared {
            home: Home {
                ready: RunQueue(UnsafeCell::new(Ring::new())),
                waiting: LocalTaskList::new(),
                balance: AtomicUsize::new(0),
                roots: AtomicUsize::new(0),
                parking: Cell::new(Parking::Awake),
                parks: AtomicU64::new(0),
                unparks: AtomicU64::new(0),
                busy_ns: AtomicU64::new(0),
                counts: Counts::default(),
                awake_since: Cell::new(None),
                deferred: RefCell::new(Vec::new()),
                batch: Batch::default(),
            },
            remote: Remote::new(),
            submitted: AtomicUsize::new(0),
            closing: AtomicBool::new(false),
            movable,
            unpark,
            visible: Visible::default(),
        }
    }

    /// Takes a new task on any thread.
    pub(super) fn submit(self: &Arc<Self>, task: NewTask) -> Result<(), SpawnError> {
        if ptr::eq(current(), Arc::as_ptr(self)) {
            // SAFETY: CURRENT is set on the executor's own thread only.
            return unsafe { Here::new(Arc::as_ptr(self)) }.spawn_task(task);
        }
        self.status()?;
        // Relaxed: the push releases it to whoever polls the task. Counted first, so
        // that the executor never sees more tasks done than there were.
        self.submitted.fetch_add(1, Relaxed);
        // SAFETY: the executor drains `remote` before it is gone, or refuses the task.
        let task = unsafe { task.bind(OwnerRef::new(Arc::as_ptr(self))) };
        match self.remote.push(task) {
            AfterPush::Unpark => self.unpark.unpark(),
            AfterPush::Nothing => {}
            AfterPush::Refused(task) => {
                drop(task);
                return Err(SpawnError::shutdown());
            }
        }
        Ok(())
    }

    /// Whether tasks are welcome.
    #[inline]
    pub(super) fn status(&self) -> Result<(), SpawnError> {
        // Relaxed: a hint, see `closing`; on the own thread it is no race at all.
        if self.closing.load(Relaxed) {
            Err(SpawnError::shutdown())
        } else {
            Ok(())
        }
    }

    /// The number of tasks that are not done, but for those that `block_on` made.
    pub(super) fn alive(&self) -> usize {
        // Relaxed: a statistic, which may come out wrong while tasks come and go.
        let tasks = self.home.balance.load(Relaxed).wrapping_add(self.submitted.load(Relaxed));
        let tasks = tasks.wrapping_sub(self.home.roots.load(Relaxed));
        if tasks > isize::MAX as usize {
            0
        } else {
            tasks
        }
    }

    /// Whether tasks have come from elsewhere that were not looked at yet, as a number.
    pub(super) fn injected(&self) -> usize {
        usize::from(!self.remote.is_empty())
    }

    /// Times that the executor went to sleep, times that it did so or woke up, and for how
    /// long it was awake.
    pub(super) fn sleeps(&self) -> (u64, u64, Duration) {
        // Relaxed: statistics.
        let (parks, unparks) = (self.home.parks.load(Relaxed), self.home.unparks.load(Relaxed));
        (parks, parks + unparks, Duration::from_nanos(self.home.busy_ns.load(Relaxed)))
    }

    /// What the executor counts.
    pub(super) fn numbers(&self) -> Numbers {
        // Relaxed: a statistic.
        self.home.counts.read(self.submitted.load(Relaxed) as u64)
    }

    /// Has the executor come by, if it sleeps.
    pub(super) fn unpark_now(&self) {
        self.unpark.unpark();
    }

    /// Takes a woken task on another thread, or while the executor does not run.
    #[cold]
    fn wake_from_elsewhere(&self, task: Runnable) {
        match self.remote.push(task) {
            AfterPush::Unpark => self.unpark.unpark(),
            AfterPush::Nothing => {}
            AfterPush::Refused(task) => {
                unreachable!("an executor outlives its tasks, and this one is not done: {task:?}")
            }
        }
    }
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
        // SAFETY: a task runs on the own thread only; it leaves the list in `unlist`.
        unsafe { self.home.waiting.insert(task) };
        0
    }

    #[inline]
    unsafe fn unlist(&self, task: &TaskRef, _index: u32) {
        // SAFETY: a task runs on the own thread only, and `list` was called for it.
        unsafe { self.home.waiting.remove(task) };
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("closing", &self.status().is_err()).finish_non_exhaustive()
    }
}

/// The executor's own reference, which stays on its thread.
///
/// # Dropping
///
/// Drops all tasks.
pub(super) struct Own {
    shared: Arc<Shared>,
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
        Own { shared: Arc::new(Shared::new(unpark, false)), not_send: PhantomData }
    }

    /// For an executor that takes tasks that are `Send` only; with upper ends of the counts if
    /// every poll is to be measured.
    pub(super) fn new_movable(unpark: Box<dyn Unpark>, poll_times: Option<Vec<Duration>>) -> Own {
        let own = Own { shared: Arc::new(Shared::new(unpark, true)), not_send: PhantomData };
        if let Some(ends) = poll_times {
            own.shared.home.counts.measure_every_poll(ends);
        }
        visible::register(&own.shared);
        own
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
}

impl Own {
    /// Drops all tasks and refuses new ones.
    pub(super) fn close(&self) {
        // Closed already, it has no tasks any more.
        if self.here().status().is_ok() {
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
        Here::with_current(|here| (!here.shared().movable).then(|| f(here))).flatten()
    }

    fn home(self) -> &'a Home {
        &self.shared().home
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

    #[inline]
    pub(super) fn spawn_task(self, task: NewTask) -> Result<(), SpawnError> {
        let task = self.adopt(task)?;
        self.wake(task);
        Ok(())
    }

    pub(super) fn status(self) -> Result<(), SpawnError> {
        self.shared().status()
    }

    /// Spawns the task of a `block_on`, which is polled before all others.
    pub(super) fn spawn_root(self, task: NewTask) -> Result<(), SpawnError> {
        let task = self.adopt(task)?;
        // Relaxed: a statistic.
        self.home().roots.fetch_add(1, Relaxed);
        self.home().counts.is_root();
        self.home().ready.push_front(task);
        Ok(())
    }

    /// The task of a `block_on` is done, or will be soon.
    pub(super) fn root_is_over(self) {
        // Relaxed: a statistic.
        self.home().roots.fetch_sub(1, Relaxed);
    }

    /// Has `waiter` woken after the next turn of the parker, for which nobody waits who is
    /// ready before it: a task that was spawned a moment ago runs first.
    pub(super) fn defer(self, waiter: Waiter) {
        self.home().deferred.borrow_mut().push(waiter);
        // From within a park, by a hook: that must not sleep now.
        self.wake_parker();
    }

    /// Begins a batch of `most` polls.
    pub(super) fn begin_batch(self, most: usize) {
        let batch = &self.home().batch;
        batch.polls.set(most);
        batch.round.set(self.ready_len());
        batch.refused.set(forced_yields());
    }

    /// The length of the batch. It may become shorter.
    #[inline]
    pub(super) fn batch_len(self) -> usize {
        self.home().batch.polls.get()
    }

    /// A task yields for want of budget: it yields to the parker too, which has its turn once
    /// all that were ready when the batch began have had theirs.
    fn give_way(self) {
        let batch = &self.home().batch;
        batch.polls.set(batch.polls.get().min(batch.round.get()));
    }

    /// Whether somebody has given way to the parker.
    #[inline]
    pub(super) fn has_deferred(self) -> bool {
        !self.home().deferred.borrow().is_empty()
    }

    /// Wakes those who gave way to the parker.
    #[inline]
    pub(super) fn wake_deferred(self) {
        if self.has_deferred() {
            // A waker that panics must not keep the others from being woken.
            for waiter in self.home().deferred.take() {
                unwind::quietly(|| waiter.wake());
            }
        }
    }

    /// Whether sleeps are counted, which takes looks at the clock.
    #[inline]
    pub(super) fn is_counted(self) -> bool {
        self.shared().movable
    }

    /// The executor has begun to run, or woken up.
    pub(super) fn awake(self) {
        self.home().awake_since.set(Some(Instant::now()));
        self.home().counts.awake();
    }

    /// Counts a sleep that begins.
    pub(super) fn falls_asleep(self) {
        self.rests();
        let home = self.home();
        // Relaxed: a statistic with one writer, as the others here.
        home.parks.store(home.parks.load(Relaxed) + 1, Relaxed);
    }

    /// Counts the time for which the executor was awake: it sleeps, or runs no more.
    pub(super) fn rests(self) {
        let home = self.home();
        if let Some(since) = home.awake_since.take() {
            let busy = home.busy_ns.load(Relaxed).wrapping_add(since.elapsed().as_nanos() as u64);
            // Relaxed: a statistic with one writer, as the others here.
            home.busy_ns.store(busy, Relaxed);
            home.counts.rests();
        }
    }

    /// Counts a sleep that has ended.
    pub(super) fn wakes_up(self) {
        // Relaxed: as above.
        self.home().unparks.store(self.home().unparks.load(Relaxed) + 1, Relaxed);
        self.awake();
    }

    /// Adds to the number of tasks.
    #[inline]
    fn count(self, by: usize) {
        let balance = &self.home().balance;
        // Relaxed: only this thread writes it now; others read it as a statistic.
        balance.store(balance.load(Relaxed).wrapping_add(by), Relaxed);
    }

    #[inline]
    fn adopt(self, task: NewTask) -> Result<Runnable, SpawnError> {
        self.status()?;
        self.count(1);
        self.home().counts.spawned();
        // SAFETY: the executor goes only after its tasks, see `close`.
        Ok(unsafe { task.bind(OwnerRef::new(self.shared)) })
    }

    #[inline]
    fn wake(self, task: Runnable) {
        self.home().ready.push_back(task);
        self.wake_parker();
    }

    /// Something came up on this thread: the parker must not sleep, should it be about to.
    #[inline]
    fn wake_parker(self) {
        if self.home().parking.get() == Parking::MaySleep {
            self.home().parking.set(Parking::Awake);
            self.shared().unpark.unpark();
        }
    }

    pub(super) fn set_parking(self, parking: Parking) {
        self.home().parking.set(parking);
    }

    /// Takes in what has come from other threads.
    #[inline]
    pub(super) fn fetch(self) {
        if self.shared().visible.is_asked() {
            self.shared().visible.answer(&self.home().waiting, &*self.shared().unpark);
        }
        self.shared().remote.take_all(|task| {
            self.home().counts.took_in();
            self.home().ready.push_back(task);
        });
    }

    /// Shows the waiting tasks to `inspect`: the executor is about to sleep, and most that run
    /// for a moment only never do.
    #[inline]
    pub(super) fn make_visible(self) {
        if self.shared().visible.is_hidden() {
            // SAFETY: from `Arc::as_ptr`, and the executor's own reference is there.
            unsafe { Arc::increment_strong_count(self.shared) };
            // SAFETY: the reference was made just now.
            visible::show(&unsafe { Arc::from_raw(self.shared) });
        }
    }

    /// The tasks that wait.
    pub(super) fn waiting_tasks(self) -> Vec<TaskRef> {
        self.home().waiting.tasks()
    }

    /// The number of tasks that can be polled now.
    #[inline]
    pub(super) fn ready_len(self) -> usize {
        self.home().ready.len()
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
        // Relaxed: a submission that this misses unparks the executor.
        let balance = self.home().balance.load(Relaxed);
        balance.wrapping_add(self.shared().submitted.load(Relaxed))
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
        let Some(task) = self.home().ready.pop_front() else { return false };
        self.home().counts.polls(self.ready_len());
        match run(task) {
            AfterRun::Waiting => {}
            AfterRun::Woken(task) => {
                let home = self.home();
                home.ready.push_back(task);
                if forced_yields() != home.batch.refused.get() {
                    self.give_way();
                }
            }
            AfterRun::Done => self.finished(),
            AfterRun::Panicked(payload) => {
                self.finished();
                // All tasks of a movable executor are joined: a destructor has panicked, which
                // is no business of whoever drives.
                if !self.shared().movable {
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
        self.count(usize::MAX);
    }

    /// Drops all tasks and refuses new ones. Every future is dropped here and now.
    fn close(self) {
        // Relaxed: a hint to other threads.
        self.shared().closing.store(true, Relaxed);
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
