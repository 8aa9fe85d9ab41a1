//! Streams of futures 0.1 below std.

use super::Compat01;
use futures::Stream;
use std::task::{Context, Poll};
use tokio_executor::internals::convert::from_async;

/// Lets std code read a stream of futures 0.1.
///
/// # Examples
///
/// ```
/// use futures::stream;
/// use tokio::compat::Stream01CompatExt;
/// use tokio::runtime::current_thread::block_on_all_std;
///
/// let mut numbers = stream::iter_ok::<_, ()>([1, 2]).compat();
/// block_on_all_std(async {
///     assert_eq!(numbers.next().await, Some(Ok(1)));
/// });
/// ```
pub trait Stream01CompatExt: Stream + Sized {
    /// This stream with a [`next`](Compat01::next) that can be awaited. With the feature
    /// `futures03` it is a stream of futures 0.3, too.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::stream;
    /// use tokio::compat::Stream01CompatExt;
    ///
    /// tokio::run_std(async {
    ///     let mut numbers = stream::iter_ok::<_, ()>(1..=3).compat();
    ///     let mut sum = 0;
    ///     while let Some(n) = numbers.next().await {
    ///         sum += n.unwrap();
    ///     }
    ///     assert_eq!(sum, 6);
    /// });
    /// ```
    fn compat(self) -> Compat01<Self> {
        Compat01::new(self)
    }
}

impl<S: Stream> Stream01CompatExt for S {}

/// What [`Compat01::next`] gives.
pub(super) type Next<S> = Option<Result<<S as Stream>::Item, <S as Stream>::Error>>;

impl<S: Stream> Compat01<S> {
    /// Returns the next item, or `None` at the end of the stream.
    ///
    /// # Dropping
    ///
    /// Loses nothing: an item is either returned or still in the stream.
    pub async fn next(&mut self) -> Next<S> {
        std::future::poll_fn(|cx| self.poll_next_item(cx)).await
    }

    pub(super) fn poll_next_item(&mut self, cx: &mut Context<'_>) -> Poll<Next<S>> {
        let Compat01 { inner, bridge } = self;
        from_async(bridge.enter(cx, || inner.poll())).map(Result::transpose)
    }
}
