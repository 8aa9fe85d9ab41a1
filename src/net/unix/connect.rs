//! A connection in the making, as a future.

use super::UnixStream;
use crate::net::connecting::{poll_connected, Connecting};
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::Poll;
use tokio_executor::internals::convert::into_async;
use tokio_executor::task::Context;

/// Becomes a [`UnixStream`] once the connection is made; see [`UnixStream::connect`].
///
/// # Errors
///
/// Those of `connect(2)`: `NotFound`, `ConnectionRefused` and so on; `WouldBlock` if the
/// listener's queue is full, which Unix sockets do not wait for.
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
/// use tokio::net::UnixStream;
///
/// // Nobody listens there.
/// assert!(UnixStream::connect("/no/such/socket").wait().is_err());
/// ```
#[must_use = "futures do nothing unless polled"]
#[derive(Debug)]
pub struct ConnectFuture {
    connecting: Connecting<UnixStream>,
}

impl ConnectFuture {
    pub(super) fn new(started: io::Result<UnixStream>) -> ConnectFuture {
        ConnectFuture { connecting: Connecting::new(started) }
    }

    fn poll_connect(&mut self, cx: &Context<'_>) -> Poll<io::Result<UnixStream>> {
        self.connecting.poll(|stream| poll_connected(stream.io(), cx))
    }
}

crate::compat::own_compat!([] ConnectFuture);

impl futures::Future for ConnectFuture {
    type Item = UnixStream;
    type Error = io::Error;

    fn poll(&mut self) -> futures::Poll<UnixStream, io::Error> {
        into_async(self.poll_connect(&Context::current()))
    }
}

impl Future for ConnectFuture {
    type Output = io::Result<UnixStream>;

    fn poll(self: Pin<&mut Self>, cx: &mut std::task::Context<'_>) -> Poll<Self::Output> {
        self.get_mut().poll_connect(&Context::from(cx))
    }
}
