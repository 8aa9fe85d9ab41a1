//! Streams that end, or begin, where a closure says so.

use futures_core::Stream;
use pin_project_lite::pin_project;
use std::fmt;
use std::pin::Pin;
use std::task::{ready, Context, Poll};

pin_project! {
    /// The stream of [`take_while`](super::StreamExt::take_while).
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::stream::{self, StreamExt};
    ///
    /// #[tokio::main]
    /// async fn main() {
    ///     let small = stream::iter(0..10).take_while(|number| *number < 3);
    ///     assert_eq!(small.collect::<Vec<_>>().await, [0, 1, 2]);
    /// }
    /// ```
    #[must_use = "streams do nothing unless polled"]
    pub struct TakeWhile<St, F> {
        #[pin]
        stream: St,
        f: F,
        ended: bool,
    }
}

impl<St, F> TakeWhile<St, F> {
    pub(super) fn new(stream: St, f: F) -> TakeWhile<St, F> {
        TakeWhile { stream, f, ended: false }
    }
}

impl<St, F> Stream for TakeWhile<St, F>
where
    St: Stream,
    F: FnMut(&St::Item) -> bool,
{
    type Item = St::Item;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<St::Item>> {
        let this = self.project();
        if *this.ended {
            return Poll::Ready(None);
        }
        let taken = ready!(this.stream.poll_next(cx)).filter(|item| (this.f)(item));
        *this.ended = taken.is_none();
        Poll::Ready(taken)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        if self.ended {
            (0, Some(0))
        } else {
            (0, self.stream.size_hint().1)
        }
    }
}

impl<St: fmt::Debug, F> fmt::Debug for TakeWhile<St, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TakeWhile")
            .field("stream", &self.stream)
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}

pin_project! {
    /// The stream of [`skip_while`](super::StreamExt::skip_while).
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::stream::{self, StreamExt};
    ///
    /// #[tokio::main]
    /// async fn main() {
    ///     let rest: Vec<u8> = stream::iter(0..5).skip_while(|number| *number < 3).collect().await;
    ///     assert_eq!(rest, [3, 4]);
    /// }
    /// ```
    #[must_use = "streams do nothing unless polled"]
    pub struct SkipWhile<St, F> {
        #[pin]
        stream: St,
        // None once an item was not skipped.
        f: Option<F>,
    }
}

impl<St, F> SkipWhile<St, F> {
    pub(super) fn new(stream: St, f: F) -> SkipWhile<St, F> {
        SkipWhile { stream, f: Some(f) }
    }
}

impl<St, F> Stream for SkipWhile<St, F>
where
    St: Stream,
    F: FnMut(&St::Item) -> bool,
{
    type Item = St::Item;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<St::Item>> {
        let mut this = self.project();
        loop {
            let item = ready!(this.stream.as_mut().poll_next(cx));
            if let (Some(f), Some(item)) = (this.f.as_mut(), &item) {
                if f(item) {
                    continue;
                }
                *this.f = None;
            }
            return Poll::Ready(item);
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let (low, high) = self.stream.size_hint();
        (if self.f.is_some() { 0 } else { low }, high)
    }
}

impl<St: fmt::Debug, F> fmt::Debug for SkipWhile<St, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SkipWhile").field("stream", &self.stream).finish_non_exhaustive()
    }
}
