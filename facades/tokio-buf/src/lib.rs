//! `tokio::buf` under the name of the stock crate.

#![warn(missing_docs)]

pub use tokio::buf::*;
