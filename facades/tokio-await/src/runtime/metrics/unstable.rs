//! The numbers that tokio 1.x has behind `tokio_unstable`, by its names.
//!
//! Programs and `tokio-metrics` call them; they are always there.
//!
//! Always true: a number that counts never falls, whoever asks when.
//!
//! Why a method for each number? Those are tokio's names; the numbers come from the pool's metrics
//! in one piece, and each method takes one out.

use super::super::handle::Kind;
use super::RuntimeMetrics;
use std::ops::Range;
use std::thread::ThreadId;
use std::time::Duration;
use tokio_threadpool::{PollTimeHistogram, WorkerMetrics};

impl RuntimeMetrics {
    /// Returns the number of threads for what blocks, those that wait for work included.
    pub fn num_blocking_threads(&self) -> usize {
        self.handle.blocking_pool().counts().0
    }

    /// Returns the number of threads for what blocks that wait for work.
    pub fn num_idle_blocking_threads(&self) -> usize {
        self.handle.blocking_pool().counts().1
    }

    /// Returns the number of calls that wait for a thread for what blocks.
    pub fn blocking_queue_depth(&self) -> usize {
        self.handle.blocking_pool().counts().2
    }

    /// Is the former name of [`num_alive_tasks`](RuntimeMetrics::num_alive_tasks).
    #[deprecated(note = "renamed to `num_alive_tasks`")]
    #[doc(hidden)]
    pub fn active_tasks_count(&self) -> usize {
        self.num_alive_tasks()
    }

    /// Is the former name of [`global_queue_depth`](RuntimeMetrics::global_queue_depth).
    #[deprecated(note = "renamed to `global_queue_depth`")]
    #[doc(hidden)]
    pub fn injection_queue_depth(&self) -> usize {
        self.global_queue_depth()
    }

    /// Returns the number of tasks that were spawned since the runtime was built.
    pub fn spawned_tasks_count(&self) -> u64 {
        match self.handle.kind() {
            Kind::Pool { executor, .. } => executor.pool_metrics().spawned,
            Kind::One { spawner, .. } => spawner.numbers().spawned,
        }
    }

    /// Returns the number of tasks that were spawned or woken away from the workers.
    pub fn remote_schedule_count(&self) -> u64 {
        match self.handle.kind() {
            Kind::Pool { executor, .. } => executor.pool_metrics().injected,
            Kind::One { spawner, .. } => spawner.numbers().injected,
        }
    }

    /// Returns the number of operations that were put off since their task had spent its budget.
    pub fn budget_forced_yield_count(&self) -> u64 {
        match self.handle.kind() {
            Kind::Pool { executor, .. } => {
                executor.pool_metrics().workers.iter().map(|worker| worker.forced_yields).sum()
            }
            Kind::One { spawner, .. } => spawner.numbers().forced_yields,
        }
    }

    /// Returns the thread that runs `worker`, or ran it last; none before it has run.
    ///
    /// # Panics
    ///
    /// If there is no such worker.
    #[track_caller]
    pub fn worker_thread_id(&self, worker: usize) -> Option<ThreadId> {
        match (self.of_pool(worker), self.handle.kind()) {
            (Some(worker), _) => worker.thread,
            (None, Kind::One { spawner, .. }) => spawner.numbers().thread,
            (None, Kind::Pool { .. }) => None,
        }
    }

    /// Returns how often `worker` woke up, found nothing to do, and went to sleep again; of a
    /// current-thread runtime, how often it went to sleep with no task polled since it last did.
    ///
    /// # Panics
    ///
    /// If there is no such worker.
    #[track_caller]
    pub fn worker_noop_count(&self, worker: usize) -> u64 {
        match (self.of_pool(worker), self.handle.kind()) {
            (Some(worker), _) => worker.idle_wakes,
            (None, Kind::One { spawner, .. }) => spawner.numbers().idle_sleeps,
            (None, Kind::Pool { .. }) => 0,
        }
    }

    /// Returns the number of tasks that `worker` took from other workers.
    ///
    /// # Panics
    ///
    /// If there is no such worker.
    #[track_caller]
    pub fn worker_steal_count(&self, worker: usize) -> u64 {
        self.of_pool(worker).map_or(0, |worker| worker.stolen)
    }

    /// Returns how often `worker` took tasks from other workers.
    ///
    /// # Panics
    ///
    /// If there is no such worker.
    #[track_caller]
    pub fn worker_steal_operations(&self, worker: usize) -> u64 {
        self.of_pool(worker).map_or(0, |worker| worker.steals)
    }

    /// Returns how many polls of tasks `worker` made.
    ///
    /// # Panics
    ///
    /// If there is no such worker.
    #[track_caller]
    pub fn worker_poll_count(&self, worker: usize) -> u64 {
        match (self.of_pool(worker), self.handle.kind()) {
            (Some(worker), _) => worker.polls,
            (None, Kind::One { spawner, .. }) => spawner.numbers().polls,
            (None, Kind::Pool { .. }) => 0,
        }
    }

    /// Returns the number of tasks that `worker` polled out of its own queue, where a task on its
    /// thread had put them.
    ///
    /// # Panics
    ///
    /// If there is no such worker.
    #[track_caller]
    pub fn worker_local_schedule_count(&self, worker: usize) -> u64 {
        match (self.of_pool(worker), self.handle.kind()) {
            (Some(worker), _) => worker.local,
            (None, Kind::One { spawner, .. }) => {
                let numbers = spawner.numbers();
                numbers.polls.saturating_sub(numbers.injected)
            }
            (None, Kind::Pool { .. }) => 0,
        }
    }

    /// Returns zero: a worker's own queue grows, and does not overflow.
    ///
    /// # Panics
    ///
    /// If there is no such worker.
    #[track_caller]
    pub fn worker_overflow_count(&self, worker: usize) -> u64 {
        self.check(worker);
        0
    }

    /// Returns the number of tasks in the queue of `worker`; of a current-thread runtime, those
    /// at its last poll, but to a caller that it runs.
    ///
    /// # Panics
    ///
    /// If there is no such worker.
    #[track_caller]
    pub fn worker_local_queue_depth(&self, worker: usize) -> usize {
        match (self.of_pool(worker), self.handle.kind()) {
            (Some(worker), _) => worker.local_depth,
            (None, Kind::One { spawner, .. }) => spawner.numbers().queued,
            (None, Kind::Pool { .. }) => 0,
        }
    }

    /// Returns the mean of those polls of `worker` that were measured: at least one of 244, or each
    /// with [`enable_metrics_poll_time_histogram`] of the builder.
    ///
    /// [`enable_metrics_poll_time_histogram`]:
    ///     super::super::Builder::enable_metrics_poll_time_histogram
    ///
    /// # Panics
    ///
    /// If there is no such worker.
    #[track_caller]
    pub fn worker_mean_poll_time(&self, worker: usize) -> Duration {
        self.poll_times(worker).map_or(Duration::ZERO, |times| times.mean())
    }

    /// Returns whether every poll is measured.
    pub fn poll_time_histogram_enabled(&self) -> bool {
        self.measured(0).is_some()
    }

    /// Is the former name of [`poll_time_histogram_enabled`](Self::poll_time_histogram_enabled).
    #[deprecated(note = "renamed to `poll_time_histogram_enabled`")]
    #[doc(hidden)]
    pub fn poll_count_histogram_enabled(&self) -> bool {
        self.poll_time_histogram_enabled()
    }

    /// Returns the number of counts of polls by their time; 0 unless every poll is measured.
    pub fn poll_time_histogram_num_buckets(&self) -> usize {
        self.measured(0).map_or(0, |times| times.counts.len())
    }

    /// Is the former name of
    /// [`poll_time_histogram_num_buckets`](Self::poll_time_histogram_num_buckets).
    #[deprecated(note = "renamed to `poll_time_histogram_num_buckets`")]
    #[doc(hidden)]
    pub fn poll_count_histogram_num_buckets(&self) -> usize {
        self.poll_time_histogram_num_buckets()
    }

    /// Returns the time that a poll takes which is in the count `bucket`.
    ///
    /// # Panics
    ///
    /// If every poll is measured, and there is no such count.
    #[track_caller]
    pub fn poll_time_histogram_bucket_range(&self, bucket: usize) -> Range<Duration> {
        self.measured(0).map_or(Duration::ZERO..Duration::ZERO, |times| range(&times, bucket))
    }

    /// Is the former name of
    /// [`poll_time_histogram_bucket_range`](Self::poll_time_histogram_bucket_range).
    #[deprecated(note = "renamed to `poll_time_histogram_bucket_range`")]
    #[doc(hidden)]
    #[track_caller]
    pub fn poll_count_histogram_bucket_range(&self, bucket: usize) -> Range<Duration> {
        self.poll_time_histogram_bucket_range(bucket)
    }

    /// Returns how many polls of `worker` are in the count `bucket`.
    ///
    /// # Panics
    ///
    /// If there is no such worker; or if every poll is measured, and there is no such count.
    #[track_caller]
    pub fn poll_time_histogram_bucket_count(&self, worker: usize, bucket: usize) -> u64 {
        self.measured(worker).map_or(0, |times| times.counts[bucket])
    }

    /// Is the former name of
    /// [`poll_time_histogram_bucket_count`](Self::poll_time_histogram_bucket_count).
    #[deprecated(note = "renamed to `poll_time_histogram_bucket_count`")]
    #[doc(hidden)]
    #[track_caller]
    pub fn poll_count_histogram_bucket_count(&self, worker: usize, bucket: usize) -> u64 {
        self.poll_time_histogram_bucket_count(worker, bucket)
    }

    /// Returns whether the time is measured that tasks wait for their polls after they were spawned
    /// or woken: with [`enable_metrics_schedule_latency_histogram`] of the builder.
    ///
    /// [`enable_metrics_schedule_latency_histogram`]:
    ///     super::super::Builder::enable_metrics_schedule_latency_histogram
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    /// assert!(!runtime.metrics().schedule_latency_histogram_enabled());
    /// ```
    pub fn schedule_latency_histogram_enabled(&self) -> bool {
        self.latencies(0).is_some()
    }

    /// Returns the number of counts of these times; 0 unless they are measured.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let mut builder = tokio::runtime::Builder::new_current_thread();
    /// let runtime = builder.enable_metrics_schedule_latency_histogram().build().unwrap();
    /// assert_eq!(runtime.metrics().schedule_latency_histogram_num_buckets(), 10);
    /// ```
    pub fn schedule_latency_histogram_num_buckets(&self) -> usize {
        self.latencies(0).map_or(0, |latencies| latencies.counts.len())
    }

    /// Returns the time from a spawn or a wake to a poll which is in the count `bucket`.
    ///
    /// # Panics
    ///
    /// If these times are measured, and there is no such count.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use std::time::Duration;
    ///
    /// let mut builder = tokio::runtime::Builder::new_current_thread();
    /// let runtime = builder.enable_metrics_schedule_latency_histogram().build().unwrap();
    /// let second = runtime.metrics().schedule_latency_histogram_bucket_range(1);
    /// assert_eq!(second, Duration::from_micros(100)..Duration::from_micros(200));
    /// ```
    #[track_caller]
    pub fn schedule_latency_histogram_bucket_range(&self, bucket: usize) -> Range<Duration> {
        self.latencies(0).map_or(Duration::ZERO..Duration::ZERO, |of| range(&of, bucket))
    }

    /// Returns how many polls of `worker` came so long after the spawn or wake as is in the count
    /// `bucket`.
    ///
    /// # Panics
    ///
    /// If there is no such worker; or if these times are measured, and there is no such count.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let mut builder = tokio::runtime::Builder::new_current_thread();
    /// let runtime = builder.enable_metrics_schedule_latency_histogram().build().unwrap();
    /// let metrics = runtime.metrics();
    /// for bucket in 0..metrics.schedule_latency_histogram_num_buckets() {
    ///     let range = metrics.schedule_latency_histogram_bucket_range(bucket);
    ///     let polls = metrics.schedule_latency_histogram_bucket_count(0, bucket);
    ///     println!("{polls} polls came {range:?} after the wake");
    /// }
    /// ```
    #[track_caller]
    pub fn schedule_latency_histogram_bucket_count(&self, worker: usize, bucket: usize) -> u64 {
        self.latencies(worker).map_or(0, |latencies| latencies.counts[bucket])
    }

    /// Returns the number of sources that were registered with the runtime's reactor.
    pub fn io_driver_fd_registered_count(&self) -> u64 {
        self.handle.reactor_counts().registered
    }

    /// Returns the number of sources that were registered with the runtime's reactor, and are not
    /// any more.
    pub fn io_driver_fd_deregistered_count(&self) -> u64 {
        let counts = self.handle.reactor_counts();
        counts.registered - counts.sources as u64
    }

    /// Returns the number of events that the runtime's reactor has dispatched.
    pub fn io_driver_ready_count(&self) -> u64 {
        self.handle.reactor_counts().events
    }

    /// How long tasks waited for polls by a worker, if that is measured.
    #[track_caller]
    fn latencies(&self, worker: usize) -> Option<PollTimeHistogram> {
        self.check(worker);
        self.handle.latencies()?.of(worker)
    }

    #[track_caller]
    pub(super) fn check(&self, worker: usize) {
        let workers = self.num_workers();
        assert!(worker < workers, "there is no worker {worker} among {workers}");
    }

    /// What a worker of a pool counts; none if the runtime has one thread.
    #[track_caller]
    fn of_pool(&self, worker: usize) -> Option<WorkerMetrics> {
        self.check(worker);
        let Kind::Pool { executor, .. } = self.handle.kind() else { return None };
        executor.pool_metrics().workers.into_iter().nth(worker)
    }

    /// How long those polls of a worker took that were measured; none if none was, or if there
    /// is no such worker any more.
    #[track_caller]
    fn poll_times(&self, worker: usize) -> Option<PollTimeHistogram> {
        match (self.of_pool(worker), self.handle.kind()) {
            (Some(worker), _) => Some(worker.poll_times),
            (None, Kind::One { spawner, .. }) => spawner.numbers().poll_times,
            (None, Kind::Pool { .. }) => None,
        }
    }

    /// The same, if every poll is measured.
    #[track_caller]
    fn measured(&self, worker: usize) -> Option<PollTimeHistogram> {
        self.poll_times(worker).filter(|times| !times.is_sampled)
    }
}

/// What is in a count that there is; the last one has no end.
#[track_caller]
fn range(times: &PollTimeHistogram, bucket: usize) -> Range<Duration> {
    let longest = Duration::from_nanos(u64::MAX);
    times.starts[bucket]..times.starts.get(bucket + 1).copied().unwrap_or(longest)
}
