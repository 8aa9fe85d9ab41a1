//! Two streams, as their items come.

use super::merge_size_hints;
use futures_core::Stream;
use futures_util::stream::{Fuse, StreamExt};
use pin_project_lite::pin_project;
use std::pin::Pin;
use std::task::{Context, Poll};

pin_project! {
    /// The stream of [`merge`](super::StreamExt::merge).
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::stream::{self, StreamExt};
    ///
    /// #[tokio::main]
    /// async fn main() {
    ///     let merged: Vec<u8> = stream::iter(0..2).merge(stream::iter(5..7)).collect().await;
    ///     assert_eq!(merged.len(), 4);
    /// }
    /// ```
    #[must_use = "streams do nothing unless polled"]
    pub struct Merge<T, U> {
        #[pin]
        left: Fuse<T>,
        #[pin]
        right: Fuse<U>,
        // Which is polled first: the other one each time.
        right_first: bool,
    }
}

impl<T: Stream, U: Stream> Merge<T, U> {
    pub(super) fn new(left: T, right: U) -> Merge<T, U> {
        Merge { left: left.fuse(), right: right.fuse(), right_first: false }
    }
}

impl<T, U> Stream for Merge<T, U>
where
    T: Stream,
    U: Stream<Item = T::Item>,
{
    type Item = T::Item;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T::Item>> {
        let this = self.project();
        let right_first = *this.right_first;
        *this.right_first = !right_first;
        if right_first {
            poll_in_order(this.right, this.left, cx)
        } else {
            poll_in_order(this.left, this.right, cx)
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        merge_size_hints(self.left.size_hint(), self.right.size_hint())
    }
}

fn poll_in_order<T>(
    first: Pin<&mut impl Stream<Item = T>>,
    second: Pin<&mut impl Stream<Item = T>>,
    cx: &mut Context<'_>,
) -> Poll<Option<T>> {
    let first = first.poll_next(cx);
    if let Poll::Ready(Some(_)) = first {
        return first;
    }
    match second.poll_next(cx) {
        // One that has ended does not end both.
        Poll::Ready(None) => first,
        other => other,
    }
}

impl<T, U> std::fmt::Debug for Merge<T, U> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Merge").finish_non_exhaustive()
    }
}
