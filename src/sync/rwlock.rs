//! A lock that many may read under, or one may write.
//!
//! It stands on permits: a reader takes one, a writer all. They are given out in the order
//! in which they were asked for, so a writer that waits is not overtaken by readers that
//! come later, and readers between two writers have their turn together.
//!
//! Always true: whoever has a permit may read the value; whoever has all may write it.
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

use super::acquire::{never_closed, try_acquire, Acquire, Guard};
use super::const_fn::const_fn;
use super::mutex::TryLockError;
use super::permits::Permits;
use std::fmt;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use tokio_executor::sys::UnsafeCell;

/// The most that may read at once. Further readers wait.
const MOST_READERS: usize = u32::MAX as usize >> 3;

/// A value that many tasks may read at once, or one may write.
pub struct RwLock<T: ?Sized> {
    /// Never closed.
    permits: Permits,
    value: UnsafeCell<T>,
}

// SAFETY: the value goes to another thread with the lock, or by a writer.
unsafe impl<T: ?Sized + Send> Send for RwLock<T> {}
// SAFETY: a writer may move the value from thread to thread, and readers share it.
unsafe impl<T: ?Sized + Send + Sync> Sync for RwLock<T> {}

/// The value is read.
///
/// # Dropping
///
/// Lets a writer in, if it was the last one a writer waits for.
#[must_use = "a guard that is dropped lets the next one in"]
pub struct RwLockReadGuard<'a, T: ?Sized> {
    lock: &'a RwLock<T>,
    /// To give back.
    permits: usize,
    value: PhantomData<&'a T>,
}

/// The value may be written.
///
/// # Dropping
///
/// Lets in whoever is next, and all readers up to the next writer.
#[must_use = "a guard that is dropped lets the next one in"]
pub struct RwLockWriteGuard<'a, T: ?Sized> {
    lock: &'a RwLock<T>,
    /// To give back: all, or none once a reader has taken over.
    permits: usize,
    value: PhantomData<&'a mut T>,
}

/// The value is read, and the lock kept alive.
///
/// # Dropping
///
/// As for [`RwLockReadGuard`].
#[must_use = "a guard that is dropped lets the next one in"]
pub struct OwnedRwLockReadGuard<T: ?Sized> {
    lock: Arc<RwLock<T>>,
    /// As in `RwLockReadGuard`.
    permits: usize,
    value: PhantomData<T>,
}

/// The value may be written, and the lock is kept alive.
///
/// # Dropping
///
/// As for [`RwLockWriteGuard`].
#[must_use = "a guard that is dropped lets the next one in"]
pub struct OwnedRwLockWriteGuard<T: ?Sized> {
    lock: Arc<RwLock<T>>,
    /// As in `RwLockWriteGuard`.
    permits: usize,
    value: PhantomData<T>,
}

impl<T> RwLock<T> {
    const_fn! {
        /// A lock over `value` that nobody holds.
        pub fn new(value: T) -> RwLock<T> {
            RwLock {
                permits: Permits::new_unchecked(MOST_READERS),
                value: UnsafeCell::new(value),
            }
        }
    }

    const_fn! {
        /// [`new`](RwLock::new), which is `const` itself.
        pub fn const_new(value: T) -> RwLock<T> {
            RwLock::new(value)
        }
    }

    /// The value.
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
    pub fn read(&self) -> Acquire<RwLockReadGuard<'_, T>> {
        Acquire::new(self, 1)
    }

    /// [`read`](RwLock::read), with a guard that owns its share of the lock.
    ///
    /// # Dropping
    ///
    /// Gives up the place in the queue.
    pub fn read_owned(self: Arc<Self>) -> Acquire<OwnedRwLockReadGuard<T>> {
        Acquire::new(self, 1)
    }

    /// Waits until the value may be written.
    ///
    /// # Dropping
    ///
    /// Gives up the place in the queue, and lets in readers that wait behind it.
    pub fn write(&self) -> Acquire<RwLockWriteGuard<'_, T>> {
        Acquire::new(self, MOST_READERS)
    }

    /// [`write`](RwLock::write), with a guard that owns its share of the lock.
    ///
    /// # Dropping
    ///
    /// Gives up the place in the queue, and lets in readers that wait behind it.
    pub fn write_owned(self: Arc<Self>) -> Acquire<OwnedRwLockWriteGuard<T>> {
        Acquire::new(self, MOST_READERS)
    }

    /// Lets the value be read, if nobody writes or waits to.
    ///
    /// # Errors
    ///
    /// If somebody does.
    pub fn try_read(&self) -> Result<RwLockReadGuard<'_, T>, TryLockError> {
        try_acquire(self, 1).map_err(|_| TryLockError(()))
    }

    /// [`try_read`](RwLock::try_read), with a guard that owns its share of the lock.
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
    pub fn try_write(&self) -> Result<RwLockWriteGuard<'_, T>, TryLockError> {
        try_acquire(self, MOST_READERS).map_err(|_| TryLockError(()))
    }

    /// [`try_write`](RwLock::try_write), with a guard that owns its share of the lock.
    ///
    /// # Errors
    ///
    /// If somebody holds the lock or waits for it.
    pub fn try_write_owned(self: Arc<Self>) -> Result<OwnedRwLockWriteGuard<T>, TryLockError> {
        try_acquire(self, MOST_READERS).map_err(|_| TryLockError(()))
    }

    /// [`read`](RwLock::read) for a thread without a task; it sleeps until its turn.
    ///
    /// # Panics
    ///
    /// If the thread runs tasks, which would wait, too.
    pub fn blocking_read(&self) -> RwLockReadGuard<'_, T> {
        let Ok(guard) = self.read().block();
        guard
    }

    /// [`write`](RwLock::write) for a thread without a task; it sleeps until its turn.
    ///
    /// # Panics
    ///
    /// If the thread runs tasks, which would wait, too.
    pub fn blocking_write(&self) -> RwLockWriteGuard<'_, T> {
        let Ok(guard) = self.write().block();
        guard
    }

    /// The value, which nobody else can reach meanwhile.
    pub fn get_mut(&mut self) -> &mut T {
        // SAFETY: the borrow of the lock is exclusive.
        self.value.with_mut(|value| unsafe { &mut *value })
    }
}

impl<'a, T: ?Sized> RwLockWriteGuard<'a, T> {
    /// Goes on reading, without letting a writer in between. Readers that are next in line
    /// come in, too.
    pub fn downgrade(mut self) -> RwLockReadGuard<'a, T> {
        self.permits = 0;
        self.lock.permits.give(MOST_READERS - 1);
        Guard::new(self.lock, 1)
    }
}

impl<T: ?Sized> OwnedRwLockWriteGuard<T> {
    /// Goes on reading, without letting a writer in between. Readers that are next in line
    /// come in, too.
    pub fn downgrade(mut self) -> OwnedRwLockReadGuard<T> {
        self.permits = 0;
        self.lock.permits.give(MOST_READERS - 1);
        Guard::new(self.lock.clone(), 1)
    }
}

impl<T> From<T> for RwLock<T> {
    fn from(value: T) -> RwLock<T> {
        RwLock::new(value)
    }
}

impl<T: Default> Default for RwLock<T> {
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

macro_rules! guards {
    ($($guard:ident $(<$a:lifetime>)?: $home:ty;)*) => { $(
        impl<$($a,)? T: ?Sized> Guard for $guard<$($a,)? T> {
            type Home = $home;

            fn permits(home: &Self::Home) -> &Permits {
                &home.permits
            }

            fn new(lock: $home, permits: usize) -> Self {
                $guard { lock, permits, value: PhantomData }
            }

            never_closed!();
        }

        impl<$($a,)? T: ?Sized> Deref for $guard<$($a,)? T> {
            type Target = T;

            fn deref(&self) -> &T {
                // SAFETY: the guard stands for a permit, so nobody writes; and it is
                // itself borrowed for as long as the reference lives.
                self.lock.value.with(|value| unsafe { &*value })
            }
        }

        impl<$($a,)? T: ?Sized> Drop for $guard<$($a,)? T> {
            fn drop(&mut self) {
                self.lock.permits.give_back(self.permits);
            }
        }

        impl<$($a,)? T: ?Sized + fmt::Debug> fmt::Debug for $guard<$($a,)? T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&**self, f)
            }
        }

        impl<$($a,)? T: ?Sized + fmt::Display> fmt::Display for $guard<$($a,)? T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&**self, f)
            }
        }
    )* };
}

guards! {
    RwLockReadGuard<'a>: &'a RwLock<T>;
    RwLockWriteGuard<'a>: &'a RwLock<T>;
    OwnedRwLockReadGuard: Arc<RwLock<T>>;
    OwnedRwLockWriteGuard: Arc<RwLock<T>>;
}

impl<T: ?Sized> DerefMut for RwLockWriteGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: the guard stands for all permits, and its borrow is exclusive.
        self.lock.value.with_mut(|value| unsafe { &mut *value })
    }
}

impl<T: ?Sized> DerefMut for OwnedRwLockWriteGuard<T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: the guard stands for all permits, and its borrow is exclusive.
        self.lock.value.with_mut(|value| unsafe { &mut *value })
    }
}
