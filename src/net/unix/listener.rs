//! A Unix socket that waits for connections.
//!
//! Programs call it, or its stream of connections (`incoming`); `net::accepting` decides on
//! errors.
//!
//! Always true: a connection that was accepted is returned; an error of one connection does not
//! end the stream. One task waits.
//!
//! Why a type beside TCP's? It has no options, and its addresses are paths; both `Incoming`
//! streams share `net::accepting`.

use super::{accept, address, Incoming, UnixStream};
use std::fmt;
use std::io;
use std::os::unix::net::{self, SocketAddr};
use std::path::Path;
use std::task::{ready, Poll};
use tokio_executor::internals::convert::into_async;
use tokio_executor::task::Context;
use tokio_reactor::evented::Ready;
use tokio_reactor::{Handle, PollEvented};

/// A Unix socket that listens for connections.
///
/// # Dropping
///
/// Closes the socket. Its file, if it has one, stays.
///
/// # Examples
///
/// ```
/// use futures::{Future, Stream};
/// use tokio::net::{UnixListener, UnixStream};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let path = std::env::temp_dir().join(format!("doc-listener-{}", std::process::id()));
/// let listener = UnixListener::bind(&path)?;
/// let client = UnixStream::connect(&path);
/// let server = listener.incoming().into_future().map_err(|(error, _)| error);
/// let (client, (server, _)) = client.join(server).wait()?;
/// std::fs::remove_file(&path)?;
/// # Ok(())
/// # }
/// ```
pub struct UnixListener {
    io: PollEvented<mio1::net::UnixListener>,
}

impl UnixListener {
    /// Listens at `path`, where there must not be a file yet.
    ///
    /// # Errors
    ///
    /// Those of `bind(2)`: `AddrInUse` if there is a file; `InvalidInput` for a path that
    /// is too long or has a NUL byte elsewhere than at its beginning.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::{Future, Stream};
    /// use std::io;
    /// use tokio::net::UnixListener;
    ///
    /// fn serve(path: &str) -> io::Result<impl Future<Item = (), Error = io::Error>> {
    ///     let connections = UnixListener::bind(path)?.incoming();
    ///     Ok(connections.for_each(|stream| tokio::io::write_all(stream, "hello").map(drop)))
    /// }
    /// ```
    pub fn bind<P>(path: P) -> io::Result<UnixListener>
    where
        P: AsRef<Path>,
    {
        let listener = mio1::net::UnixListener::bind_addr(&address::of_path(path.as_ref())?)?;
        Ok(UnixListener { io: PollEvented::new(listener) })
    }

    /// Makes a listener of one of the standard library's, registered with `handle`'s
    /// reactor. It is put into non-blocking mode.
    ///
    /// With `Handle::default()`, that is the reactor of the thread that first waits.
    ///
    /// # Errors
    ///
    /// If the reactor is gone, or it or the system refuses.
    pub fn from_std(listener: net::UnixListener, handle: &Handle) -> io::Result<UnixListener> {
        listener.set_nonblocking(true)?;
        let listener = mio1::net::UnixListener::from_std(listener);
        Ok(UnixListener { io: PollEvented::new_with_handle(listener, handle)? })
    }

    pub(super) fn io(&self) -> &PollEvented<mio1::net::UnixListener> {
        &self.io
    }

    /// Returns the address that this socket listens at.
    ///
    /// # Errors
    ///
    /// Those of `getsockname(2)`.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.io.get_ref().local_addr()
    }

    /// Returns whether there is a connection to accept, or else the current task is woken then.
    ///
    /// `ready` names the events that count, beside hang-ups and errors, which always do.
    ///
    /// # Errors
    ///
    /// If the socket cannot be registered, or the reactor is gone.
    ///
    /// # Panics
    ///
    /// If `ready` has writable in it; or if there is nothing and no current task.
    pub fn poll_read_ready(&self, ready: Ready) -> futures::Poll<Ready, io::Error> {
        self.io.poll_read_ready(ready)
    }

    /// Works like [`poll_read_ready`](UnixListener::poll_read_ready), for a task of either kind.
    ///
    /// # Errors
    ///
    /// As for [`poll_read_ready`](UnixListener::poll_read_ready).
    pub fn poll_read_ready_cx(&self, cx: &Context<'_>, ready: Ready) -> Poll<io::Result<Ready>> {
        self.io.poll_read_ready_cx(cx, ready)
    }

    /// Returns the error that is pending on the socket (`SO_ERROR`), which is then cleared.
    ///
    /// # Errors
    ///
    /// Those of `getsockopt(2)`.
    pub fn take_error(&self) -> io::Result<Option<io::Error>> {
        self.io.get_ref().take_error()
    }

    /// Returns the next connection, and where it comes from; or else the current task is woken
    /// when there is one.
    ///
    /// # Errors
    ///
    /// Every error of `accept(2)`, also those that pass.
    /// [`incoming`](UnixListener::incoming) deals with these.
    ///
    /// # Panics
    ///
    /// If there is no connection, and no current task.
    pub fn poll_accept(&self) -> futures::Poll<(UnixStream, SocketAddr), io::Error> {
        into_async(self.poll_accept_cx(&Context::current()))
    }

    /// Works like [`poll_accept`](UnixListener::poll_accept), for a task of either kind.
    ///
    /// # Errors
    ///
    /// As for [`poll_accept`](UnixListener::poll_accept).
    pub fn poll_accept_cx(&self, cx: &Context<'_>) -> Poll<io::Result<(UnixStream, SocketAddr)>> {
        let (stream, peer) = ready!(self.io.poll_read_io(cx, accept::nonblocking))?;
        Poll::Ready(Ok((UnixStream::accepted(stream), peer)))
    }

    /// Accepts a connection if there is one; it is non-blocking.
    // Hidden: for the interfaces of tokio 1.x and 0.2.
    #[doc(hidden)]
    pub fn accept_now(
        listener: &mio1::net::UnixListener,
    ) -> io::Result<(net::UnixStream, SocketAddr)> {
        accept::nonblocking(listener)
    }

    /// Returns the next connection as a stream of the standard library's, in blocking mode; or
    /// else the current task is woken when there is one.
    ///
    /// With [`UnixStream::from_std`] it can then be given to another reactor.
    ///
    /// # Errors
    ///
    /// As for [`poll_accept`](UnixListener::poll_accept).
    ///
    /// # Panics
    ///
    /// As for [`poll_accept`](UnixListener::poll_accept).
    pub fn poll_accept_std(&self) -> futures::Poll<(net::UnixStream, SocketAddr), io::Error> {
        into_async(self.poll_accept_std_cx(&Context::current()))
    }

    /// Works like [`poll_accept_std`](UnixListener::poll_accept_std), for a task of either kind.
    ///
    /// # Errors
    ///
    /// As for [`poll_accept`](UnixListener::poll_accept).
    pub fn poll_accept_std_cx(
        &self,
        cx: &Context<'_>,
    ) -> Poll<io::Result<(net::UnixStream, SocketAddr)>> {
        self.io.poll_read_io(cx, accept::blocking)
    }

    /// Returns the connections, one after the other, without end.
    ///
    /// See [`Incoming`] for what it does about errors.
    pub fn incoming(self) -> Incoming {
        Incoming::new(self)
    }
}

crate::net::evented::evented!(UnixListener, mio1::net::UnixListener, |io| UnixListener { io });

impl fmt::Debug for UnixListener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.io.get_ref().fmt(f)
    }
}
