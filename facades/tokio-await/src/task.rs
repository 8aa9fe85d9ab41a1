//! Tasks, and handles to their results.
//!
//! Programs call it from inside a runtime; `runtime::handle` does the work.
//!
//! Always true: what a closed runtime refuses is dropped, and its join handle says that it was
//! cancelled. A task outlives its join handle.
//!
//! Why are these functions and no methods? They have no runtime in hand: each finds that of its
//! thread first.

mod builder;
pub mod coop;
pub mod futures;
pub mod join_set;
mod local;
mod task_local;

pub use self::builder::Builder;
pub use self::coop::{consume_budget, unconstrained, Unconstrained};
pub use self::join_set::JoinSet;
pub use self::local::{spawn_local, LocalEnterGuard, LocalSet};
pub use self::task_local::LocalKey;
pub use tokio_executor::task::{AbortHandle, Id, JoinError, JoinHandle};

use crate::runtime::context::{self, Mode};
use crate::runtime::Handle;
use ::futures::Async;
use std::future::{poll_fn, Future};
use std::task::Poll;
use tokio_executor::task::NewTask;
use tokio_executor::{DefaultExecutor, Executor};

/// Spawns `future` on the runtime of this thread; the handle gets its result.
///
/// The task goes on if the handle is dropped.
///
/// # Panics
///
/// If the thread has no runtime.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// tokio::runtime::Runtime::new().unwrap().block_on(async {
///     let answer = tokio::spawn(async { 6 * 7 });
///     assert_eq!(answer.await.unwrap(), 42);
/// });
/// ```
#[track_caller]
pub fn spawn<F>(future: F) -> JoinHandle<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    if !context::spawns_natively() {
        return Handle::current().spawn(future);
    }
    let (task, handle) = NewTask::joined_bridged(future);
    // Refused, it is dropped, which is what its handle says then.
    let _ = DefaultExecutor::current().spawn_task(task);
    handle
}

/// Runs `f`, which may block, on a thread that no task waits for; the handle gets its
/// result.
///
/// # Panics
///
/// If the thread has no runtime.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// tokio::runtime::Runtime::new().unwrap().block_on(async {
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
    Handle::current().spawn_blocking(f)
}

/// Gives other tasks, and the reactor and timers, a turn.
///
/// # Dropping
///
/// Has no effect.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// tokio::runtime::Runtime::new().unwrap().block_on(async {
///     tokio::task::yield_now().await;
/// });
/// ```
pub async fn yield_now() {
    let mut yielded = false;
    poll_fn(|cx| {
        if std::mem::replace(&mut yielded, true) {
            return Poll::Ready(());
        }
        let cx = tokio_executor::task::Context::from(&*cx);
        if !tokio::current_thread::defer(&cx) {
            tokio_threadpool::internals::look_after_round();
            cx.wake();
        }
        Poll::Pending
    })
    .await;
}

/// Returns the id of the task that calls it.
///
/// # Panics
///
/// If called elsewhere, in the future of an outermost `block_on` for instance.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// tokio::runtime::Runtime::new().unwrap().block_on(async {
///     tokio::spawn(async { println!("this is task {}", tokio::task::id()) }).await.unwrap();
/// });
/// ```
#[track_caller]
pub fn id() -> Id {
    match try_id() {
        Some(id) => id,
        None => panic!("Can't get a task id when not inside a task"),
    }
}

/// Returns the id of the task that calls it, if one does.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// assert!(tokio::task::try_id().is_none());
/// ```
pub fn try_id() -> Option<Id> {
    tokio::current_thread::running_id()
}

/// Runs `f`, which may block, here and now, while another thread takes over as the worker.
///
/// `f` may block on a future, and has no budget. On a thread that runs no tasks it is just
/// called.
///
/// # Panics
///
/// On the thread of a current-thread runtime, and inside a [`LocalSet`]: no other thread can
/// run those tasks.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// tokio::runtime::Runtime::new().unwrap().block_on(async {
///     let task = tokio::spawn(async {
///         tokio::task::block_in_place(|| (1..=100).sum::<u32>())
///     });
///     assert_eq!(task.await.unwrap(), 5050);
/// });
/// ```
#[track_caller]
pub fn block_in_place<F, R>(f: F) -> R
where
    F: FnOnce() -> R,
{
    // No executor runs here, or it has been notified already.
    if !local::is_polling() && !tokio_executor::internals::is_entered() {
        return f();
    }
    let mut f = Some(|| tokio_executor::coop::unlimited(f));
    let mut call = || f.take().map(|f| f());
    let done = match context::mode() {
        Mode::Blocked if !local::is_polling() => tokio_executor::exit(&mut call),
        Mode::Worker if !local::is_polling() => match tokio_threadpool::blocking(&mut call) {
            Ok(Async::Ready(done)) => done,
            // So many block that this worker has no substitute: its tasks are stolen.
            Ok(Async::NotReady) => tokio_executor::exit(&mut call),
            Err(_) => None,
        },
        _ => None,
    };
    match done {
        Some(result) => result,
        None => panic!("can call blocking only when running on the multi-threaded runtime"),
    }
}
