//! Everything a program needs to run, started and stopped as one.
//!
//! A [`Runtime`] is a work-stealing pool whose workers share a reactor and timers.
//! [`run`] starts one with the default settings, and returns when there is nothing left
//! to do; [`Builder`] has the settings.
//!
//! [`current_thread`] has a runtime on one thread, for futures that must stay there.
//!
//! Called by programs, and by `tokio-await`, whose pool of workers is this one.
//!
//! Always true: a runtime's threads have its reactor, timers, clock and executor as their
//! defaults; each task ends, or is dropped, before a shutdown has completed.
//!
//! Why not the three crates side by side? A worker that sleeps has to wait for tasks, events and
//! deadlines at once: `driver` joins them, and nothing below knows of it.
//!
//! # Examples
//!
//! ```
//! use futures::{future, Future};
//!
//! tokio::run(future::lazy(|| {
//!     tokio::spawn(future::lazy(|| {
//!         println!("a task of its own");
//!         Ok(())
//!     }));
//!     Ok(())
//! }));
//! ```

mod builder;
mod context;
pub mod current_thread;
mod driver;
pub(crate) mod metrics;
#[cfg(not(feature = "inspect"))]
mod no_inspect;
mod shutdown;
#[cfg(feature = "inspect")]
mod shutdown_report;
mod stuck_detector;
pub(crate) mod task_executor;

pub use self::builder::Builder;
// Hidden: for the interfaces of tokio 1.x and 0.2.
#[doc(hidden)]
pub use self::context::{Context, ContextGuard};
pub use self::metrics::RuntimeMetrics;
// Hidden: for the interfaces of tokio 1.x and 0.2.
#[doc(hidden)]
pub use self::shutdown::Companion;
pub use self::shutdown::Shutdown;
#[cfg(all(feature = "shutdown", any(unix, windows)))]
pub(crate) use self::shutdown_report::Draining;
#[cfg(feature = "inspect")]
pub use self::shutdown_report::ShutdownReport;
pub use self::task_executor::TaskExecutor;
#[cfg(feature = "inspect")]
pub use crate::inspect::DroppedTask;
// Hidden: for the interfaces of tokio 1.x and 0.2.
#[doc(hidden)]
pub use self::task_executor::WorkerCounts;

#[cfg(not(feature = "inspect"))]
use self::no_inspect::runtime_starts;
use self::shutdown::wait_for_companion;
use crate::current_thread::CurrentThread;
#[cfg(feature = "inspect")]
use crate::inspect::runtime_starts;
use futures::Future;
use std::cell::RefCell;
use std::fmt;
use std::future::poll_fn;
use std::io;
use std::panic::{self, Location};
use std::pin::pin;
use std::sync::{Arc, OnceLock, Weak};
use std::time::Duration;
use tokio_executor::task::{JoinError, JoinHandle, NewTask};
use tokio_executor::Enter;
use tokio_reactor::Handle;
use tokio_threadpool as threadpool;
use tokio_threadpool::internals::StuckDetector;

/// A pool of workers with a reactor and timers.
///
/// # Dropping
///
/// Stops the runtime: tasks are dropped, not finished, and the drop waits for the
/// threads, unless it happens on one of them.
///
/// # Examples
///
/// ```
/// use futures::{future, Future};
/// use tokio::runtime::Runtime;
///
/// let mut runtime = Runtime::new()?;
/// assert_eq!(runtime.block_on(future::ok::<_, ()>(7)), Ok(7));
/// runtime.shutdown_on_idle().wait().unwrap();
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Runtime {
    /// `None` once a shutdown has been asked for.
    parts: Option<Parts>,
}

struct Parts {
    pool: threadpool::ThreadPool,
    /// For [`Runtime::reactor`]; the workers have another.
    background: OnceLock<Handle>,
    /// The workers', for threads that are no workers.
    context: Context,
    driver: Weak<driver::Driver>,
    /// What a layer above keeps with this runtime, made when it is first asked for.
    companion: shutdown::CompanionCell,
    /// What tells of long polls, if somebody asked.
    #[cfg(feature = "inspect")]
    #[expect(dead_code, reason = "kept to be dropped with the runtime")]
    watch: Option<(
        tokio_executor::internals::inspect::Recording,
        tokio_executor::internals::inspect::LongPollHook,
    )>,
    /// What tells of endings that nobody looks at, if somebody asked.
    #[cfg(feature = "inspect")]
    #[expect(dead_code, reason = "kept to be dropped with the runtime")]
    on_unobserved: Option<tokio_executor::internals::inspect::UnobservedHook>,
}

/// A runtime, seen from one of its threads.
// Hidden: for the interfaces of tokio 1.x and 0.2.
#[doc(hidden)]
#[derive(Clone)]
pub struct Current {
    executor: TaskExecutor,
    context: Context,
    companion: shutdown::CompanionCell,
}

thread_local! {
    /// The runtime that has this thread as a worker.
    static CURRENT: RefCell<Option<Current>> = const { RefCell::new(None) };
}

impl Current {
    /// Returns the runtime whose worker this thread is.
    pub fn get() -> Option<Current> {
        CURRENT.try_with(|current| current.borrow().clone()).ok().flatten()
    }

    /// Makes this the runtime of the thread until the result is dropped.
    fn stay(self) -> impl Drop {
        struct Leave;

        impl Drop for Leave {
            fn drop(&mut self) {
                let _ = CURRENT.try_with(|current| current.take());
            }
        }

        CURRENT.with(|current| current.replace(Some(self)));
        Leave
    }

    /// Returns what spawns onto the runtime.
    pub fn executor(&self) -> &TaskExecutor {
        &self.executor
    }

    /// Returns what the runtime gives to its threads.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// Returns what is kept with the runtime, made now if it is not there yet.
    pub fn companion(&self, make: impl FnOnce() -> Arc<dyn Companion>) -> Arc<dyn Companion> {
        self.companion.get_or_init(make).clone()
    }
}

impl fmt::Debug for Current {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Current").field("context", &self.context).finish_non_exhaustive()
    }
}

/// Starts a runtime, runs `future` on it, and returns once all that was spawned is done: also the
/// blocking jobs of tokio 1.x and 0.2 that have begun, as a read of its `stdin` has.
///
/// # Panics
///
/// If called by a task, or anywhere else where an executor already runs on the thread;
/// or if the runtime cannot be started.
///
/// # Examples
///
/// ```
/// use futures::future;
///
/// tokio::run(future::lazy(|| {
///     println!("running");
///     Ok(())
/// }));
/// ```
#[track_caller]
pub fn run<F>(future: F)
where
    F: Future<Item = (), Error = ()> + Send + 'static,
{
    run_task(NewTask::new(future));
}

/// Works like [`run`] for a std future.
///
/// # Panics
///
/// As [`run`].
///
/// # Examples
///
/// ```
/// tokio::run_std(async {
///     println!("running");
/// });
/// ```
#[track_caller]
pub fn run_std<F>(future: F)
where
    F: std::future::Future<Output = ()> + Send + 'static,
{
    run_task(NewTask::new_std(future));
}

fn run_task(task: NewTask) {
    let mut enter = enter("tokio::run");
    let runtime = Runtime::new().unwrap_or_else(|e| panic!("cannot start a runtime: {e}"));
    runtime.executor().take(task);
    let stuck_detector = runtime.stuck_detector();
    finish(&mut enter, stuck_detector, runtime.shutdown_on_idle());
}

fn enter(what: &str) -> Enter {
    tokio_executor::enter().unwrap_or_else(|e| panic!("cannot call {what} here: {e}"))
}

fn finish(enter: &mut Enter, stuck_detector: StuckDetector, shutdown: Shutdown) {
    let companion = shutdown.companion().clone();
    if stuck_detector::block_on(enter, stuck_detector, shutdown).is_err() {
        unreachable!("a shutdown does not fail");
    }
    // A file of tokio 1.x may still be written by a job that no task waits for.
    wait_for_companion(&companion, Duration::MAX);
}

impl Runtime {
    /// Returns a runtime with the settings of [`Builder::new`].
    ///
    /// # Errors
    ///
    /// If the reactor cannot be made, for want of descriptors.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::future;
    /// use tokio::runtime::Runtime;
    ///
    /// let mut runtime = Runtime::new().unwrap();
    /// assert_eq!(runtime.block_on(future::ok::<_, ()>(1)), Ok(1));
    /// ```
    pub fn new() -> io::Result<Runtime> {
        Builder::new().build()
    }

    fn parts(&self) -> &Parts {
        self.parts.as_ref().expect("a shutdown takes the runtime with it")
    }

    fn stuck_detector(&self) -> StuckDetector {
        self.parts().pool.stuck_detector()
    }

    fn take(&self, task: NewTask) {
        self.executor().take(task);
    }

    /// Is the former name of [`reactor`](Runtime::reactor).
    #[deprecated(note = "sockets find the reactor of the task that uses them")]
    #[doc(hidden)]
    pub fn handle(&self) -> &Handle {
        #[allow(deprecated)]
        self.reactor()
    }

    /// Returns a reactor for sources that are not used on the runtime.
    ///
    /// It has a thread of its own: it serves them also while the runtime has nothing to
    /// do and its workers sleep, have not started, or have ended.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::net::TcpListener;
    /// use tokio::runtime::Runtime;
    ///
    /// let runtime = Runtime::new().unwrap();
    /// let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    /// let listener = TcpListener::from_std(listener, runtime.reactor()).unwrap();
    /// ```
    #[deprecated(note = "sockets find the reactor of the task that uses them")]
    pub fn reactor(&self) -> &Handle {
        self.parts().background.get_or_init(Handle::background)
    }

    /// Returns what the runtime did so far, and what waits in it.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::runtime::Runtime;
    ///
    /// let runtime = Runtime::new()?;
    /// assert_eq!(runtime.metrics().alive(), 0);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn metrics(&self) -> RuntimeMetrics {
        let Parts { pool, driver, .. } = self.parts();
        let driver = driver.upgrade().map_or(Default::default(), |driver| driver.counts());
        RuntimeMetrics::new(pool.metrics(), driver)
    }

    /// Returns this runtime, as its workers have it.
    // Hidden: for the interfaces of tokio 1.x and 0.2.
    #[doc(hidden)]
    pub fn current(&self) -> Current {
        let Parts { context, companion, .. } = self.parts();
        let (context, companion) = (context.clone(), companion.clone());
        Current { executor: self.executor(), context, companion }
    }

    /// Returns what this runtime gives to its threads.
    // Hidden: for the interfaces of tokio 1.x and 0.2.
    #[doc(hidden)]
    pub fn context(&self) -> &Context {
        &self.parts().context
    }

    /// Returns a handle that spawns onto this runtime.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::{future, Future};
    /// use tokio::runtime::Runtime;
    ///
    /// let runtime = Runtime::new().unwrap();
    /// let executor = runtime.executor();
    /// std::thread::spawn(move || executor.spawn(future::ok(()))).join().unwrap();
    /// runtime.shutdown_on_idle().wait().unwrap();
    /// ```
    pub fn executor(&self) -> TaskExecutor {
        TaskExecutor { sender: self.parts().pool.sender().clone() }
    }

    /// Spawns `future`.
    ///
    /// # Panics
    ///
    /// If the system refuses the runtime its first thread.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::{future, Future};
    /// use tokio::runtime::Runtime;
    ///
    /// let mut runtime = Runtime::new().unwrap();
    /// runtime.spawn(future::lazy(|| {
    ///     println!("a task of its own");
    ///     Ok(())
    /// }));
    /// runtime.shutdown_on_idle().wait().unwrap();
    /// ```
    #[track_caller]
    pub fn spawn<F>(&mut self, future: F) -> &mut Self
    where
        F: Future<Item = (), Error = ()> + Send + 'static,
    {
        self.parts().pool.spawn(future);
        self
    }

    /// Spawns a std future.
    ///
    /// # Panics
    ///
    /// As [`spawn`](Runtime::spawn).
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::Future;
    /// use tokio::runtime::Runtime;
    ///
    /// let mut runtime = Runtime::new().unwrap();
    /// runtime.spawn_std(async { println!("a task of its own") });
    /// runtime.shutdown_on_idle().wait().unwrap();
    /// ```
    #[track_caller]
    pub fn spawn_std<F>(&mut self, future: F) -> &mut Self
    where
        F: std::future::Future<Output = ()> + Send + 'static,
    {
        self.take(NewTask::new_std(future));
        self
    }

    crate::spawning::spawn_handle_methods! {
        /// # Panics
        ///
        /// If the runtime has shut down.
    }

    /// Runs `future` as a task and blocks this thread until it is done. Other tasks run
    /// meanwhile, and go on after it.
    ///
    /// # Errors
    ///
    /// The error of `future`.
    ///
    /// # Panics
    ///
    /// If an executor already runs on this thread, or with the panic of `future`.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::{future, Future};
    /// use tokio::runtime::Runtime;
    ///
    /// let mut runtime = Runtime::new().unwrap();
    /// let sum = future::ok::<u32, ()>(1).map(|one| one + 1);
    /// assert_eq!(runtime.block_on(sum), Ok(2));
    /// ```
    #[track_caller]
    pub fn block_on<F, R, E>(&mut self, future: F) -> Result<R, E>
    where
        F: Send + 'static + Future<Item = R, Error = E>,
        R: Send + 'static,
        E: Send + 'static,
    {
        let mut enter = enter("block_on");
        wait_for(&mut enter, self.stuck_detector(), self.spawn_handle(future))
    }

    /// Works like [`block_on`](Runtime::block_on) for a std future.
    ///
    /// # Panics
    ///
    /// As [`block_on`](Runtime::block_on).
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::runtime::Runtime;
    ///
    /// let mut runtime = Runtime::new().unwrap();
    /// assert_eq!(runtime.block_on_std(async { 1 + 1 }), 2);
    /// ```
    #[track_caller]
    pub fn block_on_std<F>(&mut self, future: F) -> F::Output
    where
        F: std::future::Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let mut enter = enter("block_on_std");
        wait_for(&mut enter, self.stuck_detector(), self.spawn_handle_std(future))
    }

    /// Runs a std future on this thread until it is done; what it spawns runs on the
    /// workers.
    ///
    /// Unlike [`block_on_std`](Runtime::block_on_std) it takes a future that is not
    /// `Send` and borrows from its surroundings. Sockets and timers are those of the
    /// runtime. What blocks the thread, a file operation for instance, blocks this future
    /// alone.
    ///
    /// # Panics
    ///
    /// If an executor already runs on this thread, or with the panic of `future`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::rc::Rc;
    /// use tokio::runtime::Runtime;
    ///
    /// let runtime = Runtime::new()?;
    /// let text = Rc::new(String::from("lent"));
    /// let length = runtime.block_on_here(async {
    ///     tokio::spawn_handle_std(async { 2 }).await.unwrap() + text.len()
    /// });
    /// assert_eq!(length, 6);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[track_caller]
    pub fn block_on_here<F>(&self, future: F) -> F::Output
    where
        F: std::future::Future,
    {
        let mut enter = enter("block_on_here");
        let parts = self.parts();
        let mut workers = self.executor();
        let mut driven = false;
        let mut future = pin!(future);
        let future = poll_fn(|cx| {
            let polled = future.as_mut().poll(cx);
            if polled.is_pending() && !std::mem::replace(&mut driven, true) {
                // This thread will sleep beside the reactor, so that a worker has to drive
                // it: the task starts one if none runs yet, which then goes to sleep there.
                self.executor().take(NewTask::new_std(async {}));
            }
            polled
        });
        let at = Location::caller();
        let _context = parts.context.enter();
        // No other task waits for this thread, so the future may block it.
        let _blocking = threadpool::blocking::set_default(|f| {
            f();
            Ok(futures::Async::Ready(()))
        });
        tokio_executor::with_default(&mut workers, &mut enter, |enter| {
            let mut here = CurrentThread::new();
            let output = here.enter(enter).block_on_std_at(future, at);
            output.unwrap_or_else(|e| unreachable!("parking a thread cannot fail: {e}"))
        })
    }

    /// Runs `future` as [`block_on`](Runtime::block_on) does, then waits until all other
    /// tasks are done too.
    ///
    /// # Errors
    ///
    /// The error of `future`.
    ///
    /// # Panics
    ///
    /// As [`block_on`](Runtime::block_on).
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::future;
    /// use tokio::runtime::Runtime;
    ///
    /// let runtime = Runtime::new().unwrap();
    /// let result = runtime.block_on_all(future::lazy(|| {
    ///     tokio::spawn(future::lazy(|| {
    ///         println!("done before `block_on_all` returns");
    ///         Ok(())
    ///     }));
    ///     Ok::<_, ()>(1)
    /// }));
    /// assert_eq!(result, Ok(1));
    /// ```
    #[track_caller]
    pub fn block_on_all<F, R, E>(self, future: F) -> Result<R, E>
    where
        F: Send + 'static + Future<Item = R, Error = E>,
        R: Send + 'static,
        E: Send + 'static,
    {
        let mut enter = enter("block_on_all");
        let result = wait_for(&mut enter, self.stuck_detector(), self.spawn_handle(future));
        let stuck_detector = self.stuck_detector();
        finish(&mut enter, stuck_detector, self.shutdown_on_idle());
        result
    }

    /// Stops the runtime once it has no tasks any more. Spawning stays possible until
    /// then.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::{future, Future};
    /// use tokio::runtime::Runtime;
    ///
    /// let mut runtime = Runtime::new().unwrap();
    /// runtime.spawn(future::ok(()));
    /// // Once every task is done.
    /// runtime.shutdown_on_idle().wait().unwrap();
    /// ```
    pub fn shutdown_on_idle(self) -> Shutdown {
        self.end(threadpool::ThreadPool::shutdown_on_idle)
    }

    /// Stops the runtime: no task is polled again, and all of them are dropped.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::{future, Future};
    /// use tokio::runtime::Runtime;
    ///
    /// let mut runtime = Runtime::new().unwrap();
    /// runtime.spawn(future::empty());
    /// // The task would never end; it is dropped.
    /// runtime.shutdown_now().wait().unwrap();
    /// ```
    pub fn shutdown_now(self) -> Shutdown {
        self.end(threadpool::ThreadPool::shutdown_now).now()
    }

    fn end(mut self, how: impl FnOnce(threadpool::ThreadPool) -> threadpool::Shutdown) -> Shutdown {
        self.parts.take().expect("a shutdown takes the runtime with it").end(how)
    }
}

impl Parts {
    fn end(self, how: impl FnOnce(threadpool::ThreadPool) -> threadpool::Shutdown) -> Shutdown {
        Shutdown::new(how(self.pool), self.companion)
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        let Some(parts) = self.parts.take() else { return };
        let own = parts.pool.has_this_thread();
        let shutdown = parts.end(threadpool::ThreadPool::shutdown_now).now();
        // A thread of the runtime cannot wait for itself to end.
        if !own && !std::thread::panicking() {
            let _ = tokio_executor::internals::wait(shutdown);
        }
    }
}

fn wait_for<T>(enter: &mut Enter, stuck_detector: StuckDetector, handle: JoinHandle<T>) -> T {
    match stuck_detector::block_on(enter, stuck_detector, handle) {
        Ok(result) => result,
        Err(e) => match JoinError::try_into_panic(e) {
            Ok(payload) => panic::resume_unwind(payload),
            Err(e) => panic!("the runtime dropped the future it was to run: {e}"),
        },
    }
}

impl fmt::Debug for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pool = self.parts.as_ref().map(|parts| &parts.pool);
        f.debug_struct("Runtime").field("pool", &pool).finish()
    }
}
