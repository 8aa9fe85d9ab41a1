//! Messages over a UDP socket.
//!
//! Called by programs; `datagrams` has what Unix sockets share with it.
//!
//! Always true: a frame does not go over the end of a datagram.
//!
//! Why not `Framed` over the socket? A stream of bytes has no borders, and here a message also has
//! an address.

use super::UdpSocket;
use crate::net::datagrams::{Ask, Message, Receiving, Sending};
use futures::{Poll, Sink, StartSend, Stream};
use std::fmt;
use std::net::SocketAddr;
use std::task;
use tokio_executor::internals::convert::into_async;
use tokio_executor::task::Context;
use tokio_io::_tokio_codec::{Decoder, Encoder};

/// A stream and a sink of messages, each with an address, over a [`UdpSocket`].
///
/// A datagram carries one message or more; none reaches over two datagrams. The codec's
/// `decode` is called for as long as it makes messages, then `decode_eof` for bytes that
/// are left over. A datagram without a message, such as an empty one is to most codecs,
/// is passed over. (In the upstream crate, messages after the first are lost and a datagram
/// without one ends the stream.)
///
/// A message is sent as one datagram. One that cannot be sent is reported by an error,
/// once; the sink can be used after that. So can the stream after an error.
///
/// # Examples
///
/// ```
/// use futures::{Future, Sink, Stream};
/// use tokio::net::{UdpFramed, UdpSocket};
/// use tokio_io::_tokio_codec::LinesCodec;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let here = UdpSocket::bind(&"127.0.0.1:0".parse()?)?;
/// let there = UdpSocket::bind(&"127.0.0.1:0".parse()?)?;
/// let addr = there.local_addr()?;
///
/// let here = UdpFramed::new(here, LinesCodec::new());
/// let there = UdpFramed::new(there, LinesCodec::new());
/// here.send(("one\ntwo".to_owned(), addr)).wait()?;
/// let mut received = Stream::wait(there.map(|(line, _)| line));
/// assert_eq!(received.next().unwrap()?, "one");
/// assert_eq!(received.next().unwrap()?, "two");
/// # Ok(())
/// # }
/// ```
#[must_use = "sinks do nothing unless polled"]
pub struct UdpFramed<C> {
    socket: UdpSocket,
    codec: C,
    receiving: Receiving<SocketAddr>,
    sending: Sending<SocketAddr>,
}

impl<C> UdpFramed<C> {
    /// Sends and receives messages of `codec` over `socket`.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::{Future, Sink, Stream};
    /// use tokio::codec::LinesCodec;
    /// use tokio::net::{UdpFramed, UdpSocket};
    ///
    /// let any = "127.0.0.1:0".parse().unwrap();
    /// let (here, there) = (UdpSocket::bind(&any).unwrap(), UdpSocket::bind(&any).unwrap());
    /// let to = there.local_addr().unwrap();
    /// let lines = UdpFramed::new(there, LinesCodec::new());
    /// let sender = UdpFramed::new(here, LinesCodec::new());
    /// sender.send(("hello".to_string(), to)).map(drop).wait().unwrap();
    /// let Ok((Some((line, _from)), _)) = lines.into_future().wait() else { panic!("no line") };
    /// assert_eq!(line, "hello");
    /// ```
    pub fn new(socket: UdpSocket, codec: C) -> UdpFramed<C> {
        UdpFramed::with_decode(socket, codec, false)
    }

    /// Works like [`new`](UdpFramed::new); with `repeat_decode` the codec's `decode_eof` is
    /// called from the start, until it makes no message any more.
    pub fn with_decode(socket: UdpSocket, codec: C, repeat_decode: bool) -> UdpFramed<C> {
        let ask = if repeat_decode { Ask::DecodeEof } else { Ask::Decode };
        UdpFramed { socket, codec, receiving: Receiving::new(ask), sending: Sending::new() }
    }

    /// Returns the socket.
    pub fn get_ref(&self) -> &UdpSocket {
        &self.socket
    }

    /// Returns the socket.
    ///
    /// What is sent and received through it does not pass the codec.
    pub fn get_mut(&mut self) -> &mut UdpSocket {
        &mut self.socket
    }

    /// Returns the socket; a message that was not sent yet is lost.
    pub fn into_inner(self) -> UdpSocket {
        self.socket
    }
}

impl<C: Decoder> UdpFramed<C> {
    /// Returns the next message and who sent it, for a task of either kind.
    ///
    /// # Errors
    ///
    /// Those of the codec and of the socket.
    pub fn poll_next_cx(&mut self, cx: &Context<'_>) -> task::Poll<Message<C, SocketAddr>> {
        let UdpFramed { socket, codec, receiving, .. } = self;
        receiving.poll(codec, |buf| socket.poll_recv_from_cx(cx, buf))
    }
}

impl<C: Decoder> Stream for UdpFramed<C> {
    type Item = (C::Item, SocketAddr);
    type Error = C::Error;

    fn poll(&mut self) -> Poll<Option<Self::Item>, C::Error> {
        Ok(into_async(self.poll_next_cx(&Context::current()))?.map(Some))
    }
}

crate::compat::std_stream! {
    [C: Decoder] UdpFramed<C> => Message<C, SocketAddr>, |this, cx| {
        this.poll_next_cx(&Context::from(cx)).map(Some)
    }
}

impl<C: Encoder> Sink for UdpFramed<C> {
    type SinkItem = (C::Item, SocketAddr);
    type SinkError = C::Error;

    fn start_send(&mut self, item: Self::SinkItem) -> StartSend<Self::SinkItem, C::Error> {
        let UdpFramed { socket, codec, sending, .. } = self;
        sending.start(codec, item, |cx, datagram, to| socket.poll_send_to_cx(cx, datagram, to))
    }

    fn poll_complete(&mut self) -> Poll<(), C::Error> {
        let UdpFramed { socket, sending, .. } = self;
        let sent = sending.flush(|cx, datagram, to| socket.poll_send_to_cx(cx, datagram, to))?;
        Ok(sent)
    }

    fn close(&mut self) -> Poll<(), C::Error> {
        self.poll_complete()
    }
}

impl<C: fmt::Debug> fmt::Debug for UdpFramed<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UdpFramed")
            .field("socket", &self.socket)
            .field("codec", &self.codec)
            .finish_non_exhaustive()
    }
}
