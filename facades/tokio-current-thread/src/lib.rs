//! `tokio::current_thread` under the name of the stock crate.

pub use tokio::current_thread::*;
