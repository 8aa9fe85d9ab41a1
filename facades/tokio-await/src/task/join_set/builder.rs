//! Spawning into a set with a name, as tokio 1.x has it behind `tokio_unstable`.

use super::JoinSet;
use crate::runtime::Handle;
use crate::task::{self, AbortHandle, LocalSet};
use std::future::Future;
use std::io;

/// Spawns tasks with a name into a [`JoinSet`].
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::runtime::Runtime;
/// use tokio::task::JoinSet;
///
/// Runtime::new().unwrap().block_on(async {
///     let mut set = JoinSet::new();
///     set.build_task().name("answer").spawn(async { 6 * 7 }).unwrap();
///     assert_eq!(set.join_next().await.unwrap().unwrap(), 42);
/// });
/// ```
#[derive(Debug)]
#[must_use = "spawns nothing by itself"]
pub struct Builder<'a, T> {
    set: &'a mut JoinSet<T>,
    task: task::Builder<'a>,
}

impl<T: 'static> JoinSet<T> {
    /// Returns a builder for a task of the set.
    pub fn build_task(&mut self) -> Builder<'_, T> {
        Builder { set: self, task: task::Builder::new() }
    }
}

impl<'a, T: 'static> Builder<'a, T> {
    /// Gives the task a name.
    pub fn name(self, name: &'a str) -> Builder<'a, T> {
        Builder { task: self.task.name(name), ..self }
    }

    /// Spawns `future`, as [`JoinSet::spawn`].
    ///
    /// # Errors
    ///
    /// None.
    ///
    /// # Panics
    ///
    /// Outside of a runtime.
    #[track_caller]
    pub fn spawn<F>(self, future: F) -> io::Result<AbortHandle>
    where
        F: Future<Output = T> + Send + 'static,
        T: Send,
    {
        Ok(self.set.set.insert(self.task.spawn(future)?))
    }

    /// Spawns `future`, as [`JoinSet::spawn_on`].
    ///
    /// # Errors
    ///
    /// None.
    #[track_caller]
    pub fn spawn_on<F>(self, future: F, handle: &Handle) -> io::Result<AbortHandle>
    where
        F: Future<Output = T> + Send + 'static,
        T: Send,
    {
        Ok(self.set.set.insert(self.task.spawn_on(future, handle)?))
    }

    /// Runs `f`, as [`JoinSet::spawn_blocking`].
    ///
    /// # Errors
    ///
    /// None.
    ///
    /// # Panics
    ///
    /// Outside of a runtime.
    #[track_caller]
    pub fn spawn_blocking<F>(self, f: F) -> io::Result<AbortHandle>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send,
    {
        Ok(self.set.set.insert(self.task.spawn_blocking(f)?))
    }

    /// Runs `f`, as [`JoinSet::spawn_blocking_on`].
    ///
    /// # Errors
    ///
    /// None.
    #[track_caller]
    pub fn spawn_blocking_on<F>(self, f: F, handle: &Handle) -> io::Result<AbortHandle>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send,
    {
        Ok(self.set.set.insert(self.task.spawn_blocking_on(f, handle)?))
    }

    /// Spawns `future`, as [`JoinSet::spawn_local`].
    ///
    /// # Errors
    ///
    /// None.
    ///
    /// # Panics
    ///
    /// Outside of a [`LocalSet`] and of a local runtime.
    #[track_caller]
    pub fn spawn_local<F>(self, future: F) -> io::Result<AbortHandle>
    where
        F: Future<Output = T> + 'static,
    {
        Ok(self.set.set.insert(self.task.spawn_local(future)?))
    }

    /// Spawns `future`, as [`JoinSet::spawn_local_on`].
    ///
    /// # Errors
    ///
    /// None.
    #[track_caller]
    pub fn spawn_local_on<F>(self, future: F, local_set: &LocalSet) -> io::Result<AbortHandle>
    where
        F: Future<Output = T> + 'static,
    {
        Ok(self.set.set.insert(self.task.spawn_local_on(future, local_set)?))
    }
}
