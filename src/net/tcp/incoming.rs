//! The connections of a listener, as a stream.

use super::{TcpListener, TcpStream};
use crate::net::accepting::Accepting;
use futures::{try_ready, Async, Stream};
use std::io;
use std::task::Poll;
use tokio_executor::internals::convert::into_async;
use tokio_executor::task::Context;

/// The connections of a [`TcpListener`], without end.
///
/// A connection that failed before it could be accepted (`ECONNABORTED` and its like)
/// is passed over. When the process or the system is out of descriptors or memory
/// (`EMFILE`, `ENFILE`, `ENOBUFS`, `ENOMEM`), the stream pauses, for 5 ms at first and
/// up to a second if that does not help, while other tasks go on; then it accepts
/// again. Each such error is logged.
///
/// This is where the upstream crate differs: there, the stream yields every error, the
/// first of which ends a server made with `for_each`. For a server that decides for
/// itself, there is [`report_errors`](Incoming::report_errors), and
/// [`TcpListener::poll_accept`].
///
/// # Examples
///
/// ```
/// use futures::{Future, Stream};
/// use tokio::net::{TcpListener, TcpStream};
///
/// let listener = TcpListener::bind(&"127.0.0.1:0".parse().unwrap()).unwrap();
/// let addr = listener.local_addr().unwrap();
/// let first = listener.incoming().into_future().map_err(|(error, _)| error);
/// let (client, (server, _)) = TcpStream::connect(&addr).join(first).wait().unwrap();
/// assert_eq!(server.unwrap().peer_addr().unwrap(), client.local_addr().unwrap());
/// ```
#[must_use = "streams do nothing unless polled"]
#[derive(Debug)]
pub struct Incoming {
    listener: TcpListener,
    accepting: Accepting,
}

impl Incoming {
    pub(super) fn new(listener: TcpListener) -> Incoming {
        Incoming { listener, accepting: Accepting::recovering() }
    }

    /// Makes the stream yield every error of `accept(2)`, as the upstream crate's does.
    ///
    /// It can be polled again after one. When descriptors are used up, that fails again
    /// at once, so wait a little.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::{Future, Stream};
    /// use tokio::net::TcpListener;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let listener = TcpListener::bind(&"127.0.0.1:0".parse()?)?;
    /// let server = listener
    ///     .incoming()
    ///     .report_errors()
    ///     .map_err(|error| eprintln!("this server ends here: {error}"))
    ///     .for_each(|connection| Ok(drop(connection)));
    /// # drop(server);
    /// # Ok(())
    /// # }
    /// ```
    pub fn report_errors(self) -> Incoming {
        Incoming { listener: self.listener, accepting: Accepting::reporting() }
    }

    /// Returns the next connection, for a task of either kind.
    ///
    /// # Errors
    ///
    /// Those that are about the listener; see [`Incoming`].
    pub fn poll_next_cx(&mut self, cx: &Context<'_>) -> Poll<io::Result<TcpStream>> {
        let Incoming { listener, accepting } = self;
        accepting.poll(cx, || listener.poll_accept_cx(cx).map_ok(|(connection, _)| connection))
    }
}

impl Stream for Incoming {
    type Item = TcpStream;
    type Error = io::Error;

    fn poll(&mut self) -> futures::Poll<Option<TcpStream>, io::Error> {
        let connection = try_ready!(into_async(self.poll_next_cx(&Context::current())));
        Ok(Async::Ready(Some(connection)))
    }
}

crate::compat::std_stream! {
    [] Incoming => io::Result<TcpStream>, |this, cx| this.poll_next_cx(&Context::from(cx)).map(Some)
}
