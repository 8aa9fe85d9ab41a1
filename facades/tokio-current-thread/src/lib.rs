//! `tokio::current_thread` under the name of the upstream crate.

#![warn(missing_docs)]

pub use tokio::current_thread::*;
