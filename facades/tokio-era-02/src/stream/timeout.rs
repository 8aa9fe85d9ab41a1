//! A bound on the time between the items of a stream.

use crate::time::{delay_until, Delay, Elapsed, Instant};
use futures_core::Stream;
use futures_util::stream::{Fuse, StreamExt};
use pin_project_lite::pin_project;
use std::pin::Pin;
use std::task::{ready, Context, Poll};
use std::time::Duration;

pin_project! {
    /// The stream of [`timeout`](super::StreamExt::timeout).
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::stream::{self, StreamExt};
    /// use tokio::time::Duration;
    ///
    /// #[tokio::main]
    /// async fn main() {
    ///     let items = stream::once(1).chain(stream::pending()).timeout(Duration::from_millis(1));
    ///     tokio::pin!(items);
    ///     assert_eq!(items.next().await, Some(Ok(1)));
    ///     assert!(items.next().await.unwrap().is_err(), "nothing came in time");
    /// }
    /// ```
    #[must_use = "streams do nothing unless polled"]
    #[derive(Debug)]
    pub struct Timeout<S> {
        #[pin]
        stream: Fuse<S>,
        duration: Duration,
        deadline: Delay,
        // Whether the time counts: from one item to the next, or to an error.
        counts: bool,
    }
}

impl<S: Stream> Timeout<S> {
    #[track_caller]
    pub(super) fn new(stream: S, duration: Duration) -> Timeout<S> {
        let deadline = delay_until(Instant::now() + duration);
        Timeout { stream: stream.fuse(), duration, deadline, counts: true }
    }
}

impl<S: Stream> Stream for Timeout<S> {
    type Item = Result<S::Item, Elapsed>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.project();
        if let Poll::Ready(item) = this.stream.poll_next(cx) {
            if item.is_some() {
                this.deadline.reset(Instant::now() + *this.duration);
                *this.counts = true;
            }
            return Poll::Ready(item.map(Ok));
        }
        if *this.counts {
            ready!(this.deadline.poll_elapsed(cx));
            *this.counts = false;
            return Poll::Ready(Some(Err(Elapsed::new())));
        }
        Poll::Pending
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        // There may be an error before each item and before the end.
        let (low, high) = self.stream.size_hint();
        (low, high.and_then(|high| high.checked_mul(2)?.checked_add(1)))
    }
}
