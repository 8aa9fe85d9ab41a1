//! The runtime: an executor, and the defaults that its tasks find on their thread.
//!
//! Programs call it; the executor is `crate::current_thread`, with the reactor and the timers
//! as its parker.
//!
//! Always true: tasks run only inside `run` and `block_on`, on the thread that calls these.
//! Dropping it drops its tasks.
//!
//! Why not the pool with one worker? Its tasks must be `Send`, and its state is shared.

use super::Builder;
use crate::clock::{self, Clock};
use crate::current_thread::{self, CurrentThread, Entered, TaskExecutor};
use crate::timer::driver::{self as timer, Timer};
use futures::future::{self, ExecuteError, ExecuteErrorKind};
use futures::Future;
use std::error::Error;
use std::fmt;
use std::io;
use std::panic::Location;
use tokio_executor::task::JoinHandle;
use tokio_executor::{SpawnError, TypedExecutor};
use tokio_reactor::Reactor;

/// Runs tasks, their I/O and their timers on one thread.
///
/// Tasks make progress only inside [`run`](Runtime::run) and
/// [`block_on`](Runtime::block_on). A panic in a task that nobody joins ends that task
/// and comes out of whichever of the two polled it; the runtime can be run on.
///
/// # Dropping
///
/// Drops all tasks, on this thread.
///
/// # Examples
///
/// ```
/// use futures::{future, Future};
/// use std::{cell::Cell, rc::Rc};
/// use tokio::runtime::current_thread::Runtime;
///
/// let mut runtime = Runtime::new()?;
/// let seen = Rc::new(Cell::new(0));
/// let inside = seen.clone();
/// runtime.spawn(future::lazy(move || Ok(inside.set(7))));
/// runtime.run().unwrap();
/// assert_eq!(seen.get(), 7);
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Runtime {
    /// First, so that tasks are dropped while all that serves them is there.
    executor: CurrentThread<Timer<Reactor>>,
    reactor: tokio_reactor::Handle,
    timer: timer::Handle,
    clock: Clock,
}

/// Spawns tasks on a current-thread [`Runtime`], from any thread.
///
/// # Examples
///
/// ```
/// use futures::{future, sync::oneshot};
/// use tokio::runtime::current_thread::Runtime;
///
/// let mut runtime = Runtime::new().unwrap();
/// let handle = runtime.handle();
/// let (tx, rx) = oneshot::channel();
/// let other = std::thread::spawn(move || {
///     handle.spawn(future::lazy(move || tx.send(7).map_err(drop)))
/// });
/// assert_eq!(runtime.block_on(rx), Ok(7));
/// other.join().unwrap().unwrap();
/// ```
#[derive(Debug, Clone)]
pub struct Handle {
    executor: current_thread::Handle,
}

/// The reactor failed while the runtime ran its tasks to the end.
#[derive(Debug)]
pub struct RunError {
    inner: current_thread::RunError,
}

impl Runtime {
    /// Returns a runtime with the default configuration. It belongs to this thread.
    ///
    /// # Errors
    ///
    /// If the operating system has no event queue for the reactor.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::runtime::current_thread::Runtime;
    ///
    /// let mut runtime = Runtime::new().unwrap();
    /// assert_eq!(runtime.block_on_std(async { 1 }), 1);
    /// ```
    pub fn new() -> io::Result<Runtime> {
        Builder::new().build()
    }

    pub(super) fn new2(
        executor: CurrentThread<Timer<Reactor>>,
        reactor: tokio_reactor::Handle,
        timer: timer::Handle,
        clock: Clock,
    ) -> Runtime {
        Runtime { executor, reactor, timer, clock }
    }

    /// Returns a handle that spawns tasks from other threads.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::future;
    /// use tokio::runtime::current_thread::Runtime;
    ///
    /// let mut runtime = Runtime::new().unwrap();
    /// let handle = runtime.handle();
    /// std::thread::spawn(move || handle.spawn(future::ok(())).unwrap()).join().unwrap();
    /// runtime.run().unwrap();
    /// ```
    pub fn handle(&self) -> Handle {
        Handle { executor: self.executor.handle() }
    }

    /// Spawns `future`, to be polled once the runtime runs.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::future;
    /// use std::cell::Cell;
    /// use std::rc::Rc;
    /// use tokio::runtime::current_thread::Runtime;
    ///
    /// let mut runtime = Runtime::new().unwrap();
    /// let counter = Rc::new(Cell::new(0));
    /// let counted = counter.clone();
    /// runtime.spawn(future::lazy(move || {
    ///     counted.set(counted.get() + 1);
    ///     Ok(())
    /// }));
    /// runtime.run().unwrap();
    /// assert_eq!(counter.get(), 1);
    /// ```
    #[track_caller]
    pub fn spawn<F>(&mut self, future: F) -> &mut Runtime
    where
        F: Future<Item = (), Error = ()> + 'static,
    {
        self.executor.spawn(future);
        self
    }

    /// Works like [`spawn`](Runtime::spawn), for a std future.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::cell::Cell;
    /// use std::rc::Rc;
    /// use tokio::runtime::current_thread::Runtime;
    ///
    /// let mut runtime = Runtime::new().unwrap();
    /// let counter = Rc::new(Cell::new(0));
    /// let counted = counter.clone();
    /// runtime.spawn_std(async move { counted.set(1) });
    /// runtime.run().unwrap();
    /// assert_eq!(counter.get(), 1);
    /// ```
    #[track_caller]
    pub fn spawn_std<F>(&mut self, future: F) -> &mut Runtime
    where
        F: std::future::Future<Output = ()> + 'static,
    {
        self.executor.spawn_std(future);
        self
    }

    /// Works like [`spawn`](Runtime::spawn), and gives a handle to the result.
    #[track_caller]
    pub fn spawn_handle<F>(&mut self, future: F) -> JoinHandle<Result<F::Item, F::Error>>
    where
        F: Future + 'static,
    {
        self.executor.spawn_handle(future)
    }

    /// Works like [`spawn_handle`](Runtime::spawn_handle), for a std future.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::rc::Rc;
    /// use tokio::runtime::current_thread::Runtime;
    ///
    /// let mut runtime = Runtime::new().unwrap();
    /// let handle = runtime.spawn_handle_std(async { Rc::new(7) });
    /// assert_eq!(*runtime.block_on_std(handle).unwrap(), 7);
    /// ```
    #[track_caller]
    pub fn spawn_handle_std<F>(&mut self, future: F) -> JoinHandle<F::Output>
    where
        F: std::future::Future + 'static,
    {
        self.executor.spawn_handle_std(future)
    }

    /// Runs tasks until `future` is done, and returns its result.
    ///
    /// Other tasks may be left; they go on the next time the runtime runs.
    ///
    /// # Errors
    ///
    /// The error of `future`.
    ///
    /// # Panics
    ///
    /// If this thread runs an executor already, if the reactor fails, or with the panic
    /// of `future` or of a task.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::future;
    /// use tokio::runtime::current_thread::Runtime;
    ///
    /// let mut runtime = Runtime::new().unwrap();
    /// assert_eq!(runtime.block_on(future::err::<(), _>("failed")), Err("failed"));
    /// ```
    #[track_caller]
    pub fn block_on<F>(&mut self, future: F) -> Result<F::Item, F::Error>
    where
        F: Future,
    {
        let at = Location::caller();
        self.enter(|executor| executor.block_on_at(future, at)).map_err(|e| {
            e.into_inner().unwrap_or_else(|| panic!("cannot block on a future: the reactor failed"))
        })
    }

    /// Works like [`block_on`](Runtime::block_on), for a std future.
    ///
    /// # Panics
    ///
    /// As for [`block_on`](Runtime::block_on).
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::runtime::current_thread::Runtime;
    ///
    /// let mut runtime = Runtime::new().unwrap();
    /// assert_eq!(runtime.block_on_std(async { 1 + 1 }), 2);
    /// ```
    #[track_caller]
    pub fn block_on_std<F>(&mut self, future: F) -> F::Output
    where
        F: std::future::Future,
    {
        let at = Location::caller();
        self.enter(|executor| executor.block_on_std_at(future, at))
            .unwrap_or_else(|_| panic!("cannot block on a future: the reactor failed"))
    }

    /// Runs tasks until all are done.
    ///
    /// # Errors
    ///
    /// If the reactor fails.
    ///
    /// # Panics
    ///
    /// If this thread runs an executor already, or with the panic of a task.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::future;
    /// use tokio::runtime::current_thread::Runtime;
    ///
    /// let mut runtime = Runtime::new().unwrap();
    /// runtime.spawn(future::ok(()));
    /// runtime.run().unwrap();
    /// ```
    pub fn run(&mut self) -> Result<(), RunError> {
        self.enter(|executor| executor.run()).map_err(|inner| RunError { inner })
    }

    /// Calls `f` with everything in place that a task looks for on its thread.
    fn enter<R>(&mut self, f: impl FnOnce(&mut Entered<'_, Timer<Reactor>>) -> R) -> R {
        let Runtime { executor, reactor, timer, clock } = self;
        let mut enter = tokio_executor::enter()
            .unwrap_or_else(|e| panic!("cannot run a current-thread runtime: {e}"));
        tokio_reactor::with_default(reactor, &mut enter, |enter| {
            clock::with_default(clock, enter, |enter| {
                timer::with_default(timer, enter, |enter| {
                    tokio_executor::with_default(&mut TaskExecutor::current(), enter, |enter| {
                        f(&mut executor.enter(enter))
                    })
                })
            })
        })
    }
}

impl fmt::Debug for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runtime")
            .field("executor", &self.executor)
            .field("clock", &self.clock)
            .finish_non_exhaustive()
    }
}

impl Handle {
    /// Spawns `future`, and wakes the runtime if it sleeps.
    ///
    /// # Errors
    ///
    /// If the runtime is gone. `future` is dropped then.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::future;
    /// use tokio::runtime::current_thread::Runtime;
    ///
    /// let mut runtime = Runtime::new().unwrap();
    /// runtime.handle().spawn(future::ok(())).unwrap();
    /// runtime.run().unwrap();
    /// ```
    #[track_caller]
    pub fn spawn<F>(&self, future: F) -> Result<(), SpawnError>
    where
        F: Future<Item = (), Error = ()> + Send + 'static,
    {
        self.executor.spawn(future)
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
        self.executor.spawn_std(future)
    }

    /// Works like [`spawn`](Handle::spawn), and gives a handle to the result: that `future` was
    /// cancelled, if the runtime is gone.
    #[track_caller]
    pub fn spawn_handle<F>(&self, future: F) -> JoinHandle<Result<F::Item, F::Error>>
    where
        F: Future + Send + 'static,
        F::Item: Send + 'static,
        F::Error: Send + 'static,
    {
        self.executor.spawn_handle(future)
    }

    /// Works like [`spawn_handle`](Handle::spawn_handle), for a std future.
    #[track_caller]
    pub fn spawn_handle_std<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: std::future::Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.executor.spawn_handle_std(future)
    }

    /// Returns whether a spawn is likely to succeed right now: a hint, nothing is reserved.
    ///
    /// # Errors
    ///
    /// If the runtime is gone.
    pub fn status(&self) -> Result<(), SpawnError> {
        self.executor.status()
    }
}

impl<T> future::Executor<T> for Handle
where
    T: Future<Item = (), Error = ()> + Send + 'static,
{
    #[track_caller]
    fn execute(&self, future: T) -> Result<(), ExecuteError<T>> {
        if self.status().is_err() {
            return Err(ExecuteError::new(ExecuteErrorKind::Shutdown, future));
        }
        // The status was a hint: a refusal past it drops the future, as upstream does.
        let _ = self.spawn(future);
        Ok(())
    }
}

impl<T> TypedExecutor<T> for Handle
where
    T: Future<Item = (), Error = ()> + Send + 'static,
{
    #[track_caller]
    fn spawn(&mut self, future: T) -> Result<(), SpawnError> {
        Handle::spawn(self, future)
    }

    fn status(&self) -> Result<(), SpawnError> {
        Handle::status(self)
    }
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cannot run the tasks: the reactor failed")
    }
}

impl Error for RunError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.inner)
    }
}
