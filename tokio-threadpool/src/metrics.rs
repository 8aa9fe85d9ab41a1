//! What a pool did so far, in numbers.
//!
//! Each worker writes numbers of its own, with plain stores; whoever asks adds them up.
//! Nothing here is read by the pool itself, but for `polls`, by which the stall monitor
//! sees progress.
//!
//! Always true: a number is written by the thread that runs its worker, and by no other.

use crate::poll_times::{PollTimeHistogram, PollTimes, Scale};
use crate::shared::Shared;
use std::panic::Location;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicPtr, AtomicUsize};
use std::sync::Mutex;
use std::thread::ThreadId;
use std::time::Duration;
use tokio_executor::sys::AtomicU64;
use tokio_executor::task::{Runnable, TaskRef};

/// A task's number, if it has waited before, and the place of its spawn.
pub(crate) type LastPoll = (Option<u64>, &'static Location<'static>);

/// A worker's own numbers.
#[derive(Debug)]
pub(crate) struct Stats {
    /// Looks for a task: one for each poll, and one before each sleep.
    pub(crate) polls: AtomicU64,
    /// Looks that found none.
    looks_in_vain: AtomicU64,
    steals: AtomicU64,
    stolen: AtomicU64,
    injected: AtomicU64,
    idle_wakes: AtomicU64,
    parks: AtomicU64,
    unparks: AtomicU64,
    busy_ns: AtomicU64,
    forced_yields: AtomicU64,
    /// The task of its last poll.
    last_polled: LastPolled,
    pub(crate) poll_times: PollTimes,
    /// The thread that ran the worker last. Held to change and copy it.
    thread: Mutex<Option<ThreadId>>,
    /// What was answered: numbers made of two others, which change one after the other, would
    /// fall at times.
    told_polls: Told,
    told_local: Told,
}

/// The highest number that was answered. Of std also in a model: it orders nothing.
#[derive(Debug, Default)]
pub(crate) struct Told(std::sync::atomic::AtomicU64);

impl Told {
    fn at_least(&self, number: u64) -> u64 {
        // Relaxed: a statistic.
        self.0.fetch_max(number, Relaxed).max(number)
    }
}

/// The task that a worker polls now, or polled last, for others to read.
#[derive(Default, Debug)]
struct LastPolled {
    /// Its address, only to be compared.
    address: AtomicUsize,
    /// Where it was spawned, as an address; null before the first poll. Of std also in a
    /// model: it orders nothing.
    spawned_at: AtomicPtr<Location<'static>>,
}

impl Stats {
    pub(crate) fn new(poll_times: Scale) -> Stats {
        Stats {
            polls: AtomicU64::new(0),
            looks_in_vain: AtomicU64::new(0),
            steals: AtomicU64::new(0),
            stolen: AtomicU64::new(0),
            injected: AtomicU64::new(0),
            idle_wakes: AtomicU64::new(0),
            parks: AtomicU64::new(0),
            unparks: AtomicU64::new(0),
            busy_ns: AtomicU64::new(0),
            forced_yields: AtomicU64::new(0),
            last_polled: LastPolled::default(),
            poll_times: PollTimes::new(poll_times),
            thread: Mutex::new(None),
            told_polls: Told::default(),
            told_local: Told::default(),
        }
    }

    /// This thread runs the worker from now on.
    pub(crate) fn runs_here(&self) {
        let here = Some(std::thread::current().id());
        *self.thread.lock().unwrap_or_else(|e| e.into_inner()) = here;
    }

    /// A poll of `task` begins.
    #[inline]
    pub(crate) fn polls_task(&self, task: &Runnable) {
        // Relaxed: for who looks at a worker that is stuck; that one changes neither.
        self.last_polled.address.store(task.address(), Relaxed);
        let spawned_at = std::ptr::from_ref(task.spawned_at()).cast_mut();
        self.last_polled.spawned_at.store(spawned_at, Relaxed);
    }

    /// The address of the task of the last poll, and where it was spawned. If the worker goes on
    /// meanwhile, the two may be of different tasks.
    fn last_polled(&self) -> Option<(usize, &'static Location<'static>)> {
        // Relaxed: see `polls_task`.
        let spawned_at = self.last_polled.spawned_at.load(Relaxed);
        // SAFETY: null, or the address of a place that is there for ever, see `polls_task`.
        let spawned_at: &'static Location<'static> = unsafe { spawned_at.as_ref() }?;
        Some((self.last_polled.address.load(Relaxed), spawned_at))
    }

    #[inline]
    fn add(number: &AtomicU64, by: u64) {
        // Relaxed: a statistic with one writer; nobody acts on it.
        number.store(number.load(Relaxed).wrapping_add(by), Relaxed);
    }

    /// The worker took `tasks` from another one.
    pub(crate) fn stole(&self, tasks: usize) {
        Stats::add(&self.steals, 1);
        Stats::add(&self.stolen, tasks as u64);
    }

    /// The worker took `tasks` that came from outside the workers.
    pub(crate) fn took_injected(&self, tasks: usize) {
        Stats::add(&self.injected, tasks as u64);
    }

    /// The worker looked for a task, and there was none.
    pub(crate) fn looked_in_vain(&self) {
        Stats::add(&self.looks_in_vain, 1);
    }

    /// The worker has slept, found no task, and goes to sleep again.
    pub(crate) fn woke_for_nothing(&self) {
        Stats::add(&self.idle_wakes, 1);
    }

    pub(crate) fn parks_after(&self, busy: Duration) {
        Stats::add(&self.parks, 1);
        Stats::add(&self.busy_ns, busy.as_nanos() as u64);
    }

    pub(crate) fn unparks(&self) {
        Stats::add(&self.unparks, 1);
    }

    pub(crate) fn yielded(&self, times: u64) {
        Stats::add(&self.forced_yields, times);
    }
}

/// What a pool did so far, and what waits in it: made by
/// [`ThreadPool::metrics`](crate::ThreadPool::metrics).
///
/// The numbers are read one after the other while the pool goes on, so that they need not
/// fit together to the last task.
///
/// # Examples
///
/// ```
/// use futures::{future, Future};
/// use tokio_threadpool::ThreadPool;
///
/// let pool = ThreadPool::new();
/// pool.spawn_handle(future::ok::<(), ()>(())).wait().unwrap();
/// let metrics = pool.metrics();
/// assert_eq!(metrics.spawned, 1);
/// assert!(metrics.workers.iter().map(|worker| worker.polls).sum::<u64>() >= 1);
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PoolMetrics {
    /// One for each worker, in the order of their ids.
    pub workers: Vec<WorkerMetrics>,
    /// Tasks that were spawned since the pool was built.
    pub spawned: u64,
    /// Tasks of these that are done, cancelled ones included.
    pub completed: u64,
    /// Tasks that were woken or spawned away from the workers, each as often as it was.
    pub injected: u64,
    /// Those of them that are still queued there.
    pub injector_depth: usize,
    /// Threads that the pool has, blocked and spare ones included.
    pub threads: usize,
    /// Threads that wait to take over the worker of one that blocks.
    pub spare_threads: usize,
    /// Threads that are in [`blocking`](crate::blocking()).
    pub blocking_threads: usize,
    /// Tasks that wait for their turn to block.
    pub blocking_queue: usize,
}

/// What a worker did so far, and what waits for it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct WorkerMetrics {
    /// Tasks that it polled, each as often as it did.
    pub polls: u64,
    /// Polls of tasks out of its own queue, where it had put them itself.
    pub local: u64,
    /// Times that it took tasks from another worker.
    pub steals: u64,
    /// Tasks that it took from other workers.
    pub stolen: u64,
    /// Tasks that it took from the queue of those that were woken or spawned away from the
    /// workers.
    pub injected: u64,
    /// Times that it woke up, found nothing to do, and went to sleep again.
    pub idle_wakes: u64,
    /// Times that it went to sleep.
    pub parks: u64,
    /// Times that it woke up.
    pub unparks: u64,
    /// For how long it was awake, up to its last sleep.
    pub busy: Duration,
    /// Operations put off since their task had spent its budget.
    pub forced_yields: u64,
    /// Tasks in its own queue.
    pub local_depth: usize,
    /// How long its polls took.
    pub poll_times: PollTimeHistogram,
    /// The thread that ran it last.
    pub thread: Option<ThreadId>,
}

impl Shared {
    /// The tasks that wait or have waited, and are not done.
    pub(crate) fn tasks(&self) -> Vec<TaskRef> {
        self.slots.iter().flat_map(|slot| slot.waiting().tasks()).collect()
    }

    /// The task that each worker polls now, or polled last, by number and place of its spawn.
    pub(crate) fn last_polled(&self) -> Vec<Option<LastPoll>> {
        let tasks = self.tasks();
        let number = |address| tasks.iter().find(|task| task.address() == address).map(TaskRef::id);
        let polled = self.slots.iter().map(|slot| slot.stats.last_polled());
        polled.map(|polled| polled.map(|(address, at)| (number(address), at))).collect()
    }

    pub(crate) fn metrics(&self) -> PoolMetrics {
        let worker = |slot: &crate::shared::WorkerSlot| {
            let stats = &slot.stats;
            // Relaxed: statistics. Looks that found nothing are read first, and so are not more.
            let in_vain = stats.looks_in_vain.load(Relaxed);
            let polls = stats.polls.load(Relaxed).saturating_sub(in_vain);
            let (stolen, injected) = (stats.stolen.load(Relaxed), stats.injected.load(Relaxed));
            WorkerMetrics {
                polls: stats.told_polls.at_least(polls),
                local: stats.told_local.at_least(polls.saturating_sub(stolen + injected)),
                steals: stats.steals.load(Relaxed),
                stolen,
                injected,
                idle_wakes: stats.idle_wakes.load(Relaxed),
                parks: stats.parks.load(Relaxed),
                unparks: stats.unparks.load(Relaxed),
                busy: Duration::from_nanos(stats.busy_ns.load(Relaxed)),
                forced_yields: stats.forced_yields.load(Relaxed),
                local_depth: slot.remote.len(),
                poll_times: stats.poll_times.read(),
                thread: *stats.thread.lock().unwrap_or_else(|e| e.into_inner()),
            }
        };
        let workers: Vec<WorkerMetrics> = self.slots.iter().map(|slot| worker(slot)).collect();
        let injector_depth = self.injector.len();
        let taken: u64 = workers.iter().map(|worker| worker.injected).sum();
        let injected = self.told_injected.at_least(taken + injector_depth as u64);
        let (mut spawned, mut completed) = (0, 0);
        for counters in self.counters() {
            let (more, done) = counters.read();
            spawned += more;
            completed += done;
        }
        let (threads, spare_threads) = {
            let threads = self.threads();
            (threads.alive, threads.spare.len())
        };
        let (blocking_threads, blocking_queue) = self.capacity.usage();
        PoolMetrics {
            workers,
            injected,
            spawned,
            completed,
            injector_depth,
            threads,
            spare_threads,
            blocking_threads,
            blocking_queue,
        }
    }
}
