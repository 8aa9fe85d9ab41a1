//! `tokio::signal` under the name of the stock crate.

pub use tokio::signal::*;
