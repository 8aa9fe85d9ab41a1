//! How long spawned tasks waited for their polls, by worker.
//!
//! A runtime whose builder asked for it spawns each future as a [`Measured`], which notes when it
//! was spawned or woken, and at its poll counts the time since. `RuntimeMetrics` reads the counts.
//!
//! Always true: of several wakes before a poll the first counts; a poll that no wake asked for
//! counts nothing; and the counts of a worker are written by the thread that runs it.
//!
//! Why not what the engine records of wakes while somebody looks? That is of the whole process,
//! and of the futures that are blocked on, too.

use super::context;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::time::{Duration, Instant};
use tokio_executor::internals::poll_times::{PollTimeHistogram, PollTimes, Scale};

/// The counts of a runtime.
pub(super) struct Latencies {
    workers: Box<[PollTimes]>,
    /// Times are counted from here on.
    start: Instant,
}

impl Latencies {
    /// Counts that are zero; `ends` are the upper ends of all but the last.
    pub(super) fn new(workers: usize, ends: Vec<Duration>) -> Arc<Latencies> {
        let scale = Scale::of_every_poll(ends);
        let workers = (0..workers).map(|_| PollTimes::new(scale.clone())).collect();
        Arc::new(Latencies { workers, start: Instant::now() })
    }

    /// What was counted for a worker that there is.
    pub(super) fn of(&self, worker: usize) -> PollTimeHistogram {
        self.workers[worker].read()
    }

    /// `future`, which is scheduled at this moment.
    pub(super) fn measure<F: Future>(self: &Arc<Self>, future: F) -> Measured<F> {
        let (since, waker) = (AtomicU64::new(self.now()), Mutex::new(None));
        let schedule = Arc::new(Schedule { latencies: self.clone(), since, waker });
        let waker = Waker::from(schedule.clone());
        Measured { future: Box::pin(future), schedule, waker }
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

    /// The task is about to be polled, with `waker` to wake it.
    fn poll_begins(&self, waker: &Waker) {
        // Relaxed: a statistic.
        let since = self.since.swap(0, Relaxed);
        let counts = context::worker_index().and_then(|worker| self.latencies.workers.get(worker));
        if let Some(counts) = counts.filter(|_| since != 0) {
            let waited = self.latencies.now().saturating_sub(since);
            counts.add(Duration::from_nanos(waited));
        }
        let is_kept = self.waker().as_ref().is_some_and(|kept| kept.will_wake(waker));
        if !is_kept {
            let new = waker.clone();
            // Dropped after the lock is free.
            let former = self.waker().replace(new);
            drop(former);
        }
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

/// A future whose waits for its polls are measured.
pub(super) struct Measured<F> {
    future: Pin<Box<F>>,
    schedule: Arc<Schedule>,
    waker: Waker,
}

impl<F: Future> Future for Measured<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let Measured { future, schedule, waker } = self.get_mut();
        schedule.poll_begins(cx.waker());
        future.as_mut().poll(&mut Context::from_waker(waker))
    }
}
