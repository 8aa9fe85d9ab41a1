//! What is the same in `futures-util`, under types of this era.
//!
//! Made by `StreamExt`. Each is a newtype around the one of that name, which does the work.
//!
//! Always true: an adapter polls what it wraps for the task that polls it, and adds nothing.
//!
//! Why not that crate's own types? They have methods and traits of their own, which grow with
//! that crate; tokio 0.2's interface does not.

use futures_core::Stream;
use futures_util::stream as util;
use pin_project_lite::pin_project;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Declares a stream around the one of `futures-util`: what it is made of, and what its items
/// are.
macro_rules! stream {
    (
        $(#[$doc:meta])*
        $name:ident<$($part:ident),+>,
        impl<$($param:ident),+> $item:ty where $($bounds:tt)+
    ) => {
        pin_project! {
            $(#[$doc])*
            #[must_use = "streams do nothing unless polled"]
            pub struct $name<$($part),+> {
                #[pin]
                inner: util::$name<$($part),+>,
            }
        }

        impl<$($part),+> From<util::$name<$($part),+>> for $name<$($part),+> {
            fn from(inner: util::$name<$($part),+>) -> Self {
                $name { inner }
            }
        }

        impl<$($param),+> Stream for $name<$($part),+>
        where
            $($bounds)+
        {
            type Item = $item;

            fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<$item>> {
                self.project().inner.poll_next(cx)
            }

            fn size_hint(&self) -> (usize, Option<usize>) {
                self.inner.size_hint()
            }
        }
    };
}

stream! {
    /// The stream of [`fuse`](super::StreamExt::fuse).
    #[derive(Debug)]
    Fuse<T>,
    impl<T> T::Item where T: Stream
}

stream! {
    /// The stream of [`take`](super::StreamExt::take).
    #[derive(Debug)]
    Take<St>,
    impl<St> St::Item where St: Stream
}

stream! {
    /// The stream of [`skip`](super::StreamExt::skip).
    #[derive(Debug)]
    Skip<St>,
    impl<St> St::Item where St: Stream
}

stream! {
    /// The stream of [`chain`](super::StreamExt::chain).
    Chain<T, U>,
    impl<T, U> T::Item where T: Stream, U: Stream<Item = T::Item>
}

stream! {
    /// The stream of [`map`](super::StreamExt::map).
    Map<St, F>,
    impl<St, F, T> T where St: Stream, F: FnMut(St::Item) -> T
}

impl<St: fmt::Debug, F> fmt::Debug for Map<St, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

/// The future of [`next`](super::StreamExt::next).
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// use tokio::stream::{self, StreamExt};
///
/// #[tokio::main]
/// async fn main() {
///     let mut numbers = stream::iter(1..3);
///     while let Some(number) = numbers.next().await {
///         assert!(number < 3);
///     }
/// }
/// ```
#[derive(Debug)]
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct Next<'a, St: ?Sized> {
    inner: util::Next<'a, St>,
}

impl<'a, St: ?Sized + Stream + Unpin> Next<'a, St> {
    pub(super) fn new(stream: &'a mut St) -> Next<'a, St> {
        Next { inner: util::StreamExt::next(stream) }
    }
}

impl<St: ?Sized + Stream + Unpin> Future for Next<'_, St> {
    type Output = Option<St::Item>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<St::Item>> {
        Pin::new(&mut self.inner).poll(cx)
    }
}

/// The future of [`try_next`](super::StreamExt::try_next).
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// use tokio::stream::{self, StreamExt};
///
/// #[tokio::main]
/// async fn main() {
///     let mut results = stream::iter(vec![Ok(1), Err("no number")]);
///     assert_eq!(results.try_next().await, Ok(Some(1)));
///     assert_eq!(results.try_next().await, Err("no number"));
/// }
/// ```
#[derive(Debug)]
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct TryNext<'a, St: ?Sized> {
    inner: Next<'a, St>,
}

impl<'a, St: ?Sized + Stream + Unpin> TryNext<'a, St> {
    pub(super) fn new(stream: &'a mut St) -> TryNext<'a, St> {
        TryNext { inner: Next::new(stream) }
    }
}

impl<T, E, St> Future for TryNext<'_, St>
where
    St: ?Sized + Stream<Item = Result<T, E>> + Unpin,
{
    type Output = Result<Option<T>, E>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<Option<T>, E>> {
        Pin::new(&mut self.inner).poll(cx).map(Option::transpose)
    }
}
