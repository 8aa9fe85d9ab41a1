//! How long spawned tasks waited for their polls, by worker.
//!
//! A runtime whose builder asked for it has a [`Wait`] in each future that it spawns: it notes when
//! the task was spawned or woken, and at its poll counts the time since. Called by `instruments`;
//! `RuntimeMetrics` reads the counts.
//!
//! Always true: of several wakes before a poll the first counts; a poll that no wake asked for
//! counts nothing; and the counts of a worker are written by the thread that runs it.
//!
//! Why not what the engine records of wakes while somebody looks? That is of the whole process,
//! and of the futures that are blocked on, too.

use super::context;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Wake, Waker};
use std::time::{Duration, Instant};
use tokio_executor::internals::poll_times::{PollTimeHistogram, PollTimes, Scale};

/// The counts of a runtime.
pub(super) struct Latencies {
    /// None if the times are only to be told to hooks.
    workers: Box<[PollTimes]>,
    /// Times are counted from here on.
    start: Instant,
}

impl Latencies {
    /// Counts that are zero; `ends` are the upper ends of all but the last. Without them nothing is
    /// counted.
    pub(super) fn new(workers: usize, ends: Option<Vec<Duration>>) -> Arc<Latencies> {
        let scale = ends.map(Scale::of_every_poll);
        let counts = |scale: Scale| (0..workers).map(|_| PollTimes::new(scale.clone())).collect();
        let workers = scale.map(counts).unwrap_or_default();
        Arc::new(Latencies { workers, start: Instant::now() })
    }

    /// What was counted for a worker.
    pub(super) fn of(&self, worker: usize) -> Option<PollTimeHistogram> {
        self.workers.get(worker).map(PollTimes::read)
    }

    /// The wait of a task, which is scheduled at this moment.
    pub(super) fn wait(self: &Arc<Self>) -> Wait {
        let (since, waker) = (AtomicU64::new(self.now()), Mutex::new(None));
        let schedule = Arc::new(Schedule { latencies: self.clone(), since, waker });
        let waker = Waker::from(schedule.clone());
        Wait { schedule, waker }
    }

    /// The time in nanoseconds, which is never 0.
    fn now(&self) -> u64 {
        (self.start.elapsed().as_nanos() as u64).max(1)
    }
}

/// What wakes a task, and when it did.
struct Schedule {
    latencies: Arc<Latencies>,
    /// When the task was scheduled; 0 from its poll until it is woken again.
    since: AtomicU64,
    /// The waker of the last poll. Held to copy and to change it.
    waker: Mutex<Option<Waker>>,
}

impl Schedule {
    fn waker(&self) -> MutexGuard<'_, Option<Waker>> {
        self.waker.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The task is about to be polled, with `waker` to wake it: how long it waited, if a wake asked
    /// for the poll.
    fn poll_begins(&self, waker: &Waker) -> Option<Duration> {
        // Relaxed: a statistic.
        let since = self.since.swap(0, Relaxed);
        let waited = Duration::from_nanos(self.latencies.now().saturating_sub(since));
        let counts = context::worker_index().and_then(|worker| self.latencies.workers.get(worker));
        if let Some(counts) = counts.filter(|_| since != 0) {
            counts.add(waited);
        }
        let is_kept = self.waker().as_ref().is_some_and(|kept| kept.will_wake(waker));
        if !is_kept {
            let new = waker.clone();
            // Dropped after the lock is free.
            let former = self.waker().replace(new);
            drop(former);
        }
        (since != 0).then_some(waited)
    }
}

impl Wake for Schedule {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        // Relaxed: a statistic. A task that is scheduled already keeps its time.
        let _ = self.since.compare_exchange(0, self.latencies.now(), Relaxed, Relaxed);
        let waker = self.waker().clone();
        waker.into_iter().for_each(Waker::wake);
    }
}

/// The wait of one task for its polls.
pub(super) struct Wait {
    schedule: Arc<Schedule>,
    waker: Waker,
}

impl Wait {
    /// The task is about to be polled, with `waker` to wake it: how long it waited for the poll,
    /// and the waker that is to be polled with.
    pub(super) fn ends(&self, waker: &Waker) -> (Option<Duration>, &Waker) {
        (self.schedule.poll_begins(waker), &self.waker)
    }
}
