//! A lock that may be held while its task waits for something else.
//!
//! [`Mutex::lock`] gives a future of both kinds; those who wait are served in the order in
//! which they were first polled. [`Lock`](super::lock::Lock), upstream's API of it, is a
//! shared `Mutex` and a place in its queue.
//!
//! Called by programs; `lock` and the mutex of tokio 1.x stand on it.
//!
//! Always true: whoever has the one permit may touch the value, and nobody else.
//!
//! Why not std's `Mutex`? A thread that waits for it runs no task meanwhile; the task that holds
//! the lock may be queued on that very thread, and then neither goes on.
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

use super::acquire::{never_closed, shown_as_value, try_acquire, Acquire, Guard, Held};
use super::permits::Permits;
use std::error::Error;
use std::fmt;
use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use tokio_executor::internals::inspect::{note_unlocked, Place};
use tokio_executor::internals::sys::const_fn;
use tokio_executor::internals::sys::UnsafeCell;

/// A value that one task at a time may reach.
///
/// # Examples
///
/// ```
/// let mutex = tokio::sync::mutex::Mutex::new(1);
/// *mutex.try_lock().unwrap() += 1;
/// assert_eq!(mutex.into_inner(), 2);
/// ```
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
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use tokio::sync::mutex::{Mutex, OwnedMutexGuard};
///
/// fn add(mut counter: OwnedMutexGuard<i32>) {
///     *counter += 1;
/// }
///
/// let counter = Arc::new(Mutex::new(1));
/// let guard = counter.clone().try_lock_owned().unwrap();
/// std::thread::spawn(move || add(guard)).join().unwrap();
/// assert_eq!(*counter.try_lock().unwrap(), 2);
/// ```
pub struct OwnedMutexGuard<T: ?Sized> {
    share: Share<T>,
    /// As in `MutexGuard`.
    value: PhantomData<T>,
}

/// The lock is held, and a part of its value is reached; see [`MutexGuard::map`].
///
/// # Dropping
///
/// Hands the lock to the next in line and wakes it.
///
/// # Examples
///
/// ```
/// use tokio::sync::mutex::{MappedMutexGuard, Mutex, MutexGuard};
///
/// struct Account {
///     name: String,
///     balance: i64,
/// }
///
/// fn balance(account: &Mutex<Account>) -> MappedMutexGuard<'_, i64> {
///     MutexGuard::map(account.try_lock().unwrap(), |account| &mut account.balance)
/// }
///
/// let account = Mutex::new(Account { name: "Ann".to_string(), balance: 1 });
/// *balance(&account) += 1;
/// assert_eq!(account.try_lock().unwrap().name, "Ann");
/// assert_eq!(*balance(&account), 2);
/// ```
#[must_use = "a guard that is dropped lets the next one in"]
pub struct MappedMutexGuard<'a, T: ?Sized> {
    part: *mut T,
    held: Held<'a>,
    value: PhantomData<&'a mut T>,
}

/// The lock is held and kept alive, and a part of its value is reached; see
/// [`OwnedMutexGuard::map`].
///
/// # Dropping
///
/// Hands the lock to the next in line and wakes it.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use tokio::sync::mutex::{Mutex, OwnedMappedMutexGuard, OwnedMutexGuard};
///
/// let pair = Arc::new(Mutex::new((1, 2)));
/// let guard = pair.clone().try_lock_owned().unwrap();
/// let mut first: OwnedMappedMutexGuard<(i32, i32), i32> =
///     OwnedMutexGuard::map(guard, |pair| &mut pair.0);
/// *first = 7;
/// drop(first);
/// assert_eq!(*pair.try_lock().unwrap(), (7, 2));
/// ```
#[must_use = "a guard that is dropped lets the next one in"]
pub struct OwnedMappedMutexGuard<T: ?Sized, U: ?Sized = T> {
    part: *mut U,
    share: Share<T>,
}

// SAFETY: the guard lends `&mut T`, and gives back its permit from any thread.
unsafe impl<T: ?Sized + Send> Send for MappedMutexGuard<'_, T> {}
// SAFETY: a shared guard lends `&T`.
unsafe impl<T: ?Sized + Sync> Sync for MappedMutexGuard<'_, T> {}
// SAFETY: the guard lends `&mut U`; and it may be the last to have the mutex, which is dropped
// with its `T`.
unsafe impl<T: ?Sized + Send, U: ?Sized + Send> Send for OwnedMappedMutexGuard<T, U> {}
// SAFETY: a shared guard lends `&U`, and of the mutex less than that is asked for here.
unsafe impl<T: ?Sized + Send + Sync, U: ?Sized + Send + Sync> Sync for OwnedMappedMutexGuard<T, U> {}

/// The one permit of a mutex that is kept alive.
struct Share<T: ?Sized> {
    mutex: Arc<Mutex<T>>,
}

impl<T: ?Sized> Drop for Share<T> {
    fn drop(&mut self) {
        note_unlocked(std::ptr::from_ref(&self.mutex.permits).addr());
        self.mutex.permits.give(1);
    }
}

/// Somebody else has the lock, or waits for it.
///
/// # Examples
///
/// ```
/// use tokio::sync::mutex::{Mutex, TryLockError};
///
/// fn add(counter: &Mutex<i32>) -> Result<(), TryLockError> {
///     *counter.try_lock()? += 1;
///     Ok(())
/// }
///
/// let counter = Mutex::new(0);
/// assert!(add(&counter).is_ok());
/// let _guard = counter.try_lock().unwrap();
/// assert!(add(&counter).is_err());
/// ```
#[derive(Debug)]
pub struct TryLockError(pub(super) ());

impl<T> Mutex<T> {
    const_fn! {
        /// Returns a lock over `value` that nobody holds.
        ///
        /// # Examples
        ///
        /// ```
        /// use tokio::sync::mutex::Mutex;
        ///
        /// let counter = Mutex::new(0);
        /// *counter.try_lock().unwrap() += 1;
        /// assert_eq!(counter.into_inner(), 1);
        /// ```
        #[track_caller]
        pub fn new(value: T) -> Mutex<T> {
            let permits = Permits::new_unchecked(1, Place::here());
            Mutex { permits, value: UnsafeCell::new(value) }
        }
    }

    const_fn! {
        /// Works like [`new`](Mutex::new), which is `const` itself.
        #[track_caller]
        pub fn const_new(value: T) -> Mutex<T> {
            Mutex::new(value)
        }
    }

    /// Returns the value.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::mutex::Mutex;
    ///
    /// assert_eq!(Mutex::new("text").into_inner(), "text");
    /// ```
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
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::runtime::current_thread::block_on_all_std;
    /// use tokio::sync::mutex::Mutex;
    ///
    /// async fn append(log: &Mutex<Vec<&str>>, line: &'static str) {
    ///     log.lock().await.push(line);
    /// }
    ///
    /// let log = Mutex::new(Vec::new());
    /// block_on_all_std(append(&log, "started"));
    /// assert_eq!(log.into_inner(), ["started"]);
    /// ```
    pub fn lock(&self) -> Acquire<MutexGuard<'_, T>> {
        Acquire::new(self, 1)
    }

    /// Works like [`lock`](Mutex::lock), with a guard that owns its share of the mutex.
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
    /// use tokio::sync::mutex::Mutex;
    ///
    /// let counter = Arc::new(Mutex::new(0));
    /// block_on_all_std(async {
    ///     let mut guard = counter.clone().lock_owned().await;
    ///     spawn_std(async move { *guard += 1 });
    /// });
    /// assert_eq!(*counter.try_lock().unwrap(), 1);
    /// ```
    pub fn lock_owned(self: Arc<Self>) -> Acquire<OwnedMutexGuard<T>> {
        Acquire::new(self, 1)
    }

    /// Takes the lock, if nobody has it or waits for it.
    ///
    /// # Errors
    ///
    /// If somebody does.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::mutex::Mutex;
    ///
    /// let mutex = Mutex::new(1);
    /// let guard = mutex.try_lock().unwrap();
    /// assert!(mutex.try_lock().is_err());
    /// assert_eq!(*guard, 1);
    /// ```
    pub fn try_lock(&self) -> Result<MutexGuard<'_, T>, TryLockError> {
        try_acquire(self, 1).map_err(|_| TryLockError(()))
    }

    /// Works like [`try_lock`](Mutex::try_lock), with a guard that owns its share of the mutex.
    ///
    /// # Errors
    ///
    /// If somebody has the lock.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use tokio::sync::mutex::Mutex;
    ///
    /// let mutex = Arc::new(Mutex::new(1));
    /// let guard = mutex.clone().try_lock_owned().unwrap();
    /// assert_eq!(*guard, 1);
    /// ```
    pub fn try_lock_owned(self: Arc<Self>) -> Result<OwnedMutexGuard<T>, TryLockError> {
        try_acquire(self, 1).map_err(|_| TryLockError(()))
    }

    /// Works like [`lock`](Mutex::lock) for a thread without a task; it sleeps until its turn.
    ///
    /// # Panics
    ///
    /// If the thread runs tasks, which would wait, too.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use tokio::sync::mutex::Mutex;
    ///
    /// // A thread of the program's own and tasks share the value.
    /// let names = Arc::new(Mutex::new(vec!["a"]));
    /// let shared = names.clone();
    /// std::thread::spawn(move || shared.blocking_lock().push("b")).join().unwrap();
    /// assert_eq!(*names.blocking_lock(), ["a", "b"]);
    /// ```
    #[track_caller]
    pub fn blocking_lock(&self) -> MutexGuard<'_, T> {
        let Ok(guard) = self.lock().block();
        guard
    }

    /// Works like [`blocking_lock`](Mutex::blocking_lock), with a guard that owns its share of the
    /// mutex.
    #[track_caller]
    pub fn blocking_lock_owned(self: Arc<Self>) -> OwnedMutexGuard<T> {
        let Ok(guard) = self.lock_owned().block();
        guard
    }

    /// Returns the value, which nobody else can reach meanwhile.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::mutex::Mutex;
    ///
    /// let mut mutex = Mutex::new(1);
    /// *mutex.get_mut() += 1;
    /// assert_eq!(mutex.into_inner(), 2);
    /// ```
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
    #[track_caller]
    fn from(value: T) -> Mutex<T> {
        Mutex::new(value)
    }
}

impl<T: Default> Default for Mutex<T> {
    #[track_caller]
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
    /// Returns what is locked.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::mutex::{Mutex, MutexGuard};
    ///
    /// let mutex = Mutex::new(1);
    /// let guard = mutex.try_lock().unwrap();
    /// assert!(MutexGuard::mutex(&guard).try_lock().is_err());
    /// ```
    pub fn mutex(this: &Self) -> &'a Mutex<T> {
        this.mutex
    }
}

impl<T: ?Sized> OwnedMutexGuard<T> {
    /// Returns what is locked.
    pub fn mutex(this: &Self) -> &Arc<Mutex<T>> {
        &this.share.mutex
    }
}

impl<'a, T: ?Sized> Guard for MutexGuard<'a, T> {
    type Home = &'a Mutex<T>;

    const IS_ALONE: bool = true;

    fn permits(home: &Self::Home) -> &Permits {
        &home.permits
    }

    #[track_caller]
    fn new(mutex: &'a Mutex<T>, _: usize) -> Self {
        MutexGuard { mutex, value: PhantomData }
    }

    never_closed!();
}

impl<T: ?Sized> Guard for OwnedMutexGuard<T> {
    type Home = Arc<Mutex<T>>;

    const IS_ALONE: bool = true;

    fn permits(home: &Self::Home) -> &Permits {
        &home.permits
    }

    #[track_caller]
    fn new(mutex: Arc<Mutex<T>>, _: usize) -> Self {
        OwnedMutexGuard { share: Share { mutex }, value: PhantomData }
    }

    never_closed!();
}

impl<T: ?Sized> Drop for MutexGuard<'_, T> {
    fn drop(&mut self) {
        note_unlocked(std::ptr::from_ref(&self.mutex.permits).addr());
        self.mutex.permits.give(1);
    }
}

macro_rules! lends {
    ($($guard:ident $(<$a:lifetime>)?: $($home:ident).+;)*) => { $(
        impl<T: ?Sized> Deref for $guard<$($a,)? T> {
            type Target = T;

            fn deref(&self) -> &T {
                // SAFETY: the guard stands for the one permit, and is itself borrowed for
                // as long as the reference lives.
                self.$($home).+.value.with(|value| unsafe { &*value })
            }
        }

        impl<T: ?Sized> DerefMut for $guard<$($a,)? T> {
            fn deref_mut(&mut self) -> &mut T {
                // SAFETY: as above, and the borrow of the guard is exclusive.
                self.$($home).+.value.with_mut(|value| unsafe { &mut *value })
            }
        }
    )* };
}

lends! {
    MutexGuard<'_>: mutex;
    OwnedMutexGuard: share.mutex;
}

impl<'a, T: ?Sized> MutexGuard<'a, T> {
    /// Goes on with a part of the value; the lock stays held.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::mutex::{Mutex, MutexGuard};
    ///
    /// let pair = Mutex::new((1, 2));
    /// let second = MutexGuard::map(pair.try_lock().unwrap(), |pair| &mut pair.1);
    /// assert_eq!(*second, 2);
    /// assert!(pair.try_lock().is_err());
    /// ```
    pub fn map<U: ?Sized, F>(mut this: Self, f: F) -> MappedMutexGuard<'a, U>
    where
        F: FnOnce(&mut T) -> &mut U,
    {
        let part: *mut U = f(&mut this);
        this.with_part(part)
    }

    /// Goes on with a part of the value, if there is one; the lock stays held.
    ///
    /// # Errors
    ///
    /// Has the guard back if there is no such part.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::mutex::{Mutex, MutexGuard};
    ///
    /// let list = Mutex::new(vec![1, 2]);
    /// let guard = list.try_lock().unwrap();
    /// let mut last = MutexGuard::try_map(guard, |list| list.last_mut()).unwrap();
    /// *last = 3;
    /// drop(last);
    /// assert_eq!(list.into_inner(), [1, 3]);
    /// ```
    pub fn try_map<U: ?Sized, F>(mut this: Self, f: F) -> Result<MappedMutexGuard<'a, U>, Self>
    where
        F: FnOnce(&mut T) -> Option<&mut U>,
    {
        match f(&mut this).map(|part| -> *mut U { part }) {
            Some(part) => Ok(this.with_part(part)),
            None => Err(this),
        }
    }

    fn with_part<U: ?Sized>(self, part: *mut U) -> MappedMutexGuard<'a, U> {
        // The permit is the new guard's.
        let mutex = ManuallyDrop::new(self).mutex;
        MappedMutexGuard { part, held: Held::new(&mutex.permits, 1), value: PhantomData }
    }
}

impl<'a, T: ?Sized> MappedMutexGuard<'a, T> {
    /// Goes on with a part of the part; the lock stays held.
    pub fn map<U: ?Sized, F>(mut this: Self, f: F) -> MappedMutexGuard<'a, U>
    where
        F: FnOnce(&mut T) -> &mut U,
    {
        let part: *mut U = f(&mut this);
        MappedMutexGuard { part, held: this.held, value: PhantomData }
    }

    /// Goes on with a part of the part, if there is one; the lock stays held.
    ///
    /// # Errors
    ///
    /// Has the guard back if there is no such part.
    pub fn try_map<U: ?Sized, F>(mut this: Self, f: F) -> Result<MappedMutexGuard<'a, U>, Self>
    where
        F: FnOnce(&mut T) -> Option<&mut U>,
    {
        match f(&mut this).map(|part| -> *mut U { part }) {
            Some(part) => Ok(MappedMutexGuard { part, held: this.held, value: PhantomData }),
            None => Err(this),
        }
    }
}

impl<T: ?Sized> OwnedMutexGuard<T> {
    /// Goes on with a part of the value; the lock stays held.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use tokio::sync::mutex::{Mutex, OwnedMutexGuard};
    ///
    /// let pair = Arc::new(Mutex::new((1, 2)));
    /// let guard = pair.clone().try_lock_owned().unwrap();
    /// let second = OwnedMutexGuard::map(guard, |pair| &mut pair.1);
    /// assert_eq!(*second, 2);
    /// ```
    pub fn map<U: ?Sized, F>(mut this: Self, f: F) -> OwnedMappedMutexGuard<T, U>
    where
        F: FnOnce(&mut T) -> &mut U,
    {
        let part: *mut U = f(&mut this);
        OwnedMappedMutexGuard { part, share: this.share }
    }

    /// Goes on with a part of the value, if there is one; the lock stays held.
    ///
    /// # Errors
    ///
    /// Has the guard back if there is no such part.
    pub fn try_map<U: ?Sized, F>(mut this: Self, f: F) -> Result<OwnedMappedMutexGuard<T, U>, Self>
    where
        F: FnOnce(&mut T) -> Option<&mut U>,
    {
        match f(&mut this).map(|part| -> *mut U { part }) {
            Some(part) => Ok(OwnedMappedMutexGuard { part, share: this.share }),
            None => Err(this),
        }
    }
}

impl<T: ?Sized, U: ?Sized> OwnedMappedMutexGuard<T, U> {
    /// Goes on with a part of the part; the lock stays held.
    pub fn map<S: ?Sized, F>(mut this: Self, f: F) -> OwnedMappedMutexGuard<T, S>
    where
        F: FnOnce(&mut U) -> &mut S,
    {
        let part: *mut S = f(&mut this);
        OwnedMappedMutexGuard { part, share: this.share }
    }

    /// Goes on with a part of the part, if there is one; the lock stays held.
    ///
    /// # Errors
    ///
    /// Has the guard back if there is no such part.
    pub fn try_map<S: ?Sized, F>(mut this: Self, f: F) -> Result<OwnedMappedMutexGuard<T, S>, Self>
    where
        F: FnOnce(&mut U) -> Option<&mut S>,
    {
        match f(&mut this).map(|part| -> *mut S { part }) {
            Some(part) => Ok(OwnedMappedMutexGuard { part, share: this.share }),
            None => Err(this),
        }
    }
}

macro_rules! lends_part {
    ($([$($p:tt)*] $guard:ty => $part:ident;)*) => { $(
        impl<$($p)*> Deref for $guard {
            type Target = $part;

            fn deref(&self) -> &$part {
                // SAFETY: a part of the value, which the permit covers; and the guard is
                // itself borrowed for as long as the reference lives.
                unsafe { &*self.part }
            }
        }

        impl<$($p)*> DerefMut for $guard {
            fn deref_mut(&mut self) -> &mut $part {
                // SAFETY: as above, and the borrow of the guard is exclusive.
                unsafe { &mut *self.part }
            }
        }
    )* };
}

lends_part! {
    [T: ?Sized] MappedMutexGuard<'_, T> => T;
    [T: ?Sized, U: ?Sized] OwnedMappedMutexGuard<T, U> => U;
}

shown_as_value! {
    [T] MutexGuard<'_, T> => T;
    [T] OwnedMutexGuard<T> => T;
    [T] MappedMutexGuard<'_, T> => T;
    [T, U] OwnedMappedMutexGuard<T, U> => U;
}

impl fmt::Display for TryLockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("operation would block")
    }
}

impl Error for TryLockError {}
