//! A lock that may be held across an `.await`.

use std::fmt;
use std::future::poll_fn;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use tokio::sync::lock::{Lock, LockGuard};

/// A lock that may be held across an `.await`. Whoever waits gets it in turn.
///
/// # Examples
///
/// ```
/// use tokio_await::sync::Mutex;
///
/// # tokio_await::runtime::Runtime::new().unwrap().block_on(async {
/// let counter = Mutex::new(0);
/// *counter.lock().await += 1;
/// assert_eq!(*counter.lock().await, 1);
/// # });
/// ```
pub struct Mutex<T> {
    lock: Lock<T>,
}

impl<T> Mutex<T> {
    /// A lock over `value` that nobody holds.
    pub fn new(value: T) -> Mutex<T> {
        Mutex { lock: Lock::new(value) }
    }

    /// Takes the lock when it is this one's turn.
    ///
    /// # Dropping
    ///
    /// Gives up the place in the queue.
    pub async fn lock(&self) -> MutexGuard<'_, T> {
        // Who waits has a handle of its own, and with it a place in the queue.
        let mut waiting = self.lock.clone();
        let guard = poll_fn(|cx| waiting.poll_lock_cx(&cx.into())).await;
        MutexGuard { guard, borrow: PhantomData }
    }
}

impl<T: Default> Default for Mutex<T> {
    fn default() -> Mutex<T> {
        Mutex::new(T::default())
    }
}

impl<T: fmt::Debug> fmt::Debug for Mutex<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lock.fmt(f)
    }
}

/// The lock is held.
///
/// # Dropping
///
/// The next in line gets it.
#[derive(Debug)]
pub struct MutexGuard<'a, T> {
    guard: LockGuard<T>,
    borrow: PhantomData<&'a Mutex<T>>,
}

impl<T> Deref for MutexGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.guard
    }
}

impl<T> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.guard
    }
}
