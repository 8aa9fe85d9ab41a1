//! Tasks, and handles to their results.

mod join_set;
mod local;
mod task_local;

pub use self::join_set::JoinSet;
pub use self::local::{spawn_local, LocalSet};
pub use self::task_local::{AccessError, LocalKey};
pub use tokio::task::{yield_now, AbortHandle, JoinError, JoinHandle};

use crate::runtime;
use futures::Async;
use std::future::Future;
use std::task::Poll;
use tokio_executor::{DefaultExecutor, Executor};

/// Spawns `future` on the runtime of this thread; the handle gets its result.
///
/// The task goes on if the handle is dropped.
///
/// # Panics
///
/// If the thread has no runtime, or if that has shut down.
///
/// # Examples
///
/// ```
/// # tokio_await::runtime::Runtime::new().unwrap().block_on(async {
/// let answer = tokio_await::spawn(async { 6 * 7 });
/// assert_eq!(answer.await.unwrap(), 42);
/// # });
/// ```
pub fn spawn<F>(future: F) -> JoinHandle<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    match elsewhere() {
        Some(handle) => handle.spawn(future),
        None => tokio::task::spawn_std(future),
    }
}

/// Runs `f`, which may block, on a thread that no task waits for; the handle gets its
/// result.
///
/// # Panics
///
/// If the thread has no runtime, or if that has shut down.
///
/// # Examples
///
/// ```
/// # tokio_await::runtime::Runtime::new().unwrap().block_on(async {
/// let sum = tokio_await::task::spawn_blocking(|| (1..=100).sum::<u32>());
/// assert_eq!(sum.await.unwrap(), 5050);
/// # });
/// ```
pub fn spawn_blocking<F, R>(f: F) -> JoinHandle<R>
where
    F: FnOnce() -> R + Send + 'static,
    R: Send + 'static,
{
    match elsewhere() {
        Some(handle) => handle.spawn_blocking(f),
        None => tokio::task::spawn_blocking(f),
    }
}

/// The runtime of this thread, if what is spawned there does not go by way of the thread's
/// executor: it has none, or is beside a runtime of one thread.
fn elsewhere() -> Option<runtime::Handle> {
    if runtime::is_seat() || DefaultExecutor::current().status().is_err() {
        runtime::current()
    } else {
        None
    }
}

/// Gives other tasks a turn if this one has done as much in one poll as it may.
///
/// For loops that wait for nothing of ours.
pub async fn consume_budget() {
    std::future::poll_fn(|cx| {
        if tokio_executor::coop::proceed(&cx.into()) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
}

/// Runs `f`, which may block, here and now, while another thread takes over as the worker.
///
/// `f` may block on a future. On a thread that is no worker, it is just called: what runs
/// on that thread waits.
///
/// # Examples
///
/// ```
/// # tokio_await::runtime::Runtime::new().unwrap().block_on(async {
/// let task = tokio_await::spawn(async {
///     tokio_await::task::block_in_place(|| (1..=100).sum::<u32>())
/// });
/// assert_eq!(task.await.unwrap(), 5050);
/// # });
/// ```
pub fn block_in_place<F, R>(f: F) -> R
where
    F: FnOnce() -> R,
{
    let mut f = Some(f);
    let mut call = || f.take().map(|f| f());
    let done = match tokio_threadpool::blocking(&mut call) {
        Ok(Async::Ready(done)) => done,
        // So many block that this worker has no substitute: its tasks are stolen.
        Ok(Async::NotReady) | Err(_) => None,
    };
    done.or_else(call).expect("it is called once")
}
