//! Tasks that belong together.
//!
//! Programs of tokio 1.x call it; the set is the root crate's (`tokio::task::JoinSet`).
//!
//! Always true: each task is returned once; dropping the set aborts those that are left; a
//! future of `join_next` that is dropped while pending has taken none.
//!
//! Why not re-export the root crate's set? Its tasks come as `NewTask`; here each method spawns by
//! itself, onto a runtime, a set of local tasks or a thread for what blocks.

mod builder;

pub use self::builder::Builder;

use super::{spawn_local, AbortHandle, Id, JoinError, LocalSet};
use crate::runtime::Handle;
use std::fmt;
use std::future::Future;
use std::task::{Context, Poll, Waker};

/// A set of spawned tasks, whose results come in the order in which they end.
///
/// # Dropping
///
/// Cancels all tasks that are still in the set.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::task::JoinSet;
///
/// tokio::runtime::Runtime::new().unwrap().block_on(async {
///     let mut set = JoinSet::new();
///     for n in 1..=3 {
///         set.spawn(async move { n });
///     }
///     let mut sum = 0;
///     while let Some(n) = set.join_next().await {
///         sum += n.unwrap();
///     }
///     assert_eq!(sum, 6);
/// });
/// ```
pub struct JoinSet<T> {
    set: tokio::task::JoinSet<T>,
}

impl<T> JoinSet<T> {
    /// Returns an empty set.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let set = tokio::task::JoinSet::<()>::new();
    /// assert!(set.is_empty());
    /// ```
    pub fn new() -> JoinSet<T> {
        JoinSet { set: tokio::task::JoinSet::new() }
    }

    /// Spawns `future` into the set.
    ///
    /// # Panics
    ///
    /// Outside of a runtime.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     let mut set = tokio::task::JoinSet::new();
    ///     set.spawn(async { 1 });
    ///     assert_eq!(set.join_next().await.unwrap().unwrap(), 1);
    /// });
    /// ```
    #[track_caller]
    pub fn spawn<F>(&mut self, future: F) -> AbortHandle
    where
        F: Future<Output = T> + Send + 'static,
        T: Send + 'static,
    {
        self.set.insert(super::spawn(future))
    }

    /// Runs `f`, which may block, as a task of the set.
    ///
    /// # Panics
    ///
    /// Outside of a runtime.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::runtime::Runtime;
    /// use tokio::task::JoinSet;
    ///
    /// Runtime::new().unwrap().block_on(async {
    ///     let mut set = JoinSet::new();
    ///     set.spawn_blocking(|| 7);
    ///     assert_eq!(set.join_next().await.unwrap().unwrap(), 7);
    /// });
    /// ```
    #[track_caller]
    pub fn spawn_blocking<F>(&mut self, f: F) -> AbortHandle
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        self.set.insert(super::spawn_blocking(f))
    }

    /// Spawns `future` into the set, on the runtime of `handle`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let runtime = tokio::runtime::Runtime::new().unwrap();
    /// let mut set = tokio::task::JoinSet::new();
    /// set.spawn_on(async { 1 }, runtime.handle());
    /// assert_eq!(runtime.block_on(set.join_next()).unwrap().unwrap(), 1);
    /// ```
    #[track_caller]
    pub fn spawn_on<F>(&mut self, future: F, handle: &Handle) -> AbortHandle
    where
        F: Future<Output = T> + Send + 'static,
        T: Send + 'static,
    {
        self.set.insert(handle.spawn(future))
    }

    /// Spawns `future` into the set, on this thread.
    ///
    /// # Panics
    ///
    /// As [`spawn_local`].
    #[track_caller]
    pub fn spawn_local<F>(&mut self, future: F) -> AbortHandle
    where
        F: Future<Output = T> + 'static,
        T: 'static,
    {
        self.set.insert(spawn_local(future))
    }

    /// Spawns `future` into this set and into `local`.
    ///
    /// # Panics
    ///
    /// As [`LocalSet::spawn_local`].
    #[track_caller]
    pub fn spawn_local_on<F>(&mut self, future: F, local: &LocalSet) -> AbortHandle
    where
        F: Future<Output = T> + 'static,
        T: 'static,
    {
        self.set.insert(local.spawn_local(future))
    }

    /// Runs `f`, which may block, as a task of the set on the runtime of `handle`.
    #[track_caller]
    pub fn spawn_blocking_on<F>(&mut self, f: F, handle: &Handle) -> AbortHandle
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        self.set.insert(handle.spawn_blocking(f))
    }

    /// Returns the number of tasks whose result was not given out yet.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let mut set = tokio::task::JoinSet::new();
    /// set.spawn(async {});
    /// assert_eq!(set.len(), 1);
    /// # });
    /// ```
    pub fn len(&self) -> usize {
        self.set.len()
    }

    /// Returns whether there is no such task.
    pub fn is_empty(&self) -> bool {
        self.set.is_empty()
    }

    /// Returns the result of the next task that ends, or `None` if the set is empty.
    ///
    /// # Errors
    ///
    /// If the task panicked or was cancelled.
    ///
    /// # Dropping
    ///
    /// Loses nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::runtime::Runtime;
    /// use tokio::task::JoinSet;
    ///
    /// Runtime::new().unwrap().block_on(async {
    ///     let mut set = JoinSet::new();
    ///     set.spawn(async { "done" });
    ///     assert_eq!(set.join_next().await.unwrap().unwrap(), "done");
    ///     assert!(set.join_next().await.is_none());
    /// });
    /// ```
    pub async fn join_next(&mut self) -> Option<Result<T, JoinError>> {
        self.set.join_next().await
    }

    /// Returns the result of a task that has ended, if there is one.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let mut set = tokio::task::JoinSet::new();
    /// set.spawn(std::future::pending::<()>());
    /// assert!(set.try_join_next().is_none());
    /// # });
    /// ```
    pub fn try_join_next(&mut self) -> Option<Result<T, JoinError>> {
        // A task that asks once is not one that goes on for ever.
        let mut cx = Context::from_waker(Waker::noop());
        let polled = tokio_executor::coop::unlimited(|| self.poll_join_next(&mut cx));
        match polled {
            Poll::Ready(joined) => joined,
            Poll::Pending => None,
        }
    }

    /// Works like [`join_next`](JoinSet::join_next), with the id of the task.
    ///
    /// # Dropping
    ///
    /// Loses nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     let mut set = tokio::task::JoinSet::new();
    ///     let id = set.spawn(async { 1 }).id();
    ///     assert_eq!(set.join_next_with_id().await.unwrap().unwrap(), (id, 1));
    /// });
    /// ```
    pub async fn join_next_with_id(&mut self) -> Option<Result<(Id, T), JoinError>> {
        std::future::poll_fn(|cx| self.poll_join_next_with_id(cx)).await
    }

    /// Works like [`try_join_next`](JoinSet::try_join_next), with the id of the task.
    pub fn try_join_next_with_id(&mut self) -> Option<Result<(Id, T), JoinError>> {
        let mut cx = Context::from_waker(Waker::noop());
        let polled = tokio_executor::coop::unlimited(|| self.poll_join_next_with_id(&mut cx));
        match polled {
            Poll::Ready(joined) => joined,
            Poll::Pending => None,
        }
    }

    /// Works like [`join_next_with_id`](JoinSet::join_next_with_id), by hand.
    pub fn poll_join_next_with_id(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<(Id, T), JoinError>>> {
        let polled = self.set.poll_join_next_with_id(&cx.into());
        polled.map(|joined| joined.map(|(id, result)| result.map(|result| (id, result))))
    }

    /// Returns the results of all tasks, in the order in which they end.
    ///
    /// # Panics
    ///
    /// With the panic of a task, or if one was cancelled. The others are cancelled then.
    ///
    /// # Dropping
    ///
    /// Cancels the tasks that are left, and drops the results so far.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::runtime::Runtime;
    /// use tokio::task::JoinSet;
    ///
    /// Runtime::new().unwrap().block_on(async {
    ///     let mut set = JoinSet::new();
    ///     set.spawn(async { 1 });
    ///     set.spawn(async { 2 });
    ///     assert_eq!(set.join_all().await.iter().sum::<i32>(), 3);
    /// });
    /// ```
    pub async fn join_all(mut self) -> Vec<T> {
        let mut results = Vec::with_capacity(self.len());
        while let Some(joined) = self.join_next().await {
            match joined {
                Ok(result) => results.push(result),
                Err(e) => match e.try_into_panic() {
                    Ok(payload) => std::panic::resume_unwind(payload),
                    Err(e) => panic!("cannot join all: {e}"),
                },
            }
        }
        results
    }

    /// Works like [`join_next`](JoinSet::join_next), by hand.
    pub fn poll_join_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<T, JoinError>>> {
        self.set.poll_join_next(&cx.into())
    }

    /// Cancels all tasks of the set; each is still to be joined.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::runtime::Runtime;
    /// use tokio::task::JoinSet;
    ///
    /// Runtime::new().unwrap().block_on(async {
    ///     let mut set = JoinSet::new();
    ///     set.spawn(std::future::pending::<()>());
    ///     set.abort_all();
    ///     assert!(set.join_next().await.unwrap().unwrap_err().is_cancelled());
    /// });
    /// ```
    pub fn abort_all(&mut self) {
        self.set.abort_all();
    }

    /// Lets all tasks of the set go on by themselves, and empties it.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let mut set = tokio::task::JoinSet::new();
    /// set.spawn(async { println!("runs all the same") });
    /// set.detach_all();
    /// assert!(set.is_empty());
    /// # });
    /// ```
    pub fn detach_all(&mut self) {
        self.set.detach_all();
    }

    /// Cancels all tasks of the set, and waits until each has ended.
    ///
    /// # Dropping
    ///
    /// Once polled, all tasks were cancelled; those that were not joined are still in the set.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     let mut set = tokio::task::JoinSet::new();
    ///     set.spawn(std::future::pending::<()>());
    ///     set.shutdown().await;
    ///     assert!(set.is_empty());
    /// });
    /// ```
    pub async fn shutdown(&mut self) {
        self.set.shutdown().await;
    }
}

impl<T, F> FromIterator<F> for JoinSet<T>
where
    F: Future<Output = T> + Send + 'static,
    T: Send + 'static,
{
    /// Spawns all of `futures` into a set.
    fn from_iter<I: IntoIterator<Item = F>>(futures: I) -> JoinSet<T> {
        let mut set = JoinSet::new();
        set.extend(futures);
        set
    }
}

impl<T, F> Extend<F> for JoinSet<T>
where
    F: Future<Output = T> + Send + 'static,
    T: Send + 'static,
{
    /// Spawns all of `futures` into the set.
    fn extend<I: IntoIterator<Item = F>>(&mut self, futures: I) {
        for future in futures {
            self.spawn(future);
        }
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
