//! A datagram on its way out.

use super::UdpSocket;
use crate::net::datagrams::check_whole;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{ready, Poll};
use tokio_executor::internals::convert::into_async;
use tokio_executor::task::Context;

/// Sends one datagram, then gives socket and buffer back; see
/// [`UdpSocket::send_dgram`].
///
/// # Errors
///
/// Those of `sendto(2)`; and if the system took only a part of the datagram. The socket
/// is lost then.
///
/// # Panics
///
/// If polled again after it is done.
///
/// # Dropping
///
/// Closes the socket and drops the buffer. Nothing is sent.
///
/// # Examples
///
/// ```
/// use futures::Future;
/// use tokio::net::UdpSocket;
///
/// let socket = UdpSocket::bind(&"127.0.0.1:0".parse().unwrap()).unwrap();
/// let own = socket.local_addr().unwrap();
/// // The socket comes back, and sends the next one.
/// let (socket, _) = socket.send_dgram("one", &own).wait().unwrap();
/// socket.send_dgram("two", &own).wait().unwrap();
/// ```
#[must_use = "futures do nothing unless polled"]
#[derive(Debug)]
pub struct SendDgram<T> {
    sending: Option<Sending<T>>,
}

#[derive(Debug)]
struct Sending<T> {
    socket: UdpSocket,
    buffer: T,
    target: SocketAddr,
}

/// Nothing in it is ever pinned.
impl<T> Unpin for SendDgram<T> {}

impl<T> SendDgram<T> {
    pub(super) fn new(socket: UdpSocket, buffer: T, target: SocketAddr) -> SendDgram<T> {
        SendDgram { sending: Some(Sending { socket, buffer, target }) }
    }
}

impl<T: AsRef<[u8]>> SendDgram<T> {
    fn poll_send(&mut self, cx: &Context<'_>) -> Poll<io::Result<(UdpSocket, T)>> {
        let sending = self.sending.as_mut().expect("SendDgram polled after it was done");
        let Sending { socket, buffer, target } = sending;
        let sent = ready!(socket.poll_send_to_cx(cx, buffer.as_ref(), target))
            .and_then(|n| check_whole(n, buffer.as_ref().len()));
        let sending = self.sending.take();
        Poll::Ready(sent.map(|()| {
            let Sending { socket, buffer, .. } = sending.expect("it was there just now");
            (socket, buffer)
        }))
    }
}

crate::compat::own_compat!([T: AsRef<[u8]>] SendDgram<T>);

impl<T: AsRef<[u8]>> futures::Future for SendDgram<T> {
    type Item = (UdpSocket, T);
    type Error = io::Error;

    fn poll(&mut self) -> futures::Poll<(UdpSocket, T), io::Error> {
        into_async(self.poll_send(&Context::current()))
    }
}

impl<T: AsRef<[u8]>> Future for SendDgram<T> {
    type Output = io::Result<(UdpSocket, T)>;

    fn poll(self: Pin<&mut Self>, cx: &mut std::task::Context<'_>) -> Poll<Self::Output> {
        self.get_mut().poll_send(&Context::from(cx))
    }
}
