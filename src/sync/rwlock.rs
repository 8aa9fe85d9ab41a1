//! A lock that many may read under, or one may write.
//!
//! It stands on permits: a reader takes one, a writer all. They are given out in the order
//! in which they were asked for, so a writer that waits is not overtaken by readers that
//! come later, and readers between two writers have their turn together.
//!
//! Called by programs; the lock of tokio 1.x is this one.
//!
//! Always true: whoever has a permit may read the value; whoever has all may write it.
//!
//! Why permits, and not a state of its own? The queue, the order and the dropping of a wait are
//! those of the semaphore; what is left to do here is to say how many.
//!
//! # Examples
//!
//! ```
//! use futures::Future;
//! use tokio::sync::rwlock::RwLock;
//!
//! let names = RwLock::new(vec!["one"]);
//! let (a, b) = names.read().join(names.read()).wait().unwrap();
//! assert_eq!(*a, *b);
//! drop((a, b));
//! tokio::current_thread::block_on_all_std(async {
//!     names.write().await.push("two");
//! });
//! assert_eq!(names.into_inner(), ["one", "two"]);
//! ```

mod guards;
mod owned_guards;

pub use self::guards::{RwLockMappedWriteGuard, RwLockReadGuard, RwLockWriteGuard};
pub use self::owned_guards::{
    OwnedRwLockMappedWriteGuard, OwnedRwLockReadGuard, OwnedRwLockWriteGuard,
};

use super::acquire::{try_acquire, Acquire};
use super::mutex::TryLockError;
use super::permits::Permits;
use std::fmt;
use std::sync::Arc;
use tokio_executor::internals::inspect::Place;
use tokio_executor::internals::sys::const_fn;
use tokio_executor::internals::sys::UnsafeCell;

/// The most that may read at once, unless fewer are asked for. Further readers wait.
const MOST_READERS: u32 = u32::MAX >> 3;

/// A value that many tasks may read at once, or one may write.
///
/// # Examples
///
/// ```
/// use tokio::runtime::current_thread::block_on_all_std;
/// use tokio::sync::rwlock::RwLock;
///
/// let settings = RwLock::new(vec!["verbose"]);
/// block_on_all_std(async {
///     {
///         // Any number of readers at once.
///         let one = settings.read().await;
///         let other = settings.read().await;
///         assert_eq!(one.len(), other.len());
///     }
///     settings.write().await.push("color");
/// });
/// assert_eq!(settings.into_inner(), ["verbose", "color"]);
/// ```
pub struct RwLock<T: ?Sized> {
    /// Never closed.
    permits: Permits,
    /// How many there are.
    max_readers: usize,
    value: UnsafeCell<T>,
}

// SAFETY: the value goes to another thread with the lock, or by a writer.
unsafe impl<T: ?Sized + Send> Send for RwLock<T> {}
// SAFETY: a writer may move the value from thread to thread, and readers share it.
unsafe impl<T: ?Sized + Send + Sync> Sync for RwLock<T> {}

impl<T> RwLock<T> {
    const_fn! {
        /// Returns a lock over `value` that nobody holds.
        ///
        /// # Examples
        ///
        /// ```
        /// use tokio::sync::rwlock::RwLock;
        ///
        /// let lock = RwLock::new(1);
        /// assert_eq!(*lock.try_read().unwrap(), 1);
        /// ```
        #[track_caller]
        pub fn new(value: T) -> RwLock<T> {
            RwLock::of(value, MOST_READERS)
        }
    }

    const_fn! {
        /// Works like [`new`](RwLock::new), which is `const` itself.
        #[track_caller]
        pub fn const_new(value: T) -> RwLock<T> {
            RwLock::new(value)
        }
    }

    /// Works like [`new`](RwLock::new), with at most `max_readers` at once; further readers wait.
    ///
    /// # Panics
    ///
    /// If `max_readers` is zero, or more than `u32::MAX >> 3`.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::rwlock::RwLock;
    ///
    /// let lock = RwLock::with_max_readers(1, 2);
    /// let _readers = (lock.try_read().unwrap(), lock.try_read().unwrap());
    /// assert!(lock.try_read().is_err());
    /// ```
    #[track_caller]
    pub fn with_max_readers(value: T, max_readers: u32) -> RwLock<T> {
        assert!(max_readers > 0, "a RwLock may not be created with 0 readers");
        assert!(
            max_readers <= MOST_READERS,
            "a RwLock may not be created with more than {MOST_READERS} readers"
        );
        RwLock::of(value, max_readers)
    }

    /// Works like [`with_max_readers`](RwLock::with_max_readers), for a `static`.
    ///
    /// # Panics
    ///
    /// As there.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::rwlock::RwLock;
    ///
    /// static LOCK: RwLock<i32> = RwLock::const_with_max_readers(5, 1);
    ///
    /// let reader = LOCK.try_read().unwrap();
    /// assert_eq!(*reader, 5);
    /// assert!(LOCK.try_read().is_err(), "one reads already");
    /// ```
    #[cfg(not(loom))]
    #[track_caller]
    pub const fn const_with_max_readers(value: T, max_readers: u32) -> RwLock<T> {
        assert!(max_readers > 0, "a RwLock may not be created with 0 readers");
        assert!(max_readers <= MOST_READERS, "a RwLock may not be created with so many readers");
        RwLock::of(value, max_readers)
    }

    const_fn! {
        #[track_caller]
        fn of(value: T, max_readers: u32) -> RwLock<T> {
            let max_readers = max_readers as usize;
            RwLock {
                permits: Permits::new_unchecked(max_readers, Place::here()),
                max_readers,
                value: UnsafeCell::new(value),
            }
        }
    }

    /// Returns the value.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::rwlock::RwLock;
    ///
    /// assert_eq!(RwLock::new("text").into_inner(), "text");
    /// ```
    pub fn into_inner(self) -> T {
        self.value.into_inner()
    }
}

impl<T: ?Sized> RwLock<T> {
    /// Waits until the value may be read.
    ///
    /// A task that reads already, and asks again while a writer waits, waits for itself.
    ///
    /// # Dropping
    ///
    /// Gives up the place in the queue.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::runtime::current_thread::block_on_all_std;
    /// use tokio::sync::rwlock::RwLock;
    ///
    /// async fn count(names: &RwLock<Vec<&str>>) -> usize {
    ///     names.read().await.len()
    /// }
    ///
    /// assert_eq!(block_on_all_std(count(&RwLock::new(vec!["a", "b"]))), 2);
    /// ```
    pub fn read(&self) -> Acquire<RwLockReadGuard<'_, T>> {
        Acquire::new(self, 1)
    }

    /// Works like [`read`](RwLock::read), with a guard that owns its share of the lock.
    ///
    /// # Dropping
    ///
    /// Gives up the place in the queue.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use tokio::runtime::current_thread::{block_on_all_std, spawn_std};
    /// use tokio::sync::rwlock::RwLock;
    ///
    /// let lock = Arc::new(RwLock::new(1));
    /// block_on_all_std(async {
    ///     let value = lock.clone().read_owned().await;
    ///     spawn_std(async move { assert_eq!(*value, 1) });
    /// });
    /// ```
    pub fn read_owned(self: Arc<Self>) -> Acquire<OwnedRwLockReadGuard<T>> {
        Acquire::new(self, 1)
    }

    /// Waits until the value may be written.
    ///
    /// # Dropping
    ///
    /// Gives up the place in the queue, and lets in readers that wait behind it.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::runtime::current_thread::block_on_all_std;
    /// use tokio::sync::rwlock::RwLock;
    ///
    /// let lock = RwLock::new(1);
    /// block_on_all_std(async {
    ///     *lock.write().await += 1;
    ///     assert_eq!(*lock.read().await, 2);
    /// });
    /// ```
    pub fn write(&self) -> Acquire<RwLockWriteGuard<'_, T>> {
        let all = self.max_readers;
        Acquire::new(self, all)
    }

    /// Works like [`write`](RwLock::write), with a guard that owns its share of the lock.
    ///
    /// # Dropping
    ///
    /// Gives up the place in the queue, and lets in readers that wait behind it.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use tokio::runtime::current_thread::{block_on_all_std, spawn_std};
    /// use tokio::sync::rwlock::RwLock;
    ///
    /// let lock = Arc::new(RwLock::new(1));
    /// block_on_all_std(async {
    ///     let mut value = lock.clone().write_owned().await;
    ///     spawn_std(async move { *value += 1 });
    /// });
    /// assert_eq!(*lock.try_read().unwrap(), 2);
    /// ```
    pub fn write_owned(self: Arc<Self>) -> Acquire<OwnedRwLockWriteGuard<T>> {
        let all = self.max_readers;
        Acquire::new(self, all)
    }

    /// Lets the value be read, if nobody writes or waits to.
    ///
    /// # Errors
    ///
    /// If somebody does.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::rwlock::RwLock;
    ///
    /// let lock = RwLock::new(1);
    /// let _reader = lock.try_read().unwrap();
    /// assert!(lock.try_read().is_ok());
    /// assert!(lock.try_write().is_err());
    /// ```
    pub fn try_read(&self) -> Result<RwLockReadGuard<'_, T>, TryLockError> {
        try_acquire(self, 1).map_err(|_| TryLockError(()))
    }

    /// Works like [`try_read`](RwLock::try_read), with a guard that owns its share of the lock.
    ///
    /// # Errors
    ///
    /// If somebody writes or waits to.
    pub fn try_read_owned(self: Arc<Self>) -> Result<OwnedRwLockReadGuard<T>, TryLockError> {
        try_acquire(self, 1).map_err(|_| TryLockError(()))
    }

    /// Lets the value be written, if nobody holds the lock or waits for it.
    ///
    /// # Errors
    ///
    /// If somebody does.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::rwlock::RwLock;
    ///
    /// let lock = RwLock::new(1);
    /// let _writer = lock.try_write().unwrap();
    /// assert!(lock.try_read().is_err());
    /// ```
    pub fn try_write(&self) -> Result<RwLockWriteGuard<'_, T>, TryLockError> {
        let all = self.max_readers;
        try_acquire(self, all).map_err(|_| TryLockError(()))
    }

    /// Works like [`try_write`](RwLock::try_write), with a guard that owns its share of the lock.
    ///
    /// # Errors
    ///
    /// If somebody holds the lock or waits for it.
    pub fn try_write_owned(self: Arc<Self>) -> Result<OwnedRwLockWriteGuard<T>, TryLockError> {
        let all = self.max_readers;
        try_acquire(self, all).map_err(|_| TryLockError(()))
    }

    /// Works like [`read`](RwLock::read) for a thread without a task; it sleeps until its turn.
    ///
    /// # Panics
    ///
    /// If the thread runs tasks, which would wait, too.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::rwlock::RwLock;
    ///
    /// // On a thread of the program's own.
    /// let lock = RwLock::new(1);
    /// assert_eq!(*lock.blocking_read(), 1);
    /// ```
    #[track_caller]
    pub fn blocking_read(&self) -> RwLockReadGuard<'_, T> {
        let Ok(guard) = self.read().block();
        guard
    }

    /// Works like [`write`](RwLock::write) for a thread without a task; it sleeps until its turn.
    ///
    /// # Panics
    ///
    /// If the thread runs tasks, which would wait, too.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::rwlock::RwLock;
    ///
    /// // On a thread of the program's own.
    /// let lock = RwLock::new(1);
    /// *lock.blocking_write() += 1;
    /// assert_eq!(lock.into_inner(), 2);
    /// ```
    #[track_caller]
    pub fn blocking_write(&self) -> RwLockWriteGuard<'_, T> {
        let Ok(guard) = self.write().block();
        guard
    }

    /// Returns the value, which nobody else can reach meanwhile.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::rwlock::RwLock;
    ///
    /// let mut lock = RwLock::new(1);
    /// *lock.get_mut() = 2;
    /// assert_eq!(lock.into_inner(), 2);
    /// ```
    pub fn get_mut(&mut self) -> &mut T {
        // SAFETY: the borrow of the lock is exclusive.
        self.value.with_mut(|value| unsafe { &mut *value })
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
        let mut shown = f.debug_struct("RwLock");
        match self.try_read() {
            Ok(guard) => shown.field("data", &&*guard),
            Err(_) => shown.field("data", &format_args!("<locked>")),
        };
        shown.finish()
    }
}
