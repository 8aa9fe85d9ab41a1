//! A handle that spawns onto a runtime.

use futures::future::{self, ExecuteError};
use futures::Future;
use tokio_executor::task::{JoinHandle, NewTask};
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

impl TaskExecutor {
    /// Spawns `future`.
    ///
    /// # Panics
    ///
    /// If the runtime has shut down. Use [`Executor::spawn`] to get an error instead.
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
    pub fn spawn_std<F>(&self, future: F)
    where
        F: std::future::Future<Output = ()> + Send + 'static,
    {
        self.take(NewTask::new_std(future));
    }

    /// Spawns `future`; the handle gets its result.
    ///
    /// # Panics
    ///
    /// If the runtime has shut down.
    pub fn spawn_handle<F>(&self, future: F) -> JoinHandle<Result<F::Item, F::Error>>
    where
        F: Future + Send + 'static,
        F::Item: Send + 'static,
        F::Error: Send + 'static,
    {
        let (task, handle) = NewTask::joined(future);
        self.take(task);
        handle
    }

    /// Spawns a std future; the handle gets its result.
    ///
    /// # Panics
    ///
    /// If the runtime has shut down.
    pub fn spawn_handle_std<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: std::future::Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let (task, handle) = NewTask::joined_std(future);
        self.take(task);
        handle
    }

    /// Spawns `task`; an error says that it was dropped.
    ///
    /// # Errors
    ///
    /// If the runtime has shut down.
    #[doc(hidden)]
    pub fn spawn_task(&self, task: NewTask) -> Result<(), SpawnError> {
        (&self.sender).spawn_task(task)
    }

    pub(super) fn take(&self, task: NewTask) {
        if let Err(e) = (&self.sender).spawn_task(task) {
            panic!("{e}");
        }
    }
}

impl Executor for TaskExecutor {
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
}

impl<T> TypedExecutor<T> for TaskExecutor
where
    T: Future<Item = (), Error = ()> + Send + 'static,
{
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
