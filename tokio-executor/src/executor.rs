//! The executor trait for boxed futures.

use crate::task::NewTask;
use crate::SpawnError;
use futures::Future;

/// Takes futures and polls them until they are done.
///
/// # Examples
///
/// ```
/// use futures::future;
/// use tokio_executor::{DefaultExecutor, Executor};
///
/// fn start(executor: &mut dyn Executor) {
///     if let Err(e) = executor.spawn(Box::new(future::lazy(|| Ok(())))) {
///         println!("not started: {e}");
///     }
/// }
///
/// start(&mut DefaultExecutor::current());
/// ```
pub trait Executor {
    /// Spawns `future`, to be polled by this executor until it is done.
    ///
    /// # Errors
    ///
    /// If the executor has shut down or is full. `future` is dropped then.
    fn spawn(
        &mut self,
        future: Box<dyn Future<Item = (), Error = ()> + Send>,
    ) -> Result<(), SpawnError>;

    /// Returns whether a spawn is likely to succeed right now: a hint, nothing is reserved.
    ///
    /// # Errors
    ///
    /// The error with which [`spawn`](Executor::spawn) would fail.
    fn status(&self) -> Result<(), SpawnError> {
        Ok(())
    }

    /// Takes a task that is already in its final block of memory.
    ///
    /// An executor that runs our tasks overrides this, and so needs no box around the
    /// future. What is provided here boxes the task and hands it to
    /// [`spawn`](Executor::spawn), so that any other executor works too.
    ///
    /// # Errors
    ///
    /// As for [`spawn`](Executor::spawn).
    fn spawn_task(&mut self, task: NewTask) -> Result<(), SpawnError> {
        self.spawn(Box::new(task.into_future()))
    }

    /// Returns whether [`spawn_task`](Executor::spawn_task) puts no box around the task, so that it
    /// may as well be called in place of [`spawn`](Executor::spawn): the task then knows where it
    /// was spawned, which a call by way of `dyn Executor` hides.
    // Hidden: for the crates above this one.
    #[doc(hidden)]
    fn takes_tasks(&self) -> bool {
        false
    }
}

impl<E: Executor + ?Sized> Executor for Box<E> {
    #[track_caller]
    fn spawn(
        &mut self,
        future: Box<dyn Future<Item = (), Error = ()> + Send>,
    ) -> Result<(), SpawnError> {
        (**self).spawn(future)
    }

    fn status(&self) -> Result<(), SpawnError> {
        (**self).status()
    }

    fn spawn_task(&mut self, task: NewTask) -> Result<(), SpawnError> {
        (**self).spawn_task(task)
    }

    fn takes_tasks(&self) -> bool {
        (**self).takes_tasks()
    }
}
