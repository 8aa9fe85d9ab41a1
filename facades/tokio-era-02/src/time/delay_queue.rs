//! A queue of values that come out when their time has come.
//!
//! The engine's, with instants that a test can pause.
//!
//! Programs of tokio 0.2 call it.
//!
//! Always true: a value comes out once: when it has expired, or by `remove`; a key is good
//! until then.
//!
//! Why a wrapper? The engine's queue takes instants of std's and reports its timer's errors; this
//! era has types of its own for both.

use super::{Error, Instant};
use futures_core::Stream;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::timer::delay_queue as engine;

pub use tokio::timer::delay_queue::Key;

/// A queue of values, each of which comes out when its time has come.
///
/// As a stream it ends when it is empty, and goes on when something is inserted.
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// use tokio::stream::StreamExt;
/// use tokio::time::{DelayQueue, Duration};
///
/// tokio::runtime::Runtime::new()?.block_on(async {
///     let mut queue = DelayQueue::new();
///     queue.insert("later", Duration::from_millis(4));
///     queue.insert("sooner", Duration::from_millis(2));
///     assert_eq!(queue.next().await.unwrap().unwrap().into_inner(), "sooner");
///     assert_eq!(queue.next().await.unwrap().unwrap().into_inner(), "later");
///     assert!(queue.next().await.is_none());
/// });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct DelayQueue<T> {
    inner: engine::DelayQueue<T>,
}

/// A value whose time has come, or that was removed.
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// use tokio::stream::StreamExt;
/// use tokio::time::{DelayQueue, Duration};
///
/// #[tokio::main]
/// async fn main() {
///     let mut queue = DelayQueue::new();
///     queue.insert("value", Duration::from_millis(1));
///     let expired = queue.next().await.unwrap().unwrap();
///     assert_eq!(expired.into_inner(), "value");
/// }
/// ```
#[derive(Debug)]
pub struct Expired<T> {
    inner: engine::Expired<T>,
}

impl<T> DelayQueue<T> {
    /// Returns an empty queue.
    pub fn new() -> DelayQueue<T> {
        DelayQueue::with_capacity(0)
    }

    /// Returns an empty queue with room for `capacity` values.
    pub fn with_capacity(capacity: usize) -> DelayQueue<T> {
        DelayQueue { inner: engine::DelayQueue::with_capacity(capacity) }
    }

    /// Adds a value that expires at `when`; at once if that has passed.
    ///
    /// # Panics
    ///
    /// If the queue holds 2³⁰ - 1 values already.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::stream::StreamExt;
    /// use tokio::time::{DelayQueue, Duration, Instant};
    ///
    /// #[tokio::main]
    /// async fn main() {
    ///     let mut queue = DelayQueue::new();
    ///     let now = Instant::now();
    ///     queue.insert_at("second", now + Duration::from_millis(2));
    ///     queue.insert_at("first", now + Duration::from_millis(1));
    ///     assert_eq!(*queue.next().await.unwrap().unwrap().get_ref(), "first");
    /// }
    /// ```
    pub fn insert_at(&mut self, value: T, when: Instant) -> Key {
        self.inner.insert_at(value, when.into_std())
    }

    /// Polls for an expired value. `None` says that the queue is empty; the task is woken when
    /// something is inserted.
    ///
    /// # Errors
    ///
    /// If the timer has shut down.
    pub fn poll_expired(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Expired<T>, Error>>> {
        let expired = self.inner.poll_expired(&(&*cx).into());
        expired.map(|expired| expired.map(|e| e.map(Expired::from).map_err(error)))
    }

    /// Adds a value that expires once `timeout` has passed.
    ///
    /// # Panics
    ///
    /// As [`insert_at`](DelayQueue::insert_at).
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::stream::StreamExt;
    /// use tokio::time::{DelayQueue, Duration};
    ///
    /// #[tokio::main]
    /// async fn main() {
    ///     let mut queue = DelayQueue::new();
    ///     let key = queue.insert("value", Duration::from_secs(60));
    ///     assert_eq!(queue.len(), 1);
    ///     queue.remove(&key);
    ///     assert!(queue.next().await.is_none(), "nothing is left to wait for");
    /// }
    /// ```
    pub fn insert(&mut self, value: T, timeout: Duration) -> Key {
        self.inner.insert(value, timeout)
    }

    /// Takes a value back, expired or not.
    ///
    /// # Panics
    ///
    /// If the value that `key` means has come out already.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::time::{DelayQueue, Duration};
    ///
    /// #[tokio::main]
    /// async fn main() {
    ///     let mut queue = DelayQueue::new();
    ///     let key = queue.insert("value", Duration::from_secs(60));
    ///     assert_eq!(queue.remove(&key).into_inner(), "value");
    /// }
    /// ```
    pub fn remove(&mut self, key: &Key) -> Expired<T> {
        self.inner.remove(key).into()
    }

    /// Makes a value expire at `when` instead, whether or not it has expired.
    ///
    /// # Panics
    ///
    /// If the value that `key` means has come out already.
    pub fn reset_at(&mut self, key: &Key, when: Instant) {
        self.inner.reset_at(key, when.into_std());
    }

    /// Makes a value expire once `timeout` has passed from now.
    ///
    /// # Panics
    ///
    /// If the value that `key` means has come out already.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::stream::StreamExt;
    /// use tokio::time::{DelayQueue, Duration};
    ///
    /// #[tokio::main]
    /// async fn main() {
    ///     let mut queue = DelayQueue::new();
    ///     let key = queue.insert("value", Duration::from_secs(3600));
    ///     queue.reset(&key, Duration::from_millis(1));
    ///     assert!(queue.next().await.is_some());
    /// }
    /// ```
    pub fn reset(&mut self, key: &Key, timeout: Duration) {
        self.inner.reset(key, timeout);
    }

    /// Drops all values. The room for them is kept.
    pub fn clear(&mut self) {
        self.inner.clear();
    }

    /// Returns the number of values that the queue can hold without allocating.
    pub fn capacity(&self) -> usize {
        self.inner.capacity()
    }

    /// Returns the number of values that the queue holds, expired or not.
    pub fn len(&self) -> usize {
        self.inner.len()
    }

    /// Makes room for `additional` further values.
    pub fn reserve(&mut self, additional: usize) {
        self.inner.reserve(additional);
    }

    /// Returns whether the queue holds nothing, expired or not.
    pub fn is_empty(&self) -> bool {
        self.inner.is_empty()
    }
}

/// The error of the engine's timer, in this era's words.
fn error(error: tokio::timer::Error) -> Error {
    if error.is_at_capacity() {
        Error::at_capacity()
    } else {
        Error::shutdown()
    }
}

impl<T> Default for DelayQueue<T> {
    fn default() -> DelayQueue<T> {
        DelayQueue::new()
    }
}

// Values are never pinned.
impl<T> Unpin for DelayQueue<T> {}

impl<T> Stream for DelayQueue<T> {
    type Item = Result<Expired<T>, Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_expired(cx)
    }
}

impl<T> Expired<T> {
    /// Lends the value.
    pub fn get_ref(&self) -> &T {
        self.inner.get_ref()
    }

    /// Lends the value.
    pub fn get_mut(&mut self) -> &mut T {
        self.inner.get_mut()
    }

    /// Returns the value.
    pub fn into_inner(self) -> T {
        self.inner.into_inner()
    }

    /// Returns when the value expired, or would have; rounded up to a millisecond.
    pub fn deadline(&self) -> Instant {
        self.inner.deadline().into()
    }
}

impl<T> From<engine::Expired<T>> for Expired<T> {
    fn from(inner: engine::Expired<T>) -> Expired<T> {
        Expired { inner }
    }
}
