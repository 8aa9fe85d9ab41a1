//! What the threads of a pool share; the owner of its tasks.
//!
//! Called by everyone who adds a task: a sender, a waker, a worker. Decides where the
//! task goes and which worker is woken for it.
//!
//! Always true: while a task of the pool is not done, the pool is not stopped, or it is
//! being emptied by the last of its threads. A task names its pool by a plain address;
//! that address is good because the threads hold the pool until the last task is gone.
//!
//! Why do this file, `worker`, `sleep`, `monitor`, `threads` and `blocking` name each other? They
//! are one knot, since adding a task and running one lead to each other: whoever adds
//! a task finds the worker of its own thread, or wakes another, for which a thread may have to be
//! started (`threads`); that thread runs the worker, and a worker that runs a task adds others,
//! gives itself away (`blocking`), or goes to sleep and monitors those that do not. Behind a trait
//! each of these calls would be harder to follow and no less mutual. What only holds data is below
//! the knot: `config`, `phase`, `capacity`, `counters`, `stats`, `duties`, `idle`, `queue` and
//! `spare`.

use crate::capacity::Capacity;
use crate::config::Config;
use crate::counters::Counters;
use crate::duties::{DriverCall, Duty};
use crate::idle::Idle;
use crate::park::WorkerPark;
use crate::phase::{Phase, Trigger};
use crate::queue::{Injector, Local, Remote};
use crate::stats::{Shown, Stats};
use crate::threads::{self, AroundWorker};
use crate::worker::{self, Core};
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;
use tokio_executor::internals::spare::SpareThreads;
use tokio_executor::internals::sys::CachePadded;
use tokio_executor::internals::{thread_name, without_nul};
use tokio_executor::park::Unpark;
use tokio_executor::task::{NewTask, Owner, OwnerRef, Runnable, TaskList, TaskRef};
use tokio_executor::SpawnError;

pub(crate) struct Shared {
    pub(crate) config: Config,
    /// What each thread calls in place of the worker's loop.
    pub(crate) around_worker: Option<AroundWorker>,
    pub(crate) idle: Idle,
    pub(crate) injector: Injector<Runnable>,
    pub(crate) workers: Box<[CachePadded<WorkerState>]>,
    pub(crate) capacity: Capacity,
    pub(crate) phase: Phase,
    /// Tasks that were spawned and completed away from the workers.
    outside: CachePadded<Counters>,
    pub(crate) threads: Mutex<Threads>,
    /// Held while the pool's first thread is started, so that who comes second learns
    /// whether it did. Nothing of a caller's is called under it.
    first: Mutex<()>,
    pub(crate) trigger: Arc<Trigger>,
    /// Whether a sleeper monitors the workers that are awake.
    pub(crate) monitor: Duty,
    pub(crate) driver_call: DriverCall,
    pub(crate) shown_injected: Shown,
}

/// A worker's place in the pool, whichever thread runs it.
// Two cache lines, which some processors fetch as one: each worker writes to its own at every poll.
#[repr(align(128))]
pub(crate) struct WorkerState {
    pub(crate) remote: Remote,
    pub(crate) counters: Counters,
    pub(crate) stats: Stats,
    /// Waiting tasks that first waited on this worker.
    waiting: TaskList,
    unpark: Box<dyn Unpark>,
    /// The worker itself while no thread runs it. Held to start and to retire a
    /// thread; nothing is polled or woken under it.
    pub(crate) parked_core: Mutex<Option<Box<Core>>>,
}

/// The pool's threads. Held to count, to start and to end one.
#[derive(Debug, Default)]
pub(crate) struct Threads {
    pub(crate) alive: usize,
    /// Those of them that run a worker.
    running: usize,
    /// Those of them that are away in something that blocks: within a poll, or in the hook at
    /// their start.
    pub(crate) blocked: usize,
    /// Threads without a worker.
    pub(crate) spare: SpareThreads<Box<Core>>,
    next_name: usize,
}

impl Threads {
    /// Whether there are threads, and each of them is away.
    pub(crate) fn all_block(&self) -> bool {
        self.alive > 0 && self.alive == self.blocked
    }
}

impl WorkerState {
    /// Waiting tasks that first waited on this worker.
    pub(crate) fn waiting(&self) -> &TaskList {
        &self.waiting
    }
}

// -------------------------------------------------------------------- tasks come

impl Shared {
    pub(crate) fn new(
        config: Config,
        around_worker: Option<AroundWorker>,
        parks: Vec<Box<dyn WorkerPark>>,
    ) -> Arc<Shared> {
        let workers = parks.len();
        let mut states = Vec::with_capacity(workers);
        let workers = parks.len();
        for (index, park) in parks.into_iter().enumerate() {
            let local = Local::new_fifo();
            let remote = Remote::new(&local);
            let unpark = park.unpark();
            let core = Core::new(index, workers, local, park, config.lifo_slot);
            states.push(CachePadded::new(WorkerState {
                remote,
                counters: Counters::default(),
                stats: Stats::new(config.poll_times.clone()),
                waiting: TaskList::new(),
                unpark,
                parked_core: Mutex::new(Some(Box::new(core))),
            }));
        }
        Arc::new(Shared {
            capacity: Capacity::new(config.max_blocking),
            config,
            around_worker,
            idle: Idle::new(workers),
            injector: Injector::new(),
            workers: states.into_boxed_slice(),
            phase: Phase::new(),
            outside: CachePadded::default(),
            threads: Mutex::new(Threads::default()),
            first: Mutex::new(()),
            trigger: Arc::new(Trigger::new()),
            monitor: Duty::new(),
            driver_call: DriverCall::new(),
            shown_injected: Shown::default(),
        })
    }

    /// Takes a new task in.
    #[inline(always)]
    pub(crate) fn spawn(self: &Arc<Self>, task: NewTask) -> Result<(), SpawnError> {
        if self.phase.is_closed() {
            return Err(SpawnError::shutdown());
        }
        match worker::current_of(self) {
            Some(core) => {
                let state = &self.workers[core.index];
                state.counters.spawned_here();
                core.spawn(self, state, self.bind(task));
                Ok(())
            }
            None => self.spawn_from_outside(task),
        }
    }

    #[inline(never)]
    fn spawn_from_outside(self: &Arc<Self>, task: NewTask) -> Result<(), SpawnError> {
        if !self.outside.admit(&self.phase) {
            self.completed_elsewhere();
            return Err(SpawnError::shutdown());
        }
        if self.phase.has_no_thread() && !self.start_first() {
            self.completed_elsewhere();
            return Err(match self.phase.is_closed() {
                true => SpawnError::shutdown(),
                false => SpawnError::no_thread(),
            });
        }
        self.inject(self.bind(task));
        Ok(())
    }

    #[inline]
    pub(crate) fn bind(self: &Arc<Self>, task: NewTask) -> Runnable {
        // SAFETY: the pool's threads hold it until every task is done, and the counts
        // say so before the task is queued.
        unsafe { task.bind(OwnerRef::new(Arc::as_ptr(self))) }
    }

    /// Queues a task from outside the workers.
    pub(crate) fn inject(self: &Arc<Self>, task: Runnable) {
        self.injector.push(task);
        if let Some(worker) = self.idle.wake_for_injected() {
            self.unpark(worker);
        }
    }

    /// Wakes a worker that was taken off the sleepers.
    #[cold]
    pub(crate) fn unpark(self: &Arc<Self>, worker: usize) {
        if let Err(error) = self.try_unpark(worker, &|| self.thread_name()) {
            report(&error);
        }
    }

    /// As `unpark`, with what to call a thread that is started. An error is for the log.
    fn try_unpark(
        self: &Arc<Self>,
        worker: usize,
        name: &dyn Fn() -> Option<String>,
    ) -> io::Result<()> {
        let woken = self.wake_or_start(worker, name);
        if woken.is_err() {
            // The system refuses a thread. Another sleeper may have one; the workers without
            // stay for a better time.
            let wake = |worker| self.wake_or_start(worker, name).is_ok();
            self.idle.wake_instead(worker, || self.has_queued(), wake);
        }
        woken
    }

    /// Wakes `worker`, on a new thread if it has none; an error if there is none to be had.
    fn wake_or_start(
        self: &Arc<Self>,
        worker: usize,
        name: &dyn Fn() -> Option<String>,
    ) -> io::Result<()> {
        let state = &self.workers[worker];
        let core = state.parked_core.lock().unwrap_or_else(|e| e.into_inner()).take();
        let Some(core) = core else {
            state.unpark.unpark();
            return Ok(());
        };
        core.starts_searching();
        match self.start_thread(core, name()) {
            Ok(()) => {
                self.threads().running += 1;
                Ok(())
            }
            Err((core, error)) => {
                *state.parked_core.lock().unwrap_or_else(|e| e.into_inner()) = Some(core);
                Err(error)
            }
        }
    }

    /// A sleeper gives up its thread, unless it is the last that runs a worker: one
    /// stays, to drive I/O. Threads that block do not count, for they will not.
    pub(crate) fn may_retire(&self) -> bool {
        let mut threads = self.threads();
        if threads.running <= 1 {
            return false;
        }
        threads.running -= 1;
        true
    }

    /// The thread that `may_retire` let go stays after all.
    pub(crate) fn stays(&self) {
        self.threads().running += 1;
    }

    /// Has a sleeper drive, if nobody does: the newest, or another one if that has no
    /// thread.
    ///
    /// The driver may have been with a worker that has just given up its thread, or that
    /// is away from it for long, with the others asleep aside.
    #[cold]
    pub(crate) fn hand_over_driver(&self) {
        // One that is unparked for work at this very moment leaves it to the next to sleep.
        self.driver_call.call();
        let has_thread = |state: &WorkerState| {
            state.parked_core.lock().unwrap_or_else(|e| e.into_inner()).is_none()
        };
        let newest = self.idle.newest().map(|worker| &self.workers[worker]);
        let sleeper = newest.filter(|state| has_thread(state));
        // One that is awake, or about to give up its thread, comes by as well.
        if let Some(state) = sleeper.or_else(|| self.workers.iter().find(|state| has_thread(state)))
        {
            state.unpark.unpark();
        }
    }

    /// Has a sleeper look whether a monitor is needed: one that has a thread, which stays asleep
    /// otherwise, since nothing is queued for it; or else any.
    #[cold]
    pub(crate) fn call_monitor(self: &Arc<Self>) {
        let has_thread = |state: &WorkerState| {
            state.parked_core.lock().unwrap_or_else(|e| e.into_inner()).is_none()
        };
        let mut workers = self.workers.iter().enumerate();
        let sleeper = workers.find(|(i, state)| self.idle.is_asleep(*i) && has_thread(state));
        if let Some((_, state)) = sleeper {
            state.unpark.unpark();
        } else if let Some(worker) = self.idle.wake_any() {
            self.unpark(worker);
        }
    }

    /// Starts the pool's first thread; false if the system refuses it.
    #[cold]
    pub(crate) fn start_first(self: &Arc<Self>) -> bool {
        // Before the lock, since it calls the program's function, which may spawn.
        let name = self.thread_name();
        let mut tried = Ok(());
        let first = self.first.lock().unwrap_or_else(|e| e.into_inner());
        if self.phase.has_no_thread() {
            if let Some(worker) = self.idle.wake_any() {
                tried = self.try_unpark(worker, &|| name.clone());
            }
        }
        let started = !self.phase.has_no_thread();
        drop(first);
        if let Err(error) = tried {
            report(&error);
        }
        started
    }

    /// Starts the threads of all workers that have none, as far as the system lets it.
    pub(crate) fn start_all(self: &Arc<Self>) {
        // One comes first: whoever spawns meanwhile finds a thread, and needs none of the rest.
        if self.phase.has_no_thread() && !self.start_first() {
            return;
        }
        // All are taken out before one of them can list itself again.
        let sleepers: Vec<_> = std::iter::from_fn(|| self.idle.wake_any()).collect();
        sleepers.into_iter().for_each(|worker| self.unpark(worker));
    }

    /// What the program's function, if there is one, calls a thread that is about to start.
    fn thread_name(&self) -> Option<String> {
        let name = self.config.name_fn.as_ref()?;
        thread_name(|| name())
    }

    /// Starts a thread that runs `core`, or gives it back.
    fn start_thread(
        self: &Arc<Self>,
        core: Box<Core>,
        name: Option<String>,
    ) -> Result<(), (Box<Core>, io::Error)> {
        let number = {
            let mut threads = self.threads();
            threads.alive += 1;
            threads.next_name += 1;
            self.trigger.enter();
            threads.next_name - 1
        };
        let mut builder = thread::Builder::new();
        if let Some(prefix) = &self.config.name_prefix {
            builder = builder.name(without_nul(format!("{prefix}{number}")));
        }
        if let Some(name) = name {
            builder = builder.name(name);
        }
        if let Some(bytes) = self.config.stack_size {
            builder = builder.stack_size(bytes.max(LEAST_STACK));
        }
        // The core goes through a shared cell, so that it can be had back.
        let handoff = Arc::new(Mutex::new(Some(core)));
        let (shared, theirs) = (self.clone(), handoff.clone());
        let started = builder.spawn(move || {
            let core = theirs.lock().unwrap_or_else(|e| e.into_inner()).take();
            drop(theirs);
            let Some(core) = core else { unreachable!("the core is taken once") };
            threads::main(shared, core);
        });
        match started {
            Ok(_) => {
                let threads = self.threads();
                self.phase.set_no_thread(threads.alive == 0);
                Ok(())
            }
            Err(error) => {
                let mut threads = self.threads();
                threads.alive -= 1;
                self.phase.set_no_thread(threads.alive == 0);
                drop(threads);
                self.trigger.leave();
                let core = handoff.lock().unwrap_or_else(|e| e.into_inner()).take();
                Err((core.expect("a thread that did not start took no core"), error))
            }
        }
    }

    /// Gives `core`, of this thread, to a thread without a worker, or to a new one.
    pub(crate) fn hand_off(self: &Arc<Self>, core: Box<Core>) -> Result<(), Box<Core>> {
        let given = {
            let mut threads = self.threads();
            threads.blocked += 1;
            threads.spare.give(core)
        };
        let handed = match given {
            Ok(spare) => {
                spare.wake();
                Ok(())
            }
            Err(core) => self.start_thread(core, self.thread_name()).map_err(|(core, error)| {
                report(&error);
                core
            }),
        };
        if handed.is_err() {
            self.threads().blocked -= 1;
        }
        handed
    }

    pub(crate) fn threads(&self) -> std::sync::MutexGuard<'_, Threads> {
        self.threads.lock().unwrap_or_else(|e| e.into_inner())
    }
}

/// The smallest stack of a thread, in bytes. What `crossbeam-epoch` does at the end of a thread
/// that has stolen took more than 32 KiB in a build without optimization.
const LEAST_STACK: usize = 64 * 1024;

/// Says that the system refuses a thread. Logs are a program's code: nothing is locked.
#[cold]
fn report(error: &io::Error) {
    log::error!("cannot start a worker thread: {error}");
}

// SAFETY: a pool's threads hold it, and leave it only once every task is done; see
// `shutdown`.
unsafe impl Owner for Shared {
    #[inline]
    unsafe fn schedule(this: *const Shared, task: Runnable) {
        if let Some(core) = worker::current_at(this) {
            return core.wake(task);
        }
        // SAFETY: the task is not done, so the pool is there; once the task is queued
        // it may be done at any time, hence a reference of our own.
        let shared = unsafe {
            Arc::increment_strong_count(this);
            Arc::from_raw(this)
        };
        shared.inject(task);
    }

    unsafe fn list(&self, task: &TaskRef) -> u32 {
        let index = worker::current_at(self).map_or(0, |core| core.index);
        // SAFETY: the task calls this once, and `unlist` before it is done.
        unsafe { self.workers[index].waiting.insert(task) };
        index as u32
    }

    unsafe fn unlist(&self, task: &TaskRef, index: u32) {
        // SAFETY: `index` is what `list` returned for the task.
        unsafe { self.workers[index as usize].waiting.remove(task) };
    }
}

// ---------------------------------------------------------------------- tasks go

impl Shared {
    /// A task was done on a thread that is not a worker, or was refused after it was counted.
    /// Stops a pool that waits for no more than that.
    pub(crate) fn completed_elsewhere(self: &Arc<Self>) {
        self.outside.completed_elsewhere();
        self.stop_if_idle();
    }

    /// Whether no task is left.
    pub(crate) fn has_no_tasks(&self) -> bool {
        Counters::all_completed(self.counters())
    }

    /// The counters of all workers, and those of everybody else.
    pub(crate) fn counters(&self) -> impl Iterator<Item = &Counters> + Clone {
        self.workers.iter().map(|state| &state.counters).chain([&*self.outside])
    }

    /// Whether a task is queued anywhere.
    pub(crate) fn has_queued(&self) -> bool {
        !self.injector.is_empty() || self.workers.iter().any(|s| !s.remote.is_empty())
    }

    /// Drops every task there is. Called by the pool's last thread, or without one.
    pub(crate) fn empty_out(&self) {
        let scratch = Local::new_fifo();
        let mut looks = 0;
        loop {
            self.cancel_tasks(&scratch);
            if self.has_no_tasks() {
                return;
            }
            // A waker elsewhere is about to queue a task that it has just woken. Its thread
            // may have to wait for a processor: leave it this one.
            match looks {
                0..100 => thread::yield_now(),
                _ => thread::sleep(Duration::from_millis(1)),
            }
            looks += 1;
        }
    }

    /// Drops every task that is not being polled.
    fn cancel_tasks(&self, scratch: &Local<Runnable>) {
        for state in &self.workers {
            state.waiting.cancel_all();
            while let Some(task) = state.remote.steal(scratch) {
                self.cancel(task);
            }
        }
        while let Some(task) = crate::queue::take_injected(&self.injector, scratch) {
            self.cancel(task);
        }
        while let Some(task) = scratch.pop() {
            self.cancel(task);
        }
    }

    /// Drops every task but those whose poll blocks: these may wait for what the others keep.
    /// Called when no thread runs a worker any more.
    pub(crate) fn drop_unblocked(&self) {
        self.cancel_tasks(&Local::new_fifo());
    }

    /// Drops the workers that no thread runs, and with them what they slept in.
    pub(crate) fn drop_parked_cores(&self) {
        for state in &self.workers {
            let core = state.parked_core.lock().unwrap_or_else(|e| e.into_inner()).take();
            // Not under the lock: a parker may be a program's.
            drop(core);
        }
    }

    fn cancel(&self, task: Runnable) {
        let outcome = task.cancel();
        self.outside.completed_elsewhere();
        self.report(outcome);
    }

    /// Hands a panic to whoever asked for it.
    #[inline]
    pub(crate) fn report(&self, outcome: tokio_executor::task::AfterRun) {
        if let tokio_executor::task::AfterRun::Panicked(payload) = outcome {
            self.config.panicked(payload);
        }
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool")
            .field("workers", &self.workers.len())
            .field("awake", &self.idle.awake())
            .field("phase", &self.phase)
            .finish_non_exhaustive()
    }
}
