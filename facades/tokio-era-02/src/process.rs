//! Child processes with tokio 0.2's methods, over `tokio-await`'s.

mod child;
mod command;

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
#[allow(unsafe_code, reason = "has an unsafe method of std's command")]
mod pre_exec;

pub use self::child::{Child, ChildStderr, ChildStdin, ChildStdout};
pub use self::command::Command;
