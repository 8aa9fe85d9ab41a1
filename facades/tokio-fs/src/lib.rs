//! `tokio::fs` under the name of the upstream crate.

#![warn(missing_docs)]

pub use tokio::fs::*;
