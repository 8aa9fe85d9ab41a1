//! The runtimes, their settings, and handles to them.
//!
//! A [`Runtime`] is either the root crate's pool of workers, or its executor of one
//! thread: the flavor. A [`Handle`] leads to it from any thread; `context` is where a thread
//! keeps which runtime it belongs to. `blocking` has the threads for what blocks, beside
//! either flavor.
//!
//! The executor of one thread lies in a cell while nobody blocks on a future. Whoever does
//! takes it and drives it; others that come meanwhile wait for their own futures, and take
//! the executor over once it is free.
//!
//! Called by programs, and by the attributes `main` and `test`, whose code builds a runtime.
//!
//! Always true: a `Runtime` is the one owner: its drop ends the runtime, whatever handles are
//! left.
//!
//! Why two flavors? A pool has threads of its own; a program may want none, and have its tasks run
//! only while it blocks on a future.

mod blocking;
mod builder;
pub(crate) mod context;
mod drive;
mod handle;
mod histogram;
mod hooked_park;
mod id;
pub(crate) mod instruments;
mod local_runtime;
mod metrics;
mod schedule_latency;
mod unhandled_panic;

pub use self::builder::Builder;
pub(crate) use self::builder::OTHER_FLAVOR;
pub use self::context::EnterGuard;
pub use self::handle::{Handle, RuntimeFlavor, TryCurrentError};
pub use self::histogram::{
    HistogramConfiguration, HistogramScale, InvalidHistogramConfiguration, LogHistogram,
    LogHistogramBuilder,
};
pub use self::id::Id;
pub use self::instruments::TaskMeta;
pub use self::local_runtime::{LocalOptions, LocalRuntime};
pub use self::metrics::RuntimeMetrics;
pub use self::unhandled_panic::UnhandledPanic;
pub use crate::macros::random::RngSeed;

use std::fmt;
use std::future::Future;
use std::io;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::time::Duration;
use tokio_executor::task::JoinHandle;

/// Runs tasks, with a reactor and timers.
///
/// # Dropping
///
/// Stops the runtime: tasks are dropped, not finished; then the drop waits for what blocks
/// in [`spawn_blocking`](Runtime::spawn_blocking) and for the threads.
///
/// # Panics
///
/// In its drop, if this thread runs tasks, which must not be kept waiting: see
/// [`shutdown_background`](Runtime::shutdown_background).
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::runtime::Runtime;
///
/// let runtime = Runtime::new()?;
/// assert_eq!(runtime.block_on(async { 6 * 7 }), 42);
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Runtime {
    handle: Handle,
    /// The longest that its drop waits for the threads.
    limit: Option<Duration>,
}

/// A runtime is kept whole by its locks, whatever panics on its threads.
impl UnwindSafe for Runtime {}
impl RefUnwindSafe for Runtime {}

impl Runtime {
    /// Returns a pool of workers with I/O, timers and the default settings.
    ///
    /// # Errors
    ///
    /// If the reactor cannot be made, for want of descriptors.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::runtime::Runtime;
    ///
    /// let runtime = Runtime::new().unwrap();
    /// assert_eq!(runtime.block_on(async { 1 + 1 }), 2);
    /// ```
    pub fn new() -> io::Result<Runtime> {
        Builder::new_multi_thread().enable_all().build()
    }

    fn over(handle: Handle) -> Runtime {
        Runtime { handle, limit: None }
    }

    /// Runs `future` on this thread until it is done; what it spawns runs on the workers, or
    /// in turns with it on a current-thread runtime.
    ///
    /// Several threads may do so at once. On a current-thread runtime one of them runs the
    /// tasks.
    ///
    /// # Panics
    ///
    /// If this thread runs tasks, with the panic of `future`, or if the reactor fails.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::runtime::Runtime;
    ///
    /// let runtime = Runtime::new().unwrap();
    /// let length = runtime.block_on(async { tokio::fs::read("Cargo.toml").await.unwrap().len() });
    /// assert!(length > 0);
    /// ```
    #[track_caller]
    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.handle.block_on_driving(future)
    }

    /// Spawns `future`; the handle gets its result.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::runtime::Runtime;
    ///
    /// let runtime = Runtime::new().unwrap();
    /// let task = runtime.spawn(async { 7 });
    /// assert_eq!(runtime.block_on(task).unwrap(), 7);
    /// ```
    #[track_caller]
    pub fn spawn<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.handle.spawn(future)
    }

    /// Runs `func`, which may block, on a thread that no task waits for; the handle gets its
    /// result.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::runtime::Runtime;
    ///
    /// let runtime = Runtime::new().unwrap();
    /// let sum = runtime.spawn_blocking(|| (1..=1000).sum::<u64>());
    /// assert_eq!(runtime.block_on(sum).unwrap(), 500_500);
    /// ```
    #[track_caller]
    pub fn spawn_blocking<F, R>(&self, func: F) -> JoinHandle<R>
    where
        F: FnOnce() -> R + Send + 'static,
        R: Send + 'static,
    {
        self.handle.spawn_blocking(func)
    }

    /// Makes this the runtime of the thread, for [`spawn`](crate::spawn) and
    /// [`Handle::current`], until the guard is dropped.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::runtime::Runtime;
    ///
    /// let runtime = Runtime::new().unwrap();
    /// let task = {
    ///     let _entered = runtime.enter();
    ///     tokio::spawn(async { "spawned outside of a task" })
    /// };
    /// assert_eq!(runtime.block_on(task).unwrap(), "spawned outside of a task");
    /// ```
    pub fn enter(&self) -> EnterGuard<'_> {
        self.handle.enter()
    }

    /// Returns a handle that spawns onto this runtime from any thread.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::runtime::Runtime;
    ///
    /// let runtime = Runtime::new().unwrap();
    /// let handle = runtime.handle().clone();
    /// let answer = std::thread::spawn(move || handle.block_on(async { 42 })).join().unwrap();
    /// assert_eq!(answer, 42);
    /// ```
    pub fn handle(&self) -> &Handle {
        &self.handle
    }

    /// Returns what the runtime counts.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let runtime = tokio::runtime::Runtime::new().unwrap();
    /// println!("{} tasks", runtime.metrics().num_alive_tasks());
    /// ```
    pub fn metrics(&self) -> RuntimeMetrics {
        self.handle.metrics()
    }

    /// Stops the runtime, and waits for its threads for no longer than `duration`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use std::time::Duration;
    /// use tokio::runtime::Runtime;
    ///
    /// let runtime = Runtime::new().unwrap();
    /// runtime.spawn(std::future::pending::<()>());
    /// // Drops the task; waits for blocking threads for a second at most.
    /// runtime.shutdown_timeout(Duration::from_secs(1));
    /// ```
    #[track_caller]
    pub fn shutdown_timeout(self, duration: Duration) {
        self.limit(duration);
    }

    /// Stops the runtime, and waits for nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::runtime::Runtime;
    ///
    /// let runtime = Runtime::new().unwrap();
    /// runtime.spawn(std::future::pending::<()>());
    /// runtime.shutdown_background();
    /// ```
    pub fn shutdown_background(self) {
        self.limit(Duration::ZERO);
    }

    /// Has the drop, which follows, wait for no longer than this.
    fn limit(mut self, duration: Duration) {
        self.limit = Some(duration);
    }
}

impl Drop for Runtime {
    #[track_caller]
    fn drop(&mut self) {
        self.handle.stop(self.limit);
    }
}

impl From<tokio::runtime::Runtime> for Runtime {
    /// The pool under today's interface.
    fn from(engine: tokio::runtime::Runtime) -> Runtime {
        Runtime::over(Handle::of_engine(engine))
    }
}

impl fmt::Debug for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runtime").field("handle", &self.handle).finish()
    }
}

/// What an operation says if its runtime has shut down.
pub(crate) const SHUT_DOWN: &str = "A Tokio 1.x context was found, but it is being shutdown.";

/// Whether the runtime of this thread still runs what blocks.
///
/// # Errors
///
/// If it has shut down.
///
/// # Panics
///
/// If there is none.
#[track_caller]
pub(crate) fn check_blocking() -> io::Result<()> {
    match Handle::current().blocking_pool().is_closed() {
        true => Err(io::Error::other(SHUT_DOWN)),
        false => Ok(()),
    }
}

/// Returns whether `err` says that the runtime which an operation needed has shut down.
pub fn is_rt_shutdown_err(err: &io::Error) -> bool {
    let is_gone = |err: &(dyn std::error::Error + Send + Sync)| err.to_string() == SHUT_DOWN;
    err.kind() == io::ErrorKind::Other && err.get_ref().is_some_and(is_gone)
}

/// Returns the number of the worker that this thread is, among those of its runtime.
///
/// 0 on the thread that drives a current-thread runtime, and nothing on threads that run no
/// tasks.
pub fn worker_index() -> Option<usize> {
    context::worker_index()
}
