//! A UDP socket.
//!
//! Programs of tokio 0.1 call it; the sockets of tokio 1.x and 0.2 have one inside.
//!
//! Always true: one call moves one datagram; an empty one is a datagram like any other.
//! An error that the network reported for an earlier datagram surfaces once, in
//! whichever call comes next, and leaves the socket usable.
//!
//! Why three ways to do one thing? `send` and its like are upstream's deprecated ones, `poll_send`
//! is of futures 0.1; both are a line over the `_cx` method.

use super::{RecvDgram, SendDgram};
use std::fmt;
use std::io;
use std::net::{self, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::task::Poll;
use tokio_executor::internals::convert::{into_async, or_would_block};
use tokio_executor::task::Context;
use tokio_reactor::{Handle, PollEvented};

/// A UDP socket.
///
/// # Errors from the network
///
/// When a datagram could not be delivered and the network says so (ICMP), the system
/// keeps that for the next call on the socket, a receiving one included: `ConnectionRefused`
/// in answer to `poll_recv` is about something sent before. It is reported once; the
/// socket is none the worse, and the call can be made again.
///
/// # Examples
///
/// ```
/// use futures::Future;
/// use tokio::net::UdpSocket;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let here = UdpSocket::bind(&"127.0.0.1:0".parse()?)?;
/// let there = UdpSocket::bind(&"127.0.0.1:0".parse()?)?;
/// let addr = there.local_addr()?;
///
/// let send = here.send_dgram("hello", &addr);
/// let receive = there.recv_dgram(vec![0; 1500]);
/// let (_, (_, buffer, length, _)) = send.join(receive).wait()?;
/// assert_eq!(&buffer[..length], b"hello");
/// # Ok(())
/// # }
/// ```
pub struct UdpSocket {
    pub(super) io: PollEvented<mio1::net::UdpSocket>,
}

impl UdpSocket {
    /// Makes a socket with the address `addr`.
    ///
    /// With port 0, the system picks one; [`local_addr`](UdpSocket::local_addr) says
    /// which.
    ///
    /// # Errors
    ///
    /// If the address is in use, or is not one of this machine's.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::net::UdpSocket;
    ///
    /// let socket = UdpSocket::bind(&"127.0.0.1:0".parse().unwrap()).unwrap();
    /// assert!(socket.local_addr().unwrap().ip().is_loopback());
    /// ```
    pub fn bind(addr: &SocketAddr) -> io::Result<UdpSocket> {
        let socket = mio1::net::UdpSocket::bind(*addr)?;
        Ok(UdpSocket { io: PollEvented::new(socket) })
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
    /// use std::net;
    /// use tokio::net::UdpSocket;
    /// use tokio::reactor::Handle;
    ///
    /// let socket = net::UdpSocket::bind("127.0.0.1:0").unwrap();
    /// let socket = UdpSocket::from_std(socket, &Handle::default()).unwrap();
    /// assert!(socket.local_addr().is_ok());
    /// ```
    pub fn from_std(socket: net::UdpSocket, handle: &Handle) -> io::Result<UdpSocket> {
        socket.set_nonblocking(true)?;
        let socket = mio1::net::UdpSocket::from_std(socket);
        Ok(UdpSocket { io: PollEvented::new_with_handle(socket, handle)? })
    }

    /// Returns the address of this socket.
    ///
    /// # Errors
    ///
    /// Those of `getsockname(2)`.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.io.get_ref().local_addr()
    }

    /// Sets where [`poll_send`](UdpSocket::poll_send) sends to, and from where alone
    /// datagrams are received.
    ///
    /// # Errors
    ///
    /// Those of `connect(2)`.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::future::{self, Future};
    /// use tokio::net::UdpSocket;
    ///
    /// let any = "127.0.0.1:0".parse().unwrap();
    /// let mut here = UdpSocket::bind(&any).unwrap();
    /// let mut there = UdpSocket::bind(&any).unwrap();
    /// here.connect(&there.local_addr().unwrap()).unwrap();
    /// future::poll_fn(|| here.poll_send(b"hello")).wait().unwrap();
    /// let mut buf = [0; 16];
    /// assert_eq!(future::poll_fn(|| there.poll_recv(&mut buf)).wait().unwrap(), 5);
    /// ```
    pub fn connect(&self, addr: &SocketAddr) -> io::Result<()> {
        self.io.get_ref().connect(*addr)
    }

    /// Works like [`poll_send`](UdpSocket::poll_send), with "not yet" as an error.
    ///
    /// # Errors
    ///
    /// As for [`poll_send`](UdpSocket::poll_send); `WouldBlock` is "not yet".
    #[deprecated(since = "0.1.2", note = "use poll_send")]
    #[doc(hidden)]
    pub fn send(&mut self, buf: &[u8]) -> io::Result<usize> {
        or_would_block(self.poll_send_cx(&Context::current(), buf))
    }

    /// Sends a datagram to the address that the socket is
    /// [connected](UdpSocket::connect) to, or else the current task is woken when there
    /// is room.
    ///
    /// # Errors
    ///
    /// Those of `send(2)`; see also [above](UdpSocket#errors-from-the-network).
    ///
    /// # Panics
    ///
    /// If there is no room and no current task.
    pub fn poll_send(&mut self, buf: &[u8]) -> futures::Poll<usize, io::Error> {
        into_async(self.poll_send_cx(&Context::current(), buf))
    }

    /// Works like [`poll_send`](UdpSocket::poll_send), for a task of either kind.
    ///
    /// # Errors
    ///
    /// As for [`poll_send`](UdpSocket::poll_send).
    pub fn poll_send_cx(&self, cx: &Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.io.poll_write_io(cx, |socket| socket.send(buf))
    }

    /// Works like [`poll_recv`](UdpSocket::poll_recv), with "not yet" as an error.
    ///
    /// # Errors
    ///
    /// As for [`poll_recv`](UdpSocket::poll_recv); `WouldBlock` is "not yet".
    #[deprecated(since = "0.1.2", note = "use poll_recv")]
    #[doc(hidden)]
    pub fn recv(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        or_would_block(self.poll_recv_cx(&Context::current(), buf))
    }

    /// Receives a datagram and returns its length, or else the current task is woken
    /// when one arrives.
    ///
    /// What does not fit into `buf` is lost.
    ///
    /// # Errors
    ///
    /// Those of `recv(2)`; see also [above](UdpSocket#errors-from-the-network).
    ///
    /// # Panics
    ///
    /// If there is no datagram and no current task.
    pub fn poll_recv(&mut self, buf: &mut [u8]) -> futures::Poll<usize, io::Error> {
        into_async(self.poll_recv_cx(&Context::current(), buf))
    }

    /// Works like [`poll_recv`](UdpSocket::poll_recv), for a task of either kind.
    ///
    /// # Errors
    ///
    /// As for [`poll_recv`](UdpSocket::poll_recv).
    pub fn poll_recv_cx(&self, cx: &Context<'_>, buf: &mut [u8]) -> Poll<io::Result<usize>> {
        self.io.poll_read_io(cx, |socket| socket.recv(buf))
    }

    /// Works like [`poll_send_to`](UdpSocket::poll_send_to), with "not yet" as an error.
    ///
    /// # Errors
    ///
    /// As for [`poll_send_to`](UdpSocket::poll_send_to); `WouldBlock` is "not yet".
    #[deprecated(since = "0.1.2", note = "use poll_send_to")]
    #[doc(hidden)]
    pub fn send_to(&mut self, buf: &[u8], target: &SocketAddr) -> io::Result<usize> {
        or_would_block(self.poll_send_to_cx(&Context::current(), buf, target))
    }

    /// Sends a datagram to `target`, or else the current task is woken when there is
    /// room.
    ///
    /// # Errors
    ///
    /// Those of `sendto(2)`; see also [above](UdpSocket#errors-from-the-network).
    ///
    /// # Panics
    ///
    /// If there is no room and no current task.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::future::{self, Future};
    /// use tokio::net::UdpSocket;
    ///
    /// let any = "127.0.0.1:0".parse().unwrap();
    /// let (mut here, there) = (UdpSocket::bind(&any).unwrap(), UdpSocket::bind(&any).unwrap());
    /// let to = there.local_addr().unwrap();
    /// assert_eq!(future::poll_fn(|| here.poll_send_to(b"hello", &to)).wait().unwrap(), 5);
    /// ```
    pub fn poll_send_to(
        &mut self,
        buf: &[u8],
        target: &SocketAddr,
    ) -> futures::Poll<usize, io::Error> {
        into_async(self.poll_send_to_cx(&Context::current(), buf, target))
    }

    /// Works like [`poll_send_to`](UdpSocket::poll_send_to), for a task of either kind.
    ///
    /// # Errors
    ///
    /// As for [`poll_send_to`](UdpSocket::poll_send_to).
    pub fn poll_send_to_cx(
        &self,
        cx: &Context<'_>,
        buf: &[u8],
        target: &SocketAddr,
    ) -> Poll<io::Result<usize>> {
        self.io.poll_write_io(cx, |socket| socket.send_to(buf, *target))
    }

    /// Sends `buf` as one datagram to `addr`, and then gives the socket and `buf` back.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::Future;
    /// use tokio::net::UdpSocket;
    ///
    /// let any = "127.0.0.1:0".parse().unwrap();
    /// let (here, there) = (UdpSocket::bind(&any).unwrap(), UdpSocket::bind(&any).unwrap());
    /// let to = there.local_addr().unwrap();
    /// let sent = here.send_dgram("hello", &to);
    /// let received = there.recv_dgram([0; 16]);
    /// let (_, (_, bytes, n, _)) = sent.join(received).wait().unwrap();
    /// assert_eq!(bytes[..n], *b"hello");
    /// ```
    pub fn send_dgram<T>(self, buf: T, addr: &SocketAddr) -> SendDgram<T>
    where
        T: AsRef<[u8]>,
    {
        SendDgram::new(self, buf, *addr)
    }

    /// Works like [`poll_recv_from`](UdpSocket::poll_recv_from), with "not yet" as an error.
    ///
    /// # Errors
    ///
    /// As for [`poll_recv_from`](UdpSocket::poll_recv_from); `WouldBlock` is "not yet".
    #[deprecated(since = "0.1.2", note = "use poll_recv_from")]
    #[doc(hidden)]
    pub fn recv_from(&mut self, buf: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
        or_would_block(self.poll_recv_from_cx(&Context::current(), buf))
    }

    /// Receives a datagram and returns its length and sender, or else the current task
    /// is woken when one arrives.
    ///
    /// What does not fit into `buf` is lost.
    ///
    /// # Errors
    ///
    /// Those of `recvfrom(2)`; see also [above](UdpSocket#errors-from-the-network).
    ///
    /// # Panics
    ///
    /// If there is no datagram and no current task.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::future::{self, Future};
    /// use tokio::net::UdpSocket;
    ///
    /// let any = "127.0.0.1:0".parse().unwrap();
    /// let mut here = UdpSocket::bind(&any).unwrap();
    /// let mut there = UdpSocket::bind(&any).unwrap();
    /// let to = there.local_addr().unwrap();
    /// future::poll_fn(|| here.poll_send_to(b"hello", &to)).wait().unwrap();
    /// let mut buf = [0; 16];
    /// let (n, from) = future::poll_fn(|| there.poll_recv_from(&mut buf)).wait().unwrap();
    /// assert_eq!((n, from), (5, here.local_addr().unwrap()));
    /// ```
    pub fn poll_recv_from(
        &mut self,
        buf: &mut [u8],
    ) -> futures::Poll<(usize, SocketAddr), io::Error> {
        into_async(self.poll_recv_from_cx(&Context::current(), buf))
    }

    /// Works like [`poll_recv_from`](UdpSocket::poll_recv_from), for a task of either kind.
    ///
    /// # Errors
    ///
    /// As for [`poll_recv_from`](UdpSocket::poll_recv_from).
    pub fn poll_recv_from_cx(
        &self,
        cx: &Context<'_>,
        buf: &mut [u8],
    ) -> Poll<io::Result<(usize, SocketAddr)>> {
        self.io.poll_read_io(cx, |socket| socket.recv_from(buf))
    }

    /// Receives one datagram into `buf`, and then gives the socket and `buf` back, with
    /// the datagram's length and sender.
    pub fn recv_dgram<T>(self, buf: T) -> RecvDgram<T>
    where
        T: AsMut<[u8]>,
    {
        RecvDgram::new(self, buf)
    }

    crate::net::methods::readiness_methods!();

    /// Returns whether broadcast addresses may be sent to (`SO_BROADCAST`).
    ///
    /// # Errors
    ///
    /// Those of `getsockopt(2)`.
    pub fn broadcast(&self) -> io::Result<bool> {
        self.io.get_ref().broadcast()
    }

    /// Sets whether broadcast addresses may be sent to (`SO_BROADCAST`).
    ///
    /// # Errors
    ///
    /// Those of `setsockopt(2)`.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::net::UdpSocket;
    ///
    /// let socket = UdpSocket::bind(&"0.0.0.0:0".parse().unwrap()).unwrap();
    /// socket.set_broadcast(true).unwrap();
    /// assert!(socket.broadcast().unwrap());
    /// ```
    pub fn set_broadcast(&self, on: bool) -> io::Result<()> {
        self.io.get_ref().set_broadcast(on)
    }

    /// Returns whether IPv4 multicasts come back to this machine (`IP_MULTICAST_LOOP`).
    ///
    /// # Errors
    ///
    /// Those of `getsockopt(2)`.
    pub fn multicast_loop_v4(&self) -> io::Result<bool> {
        self.io.get_ref().multicast_loop_v4()
    }

    /// Sets whether IPv4 multicasts come back to this machine (`IP_MULTICAST_LOOP`).
    ///
    /// # Errors
    ///
    /// Those of `setsockopt(2)`.
    pub fn set_multicast_loop_v4(&self, on: bool) -> io::Result<()> {
        self.io.get_ref().set_multicast_loop_v4(on)
    }

    /// Returns the time to live of IPv4 multicasts (`IP_MULTICAST_TTL`), in hops.
    ///
    /// # Errors
    ///
    /// Those of `getsockopt(2)`.
    pub fn multicast_ttl_v4(&self) -> io::Result<u32> {
        self.io.get_ref().multicast_ttl_v4()
    }

    /// Sets the time to live of IPv4 multicasts (`IP_MULTICAST_TTL`), in hops. At first
    /// it is 1, so that they do not leave the local network.
    ///
    /// # Errors
    ///
    /// Those of `setsockopt(2)`.
    pub fn set_multicast_ttl_v4(&self, ttl: u32) -> io::Result<()> {
        self.io.get_ref().set_multicast_ttl_v4(ttl)
    }

    /// Returns whether IPv6 multicasts come back to this machine (`IPV6_MULTICAST_LOOP`).
    ///
    /// # Errors
    ///
    /// Those of `getsockopt(2)`.
    pub fn multicast_loop_v6(&self) -> io::Result<bool> {
        self.io.get_ref().multicast_loop_v6()
    }

    /// Sets whether IPv6 multicasts come back to this machine (`IPV6_MULTICAST_LOOP`).
    ///
    /// # Errors
    ///
    /// Those of `setsockopt(2)`.
    pub fn set_multicast_loop_v6(&self, on: bool) -> io::Result<()> {
        self.io.get_ref().set_multicast_loop_v6(on)
    }

    /// Returns the time to live of the packets sent (`IP_TTL`), in hops.
    ///
    /// # Errors
    ///
    /// Those of `getsockopt(2)`.
    pub fn ttl(&self) -> io::Result<u32> {
        self.io.get_ref().ttl()
    }

    /// Sets the time to live of the packets sent (`IP_TTL`), in hops.
    ///
    /// # Errors
    ///
    /// Those of `setsockopt(2)`; `InvalidInput` for 0, and for more than 255.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::net::UdpSocket;
    ///
    /// let socket = UdpSocket::bind(&"127.0.0.1:0".parse().unwrap()).unwrap();
    /// socket.set_ttl(60).unwrap();
    /// assert_eq!(socket.ttl().unwrap(), 60);
    /// ```
    pub fn set_ttl(&self, ttl: u32) -> io::Result<()> {
        self.io.get_ref().set_ttl(ttl)
    }

    /// Joins the group `multiaddr` on the interface with the address `interface`; with
    /// `0.0.0.0` the system picks one.
    ///
    /// # Errors
    ///
    /// Those of `setsockopt(2)`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io;
    /// use std::net::Ipv4Addr;
    /// use tokio::net::UdpSocket;
    ///
    /// fn hear_mdns(socket: &UdpSocket) -> io::Result<()> {
    ///     socket.set_multicast_loop_v4(false)?;
    ///     socket.join_multicast_v4(&Ipv4Addr::new(224, 0, 0, 251), &Ipv4Addr::UNSPECIFIED)
    /// }
    /// ```
    pub fn join_multicast_v4(&self, multiaddr: &Ipv4Addr, interface: &Ipv4Addr) -> io::Result<()> {
        self.io.get_ref().join_multicast_v4(multiaddr, interface)
    }

    /// Joins the group `multiaddr` on the interface with the number `interface`; with 0
    /// the system picks one.
    ///
    /// # Errors
    ///
    /// Those of `setsockopt(2)`.
    pub fn join_multicast_v6(&self, multiaddr: &Ipv6Addr, interface: u32) -> io::Result<()> {
        self.io.get_ref().join_multicast_v6(multiaddr, interface)
    }

    /// Leaves a group that was joined with
    /// [`join_multicast_v4`](UdpSocket::join_multicast_v4).
    ///
    /// # Errors
    ///
    /// Those of `setsockopt(2)`.
    pub fn leave_multicast_v4(&self, multiaddr: &Ipv4Addr, interface: &Ipv4Addr) -> io::Result<()> {
        self.io.get_ref().leave_multicast_v4(multiaddr, interface)
    }

    /// Leaves a group that was joined with
    /// [`join_multicast_v6`](UdpSocket::join_multicast_v6).
    ///
    /// # Errors
    ///
    /// Those of `setsockopt(2)`.
    pub fn leave_multicast_v6(&self, multiaddr: &Ipv6Addr, interface: u32) -> io::Result<()> {
        self.io.get_ref().leave_multicast_v6(multiaddr, interface)
    }
}

crate::net::evented::evented!(UdpSocket, mio1::net::UdpSocket, |io| UdpSocket { io });

impl fmt::Debug for UdpSocket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.io.get_ref().fmt(f)
    }
}
