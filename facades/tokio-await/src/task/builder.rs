//! Spawning with a name, as tokio 1.x has it behind `tokio_unstable`.
//!
//! The name is what `tokio::inspect` shows of the task. Without the feature `inspect` nothing
//! shows it, and it is dropped. Programs of tokio 1.x call it.
//!
//! Always true: a name changes nothing about how the task runs.
//!
//! Why a macro in it? The six ways to spawn differ in their bounds and in where they spawn, so one
//! function could not take all.

#[cfg(feature = "inspect")]
mod names;
#[cfg(not(feature = "inspect"))]
#[path = "builder/no_names.rs"]
mod names;

use super::{JoinHandle, LocalSet};
use crate::runtime::Handle;
use std::future::Future;
use std::io;

/// Spawns tasks with a name.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::runtime::Runtime;
/// use tokio::task;
///
/// Runtime::new().unwrap().block_on(async {
///     let task = task::Builder::new().name("answer").spawn(async { 6 * 7 }).unwrap();
///     assert_eq!(task.await.unwrap(), 42);
/// });
/// ```
#[derive(Debug, Default)]
pub struct Builder<'a> {
    name: Option<&'a str>,
}

/// Runs `$spawn` with `$future`, under the name of `$builder` if it has one.
macro_rules! spawn_named {
    ($builder:expr, $future:ident, $spawn:expr) => {
        match $builder.name {
            Some(name) => {
                let $future = names::named($future, name);
                Ok($spawn)
            }
            None => Ok($spawn),
        }
    };
}

impl<'a> Builder<'a> {
    /// Returns a builder for tasks without a name.
    pub fn new() -> Builder<'a> {
        Builder::default()
    }

    /// Gives the task a name.
    pub fn name(&self, name: &'a str) -> Builder<'a> {
        Builder { name: Some(name) }
    }

    /// Spawns `future`, as [`spawn`](super::spawn).
    ///
    /// # Errors
    ///
    /// None.
    ///
    /// # Panics
    ///
    /// If the thread has no runtime.
    #[track_caller]
    pub fn spawn<F>(self, future: F) -> io::Result<JoinHandle<F::Output>>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        spawn_named!(self, future, super::spawn(future))
    }

    /// Spawns `future` on the runtime of `handle`.
    ///
    /// # Errors
    ///
    /// None.
    #[track_caller]
    pub fn spawn_on<F>(self, future: F, handle: &Handle) -> io::Result<JoinHandle<F::Output>>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        spawn_named!(self, future, handle.spawn(future))
    }

    /// Spawns `future` where tasks stay on their thread, as
    /// [`spawn_local`](super::spawn_local).
    ///
    /// # Errors
    ///
    /// None.
    ///
    /// # Panics
    ///
    /// Outside of a [`LocalSet`] and of a local runtime.
    #[track_caller]
    pub fn spawn_local<F>(self, future: F) -> io::Result<JoinHandle<F::Output>>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        spawn_named!(self, future, super::spawn_local(future))
    }

    /// Spawns `future` into `local_set`.
    ///
    /// # Errors
    ///
    /// None.
    #[track_caller]
    pub fn spawn_local_on<F>(
        self,
        future: F,
        local_set: &LocalSet,
    ) -> io::Result<JoinHandle<F::Output>>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        spawn_named!(self, future, local_set.spawn_local(future))
    }

    /// Runs `function` on a thread for what blocks, as
    /// [`spawn_blocking`](super::spawn_blocking).
    ///
    /// # Errors
    ///
    /// None.
    ///
    /// # Panics
    ///
    /// As [`spawn_blocking`](super::spawn_blocking).
    #[track_caller]
    pub fn spawn_blocking<F, R>(self, function: F) -> io::Result<JoinHandle<R>>
    where
        F: FnOnce() -> R + Send + 'static,
        R: Send + 'static,
    {
        self.spawn_blocking_on(function, &Handle::current())
    }

    /// Runs `function` on a thread for what blocks of the runtime of `handle`.
    ///
    /// # Errors
    ///
    /// None.
    ///
    /// # Panics
    ///
    /// As [`spawn_blocking`](super::spawn_blocking).
    #[track_caller]
    pub fn spawn_blocking_on<F, R>(self, function: F, handle: &Handle) -> io::Result<JoinHandle<R>>
    where
        F: FnOnce() -> R + Send + 'static,
        R: Send + 'static,
    {
        match self.name {
            Some(name) => Ok(handle.spawn_blocking(names::call_named(name, function))),
            None => Ok(handle.spawn_blocking(function)),
        }
    }
}
