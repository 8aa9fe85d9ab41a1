//! `tokio::signal` under the name of the upstream crate.

#![warn(missing_docs)]

#[cfg(unix)]
pub use tokio::signal::*;

#[cfg(not(unix))]
compile_error!("tokio-signal is for Unix: `tokio::signal` has no other system yet");
