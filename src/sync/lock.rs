//! A lock that tasks wait for without blocking their thread.
//!
//! [`Lock::poll_lock`] gives a [`LockGuard`] that owns its share of the lock, so it can
//! be kept across polls and sent to other tasks. Those who wait are served in the order
//! in which they came.
//!
//! It is upstream's API of [`Mutex`], whose queue it joins.
//!
//! Called by programs of tokio 0.1; `mutex` has the lock.
//!
//! Always true: a handle has at most one place in the queue, which it gives up when it is dropped.
//!
//! Why not `Mutex::lock`? Upstream's `poll_lock` takes no future that could be kept: the handle
//! itself must remember its place.
//!
//! # Examples
//!
//! ```
//! use futures::{future, Async, Future};
//! use tokio::sync::lock::Lock;
//!
//! let mut counter = Lock::new(1);
//! let guard = future::poll_fn(move || Ok::<_, ()>(counter.poll_lock())).wait();
//! *guard.unwrap() += 1;
//! ```

use super::acquire::Guard;
use super::mutex::{Mutex, OwnedMutexGuard};
use super::permits::Claim;
use futures::Async;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::task::Poll;
use tokio_executor::internals::inspect;
use tokio_executor::task::Context;

/// A handle to a value that one task at a time may reach.
///
/// Each clone is a handle of its own that waits for itself.
///
/// A guard is held for as long as it exists, whether or not the future that has it is
/// polled. So a task must not wait for a lock while another of its own futures, which it
/// does not poll meanwhile, holds it or is next in line for it: as a branch of a `select`
/// that is kept but not asked does. Such a wait never ends. Nothing can tell it from one
/// that will: whether a future is going to be polled again, only its owner knows.
/// (Described by [Oxide](https://rfd.shared.oxide.computer/rfd/0609) as *futurelock*.)
///
/// # Dropping
///
/// Gives up a wait; if the lock was on its way to this handle, the next in line gets it.
///
/// # Examples
///
/// ```
/// use futures::Async;
/// use tokio::sync::lock::Lock;
///
/// let mut lock = Lock::new(1);
/// let Async::Ready(mut guard) = lock.poll_lock() else { unreachable!("nobody else has it") };
/// *guard += 1;
/// assert_eq!(*guard, 2);
/// ```
pub struct Lock<T> {
    mutex: Arc<Mutex<T>>,
    claim: Claim,
}

impl<T> Lock<T> {
    /// Returns a lock over `t` that nobody holds.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::Async;
    /// use tokio::sync::lock::Lock;
    ///
    /// let mut here = Lock::new(1);
    /// let Async::Ready(mut guard) = here.poll_lock() else { panic!("nobody else has the lock") };
    /// *guard += 1;
    /// ```
    #[track_caller]
    pub fn new(t: T) -> Lock<T> {
        Lock::of(Arc::new(Mutex::new(t)))
    }

    /// Returns a handle to `mutex`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use tokio::sync::lock::Lock;
    /// use tokio::sync::mutex::Mutex;
    ///
    /// let mutex = Arc::new(Mutex::new(1));
    /// let lock = Lock::of(mutex.clone());
    /// assert!(Arc::ptr_eq(lock.mutex(), &mutex));
    /// ```
    pub fn of(mutex: Arc<Mutex<T>>) -> Lock<T> {
        Lock { mutex, claim: Claim::new() }
    }

    /// Returns what is locked, for those who wait with a future.
    pub fn mutex(&self) -> &Arc<Mutex<T>> {
        &self.mutex
    }

    /// Takes the lock, or has the current futures 0.1 task woken when it is its turn.
    ///
    /// # Panics
    ///
    /// If it has to wait, and there is no current task.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::future::{self, Future};
    /// use futures::Async;
    /// use tokio::sync::lock::Lock;
    ///
    /// let mut counter = Lock::new(0);
    /// let add = future::poll_fn(move || -> futures::Poll<i32, ()> {
    ///     match counter.poll_lock() {
    ///         Async::Ready(mut guard) => {
    ///             *guard += 1;
    ///             Ok(Async::Ready(*guard))
    ///         }
    ///         Async::NotReady => Ok(Async::NotReady),
    ///     }
    /// });
    /// assert_eq!(add.wait(), Ok(1));
    /// ```
    pub fn poll_lock(&mut self) -> Async<LockGuard<T>> {
        match self.poll_lock_cx(&Context::current()) {
            Poll::Ready(guard) => Async::Ready(guard),
            Poll::Pending => Async::NotReady,
        }
    }

    /// Works like [`poll_lock`](Lock::poll_lock), for a task of either kind.
    pub fn poll_lock_cx(&mut self, cx: &Context<'_>) -> Poll<LockGuard<T>> {
        match self.claim.poll(self.mutex.permits(), cx) {
            Poll::Ready(Ok(())) => {
                // The permit is the guard's from here on.
                self.claim.spend();
                inspect::note_locked(std::ptr::from_ref(self.mutex.permits()).addr());
                Poll::Ready(LockGuard { guard: Guard::new(self.mutex.clone(), 1) })
            }
            Poll::Ready(Err(_)) => unreachable!("the permits of a lock are never closed"),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl<T> Clone for Lock<T> {
    fn clone(&self) -> Lock<T> {
        Lock::of(self.mutex.clone())
    }
}

impl<T> Drop for Lock<T> {
    fn drop(&mut self) {
        self.claim.release(self.mutex.permits());
    }
}

impl<T> From<T> for Lock<T> {
    #[track_caller]
    fn from(t: T) -> Lock<T> {
        Lock::new(t)
    }
}

impl<T: Default> Default for Lock<T> {
    #[track_caller]
    fn default() -> Lock<T> {
        Lock::new(T::default())
    }
}

impl<T: fmt::Debug> fmt::Debug for Lock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lock").field("locked", &self.mutex.is_locked()).finish_non_exhaustive()
    }
}

/// Access to the value of a [`Lock`], until it is dropped.
///
/// It keeps the value alive, also when every handle is gone.
///
/// # Dropping
///
/// Hands the lock to the next in line and wakes it.
///
/// # Examples
///
/// ```
/// use futures::Async;
/// use tokio::sync::lock::{Lock, LockGuard};
///
/// fn add(mut counter: LockGuard<i32>) {
///     *counter += 1;
/// }
///
/// let mut counter = Lock::new(0);
/// if let Async::Ready(guard) = counter.poll_lock() {
///     add(guard);
/// }
/// assert_eq!(*counter.mutex().try_lock().unwrap(), 1);
/// ```
pub struct LockGuard<T> {
    guard: OwnedMutexGuard<T>,
}

impl<T> Deref for LockGuard<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.guard
    }
}

impl<T> DerefMut for LockGuard<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.guard
    }
}

impl<T: fmt::Debug> fmt::Debug for LockGuard<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("LockGuard").field(&**self).finish()
    }
}

impl<T: fmt::Display> fmt::Display for LockGuard<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&**self, f)
    }
}
