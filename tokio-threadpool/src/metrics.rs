//! What a pool did so far, in numbers, for those who ask.
//!
//! Adds up what each worker counts for itself (`stats`); called by runtimes and programs.
//!
//! Always true: a number that was shown once is never followed by a smaller one.
//!
//! Why are highest answers kept? A number that is made of two others may seem to fall while a
//! worker changes one after the other.

use crate::shared::Shared;
use crate::stats::LastPoll;
use crate::Sender;
use std::sync::atomic::Ordering::Relaxed;
use std::thread::ThreadId;
use std::time::Duration;
use tokio_executor::internals::poll_times::PollTimeHistogram;
use tokio_executor::task::TaskRef;

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
///
/// # Examples
///
/// ```
/// use futures::{future, Future};
/// use tokio_threadpool::ThreadPool;
///
/// let pool = ThreadPool::new();
/// pool.spawn_handle(future::ok::<_, ()>(7)).wait().unwrap();
/// for (number, worker) in pool.metrics().workers.iter().enumerate() {
///     println!("worker {number}: {} polls, {} stolen", worker.polls, worker.stolen);
/// }
/// ```
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

impl Sender {
    /// Returns what the pool counts; see [`ThreadPool::metrics`](crate::ThreadPool::metrics).
    // Hidden: for the crates above this one.
    #[doc(hidden)]
    pub fn metrics(&self) -> PoolMetrics {
        self.shared().metrics()
    }
}

impl Shared {
    /// The tasks that wait or have waited, and are not done.
    pub(crate) fn tasks(&self) -> Vec<TaskRef> {
        self.workers.iter().flat_map(|state| state.waiting().tasks()).collect()
    }

    /// The task that each worker polls now, or polled last, by number and place of its spawn.
    pub(crate) fn last_polled(&self) -> Vec<Option<LastPoll>> {
        let tasks = self.tasks();
        let number = |address| tasks.iter().find(|task| task.address() == address).map(TaskRef::id);
        let polled = self.workers.iter().map(|state| state.stats.last_polled());
        polled.map(|polled| polled.map(|(address, at)| (number(address), at))).collect()
    }

    pub(crate) fn metrics(&self) -> PoolMetrics {
        let worker = |state: &crate::shared::WorkerState| {
            let stats = &state.stats;
            // Relaxed: statistics. Looks that found nothing are read first, and so are not more.
            let without_task = stats.looks_without_task.load(Relaxed);
            let polls = stats.polls.load(Relaxed).saturating_sub(without_task);
            let (stolen, injected) = (stats.stolen.load(Relaxed), stats.injected.load(Relaxed));
            WorkerMetrics {
                polls: stats.shown_polls.at_least(polls),
                local: stats.shown_local.at_least(polls.saturating_sub(stolen + injected)),
                steals: stats.steals.load(Relaxed),
                stolen,
                injected,
                idle_wakes: stats.idle_wakes.load(Relaxed),
                parks: stats.parks.load(Relaxed),
                unparks: stats.unparks.load(Relaxed),
                busy: Duration::from_nanos(stats.busy_ns.load(Relaxed)),
                forced_yields: stats.forced_yields.load(Relaxed),
                local_depth: state.remote.len(),
                poll_times: stats.poll_times.read(),
                thread: *stats.thread.lock().unwrap_or_else(|e| e.into_inner()),
            }
        };
        let workers: Vec<WorkerMetrics> = self.workers.iter().map(|state| worker(state)).collect();
        let injector_depth = self.injector.len();
        let taken: u64 = workers.iter().map(|worker| worker.injected).sum();
        let injected = self.shown_injected.at_least(taken + injector_depth as u64);
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
