//! A runtime of one thread whose tasks need not be `Send`.
//!
//! It is a current-thread runtime with a set of local tasks, polled beside what is blocked
//! on. Programs of tokio 1.x call it.
//!
//! Always true: neither leaves the thread.
//!
//! Why a set within a runtime? The handle spawns from any thread, and what it takes must be
//! `Send`; the set takes the other tasks.

use super::{Builder, EnterGuard, Handle, JoinHandle, Runtime, RuntimeMetrics};
use crate::task::LocalSet;
use std::fmt;
use std::future::Future;
use std::io;
use std::marker::PhantomData;
use std::time::Duration;

/// The settings of a [`LocalRuntime`]; there are none yet.
#[derive(Default, Debug)]
#[non_exhaustive]
pub struct LocalOptions {
    /// Belongs to its thread, as what it is for does.
    _not_send: PhantomData<*const ()>,
}

/// A runtime of one thread, on which tasks that are not `Send` may be spawned.
///
/// # Dropping
///
/// As for [`Runtime`].
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use std::rc::Rc;
/// use tokio::runtime::LocalRuntime;
/// use tokio::task;
///
/// let runtime = LocalRuntime::new()?;
/// let shared = Rc::new(7);
/// let seven = runtime.block_on(async move {
///     task::spawn_local(async move { *shared }).await.unwrap()
/// });
/// assert_eq!(seven, 7);
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct LocalRuntime {
    /// `None` once it is being dropped. Goes first, in the context of the runtime.
    tasks: Option<LocalSet>,
    /// `None` once it is shut down.
    runtime: Option<Runtime>,
}

impl Builder {
    /// Returns a runtime that keeps tasks on this thread.
    ///
    /// # Errors
    ///
    /// As [`build`](Builder::build).
    ///
    /// # Panics
    ///
    /// If it is to have a pool of workers.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::runtime::{Builder, LocalOptions};
    ///
    /// let runtime = Builder::new_current_thread().build_local(LocalOptions::default()).unwrap();
    /// assert_eq!(runtime.block_on(async { 1 }), 1);
    /// ```
    #[track_caller]
    pub fn build_local(&mut self, options: LocalOptions) -> io::Result<LocalRuntime> {
        let _ = options;
        assert!(self.is_current_thread(), "multi_thread is not supported for LocalRuntime");
        Ok(LocalRuntime::over(Runtime::over(self.build_one(true)?)))
    }
}

impl LocalRuntime {
    /// Returns a runtime with I/O and timers.
    ///
    /// # Errors
    ///
    /// If the reactor cannot be made, for want of descriptors.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let runtime = tokio::runtime::LocalRuntime::new().unwrap();
    /// assert_eq!(runtime.block_on(async { 1 }), 1);
    /// ```
    pub fn new() -> io::Result<LocalRuntime> {
        Builder::new_current_thread().enable_all().build_local(LocalOptions::default())
    }

    pub(super) fn over(runtime: Runtime) -> LocalRuntime {
        let handle = runtime.handle();
        let tasks = LocalSet::serving(handle.id(), handle.instruments().cloned());
        LocalRuntime { tasks: Some(tasks), runtime: Some(runtime) }
    }

    fn runtime(&self) -> &Runtime {
        self.runtime.as_ref().expect("a shutdown takes the runtime with it")
    }

    fn tasks(&self) -> &LocalSet {
        self.tasks.as_ref().expect("a shutdown takes the tasks with it")
    }

    /// Returns a handle that spawns onto this runtime from any thread.
    pub fn handle(&self) -> &Handle {
        self.runtime().handle()
    }

    /// Spawns `future`, which need not be `Send`; the handle gets its result.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let runtime = tokio::runtime::LocalRuntime::new().unwrap();
    /// let shared = std::rc::Rc::new(1);
    /// let task = runtime.spawn_local(async move { *shared });
    /// assert_eq!(runtime.block_on(task).unwrap(), 1);
    /// ```
    #[track_caller]
    pub fn spawn_local<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        self.tasks().spawn_local(future)
    }

    /// Calls [`Runtime::spawn_blocking`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let runtime = tokio::runtime::LocalRuntime::new().unwrap();
    /// let task = runtime.spawn_blocking(|| 1);
    /// assert_eq!(runtime.block_on(task).unwrap(), 1);
    /// ```
    #[track_caller]
    pub fn spawn_blocking<F, R>(&self, func: F) -> JoinHandle<R>
    where
        F: FnOnce() -> R + Send + 'static,
        R: Send + 'static,
    {
        self.runtime().spawn_blocking(func)
    }

    /// Runs `future`, and the tasks of the runtime, until it is done.
    ///
    /// # Panics
    ///
    /// As [`Runtime::block_on`].
    #[track_caller]
    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        /// Drops the tasks once a panic of one of them has stopped the runtime.
        struct Over<'a>(&'a LocalRuntime);

        impl Drop for Over<'_> {
            fn drop(&mut self) {
                let LocalRuntime { tasks, runtime } = self.0;
                if let (Some(tasks), Some(runtime)) = (tasks, runtime) {
                    tasks.close_after_panic(runtime);
                }
            }
        }

        let _over = Over(self);
        self.runtime().block_on(self.tasks().run_until(future))
    }

    /// Calls [`Runtime::enter`].
    pub fn enter(&self) -> EnterGuard<'_> {
        self.runtime().enter()
    }

    /// Calls [`Runtime::shutdown_timeout`].
    pub fn shutdown_timeout(mut self, duration: Duration) {
        self.drop_tasks();
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(duration);
        }
    }

    /// Calls [`Runtime::shutdown_background`].
    pub fn shutdown_background(self) {
        self.shutdown_timeout(Duration::ZERO);
    }

    /// Calls [`Runtime::metrics`].
    pub fn metrics(&self) -> RuntimeMetrics {
        self.runtime().metrics()
    }

    fn drop_tasks(&mut self) {
        let tasks = self.tasks.take();
        let _entered = self.runtime.as_ref().map(Runtime::enter);
        drop(tasks);
    }
}

impl Drop for LocalRuntime {
    fn drop(&mut self) {
        self.drop_tasks();
    }
}

impl fmt::Debug for LocalRuntime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalRuntime").field("runtime", &self.runtime).finish_non_exhaustive()
    }
}
