//! Channels and locks that make tasks wait, not threads.
//!
//! These are the root crate's; a channel's two ends can be in different worlds.

pub mod mpsc;
pub mod watch;

mod barrier;
mod once_cell;

pub mod futures {
    //! The names of futures that are written down now and then.

    pub use tokio::sync::notify::{Notified, OwnedNotified};
}

pub use self::barrier::{Barrier, BarrierWaitResult};
pub use self::once_cell::{OnceCell, SetError};
pub use tokio::sync::mutex::{Mutex, MutexGuard, OwnedMutexGuard, TryLockError};
pub use tokio::sync::notify::Notify;
pub use tokio::sync::rwlock::{
    OwnedRwLockReadGuard, OwnedRwLockWriteGuard, RwLock, RwLockReadGuard, RwLockWriteGuard,
};
pub use tokio::sync::semaphore::{
    AcquireError, OwnedSemaphorePermit, Semaphore, SemaphorePermit, TryAcquireError,
};
pub use tokio::sync::{broadcast, oneshot};
