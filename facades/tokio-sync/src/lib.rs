//! `tokio::sync` under the name of the upstream crate.

#![warn(missing_docs)]

pub use tokio::sync::{atomic_task as task, lock, mpsc, oneshot, semaphore, watch};
