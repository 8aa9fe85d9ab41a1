//! The connections of a listener, as a stream.

use super::{UnixListener, UnixStream};
use crate::net::accepting::Accepting;
use futures::{try_ready, Async, Stream};
use std::io;
use std::task::Poll;
use tokio_executor::internals::convert::into_async;
use tokio_executor::task::Context;

/// The connections of a [`UnixListener`], without end.
///
/// Deals with errors as the stream of TCP connections does: a connection that failed
/// before it could be accepted is passed over, and while descriptors or memory are
/// short, the stream pauses for 5 ms to a second between attempts, and other tasks go
/// on. The upstream crate yields every error; see
/// [`report_errors`](Incoming::report_errors).
///
/// # Examples
///
/// ```
/// use futures::{Future, Stream};
/// use std::io;
/// use tokio::net::UnixListener;
///
/// fn count(listener: UnixListener, most: u64) -> impl Future<Item = u64, Error = io::Error> {
///     listener.incoming().take(most).fold(0, |n, _stream| Ok::<_, io::Error>(n + 1))
/// }
/// ```
#[must_use = "streams do nothing unless polled"]
#[derive(Debug)]
pub struct Incoming {
    listener: UnixListener,
    accepting: Accepting,
}

impl Incoming {
    pub(super) fn new(listener: UnixListener) -> Incoming {
        Incoming { listener, accepting: Accepting::recovering() }
    }

    /// Makes the stream yield every error of `accept(2)`, as the upstream crate's does.
    ///
    /// It can be polled again after one. When descriptors are used up, that fails again
    /// at once, so wait a little.
    pub fn report_errors(self) -> Incoming {
        Incoming { listener: self.listener, accepting: Accepting::reporting() }
    }

    /// Returns the next connection, for a task of either kind.
    ///
    /// # Errors
    ///
    /// Those that are about the listener; see [`Incoming`].
    pub fn poll_next_cx(&mut self, cx: &Context<'_>) -> Poll<io::Result<UnixStream>> {
        let Incoming { listener, accepting } = self;
        accepting.poll(cx, || listener.poll_accept_cx(cx).map_ok(|(connection, _)| connection))
    }
}

impl Stream for Incoming {
    type Item = UnixStream;
    type Error = io::Error;

    fn poll(&mut self) -> futures::Poll<Option<UnixStream>, io::Error> {
        let connection = try_ready!(into_async(self.poll_next_cx(&Context::current())));
        Ok(Async::Ready(Some(connection)))
    }
}

crate::compat::std_stream! {
    [] Incoming => io::Result<UnixStream>, |this, cx| this.poll_next_cx(&Context::from(cx)).map(Some)
}
