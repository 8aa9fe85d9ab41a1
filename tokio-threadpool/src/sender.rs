//! A handle that spawns onto a pool.
//!
//! Called by programs, runtimes and the default executor to spawn.
//!
//! Always true: it keeps the pool's memory, and not its threads; after the end each spawn is
//! refused.
//!
//! Why not an `Arc<Shared>` in the open? What else the pool shares must not be reached by
//! programs.

use crate::shared::Shared;
use futures::future::{self, ExecuteError, ExecuteErrorKind};
use futures::Future;
use std::fmt;
use std::sync::{Arc, Weak};
use tokio_executor::task::{NewTask, TaskRef};
use tokio_executor::{Executor, SpawnError, TypedExecutor};

/// Spawns futures onto a [`ThreadPool`](crate::ThreadPool), from any thread.
///
/// # Dropping
///
/// Changes nothing for the pool.
///
/// # Examples
///
/// ```
/// use futures::{future, Future};
/// use tokio_threadpool::ThreadPool;
///
/// let pool = ThreadPool::new();
/// let sender = pool.sender().clone();
/// let elsewhere = std::thread::spawn(move || sender.spawn(future::ok(())));
/// assert!(elsewhere.join().unwrap().is_ok());
/// pool.shutdown_on_idle().wait().unwrap();
/// ```
#[derive(Clone)]
pub struct Sender {
    shared: Arc<Shared>,
}

impl Sender {
    pub(crate) fn new(shared: Arc<Shared>) -> Sender {
        Sender { shared }
    }

    /// Starts the threads of all workers now, as far as the system lets it.
    // Hidden: for the crates above this one.
    #[doc(hidden)]
    pub fn start_workers(&self) {
        self.shared.start_all();
    }

    /// Starts a worker's thread if none runs, so that somebody drives what the workers park
    /// in. False if the system refuses it, or the pool has shut down.
    // Hidden: for the crates above this one.
    #[doc(hidden)]
    pub fn start_worker(&self) -> bool {
        !self.shared.phase.has_no_thread()
            || !self.shared.phase.is_closed() && self.shared.start_first()
    }

    /// Stops the pool: no task is polled again, and all of them are dropped.
    // Hidden: for the crates above this one.
    #[doc(hidden)]
    pub fn stop(&self) {
        self.shared.stop();
    }

    /// Returns the tasks of the pool that wait or have waited, and are not done.
    // Hidden: for the crates above this one.
    #[doc(hidden)]
    pub fn tasks(&self) -> Vec<TaskRef> {
        self.shared.tasks()
    }

    /// Returns the start of the names of the pool's threads.
    // Hidden: for the crates above this one.
    #[doc(hidden)]
    pub fn name_prefix(&self) -> Option<&str> {
        self.shared.config.name_prefix.as_deref()
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// Spawns `future`.
    ///
    /// # Errors
    ///
    /// If the pool has shut down, or has no thread and the system refuses it one. The
    /// future is dropped then.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::{future, Future};
    /// use tokio_threadpool::ThreadPool;
    ///
    /// let pool = ThreadPool::new();
    /// pool.sender().spawn(future::lazy(|| {
    ///     println!("on the pool");
    ///     Ok(())
    /// })).unwrap();
    /// pool.shutdown_on_idle().wait().unwrap();
    /// ```
    #[track_caller]
    pub fn spawn<F>(&self, future: F) -> Result<(), SpawnError>
    where
        F: Future<Item = (), Error = ()> + Send + 'static,
    {
        self.shared.spawn(NewTask::new(future))
    }

    fn check(&self) -> Result<(), SpawnError> {
        if self.shared.phase.is_closed() {
            Err(SpawnError::shutdown())
        } else {
            Ok(())
        }
    }
}

/// Where a task seems to have been spawned that came by way of `dyn Executor`.
pub const SPAWNS_FOR_OTHERS: &str = file!();

impl Executor for Sender {
    #[track_caller]
    fn spawn(
        &mut self,
        future: Box<dyn Future<Item = (), Error = ()> + Send>,
    ) -> Result<(), SpawnError> {
        self.shared.spawn(NewTask::new(future))
    }

    fn status(&self) -> Result<(), SpawnError> {
        self.check()
    }

    #[inline]
    fn spawn_task(&mut self, task: NewTask) -> Result<(), SpawnError> {
        self.shared.spawn(task)
    }

    fn takes_tasks(&self) -> bool {
        true
    }
}

impl Executor for &Sender {
    #[track_caller]
    fn spawn(
        &mut self,
        future: Box<dyn Future<Item = (), Error = ()> + Send>,
    ) -> Result<(), SpawnError> {
        self.shared.spawn(NewTask::new(future))
    }

    fn status(&self) -> Result<(), SpawnError> {
        self.check()
    }

    fn spawn_task(&mut self, task: NewTask) -> Result<(), SpawnError> {
        self.shared.spawn(task)
    }

    fn takes_tasks(&self) -> bool {
        true
    }
}

impl<T> TypedExecutor<T> for Sender
where
    T: Future<Item = (), Error = ()> + Send + 'static,
{
    #[track_caller]
    fn spawn(&mut self, future: T) -> Result<(), SpawnError> {
        self.shared.spawn(NewTask::new(future))
    }

    fn status(&self) -> Result<(), SpawnError> {
        self.check()
    }
}

impl<T> future::Executor<T> for Sender
where
    T: Future<Item = (), Error = ()> + Send + 'static,
{
    #[track_caller]
    fn execute(&self, future: T) -> Result<(), ExecuteError<T>> {
        if self.check().is_err() {
            return Err(ExecuteError::new(ExecuteErrorKind::Shutdown, future));
        }
        // A pool that stops at this very moment drops the future, as it drops those
        // that were queued a moment before.
        let _ = self.shared.spawn(NewTask::new(future));
        Ok(())
    }
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender").field("pool", &self.shared).finish()
    }
}

/// Leads to a pool for as long as somebody else keeps it.
#[derive(Clone, Debug)]
pub struct WeakSender {
    shared: Weak<Shared>,
}

impl Sender {
    /// Returns a sender that does not keep the pool.
    // Hidden: for the crates above this one.
    #[doc(hidden)]
    pub fn downgrade(&self) -> WeakSender {
        WeakSender { shared: Arc::downgrade(&self.shared) }
    }
}

impl WeakSender {
    /// Returns a sender, if the pool is still there.
    pub fn upgrade(&self) -> Option<Sender> {
        self.shared.upgrade().map(Sender::new)
    }
}
