//! Tasks, and handles to their results.

use std::fmt;
use std::future::Future;
use std::task::{Context, Poll};

pub use tokio::task::{
    spawn_blocking, spawn_std as spawn, yield_now, AbortHandle, JoinError, JoinHandle,
};

/// A set of spawned tasks, whose results come in the order in which they end.
///
/// # Dropping
///
/// Cancels all tasks that are still in the set.
///
/// # Examples
///
/// ```
/// use tokio_await::task::JoinSet;
///
/// # tokio_await::runtime::Runtime::new().unwrap().block_on(async {
/// let mut set = JoinSet::new();
/// for n in 1..=3 {
///     set.spawn(async move { n });
/// }
/// let mut sum = 0;
/// while let Some(n) = set.join_next().await {
///     sum += n.unwrap();
/// }
/// assert_eq!(sum, 6);
/// # });
/// ```
pub struct JoinSet<T> {
    set: tokio::task::JoinSet<T>,
}

impl<T> JoinSet<T> {
    /// An empty set.
    pub fn new() -> JoinSet<T> {
        JoinSet { set: tokio::task::JoinSet::new() }
    }

    /// Spawns `future` into the set.
    ///
    /// # Panics
    ///
    /// Outside of a runtime.
    pub fn spawn<F>(&mut self, future: F) -> AbortHandle
    where
        F: Future<Output = T> + Send + 'static,
        T: Send + 'static,
    {
        self.set.spawn_std(future)
    }

    /// Runs `f`, which may block, as a task of the set.
    ///
    /// # Panics
    ///
    /// Outside of a runtime.
    pub fn spawn_blocking<F>(&mut self, f: F) -> AbortHandle
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        self.set.spawn_blocking(f)
    }

    /// The number of tasks whose result was not given out yet.
    pub fn len(&self) -> usize {
        self.set.len()
    }

    /// Whether there is no such task.
    pub fn is_empty(&self) -> bool {
        self.set.is_empty()
    }

    /// The result of the next task that ends, or `None` if the set is empty.
    ///
    /// # Dropping
    ///
    /// Loses nothing.
    pub async fn join_next(&mut self) -> Option<Result<T, JoinError>> {
        self.set.join_next().await
    }

    /// [`join_next`](JoinSet::join_next), by hand.
    pub fn poll_join_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<T, JoinError>>> {
        self.set.poll_join_next(&cx.into())
    }

    /// Cancels all tasks of the set; each is still to be joined.
    pub fn abort_all(&mut self) {
        self.set.abort_all();
    }

    /// Lets all tasks of the set go on by themselves, and empties it.
    pub fn detach_all(&mut self) {
        self.set.detach_all();
    }

    /// Cancels all tasks of the set, and waits until each has ended.
    pub async fn shutdown(&mut self) {
        self.set.shutdown().await;
    }
}

impl<T> Default for JoinSet<T> {
    fn default() -> JoinSet<T> {
        JoinSet::new()
    }
}

impl<T> fmt::Debug for JoinSet<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.set.fmt(f)
    }
}
