//! Children of this process.
//!
//! The root crate's children under tokio 1.x's names: a [`Command`] is one of std, of which
//! nothing blocks.
//!
//! # Examples
//!
//! ```
//! # use tokio_await as tokio;
//! use tokio::process::Command;
//!
//! tokio::runtime::Runtime::new()?.block_on(async {
//!     let output = Command::new("echo").arg("hello").output().await?;
//!     assert_eq!(output.stdout, b"hello\n");
//!     Ok::<(), std::io::Error>(())
//! })?;
//! # Ok::<(), std::io::Error>(())
//! ```

mod child;
mod command;
mod stdio;

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
#[allow(unsafe_code, reason = "has an unsafe method of std's command")]
mod pre_exec;

#[cfg(unix)]
pub(crate) use self::child::{assert_runtime, is_reactor_gone};

pub use self::child::Child;
pub use self::command::Command;
pub use self::stdio::{ChildStderr, ChildStdin, ChildStdout};
