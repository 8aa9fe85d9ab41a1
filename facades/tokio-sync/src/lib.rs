//! `tokio::sync` under the name of the stock crate.

pub use tokio::sync::{lock, mpsc, oneshot, semaphore, task, watch};
