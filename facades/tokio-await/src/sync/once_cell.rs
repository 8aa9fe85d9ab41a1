//! A value that is made once, by whoever needs it first.
//!
//! [`Once`] has the value; a mutex of the root crate lets one task at a time make
//! it, and the others wait. Programs of tokio 1.x call it.
//!
//! Always true: while the cell is shared, the value is set once. An attempt that fails, panics or
//! is dropped leaves the cell empty, and the next task in line tries.
//!
//! Why not std's `OnceLock`? Whoever comes second would block its thread while the first awaits;
//! and a future that is dropped would leave the others blocked.

use super::once::Once;
use std::convert::Infallible;
use std::error::Error;
use std::fmt;
use std::future::Future;
use tokio::sync::mutex::Mutex;

/// A value that is made once, by whoever needs it first.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::sync::OnceCell;
///
/// static NAME: OnceCell<String> = OnceCell::const_new();
///
/// tokio::runtime::Runtime::new().unwrap().block_on(async {
///     let name = NAME.get_or_init(|| async { String::from("first") }).await;
///     assert_eq!(name, "first");
///     assert_eq!(NAME.get().unwrap(), "first");
/// });
/// ```
pub struct OnceCell<T> {
    value: Once<T>,
    /// Held by the one that makes the value.
    making: Mutex<()>,
}

impl<T> OnceCell<T> {
    /// Returns a cell without a value.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let cell = tokio::sync::OnceCell::new();
    /// cell.set(1).unwrap();
    /// assert_eq!(cell.get(), Some(&1));
    /// ```
    pub const fn new() -> OnceCell<T> {
        OnceCell { value: Once::new(), making: Mutex::const_new(()) }
    }

    /// Works like [`new`](OnceCell::new), for a `static`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::sync::OnceCell;
    ///
    /// static LIMIT: OnceCell<u32> = OnceCell::const_new();
    ///
    /// LIMIT.set(100).unwrap();
    /// assert_eq!(LIMIT.get(), Some(&100));
    /// ```
    pub const fn const_new() -> OnceCell<T> {
        OnceCell::new()
    }

    /// Returns a cell that has `value`, for a `static`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::sync::OnceCell;
    ///
    /// static LIMIT: OnceCell<u32> = OnceCell::const_new_with(100);
    ///
    /// assert_eq!(LIMIT.get(), Some(&100));
    /// ```
    pub const fn const_new_with(value: T) -> OnceCell<T> {
        OnceCell { value: Once::Given(value), making: Mutex::const_new(()) }
    }

    /// Returns a cell that has `value`, if that is some.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let cell = tokio::sync::OnceCell::new_with(Some(1));
    /// assert!(cell.initialized());
    /// ```
    pub fn new_with(value: Option<T>) -> OnceCell<T> {
        value.map_or_else(OnceCell::new, OnceCell::from)
    }

    /// Returns whether there is a value.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let cell = tokio::sync::OnceCell::<u32>::new();
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
    /// let cell = tokio::sync::OnceCell::<u32>::new();
    /// assert_eq!(cell.get(), None);
    /// ```
    pub fn get(&self) -> Option<&T> {
        self.value.get()
    }

    /// Returns the value, if there is one.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let mut cell = tokio::sync::OnceCell::new_with(Some(1));
    /// *cell.get_mut().unwrap() += 1;
    /// assert_eq!(cell.get(), Some(&2));
    /// ```
    pub fn get_mut(&mut self) -> Option<&mut T> {
        self.value.get_mut()
    }

    /// Makes `value` the value of a cell that has none.
    ///
    /// # Errors
    ///
    /// Has `value` back if there is one, or somebody is making one.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::sync::OnceCell;
    ///
    /// let cell = OnceCell::new();
    /// cell.set(1).unwrap();
    /// assert!(cell.set(2).is_err());
    /// assert_eq!(cell.get(), Some(&1));
    /// ```
    pub fn set(&self, value: T) -> Result<(), SetError<T>> {
        if self.initialized() {
            return Err(SetError::AlreadyInitializedError(value));
        }
        match self.making.try_lock() {
            Ok(_making) => self.value.set(value).map_err(SetError::AlreadyInitializedError),
            Err(_) => Err(SetError::InitializingError(value)),
        }
    }

    /// Returns the value; made by `init` if there is none. If somebody is making one, waits for
    /// that.
    ///
    /// # Dropping
    ///
    /// Drops the future of `init`; the next in line calls its own. So it goes if that
    /// panics, too.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     let cell = tokio::sync::OnceCell::new();
    ///     assert_eq!(cell.get_or_init(|| async { 1 }).await, &1);
    ///     assert_eq!(cell.get_or_init(|| async { 2 }).await, &1);
    /// });
    /// ```
    pub async fn get_or_init<F, Fut>(&self, init: F) -> &T
    where
        F: FnOnce() -> Fut,
        Fut: Future<Output = T>,
    {
        let made = self.get_or_try_init(|| async { Ok::<T, Infallible>(init().await) }).await;
        let Ok(value) = made;
        value
    }

    /// Works like [`get_or_init`](OnceCell::get_or_init), where `init` may fail.
    ///
    /// # Errors
    ///
    /// That of `init`. There is no value then; the next in line calls its own.
    ///
    /// # Dropping
    ///
    /// As there.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     let cell = tokio::sync::OnceCell::new();
    ///     assert_eq!(cell.get_or_try_init(|| async { Err("not yet") }).await, Err("not yet"));
    ///     assert_eq!(cell.get_or_try_init(|| async { Ok::<_, ()>(1) }).await, Ok(&1));
    /// });
    /// ```
    #[expect(clippy::missing_panics_doc, reason = "never: it was set just before")]
    pub async fn get_or_try_init<E, F, Fut>(&self, init: F) -> Result<&T, E>
    where
        F: FnOnce() -> Fut,
        Fut: Future<Output = Result<T, E>>,
    {
        if let Some(value) = self.get() {
            return Ok(value);
        }
        let _making = self.making.lock().await;
        if let Some(value) = self.get() {
            return Ok(value);
        }
        let value = init().await?;
        // Nobody else sets one: they would hold the lock.
        drop(self.value.set(value));
        Ok(self.get().expect("it was set just now"))
    }

    /// Returns the value, if there is one.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let cell = tokio::sync::OnceCell::new_with(Some(1));
    /// assert_eq!(cell.into_inner(), Some(1));
    /// ```
    pub fn into_inner(self) -> Option<T> {
        self.value.into_inner()
    }

    /// Takes the value out of the cell, which has none then.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let mut cell = tokio::sync::OnceCell::new_with(Some(1));
    /// assert_eq!(cell.take(), Some(1));
    /// assert!(!cell.initialized());
    /// ```
    pub fn take(&mut self) -> Option<T> {
        std::mem::replace(&mut self.value, Once::new()).into_inner()
    }
}

impl<T> From<T> for OnceCell<T> {
    fn from(value: T) -> OnceCell<T> {
        OnceCell::const_new_with(value)
    }
}

impl<T> Default for OnceCell<T> {
    fn default() -> OnceCell<T> {
        OnceCell::new()
    }
}

impl<T: Clone> Clone for OnceCell<T> {
    fn clone(&self) -> OnceCell<T> {
        OnceCell::new_with(self.get().cloned())
    }
}

impl<T: PartialEq> PartialEq for OnceCell<T> {
    fn eq(&self, other: &OnceCell<T>) -> bool {
        self.get() == other.get()
    }
}

impl<T: Eq> Eq for OnceCell<T> {}

impl<T: fmt::Debug> fmt::Debug for OnceCell<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OnceCell").field("value", &self.get()).finish()
    }
}

/// Why [`OnceCell::set`] did not; has the value.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// let cell = tokio::sync::OnceCell::new_with(Some(1));
/// assert!(cell.set(2).unwrap_err().is_already_init_err());
/// ```
#[derive(Debug, PartialEq, Eq)]
pub enum SetError<T> {
    /// There is a value.
    AlreadyInitializedError(T),
    /// Somebody is making one.
    InitializingError(T),
}

impl<T> SetError<T> {
    /// Returns whether there is a value.
    pub fn is_already_init_err(&self) -> bool {
        matches!(self, SetError::AlreadyInitializedError(_))
    }

    /// Returns whether somebody is making one.
    pub fn is_initializing_err(&self) -> bool {
        matches!(self, SetError::InitializingError(_))
    }
}

impl<T> fmt::Display for SetError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            SetError::AlreadyInitializedError(_) => "AlreadyInitializedError",
            SetError::InitializingError(_) => "InitializingError",
        })
    }
}

impl<T: fmt::Debug> Error for SetError<T> {}
