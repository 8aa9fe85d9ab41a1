//! A lock for many readers or one writer.
//!
//! The engine's, with one type of guard for writing, mapped or not.

use std::fmt;
use tokio_await::sync as face;

pub use tokio_await::sync::{RwLockMappedWriteGuard as RwLockWriteGuard, RwLockReadGuard};

/// A lock for many readers or one writer, who get it in the order in which they came.
///
/// # Examples
///
/// ```
/// use tokio_era_02::sync::RwLock;
///
/// # tokio_era_02::runtime::Runtime::new()?.block_on(async {
/// let lock = RwLock::new(5);
/// *lock.write().await += 1;
/// assert_eq!(*lock.read().await + *lock.read().await, 12);
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Default)]
pub struct RwLock<T: ?Sized> {
    inner: face::RwLock<T>,
}

impl<T: ?Sized> RwLock<T> {
    /// Returns a lock over `value`, which nobody holds.
    pub fn new(value: T) -> RwLock<T>
    where
        T: Sized,
    {
        RwLock { inner: face::RwLock::new(value) }
    }

    /// Waits until no writer has the lock or came before, and reads.
    ///
    /// # Dropping
    ///
    /// Gives up the place in the queue.
    pub async fn read(&self) -> RwLockReadGuard<'_, T> {
        self.inner.read().await
    }

    /// Waits until nobody has the lock or came before, and writes.
    ///
    /// # Dropping
    ///
    /// Gives up the place in the queue.
    pub async fn write(&self) -> RwLockWriteGuard<'_, T> {
        face::RwLockWriteGuard::into_mapped(self.inner.write().await)
    }

    /// Returns the value.
    pub fn into_inner(self) -> T
    where
        T: Sized,
    {
        self.inner.into_inner()
    }
}

impl<T> From<T> for RwLock<T> {
    fn from(value: T) -> RwLock<T> {
        RwLock::new(value)
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for RwLock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}
