//! `tokio::sync` under the name of the upstream crate.

#![warn(missing_docs)]

pub use tokio::sync::{lock, mpsc, oneshot, semaphore, task, watch};
