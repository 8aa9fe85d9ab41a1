//! A value that is set once, and that tasks wait for.
//!
//! Programs share it between the task that finds the value and those that need it.
//!
//! Always true: a value that is there is never replaced, so references to it need no lock.
//!
//! Why not `OnceCell`? That one runs a future to get the value; here nobody computes it on demand,
//! and a wait ends when another sets it.

use super::once::Once;
use std::error::Error;
use std::fmt;
use tokio::sync::notify::Notify;

/// A value that somebody sets once, and that others wait for.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use std::sync::Arc;
/// use tokio::sync::SetOnce;
///
/// tokio::runtime::Runtime::new().unwrap().block_on(async {
///     let address = Arc::new(SetOnce::new());
///     let other = address.clone();
///     tokio::spawn(async move { other.set("127.0.0.1:80") });
///     assert_eq!(*address.wait().await, "127.0.0.1:80");
///     assert!(address.set("0.0.0.0:80").is_err());
/// });
/// ```
pub struct SetOnce<T> {
    value: Once<T>,
    /// Rings once the value is there.
    is_set: Notify,
}

impl<T> SetOnce<T> {
    /// Returns a cell without a value.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let cell = tokio::sync::SetOnce::new();
    /// cell.set(1).unwrap();
    /// assert_eq!(cell.get(), Some(&1));
    /// ```
    pub const fn new() -> SetOnce<T> {
        SetOnce { value: Once::new(), is_set: Notify::const_new() }
    }

    /// Works like [`new`](SetOnce::new), for a `static`.
    pub const fn const_new() -> SetOnce<T> {
        SetOnce::new()
    }

    /// Returns a cell with `value`, if that is some.
    pub fn new_with(value: Option<T>) -> SetOnce<T> {
        value.map_or_else(SetOnce::new, SetOnce::const_new_with)
    }

    /// Returns a cell with `value`, for a `static`.
    pub const fn const_new_with(value: T) -> SetOnce<T> {
        SetOnce { value: Once::Given(value), is_set: Notify::const_new() }
    }

    /// Returns whether there is a value.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let cell = tokio::sync::SetOnce::<u32>::new();
    /// assert!(!cell.initialized());
    /// ```
    pub fn initialized(&self) -> bool {
        self.get().is_some()
    }

    /// Returns the value, if there is one.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let cell = tokio::sync::SetOnce::<u32>::new();
    /// assert_eq!(cell.get(), None);
    /// ```
    pub fn get(&self) -> Option<&T> {
        self.value.get()
    }

    /// Sets the value, and wakes all who wait for it.
    ///
    /// # Errors
    ///
    /// Has `value` back if there is one.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let cell = tokio::sync::SetOnce::new();
    /// cell.set(1).unwrap();
    /// assert!(cell.set(2).is_err());
    /// ```
    pub fn set(&self, value: T) -> Result<(), SetOnceError<T>> {
        self.value.set(value).map_err(SetOnceError)?;
        self.is_set.notify_waiters();
        Ok(())
    }

    /// Returns the value, if there is one.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let cell = tokio::sync::SetOnce::new();
    /// cell.set(1).unwrap();
    /// assert_eq!(cell.into_inner(), Some(1));
    /// ```
    pub fn into_inner(self) -> Option<T> {
        self.value.into_inner()
    }

    /// Waits for the value.
    ///
    /// # Dropping
    ///
    /// Loses nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use std::sync::Arc;
    /// use tokio::sync::SetOnce;
    ///
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     let cell = Arc::new(SetOnce::new());
    ///     let setter = cell.clone();
    ///     tokio::spawn(async move { setter.set(1) });
    ///     assert_eq!(cell.wait().await, &1);
    /// });
    /// ```
    pub async fn wait(&self) -> &T {
        loop {
            // Made first: a notification after the look ends the wait.
            let set = self.is_set.notified();
            if let Some(value) = self.get() {
                return value;
            }
            set.await;
        }
    }
}

impl<T> From<T> for SetOnce<T> {
    fn from(value: T) -> SetOnce<T> {
        SetOnce::const_new_with(value)
    }
}

impl<T> Default for SetOnce<T> {
    fn default() -> SetOnce<T> {
        SetOnce::new()
    }
}

impl<T: Clone> Clone for SetOnce<T> {
    fn clone(&self) -> SetOnce<T> {
        SetOnce::new_with(self.get().cloned())
    }
}

impl<T: PartialEq> PartialEq for SetOnce<T> {
    fn eq(&self, other: &SetOnce<T>) -> bool {
        self.get() == other.get()
    }
}

impl<T: Eq> Eq for SetOnce<T> {}

impl<T: fmt::Debug> fmt::Debug for SetOnce<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SetOnce").field("value", &self.get()).finish()
    }
}

/// There is a value already; has the one that was to be set.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::sync::SetOnce;
///
/// #[tokio::main]
/// async fn main() {
///     let cell = SetOnce::new();
///     cell.set(1).unwrap();
///     assert_eq!(cell.set(2).unwrap_err().0, 2, "there is a value already");
/// }
/// ```
#[derive(Debug, PartialEq, Eq)]
pub struct SetOnceError<T>(pub T);

impl<T> fmt::Display for SetOnceError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SetOnceError")
    }
}

impl<T: fmt::Debug> Error for SetOnceError<T> {}
