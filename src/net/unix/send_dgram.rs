//! A datagram on its way out.

use super::UnixDatagram;
use crate::net::datagrams::check_whole;
use std::future::Future;
use std::io;
use std::path::Path;
use std::pin::Pin;
use std::task::{ready, Poll};
use tokio_executor::internals::convert::into_async;
use tokio_executor::task::Context;

/// Sends one datagram, then gives socket and buffer back; see
/// [`UnixDatagram::send_dgram`].
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
#[must_use = "futures do nothing unless polled"]
#[derive(Debug)]
pub struct SendDgram<T, P> {
    sending: Option<Sending<T, P>>,
}

#[derive(Debug)]
struct Sending<T, P> {
    socket: UnixDatagram,
    buffer: T,
    target: P,
}

/// Nothing in it is ever pinned.
impl<T, P> Unpin for SendDgram<T, P> {}

impl<T, P> SendDgram<T, P>
where
    T: AsRef<[u8]>,
    P: AsRef<Path>,
{
    pub(super) fn new(socket: UnixDatagram, buffer: T, target: P) -> SendDgram<T, P> {
        SendDgram { sending: Some(Sending { socket, buffer, target }) }
    }

    fn poll_send(&mut self, cx: &Context<'_>) -> Poll<io::Result<(UnixDatagram, T)>> {
        let sending = self.sending.as_mut().expect("SendDgram polled after it was done");
        let Sending { socket, buffer, target } = sending;
        let sent = ready!(socket.poll_send_to_cx(cx, buffer.as_ref(), &*target))
            .and_then(|n| check_whole(n, buffer.as_ref().len()));
        let sending = self.sending.take();
        Poll::Ready(sent.map(|()| {
            let Sending { socket, buffer, .. } = sending.expect("it was there just now");
            (socket, buffer)
        }))
    }
}

crate::compat::own_compat!([T: AsRef<[u8]>, P: AsRef<Path>] SendDgram<T, P>);

impl<T, P> futures::Future for SendDgram<T, P>
where
    T: AsRef<[u8]>,
    P: AsRef<Path>,
{
    type Item = (UnixDatagram, T);
    type Error = io::Error;

    fn poll(&mut self) -> futures::Poll<(UnixDatagram, T), io::Error> {
        into_async(self.poll_send(&Context::current()))
    }
}

impl<T, P> Future for SendDgram<T, P>
where
    T: AsRef<[u8]>,
    P: AsRef<Path>,
{
    type Output = io::Result<(UnixDatagram, T)>;

    fn poll(self: Pin<&mut Self>, cx: &mut std::task::Context<'_>) -> Poll<Self::Output> {
        self.get_mut().poll_send(&Context::from(cx))
    }
}
