//! Channels and locks that make tasks wait, not threads, with tokio 0.2's methods.
//!
//! Mutex, barrier and oneshot channel are 1.x's own types. The others wrap the engine's: their
//! receivers are streams, and what cannot fail does not say that it might.

pub mod broadcast;
pub mod mpsc;
pub mod watch;

mod notify;
mod rwlock;
mod semaphore;

pub use self::notify::Notify;
pub use self::rwlock::{RwLock, RwLockReadGuard, RwLockWriteGuard};
pub use self::semaphore::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};
pub use tokio_await::sync::{
    oneshot, Barrier, BarrierWaitResult, Mutex, MutexGuard, OwnedMutexGuard, TryLockError,
};
