//! A connection in the making, as a future.

use super::TcpStream;
use crate::net::connecting::{poll_connected, Connecting};
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::Poll;
use tokio_executor::internals::convert::into_async;
use tokio_executor::task::Context;

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
///
/// # Examples
///
/// ```
/// use futures::Future;
/// use tokio::net::TcpStream;
///
/// let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
/// let addr = listener.local_addr().unwrap();
/// let connecting = TcpStream::connect(&addr);
/// assert_eq!(connecting.wait().unwrap().peer_addr().unwrap(), addr);
/// ```
#[must_use = "futures do nothing unless polled"]
#[derive(Debug)]
pub struct ConnectFuture {
    connecting: Connecting<TcpStream>,
}

impl ConnectFuture {
    pub(super) fn new(started: io::Result<TcpStream>) -> ConnectFuture {
        ConnectFuture { connecting: Connecting::new(started) }
    }

    fn poll_connect(&mut self, cx: &Context<'_>) -> Poll<io::Result<TcpStream>> {
        self.connecting.poll(|stream| poll_connected(stream.io(), cx))
    }
}

crate::compat::own_compat!([] ConnectFuture);

impl futures::Future for ConnectFuture {
    type Item = TcpStream;
    type Error = io::Error;

    fn poll(&mut self) -> futures::Poll<TcpStream, io::Error> {
        into_async(self.poll_connect(&Context::current()))
    }
}

impl Future for ConnectFuture {
    type Output = io::Result<TcpStream>;

    fn poll(self: Pin<&mut Self>, cx: &mut std::task::Context<'_>) -> Poll<Self::Output> {
        self.get_mut().poll_connect(&Context::from(cx))
    }
}
