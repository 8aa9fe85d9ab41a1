//! What a runtime counts.

mod unstable;

use super::handle::Kind;
use super::Handle;
use std::fmt;
use std::time::Duration;

/// What a runtime counts, read anew with each call.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::runtime::Runtime;
///
/// let runtime = Runtime::new().unwrap();
/// let metrics = runtime.metrics();
/// println!("{} tasks on {} workers", metrics.num_alive_tasks(), metrics.num_workers());
/// ```
#[derive(Clone)]
pub struct RuntimeMetrics {
    handle: Handle,
}

impl Handle {
    /// Returns what the runtime counts.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let runtime = tokio::runtime::Runtime::new().unwrap();
    /// println!("{} workers", runtime.handle().metrics().num_workers());
    /// ```
    pub fn metrics(&self) -> RuntimeMetrics {
        RuntimeMetrics::new(self.clone())
    }
}

impl RuntimeMetrics {
    pub(super) fn new(handle: Handle) -> RuntimeMetrics {
        RuntimeMetrics { handle }
    }

    /// Returns the number of workers; 1 for a current-thread runtime.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let one = tokio::runtime::Builder::new_current_thread().build().unwrap();
    /// assert_eq!(one.metrics().num_workers(), 1);
    /// ```
    pub fn num_workers(&self) -> usize {
        match self.handle.kind() {
            Kind::Pool { workers, .. } => *workers,
            Kind::One { .. } => 1,
        }
    }

    /// Returns the number of tasks that are not done.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let runtime = tokio::runtime::Runtime::new().unwrap();
    /// println!("{} tasks", runtime.metrics().num_alive_tasks());
    /// ```
    pub fn num_alive_tasks(&self) -> usize {
        match self.handle.kind() {
            Kind::Pool { executor, .. } => executor.alive(),
            Kind::One { spawner, .. } => spawner.alive(),
        }
    }

    /// Returns the number of tasks that were woken or spawned away from the workers and wait there.
    pub fn global_queue_depth(&self) -> usize {
        match self.handle.kind() {
            Kind::Pool { executor, .. } => executor.injected(),
            Kind::One { spawner, .. } => spawner.injected(),
        }
    }

    /// Returns for how long `worker` was awake, up to its last sleep.
    ///
    /// # Panics
    ///
    /// If there is no such worker.
    #[track_caller]
    pub fn worker_total_busy_duration(&self, worker: usize) -> Duration {
        self.worker(worker).busy
    }

    /// Returns how often `worker` went to sleep.
    ///
    /// # Panics
    ///
    /// If there is no such worker.
    #[track_caller]
    pub fn worker_park_count(&self, worker: usize) -> u64 {
        self.worker(worker).parks
    }

    /// Returns how often `worker` went to sleep or woke up: an odd number while it sleeps.
    ///
    /// # Panics
    ///
    /// If there is no such worker.
    #[track_caller]
    pub fn worker_park_unpark_count(&self, worker: usize) -> u64 {
        self.worker(worker).parks_and_unparks
    }

    #[track_caller]
    fn worker(&self, worker: usize) -> tokio::runtime::WorkerCounts {
        self.check(worker);
        match self.handle.kind() {
            Kind::Pool { executor, .. } => executor.worker_counts(worker),
            Kind::One { spawner, .. } => {
                let (parks, parks_and_unparks, busy) = spawner.counts();
                tokio::runtime::WorkerCounts { parks, parks_and_unparks, busy }
            }
        }
    }
}

impl fmt::Debug for RuntimeMetrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RuntimeMetrics")
            .field("num_workers", &self.num_workers())
            .field("num_alive_tasks", &self.num_alive_tasks())
            .finish_non_exhaustive()
    }
}
