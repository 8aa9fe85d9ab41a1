//! The guards of a lock for readers and writers that keep it alive.
//!
//! They work like those that borrow the lock (`guards`). Each also holds an `Arc` of the lock, so
//! it can be sent to another task. Made by `rwlock`.
//!
//! Always true: the permits of a guard go back before its `Arc` does.
//!
//! Why not one type with those that borrow? A guard that borrows may be of a lock on the stack;
//! one that owns needs the lock in an `Arc`, whose count it pays for.

use super::guards::{lends, lends_mut};
use super::RwLock;
use crate::sync::acquire::{never_closed, shown_as_value, Guard};
use crate::sync::permits::Permits;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

/// The value is read, and the lock kept alive.
///
/// # Dropping
///
/// As for [`RwLockReadGuard`](super::RwLockReadGuard).
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use tokio::sync::rwlock::{OwnedRwLockReadGuard, RwLock};
///
/// let lock = Arc::new(RwLock::new(1));
/// let value: OwnedRwLockReadGuard<i32> = lock.clone().try_read_owned().unwrap();
/// std::thread::spawn(move || assert_eq!(*value, 1)).join().unwrap();
/// ```
pub struct OwnedRwLockReadGuard<T: ?Sized, U: ?Sized = T> {
    part: *const U,
    share: Share<T>,
}

/// The value may be written, and the lock is kept alive.
///
/// # Dropping
///
/// As for [`RwLockWriteGuard`](super::RwLockWriteGuard).
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use tokio::sync::rwlock::{OwnedRwLockWriteGuard, RwLock};
///
/// let lock = Arc::new(RwLock::new(1));
/// let mut value: OwnedRwLockWriteGuard<i32> = lock.clone().try_write_owned().unwrap();
/// std::thread::spawn(move || *value += 1).join().unwrap();
/// assert_eq!(*lock.try_read().unwrap(), 2);
/// ```
pub struct OwnedRwLockWriteGuard<T: ?Sized> {
    part: *mut T,
    share: Share<T>,
}

/// A part of the value may be written, and the lock is kept alive; see
/// [`OwnedRwLockWriteGuard::map`].
///
/// # Dropping
///
/// As for [`RwLockWriteGuard`](super::RwLockWriteGuard).
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use tokio::sync::rwlock::{OwnedRwLockMappedWriteGuard, OwnedRwLockWriteGuard, RwLock};
///
/// let pair = Arc::new(RwLock::new((1, 2)));
/// let guard = pair.clone().try_write_owned().unwrap();
/// let mut first: OwnedRwLockMappedWriteGuard<(i32, i32), i32> =
///     OwnedRwLockWriteGuard::map(guard, |pair| &mut pair.0);
/// *first = 7;
/// drop(first);
/// assert_eq!(*pair.try_read().unwrap(), (7, 2));
/// ```
pub struct OwnedRwLockMappedWriteGuard<T: ?Sized, U: ?Sized = T> {
    part: *mut U,
    share: Share<T>,
}

// SAFETY: the guard lends `&U`; and it may be the last to have the lock, which is dropped
// with its `T`.
unsafe impl<T: ?Sized + Send + Sync, U: ?Sized + Sync> Send for OwnedRwLockReadGuard<T, U> {}
// SAFETY: a shared guard lends `&U` and the lock.
unsafe impl<T: ?Sized + Send + Sync, U: ?Sized + Send + Sync> Sync for OwnedRwLockReadGuard<T, U> {}
// SAFETY: the guard lends `&mut T`, and may be the last to have the lock.
unsafe impl<T: ?Sized + Send + Sync> Send for OwnedRwLockWriteGuard<T> {}
// SAFETY: a shared guard lends `&T` and the lock.
unsafe impl<T: ?Sized + Send + Sync> Sync for OwnedRwLockWriteGuard<T> {}
// SAFETY: the guard lends `&mut U`, and may be the last to have the lock.
unsafe impl<T: ?Sized + Send + Sync, U: ?Sized + Send + Sync> Send
    for OwnedRwLockMappedWriteGuard<T, U>
{
}
// SAFETY: a shared guard lends `&U` and the lock.
unsafe impl<T: ?Sized + Send + Sync, U: ?Sized + Send + Sync> Sync
    for OwnedRwLockMappedWriteGuard<T, U>
{
}

/// Permits of a lock that is kept alive.
struct Share<T: ?Sized> {
    lock: Arc<RwLock<T>>,
    n: usize,
}

impl<T: ?Sized> Drop for Share<T> {
    fn drop(&mut self) {
        self.lock.permits.give_back(self.n);
    }
}

impl<T: ?Sized> Guard for OwnedRwLockReadGuard<T> {
    type Home = Arc<RwLock<T>>;

    const IS_ALONE: bool = false;

    fn permits(home: &Self::Home) -> &Permits {
        &home.permits
    }

    fn new(lock: Arc<RwLock<T>>, n: usize) -> Self {
        let part = lock.value.with(|value| value);
        OwnedRwLockReadGuard { part, share: Share { lock, n } }
    }

    never_closed!();
}

impl<T: ?Sized> Guard for OwnedRwLockWriteGuard<T> {
    type Home = Arc<RwLock<T>>;

    const IS_ALONE: bool = true;

    fn permits(home: &Self::Home) -> &Permits {
        &home.permits
    }

    fn new(lock: Arc<RwLock<T>>, n: usize) -> Self {
        let part = lock.value.with_mut(|value| value);
        OwnedRwLockWriteGuard { part, share: Share { lock, n } }
    }

    never_closed!();
}

impl<T: ?Sized, U: ?Sized> OwnedRwLockReadGuard<T, U> {
    /// Goes on with a part of what is read; the lock stays held.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use tokio::sync::rwlock::{OwnedRwLockReadGuard, RwLock};
    ///
    /// let pair = Arc::new(RwLock::new((1, 2)));
    /// let second = OwnedRwLockReadGuard::map(pair.try_read_owned().unwrap(), |pair| &pair.1);
    /// assert_eq!(*second, 2);
    /// ```
    pub fn map<F, V: ?Sized>(this: Self, f: F) -> OwnedRwLockReadGuard<T, V>
    where
        F: FnOnce(&U) -> &V,
    {
        let part: *const V = f(&this);
        OwnedRwLockReadGuard { part, share: this.share }
    }

    /// Goes on with a part of what is read, if there is one; the lock stays held.
    ///
    /// # Errors
    ///
    /// Has the guard back if there is no such part.
    pub fn try_map<F, V: ?Sized>(this: Self, f: F) -> Result<OwnedRwLockReadGuard<T, V>, Self>
    where
        F: FnOnce(&U) -> Option<&V>,
    {
        match f(&this).map(|part| -> *const V { part }) {
            Some(part) => Ok(OwnedRwLockReadGuard { part, share: this.share }),
            None => Err(this),
        }
    }

    /// Returns the lock.
    pub fn rwlock(this: &Self) -> &Arc<RwLock<T>> {
        &this.share.lock
    }
}

impl<T: ?Sized> OwnedRwLockWriteGuard<T> {
    /// Goes on with a part of the value; the lock stays held.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use tokio::sync::rwlock::{OwnedRwLockWriteGuard, RwLock};
    ///
    /// let pair = Arc::new(RwLock::new((1, 2)));
    /// let guard = pair.clone().try_write_owned().unwrap();
    /// *OwnedRwLockWriteGuard::map(guard, |pair| &mut pair.1) = 3;
    /// assert_eq!(*pair.try_read().unwrap(), (1, 3));
    /// ```
    pub fn map<F, U: ?Sized>(this: Self, f: F) -> OwnedRwLockMappedWriteGuard<T, U>
    where
        F: FnOnce(&mut T) -> &mut U,
    {
        OwnedRwLockMappedWriteGuard::map(OwnedRwLockWriteGuard::into_mapped(this), f)
    }

    /// Goes on with a part of the value, if there is one; the lock stays held.
    ///
    /// # Errors
    ///
    /// Has the guard back if there is no such part.
    pub fn try_map<F, U: ?Sized>(
        mut this: Self,
        f: F,
    ) -> Result<OwnedRwLockMappedWriteGuard<T, U>, Self>
    where
        F: FnOnce(&mut T) -> Option<&mut U>,
    {
        match f(&mut this).map(|part| -> *mut U { part }) {
            Some(part) => Ok(OwnedRwLockMappedWriteGuard { part, share: this.share }),
            None => Err(this),
        }
    }

    /// Returns this guard, as one of the whole value that is of the type of those of a part.
    pub fn into_mapped(this: Self) -> OwnedRwLockMappedWriteGuard<T> {
        OwnedRwLockMappedWriteGuard { part: this.part, share: this.share }
    }

    /// Goes on reading, without letting a writer in between. Readers that are next in line
    /// come in, too.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use tokio::sync::rwlock::RwLock;
    ///
    /// let lock = Arc::new(RwLock::new(1));
    /// let mut writer = lock.clone().try_write_owned().unwrap();
    /// *writer += 1;
    /// let reader = writer.downgrade();
    /// assert_eq!(*reader, *lock.try_read().unwrap());
    /// ```
    pub fn downgrade(self) -> OwnedRwLockReadGuard<T> {
        OwnedRwLockWriteGuard::downgrade_to(self, |part| part)
    }

    /// Goes on reading a part of the value, without letting a writer in between.
    pub fn downgrade_map<F, U: ?Sized>(this: Self, f: F) -> OwnedRwLockReadGuard<T, U>
    where
        F: FnOnce(&T) -> &U,
    {
        let part: *const U = f(&this);
        OwnedRwLockWriteGuard::downgrade_to(this, |_| part)
    }

    /// Goes on reading a part of the value, if there is one, without letting a writer in
    /// between.
    ///
    /// # Errors
    ///
    /// Has the guard back if there is no such part.
    pub fn try_downgrade_map<F, U: ?Sized>(
        this: Self,
        f: F,
    ) -> Result<OwnedRwLockReadGuard<T, U>, Self>
    where
        F: FnOnce(&T) -> Option<&U>,
    {
        match f(&this).map(|part| -> *const U { part }) {
            Some(part) => Ok(OwnedRwLockWriteGuard::downgrade_to(this, |_| part)),
            None => Err(this),
        }
    }

    /// Returns the lock.
    pub fn rwlock(this: &Self) -> &Arc<RwLock<T>> {
        &this.share.lock
    }

    fn downgrade_to<U: ?Sized>(
        self,
        part: impl FnOnce(*const T) -> *const U,
    ) -> OwnedRwLockReadGuard<T, U> {
        let part = part(self.part);
        // The reader is there before others are let in: a waker may panic.
        let mut reader = OwnedRwLockReadGuard { part, share: self.share };
        let rest = std::mem::replace(&mut reader.share.n, 1) - 1;
        reader.share.lock.permits.give_back(rest);
        reader
    }
}

impl<T: ?Sized, U: ?Sized> OwnedRwLockMappedWriteGuard<T, U> {
    /// Goes on with a part of the part; the lock stays held.
    pub fn map<F, V: ?Sized>(mut this: Self, f: F) -> OwnedRwLockMappedWriteGuard<T, V>
    where
        F: FnOnce(&mut U) -> &mut V,
    {
        let part: *mut V = f(&mut this);
        OwnedRwLockMappedWriteGuard { part, share: this.share }
    }

    /// Goes on with a part of the part, if there is one; the lock stays held.
    ///
    /// # Errors
    ///
    /// Has the guard back if there is no such part.
    pub fn try_map<F, V: ?Sized>(
        mut this: Self,
        f: F,
    ) -> Result<OwnedRwLockMappedWriteGuard<T, V>, Self>
    where
        F: FnOnce(&mut U) -> Option<&mut V>,
    {
        match f(&mut this).map(|part| -> *mut V { part }) {
            Some(part) => Ok(OwnedRwLockMappedWriteGuard { part, share: this.share }),
            None => Err(this),
        }
    }

    /// Returns the lock.
    pub fn rwlock(this: &Self) -> &Arc<RwLock<T>> {
        &this.share.lock
    }
}

lends! {
    [T: ?Sized, U: ?Sized] OwnedRwLockReadGuard<T, U> => U;
    [T: ?Sized] OwnedRwLockWriteGuard<T> => T;
    [T: ?Sized, U: ?Sized] OwnedRwLockMappedWriteGuard<T, U> => U;
}

lends_mut! {
    [T: ?Sized] OwnedRwLockWriteGuard<T>;
    [T: ?Sized, U: ?Sized] OwnedRwLockMappedWriteGuard<T, U>;
}

shown_as_value! {
    [T, U] OwnedRwLockReadGuard<T, U> => U;
    [T] OwnedRwLockWriteGuard<T> => T;
    [T, U] OwnedRwLockMappedWriteGuard<T, U> => U;
}
