//! Channels and locks that make tasks wait, not threads.
//!
//! These are the root crate's; a channel's two ends can be in different worlds.

pub mod mpsc;
mod mutex;
mod semaphore;
pub mod watch;

pub use self::mutex::{Mutex, MutexGuard};
pub use self::semaphore::{AcquireError, Semaphore, SemaphorePermit, TryAcquireError};
pub use tokio::sync::oneshot;
