//! One result from many items.

use futures_core::Stream;
use pin_project_lite::pin_project;
use std::future::Future;
use std::pin::Pin;
use std::task::{ready, Context, Poll};

/// Declares a future that waits for the first item for which a closure says `$stop`, and
/// returns that answer; at the end, the other one.
macro_rules! search {
    ($(#[$doc:meta])* $search:ident, $stop:literal) => {
        $(#[$doc])*
        #[derive(Debug)]
        #[must_use = "futures do nothing unless you `.await` or poll them"]
        pub struct $search<'a, St: ?Sized, F> {
            stream: &'a mut St,
            f: F,
        }

        impl<'a, St: ?Sized, F> $search<'a, St, F> {
            pub(super) fn new(stream: &'a mut St, f: F) -> $search<'a, St, F> {
                $search { stream, f }
            }
        }

        // The closure is never pinned.
        impl<St: ?Sized + Unpin, F> Unpin for $search<'_, St, F> {}

        impl<St, F> Future for $search<'_, St, F>
        where
            St: ?Sized + Stream + Unpin,
            F: FnMut(St::Item) -> bool,
        {
            type Output = bool;

            fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<bool> {
                let this = self.get_mut();
                loop {
                    let Some(item) = ready!(Pin::new(&mut *this.stream).poll_next(cx)) else {
                        return Poll::Ready(!$stop);
                    };
                    if (this.f)(item) == $stop {
                        return Poll::Ready($stop);
                    }
                }
            }
        }
    };
}

search! {
    /// The future of [`all`](super::StreamExt::all).
    All, false
}

search! {
    /// The future of [`any`](super::StreamExt::any).
    Any, true
}

pin_project! {
    /// The future of [`fold`](super::StreamExt::fold).
    ///
    /// # Dropping
    ///
    /// Drops the value so far, with the items that are in it.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::stream::{self, StreamExt};
    ///
    /// #[tokio::main]
    /// async fn main() {
    ///     assert_eq!(stream::iter(1..=4).fold(0, |sum, number| sum + number).await, 10);
    /// }
    /// ```
    #[derive(Debug)]
    #[must_use = "futures do nothing unless you `.await` or poll them"]
    pub struct Fold<St, B, F> {
        #[pin]
        stream: St,
        // None while the closure has it, and once it was returned.
        made: Option<B>,
        f: F,
    }
}

impl<St, B, F> Fold<St, B, F> {
    pub(super) fn new(stream: St, init: B, f: F) -> Fold<St, B, F> {
        Fold { stream, made: Some(init), f }
    }
}

impl<St, B, F> Future for Fold<St, B, F>
where
    St: Stream,
    F: FnMut(B, St::Item) -> B,
{
    type Output = B;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<B> {
        let mut this = self.project();
        loop {
            let item = ready!(this.stream.as_mut().poll_next(cx));
            let made = this.made.take().expect("a fold that is done is not polled again");
            match item {
                Some(item) => *this.made = Some((this.f)(made, item)),
                None => return Poll::Ready(made),
            }
        }
    }
}
