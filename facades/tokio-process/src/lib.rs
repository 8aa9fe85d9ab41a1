//! `tokio::process` under the name of the stock crate.

pub use tokio::process::*;
