//! A Unix datagram socket.
//!
//! Programs of tokio 1.x call it; sends and receives are those of `net::datagrams`.
//!
//! Always true: a future that is dropped while pending has sent or taken nothing. Any number of
//! tasks may wait.
//!
//! Why not one type with UDP's? Addresses are paths or none at all, `pair` and `unbound` are of
//! Unix alone; what is the same for both is written in `net::datagrams`.

use super::SocketAddr;
use crate::io::{Interest, ReadBuf};
use crate::net::buffers::{into_buf, into_slice, poll_into, Recv, RecvFrom};
use crate::net::datagrams::datagrams;
use crate::net::home::{self, descriptor, map_shutdown, poll_map_shutdown};
use crate::net::sharing::{from_std, sharing};
use bytes1::BufMut;
use socket2::{SockAddr, SockRef};
use std::io;
use std::mem::MaybeUninit;
use std::net::Shutdown;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net;
use std::path::Path;
use std::task::{Context, Poll};
use tokio::net::unix::of_path;

/// A Unix socket for datagrams.
///
/// Its methods take it shared, and any number of tasks may send and receive at once.
///
/// # Dropping
///
/// Closes it; its file stays.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::net::UnixDatagram;
/// use tokio::runtime::Runtime;
///
/// Runtime::new().unwrap().block_on(async {
///     let (here, there) = UnixDatagram::pair().unwrap();
///     here.send(b"hello").await.unwrap();
///     let mut buf = [0; 16];
///     assert_eq!(there.recv(&mut buf).await.unwrap(), 5);
/// });
/// ```
pub struct UnixDatagram {
    inner: tokio::net::UnixDatagram,
}

from_std!(UnixDatagram, tokio::net::UnixDatagram, mio1::net::UnixDatagram, net::UnixDatagram);
descriptor!(UnixDatagram);
sharing!(UnixDatagram, poll_recv_ready, poll_send_ready);
datagrams!(UnixDatagram, SocketAddr, SocketAddr::of);

impl UnixDatagram {
    /// Makes a socket at `path`.
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
    /// ```no_run
    /// # use tokio_await as tokio;
    /// use tokio::net::UnixDatagram;
    ///
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     let socket = UnixDatagram::bind("service.sock").unwrap();
    ///     let mut got = [0; 1024];
    ///     let (length, _from) = socket.recv_from(&mut got).await.unwrap();
    ///     println!("{length} bytes");
    /// });
    /// ```
    #[track_caller]
    pub fn bind<P: AsRef<Path>>(path: P) -> io::Result<UnixDatagram> {
        let address = of_path(path.as_ref())?;
        UnixDatagram::registered(mio1::net::UnixDatagram::bind_addr(&address)?)
    }

    /// Makes two connected sockets.
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
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     let (ours, theirs) = tokio::net::UnixDatagram::pair().unwrap();
    ///     ours.send(b"abc").await.unwrap();
    ///     let mut got = [0; 8];
    ///     assert_eq!(theirs.recv(&mut got).await.unwrap(), 3);
    /// });
    /// ```
    #[track_caller]
    pub fn pair() -> io::Result<(UnixDatagram, UnixDatagram)> {
        let (a, b) = mio1::net::UnixDatagram::pair()?;
        Ok((UnixDatagram::end(a)?, UnixDatagram::end(b)?))
    }

    #[track_caller]
    fn end(socket: mio1::net::UnixDatagram) -> io::Result<UnixDatagram> {
        let evented = home::register_writable(socket)?;
        Ok(UnixDatagram { inner: tokio::net::UnixDatagram::from_evented(evented) })
    }

    /// Makes a socket that is bound to nothing.
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
    /// ```no_run
    /// # use tokio_await as tokio;
    /// use tokio::net::UnixDatagram;
    ///
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     let socket = UnixDatagram::unbound().unwrap();
    ///     socket.send_to(b"abc", "service.sock").await.unwrap();
    /// });
    /// ```
    #[track_caller]
    pub fn unbound() -> io::Result<UnixDatagram> {
        UnixDatagram::registered(mio1::net::UnixDatagram::unbound()?)
    }

    /// Sets whom [`send`](UnixDatagram::send) sends to, and from whom datagrams are received.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub fn connect<P: AsRef<Path>>(&self, path: P) -> io::Result<()> {
        self.inner.connect(path)
    }

    /// Sends a datagram to the socket at `target`.
    ///
    /// # Errors
    ///
    /// Those of the system.
    ///
    /// # Dropping
    ///
    /// Nothing is sent.
    pub async fn send_to<P: AsRef<Path>>(&self, buf: &[u8], target: P) -> io::Result<usize> {
        let to = to_sock_addr(target.as_ref())?;
        let send = |socket: &_| SockRef::from(socket).send_to(buf, &to);
        map_shutdown(self.evented().async_io(Interest::WRITABLE, send).await)
    }

    /// Sends a datagram to the socket at `target`, or else the task is woken once there is
    /// room.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub fn poll_send_to<P: AsRef<Path>>(
        &self,
        cx: &mut Context<'_>,
        buf: &[u8],
        target: P,
    ) -> Poll<io::Result<usize>> {
        let to = to_sock_addr(target.as_ref())?;
        let send = |socket: &_| SockRef::from(socket).send_to(buf, &to);
        poll_map_shutdown(self.evented().poll_write_io(&cx.into(), send))
    }

    /// Sends a datagram to the socket at `target` if there is room.
    ///
    /// # Errors
    ///
    /// `WouldBlock` if there is none; those of the system.
    pub fn try_send_to<P: AsRef<Path>>(&self, buf: &[u8], target: P) -> io::Result<usize> {
        let to = to_sock_addr(target.as_ref())?;
        let send = |socket: &_| SockRef::from(socket).send_to(buf, &to);
        map_shutdown(self.evented().try_io(Interest::WRITABLE, send))
    }

    /// Returns the address that the socket is bound to.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.evented().get_ref().local_addr().map(SocketAddr)
    }

    /// Returns the address that the socket is connected to.
    ///
    /// # Errors
    ///
    /// If it is not connected.
    pub fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.evented().get_ref().peer_addr().map(SocketAddr)
    }

    /// Ends one direction, or both.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub fn shutdown(&self, how: Shutdown) -> io::Result<()> {
        self.evented().get_ref().shutdown(how)
    }

    /// Registers a socket.
    pub(super) fn of_std(datagram: net::UnixDatagram) -> io::Result<UnixDatagram> {
        UnixDatagram::registered(mio1::net::UnixDatagram::from_std(datagram))
    }
}

/// The address of `path` for the system.
pub(super) fn to_sock_addr(path: &Path) -> io::Result<SockAddr> {
    if path.as_os_str().as_bytes().first() != Some(&0) && path.as_os_str().as_bytes().contains(&0) {
        // Refused, and with the words of std.
        of_path(path)?;
    }
    SockAddr::unix(path)
}
