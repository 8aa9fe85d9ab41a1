//! A connection in the making.
//!
//! What the `ConnectFuture`s of TCP and of Unix sockets share.
//!
//! Always true: a connection is reported as made only when the socket has no error and
//! has a peer. That it is writable says less: it also becomes so by failing, and on some
//! systems before anything happened.

use socket2::SockRef;
use std::io;
use std::mem;
use std::task::{ready, Poll};
use tokio_executor::task::Context;
use tokio_reactor::evented::{Evented, Ready};
use tokio_reactor::PollEvented;

/// How far it is.
#[derive(Debug)]
pub(super) enum Connecting<S> {
    UnderWay(S),
    Failed(io::Error),
    Done,
}

impl<S> Connecting<S> {
    pub(super) fn new(started: io::Result<S>) -> Connecting<S> {
        match started {
            Ok(stream) => Connecting::UnderWay(stream),
            Err(error) => Connecting::Failed(error),
        }
    }

    /// The stream, once `connected` says that it is.
    pub(super) fn poll(
        &mut self,
        connected: impl FnOnce(&S) -> Poll<io::Result<()>>,
    ) -> Poll<io::Result<S>> {
        let outcome = match self {
            Connecting::UnderWay(stream) => ready!(connected(stream)),
            Connecting::Failed(_) => Ok(()),
            Connecting::Done => panic!("ConnectFuture polled after it was done"),
        };
        Poll::Ready(match mem::replace(self, Connecting::Done) {
            Connecting::UnderWay(stream) => outcome.map(|()| stream),
            Connecting::Failed(error) => Err(error),
            Connecting::Done => unreachable!("the state was looked at above"),
        })
    }
}

/// Whether the socket in `io` is connected by now.
pub(super) fn poll_connected<E>(io: &PollEvented<E>, cx: &Context<'_>) -> Poll<io::Result<()>>
where
    E: Evented,
    for<'a> SockRef<'a>: From<&'a E>,
{
    let ready = ready!(io.poll_write_ready_cx(cx))?;
    let socket = SockRef::from(io.get_ref());
    if let Some(error) = socket.take_error()? {
        return Poll::Ready(Err(error));
    }
    match socket.peer_addr() {
        Ok(_) => Poll::Ready(Ok(())),
        // With an error or a hang-up beside it, this is final: no event will follow.
        Err(error) if error.kind() == io::ErrorKind::NotConnected && ready == Ready::writable() => {
            io.clear_write_ready_cx(cx)?;
            Poll::Pending
        }
        Err(error) => Poll::Ready(Err(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::{Async, Future};
    use std::net;

    /// A socket that is writable, has no error, and is not connected to anything.
    fn unconnected() -> PollEvented<mio1::net::TcpStream> {
        let kind = socket2::Type::STREAM;
        let socket = socket2::Socket::new(socket2::Domain::IPV4, kind, None).unwrap();
        socket.set_nonblocking(true).unwrap();
        let socket: net::TcpStream = socket.into();
        // Assumed ready, as if an event had come too early.
        PollEvented::new_assumed_ready(mio1::net::TcpStream::from_std(socket))
    }

    #[test]
    fn fault_n03_writable_without_a_peer_is_not_connected() {
        let io = unconnected();
        let early = futures::future::lazy(|| {
            let answer = poll_connected(&io, &Context::current());
            Ok::<_, ()>(matches!(answer, Poll::Ready(Ok(()))))
        });
        assert!(!early.wait().unwrap(), "reported a connection to nobody");
    }

    #[test]
    fn fault_n03_goes_on_waiting_until_there_is_a_peer() {
        let listener = net::TcpListener::bind("127.0.0.1:0").unwrap();
        let addr = listener.local_addr().unwrap();
        let io = unconnected();
        let mut connected = false;
        futures::future::poll_fn(|| {
            let answer = poll_connected(&io, &Context::current());
            if !connected {
                // The socket is connected only now, after a look at it.
                connected = true;
                let _ = SockRef::from(io.get_ref()).connect(&addr.into());
                assert!(!matches!(answer, Poll::Ready(Ok(()))));
                if answer.is_ready() {
                    // The system reported the hang-up of a socket without a peer.
                    futures::task::current().notify();
                }
                return Ok(Async::NotReady);
            }
            match answer {
                Poll::Ready(result) => result.map(Async::Ready),
                Poll::Pending => Ok(Async::NotReady),
            }
        })
        .wait()
        .unwrap();
        assert_eq!(io.get_ref().peer_addr().unwrap(), addr);
    }
}
