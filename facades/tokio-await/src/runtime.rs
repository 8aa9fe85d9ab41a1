//! The runtimes, their settings, and handles to them.
//!
//! A [`Runtime`] is either the root crate's pool of workers, or its executor of one
//! thread: the flavor. A [`Handle`] leads to it from any thread, and knows which runtime
//! a thread belongs to; `context` is where that is kept.

mod builder;
mod context;
mod handle;
mod seat;

pub use self::builder::Builder;
pub use self::context::EnterGuard;
pub use self::handle::{Handle, RuntimeFlavor, TryCurrentError};
pub use tokio_executor::task::JoinHandle;

pub(crate) use self::context::{current, is_seat};

use self::handle::Kind;
use std::fmt;
use std::future::Future;
use std::io;
use std::time::Duration;
use tokio::runtime as engine;

/// Runs tasks, with a reactor and timers.
///
/// # Dropping
///
/// Stops the runtime: tasks are dropped, not finished. The drop waits for the threads,
/// unless it happens on one of them.
///
/// A current-thread runtime belongs to the thread of its first
/// [`block_on`](Runtime::block_on). If it is dropped on another one, its tasks are dropped
/// when that thread ends.
///
/// # Examples
///
/// ```
/// use tokio_await::runtime::Runtime;
///
/// let runtime = Runtime::new()?;
/// assert_eq!(runtime.block_on(async { 6 * 7 }), 42);
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Runtime {
    handle: Handle,
}

impl Runtime {
    /// A pool of workers with the default settings.
    ///
    /// # Errors
    ///
    /// If the reactor cannot be made, for want of descriptors.
    pub fn new() -> io::Result<Runtime> {
        Builder::new_multi_thread().build()
    }

    /// Runs `future` on this thread until it is done; what it spawns runs on the workers, or
    /// in turns with it on a current-thread runtime.
    ///
    /// # Panics
    ///
    /// If an executor already runs on this thread, or with the panic of `future`. A
    /// current-thread runtime: also if another thread has called this before, or if its
    /// reactor cannot be made.
    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.handle.block_on(future)
    }

    /// Spawns `future`; the handle gets its result.
    pub fn spawn<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.handle.spawn(future)
    }

    /// Runs `f`, which may block, on a thread that no task waits for; the handle gets its
    /// result.
    pub fn spawn_blocking<F, R>(&self, f: F) -> JoinHandle<R>
    where
        F: FnOnce() -> R + Send + 'static,
        R: Send + 'static,
    {
        self.handle.spawn_blocking(f)
    }

    /// Makes this the runtime of the thread, for [`spawn`](crate::spawn) and
    /// [`Handle::current`], until the guard is dropped.
    pub fn enter(&self) -> EnterGuard<'_> {
        self.handle.enter()
    }

    /// A handle that spawns onto this runtime from any thread.
    pub fn handle(&self) -> &Handle {
        &self.handle
    }

    /// Stops the runtime and waits for its threads. Tasks are dropped, not finished.
    pub fn shutdown(self) {
        drop(self);
    }

    /// Stops the runtime, and waits for its threads for no longer than `duration`.
    pub fn shutdown_timeout(self, duration: Duration) {
        self.handle.stop(Some(duration));
    }

    /// Stops the runtime, and waits for nothing.
    pub fn shutdown_background(self) {
        self.handle.stop(Some(Duration::ZERO));
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        self.handle.stop(None);
    }
}

impl From<engine::Runtime> for Runtime {
    /// The pool under today's interface.
    fn from(engine: engine::Runtime) -> Runtime {
        Runtime { handle: Handle::new(Kind::pool(engine)) }
    }
}

impl fmt::Debug for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runtime").field("flavor", &self.handle.runtime_flavor()).finish()
    }
}
