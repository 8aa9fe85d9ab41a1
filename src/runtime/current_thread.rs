//! A runtime on one thread: executor, timers and reactor, one inside the other.
//!
//! Its tasks need not be `Send`, and cost no locks among themselves. [`Runtime`] runs
//! them; [`Handle`] spawns more from other threads; inside a task, [`spawn`] does.
//!
//! Called by programs; `runtime` has the type.
//!
//! Always true: the functions return once all tasks are done, and none outlives them.
//!
//! Why functions beside the type? Most programs on one thread build a runtime, run it to its end,
//! and drop it.
//!
//! # Examples
//!
//! ```
//! use futures::future;
//! use std::rc::Rc;
//! use tokio::runtime::current_thread::Runtime;
//!
//! let mut runtime = Runtime::new().unwrap();
//! let shared = Rc::new(1);
//! let of_task = shared.clone();
//! runtime.spawn(future::lazy(move || {
//!     assert_eq!(*of_task, 1);
//!     Ok(())
//! }));
//! let answer = runtime.block_on(future::ok::<_, ()>(*shared + 41));
//! assert_eq!(answer, Ok(42));
//! runtime.run().unwrap();
//! ```

mod builder;
mod runtime;
#[cfg(test)]
#[expect(clippy::unit_arg, reason = "`Ok(set())` is how a futures 0.1 task does one thing")]
mod tests;

pub use self::builder::Builder;
pub use self::runtime::{Handle, RunError, Runtime};
pub use crate::current_thread::{spawn, spawn_handle, spawn_handle_std, spawn_std, TaskExecutor};

use crate::current_thread::Movable;
use futures::Future;
use std::time::Duration;
use tokio_executor::park::Park;

/// Makes the executor of a runtime that goes from thread to thread; see [`Movable::new`].
// Hidden: for the interfaces of tokio 1.x and 0.2.
#[doc(hidden)]
pub fn movable<P: Park>(park: P, prompt: bool, poll_times: Option<Vec<Duration>>) -> Movable<P> {
    super::runtime_starts();
    Movable::new(park, prompt, poll_times)
}

/// Runs `future` and everything it spawns on this thread, and returns its result once
/// all of that is done.
///
/// # Errors
///
/// The error of `future`, at once: the tasks it spawned are dropped then.
///
/// # Panics
///
/// If no runtime can be made, if this thread runs an executor already, or with the
/// panic of a task.
///
/// # Examples
///
/// ```
/// use futures::future;
/// use tokio::runtime::current_thread::block_on_all;
///
/// let result = block_on_all(future::lazy(|| {
///     tokio::spawn(future::ok(()));
///     Ok::<_, ()>(1)
/// }));
/// assert_eq!(result, Ok(1));
/// ```
#[track_caller]
pub fn block_on_all<F>(future: F) -> Result<F::Item, F::Error>
where
    F: Future,
{
    let mut runtime = new_runtime();
    let item = runtime.block_on(future)?;
    run_all(&mut runtime);
    Ok(item)
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
/// use tokio::runtime::current_thread;
///
/// assert_eq!(current_thread::block_on_all_std(async { 42 }), 42);
/// ```
#[track_caller]
pub fn block_on_all_std<F>(future: F) -> F::Output
where
    F: std::future::Future,
{
    let mut runtime = new_runtime();
    let output = runtime.block_on_std(future);
    run_all(&mut runtime);
    output
}

/// Runs `future` and everything it spawns on this thread until all of it is done.
///
/// # Panics
///
/// As for [`block_on_all`].
///
/// # Examples
///
/// ```
/// use futures::future;
/// use tokio::runtime::current_thread;
///
/// current_thread::run(future::lazy(|| {
///     println!("on this thread");
///     Ok(())
/// }));
/// ```
#[track_caller]
pub fn run<F>(future: F)
where
    F: Future<Item = (), Error = ()> + 'static,
{
    let mut runtime = new_runtime();
    runtime.spawn(future);
    run_all(&mut runtime);
}

/// Works like [`run`], for a std future.
///
/// # Panics
///
/// As for [`block_on_all`].
///
/// # Examples
///
/// ```
/// tokio::runtime::current_thread::run_std(async { println!("on this thread") });
/// ```
#[track_caller]
pub fn run_std<F>(future: F)
where
    F: std::future::Future<Output = ()> + 'static,
{
    let mut runtime = new_runtime();
    runtime.spawn_std(future);
    run_all(&mut runtime);
}

fn new_runtime() -> Runtime {
    Runtime::new().unwrap_or_else(|e| panic!("cannot start a current-thread runtime: {e}"))
}

fn run_all(runtime: &mut Runtime) {
    runtime.run().unwrap_or_else(|e| panic!("{e}"));
}
