//! The extension traits, with the methods that need a timer.

use super::Enumerate;
use crate::timer::throttle::Throttle;
use crate::timer::Timeout;
use futures::{Future, Stream};
use std::time::{Duration, Instant};

/// Further methods of futures.
///
/// # Examples
///
/// ```
/// use futures::{future, Future};
/// use std::time::Duration;
/// use tokio::runtime::current_thread::block_on_all;
/// use tokio::util::FutureExt;
///
/// let late = future::empty::<(), ()>().timeout(Duration::from_millis(1));
/// assert!(block_on_all(late).unwrap_err().is_elapsed());
/// ```
pub trait FutureExt: Future {
    /// Gives this future the time `timeout`, beginning now, to complete.
    ///
    /// It is polled at least once, however short the time.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::Future;
    /// use std::time::Duration;
    /// use tokio::util::FutureExt;
    ///
    /// let answer = futures::future::ok::<_, ()>(42).timeout(Duration::from_secs(1));
    /// # assert_eq!(answer.get_ref().clone().wait(), Ok(42));
    /// ```
    fn timeout(self, timeout: Duration) -> Timeout<Self>
    where
        Self: Sized,
    {
        Timeout::new(self, timeout)
    }

    /// Gives this future until `deadline` to complete.
    #[deprecated(since = "0.1.8", note = "use `timeout` instead")]
    #[allow(deprecated)]
    #[doc(hidden)]
    fn deadline(self, deadline: Instant) -> crate::timer::Deadline<Self>
    where
        Self: Sized,
    {
        crate::timer::Deadline::new(self, deadline)
    }
}

impl<T: ?Sized> FutureExt for T where T: Future {}

/// Further methods of streams.
///
/// # Examples
///
/// ```
/// use futures::{stream, Stream};
/// use std::time::Duration;
/// use tokio::runtime::current_thread::block_on_all;
/// use tokio::util::StreamExt;
///
/// let slow = stream::iter_ok::<_, ()>(1..3).throttle(Duration::from_millis(1));
/// assert_eq!(block_on_all(slow.collect()).unwrap(), [1, 2]);
/// ```
pub trait StreamExt: Stream {
    /// Lets at most one item through every `duration`.
    fn throttle(self, duration: Duration) -> Throttle<Self>
    where
        Self: Sized,
    {
        Throttle::new(self, duration)
    }

    /// Yields each item with the number of items before it.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::{stream, Future, Stream};
    /// use tokio::util::StreamExt;
    ///
    /// let lines = stream::iter_ok::<_, ()>(vec!["first", "second"]).enumerate();
    /// assert_eq!(lines.collect().wait(), Ok(vec![(0, "first"), (1, "second")]));
    /// ```
    fn enumerate(self) -> Enumerate<Self>
    where
        Self: Sized,
    {
        Enumerate::new(self)
    }

    /// Gives each item of this stream the time `timeout`.
    ///
    /// When it is up, the stream yields an error, and goes on.
    fn timeout(self, timeout: Duration) -> Timeout<Self>
    where
        Self: Sized,
    {
        Timeout::new(self, timeout)
    }
}

impl<T: ?Sized> StreamExt for T where T: Stream {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timeout_of_zero_polls_at_least_once() {
        assert_eq!(futures::future::ok::<_, ()>(5).timeout(Duration::ZERO).wait().ok(), Some(5));
    }
}
