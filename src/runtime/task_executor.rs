//! A handle that spawns onto a runtime.
//!
//! Programs hold one to spawn from anywhere; `Runtime::executor` makes it.
//!
//! Always true: it keeps no worker alive; what is spawned after the end is refused or dropped,
//! and each method says which.
//!
//! Why not the pool's `Sender`, which it holds? That is tokio-threadpool's type, with other
//! errors.

use futures::future::{self, ExecuteError};
use futures::Future;
use std::time::Duration;
use tokio_executor::task::NewTask;
use tokio_executor::{Executor, SpawnError, TypedExecutor};
use tokio_threadpool::Sender;

/// Spawns futures onto a [`Runtime`](super::Runtime), from any thread.
///
/// # Dropping
///
/// Changes nothing for the runtime, which does not wait for its handles either.
///
/// # Examples
///
/// ```
/// use futures::{future, Future};
/// use tokio::runtime::Runtime;
///
/// let runtime = Runtime::new()?;
/// let executor = runtime.executor();
/// std::thread::spawn(move || executor.spawn(future::lazy(|| {
///     println!("on the runtime");
///     Ok(())
/// }))).join().unwrap();
/// runtime.shutdown_on_idle().wait().unwrap();
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct TaskExecutor {
    pub(super) sender: Sender,
}

/// What the thread of a worker counts.
// Hidden: for the interfaces of tokio 1.x and 0.2.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, Default)]
pub struct WorkerCounts {
    /// Times that it went to sleep.
    pub parks: u64,
    /// Times that it went to sleep or woke up.
    pub parks_and_unparks: u64,
    /// For how long it was awake, up to its last sleep.
    pub busy: Duration,
}

impl TaskExecutor {
    /// Spawns `future`.
    ///
    /// # Panics
    ///
    /// If the runtime has shut down. Use [`Executor::spawn`] to get an error instead.
    #[track_caller]
    pub fn spawn<F>(&self, future: F)
    where
        F: Future<Item = (), Error = ()> + Send + 'static,
    {
        if let Err(e) = self.sender.spawn(future) {
            panic!("{e}");
        }
    }

    /// Spawns a std future.
    ///
    /// # Panics
    ///
    /// If the runtime has shut down.
    #[track_caller]
    pub fn spawn_std<F>(&self, future: F)
    where
        F: std::future::Future<Output = ()> + Send + 'static,
    {
        self.take(NewTask::new_std(future));
    }

    crate::spawning::spawn_handle_methods! {
        /// # Panics
        ///
        /// If the runtime has shut down.
    }

    /// Spawns `task`; an error says that it was dropped.
    ///
    /// # Errors
    ///
    /// If the runtime has shut down.
    // Hidden: for the interfaces of tokio 1.x and 0.2.
    #[doc(hidden)]
    #[track_caller]
    pub fn spawn_task(&self, task: NewTask) -> Result<(), SpawnError> {
        (&self.sender).spawn_task(task)
    }

    /// Starts the threads of all workers now, as far as the system lets it.
    // Hidden: for the interfaces of tokio 1.x and 0.2.
    #[doc(hidden)]
    pub fn start_workers(&self) {
        self.sender.start_workers();
    }

    /// Returns the number of workers.
    // Hidden: for the interfaces of tokio 1.x and 0.2.
    #[doc(hidden)]
    pub fn workers(&self) -> usize {
        self.sender.metrics().workers.len()
    }

    /// Returns what the pool counts.
    // Hidden: for the interfaces of tokio 1.x and 0.2.
    #[doc(hidden)]
    pub fn pool_metrics(&self) -> tokio_threadpool::PoolMetrics {
        self.sender.metrics()
    }

    /// Returns the number of tasks that are not done.
    // Hidden: for the interfaces of tokio 1.x and 0.2.
    #[doc(hidden)]
    pub fn alive(&self) -> usize {
        let metrics = self.sender.metrics();
        metrics.spawned.saturating_sub(metrics.completed) as usize
    }

    /// Returns the number of tasks that wait away from the workers.
    // Hidden: for the interfaces of tokio 1.x and 0.2.
    #[doc(hidden)]
    pub fn injected(&self) -> usize {
        self.sender.metrics().injector_depth
    }

    /// Returns what one worker has counted; nothing, if there is no such worker.
    // Hidden: for the interfaces of tokio 1.x and 0.2.
    #[doc(hidden)]
    pub fn worker_counts(&self, worker: usize) -> WorkerCounts {
        let metrics = self.sender.metrics();
        metrics.workers.get(worker).map_or(WorkerCounts::default(), |worker| WorkerCounts {
            parks: worker.parks,
            parks_and_unparks: worker.parks + worker.unparks,
            busy: worker.busy,
        })
    }

    /// Starts a worker if none runs, which then drives I/O and timers. False if there can be
    /// none.
    // Hidden: for the interfaces of tokio 1.x and 0.2.
    #[doc(hidden)]
    pub fn start_worker(&self) -> bool {
        self.sender.start_worker()
    }

    #[track_caller]
    pub(super) fn take(&self, task: NewTask) {
        if let Err(e) = (&self.sender).spawn_task(task) {
            panic!("{e}");
        }
    }
}

/// Where a task seems to have been spawned that came by way of `dyn Executor`.
#[cfg_attr(not(feature = "inspect"), allow(dead_code, reason = "`inspect` compares it"))]
pub(crate) const SPAWNS_FOR_OTHERS: &str = file!();

impl Executor for TaskExecutor {
    #[track_caller]
    fn spawn(
        &mut self,
        future: Box<dyn Future<Item = (), Error = ()> + Send>,
    ) -> Result<(), SpawnError> {
        Executor::spawn(&mut self.sender, future)
    }

    fn status(&self) -> Result<(), SpawnError> {
        Executor::status(&self.sender)
    }

    fn spawn_task(&mut self, task: NewTask) -> Result<(), SpawnError> {
        self.sender.spawn_task(task)
    }

    fn takes_tasks(&self) -> bool {
        true
    }
}

impl<T> TypedExecutor<T> for TaskExecutor
where
    T: Future<Item = (), Error = ()> + Send + 'static,
{
    #[track_caller]
    fn spawn(&mut self, future: T) -> Result<(), SpawnError> {
        self.sender.spawn(future)
    }

    fn status(&self) -> Result<(), SpawnError> {
        Executor::status(&self.sender)
    }
}

impl<T> future::Executor<T> for TaskExecutor
where
    T: Future<Item = (), Error = ()> + Send + 'static,
{
    fn execute(&self, future: T) -> Result<(), ExecuteError<T>> {
        self.sender.execute(future)
    }
}
