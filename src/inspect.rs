//! A look inside a running process: its tasks, what they wait for, and why it is stuck.
//!
//! | what | how |
//! | --- | --- |
//! | the list of tasks | [`tasks`] |
//! | where each task waits or runs, with its stack | [`dump`] |
//! | what cannot go on, and why | [`diagnose`], part of every dump |
//! | polls that last long | [`on_long_poll`] |
//! | panics and errors that nobody looks at | [`on_unobserved`] |
//! | the numbers of all runtimes | [`metrics`], and as text for Prometheus [`prometheus`] |
//! | all of it over HTTP, for people and programs | [`serve`], or `TOKIO_INSPECT=127.0.0.1:6669` |
//! | all of it without a socket | [`on_signal`], or `TOKIO_INSPECT=signal` |
//!
//! While nobody looks, nothing is recorded; a task costs 16 bytes for its number and the place
//! of its spawn. Polls, busy time, wakes and waits are recorded while a [`Recording`] is
//! there; [`serve`] and [`on_signal`] keep one. [`dump`] needs none.
//!
//! The list has the tasks of every [`Runtime`](crate::runtime::Runtime) from their first wait
//! on. Tasks of executors of one thread, and those in their first poll, are in it while a
//! recording is there, from their next poll on.
//!
//! # Examples
//!
//! ```
//! use futures::{future, Future};
//! use tokio::inspect::{self, Inspect};
//! use tokio::runtime::Runtime;
//!
//! let mut runtime = Runtime::new()?;
//! let (polled, has_been_polled) = std::sync::mpsc::channel();
//! runtime.spawn(future::poll_fn(move || {
//!     polled.send(()).unwrap();
//!     Ok(futures::Async::NotReady)
//! }).named("forgetful"));
//! has_been_polled.recv().unwrap();
//!
//! # while !inspect::tasks().iter().any(|task| task.is_lost) { std::thread::yield_now(); }
//! let tasks = inspect::tasks();
//! let task = tasks.iter().find(|task| task.name.as_deref() == Some("forgetful")).unwrap();
//! assert!(task.is_lost, "it has left its waker nowhere");
//! # Ok::<(), std::io::Error>(())
//! ```

mod diagnosis;
mod dump;
mod endpoint;
mod env;
mod frames;
mod named;
mod places;
mod registry;
mod render;
mod running;
#[cfg(unix)]
#[expect(unsafe_code, reason = "a signal handler is registered")]
mod signal;
#[cfg(not(feature = "tracing"))]
#[path = "inspect/no_spans.rs"]
mod spans;
#[cfg(feature = "tracing")]
mod spans;
mod tasks;
#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod threads;
#[cfg(not(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"))))]
#[path = "inspect/no_threads.rs"]
mod threads;

pub use self::diagnosis::{diagnose, on_long_poll, on_unobserved, Finding};
pub(crate) use self::dump::unfinished;
#[doc(no_inline)]
pub use self::dump::DroppedTask;
pub use self::dump::{dump, Dump, Waiting};
pub use self::endpoint::serve;
// Hidden: for the interfaces of tokio 1.x and 0.2.
#[doc(hidden)]
pub use self::named::call_named;
pub use self::named::{Inspect, Named};
pub use self::running::ThreadStack;
#[cfg(unix)]
pub use self::signal::on_signal;
pub use self::tasks::{tasks, Recorded, Task, Wait};
#[doc(no_inline)]
pub use tokio_executor::internals::inspect::{Ending, LongPoll, Recording, TaskInfo, Unobserved};
pub use tokio_executor::task::{TaskKind, TaskState};

/// Prepares for a runtime that is about to be built.
pub(crate) fn runtime_starts() {
    env::start();
    spans::start();
    diagnosis::log_panics();
}

pub(crate) use self::registry::register;

use crate::runtime::metrics::{self, RuntimeMetrics};

/// Returns the numbers of all runtimes of the process, and how long tasks waited for their polls
/// after a wake while that was recorded, in the text format of Prometheus.
pub fn prometheus() -> String {
    let mut text = metrics::prometheus(&metrics());
    let delays = tokio_executor::internals::inspect::wake_delays();
    let (name, help) = ("wake_to_poll_seconds", "From a wake to the poll, while recorded.");
    text.push_str(&format!("# HELP tokio_{name} {help}\n# TYPE tokio_{name} histogram\n"));
    let (starts, counts) = (&delays.starts, &delays.counts);
    // Writing to a string does not fail.
    let _ = metrics::write_histogram(&mut text, name, "", starts, counts, delays.total);
    text
}

/// Returns the numbers of all runtimes of the process, by the names that they have in lists.
///
/// # Examples
///
/// ```
/// use tokio::runtime::Runtime;
///
/// let _runtime = Runtime::new().unwrap();
/// for (name, metrics) in tokio::inspect::metrics() {
///     println!("{name}: {} tasks", metrics.alive());
/// }
/// ```
pub fn metrics() -> Vec<(String, RuntimeMetrics)> {
    registry::runtimes().iter().map(|runtime| (runtime.name(), runtime.metrics())).collect()
}
