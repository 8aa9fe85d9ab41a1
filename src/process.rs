//! Child processes.
//!
//! [`CommandExt`] adds to std's `Command` what makes of a child a future of its exit
//! status, and of its pipes asynchronous readers and writers.
//!
//! A [`Child`] that is dropped is killed, unless it was [forgotten](Child::forget).
//! Either way it does not stay behind as a zombie: its exit status is collected by the
//! process, later and in the background, without blocking the drop.
//!
//! The modules: `command` starts a child, `child` waits for it, `output` gathers what a
//! child writes, and `stdio` are the pipes. In `unix` and `windows`: `exit` is how it becomes
//! known that a child has ended, `pipe` is a pipe's end, and `orphans` takes the children that
//! nobody waits for.
//!
//! # Forks
//!
//! A child made by `Command` executes another program, and gets none of the descriptors
//! that the runtime stands on. One made by a bare `fork` shares them with its parent:
//! whatever it would do with the runtime, it would do to the parent's. So it must not
//! use the runtime, its sockets or its timers; `exec`, or `_exit`. Listeners to signals,
//! and children, fail with an error there instead of waiting.
//!
//! # Examples
//!
//! ```
//! use futures::Future;
//! use std::process::Command;
//! use tokio::process::CommandExt;
//!
//! let greeting = Command::new("echo")
//!     .arg("hello")
//!     .output_async()
//!     .map(|output| assert_eq!(output.stdout, b"hello\n"))
//!     .map_err(|e| panic!("cannot run `echo`: {e}"));
//! tokio::run(greeting);
//! ```

mod child;
mod command;
mod output;
mod stdio;

#[cfg(unix)]
mod unix;
#[cfg(unix)]
use self::unix as os;

#[cfg(windows)]
mod windows;
#[cfg(windows)]
use self::windows as os;

pub use self::child::{Child, StatusAsync};
pub use self::command::CommandExt;
pub use self::output::{OutputAsync, WaitWithOutput};
pub use self::stdio::{ChildStderr, ChildStdin, ChildStdout};

/// The former name of [`StatusAsync`].
#[deprecated(since = "0.2.1", note = "renamed to `StatusAsync`")]
#[doc(hidden)]
pub type StatusAsync2 = StatusAsync;

#[cfg(all(test, unix))]
mod tests;
