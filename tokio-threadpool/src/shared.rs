//! What the threads of a pool share; the owner of its tasks.
//!
//! Called by everyone who adds a task: a sender, a waker, a worker. Decides where the
//! task goes and which worker is woken for it.
//!
//! Always true: while a task of the pool is not done, the pool is not stopped, or it is
//! being emptied by the last of its threads. A task names its pool by a plain address;
//! that address is good because the threads hold the pool until the last task is gone.

use crate::blocking::Capacity;
use crate::builder::Config;
use crate::idle::Idle;
use crate::park::WorkerPark;
use crate::queue::{Injector, Local, Remote};
use crate::shutdown::{Phase, Trigger};
use crate::standby::Standbys;
use crate::worker::{self, Core};
use std::fmt;
use std::ops::Deref;
use std::sync::atomic::Ordering::{Relaxed, SeqCst};
use std::sync::{Arc, Mutex};
use std::thread;
use tokio_executor::park::Unpark;
use tokio_executor::sys::{in_total_order, AtomicBool, AtomicU64};
use tokio_executor::task::{NewTask, Owner, OwnerRef, Runnable, TaskList, TaskRef};
use tokio_executor::SpawnError;

pub(crate) struct Shared {
    pub(crate) config: Config,
    pub(crate) idle: Idle,
    pub(crate) injector: Injector<Runnable>,
    pub(crate) seats: Box<[Padded<Seat>]>,
    pub(crate) capacity: Capacity,
    pub(crate) phase: Phase,
    /// Tasks that came in and were done away from the workers.
    outside: Padded<Tally>,
    pub(crate) threads: Mutex<Threads>,
    /// Held while the pool's first thread is started, so that who comes second learns
    /// whether it did.
    first: Mutex<()>,
    pub(crate) trigger: Arc<Trigger>,
    /// A sleeper keeps watch over the workers that are awake.
    pub(crate) watched: AtomicBool,
}

/// A worker's place, whichever thread sits in it.
pub(crate) struct Seat {
    pub(crate) remote: Remote,
    pub(crate) tally: Tally,
    /// Polls begun; written by the worker, watched by a sleeper.
    pub(crate) ticks: AtomicU64,
    /// Waiting tasks that first waited on this worker.
    waiting: TaskList,
    unpark: Box<dyn Unpark>,
    /// The worker itself while no thread runs it. Held to start and to retire a
    /// thread; nothing is polled or woken under it.
    pub(crate) vacant: Mutex<Option<Box<Core>>>,
}

/// Tasks that came and went. Each side is written by one thread at a time, or by
/// atomic addition where many share it.
#[derive(Default, Debug)]
pub(crate) struct Tally {
    spawned: AtomicU64,
    done: AtomicU64,
}

/// The pool's threads. Held to count, to start and to end one.
#[derive(Debug, Default)]
pub(crate) struct Threads {
    pub(crate) alive: usize,
    /// Those of them that run a worker.
    seated: usize,
    /// Threads without a worker.
    pub(crate) standby: Standbys<Box<Core>>,
    next_name: usize,
}

/// Keeps what it holds off the cache lines of its neighbours: two, since processors
/// fetch lines in pairs.
#[derive(Debug, Default)]
#[repr(align(128))]
pub(crate) struct Padded<T>(pub(crate) T);

impl<T> Deref for Padded<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.0
    }
}

// -------------------------------------------------------------------- tasks come

impl Shared {
    pub(crate) fn new(config: Config, parks: Vec<Box<dyn WorkerPark>>) -> Arc<Shared> {
        let workers = parks.len();
        let mut seats = Vec::with_capacity(workers);
        for (index, park) in parks.into_iter().enumerate() {
            let local = Local::new_fifo();
            seats.push(Padded(Seat {
                remote: Remote::new(&local),
                tally: Tally::default(),
                ticks: AtomicU64::new(0),
                waiting: TaskList::new(),
                unpark: park.unpark(),
                vacant: Mutex::new(Some(Box::new(Core::new(index, local, park)))),
            }));
        }
        Arc::new(Shared {
            capacity: Capacity::new(config.max_blocking),
            config,
            idle: Idle::new(workers),
            injector: Injector::new(),
            seats: seats.into_boxed_slice(),
            phase: Phase::new(),
            outside: Padded::default(),
            threads: Mutex::new(Threads::default()),
            first: Mutex::new(()),
            trigger: Arc::new(Trigger::new()),
            watched: AtomicBool::new(false),
        })
    }

    /// Takes a new task in.
    #[inline]
    pub(crate) fn spawn(self: &Arc<Self>, task: NewTask) -> Result<(), SpawnError> {
        if self.phase.is_closed() {
            return Err(SpawnError::shutdown());
        }
        match worker::current_of(self) {
            Some(core) => {
                self.seats[core.index].tally.came_here();
                core.spawn(self, self.bind(task));
                Ok(())
            }
            None => self.spawn_from_outside(task),
        }
    }

    fn spawn_from_outside(self: &Arc<Self>, task: NewTask) -> Result<(), SpawnError> {
        if !self.outside.admit(&self.phase) {
            return Err(SpawnError::shutdown());
        }
        if self.phase.has_no_thread() && !self.start_first() {
            self.outside.went();
            return Err(match self.phase.is_closed() {
                true => SpawnError::shutdown(),
                false => SpawnError::at_capacity(),
            });
        }
        self.inject(self.bind(task));
        Ok(())
    }

    #[inline]
    fn bind(self: &Arc<Self>, task: NewTask) -> Runnable {
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
        if self.wake_or_start(worker) {
            return;
        }
        // The system refuses a thread. Another sleeper may have one; the seats without
        // stay for a better time.
        self.idle.wake_instead(worker, || self.has_queued(), |worker| self.wake_or_start(worker));
    }

    /// Wakes `worker`, on a new thread if it has none; false if there is none to be had.
    fn wake_or_start(self: &Arc<Self>, worker: usize) -> bool {
        let seat = &self.seats[worker];
        let core = seat.vacant.lock().unwrap_or_else(|e| e.into_inner()).take();
        let Some(core) = core else {
            seat.unpark.unpark();
            return true;
        };
        core.starts_searching();
        match self.start_thread(core) {
            Ok(()) => {
                self.threads().seated += 1;
                true
            }
            Err(core) => {
                *seat.vacant.lock().unwrap_or_else(|e| e.into_inner()) = Some(core);
                false
            }
        }
    }

    /// A sleeper gives up its thread, unless it is the last that runs a worker: one
    /// stays, to drive I/O. Threads that block do not count, for they will not.
    pub(crate) fn may_retire(&self) -> bool {
        let mut threads = self.threads();
        if threads.seated <= 1 {
            return false;
        }
        threads.seated -= 1;
        true
    }

    /// The thread that `may_retire` let go stays after all.
    pub(crate) fn stays(&self) {
        self.threads().seated += 1;
    }

    /// The thread that just left may have been the one that drove I/O, with the others
    /// asleep aside. Wakes one that stays, so that it takes the driver when it goes back
    /// to sleep.
    pub(crate) fn someone_drives(&self) {
        let stays =
            |seat: &&Padded<Seat>| seat.vacant.lock().unwrap_or_else(|e| e.into_inner()).is_none();
        // One that is about to leave will come here as well.
        if let Some(seat) = self.seats.iter().find(stays) {
            seat.unpark.unpark();
        }
    }

    /// Starts the pool's first thread; false if the system refuses it.
    #[cold]
    fn start_first(self: &Arc<Self>) -> bool {
        let _first = self.first.lock().unwrap_or_else(|e| e.into_inner());
        if self.phase.has_no_thread() {
            if let Some(worker) = self.idle.wake_any() {
                self.unpark(worker);
            }
        }
        !self.phase.has_no_thread()
    }

    /// Starts a thread that runs `core`, or gives it back.
    fn start_thread(self: &Arc<Self>, core: Box<Core>) -> Result<(), Box<Core>> {
        let number = {
            let mut threads = self.threads();
            threads.alive += 1;
            threads.next_name += 1;
            self.trigger.enter();
            threads.next_name - 1
        };
        let mut builder = thread::Builder::new();
        if let Some(prefix) = &self.config.name_prefix {
            builder = builder.name(format!("{prefix}{number}"));
        }
        if let Some(bytes) = self.config.stack_size {
            builder = builder.stack_size(bytes);
        }
        // The core goes through a shared cell, so that it can be had back.
        let parcel = Arc::new(Mutex::new(Some(core)));
        let (shared, theirs) = (self.clone(), parcel.clone());
        let started = builder.spawn(move || {
            let core = theirs.lock().unwrap_or_else(|e| e.into_inner()).take();
            drop(theirs);
            let Some(core) = core else { unreachable!("the parcel is opened once") };
            worker::thread_main(shared, core);
        });
        match started {
            Ok(_) => {
                let threads = self.threads();
                self.phase.set_no_thread(threads.alive == 0);
                Ok(())
            }
            Err(e) => {
                log::error!("cannot start a worker thread: {e}");
                let mut threads = self.threads();
                threads.alive -= 1;
                self.phase.set_no_thread(threads.alive == 0);
                drop(threads);
                self.trigger.leave();
                let core = parcel.lock().unwrap_or_else(|e| e.into_inner()).take();
                Err(core.expect("a thread that did not start opened no parcel"))
            }
        }
    }

    /// Gives `core` to a thread without a worker, or to a new one.
    pub(crate) fn hand_over(self: &Arc<Self>, core: Box<Core>) -> Result<(), Box<Core>> {
        let given = self.threads().standby.give(core);
        match given {
            Ok(standby) => {
                standby.token.unpark();
                Ok(())
            }
            Err(core) => self.start_thread(core),
        }
    }

    pub(crate) fn threads(&self) -> std::sync::MutexGuard<'_, Threads> {
        self.threads.lock().unwrap_or_else(|e| e.into_inner())
    }
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
        let seat = worker::current_at(self).map_or(0, |core| core.index);
        // SAFETY: the task calls this once, and `unlist` before it is done.
        unsafe { self.seats[seat].waiting.insert(task) };
        seat as u32
    }

    unsafe fn unlist(&self, task: &TaskRef, index: u32) {
        // SAFETY: `index` is what `list` returned for the task.
        unsafe { self.seats[index as usize].waiting.remove(task) };
    }
}

// ---------------------------------------------------------------------- tasks go

impl Tally {
    /// A task came, counted by the one thread that writes this tally.
    #[inline]
    pub(crate) fn came_here(&self) {
        // Relaxed: read after the writer has gone to sleep, which orders it.
        self.spawned.store(self.spawned.load(Relaxed) + 1, Relaxed);
    }

    /// A task was done, counted by the one thread that writes this tally.
    #[inline]
    pub(crate) fn went_here(&self) {
        // Relaxed: as above.
        self.done.store(self.done.load(Relaxed) + 1, Relaxed);
    }

    /// Counts a task in that comes from outside the workers; false if the pool takes no
    /// more.
    pub(crate) fn admit(&self, phase: &Phase) -> bool {
        // SeqCst: the count first, then the phase. Whoever stops the pool sets the phase,
        // then reads the counts. One of the two sees the other.
        self.spawned.fetch_add(1, SeqCst);
        in_total_order();
        if phase.is_closed_now() {
            self.went();
            return false;
        }
        true
    }

    pub(crate) fn went(&self) {
        // SeqCst: as above.
        self.done.fetch_add(1, SeqCst);
    }

    /// Whether no task is left of those that these tallies count.
    ///
    /// What is done is read before what came. Both only grow, and nothing is done that
    /// has not come: if they are equal, there was a moment without tasks.
    pub(crate) fn balance<'a>(tallies: impl Iterator<Item = &'a Tally> + Clone) -> bool {
        in_total_order();
        // SeqCst: ordered after the phase that made the caller ask.
        let done: u64 = tallies.clone().map(|t| t.done.load(SeqCst)).sum();
        let spawned: u64 = tallies.map(|t| t.spawned.load(SeqCst)).sum();
        debug_assert!(done <= spawned, "{done} tasks are done of {spawned} spawned");
        done == spawned
    }
}

impl Shared {
    /// A task was done on a thread that is not a worker.
    pub(crate) fn went_outside(&self) {
        self.outside.went();
    }

    /// Whether no task is left.
    pub(crate) fn has_no_tasks(&self) -> bool {
        Tally::balance(self.seats.iter().map(|s| &s.tally).chain([&self.outside.0]))
    }

    /// Whether a task is queued anywhere.
    pub(crate) fn has_queued(&self) -> bool {
        !self.injector.is_empty() || self.seats.iter().any(|s| !s.remote.is_empty())
    }

    /// Drops every task there is. Called by the pool's last thread, or without one.
    pub(crate) fn empty_out(&self) {
        let scratch = Local::new_fifo();
        loop {
            for seat in &self.seats {
                seat.waiting.cancel_all();
                while let Some(task) = seat.remote.steal(&scratch) {
                    self.cancel(task);
                }
            }
            while let Some(task) = crate::queue::take_injected(&self.injector, &scratch) {
                self.cancel(task);
            }
            while let Some(task) = scratch.pop() {
                self.cancel(task);
            }
            if self.has_no_tasks() {
                return;
            }
            // A waker elsewhere is about to queue a task that it has just woken.
            thread::yield_now();
        }
    }

    /// Drops the workers that no thread runs, and with them what they slept in.
    pub(crate) fn clear_seats(&self) {
        for seat in &self.seats {
            drop(seat.vacant.lock().unwrap_or_else(|e| e.into_inner()).take());
        }
    }

    fn cancel(&self, task: Runnable) {
        let outcome = task.cancel();
        self.outside.went();
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
            .field("workers", &self.seats.len())
            .field("awake", &self.idle.awake())
            .field("phase", &self.phase)
            .finish_non_exhaustive()
    }
}
