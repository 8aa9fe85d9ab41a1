//! A Unix datagram socket.
//!
//! Programs of tokio 0.1 call it; the sockets of tokio 1.x and 0.2 have one inside.
//!
//! Always true: one call moves one datagram; an empty one is a datagram like any other.
//!
//! Why not UDP's type? Addresses are paths, and a socket may have none; what both do is in
//! `net::methods` and `net::datagrams`.

use super::{address, RecvDgram, SendDgram};
use socket2::{SockAddr, SockRef};
use std::fmt;
use std::io;
use std::net::Shutdown;
use std::os::unix::net::{self, SocketAddr};
use std::path::Path;
use std::task::Poll;
use tokio_executor::internals::convert::into_async;
use tokio_executor::task::Context;
use tokio_reactor::{Handle, PollEvented};

/// A Unix socket that sends and receives datagrams.
///
/// # Dropping
///
/// Closes the socket. Its file, if it has one, stays.
///
/// # Examples
///
/// ```
/// use futures::{future, Future};
/// use tokio::net::UnixDatagram;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let (here, there) = UnixDatagram::pair()?;
/// future::poll_fn(|| here.poll_send(b"hello")).wait()?;
/// let mut buf = [0; 100];
/// let length = future::poll_fn(|| there.poll_recv(&mut buf)).wait()?;
/// assert_eq!(&buf[..length], b"hello");
/// # Ok(())
/// # }
/// ```
pub struct UnixDatagram {
    io: PollEvented<mio1::net::UnixDatagram>,
}

impl UnixDatagram {
    /// Makes a socket at `path`, where there must not be a file yet.
    ///
    /// # Errors
    ///
    /// Those of `bind(2)`: `AddrInUse` if there is a file; `InvalidInput` for a path that
    /// is too long or has a NUL byte elsewhere than at its beginning.
    pub fn bind<P>(path: P) -> io::Result<UnixDatagram>
    where
        P: AsRef<Path>,
    {
        let address = address::of_path(path.as_ref())?;
        mio1::net::UnixDatagram::bind_addr(&address).map(UnixDatagram::new)
    }

    /// Returns two sockets that are connected to each other.
    ///
    /// # Errors
    ///
    /// Those of `socketpair(2)`.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::future::{self, Future};
    /// use tokio::net::UnixDatagram;
    ///
    /// let (here, there) = UnixDatagram::pair().unwrap();
    /// future::poll_fn(|| here.poll_send(b"hello")).wait().unwrap();
    /// let mut buf = [0; 16];
    /// assert_eq!(future::poll_fn(|| there.poll_recv(&mut buf)).wait().unwrap(), 5);
    /// ```
    pub fn pair() -> io::Result<(UnixDatagram, UnixDatagram)> {
        let (a, b) = mio1::net::UnixDatagram::pair()?;
        Ok((UnixDatagram::new(a), UnixDatagram::new(b)))
    }

    /// Makes a socket of one of the standard library's, registered with `handle`'s
    /// reactor. It is put into non-blocking mode.
    ///
    /// With `Handle::default()`, that is the reactor of the thread that first waits.
    ///
    /// # Errors
    ///
    /// If the reactor is gone, or it or the system refuses.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::os::unix::net;
    /// use tokio::net::UnixDatagram;
    /// use tokio::reactor::Handle;
    ///
    /// let (here, _there) = net::UnixDatagram::pair().unwrap();
    /// let here = UnixDatagram::from_std(here, &Handle::default()).unwrap();
    /// assert!(here.peer_addr().is_ok());
    /// ```
    pub fn from_std(datagram: net::UnixDatagram, handle: &Handle) -> io::Result<UnixDatagram> {
        datagram.set_nonblocking(true)?;
        let datagram = mio1::net::UnixDatagram::from_std(datagram);
        Ok(UnixDatagram { io: PollEvented::new_with_handle(datagram, handle)? })
    }

    /// Makes a socket without an address: it can send, but nobody can answer.
    ///
    /// # Errors
    ///
    /// Those of `socket(2)`.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::net::UnixDatagram;
    ///
    /// let socket = UnixDatagram::unbound().unwrap();
    /// assert!(socket.local_addr().unwrap().is_unnamed());
    /// ```
    pub fn unbound() -> io::Result<UnixDatagram> {
        mio1::net::UnixDatagram::unbound().map(UnixDatagram::new)
    }

    fn new(socket: mio1::net::UnixDatagram) -> UnixDatagram {
        UnixDatagram { io: PollEvented::new(socket) }
    }

    pub(super) fn io(&self) -> &PollEvented<mio1::net::UnixDatagram> {
        &self.io
    }

    /// Sets where [`poll_send`](UnixDatagram::poll_send) sends to, and from where alone
    /// datagrams are received.
    ///
    /// # Errors
    ///
    /// Those of `connect(2)`: `NotFound` or `ConnectionRefused` if there is no socket at
    /// `path`.
    pub fn connect<P: AsRef<Path>>(&self, path: P) -> io::Result<()> {
        let address = sock_addr(path.as_ref())?;
        SockRef::from(self.io.get_ref()).connect(&address)
    }

    crate::net::methods::readiness_methods!();

    /// Returns the address of this socket; an unnamed one if it was not bound.
    ///
    /// # Errors
    ///
    /// Those of `getsockname(2)`.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.io.get_ref().local_addr()
    }

    /// Returns the address of the socket that this one is connected to.
    ///
    /// # Errors
    ///
    /// Those of `getpeername(2)`: `NotConnected` if it is not.
    pub fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.io.get_ref().peer_addr()
    }

    /// Receives a datagram and returns its length and sender, or else the current task
    /// is woken when one arrives.
    ///
    /// What does not fit into `buf` is lost.
    ///
    /// # Errors
    ///
    /// Those of `recvfrom(2)`.
    ///
    /// # Panics
    ///
    /// If there is no datagram and no current task.
    pub fn poll_recv_from(&self, buf: &mut [u8]) -> futures::Poll<(usize, SocketAddr), io::Error> {
        into_async(self.poll_recv_from_cx(&Context::current(), buf))
    }

    /// Works like [`poll_recv_from`](UnixDatagram::poll_recv_from), for a task of either kind.
    ///
    /// # Errors
    ///
    /// As for [`poll_recv_from`](UnixDatagram::poll_recv_from).
    pub fn poll_recv_from_cx(
        &self,
        cx: &Context<'_>,
        buf: &mut [u8],
    ) -> Poll<io::Result<(usize, SocketAddr)>> {
        self.io.poll_read_io(cx, |socket| socket.recv_from(buf))
    }

    /// Receives a datagram and returns its length, or else the current task is woken
    /// when one arrives.
    ///
    /// What does not fit into `buf` is lost.
    ///
    /// # Errors
    ///
    /// Those of `recv(2)`.
    ///
    /// # Panics
    ///
    /// If there is no datagram and no current task.
    pub fn poll_recv(&self, buf: &mut [u8]) -> futures::Poll<usize, io::Error> {
        into_async(self.poll_recv_cx(&Context::current(), buf))
    }

    /// Works like [`poll_recv`](UnixDatagram::poll_recv), for a task of either kind.
    ///
    /// # Errors
    ///
    /// As for [`poll_recv`](UnixDatagram::poll_recv).
    pub fn poll_recv_cx(&self, cx: &Context<'_>, buf: &mut [u8]) -> Poll<io::Result<usize>> {
        self.io.poll_read_io(cx, |socket| socket.recv(buf))
    }

    /// Receives one datagram into `buf`, and then gives the socket and `buf` back, with
    /// the datagram's length and sender.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::future::{self, Future};
    /// use tokio::net::UnixDatagram;
    ///
    /// let (here, there) = UnixDatagram::pair().unwrap();
    /// future::poll_fn(|| here.poll_send(b"hello")).wait().unwrap();
    /// let (_socket, bytes, n, _path) = there.recv_dgram([0; 16]).wait().unwrap();
    /// assert_eq!(bytes[..n], *b"hello");
    /// ```
    pub fn recv_dgram<T>(self, buf: T) -> RecvDgram<T>
    where
        T: AsMut<[u8]>,
    {
        RecvDgram::new(self, buf)
    }

    /// Sends a datagram to the socket at `path`, or else the current task is woken when
    /// there is room.
    ///
    /// # Errors
    ///
    /// Those of `sendto(2)`: `NotFound` or `ConnectionRefused` if there is no socket at
    /// `path`.
    ///
    /// # Panics
    ///
    /// If there is no room and no current task.
    pub fn poll_send_to<P>(&self, buf: &[u8], path: P) -> futures::Poll<usize, io::Error>
    where
        P: AsRef<Path>,
    {
        into_async(self.poll_send_to_cx(&Context::current(), buf, path))
    }

    /// Works like [`poll_send_to`](UnixDatagram::poll_send_to), for a task of either kind.
    ///
    /// # Errors
    ///
    /// As for [`poll_send_to`](UnixDatagram::poll_send_to).
    pub fn poll_send_to_cx<P>(
        &self,
        cx: &Context<'_>,
        buf: &[u8],
        path: P,
    ) -> Poll<io::Result<usize>>
    where
        P: AsRef<Path>,
    {
        let address = sock_addr(path.as_ref())?;
        self.io.poll_write_io(cx, |socket| SockRef::from(socket).send_to(buf, &address))
    }

    /// Sends a datagram to the socket that this one is connected to, or else the current
    /// task is woken when there is room.
    ///
    /// # Errors
    ///
    /// Those of `send(2)`: `ConnectionRefused` if the other socket was closed.
    ///
    /// # Panics
    ///
    /// If there is no room and no current task.
    pub fn poll_send(&self, buf: &[u8]) -> futures::Poll<usize, io::Error> {
        into_async(self.poll_send_cx(&Context::current(), buf))
    }

    /// Works like [`poll_send`](UnixDatagram::poll_send), for a task of either kind.
    ///
    /// # Errors
    ///
    /// As for [`poll_send`](UnixDatagram::poll_send).
    pub fn poll_send_cx(&self, cx: &Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.io.poll_write_io(cx, |socket| socket.send(buf))
    }

    /// Sends `buf` as one datagram to the socket at `path`, and then gives this socket
    /// and `buf` back.
    pub fn send_dgram<T, P>(self, buf: T, path: P) -> SendDgram<T, P>
    where
        T: AsRef<[u8]>,
        P: AsRef<Path>,
    {
        SendDgram::new(self, buf, path)
    }

    /// Returns the error that is pending on the socket (`SO_ERROR`), which is then cleared.
    ///
    /// # Errors
    ///
    /// Those of `getsockopt(2)`.
    pub fn take_error(&self) -> io::Result<Option<io::Error>> {
        self.io.get_ref().take_error()
    }

    /// Shuts down receiving, sending, or both.
    ///
    /// # Errors
    ///
    /// Those of `shutdown(2)`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::net::Shutdown;
    /// use tokio::net::UnixDatagram;
    ///
    /// let (here, _there) = UnixDatagram::pair().unwrap();
    /// here.shutdown(Shutdown::Both).unwrap();
    /// ```
    pub fn shutdown(&self, how: Shutdown) -> io::Result<()> {
        self.io.get_ref().shutdown(how)
    }
}

/// The address that `path` stands for, for the calls that std has no version of.
fn sock_addr(path: &Path) -> io::Result<SockAddr> {
    // Checks what socket2 does not: a NUL byte inside the path.
    address::of_path(path)?;
    SockAddr::unix(path)
}

crate::net::evented::evented!(UnixDatagram, mio1::net::UnixDatagram, |io| UnixDatagram { io });

impl fmt::Debug for UnixDatagram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.io.get_ref().fmt(f)
    }
}
