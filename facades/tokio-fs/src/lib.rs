//! `tokio::fs` under the name of the stock crate.

pub use tokio::fs::*;
