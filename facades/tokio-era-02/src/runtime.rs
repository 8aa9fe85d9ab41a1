//! The runtimes of tokio 0.2: one type, whose builder picks a scheduler.
//!
//! 1.x's runtimes underneath. What differs: blocking on a future takes the runtime mutably,
//! and a runtime is entered by a closure instead of a guard.
//!
//! Called by programs of tokio 0.2, and by the attribute `main`.
//!
//! Always true: it is one runtime of 1.x, and ends with it.
//!
//! Why not that runtime itself? Its builder wants to know the flavor first, and `enter` returns a
//! guard.

mod builder;
mod handle;

pub use self::builder::Builder;
pub use self::handle::Handle;
pub use tokio_await::runtime::TryCurrentError;

use crate::task::JoinHandle;
use std::future::Future;
use std::io;
use std::time::Duration;
use tokio_await::runtime as modern;

/// Runs tasks, with a reactor and timers.
///
/// # Dropping
///
/// Stops the runtime: tasks are dropped, not finished. Waits for the workers, and for what
/// blocks.
///
/// # Panics
///
/// When dropped inside a task, where waiting is not allowed.
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// use tokio::runtime::Runtime;
///
/// let mut runtime = Runtime::new()?;
/// assert_eq!(runtime.block_on(async { 6 * 7 }), 42);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Runtime {
    handle: Handle,
    inner: modern::Runtime,
}

impl Runtime {
    /// Returns a runtime with the default settings, reactor and timers included: a pool of
    /// workers, or one thread in a program without the feature `rt-threaded`.
    ///
    /// # Errors
    ///
    /// If the reactor cannot be made, for want of descriptors.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::runtime::Runtime;
    ///
    /// let mut runtime = Runtime::new()?;
    /// assert_eq!(runtime.block_on(async { 20 + 22 }), 42);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn new() -> io::Result<Runtime> {
        let mut builder = Builder::new();
        // tokio 0.2 itself goes by the feature here, and programs count on it.
        if cfg!(feature = "rt-threaded") {
            builder.threaded_scheduler();
        }
        builder.enable_all().build()
    }

    /// Spawns `future`; the handle gets its result.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::runtime::Runtime;
    ///
    /// let mut runtime = Runtime::new()?;
    /// let answer = runtime.spawn(async { 42 });
    /// assert_eq!(runtime.block_on(answer).unwrap(), 42);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[track_caller]
    pub fn spawn<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.inner.spawn(future)
    }

    /// Runs `future` on this thread until it is done; what it spawns runs on the workers, or
    /// in turns with it on a basic scheduler.
    ///
    /// # Panics
    ///
    /// If an executor already runs on this thread, or with the panic of `future`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::runtime::Runtime;
    /// use tokio::time::{delay_for, Duration};
    ///
    /// Runtime::new()?.block_on(async { delay_for(Duration::from_millis(1)).await });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[track_caller]
    pub fn block_on<F: Future>(&mut self, future: F) -> F::Output {
        self.inner.block_on(future)
    }

    /// Calls `f` with this as the runtime of the thread, for [`spawn`](crate::spawn),
    /// timers and sockets.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::runtime::Runtime;
    ///
    /// let mut runtime = Runtime::new()?;
    /// let answer = runtime.enter(|| tokio::spawn(async { 42 }));
    /// assert_eq!(runtime.block_on(answer).unwrap(), 42);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn enter<F, R>(&self, f: F) -> R
    where
        F: FnOnce() -> R,
    {
        self.handle.enter(f)
    }

    /// Returns a handle that spawns onto this runtime from any thread.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::runtime::Runtime;
    ///
    /// let mut runtime = Runtime::new()?;
    /// let handle = runtime.handle().clone();
    /// let spawned = std::thread::spawn(move || handle.spawn(async { 42 }));
    /// assert_eq!(runtime.block_on(spawned.join().unwrap()).unwrap(), 42);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn handle(&self) -> &Handle {
        &self.handle
    }

    /// Stops the runtime, and waits for its threads for no longer than `duration`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use std::time::Duration;
    /// use tokio::runtime::Runtime;
    ///
    /// let runtime = Runtime::new()?;
    /// runtime.handle().spawn_blocking(|| std::thread::sleep(Duration::from_millis(5)));
    /// runtime.shutdown_timeout(Duration::from_secs(5));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn shutdown_timeout(self, duration: Duration) {
        self.inner.shutdown_timeout(duration);
    }

    /// Stops the runtime, and waits for nothing.
    pub fn shutdown_background(self) {
        self.inner.shutdown_background();
    }
}

impl AsRef<modern::Runtime> for Runtime {
    /// The same runtime, under 1.x's interface.
    fn as_ref(&self) -> &modern::Runtime {
        &self.inner
    }
}

impl From<modern::Runtime> for Runtime {
    fn from(inner: modern::Runtime) -> Runtime {
        Runtime { handle: inner.handle().clone().into(), inner }
    }
}

impl From<Runtime> for modern::Runtime {
    fn from(runtime: Runtime) -> modern::Runtime {
        runtime.inner
    }
}
