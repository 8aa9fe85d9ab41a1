//! Stream sockets of Unix.

use super::streams::stream;
use crate::io::{AsyncRead, AsyncWrite, ReadBuf};
use std::future::poll_fn;
use std::io;
use std::os::unix::net::SocketAddr;
use std::path::Path;
use std::pin::Pin;
use std::task::{ready, Context, Poll};

/// A socket in the file system that accepts connections.
///
/// # Dropping
///
/// Closes it; its file stays.
#[derive(Debug)]
pub struct UnixListener {
    inner: tokio::net::UnixListener,
}

impl UnixListener {
    /// Makes a socket at `path`, and listens.
    ///
    /// # Errors
    ///
    /// Those of the system: something is there already, for instance.
    pub fn bind<P: AsRef<Path>>(path: P) -> io::Result<UnixListener> {
        tokio::net::UnixListener::bind(path).map(|inner| UnixListener { inner })
    }

    /// Waits for a connection; says also who made it.
    ///
    /// # Errors
    ///
    /// Those of the system.
    ///
    /// # Dropping
    ///
    /// Loses no connection.
    pub async fn accept(&self) -> io::Result<(UnixStream, SocketAddr)> {
        let accepted = poll_fn(|cx| self.inner.poll_accept_cx(&cx.into())).await;
        accepted.map(|(stream, peer)| (stream.into(), peer))
    }

    /// The address it is bound to.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.inner.local_addr()
    }
}

/// A connection on this machine.
///
/// # Dropping
///
/// Closes it.
#[derive(Debug)]
pub struct UnixStream {
    inner: tokio::net::UnixStream,
}

stream!(UnixStream);

/// The half of a connection that reads.
pub type OwnedReadHalf = super::OwnedReadHalf<UnixStream>;

/// The half of a connection that writes.
pub type OwnedWriteHalf = super::OwnedWriteHalf<UnixStream>;

/// The half of a connection that reads, for one task.
pub type ReadHalf<'a> = &'a UnixStream;

/// The half of a connection that writes, for one task.
pub type WriteHalf<'a> = &'a UnixStream;

impl UnixStream {
    /// Connects to the socket at `path`.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub async fn connect<P: AsRef<Path>>(path: P) -> io::Result<UnixStream> {
        tokio::net::UnixStream::connect(path).await.map(UnixStream::from)
    }

    /// Two connected sockets.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub fn pair() -> io::Result<(UnixStream, UnixStream)> {
        tokio::net::UnixStream::pair().map(|(a, b)| (a.into(), b.into()))
    }
}
