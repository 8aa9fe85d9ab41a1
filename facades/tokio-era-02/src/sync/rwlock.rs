//! A lock for many readers or one writer.
//!
//! The engine's, with one type of guard for writing, mapped or not.

use std::fmt;
use tokio_await::sync as modern;

pub use tokio_await::sync::{RwLockMappedWriteGuard as RwLockWriteGuard, RwLockReadGuard};

/// The most readers at a time; tokio 0.2 itself lets in 32. Its users take guards until one has
/// to wait, and so count on a bound that can be reached.
const MOST_READERS: u32 = 1 << 16;

/// A lock for many readers or one writer, who get it in the order in which they came.
///
/// At most 65,536 read at a time; others wait.
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// use tokio::sync::RwLock;
///
/// tokio::runtime::Runtime::new()?.block_on(async {
///     let lock = RwLock::new(5);
///     *lock.write().await += 1;
///     assert_eq!(*lock.read().await + *lock.read().await, 12);
/// });
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct RwLock<T: ?Sized> {
    inner: modern::RwLock<T>,
}

impl<T: ?Sized> RwLock<T> {
    /// Returns a lock over `value`, which nobody holds.
    #[track_caller]
    pub fn new(value: T) -> RwLock<T>
    where
        T: Sized,
    {
        RwLock { inner: modern::RwLock::with_max_readers(value, MOST_READERS) }
    }

    /// Waits until no writer has the lock or came before, and reads.
    ///
    /// # Dropping
    ///
    /// Gives up the place in the queue.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::sync::RwLock;
    ///
    /// #[tokio::main]
    /// async fn main() {
    ///     let lock = RwLock::new(1);
    ///     let (one, other) = (lock.read().await, lock.read().await);
    ///     assert_eq!(*one, *other);
    /// }
    /// ```
    pub async fn read(&self) -> RwLockReadGuard<'_, T> {
        self.inner.read().await
    }

    /// Waits until nobody has the lock or came before, and writes.
    ///
    /// # Dropping
    ///
    /// Gives up the place in the queue.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::sync::RwLock;
    ///
    /// #[tokio::main]
    /// async fn main() {
    ///     let lock = RwLock::new(1);
    ///     *lock.write().await += 1;
    ///     assert_eq!(lock.into_inner(), 2);
    /// }
    /// ```
    pub async fn write(&self) -> RwLockWriteGuard<'_, T> {
        modern::RwLockWriteGuard::into_mapped(self.inner.write().await)
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
    #[track_caller]
    fn from(value: T) -> RwLock<T> {
        RwLock::new(value)
    }
}

impl<T: Default> Default for RwLock<T> {
    #[track_caller]
    fn default() -> RwLock<T> {
        RwLock::new(T::default())
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for RwLock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}
