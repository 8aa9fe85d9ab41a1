//! What leads to a runtime from any thread.
//!
//! Held by programs, to spawn from any thread.
//!
//! Always true: it is a handle of 1.x, and keeps no runtime alive.
//!
//! Why not that handle itself? `enter` takes a closure here.

use super::TryCurrentError;
use crate::task::JoinHandle;
use std::future::Future;
use tokio_await::runtime as modern;

/// Spawns onto a [`Runtime`](super::Runtime), from any thread.
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// use tokio::runtime::Handle;
///
/// #[tokio::main]
/// async fn main() {
///     let handle = Handle::current();
///     let spawned = std::thread::spawn(move || handle.spawn(async { "from a thread" }));
///     assert_eq!(spawned.join().unwrap().await.unwrap(), "from a thread");
/// }
/// ```
#[derive(Debug, Clone)]
pub struct Handle {
    inner: modern::Handle,
}

impl Handle {
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
    /// let task = runtime.handle().enter(|| tokio::spawn(async { 7 }));
    /// assert_eq!(runtime.block_on(task).unwrap(), 7);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn enter<F, R>(&self, f: F) -> R
    where
        F: FnOnce() -> R,
    {
        let _entered = self.inner.enter();
        f()
    }

    /// Returns the runtime of this thread.
    ///
    /// # Panics
    ///
    /// If there is none.
    #[track_caller]
    pub fn current() -> Handle {
        modern::Handle::current().into()
    }

    /// Returns the runtime of this thread.
    ///
    /// # Errors
    ///
    /// If there is none.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::runtime::Handle;
    ///
    /// assert!(Handle::try_current().is_err(), "no runtime here");
    /// ```
    pub fn try_current() -> Result<Handle, TryCurrentError> {
        modern::Handle::try_current().map(Handle::from)
    }

    /// Spawns `future`; the handle gets its result.
    ///
    /// If the runtime has shut down, the future is dropped, and the result is an error that
    /// says so.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::runtime::Handle;
    ///
    /// #[tokio::main]
    /// async fn main() {
    ///     assert_eq!(Handle::current().spawn(async { 42 }).await.unwrap(), 42);
    /// }
    /// ```
    #[track_caller]
    pub fn spawn<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.inner.spawn(future)
    }

    /// Runs `f`, which may block, on a thread that no task waits for; the handle gets its
    /// result.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::runtime::Handle;
    ///
    /// #[tokio::main]
    /// async fn main() {
    ///     let sum = Handle::current().spawn_blocking(|| (0..1_000_000u64).sum::<u64>());
    ///     assert_eq!(sum.await.unwrap(), 499_999_500_000);
    /// }
    /// ```
    #[track_caller]
    pub fn spawn_blocking<F, R>(&self, f: F) -> JoinHandle<R>
    where
        F: FnOnce() -> R + Send + 'static,
        R: Send + 'static,
    {
        self.inner.spawn_blocking(f)
    }

    /// Waits for `future` on this thread, in the context of the runtime, whose threads serve
    /// timers and sockets meanwhile.
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
    ///
    /// let runtime = Runtime::new()?;
    /// let handle = runtime.handle().clone();
    /// let answer = std::thread::spawn(move || handle.block_on(async { 42 }));
    /// assert_eq!(answer.join().unwrap(), 42);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[track_caller]
    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.inner.block_on(future)
    }
}

impl From<modern::Handle> for Handle {
    fn from(inner: modern::Handle) -> Handle {
        Handle { inner }
    }
}

impl From<Handle> for modern::Handle {
    fn from(handle: Handle) -> modern::Handle {
        handle.inner
    }
}
