//! `tokio::process` under the name of the upstream crate.

#![warn(missing_docs)]

#[cfg(any(unix, windows))]
pub use tokio::process::*;

#[cfg(not(any(unix, windows)))]
compile_error!("tokio-process is for Unix and Windows: `tokio::process` has no other system");
