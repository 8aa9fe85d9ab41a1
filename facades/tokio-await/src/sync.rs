//! Channels and locks that make tasks wait, not threads.
//!
//! These are the root crate's; a channel's two ends can be in different worlds. What is here
//! of its own has other methods or errors than its namesake of tokio 0.1, or is not there in
//! the root.

pub mod mpsc;
pub mod oneshot;
pub mod watch;

mod barrier;
mod once;
mod once_cell;
mod set_once;

pub mod broadcast {
    //! Every message to every receiver.
    //!
    //! The root crate's, but for the name of the future, which tokio's does not have.

    pub use tokio::sync::broadcast::{channel, error, Receiver, Sender, WeakSender};
}

pub mod futures {
    //! The names of futures that are written down now and then.

    pub use tokio::sync::notify::{Notified, OwnedNotified};
}

pub use self::barrier::{Barrier, BarrierWaitResult};
pub use self::once_cell::{OnceCell, SetError};
pub use self::set_once::{SetOnce, SetOnceError};
pub use tokio::sync::mutex::{
    MappedMutexGuard, Mutex, MutexGuard, OwnedMappedMutexGuard, OwnedMutexGuard, TryLockError,
};
pub use tokio::sync::notify::Notify;
pub use tokio::sync::rwlock::{
    OwnedRwLockMappedWriteGuard, OwnedRwLockReadGuard, OwnedRwLockWriteGuard, RwLock,
    RwLockMappedWriteGuard, RwLockReadGuard, RwLockWriteGuard,
};
pub use tokio::sync::semaphore::{
    AcquireError, OwnedSemaphorePermit, Semaphore, SemaphorePermit, TryAcquireError,
};
