//! Ticks at equal distances in time, as a stream.

use super::Instant;
use futures_core::Stream;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio_await::time as modern;

/// Ticks at once, and every `period` after that.
///
/// # Panics
///
/// If `period` is zero, or if the thread belongs to no runtime with timers.
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// use tokio::stream::StreamExt;
/// use tokio::time::{interval, Duration};
///
/// tokio::runtime::Runtime::new()?.block_on(async {
///     let mut beat = interval(Duration::from_millis(2));
///     let first = beat.tick().await;
///     assert_eq!(beat.next().await.unwrap() - first, Duration::from_millis(2));
/// });
/// # Ok::<(), std::io::Error>(())
/// ```
#[track_caller]
pub fn interval(period: Duration) -> Interval {
    Interval { inner: modern::interval(period) }
}

/// Ticks at `start`, and every `period` after that.
///
/// # Panics
///
/// As [`interval`].
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// use tokio::time::{interval_at, Duration, Instant};
///
/// #[tokio::main]
/// async fn main() {
///     let start = Instant::now() + Duration::from_millis(2);
///     let mut beat = interval_at(start, Duration::from_millis(1));
///     assert_eq!(beat.tick().await, start);
///     assert_eq!(beat.tick().await, start + Duration::from_millis(1));
/// }
/// ```
#[track_caller]
pub fn interval_at(start: Instant, period: Duration) -> Interval {
    Interval { inner: modern::interval_at(start, period) }
}

/// Ticks regularly; see [`interval`]. Ticks that were missed come one right after the other.
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// use tokio::time::{interval, Duration};
///
/// #[tokio::main]
/// async fn main() {
///     let mut beat = interval(Duration::from_millis(1));
///     for _ in 0..3 {
///         beat.tick().await;
///     }
/// }
/// ```
#[derive(Debug)]
pub struct Interval {
    inner: modern::Interval,
}

impl Interval {
    /// Polls for the next tick; see [`tick`](Interval::tick).
    // Hidden: as tokio 0.2 hides it.
    #[doc(hidden)]
    pub fn poll_tick(&mut self, cx: &mut Context<'_>) -> Poll<Instant> {
        self.inner.poll_tick(cx)
    }

    /// Waits for the next tick, and returns when it was due.
    ///
    /// # Dropping
    ///
    /// Loses no tick.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::time::{interval, Duration};
    ///
    /// #[tokio::main]
    /// async fn main() {
    ///     let mut beat = interval(Duration::from_millis(2));
    ///     let first = beat.tick().await;
    ///     assert_eq!(beat.tick().await - first, Duration::from_millis(2));
    /// }
    /// ```
    pub async fn tick(&mut self) -> Instant {
        self.inner.tick().await
    }
}

impl Stream for Interval {
    type Item = Instant;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Instant>> {
        self.inner.poll_tick(cx).map(Some)
    }
}

impl From<modern::Interval> for Interval {
    fn from(inner: modern::Interval) -> Interval {
        Interval { inner }
    }
}

impl From<Interval> for modern::Interval {
    fn from(interval: Interval) -> modern::Interval {
        interval.inner
    }
}
