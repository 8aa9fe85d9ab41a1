//! The guards of a lock for readers and writers that borrow it.
//!
//! A guard has an address and its permits: that of the whole value at first, and of a part
//! of it after `map`. The lock itself it does not know, whose type would be that of the whole
//! value.
//!
//! Called by `rwlock`, and by programs that `map` them.
//!
//! Always true: the address is inside the value of the lock whose permits these are, for as
//! long as the guard exists.
//!
//! Why raw addresses? A guard of a part borrows the lock and points into it at once, which one
//! reference cannot say; and a guard that is given up must not run the drop of the other.

use super::RwLock;
use crate::sync::acquire::{never_closed, shown_as_value, Guard, Held};
use crate::sync::permits::Permits;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};

/// The value is read.
///
/// # Dropping
///
/// Lets a writer in, if it was the last one a writer waits for.
///
/// # Examples
///
/// ```
/// use tokio::sync::rwlock::{RwLock, RwLockReadGuard};
///
/// fn longest<'a>(names: &'a RwLockReadGuard<'_, Vec<String>>) -> Option<&'a String> {
///     names.iter().max_by_key(|name| name.len())
/// }
///
/// let names = RwLock::new(vec!["a".to_string(), "bc".to_string()]);
/// assert_eq!(longest(&names.try_read().unwrap()).unwrap(), "bc");
/// ```
#[must_use = "a guard that is dropped lets the next one in"]
pub struct RwLockReadGuard<'a, T: ?Sized> {
    part: *const T,
    held: Held<'a>,
    value: PhantomData<&'a T>,
}

/// The value may be written.
///
/// # Dropping
///
/// Lets in whoever is next, and all readers up to the next writer.
///
/// # Examples
///
/// ```
/// use tokio::sync::rwlock::{RwLock, RwLockWriteGuard};
///
/// fn add_one(mut number: RwLockWriteGuard<'_, i32>) {
///     *number += 1;
/// }
///
/// let number = RwLock::new(1);
/// add_one(number.try_write().unwrap());
/// assert_eq!(number.into_inner(), 2);
/// ```
#[must_use = "a guard that is dropped lets the next one in"]
pub struct RwLockWriteGuard<'a, T: ?Sized> {
    part: *mut T,
    held: Held<'a>,
    value: PhantomData<&'a mut T>,
}

/// A part of the value may be written; see [`RwLockWriteGuard::map`].
///
/// # Dropping
///
/// As for [`RwLockWriteGuard`].
///
/// # Examples
///
/// ```
/// use tokio::sync::rwlock::{RwLock, RwLockMappedWriteGuard, RwLockWriteGuard};
///
/// fn first(pair: &RwLock<(i32, i32)>) -> RwLockMappedWriteGuard<'_, i32> {
///     RwLockWriteGuard::map(pair.try_write().unwrap(), |pair| &mut pair.0)
/// }
///
/// let pair = RwLock::new((1, 2));
/// *first(&pair) = 7;
/// assert_eq!(pair.into_inner(), (7, 2));
/// ```
pub struct RwLockMappedWriteGuard<'a, T: ?Sized> {
    part: *mut T,
    held: Held<'a>,
    value: PhantomData<&'a mut T>,
}

// SAFETY: the guard lends `&T`, and gives back its permit from any thread.
unsafe impl<T: ?Sized + Sync> Send for RwLockReadGuard<'_, T> {}
// SAFETY: as above.
unsafe impl<T: ?Sized + Send + Sync> Sync for RwLockReadGuard<'_, T> {}
// SAFETY: the guard lends `&mut T`, and gives back its permits from any thread.
unsafe impl<T: ?Sized + Send + Sync> Send for RwLockWriteGuard<'_, T> {}
// SAFETY: a shared guard lends `&T`.
unsafe impl<T: ?Sized + Send + Sync> Sync for RwLockWriteGuard<'_, T> {}
// SAFETY: the guard lends `&mut T`, and gives back its permits from any thread.
unsafe impl<T: ?Sized + Send + Sync> Send for RwLockMappedWriteGuard<'_, T> {}
// SAFETY: a shared guard lends `&T`.
unsafe impl<T: ?Sized + Send + Sync> Sync for RwLockMappedWriteGuard<'_, T> {}

impl<'a, T: ?Sized> Guard for RwLockReadGuard<'a, T> {
    type Home = &'a RwLock<T>;

    const IS_ALONE: bool = false;

    fn permits(home: &Self::Home) -> &Permits {
        &home.permits
    }

    fn new(lock: &'a RwLock<T>, n: usize) -> Self {
        let part = lock.value.with(|value| value);
        RwLockReadGuard { part, held: Held::new(&lock.permits, n), value: PhantomData }
    }

    never_closed!();
}

impl<'a, T: ?Sized> Guard for RwLockWriteGuard<'a, T> {
    type Home = &'a RwLock<T>;

    const IS_ALONE: bool = true;

    fn permits(home: &Self::Home) -> &Permits {
        &home.permits
    }

    fn new(lock: &'a RwLock<T>, n: usize) -> Self {
        let part = lock.value.with_mut(|value| value);
        RwLockWriteGuard { part, held: Held::new(&lock.permits, n), value: PhantomData }
    }

    never_closed!();
}

impl<'a, T: ?Sized> RwLockReadGuard<'a, T> {
    /// Goes on with a part of the value; the lock stays held.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::rwlock::{RwLock, RwLockReadGuard};
    ///
    /// let pair = RwLock::new((1, 2));
    /// let second = RwLockReadGuard::map(pair.try_read().unwrap(), |pair| &pair.1);
    /// assert_eq!(*second, 2);
    /// assert!(pair.try_write().is_err());
    /// ```
    pub fn map<F, U: ?Sized>(this: Self, f: F) -> RwLockReadGuard<'a, U>
    where
        F: FnOnce(&T) -> &U,
    {
        let part: *const U = f(&this);
        RwLockReadGuard { part, held: this.held, value: PhantomData }
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
    /// use tokio::sync::rwlock::{RwLock, RwLockReadGuard};
    ///
    /// let list = RwLock::new(vec![1, 2]);
    /// let last = RwLockReadGuard::try_map(list.try_read().unwrap(), |list| list.last());
    /// assert_eq!(*last.unwrap(), 2);
    /// ```
    pub fn try_map<F, U: ?Sized>(this: Self, f: F) -> Result<RwLockReadGuard<'a, U>, Self>
    where
        F: FnOnce(&T) -> Option<&U>,
    {
        match f(&this).map(|part| -> *const U { part }) {
            Some(part) => Ok(RwLockReadGuard { part, held: this.held, value: PhantomData }),
            None => Err(this),
        }
    }
}

impl<'a, T: ?Sized> RwLockWriteGuard<'a, T> {
    /// Goes on with a part of the value; the lock stays held.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::rwlock::{RwLock, RwLockWriteGuard};
    ///
    /// let pair = RwLock::new((1, 2));
    /// let mut second = RwLockWriteGuard::map(pair.try_write().unwrap(), |pair| &mut pair.1);
    /// *second = 3;
    /// drop(second);
    /// assert_eq!(pair.into_inner(), (1, 3));
    /// ```
    pub fn map<F, U: ?Sized>(this: Self, f: F) -> RwLockMappedWriteGuard<'a, U>
    where
        F: FnOnce(&mut T) -> &mut U,
    {
        RwLockMappedWriteGuard::map(RwLockWriteGuard::into_mapped(this), f)
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
    /// use tokio::sync::rwlock::{RwLock, RwLockWriteGuard};
    ///
    /// let list = RwLock::new(Vec::<i32>::new());
    /// // There is no last element; the guard comes back.
    /// let guard = RwLockWriteGuard::try_map(list.try_write().unwrap(), |list| list.last_mut());
    /// guard.unwrap_err().push(1);
    /// assert_eq!(list.into_inner(), [1]);
    /// ```
    pub fn try_map<F, U: ?Sized>(
        mut this: Self,
        f: F,
    ) -> Result<RwLockMappedWriteGuard<'a, U>, Self>
    where
        F: FnOnce(&mut T) -> Option<&mut U>,
    {
        match f(&mut this).map(|part| -> *mut U { part }) {
            Some(part) => Ok(RwLockMappedWriteGuard { part, held: this.held, value: PhantomData }),
            None => Err(this),
        }
    }

    /// Returns this guard, as one of the whole value that is of the type of those of a part.
    pub fn into_mapped(this: Self) -> RwLockMappedWriteGuard<'a, T> {
        RwLockMappedWriteGuard { part: this.part, held: this.held, value: PhantomData }
    }

    /// Goes on reading, without letting a writer in between. Readers that are next in line
    /// come in, too.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::rwlock::RwLock;
    ///
    /// let lock = RwLock::new(1);
    /// let mut writer = lock.try_write().unwrap();
    /// *writer += 1;
    /// let reader = writer.downgrade();
    /// assert_eq!(*lock.try_read().unwrap(), *reader);
    /// ```
    pub fn downgrade(self) -> RwLockReadGuard<'a, T> {
        RwLockWriteGuard::downgrade_to(self, |part| part)
    }

    /// Goes on reading a part of the value, without letting a writer in between.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::rwlock::{RwLock, RwLockWriteGuard};
    ///
    /// let pair = RwLock::new((1, 2));
    /// let first = RwLockWriteGuard::downgrade_map(pair.try_write().unwrap(), |pair| &pair.0);
    /// assert_eq!(*first, 1);
    /// assert!(pair.try_read().is_ok());
    /// ```
    pub fn downgrade_map<F, U: ?Sized>(this: Self, f: F) -> RwLockReadGuard<'a, U>
    where
        F: FnOnce(&T) -> &U,
    {
        let part: *const U = f(&this);
        RwLockWriteGuard::downgrade_to(this, |_| part)
    }

    /// Goes on reading a part of the value, if there is one, without letting a writer in
    /// between.
    ///
    /// # Errors
    ///
    /// Has the guard back if there is no such part.
    pub fn try_downgrade_map<F, U: ?Sized>(this: Self, f: F) -> Result<RwLockReadGuard<'a, U>, Self>
    where
        F: FnOnce(&T) -> Option<&U>,
    {
        match f(&this).map(|part| -> *const U { part }) {
            Some(part) => Ok(RwLockWriteGuard::downgrade_to(this, |_| part)),
            None => Err(this),
        }
    }

    fn downgrade_to<U: ?Sized>(
        self,
        part: impl FnOnce(*const T) -> *const U,
    ) -> RwLockReadGuard<'a, U> {
        let part = part(self.part);
        // The reader is there before others are let in: a waker may panic.
        let mut reader = RwLockReadGuard { part, held: self.held, value: PhantomData };
        reader.held.keep_one();
        reader
    }
}

impl<'a, T: ?Sized> RwLockMappedWriteGuard<'a, T> {
    /// Goes on with a part of the part; the lock stays held.
    pub fn map<F, U: ?Sized>(mut this: Self, f: F) -> RwLockMappedWriteGuard<'a, U>
    where
        F: FnOnce(&mut T) -> &mut U,
    {
        let part: *mut U = f(&mut this);
        RwLockMappedWriteGuard { part, held: this.held, value: PhantomData }
    }

    /// Goes on with a part of the part, if there is one; the lock stays held.
    ///
    /// # Errors
    ///
    /// Has the guard back if there is no such part.
    pub fn try_map<F, U: ?Sized>(
        mut this: Self,
        f: F,
    ) -> Result<RwLockMappedWriteGuard<'a, U>, Self>
    where
        F: FnOnce(&mut T) -> Option<&mut U>,
    {
        match f(&mut this).map(|part| -> *mut U { part }) {
            Some(part) => Ok(RwLockMappedWriteGuard { part, held: this.held, value: PhantomData }),
            None => Err(this),
        }
    }
}

macro_rules! lends {
    ($([$($p:tt)*] $guard:ty => $part:ident;)*) => { $(
        impl<$($p)*> Deref for $guard {
            type Target = $part;

            fn deref(&self) -> &$part {
                // SAFETY: the value or a part of it. The guard has a permit, so nobody
                // else writes; and it is itself borrowed for as long as the reference lives.
                unsafe { &*self.part }
            }
        }
    )* };
}

macro_rules! lends_mut {
    ($([$($p:tt)*] $guard:ty;)*) => { $(
        impl<$($p)*> DerefMut for $guard {
            fn deref_mut(&mut self) -> &mut Self::Target {
                // SAFETY: the value or a part of it. The guard has all permits, and its
                // borrow is exclusive.
                unsafe { &mut *self.part }
            }
        }
    )* };
}

pub(super) use {lends, lends_mut};

lends! {
    [T: ?Sized] RwLockReadGuard<'_, T> => T;
    [T: ?Sized] RwLockWriteGuard<'_, T> => T;
    [T: ?Sized] RwLockMappedWriteGuard<'_, T> => T;
}

lends_mut! {
    [T: ?Sized] RwLockWriteGuard<'_, T>;
    [T: ?Sized] RwLockMappedWriteGuard<'_, T>;
}

shown_as_value! {
    [T] RwLockReadGuard<'_, T> => T;
    [T] RwLockWriteGuard<'_, T> => T;
    [T] RwLockMappedWriteGuard<'_, T> => T;
}
