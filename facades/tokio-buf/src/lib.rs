//! `tokio::buf` under the name of the stock crate.

pub use tokio::buf::*;
