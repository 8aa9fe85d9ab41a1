//! `tokio::sync` under the name of the stock crate.
