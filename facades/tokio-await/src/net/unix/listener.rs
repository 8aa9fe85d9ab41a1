//! A Unix socket that accepts connections.
//!
//! Programs bind it to a path, and accept from it; it wraps the root crate's socket.
//!
//! Always true: any number of tasks may accept at once, and an accept that is dropped takes no
//! connection with it.
//!
//! Why is `accept_now` called, and not the root crate's `poll_accept`? That one keeps a single
//! waiting task; here any number wait in the list.

use super::{SocketAddr, UnixStream};
use crate::io::Interest;
use crate::net::home::{self, descriptor, map_shutdown, poll_map_shutdown};
use crate::net::sharing::from_std;
use std::io;
use std::os::unix::net;
use std::path::Path;
use std::task::{Context, Poll};
use tokio::net::unix::of_path;

/// A Unix socket that accepts connections.
///
/// Any number of tasks may accept at once. A path that begins with a NUL byte stands for an
/// abstract name, on systems that have those (Linux).
///
/// # Dropping
///
/// Closes it; its file stays.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::io::AsyncWriteExt;
/// use tokio::net::UnixListener;
///
/// async fn serve(path: &str) -> std::io::Result<()> {
///     let listener = UnixListener::bind(path)?;
///     loop {
///         let (mut stream, _) = listener.accept().await?;
///         tokio::spawn(async move { stream.write_all(b"hello\n").await });
///     }
/// }
/// ```
pub struct UnixListener {
    inner: tokio::net::UnixListener,
}

from_std!(UnixListener, tokio::net::UnixListener, mio1::net::UnixListener, net::UnixListener);
descriptor!(UnixListener);

impl UnixListener {
    /// Makes a socket at `path`, and listens.
    ///
    /// # Errors
    ///
    /// Those of the system: something is there already, for instance.
    ///
    /// # Panics
    ///
    /// If the thread has entered no runtime.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use tokio_await as tokio;
    /// use tokio::net::UnixListener;
    ///
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     let listener = UnixListener::bind("service.sock").unwrap();
    ///     let (stream, _address) = listener.accept().await.unwrap();
    /// #     drop(stream);
    /// });
    /// ```
    #[track_caller]
    pub fn bind<P: AsRef<Path>>(path: P) -> io::Result<UnixListener> {
        UnixListener::bind_std(&of_path(path.as_ref())?)
    }

    /// Makes a socket at `socket_addr`, and listens.
    ///
    /// # Errors
    ///
    /// Those of the system.
    ///
    /// # Panics
    ///
    /// If the thread has entered no runtime.
    #[track_caller]
    pub fn bind_addr(socket_addr: &SocketAddr) -> io::Result<UnixListener> {
        UnixListener::bind_std(&socket_addr.0)
    }

    #[track_caller]
    fn bind_std(address: &net::SocketAddr) -> io::Result<UnixListener> {
        UnixListener::registered(mio1::net::UnixListener::bind_addr(address)?)
    }

    /// Waits for a connection; returns it and the address of who made it.
    ///
    /// # Errors
    ///
    /// Those of the system: most are of one connection, or pass.
    ///
    /// # Dropping
    ///
    /// Loses no connection.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use tokio_await as tokio;
    /// use tokio::net::UnixListener;
    ///
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     let listener = UnixListener::bind("service.sock").unwrap();
    ///     loop {
    ///         let (stream, _address) = listener.accept().await.unwrap();
    ///         tokio::spawn(async move { drop(stream) });
    ///     }
    /// });
    /// ```
    pub async fn accept(&self) -> io::Result<(UnixStream, SocketAddr)> {
        let accept = tokio::net::UnixListener::accept_now;
        let accepted = self.evented().async_io(Interest::READABLE, accept).await;
        map_shutdown(accepted).map(|accepted| self.stream(accepted))
    }

    /// Accepts a connection if there is one, or else the task is woken once there is.
    ///
    /// Only the last task to ask by way of this method is woken.
    ///
    /// # Errors
    ///
    /// As for [`accept`](UnixListener::accept).
    pub fn poll_accept(&self, cx: &mut Context<'_>) -> Poll<io::Result<(UnixStream, SocketAddr)>> {
        let accept = tokio::net::UnixListener::accept_now;
        let accepted = self.evented().poll_read_io(&cx.into(), accept);
        poll_map_shutdown(accepted).map_ok(|accepted| self.stream(accepted))
    }

    fn stream(&self, accepted: (net::UnixStream, net::SocketAddr)) -> (UnixStream, SocketAddr) {
        let (socket, peer) = accepted;
        let socket = mio1::net::UnixStream::from_std(socket);
        (UnixStream::of(home::accepted(self.evented(), socket)), peer.into())
    }

    /// Returns the address it is bound to.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.inner.local_addr().map(SocketAddr)
    }

    /// Returns the error that the system has reported since the last call, if any.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub fn take_error(&self) -> io::Result<Option<io::Error>> {
        self.inner.take_error()
    }

    /// Registers a socket that listens.
    pub(super) fn of_std(listener: net::UnixListener) -> io::Result<UnixListener> {
        UnixListener::registered(mio1::net::UnixListener::from_std(listener))
    }
}
