//! A Unix stream connection, and its halves.
//!
//! Called by programs. Wraps the root crate's stream; `streams` has what TCP's shares with it.
//!
//! Always true: one system call for each read or write that was ready.
//!
//! Why not one type with TCP's? Addresses are paths, and a peer has credentials; what both do
//! alike is written once, in `streams`.

use super::{SocketAddr, UCred};
use crate::io::{AsyncRead, AsyncWrite, Interest, ReadBuf, Ready};
use crate::net::buffers::{into_buf, into_slice, poll_into, Recv};
use crate::net::home::{self, descriptor, map_shutdown, poll_map_shutdown};
use crate::net::sharing::{from_std, sharing};
use crate::net::streams::{halves, stream};
use bytes1::BufMut;
use socket2::SockRef;
use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::unix::net;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::net::unix::of_path;
use tokio_reactor::PollEvented;

/// A connection on this machine.
///
/// # Dropping
///
/// Closes it.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::io::{AsyncReadExt, AsyncWriteExt};
/// use tokio::net::UnixStream;
/// use tokio::runtime::Runtime;
///
/// Runtime::new().unwrap().block_on(async {
///     let (mut here, mut there) = UnixStream::pair().unwrap();
///     here.write_all(b"hello").await.unwrap();
///     let mut buf = [0; 5];
///     there.read_exact(&mut buf).await.unwrap();
///     assert_eq!(&buf, b"hello");
/// });
/// ```
pub struct UnixStream {
    inner: tokio::net::UnixStream,
}

from_std!(UnixStream, tokio::net::UnixStream, mio1::net::UnixStream, net::UnixStream);
descriptor!(UnixStream);
sharing!(UnixStream, poll_read_ready, poll_write_ready);
stream!(UnixStream, mio1::net::UnixStream);
halves!(UnixStream, SocketAddr);

impl UnixStream {
    /// Connects to the socket at `path`.
    ///
    /// # Errors
    ///
    /// Those of the system.
    ///
    /// # Panics
    ///
    /// If the thread has entered no runtime.
    ///
    /// # Dropping
    ///
    /// Closes the socket.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use tokio_await as tokio;
    /// use tokio::net::UnixStream;
    ///
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     let stream = UnixStream::connect("service.sock").await.unwrap();
    /// #     drop(stream);
    /// });
    /// ```
    pub async fn connect<P: AsRef<Path>>(path: P) -> io::Result<UnixStream> {
        UnixStream::connect_std(&of_path(path.as_ref())?).await
    }

    /// Connects to the socket at `socket_addr`.
    ///
    /// # Errors
    ///
    /// Those of the system.
    ///
    /// # Panics
    ///
    /// If the thread has entered no runtime.
    ///
    /// # Dropping
    ///
    /// Closes the socket.
    pub async fn connect_addr(socket_addr: &SocketAddr) -> io::Result<UnixStream> {
        UnixStream::connect_std(&socket_addr.0).await
    }

    async fn connect_std(address: &net::SocketAddr) -> io::Result<UnixStream> {
        UnixStream::connecting(mio1::net::UnixStream::connect_addr(address)?).await
    }

    /// Waits until a connection that was begun is made.
    pub(super) async fn connecting(socket: mio1::net::UnixStream) -> io::Result<UnixStream> {
        let evented = home::register(socket)?;
        map_shutdown(tokio::net::UnixStream::from_connecting(evented).await).map(UnixStream::from)
    }

    pub(super) fn of(evented: PollEvented<mio1::net::UnixStream>) -> UnixStream {
        UnixStream { inner: tokio::net::UnixStream::from_evented(evented) }
    }

    /// Makes two connected streams.
    ///
    /// # Errors
    ///
    /// Those of the system.
    ///
    /// # Panics
    ///
    /// If the thread has entered no runtime.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::io::{AsyncReadExt, AsyncWriteExt};
    /// use tokio::net::UnixStream;
    ///
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     let (mut ours, mut theirs) = UnixStream::pair().unwrap();
    ///     ours.write_all(b"abc").await.unwrap();
    ///     let mut got = [0; 3];
    ///     theirs.read_exact(&mut got).await.unwrap();
    ///     assert_eq!(&got, b"abc");
    /// });
    /// ```
    #[track_caller]
    pub fn pair() -> io::Result<(UnixStream, UnixStream)> {
        let (a, b) = mio1::net::UnixStream::pair()?;
        Ok((UnixStream::end(a)?, UnixStream::end(b)?))
    }

    #[track_caller]
    fn end(socket: mio1::net::UnixStream) -> io::Result<UnixStream> {
        let evented = home::register_writable(socket)?;
        Ok(UnixStream { inner: tokio::net::UnixStream::from_evented(evented) })
    }

    /// Returns the address of this end.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.inner.local_addr().map(SocketAddr)
    }

    /// Returns the address of the peer.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.inner.peer_addr().map(SocketAddr)
    }

    /// Returns who is at the other end.
    ///
    /// # Errors
    ///
    /// Those of the system.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let (ours, _theirs) = tokio::net::UnixStream::pair().unwrap();
    /// println!("the peer runs as user {}", ours.peer_cred().unwrap().uid());
    /// # });
    /// ```
    pub fn peer_cred(&self) -> io::Result<UCred> {
        let (cred, pid) = self.inner.peer_cred_and_pid()?;
        Ok(UCred { pid, uid: cred.uid, gid: cred.gid })
    }

    /// Returns the error that the system has reported since the last call, if any.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub fn take_error(&self) -> io::Result<Option<io::Error>> {
        self.inner.take_error()
    }
}
