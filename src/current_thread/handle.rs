//! Ways to an executor that do not borrow it: from other threads, and from its tasks.
//!
//! Held by tasks and other threads: a [`Handle`] anywhere, a [`TaskExecutor`] on the executor's
//! own thread.
//!
//! Always true: what is spawned after the executor is gone is refused; from the executor's own
//! thread a task goes to its list, from another one to the remote queue, with an unpark.
//!
//! Why two types? One sends only futures that are `Send`; the other takes any.

use super::here::{self, Here};
use super::shared::Shared;
use futures::future::{self, ExecuteError, ExecuteErrorKind};
use futures::Future;
use std::cell::Cell;
use std::fmt;
use std::marker::PhantomData;
use std::rc::Rc;
use std::sync::Arc;
use tokio_executor::task::NewTask;
use tokio_executor::{Executor, SpawnError, TypedExecutor};

/// Spawns tasks on a [`CurrentThread`](super::CurrentThread), from any thread.
///
/// # Examples
///
/// ```
/// use futures::future;
/// use tokio::current_thread::CurrentThread;
///
/// let mut executor = CurrentThread::new();
/// let handle = executor.handle();
/// let other = std::thread::spawn(move || {
///     handle.spawn(future::lazy(|| Ok(println!("on the executor's thread"))))
/// });
/// other.join().unwrap().unwrap();
/// executor.run().unwrap();
/// ```
#[derive(Clone)]
pub struct Handle {
    shared: Arc<Shared>,
    /// One thread each, as upstream: `clone` it for another.
    not_sync: PhantomData<Cell<()>>,
}

/// Spawns tasks on the executor that runs on the current thread.
///
/// # Examples
///
/// ```
/// use futures::future;
/// use std::rc::Rc;
/// use tokio::current_thread::{block_on_all, TaskExecutor};
///
/// block_on_all(future::lazy(|| {
///     let stays_here = Rc::new(7);
///     TaskExecutor::current().spawn_local(Box::new(future::lazy(move || {
///         assert_eq!(*stays_here, 7);
///         Ok(())
///     })))
/// }))
/// .unwrap();
/// ```
#[derive(Debug, Clone)]
pub struct TaskExecutor {
    not_send: PhantomData<Rc<()>>,
}

impl Handle {
    pub(super) fn new(shared: Arc<Shared>) -> Handle {
        Handle { shared, not_sync: PhantomData }
    }

    /// Spawns `future`, and wakes the executor if it sleeps.
    ///
    /// # Errors
    ///
    /// If the executor is gone. `future` is dropped then.
    #[track_caller]
    pub fn spawn<F>(&self, future: F) -> Result<(), SpawnError>
    where
        F: Future<Item = (), Error = ()> + Send + 'static,
    {
        self.spawn_task(NewTask::new(future))
    }

    /// Works like [`spawn`](Handle::spawn), for a std future.
    ///
    /// # Errors
    ///
    /// As for [`spawn`](Handle::spawn).
    #[track_caller]
    pub fn spawn_std<F>(&self, future: F) -> Result<(), SpawnError>
    where
        F: std::future::Future<Output = ()> + Send + 'static,
    {
        self.spawn_task(NewTask::new_std(future))
    }

    crate::spawning::spawn_handle_methods! {
        /// The handle reports that the task was cancelled if the executor is gone.
    }

    fn take(&self, task: NewTask) {
        // The join handle reports it if the executor is gone.
        let _ = self.spawn_task(task);
    }

    fn spawn_task(&self, task: NewTask) -> Result<(), SpawnError> {
        here::submit(&self.shared, task)
    }

    /// Returns whether a spawn is likely to succeed right now: a hint, nothing is reserved.
    ///
    /// # Errors
    ///
    /// If the executor is gone.
    pub fn status(&self) -> Result<(), SpawnError> {
        self.shared.status()
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle").field("shut_down", &self.status().is_err()).finish()
    }
}

impl TaskExecutor {
    /// Returns a handle to whichever executor runs on this thread when it is used.
    pub fn current() -> TaskExecutor {
        TaskExecutor { not_send: PhantomData }
    }

    /// Spawns `future` on the executor that runs on this thread.
    ///
    /// # Errors
    ///
    /// If none does, or if it is being dropped. `future` is dropped then.
    #[track_caller]
    pub fn spawn_local(
        &mut self,
        future: Box<dyn Future<Item = (), Error = ()>>,
    ) -> Result<(), SpawnError> {
        spawn_here(|here| here.spawn(future))
    }

    /// Works like [`spawn_local`](TaskExecutor::spawn_local), for a std future.
    ///
    /// # Errors
    ///
    /// As for [`spawn_local`](TaskExecutor::spawn_local).
    #[track_caller]
    pub fn spawn_local_std<F>(&mut self, future: F) -> Result<(), SpawnError>
    where
        F: std::future::Future<Output = ()> + 'static,
    {
        spawn_here(|here| here.spawn_std(future))
    }
}

/// For what may not be `Send`.
fn spawn_here(spawn: impl FnOnce(Here<'_>) -> Result<(), SpawnError>) -> Result<(), SpawnError> {
    Here::with_current_local(spawn).unwrap_or_else(|| Err(SpawnError::shutdown()))
}

fn status_here() -> Result<(), SpawnError> {
    spawn_here(|here| here.status())
}

/// For what is `Send`.
fn send_here(spawn: impl FnOnce(Here<'_>) -> Result<(), SpawnError>) -> Result<(), SpawnError> {
    Here::with_current(spawn).unwrap_or_else(|| Err(SpawnError::shutdown()))
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
        send_here(|here| here.spawn(future))
    }

    fn status(&self) -> Result<(), SpawnError> {
        send_here(|here| here.status())
    }

    fn spawn_task(&mut self, task: NewTask) -> Result<(), SpawnError> {
        send_here(|here| here.spawn_task(task))
    }

    fn takes_tasks(&self) -> bool {
        true
    }
}

impl<F> TypedExecutor<F> for TaskExecutor
where
    F: Future<Item = (), Error = ()> + 'static,
{
    #[track_caller]
    fn spawn(&mut self, future: F) -> Result<(), SpawnError> {
        spawn_here(|here| here.spawn(future))
    }

    fn status(&self) -> Result<(), SpawnError> {
        status_here()
    }
}

impl<F> future::Executor<F> for TaskExecutor
where
    F: Future<Item = (), Error = ()> + 'static,
{
    #[track_caller]
    fn execute(&self, future: F) -> Result<(), ExecuteError<F>> {
        if status_here().is_err() {
            return Err(ExecuteError::new(ExecuteErrorKind::Shutdown, future));
        }
        // Nothing comes between the status and this.
        let _ = spawn_here(|here| here.spawn(future));
        Ok(())
    }
}
