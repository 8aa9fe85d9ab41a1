//! A connection in the making.
//!
//! Always true: it is reported as made only when the socket has no error and has a
//! peer. That a socket is writable says less: it also becomes so by failing, and on
//! some systems before anything happened.

use super::TcpStream;
use crate::net::answer::to_async;
use std::future::Future;
use std::io;
use std::mem;
use std::pin::Pin;
use std::task::{ready, Poll};
use tokio_executor::task::Context;
use tokio_reactor::evented::Ready;

/// Becomes a [`TcpStream`] once the connection is made; see [`TcpStream::connect`].
///
/// # Errors
///
/// Those of `connect(2)`: `ConnectionRefused`, `TimedOut` and so on.
///
/// # Panics
///
/// If polled again after it is done.
///
/// # Dropping
///
/// Gives the attempt up.
#[must_use = "futures do nothing unless polled"]
#[derive(Debug)]
pub struct ConnectFuture {
    state: State,
}

#[derive(Debug)]
enum State {
    Connecting(TcpStream),
    Failed(io::Error),
    Done,
}

impl ConnectFuture {
    pub(super) fn new(stream: io::Result<TcpStream>) -> ConnectFuture {
        let state = match stream {
            Ok(stream) => State::Connecting(stream),
            Err(error) => State::Failed(error),
        };
        ConnectFuture { state }
    }

    fn poll_connect(&mut self, cx: &Context<'_>) -> Poll<io::Result<TcpStream>> {
        let outcome = match &self.state {
            State::Connecting(stream) => ready!(poll_connected(stream, cx)),
            State::Failed(_) => Ok(()),
            State::Done => panic!("ConnectFuture polled after it was done"),
        };
        let stream = match mem::replace(&mut self.state, State::Done) {
            State::Connecting(stream) => outcome.map(|()| stream),
            State::Failed(error) => Err(error),
            State::Done => unreachable!("the state was looked at above"),
        };
        Poll::Ready(stream)
    }
}

fn poll_connected(stream: &TcpStream, cx: &Context<'_>) -> Poll<io::Result<()>> {
    let ready = ready!(stream.io().poll_write_ready_cx(cx))?;
    let socket = stream.io().get_ref();
    if let Some(error) = socket.take_error()? {
        return Poll::Ready(Err(error));
    }
    match socket.peer_addr() {
        Ok(_) => Poll::Ready(Ok(())),
        // With an error or a hang-up beside it, this is final: no event will follow.
        Err(error) if error.kind() == io::ErrorKind::NotConnected && ready == Ready::writable() => {
            stream.io().clear_write_ready_cx(cx)?;
            Poll::Pending
        }
        Err(error) => Poll::Ready(Err(error)),
    }
}

impl futures::Future for ConnectFuture {
    type Item = TcpStream;
    type Error = io::Error;

    fn poll(&mut self) -> futures::Poll<TcpStream, io::Error> {
        to_async(self.poll_connect(&Context::current()))
    }
}

impl Future for ConnectFuture {
    type Output = io::Result<TcpStream>;

    fn poll(self: Pin<&mut Self>, cx: &mut std::task::Context<'_>) -> Poll<io::Result<TcpStream>> {
        self.get_mut().poll_connect(&Context::from(cx))
    }
}
