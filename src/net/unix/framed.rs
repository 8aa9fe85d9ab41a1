//! Messages over a Unix datagram socket.

use super::UnixDatagram;
use crate::net::datagrams::{Ask, Message, Receiving, Sending};
use futures::{Poll, Sink, StartSend, Stream};
use std::fmt;
use std::os::unix::net::SocketAddr;
use std::path::Path;
use std::task;
use tokio_executor::internals::convert::into_async;
use tokio_executor::task::Context;
use tokio_io::_tokio_codec::{Decoder, Encoder};

/// A stream and a sink of messages, each with an address, over a [`UnixDatagram`].
///
/// A datagram carries one message or more; none reaches over two datagrams. The codec's
/// `decode` is called for as long as it makes messages, then `decode_eof` for bytes that
/// are left over. A datagram without a message, such as an empty one is to most codecs,
/// is passed over. (In the upstream crate, messages after the first are lost and a datagram
/// without one ends the stream.) Of a datagram, the first 64 KiB are received.
///
/// A message is sent as one datagram to a path. One that cannot be sent is reported by
/// an error, once; the sink can be used after that. So can the stream after an error.
#[must_use = "sinks do nothing unless polled"]
pub struct UnixDatagramFramed<A, C> {
    socket: UnixDatagram,
    codec: C,
    receiving: Receiving<SocketAddr>,
    sending: Sending<A>,
}

impl<A, C> UnixDatagramFramed<A, C> {
    /// Sends and receives messages of `codec` over `socket`.
    pub fn new(socket: UnixDatagram, codec: C) -> UnixDatagramFramed<A, C> {
        UnixDatagramFramed::with_decode(socket, codec, false)
    }

    /// Works like [`new`](UnixDatagramFramed::new); with `repeat_decode` the codec's `decode_eof`
    /// is called from the start, until it makes no message any more.
    pub fn with_decode(
        socket: UnixDatagram,
        codec: C,
        repeat_decode: bool,
    ) -> UnixDatagramFramed<A, C> {
        let ask = if repeat_decode { Ask::DecodeEof } else { Ask::Decode };
        let (receiving, sending) = (Receiving::new(ask), Sending::new());
        UnixDatagramFramed { socket, codec, receiving, sending }
    }

    /// Returns the socket.
    pub fn get_ref(&self) -> &UnixDatagram {
        &self.socket
    }

    /// Returns the socket.
    ///
    /// What is sent and received through it does not pass the codec.
    pub fn get_mut(&mut self) -> &mut UnixDatagram {
        &mut self.socket
    }
}

impl<A, C: Decoder> UnixDatagramFramed<A, C> {
    /// Returns the next message and who sent it, for a task of either kind.
    ///
    /// # Errors
    ///
    /// Those of the codec and of the socket.
    pub fn poll_next_cx(&mut self, cx: &Context<'_>) -> task::Poll<Message<C, SocketAddr>> {
        let UnixDatagramFramed { socket, codec, receiving, .. } = self;
        receiving.poll(codec, |buf| socket.poll_recv_from_cx(cx, buf))
    }
}

impl<A, C: Decoder> Stream for UnixDatagramFramed<A, C> {
    type Item = (C::Item, SocketAddr);
    type Error = C::Error;

    fn poll(&mut self) -> Poll<Option<Self::Item>, C::Error> {
        Ok(into_async(self.poll_next_cx(&Context::current()))?.map(Some))
    }
}

crate::compat::std_stream! {
    [A, C: Decoder] UnixDatagramFramed<A, C> => Message<C, SocketAddr>, |this, cx| {
        this.poll_next_cx(&Context::from(cx)).map(Some)
    }
}

impl<A: AsRef<Path>, C: Encoder> Sink for UnixDatagramFramed<A, C> {
    type SinkItem = (C::Item, A);
    type SinkError = C::Error;

    fn start_send(&mut self, item: Self::SinkItem) -> StartSend<Self::SinkItem, C::Error> {
        let UnixDatagramFramed { socket, codec, sending, .. } = self;
        sending.start(codec, item, |cx, datagram, to| socket.poll_send_to_cx(cx, datagram, to))
    }

    fn poll_complete(&mut self) -> Poll<(), C::Error> {
        let UnixDatagramFramed { socket, sending, .. } = self;
        let sent = sending.flush(|cx, datagram, to| socket.poll_send_to_cx(cx, datagram, to))?;
        Ok(sent)
    }

    fn close(&mut self) -> Poll<(), C::Error> {
        self.poll_complete()
    }
}

impl<A: fmt::Debug, C: fmt::Debug> fmt::Debug for UnixDatagramFramed<A, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnixDatagramFramed")
            .field("socket", &self.socket)
            .field("codec", &self.codec)
            .finish_non_exhaustive()
    }
}
