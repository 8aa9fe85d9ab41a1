//! A lock that may be held while its task waits for something else.
//!
//! [`Mutex::lock`] gives a future of both kinds; those who wait are served in the order in
//! which they were first polled. [`Lock`](super::lock::Lock), stock's face of it, is a
//! shared `Mutex` and a place in its queue.
//!
//! Always true: whoever has the one permit may touch the value, and nobody else.
//!
//! # Examples
//!
//! ```
//! use futures::Future;
//! use tokio::sync::mutex::Mutex;
//!
//! let counter = Mutex::new(1);
//! // A chain of futures 0.1 ...
//! counter.lock().map(|mut n| *n += 1).wait().unwrap();
//! // ... and an `async` block.
//! tokio::current_thread::block_on_all_std(async { *counter.lock().await += 1 });
//! assert_eq!(counter.into_inner(), 3);
//! ```

use super::acquire::{never_closed, try_acquire, Acquire, Guard};
use super::const_fn::const_fn;
use super::permits::Permits;
use std::error::Error;
use std::fmt;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use tokio_executor::sys::UnsafeCell;

/// A value that one task at a time may reach.
pub struct Mutex<T: ?Sized> {
    /// There is one; it is never closed.
    permits: Permits,
    value: UnsafeCell<T>,
}

// SAFETY: the value is only reached by the holder of the one permit, so it moves from
// thread to thread but is never on two at once.
unsafe impl<T: ?Sized + Send> Send for Mutex<T> {}
// SAFETY: as above.
unsafe impl<T: ?Sized + Send> Sync for Mutex<T> {}

/// The lock is held.
///
/// # Dropping
///
/// Hands the lock to the next in line and wakes it.
#[must_use = "a guard that is dropped lets the next one in"]
pub struct MutexGuard<'a, T: ?Sized> {
    mutex: &'a Mutex<T>,
    /// A shared guard lends `&T`, so it may only be shared if `T` may.
    value: PhantomData<&'a mut T>,
}

/// The lock is held, and kept alive.
///
/// # Dropping
///
/// Hands the lock to the next in line and wakes it.
#[must_use = "a guard that is dropped lets the next one in"]
pub struct OwnedMutexGuard<T: ?Sized> {
    mutex: Arc<Mutex<T>>,
    /// As in `MutexGuard`.
    value: PhantomData<T>,
}

/// Somebody else has the lock, or waits for it.
#[derive(Debug)]
pub struct TryLockError(pub(super) ());

impl<T> Mutex<T> {
    const_fn! {
        /// A lock over `value` that nobody holds.
        pub fn new(value: T) -> Mutex<T> {
            Mutex { permits: Permits::new_unchecked(1), value: UnsafeCell::new(value) }
        }
    }

    const_fn! {
        /// [`new`](Mutex::new), which is `const` itself.
        pub fn const_new(value: T) -> Mutex<T> {
            Mutex::new(value)
        }
    }

    /// The value.
    pub fn into_inner(self) -> T {
        self.value.into_inner()
    }
}

impl<T: ?Sized> Mutex<T> {
    /// Takes the lock when it is this one's turn.
    ///
    /// # Dropping
    ///
    /// Gives up the place in the queue.
    pub fn lock(&self) -> Acquire<MutexGuard<'_, T>> {
        Acquire::new(self, 1)
    }

    /// [`lock`](Mutex::lock), with a guard that owns its share of the mutex.
    ///
    /// # Dropping
    ///
    /// Gives up the place in the queue.
    pub fn lock_owned(self: Arc<Self>) -> Acquire<OwnedMutexGuard<T>> {
        Acquire::new(self, 1)
    }

    /// Takes the lock, if nobody has it or waits for it.
    ///
    /// # Errors
    ///
    /// If somebody does.
    pub fn try_lock(&self) -> Result<MutexGuard<'_, T>, TryLockError> {
        try_acquire(self, 1).map_err(|_| TryLockError(()))
    }

    /// [`try_lock`](Mutex::try_lock), with a guard that owns its share of the mutex.
    ///
    /// # Errors
    ///
    /// If somebody has the lock.
    pub fn try_lock_owned(self: Arc<Self>) -> Result<OwnedMutexGuard<T>, TryLockError> {
        try_acquire(self, 1).map_err(|_| TryLockError(()))
    }

    /// [`lock`](Mutex::lock) for a thread without a task; it sleeps until its turn.
    ///
    /// # Panics
    ///
    /// If the thread runs tasks, which would wait, too.
    pub fn blocking_lock(&self) -> MutexGuard<'_, T> {
        let Ok(guard) = self.lock().block();
        guard
    }

    /// [`blocking_lock`](Mutex::blocking_lock), with a guard that owns its share of the
    /// mutex.
    pub fn blocking_lock_owned(self: Arc<Self>) -> OwnedMutexGuard<T> {
        let Ok(guard) = self.lock_owned().block();
        guard
    }

    /// The value, which nobody else can reach meanwhile.
    pub fn get_mut(&mut self) -> &mut T {
        // SAFETY: the borrow of the mutex is exclusive.
        self.value.with_mut(|value| unsafe { &mut *value })
    }

    /// Whether somebody has the lock at this moment.
    pub(super) fn is_locked(&self) -> bool {
        self.permits.available() == 0
    }

    pub(super) fn permits(&self) -> &Permits {
        &self.permits
    }
}

impl<T> From<T> for Mutex<T> {
    fn from(value: T) -> Mutex<T> {
        Mutex::new(value)
    }
}

impl<T: Default> Default for Mutex<T> {
    fn default() -> Mutex<T> {
        Mutex::new(T::default())
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for Mutex<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Mutex");
        match self.try_lock() {
            Ok(guard) => shown.field("data", &&*guard),
            Err(_) => shown.field("data", &format_args!("<locked>")),
        };
        shown.finish()
    }
}

impl<'a, T: ?Sized> MutexGuard<'a, T> {
    /// What is locked.
    pub fn mutex(this: &Self) -> &'a Mutex<T> {
        this.mutex
    }
}

impl<T: ?Sized> OwnedMutexGuard<T> {
    /// What is locked.
    pub fn mutex(this: &Self) -> &Arc<Mutex<T>> {
        &this.mutex
    }
}

impl<'a, T: ?Sized> Guard for MutexGuard<'a, T> {
    type Home = &'a Mutex<T>;

    fn permits(home: &Self::Home) -> &Permits {
        &home.permits
    }

    fn new(mutex: &'a Mutex<T>, _: usize) -> Self {
        MutexGuard { mutex, value: PhantomData }
    }

    never_closed!();
}

impl<T: ?Sized> Guard for OwnedMutexGuard<T> {
    type Home = Arc<Mutex<T>>;

    fn permits(home: &Self::Home) -> &Permits {
        &home.permits
    }

    fn new(mutex: Arc<Mutex<T>>, _: usize) -> Self {
        OwnedMutexGuard { mutex, value: PhantomData }
    }

    never_closed!();
}

macro_rules! guards {
    ($($guard:ident $(<$a:lifetime>)?;)*) => { $(
        impl<T: ?Sized> Deref for $guard<$($a,)? T> {
            type Target = T;

            fn deref(&self) -> &T {
                // SAFETY: the guard stands for the one permit, and is itself borrowed for
                // as long as the reference lives.
                self.mutex.value.with(|value| unsafe { &*value })
            }
        }

        impl<T: ?Sized> DerefMut for $guard<$($a,)? T> {
            fn deref_mut(&mut self) -> &mut T {
                // SAFETY: as above, and the borrow of the guard is exclusive.
                self.mutex.value.with_mut(|value| unsafe { &mut *value })
            }
        }

        impl<T: ?Sized> Drop for $guard<$($a,)? T> {
            fn drop(&mut self) {
                self.mutex.permits.give(1);
            }
        }

        impl<T: ?Sized + fmt::Debug> fmt::Debug for $guard<$($a,)? T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&**self, f)
            }
        }

        impl<T: ?Sized + fmt::Display> fmt::Display for $guard<$($a,)? T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&**self, f)
            }
        }
    )* };
}

guards! {
    MutexGuard<'_>;
    OwnedMutexGuard;
}

impl fmt::Display for TryLockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the lock is held")
    }
}

impl Error for TryLockError {}
