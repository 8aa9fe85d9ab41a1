//! An executor that keeps its tasks on one thread, so that they need not be `Send`.
//!
//! [`CurrentThread`] runs the tasks; inside one, [`spawn`] starts another. It sleeps in
//! any [`Park`](tokio_executor::park::Park). The runtime that joins it to a reactor and
//! timers is [`runtime::current_thread`](crate::runtime::current_thread).
//!
//! A task that is woken by another of the same executor goes through a plain queue: no
//! lock, and no atomic operation but those on the task's own state. Wakes from other
//! threads come through a second, lock-free queue.
//!
//! The files in the path of an event: `handle` (spawn) and a task's waker lead to
//! `here`, by way of `remote` if they come from another thread; `drive` is the
//! loop that polls and parks; `root` makes a task of the future that `block_on` waits
//! for. `home` is what belongs to the executor's thread, `shared` what others see of it.
//!
//! Called by programs, and by `runtime::current_thread`.
//!
//! Always true: a task is polled and dropped on the executor's thread.
//!
//! Why not the pool with one worker? Its tasks must be `Send`, and its queues are shared with
//! thieves.
//!
//! # Examples
//!
//! ```
//! use futures::future;
//! use tokio::current_thread;
//!
//! let answer = current_thread::block_on_all(future::lazy(|| {
//!     // An executor runs here now, so a task can be spawned.
//!     current_thread::spawn(future::lazy(|| Ok(println!("runs before the call returns"))));
//!     Ok::<_, ()>(42)
//! }));
//! assert_eq!(answer, Ok(42));
//! ```

mod error;

mod core_cell;
mod drive;
mod entered;
mod executor;
mod handle;
#[expect(unsafe_code, reason = "an executor's tasks and threads have its plain address")]
mod here;
#[expect(unsafe_code, reason = "the run queue is changed through a shared reference")]
mod home;
#[cfg(all(test, loom))]
#[expect(unsafe_code, reason = "models make tasks without an executor")]
mod loom_tests;
#[cfg(all(test, loom))]
#[expect(unsafe_code, reason = "models share data whose ordering they check")]
mod loop_models;
#[expect(unsafe_code, reason = "an executor of tasks that are Send goes to another thread")]
mod movable;
mod numbers;
#[expect(unsafe_code, reason = "tasks are chained and handed over as plain addresses")]
mod remote;
mod ring;
#[expect(unsafe_code, reason = "the future of a block_on is lent to its task")]
pub(crate) mod root;
#[expect(unsafe_code, reason = "what belongs to one thread is shared with all")]
mod shared;
mod task_set;
#[cfg(all(test, not(loom)))]
#[expect(clippy::unit_arg, reason = "`Ok(set())` is how a futures 0.1 task does one thing")]
mod tests;
mod visible;
#[cfg_attr(not(feature = "inspect"), allow(dead_code, reason = "`inspect` asks"))]
pub(crate) mod waiting;

// Hidden: for the interfaces of tokio 1.x and 0.2.
#[doc(hidden)]
pub use self::core_cell::{Claim, CoreCell};
pub use self::error::{BlockError, RunError, RunTimeoutError, TurnError};
pub use self::executor::{CurrentThread, Entered, Turn};
#[cfg(feature = "inspect")]
pub(crate) use self::handle::SPAWNS_FOR_OTHERS;
pub use self::handle::{Handle, TaskExecutor};
// Hidden: for the interfaces of tokio 1.x and 0.2.
#[doc(hidden)]
pub use self::movable::{defer, is_driving, Movable, Spawner};
// Hidden: for the interfaces of tokio 1.x and 0.2.
#[doc(hidden)]
pub use self::numbers::Numbers;
// Hidden: for the interfaces of tokio 1.x and 0.2.
#[doc(hidden)]
pub use self::task_set::TaskSet;

use self::here::Here;
use futures::Future;
use tokio_executor::task::JoinHandle;
use tokio_executor::SpawnError;

/// Runs `future` and everything it spawns on this thread, and returns its result once
/// all of that is done.
///
/// # Errors
///
/// The error of `future`; only after the tasks it spawned are done too.
///
/// # Panics
///
/// If this thread runs an executor already, or with the panic of a task.
///
/// # Examples
///
/// ```
/// use futures::future;
/// use tokio::current_thread;
///
/// let result = current_thread::block_on_all(future::lazy(|| {
///     current_thread::spawn(future::ok(()));
///     Ok::<_, ()>(1)
/// }));
/// assert_eq!(result.unwrap(), 1);
/// ```
#[track_caller]
pub fn block_on_all<F>(future: F) -> Result<F::Item, F::Error>
where
    F: Future,
{
    let mut executor = CurrentThread::new();
    let result = executor.block_on(future);
    executor.run().unwrap_or_else(|e| panic!("{e}"));
    result.map_err(|e| e.into_inner().expect("parking a thread cannot fail"))
}

/// Works like [`block_on_all`], for a std future.
///
/// # Panics
///
/// As for [`block_on_all`].
///
/// # Examples
///
/// ```
/// assert_eq!(tokio::current_thread::block_on_all_std(async { 42 }), 42);
/// ```
#[track_caller]
pub fn block_on_all_std<F>(future: F) -> F::Output
where
    F: std::future::Future,
{
    let mut executor = CurrentThread::new();
    let output = executor.block_on_std(future).unwrap_or_else(|e| panic!("{e}"));
    executor.run().unwrap_or_else(|e| panic!("{e}"));
    output
}

/// Spawns `future` on the executor that runs on this thread.
///
/// # Panics
///
/// If no [`CurrentThread`] runs on this thread, or if it is being dropped.
///
/// # Examples
///
/// ```
/// use futures::future;
/// use tokio::current_thread;
///
/// current_thread::block_on_all(future::lazy(|| {
///     current_thread::spawn(future::lazy(|| {
///         println!("a task of its own");
///         Ok(())
///     }));
///     Ok::<_, ()>(())
/// }))
/// .unwrap();
/// ```
#[track_caller]
pub fn spawn<F>(future: F)
where
    F: Future<Item = (), Error = ()> + 'static,
{
    expect_current(|here| here.spawn(future)).unwrap_or_else(|e| panic!("{e}"));
}

/// Works like [`spawn`], for a std future.
///
/// # Panics
///
/// As for [`spawn`].
///
/// # Examples
///
/// ```
/// use std::rc::Rc;
/// use tokio::current_thread;
///
/// current_thread::block_on_all_std(async {
///     let here = Rc::new("not `Send`");
///     current_thread::spawn_std(async move { println!("{here}") });
/// });
/// ```
#[track_caller]
pub fn spawn_std<F>(future: F)
where
    F: std::future::Future<Output = ()> + 'static,
{
    expect_current(|here| here.spawn_std(future)).unwrap_or_else(|e| panic!("{e}"));
}

/// Works like [`spawn`], and gives a handle to the result.
///
/// # Panics
///
/// If no [`CurrentThread`] runs on this thread.
///
/// # Examples
///
/// ```
/// use futures::future;
/// use tokio::current_thread;
///
/// let result = current_thread::block_on_all(future::lazy(|| {
///     current_thread::spawn_handle(future::err::<(), _>("no luck"))
/// }));
/// assert_eq!(result.unwrap(), Err("no luck"));
/// ```
#[track_caller]
pub fn spawn_handle<F>(future: F) -> JoinHandle<Result<F::Item, F::Error>>
where
    F: Future + 'static,
{
    expect_current(|here| here.spawn_handle(future))
}

/// Works like [`spawn_handle`], for a std future.
///
/// # Panics
///
/// As for [`spawn_handle`].
///
/// # Examples
///
/// ```
/// use std::rc::Rc;
/// use tokio::current_thread;
///
/// let seven = current_thread::block_on_all_std(async {
///     current_thread::spawn_handle_std(async { Rc::new(7) }).await
/// });
/// assert_eq!(*seven.unwrap(), 7);
/// ```
#[track_caller]
pub fn spawn_handle_std<F>(future: F) -> JoinHandle<F::Output>
where
    F: std::future::Future + 'static,
{
    expect_current(|here| here.spawn_handle_std(future))
}

/// Returns the task that runs on this thread. The future of a `block_on` is none, and belongs to
/// the task that called it, if one did.
// Hidden: for the interfaces of tokio 1.x and 0.2.
#[doc(hidden)]
pub fn running_id() -> Option<tokio_executor::task::Id> {
    root::running_id()
}

fn expect_current<R>(f: impl FnOnce(Here<'_>) -> R) -> R {
    Here::with_current_local(f).unwrap_or_else(|| panic!("{}", SpawnError::shutdown()))
}
