//! Values that belong to a task: see [`task_local!`](crate::task_local).
//!
//! A value is put into a thread's local while the future it is for is polled, and taken out
//! again. So it needs no memory of its own, and goes where the task goes. Programs of tokio 1.x
//! call it.
//!
//! Always true: what the thread's local held before a poll is put back after it, also if the poll
//! panics.
//!
//! Why not keep the values in the task? A value belongs to a future within the task, and one key
//! can be set at several depths; what is not polled must not be seen.

use pin_project_lite::pin_project;
use std::cell::RefCell;
use std::error::Error;
use std::fmt;
use std::future::Future;
use std::marker::PhantomPinned;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::thread;

/// Declares values that belong to tasks, each under a [`LocalKey`].
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// tokio::task_local! {
///     /// The number of the request that is served.
///     static REQUEST: u32;
/// }
///
/// tokio::runtime::Runtime::new().unwrap().block_on(async {
///     async fn log() -> String {
///         REQUEST.with(|n| format!("request {n}"))
///     }
///
///     let line = REQUEST.scope(7, async {
///         tokio::task::yield_now().await;
///         log().await
///     });
///     assert_eq!(line.await, "request 7");
///     assert!(REQUEST.try_with(|_| ()).is_err());
/// });
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
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// tokio::runtime::Runtime::new().unwrap().block_on(async {
///     tokio::task_local! {
///         static REQUEST: u32;
///     }
///
///     REQUEST.scope(7, async { assert_eq!(REQUEST.get(), 7) }).await;
/// });
/// ```
pub struct LocalKey<T: 'static> {
    place: &'static thread::LocalKey<RefCell<Option<T>>>,
}

/// Why a value cannot be put in place.
enum ScopeError {
    Borrowed,
    Destroyed,
}

impl ScopeError {
    #[track_caller]
    fn panic(&self) -> ! {
        match self {
            ScopeError::Borrowed => {
                panic!("cannot enter a task-local scope while the task-local storage is borrowed")
            }
            ScopeError::Destroyed => panic!(
                "cannot enter a task-local scope during or after destruction of the underlying \
                 thread-local"
            ),
        }
    }
}

pin_project! {
    /// A future with a value under a key; see [`LocalKey::scope`].
    ///
    /// # Panics
    ///
    /// When polled, as [`LocalKey::sync_scope`]; or when polled again after it was done.
    #[must_use = "futures do nothing unless polled"]
    pub struct TaskLocalFuture<T, F>
    where
        T: 'static,
    {
        key: &'static LocalKey<T>,
        kept: Option<T>,
        #[pin]
        future: Option<F>,
        // Pinned as in tokio, whatever the future is.
        #[pin]
        pinned: PhantomPinned,
    }

    impl<T: 'static, F> PinnedDrop for TaskLocalFuture<T, F> {
        fn drop(this: Pin<&mut Self>) {
            let this = this.project();
            if this.kept.is_some() {
                // Without a place for the value, the future is dropped all the same.
                let mut future = this.future;
                let _ = this.key.lend(this.kept, || future.set(None));
            }
        }
    }
}

impl<T: 'static, F> TaskLocalFuture<T, F> {
    /// Takes the value out; from then on the future finds none.
    pub fn take_value(self: Pin<&mut Self>) -> Option<T> {
        self.project().kept.take()
    }
}

impl<T: 'static, F: Future> Future for TaskLocalFuture<T, F> {
    type Output = F::Output;

    #[track_caller]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        let polled = this.key.lend(this.kept, || {
            let polled = this.future.as_mut().as_pin_mut()?.poll(cx);
            if polled.is_ready() {
                this.future.set(None);
            }
            Some(polled)
        });
        match polled {
            Ok(Some(polled)) => polled,
            Ok(None) => panic!("`TaskLocalFuture` polled after completion"),
            Err(e) => e.panic(),
        }
    }
}

impl<T: fmt::Debug + 'static, F> fmt::Debug for TaskLocalFuture<T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TaskLocalFuture").field("value", &self.kept).finish_non_exhaustive()
    }
}

/// The task has no such value, or it is being used.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// tokio::task_local! {
///     static REQUEST: u32;
/// }
///
/// assert!(REQUEST.try_with(|_| ()).is_err());
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct AccessError(());

impl<T: 'static> LocalKey<T> {
    // Hidden: what a macro expands to.
    #[doc(hidden)]
    pub const fn __new(place: &'static thread::LocalKey<RefCell<Option<T>>>) -> LocalKey<T> {
        LocalKey { place }
    }

    /// Waits for `f`, with `value` as the value under this key.
    ///
    /// # Dropping
    ///
    /// Drops `f`, for which the value is there, and then the value.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     tokio::task_local! {
    ///         static REQUEST: u32;
    ///     }
    ///
    ///     REQUEST.scope(1, async { assert_eq!(REQUEST.get(), 1) }).await;
    /// });
    /// ```
    pub fn scope<F: Future>(&'static self, value: T, f: F) -> TaskLocalFuture<T, F> {
        TaskLocalFuture { key: self, kept: Some(value), future: Some(f), pinned: PhantomPinned }
    }

    /// Calls `f`, with `value` as the value under this key.
    ///
    /// # Panics
    ///
    /// If `f` of a [`with`](LocalKey::with) for this key calls it, or if the thread is about
    /// to end.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// tokio::task_local! {
    ///     static REQUEST: u32;
    /// }
    ///
    /// assert_eq!(REQUEST.sync_scope(1, || REQUEST.get()), 1);
    /// ```
    #[track_caller]
    pub fn sync_scope<F, R>(&'static self, value: T, f: F) -> R
    where
        F: FnOnce() -> R,
    {
        match self.lend(&mut Some(value), f) {
            Ok(result) => result,
            Err(e) => e.panic(),
        }
    }

    /// Calls `f` with what `kept` has in place, and puts it back there.
    fn lend<R>(
        &'static self,
        kept: &mut Option<T>,
        f: impl FnOnce() -> R,
    ) -> Result<R, ScopeError> {
        /// Puts it back, also when `f` panics.
        struct Return<'a, T: 'static> {
            key: &'static LocalKey<T>,
            kept: &'a mut Option<T>,
        }

        impl<T> Drop for Return<'_, T> {
            fn drop(&mut self) {
                // The scope has ended, so nothing borrows the place.
                let _ = self.key.swap(self.kept);
            }
        }

        self.swap(kept)?;
        let _return = Return { key: self, kept };
        Ok(f())
    }

    fn swap(&'static self, kept: &mut Option<T>) -> Result<(), ScopeError> {
        // Only swapped: what was in place is for the scope around this one.
        let swap = |place: &RefCell<Option<T>>| match place.try_borrow_mut() {
            Ok(mut place) => {
                std::mem::swap(&mut *place, kept);
                Ok(())
            }
            Err(_) => Err(ScopeError::Borrowed),
        };
        self.place.try_with(swap).unwrap_or(Err(ScopeError::Destroyed))
    }

    /// Calls `f` with the value of the task. It cannot be put out of place by `f`.
    ///
    /// # Panics
    ///
    /// If there is none: not below a [`scope`](LocalKey::scope) of this key.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// tokio::task_local! {
    ///     static NAME: String;
    /// }
    ///
    /// let length = NAME.sync_scope("root".to_owned(), || NAME.with(|name| name.len()));
    /// assert_eq!(length, 4);
    /// ```
    #[track_caller]
    pub fn with<F, R>(&'static self, f: F) -> R
    where
        F: FnOnce(&T) -> R,
    {
        match self.try_with(f) {
            Ok(result) => result,
            Err(_) => panic!("cannot access a task-local storage value without setting it first"),
        }
    }

    /// Calls `f` with the value of the task.
    ///
    /// # Errors
    ///
    /// If there is none.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// tokio::task_local! {
    ///     static REQUEST: u32;
    /// }
    ///
    /// assert!(REQUEST.try_with(|request| *request).is_err());
    /// ```
    pub fn try_with<F, R>(&'static self, f: F) -> Result<R, AccessError>
    where
        F: FnOnce(&T) -> R,
    {
        let result = self.place.try_with(|place| place.borrow().as_ref().map(f));
        result.ok().flatten().ok_or(AccessError(()))
    }

    /// Returns the value of the task.
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

    /// Returns the value of the task.
    ///
    /// # Panics
    ///
    /// If there is none.
    #[track_caller]
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

impl fmt::Debug for AccessError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessError")
    }
}

impl fmt::Display for AccessError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("task-local value not set")
    }
}

impl Error for AccessError {}
