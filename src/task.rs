//! Tasks of either kind of future, and handles to their results.
//!
//! [`tokio::spawn`](crate::spawn) keeps the upstream signature, which returns nothing of
//! use. The functions here return a [`JoinHandle`], which is a future of both kinds: it
//! can be chained with `and_then` and awaited with `.await`.
//!
//! Called by programs inside a runtime, and by the façades of 1.x and 0.2.
//!
//! Always true: a task runs on the executor of the thread that spawned it, and outlives its join
//! handle.
//!
//! Why not a result from [`tokio::spawn`](crate::spawn)? What it returns,
//! [`Spawn`](crate::executor::Spawn), stands in the types of programs of tokio 0.1.
//!
//! # Examples
//!
//! ```
//! use futures::{future, Future};
//!
//! tokio::run(future::lazy(|| {
//!     let answer = tokio::task::spawn_std(async { 6 * 7 });
//!     answer.map(|n| assert_eq!(n, 42)).map_err(|e| panic!("{e}"))
//! }));
//! ```

mod join_set;

pub use self::join_set::JoinSet;
pub use tokio_executor::task::{AbortHandle, Id, JoinError, JoinHandle};

use futures::{Async, Future};
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio_executor::task::NewTask;
use tokio_executor::{DefaultExecutor, Executor};

/// Spawns a futures 0.1 future; the handle gets its result.
///
/// # Panics
///
/// If this thread has no executor, or if that has shut down.
///
/// # Examples
///
/// ```
/// use futures::{future, Future};
///
/// tokio::run(future::lazy(|| {
///     tokio::task::spawn(future::ok::<_, ()>(7))
///         .map(|result| assert_eq!(result, Ok(7)))
///         .map_err(|e| panic!("{e}"))
/// }));
/// ```
#[track_caller]
pub fn spawn<F>(future: F) -> JoinHandle<Result<F::Item, F::Error>>
where
    F: Future + Send + 'static,
    F::Item: Send + 'static,
    F::Error: Send + 'static,
{
    let (task, handle) = NewTask::joined(future);
    start(task);
    handle
}

/// Spawns a std future; the handle gets its result.
///
/// # Panics
///
/// If this thread has no executor, or if that has shut down.
///
/// # Examples
///
/// ```
/// tokio::run_std(async {
///     let answer = tokio::task::spawn_std(async { 6 * 7 });
///     assert_eq!(answer.await.unwrap(), 42);
/// });
/// ```
#[track_caller]
pub fn spawn_std<F>(future: F) -> JoinHandle<F::Output>
where
    F: std::future::Future + Send + 'static,
    F::Output: Send + 'static,
{
    let (task, handle) = NewTask::joined_std(future);
    start(task);
    handle
}

/// Runs `f`, which may block, in a task of its own on a thread that others do not wait
/// for; the handle gets its result.
///
/// Needs the thread pool: on another executor, `f` is run in place of a poll.
///
/// # Panics
///
/// If this thread has no executor, or if that has shut down.
///
/// # Examples
///
/// ```
/// tokio::run_std(async {
///     let sum = tokio::task::spawn_blocking(|| (1..=100).sum::<u32>());
///     assert_eq!(sum.await.unwrap(), 5050);
/// });
/// ```
#[track_caller]
pub fn spawn_blocking<F, R>(f: F) -> JoinHandle<R>
where
    F: FnOnce() -> R + Send + 'static,
    R: Send + 'static,
{
    spawn_std(block(f))
}

/// Runs `f`, which may block, in place of the worker that polls this; what
/// [`spawn_blocking`] spawns, for those who spawn it elsewhere.
// Hidden: for the interfaces of tokio 1.x and 0.2.
#[doc(hidden)]
pub fn block<F, R>(f: F) -> impl std::future::Future<Output = R> + Send
where
    F: FnOnce() -> R + Send,
    R: Send,
{
    let mut f = Some(f);
    std::future::poll_fn(move |cx| {
        let mut call = || f.take().map(|f| f());
        let result = match tokio_threadpool::internals::blocking_cx(&(&mut *cx).into(), &mut call) {
            Ok(Async::Ready(result)) => result,
            Ok(Async::NotReady) => return Poll::Pending,
            // Not on a pool: whoever runs this task has nobody else to run it.
            Err(_) => call(),
        };
        result.map_or(Poll::Pending, Poll::Ready)
    })
}

pub(crate) fn start(task: NewTask) {
    if let Err(e) = DefaultExecutor::current().spawn_task(task) {
        panic!("{e}");
    }
}

/// Gives other tasks a turn: pending once, then done.
///
/// A future of both kinds.
///
/// # Examples
///
/// ```
/// tokio::run_std(async {
///     tokio::task::yield_now().await;
/// });
/// ```
pub fn yield_now() -> YieldNow {
    YieldNow { yielded: false }
}

/// The future of [`yield_now`].
///
/// # Dropping
///
/// Has no effect.
///
/// # Examples
///
/// ```
/// use tokio::runtime::current_thread::block_on_all_std;
/// use tokio::task::YieldNow;
///
/// fn pause() -> YieldNow {
///     tokio::task::yield_now()
/// }
///
/// block_on_all_std(async { pause().await });
/// ```
#[must_use = "futures do nothing unless polled"]
#[derive(Debug)]
pub struct YieldNow {
    yielded: bool,
}

impl YieldNow {
    fn poll_cx(&mut self, cx: &tokio_executor::task::Context<'_>) -> bool {
        if self.yielded {
            return true;
        }
        self.yielded = true;
        cx.wake();
        false
    }
}

impl Future for YieldNow {
    type Item = ();
    type Error = ();

    fn poll(&mut self) -> futures::Poll<(), ()> {
        if self.poll_cx(&tokio_executor::task::Context::current()) {
            Ok(Async::Ready(()))
        } else {
            Ok(Async::NotReady)
        }
    }
}

impl std::future::Future for YieldNow {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.poll_cx(&cx.into()) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }
}
