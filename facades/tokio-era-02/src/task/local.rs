//! A set of tasks that stay on their thread.

use crate::runtime::Runtime;
use crate::task::JoinHandle;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio_await::task as modern;

/// A set of tasks that need not be `Send`, and stay on their thread.
///
/// As a future, it completes once all its tasks have.
///
/// # Dropping
///
/// Drops the tasks.
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// use std::rc::Rc;
/// use tokio::runtime::Runtime;
/// use tokio::task::{spawn_local, LocalSet};
///
/// let mut runtime = Runtime::new()?;
/// let shared = Rc::new(7);
/// let seven = LocalSet::new().block_on(&mut runtime, async move {
///     spawn_local(async move { *shared }).await.unwrap()
/// });
/// assert_eq!(seven, 7);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct LocalSet {
    inner: modern::LocalSet,
}

impl LocalSet {
    /// Returns an empty set.
    pub fn new() -> LocalSet {
        LocalSet { inner: modern::LocalSet::new() }
    }

    /// Spawns `future` into the set; the handle gets its result.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use std::rc::Rc;
    /// use tokio::runtime::Runtime;
    /// use tokio::task::LocalSet;
    ///
    /// let set = LocalSet::new();
    /// let shared = Rc::new(42);
    /// let task = set.spawn_local(async move { *shared });
    /// assert_eq!(set.block_on(&mut Runtime::new()?, task).unwrap(), 42);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[track_caller]
    pub fn spawn_local<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        self.inner.spawn_local(future)
    }

    /// Blocks on `future` on `rt`, as [`run_until`](LocalSet::run_until).
    ///
    /// # Panics
    ///
    /// As [`Runtime::block_on`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::runtime::Runtime;
    /// use tokio::task::{spawn_local, LocalSet};
    ///
    /// let mut runtime = Runtime::new()?;
    /// LocalSet::new().block_on(&mut runtime, async {
    ///     spawn_local(async {}).await.unwrap();
    /// });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[track_caller]
    pub fn block_on<F: Future>(&self, rt: &mut Runtime, future: F) -> F::Output {
        self.inner.block_on(rt.as_ref(), future)
    }

    /// Waits for `future`, in which [`spawn_local`](super::spawn_local) spawns into this set.
    ///
    /// # Dropping
    ///
    /// Drops `future`. What it has spawned stays in the set.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use std::rc::Rc;
    /// use tokio::task::{spawn_local, LocalSet};
    ///
    /// #[tokio::main]
    /// async fn main() {
    ///     let set = LocalSet::new();
    ///     let shared = Rc::new(42);
    ///     let answer = set.run_until(async move { spawn_local(async move { *shared }).await });
    ///     assert_eq!(answer.await.unwrap(), 42);
    /// }
    /// ```
    pub async fn run_until<F: Future>(&self, future: F) -> F::Output {
        self.inner.run_until(future).await
    }
}

impl Future for LocalSet {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.inner).poll(cx)
    }
}
