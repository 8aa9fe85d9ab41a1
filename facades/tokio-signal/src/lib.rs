//! `tokio::signal` under the name of the upstream crate.

#![warn(missing_docs)]

#[cfg(any(unix, windows))]
pub use tokio::signal::*;

#[cfg(not(any(unix, windows)))]
compile_error!("tokio-signal is for Unix and Windows");
