//! A bound on how often a stream gives an item.

use super::{delay_for, Delay};
use futures_core::Stream;
use pin_project_lite::pin_project;
use std::future::Future;
use std::pin::Pin;
use std::task::{ready, Context, Poll};
use std::time::Duration;

/// Has `stream` give its items at least `duration` apart; zero is no bound.
///
/// # Panics
///
/// When polled, if the thread belongs to no runtime with timers.
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// use tokio::stream::{self, StreamExt};
/// use tokio::time::{throttle, Duration, Instant};
///
/// tokio::runtime::Runtime::new()?.block_on(async {
///     let start = Instant::now();
///     let mut items = throttle(Duration::from_millis(5), stream::iter(0..2));
///     while items.next().await.is_some() {}
///     assert!(start.elapsed() >= Duration::from_millis(5));
/// });
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn throttle<T: Stream>(duration: Duration, stream: T) -> Throttle<T> {
    Throttle { stream, duration, pause: None }
}

pin_project! {
    /// The stream of [`throttle`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::stream::{self, StreamExt};
    /// use tokio::time::{throttle, Duration};
    ///
    /// #[tokio::main]
    /// async fn main() {
    ///     let slow = throttle(Duration::from_millis(1), stream::iter(0..3));
    ///     let numbers: Vec<u8> = slow.collect().await;
    ///     assert_eq!(numbers, [0, 1, 2]);
    /// }
    /// ```
    #[must_use = "streams do nothing unless polled"]
    #[derive(Debug)]
    pub struct Throttle<T> {
        #[pin]
        stream: T,
        duration: Duration,
        // Since the last item, until it was found to be over.
        pause: Option<Delay>,
    }
}

impl<T> Throttle<T> {
    /// Lends the stream inside.
    pub fn get_ref(&self) -> &T {
        &self.stream
    }

    /// Lends the stream inside. An item taken from it by hand starts no pause.
    pub fn get_mut(&mut self) -> &mut T {
        &mut self.stream
    }

    /// Gives back the stream inside.
    pub fn into_inner(self) -> T {
        self.stream
    }
}

impl<T: Stream> Stream for Throttle<T> {
    type Item = T::Item;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T::Item>> {
        let this = self.project();
        if let Some(pause) = this.pause {
            ready!(Pin::new(pause).poll(cx));
            *this.pause = None;
        }
        let item = ready!(this.stream.poll_next(cx));
        if item.is_some() && !this.duration.is_zero() {
            *this.pause = Some(delay_for(*this.duration));
        }
        Poll::Ready(item)
    }
}
