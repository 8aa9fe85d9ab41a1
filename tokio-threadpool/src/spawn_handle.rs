//! The result of a future on a pool.

use futures::{Future, Poll};
use std::fmt;
use std::pin::Pin;
use std::task;
use tokio_executor::task::{Context, JoinError, JoinHandle};

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

    fn poll_cx(&mut self, cx: &Context<'_>) -> task::Poll<Result<T, E>> {
        self.handle.poll_join(cx).map(|joined| {
            joined.unwrap_or_else(|e| match JoinError::try_into_panic(e) {
                Ok(payload) => std::panic::resume_unwind(payload),
                Err(e) => panic!("the pool dropped the future: {e}"),
            })
        })
    }

    /// Returns this future: it is of std already. For code with a `compat` of both directions in
    /// scope.
    // Hidden: nobody needs it but code that calls `compat` on whatever it has.
    #[doc(hidden)]
    pub fn compat(self) -> Self {
        self
    }
}

impl<T, E> Future for SpawnHandle<T, E> {
    type Item = T;
    type Error = E;

    fn poll(&mut self) -> Poll<T, E> {
        tokio_executor::internals::convert::into_async(self.poll_cx(&Context::current()))
    }
}

impl<T, E> std::future::Future for SpawnHandle<T, E> {
    type Output = Result<T, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut task::Context<'_>) -> task::Poll<Result<T, E>> {
        self.get_mut().poll_cx(&Context::from(cx))
    }
}

impl<T, E> Unpin for SpawnHandle<T, E> {}

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
