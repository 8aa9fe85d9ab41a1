//! Sinks of futures 0.1 below std.
//!
//! Futures 0.1 offers an item and may get it back; futures 0.3 asks for room first. So the adapter
//! has a place for one item: while that is empty there is room, and an item in it is offered to the
//! sink until the sink takes it. Programs make it by `sink_compat`.
//!
//! Always true: it holds at most one item, which goes to the sink before any later one.
//!
//! Why a place for an item? A sink of futures 0.1 cannot be asked whether there is room; it can
//! only be offered an item.

use futures::{Async, AsyncSink, Sink};
use std::fmt;
use std::future::poll_fn;
use std::task::{ready, Context, Poll};
use tokio_executor::cross::As01;
use tokio_executor::internals::convert::from_async;

/// Lets std code send into a sink of futures 0.1.
///
/// # Examples
///
/// ```
/// use tokio::compat::Sink01CompatExt;
/// use tokio::runtime::current_thread::block_on_all_std;
/// use tokio::sync::mpsc;
///
/// let (tx, mut rx) = mpsc::channel(1);
/// block_on_all_std(async { tx.sink_compat().send("message").await.unwrap() });
/// assert_eq!(rx.try_recv(), Some("message"));
/// ```
pub trait Sink01CompatExt: Sink + Sized {
    /// Returns this sink with a [`send`](Compat01Sink::send) that can be awaited. With the
    /// feature `futures03` it is a sink of futures 0.3, too; and a stream, if this is one.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::sync::mpsc;
    /// use tokio::compat::{Sink01CompatExt, Stream01CompatExt};
    ///
    /// tokio::run_std(async {
    ///     let (tx, rx) = mpsc::channel(1);
    ///     let (mut tx, mut rx) = (tx.sink_compat(), rx.compat());
    ///     tx.send(7).await.unwrap();
    ///     assert_eq!(rx.next().await, Some(Ok(7)));
    /// });
    /// ```
    fn sink_compat(self) -> Compat01Sink<Self> {
        Compat01Sink::new(self)
    }
}

impl<S: Sink> Sink01CompatExt for S {}

/// A sink of futures 0.1, for std code.
///
/// # Dropping
///
/// Drops the sink, and with it an item that it had no room for yet.
#[must_use = "sinks do nothing unless polled"]
pub struct Compat01Sink<S: Sink> {
    inner: S,
    /// Accepted, and not yet taken by the sink.
    item: Option<S::SinkItem>,
    bridge: As01,
}

// Nothing of futures 0.1 can be pinned, so nothing relies on it.
impl<S: Sink> Unpin for Compat01Sink<S> {}

impl<S: Sink> Compat01Sink<S> {
    /// Returns an adapter around `inner`.
    pub const fn new(inner: S) -> Compat01Sink<S> {
        Compat01Sink { inner, item: None, bridge: As01::new() }
    }

    /// Returns what is inside.
    pub fn get_ref(&self) -> &S {
        &self.inner
    }

    /// Returns what is inside.
    pub fn get_mut(&mut self) -> &mut S {
        &mut self.inner
    }

    /// Returns what is inside, without the adapter and the item that it may hold.
    pub fn into_inner(self) -> S {
        self.inner
    }

    /// Sends `item`, and waits until the sink has passed it on.
    ///
    /// # Errors
    ///
    /// Those of the sink.
    ///
    /// # Dropping
    ///
    /// The item is lost if there was no room for it yet, and may be sent otherwise.
    pub async fn send(&mut self, item: S::SinkItem) -> Result<(), S::SinkError> {
        poll_fn(|cx| self.poll_room(cx)).await?;
        self.item = Some(item);
        poll_fn(|cx| self.poll_flushed(cx)).await
    }

    /// Waits until the sink has passed on all it took.
    ///
    /// # Errors
    ///
    /// Those of the sink.
    ///
    /// # Dropping
    ///
    /// Loses nothing: what the sink took is in it.
    pub async fn flush(&mut self) -> Result<(), S::SinkError> {
        poll_fn(|cx| self.poll_flushed(cx)).await
    }

    /// Flushes the sink and closes it.
    ///
    /// # Errors
    ///
    /// Those of the sink.
    ///
    /// # Dropping
    ///
    /// Loses nothing; the sink may have begun to close.
    pub async fn close(&mut self) -> Result<(), S::SinkError> {
        poll_fn(|cx| self.poll_closed(cx)).await
    }

    /// Ready once the sink has taken the last item.
    pub(super) fn poll_room(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::SinkError>> {
        let Some(item) = self.item.take() else { return Poll::Ready(Ok(())) };
        let Compat01Sink { inner, bridge, .. } = self;
        match bridge.enter(cx, || inner.start_send(item)) {
            Ok(AsyncSink::Ready) => Poll::Ready(Ok(())),
            Ok(AsyncSink::NotReady(item)) => {
                self.item = Some(item);
                Poll::Pending
            }
            Err(e) => Poll::Ready(Err(e)),
        }
    }

    pub(super) fn poll_flushed(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::SinkError>> {
        ready!(self.poll_room(cx))?;
        let Compat01Sink { inner, bridge, .. } = self;
        from_async(bridge.enter(cx, || inner.poll_complete()))
    }

    pub(super) fn poll_closed(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::SinkError>> {
        ready!(self.poll_room(cx))?;
        let Compat01Sink { inner, bridge, .. } = self;
        from_async(bridge.enter(cx, || inner.close()))
    }
}

impl<S: Sink + futures::Stream> Compat01Sink<S> {
    /// Returns the next item, or `None` at the end of the stream.
    ///
    /// # Dropping
    ///
    /// Loses no item.
    pub async fn next(&mut self) -> super::stream::Next<S> {
        poll_fn(|cx| self.poll_next_item(cx)).await
    }

    pub(super) fn poll_next_item(&mut self, cx: &mut Context<'_>) -> Poll<super::stream::Next<S>> {
        let Compat01Sink { inner, bridge, .. } = self;
        match bridge.enter(cx, || inner.poll()) {
            Ok(Async::Ready(item)) => Poll::Ready(item.map(Ok)),
            Ok(Async::NotReady) => Poll::Pending,
            Err(e) => Poll::Ready(Some(Err(e))),
        }
    }
}

impl<S: Sink + fmt::Debug> fmt::Debug for Compat01Sink<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Compat01Sink")
            .field("inner", &self.inner)
            .field("holds_item", &self.item.is_some())
            .finish()
    }
}

#[cfg(feature = "futures03")]
mod for_futures03 {
    use super::Compat01Sink;
    use futures::Sink;

    impl<S: Sink> Compat01Sink<S> {
        /// Accepts `item`, for which there must be room.
        pub(in crate::compat) fn accept(&mut self, item: S::SinkItem) {
            assert!(self.item.is_none(), "start_send without a poll_ready that said yes");
            self.item = Some(item);
        }
    }
}
