//! Streams from what is there already.
//!
//! Called by programs of tokio 0.2.
//!
//! Always true: `iter` is "not ready" for want of budget only, `once` and `empty` never; `pending`
//! is never ready.
//!
//! Why not the types of `futures-util`? Those of tokio 0.2 are public under these names, and a
//! loop over `iter` takes from the task's budget.

use futures_core::Stream;
use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio_executor::coop;

/// Returns a stream of the items of `i`.
///
/// It is always ready, and so yields when the budget of the task is spent.
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// use tokio::stream::{self, StreamExt};
///
/// tokio::runtime::Runtime::new()?.block_on(async {
///     let mut items = stream::iter(vec![17, 19]);
///     assert_eq!(items.next().await, Some(17));
///     assert_eq!(items.next().await, Some(19));
///     assert_eq!(items.next().await, None);
/// });
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn iter<I: IntoIterator>(i: I) -> Iter<I::IntoIter> {
    Iter { iter: i.into_iter() }
}

/// The stream of [`iter`].
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// use tokio::stream::{iter, StreamExt};
///
/// #[tokio::main]
/// async fn main() {
///     assert_eq!(iter("ab".chars()).next().await, Some('a'));
/// }
/// ```
#[derive(Debug)]
#[must_use = "streams do nothing unless polled"]
pub struct Iter<I> {
    iter: I,
}

impl<I> Unpin for Iter<I> {}

impl<I: Iterator> Stream for Iter<I> {
    type Item = I::Item;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<I::Item>> {
        if coop::proceed(&(&*cx).into()) {
            return Poll::Ready(self.iter.next());
        }
        // Another waker than the task's would be woken after the poll of the task only.
        // Upstream wakes it here, and there are callers that look for that.
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.iter.size_hint()
    }
}

/// Returns a stream of one item.
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// use tokio::stream::{once, StreamExt};
///
/// #[tokio::main]
/// async fn main() {
///     let mut one = once("only");
///     assert_eq!(one.next().await, Some("only"));
///     assert_eq!(one.next().await, None);
/// }
/// ```
pub fn once<T>(value: T) -> Once<T> {
    Once { value: Some(value) }
}

/// The stream of [`once`].
#[derive(Debug)]
#[must_use = "streams do nothing unless polled"]
pub struct Once<T> {
    value: Option<T>,
}

impl<T> Unpin for Once<T> {}

impl<T> Stream for Once<T> {
    type Item = T;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<T>> {
        Poll::Ready(self.value.take())
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = usize::from(self.value.is_some());
        (left, Some(left))
    }
}

/// Returns a stream that is at its end.
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// use tokio::stream::{empty, StreamExt};
///
/// #[tokio::main]
/// async fn main() {
///     assert_eq!(empty::<u8>().next().await, None);
/// }
/// ```
pub const fn empty<T>() -> Empty<T> {
    Empty(PhantomData)
}

/// The stream of [`empty`].
#[must_use = "streams do nothing unless polled"]
pub struct Empty<T>(PhantomData<fn() -> T>);

impl<T> Unpin for Empty<T> {}

impl<T> Stream for Empty<T> {
    type Item = T;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<T>> {
        Poll::Ready(None)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, Some(0))
    }
}

impl<T> fmt::Debug for Empty<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Empty")
    }
}

/// Returns a stream that is never ready.
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// use tokio::stream::{once, pending, StreamExt};
///
/// #[tokio::main]
/// async fn main() {
///     let mut merged = once(1).merge(pending());
///     assert_eq!(merged.next().await, Some(1));
/// }
/// ```
pub const fn pending<T>() -> Pending<T> {
    Pending(PhantomData)
}

/// The stream of [`pending`].
#[must_use = "streams do nothing unless polled"]
pub struct Pending<T>(PhantomData<fn() -> T>);

impl<T> Unpin for Pending<T> {}

impl<T> Stream for Pending<T> {
    type Item = T;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<T>> {
        Poll::Pending
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, None)
    }
}

impl<T> fmt::Debug for Pending<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pending")
    }
}
