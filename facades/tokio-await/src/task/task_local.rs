//! Values that belong to a task: see [`task_local!`](crate::task_local).
//!
//! A value is put into a thread's local while the future it is for is polled, and taken out
//! again. So it needs no memory of its own, and goes where the task goes.

use std::cell::RefCell;
use std::error::Error;
use std::fmt;
use std::future::{poll_fn, Future};
use std::pin::pin;
use std::thread;

/// Declares values that belong to tasks, each under a [`LocalKey`].
///
/// # Examples
///
/// ```
/// tokio_await::task_local! {
///     /// The number of the request that is served.
///     static REQUEST: u32;
/// }
///
/// # tokio_await::runtime::Runtime::new().unwrap().block_on(async {
/// async fn log() -> String {
///     REQUEST.with(|n| format!("request {n}"))
/// }
///
/// let line = REQUEST.scope(7, async {
///     tokio_await::task::yield_now().await;
///     log().await
/// });
/// assert_eq!(line.await, "request 7");
/// assert!(REQUEST.try_with(|_| ()).is_err());
/// # });
/// ```
#[macro_export]
macro_rules! task_local {
    () => {};
    ($(#[$meta:meta])* $vis:vis static $name:ident: $type:ty $(; $($rest:tt)*)?) => {
        $(#[$meta])*
        $vis static $name: $crate::task::LocalKey<$type> = {
            ::std::thread_local! {
                static PLACE: ::std::cell::RefCell<::core::option::Option<$type>> =
                    const { ::std::cell::RefCell::new(::core::option::Option::None) };
            }
            $crate::task::LocalKey::__new(&PLACE)
        };
        $($crate::task_local!($($rest)*);)?
    };
}

/// Leads to a value of the task; see [`task_local!`](crate::task_local).
pub struct LocalKey<T: 'static> {
    place: &'static thread::LocalKey<RefCell<Option<T>>>,
}

/// The task has no such value, or it is being used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccessError(());

impl<T: 'static> LocalKey<T> {
    #[doc(hidden)]
    pub const fn __new(place: &'static thread::LocalKey<RefCell<Option<T>>>) -> LocalKey<T> {
        LocalKey { place }
    }

    /// Waits for `future`, with `value` as the value under this key.
    ///
    /// # Dropping
    ///
    /// Drops `future`, for which the value is not there then, and the value.
    pub async fn scope<F: Future>(&'static self, value: T, future: F) -> F::Output {
        let mut kept = Some(value);
        let mut future = pin!(future);
        poll_fn(|cx| self.lend(&mut kept, || future.as_mut().poll(cx))).await
    }

    /// Calls `f`, with `value` as the value under this key.
    pub fn sync_scope<R>(&'static self, value: T, f: impl FnOnce() -> R) -> R {
        self.lend(&mut Some(value), f)
    }

    /// Calls `f` with what `kept` has in place, and puts it back there.
    fn lend<R>(&'static self, kept: &mut Option<T>, f: impl FnOnce() -> R) -> R {
        /// Puts it back, also when `f` panics.
        struct Return<'a, T: 'static> {
            key: &'static LocalKey<T>,
            kept: &'a mut Option<T>,
        }

        impl<T> Drop for Return<'_, T> {
            fn drop(&mut self) {
                self.key.swap(self.kept);
            }
        }

        self.swap(kept);
        let _return = Return { key: self, kept };
        f()
    }

    fn swap(&'static self, kept: &mut Option<T>) {
        // Only swapped: what was in place is for the scope around this one.
        self.place.with(|place| std::mem::swap(&mut *place.borrow_mut(), kept));
    }

    /// Calls `f` with the value of the task. It cannot be put out of place by `f`.
    ///
    /// # Panics
    ///
    /// If there is none: not below a [`scope`](LocalKey::scope) of this key.
    pub fn with<R>(&'static self, f: impl FnOnce(&T) -> R) -> R {
        self.try_with(f).unwrap_or_else(|e| panic!("{e}"))
    }

    /// Calls `f` with the value of the task.
    ///
    /// # Errors
    ///
    /// If there is none.
    pub fn try_with<R>(&'static self, f: impl FnOnce(&T) -> R) -> Result<R, AccessError> {
        let result = self.place.try_with(|place| place.borrow().as_ref().map(f));
        result.ok().flatten().ok_or(AccessError(()))
    }

    /// The value of the task.
    ///
    /// # Errors
    ///
    /// If there is none.
    pub fn try_get(&'static self) -> Result<T, AccessError>
    where
        T: Clone,
    {
        self.try_with(T::clone)
    }

    /// The value of the task.
    ///
    /// # Panics
    ///
    /// If there is none.
    pub fn get(&'static self) -> T
    where
        T: Clone,
    {
        self.with(T::clone)
    }
}

impl<T: 'static> fmt::Debug for LocalKey<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalKey").finish_non_exhaustive()
    }
}

impl fmt::Display for AccessError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the task has no such value: not below a scope of its key")
    }
}

impl Error for AccessError {}
