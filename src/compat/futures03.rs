//! Streams and sinks of futures 0.3.

use super::{Compat, Compat01, Compat01Sink};
use futures::{Async, AsyncSink, Sink, Stream};
use futures_core::Stream as Stream03;
use futures_sink::Sink as Sink03;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio_executor::internals::convert::into_async;

impl<S: Stream> Stream03 for Compat01<S> {
    type Item = Result<S::Item, S::Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_next_item(cx)
    }
}

impl<S: Sink + Stream> Stream03 for Compat01Sink<S> {
    type Item = Result<S::Item, S::Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_next_item(cx)
    }
}

impl<S: Sink> Sink03<S::SinkItem> for Compat01Sink<S> {
    type Error = S::SinkError;

    fn poll_ready(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), S::SinkError>> {
        self.get_mut().poll_room(cx)
    }

    fn start_send(self: Pin<&mut Self>, item: S::SinkItem) -> Result<(), S::SinkError> {
        self.get_mut().accept(item);
        Ok(())
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), S::SinkError>> {
        self.get_mut().poll_flushed(cx)
    }

    fn poll_close(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), S::SinkError>> {
        self.get_mut().poll_closed(cx)
    }
}

impl<S, T, E> Stream for Compat<S>
where
    S: Stream03<Item = Result<T, E>> + Unpin,
{
    type Item = T;
    type Error = E;

    fn poll(&mut self) -> futures::Poll<Option<T>, E> {
        let Compat { inner, bridge } = self;
        into_async(bridge.enter(|cx| Pin::new(inner).poll_next(cx)).map(Option::transpose))
    }
}

/// A sink of futures 0.3 that takes `Item`s, for futures 0.1 code.
///
/// Futures 0.3 lets one type be a sink of many kinds of items; futures 0.1 does not, so
/// the kind is part of this type.
///
/// # Dropping
///
/// Drops the sink.
#[derive(Debug)]
#[must_use = "sinks do nothing unless polled"]
pub struct CompatSink<S, Item> {
    sink: Compat<S>,
    item: std::marker::PhantomData<fn(Item)>,
}

impl<S, Item> CompatSink<S, Item> {
    /// Returns an adapter around `sink`.
    pub const fn new(sink: S) -> CompatSink<S, Item> {
        CompatSink { sink: Compat::new(sink), item: std::marker::PhantomData }
    }

    /// Returns what is inside.
    pub fn get_ref(&self) -> &S {
        self.sink.get_ref()
    }

    /// Returns what is inside.
    pub fn get_mut(&mut self) -> &mut S {
        self.sink.get_mut()
    }

    /// Returns what is inside, without the adapter.
    pub fn into_inner(self) -> S {
        self.sink.into_inner()
    }
}

impl<S, Item> Sink for CompatSink<S, Item>
where
    S: Sink03<Item> + Unpin,
{
    type SinkItem = Item;
    type SinkError = S::Error;

    fn start_send(&mut self, item: Item) -> futures::StartSend<Item, S::Error> {
        let Compat { inner, bridge } = &mut self.sink;
        match bridge.enter(|cx| Pin::new(&mut *inner).poll_ready(cx)) {
            Poll::Ready(Ok(())) => Pin::new(inner).start_send(item).map(|()| AsyncSink::Ready),
            Poll::Ready(Err(e)) => Err(e),
            Poll::Pending => Ok(AsyncSink::NotReady(item)),
        }
    }

    fn poll_complete(&mut self) -> futures::Poll<(), S::Error> {
        let Compat { inner, bridge } = &mut self.sink;
        into_async(bridge.enter(|cx| Pin::new(inner).poll_flush(cx)))
    }

    fn close(&mut self) -> futures::Poll<(), S::Error> {
        let Compat { inner, bridge } = &mut self.sink;
        into_async(bridge.enter(|cx| Pin::new(inner).poll_close(cx)))
    }
}

impl<S, Item> Stream for CompatSink<S, Item>
where
    Compat<S>: Stream,
{
    type Item = <Compat<S> as Stream>::Item;
    type Error = <Compat<S> as Stream>::Error;

    fn poll(&mut self) -> Result<Async<Option<Self::Item>>, Self::Error> {
        self.sink.poll()
    }
}
