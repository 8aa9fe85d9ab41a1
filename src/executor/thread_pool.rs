//! The thread pool under its path of tokio 0.1.0 to 0.1.7.

pub use tokio_threadpool::{Builder, Sender, Shutdown, ThreadPool};
