//! The result of a future on a pool.

use futures::{Async, Future, Poll};
use std::fmt;
use tokio_executor::task::{JoinError, JoinHandle};

/// The result of a future that was spawned with
/// [`ThreadPool::spawn_handle`](crate::ThreadPool::spawn_handle).
///
/// # Panics
///
/// When polled, if the future panicked (with the same payload), or if the pool dropped
/// it.
///
/// # Dropping
///
/// Cancels the future.
///
/// # Examples
///
/// ```
/// use futures::{future, Future};
/// use tokio_threadpool::ThreadPool;
///
/// let pool = ThreadPool::new();
/// let length = pool.spawn_handle(future::lazy(|| Ok::<_, ()>("a task".len())));
/// assert_eq!(length.map(|n| n * 2).wait(), Ok(12));
/// # pool.shutdown_on_idle().wait().unwrap();
/// ```
#[must_use = "dropping the handle cancels the future"]
pub struct SpawnHandle<T, E> {
    handle: JoinHandle<Result<T, E>>,
}

impl<T, E> SpawnHandle<T, E> {
    pub(crate) fn new(handle: JoinHandle<Result<T, E>>) -> SpawnHandle<T, E> {
        SpawnHandle { handle }
    }
}

impl<T, E> Future for SpawnHandle<T, E> {
    type Item = T;
    type Error = E;

    fn poll(&mut self) -> Poll<T, E> {
        match Future::poll(&mut self.handle) {
            Ok(Async::NotReady) => Ok(Async::NotReady),
            Ok(Async::Ready(result)) => result.map(Async::Ready),
            Err(e) => match JoinError::try_into_panic(e) {
                Ok(payload) => std::panic::resume_unwind(payload),
                Err(e) => panic!("the pool dropped the future: {e}"),
            },
        }
    }
}

impl<T, E> Drop for SpawnHandle<T, E> {
    fn drop(&mut self) {
        self.handle.abort();
    }
}

impl<T: fmt::Debug, E: fmt::Debug> fmt::Debug for SpawnHandle<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SpawnHandle").field("handle", &self.handle).finish()
    }
}
