//! A datagram that is waited for.

use super::{address, UnixDatagram};
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{ready, Poll};
use tokio_executor::internals::convert::into_async;
use tokio_executor::task::Context;

/// Receives one datagram, then gives socket and buffer back, with the datagram's length
/// and the path of its sender; see [`UnixDatagram::recv_dgram`].
///
/// The path is empty if the sender has no address, or one that is not Unicode; an
/// abstract address begins with a NUL byte, as
/// [`send_dgram`](UnixDatagram::send_dgram) wants it.
///
/// # Errors
///
/// Those of `recvfrom(2)`. The future can be polled again after one, for the next
/// datagram.
///
/// # Panics
///
/// If polled again after it is done.
///
/// # Dropping
///
/// Closes the socket and drops the buffer.
#[must_use = "futures do nothing unless polled"]
#[derive(Debug)]
pub struct RecvDgram<T> {
    receiving: Option<Receiving<T>>,
}

#[derive(Debug)]
struct Receiving<T> {
    socket: UnixDatagram,
    buffer: T,
}

/// Nothing in it is ever pinned.
impl<T> Unpin for RecvDgram<T> {}

impl<T: AsMut<[u8]>> RecvDgram<T> {
    pub(super) fn new(socket: UnixDatagram, buffer: T) -> RecvDgram<T> {
        RecvDgram { receiving: Some(Receiving { socket, buffer }) }
    }

    fn poll_recv(
        &mut self,
        cx: &Context<'_>,
    ) -> Poll<io::Result<(UnixDatagram, T, usize, String)>> {
        let receiving = self.receiving.as_mut().expect("RecvDgram polled after it was done");
        let Receiving { socket, buffer } = receiving;
        let (length, sender) = ready!(socket.poll_recv_from_cx(cx, buffer.as_mut()))?;
        let sender = address::to_path(&sender).unwrap_or_default();
        let sender = String::from_utf8(sender).unwrap_or_default();
        let Receiving { socket, buffer } = self.receiving.take().expect("it was there just now");
        Poll::Ready(Ok((socket, buffer, length, sender)))
    }
}

crate::compat::own_compat!([T: AsMut<[u8]>] RecvDgram<T>);

impl<T: AsMut<[u8]>> futures::Future for RecvDgram<T> {
    type Item = (UnixDatagram, T, usize, String);
    type Error = io::Error;

    fn poll(&mut self) -> futures::Poll<Self::Item, io::Error> {
        into_async(self.poll_recv(&Context::current()))
    }
}

impl<T: AsMut<[u8]>> Future for RecvDgram<T> {
    type Output = io::Result<(UnixDatagram, T, usize, String)>;

    fn poll(self: Pin<&mut Self>, cx: &mut std::task::Context<'_>) -> Poll<Self::Output> {
        self.get_mut().poll_recv(&Context::from(cx))
    }
}
