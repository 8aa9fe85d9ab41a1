//! `tokio::process` under the name of the upstream crate.

#![warn(missing_docs)]

#[cfg(unix)]
pub use tokio::process::*;

#[cfg(not(unix))]
compile_error!("tokio-process is for Unix: `tokio::process` has no other system yet");
