//! A datagram that is waited for.

use super::UdpSocket;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{ready, Poll};
use tokio_executor::internals::convert::into_async;
use tokio_executor::task::Context;

/// Receives one datagram, then gives socket and buffer back, with the datagram's length
/// and sender; see [`UdpSocket::recv_dgram`].
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
///
/// # Examples
///
/// ```
/// use futures::Future;
/// use tokio::net::UdpSocket;
///
/// let any = "127.0.0.1:0".parse().unwrap();
/// let receiver = UdpSocket::bind(&any).unwrap();
/// let to = receiver.local_addr().unwrap();
/// let sender = UdpSocket::bind(&any).unwrap();
/// sender.send_dgram("hello", &to).wait().unwrap();
/// let (_socket, bytes, n, _from) = receiver.recv_dgram(vec![0; 1500]).wait().unwrap();
/// assert_eq!(bytes[..n], *b"hello");
/// ```
#[must_use = "futures do nothing unless polled"]
#[derive(Debug)]
pub struct RecvDgram<T> {
    receiving: Option<Receiving<T>>,
}

#[derive(Debug)]
struct Receiving<T> {
    socket: UdpSocket,
    buffer: T,
}

/// What a [`RecvDgram`] is made of.
#[derive(Debug)]
pub struct Parts<T> {
    /// The socket.
    pub socket: UdpSocket,
    /// The buffer, with nothing of interest in it.
    pub buffer: T,

    _more: (),
}

/// Nothing in it is ever pinned.
impl<T> Unpin for RecvDgram<T> {}

impl<T> RecvDgram<T> {
    pub(super) fn new(socket: UdpSocket, buffer: T) -> RecvDgram<T> {
        RecvDgram { receiving: Some(Receiving { socket, buffer }) }
    }

    /// Gives up waiting, and takes socket and buffer back.
    ///
    /// # Panics
    ///
    /// If a datagram has been received: they have been given back with it.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::net::UdpSocket;
    ///
    /// let socket = UdpSocket::bind(&"127.0.0.1:0".parse().unwrap())?;
    /// let receiving = socket.recv_dgram(vec![0; 1500]);
    /// let parts = receiving.into_parts();
    /// assert_eq!(parts.buffer.len(), 1500);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn into_parts(self) -> Parts<T> {
        let Receiving { socket, buffer } =
            self.receiving.expect("into_parts called after a datagram was received");
        Parts { socket, buffer, _more: () }
    }
}

impl<T: AsMut<[u8]>> RecvDgram<T> {
    fn poll_recv(
        &mut self,
        cx: &Context<'_>,
    ) -> Poll<io::Result<(UdpSocket, T, usize, SocketAddr)>> {
        let receiving = self.receiving.as_mut().expect("RecvDgram polled after it was done");
        let Receiving { socket, buffer } = receiving;
        let (length, sender) = ready!(socket.poll_recv_from_cx(cx, buffer.as_mut()))?;
        let Receiving { socket, buffer } = self.receiving.take().expect("it was there just now");
        Poll::Ready(Ok((socket, buffer, length, sender)))
    }
}

crate::compat::own_compat!([T: AsMut<[u8]>] RecvDgram<T>);

impl<T: AsMut<[u8]>> futures::Future for RecvDgram<T> {
    type Item = (UdpSocket, T, usize, SocketAddr);
    type Error = io::Error;

    fn poll(&mut self) -> futures::Poll<Self::Item, io::Error> {
        into_async(self.poll_recv(&Context::current()))
    }
}

impl<T: AsMut<[u8]>> Future for RecvDgram<T> {
    type Output = io::Result<(UdpSocket, T, usize, SocketAddr)>;

    fn poll(self: Pin<&mut Self>, cx: &mut std::task::Context<'_>) -> Poll<Self::Output> {
        self.get_mut().poll_recv(&Context::from(cx))
    }
}
