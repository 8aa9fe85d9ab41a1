//! Tasks, and handles to their results.
pub use tokio_await::task::spawn;
