//! UDP sockets.
//!
//! mio 0.6's names over std's socket and socket2. Programs of mio 0.6 call it.
//!
//! Always true: the socket is in non-blocking mode, whether it was made or taken over.
//!
//! Why not mio 1's socket? It has no `try_clone`, and cannot be registered by `&self`; an
//! `EventedFd` needs the descriptor only, which std's socket has as well.

use super::{slices, slices_mut};
use iovec::IoVec;
use socket2::SockRef;
use std::fmt;
use std::io::{self, Read, Write};
use std::net::{self, Ipv4Addr, Ipv6Addr, SocketAddr};

/// A UDP socket that does not block.
///
/// # Examples
///
/// ```
/// use mio::net::UdpSocket;
/// use mio::{Events, Poll, PollOpt, Ready, Token};
///
/// let socket = UdpSocket::bind(&"127.0.0.1:0".parse().unwrap())?;
/// socket.send_to(b"hello", &socket.local_addr()?)?;
/// let poll = Poll::new()?;
/// poll.register(&socket, Token(0), Ready::readable(), PollOpt::edge())?;
/// poll.poll(&mut Events::with_capacity(16), None)?;
/// assert_eq!(socket.recv_from(&mut [0; 8])?.0, 5);
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct UdpSocket {
    pub(crate) socket: net::UdpSocket,
}

impl UdpSocket {
    /// Returns a socket at `addr`.
    ///
    /// # Errors
    ///
    /// If the address cannot be had.
    pub fn bind(addr: &SocketAddr) -> io::Result<UdpSocket> {
        UdpSocket::from_socket(net::UdpSocket::bind(addr)?)
    }

    /// Takes over a socket, and makes it non-blocking.
    ///
    /// # Errors
    ///
    /// If it cannot be made non-blocking.
    pub fn from_socket(socket: net::UdpSocket) -> io::Result<UdpSocket> {
        socket.set_nonblocking(true)?;
        Ok(UdpSocket { socket })
    }

    /// Returns this end's address.
    ///
    /// # Errors
    ///
    /// Those of `getsockname(2)`.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// Returns a second descriptor of the same socket.
    ///
    /// # Errors
    ///
    /// If there is no descriptor left.
    pub fn try_clone(&self) -> io::Result<UdpSocket> {
        Ok(UdpSocket { socket: self.socket.try_clone()? })
    }

    /// Sends one datagram to `target`.
    ///
    /// # Errors
    ///
    /// `WouldBlock` if there is no room; those of `sendto(2)`.
    pub fn send_to(&self, buf: &[u8], target: &SocketAddr) -> io::Result<usize> {
        self.socket.send_to(buf, target)
    }

    /// Receives one datagram, with its sender; what does not fit is lost.
    ///
    /// # Errors
    ///
    /// `WouldBlock` if none has come; those of `recvfrom(2)`.
    pub fn recv_from(&self, buf: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
        self.socket.recv_from(buf)
    }

    /// Sends one datagram to the address that the socket is connected to.
    ///
    /// # Errors
    ///
    /// `WouldBlock` if there is no room; those of `send(2)`.
    pub fn send(&self, buf: &[u8]) -> io::Result<usize> {
        self.socket.send(buf)
    }

    /// Receives one datagram; what does not fit is lost.
    ///
    /// # Errors
    ///
    /// `WouldBlock` if none has come; those of `recv(2)`.
    pub fn recv(&self, buf: &mut [u8]) -> io::Result<usize> {
        self.socket.recv(buf)
    }

    /// Sends to `addr` from now on, and receives from there only.
    ///
    /// # Errors
    ///
    /// Those of `connect(2)`.
    pub fn connect(&self, addr: SocketAddr) -> io::Result<()> {
        self.socket.connect(addr)
    }

    /// Sets `SO_BROADCAST`.
    ///
    /// # Errors
    ///
    /// Those of `setsockopt(2)`.
    pub fn set_broadcast(&self, on: bool) -> io::Result<()> {
        self.socket.set_broadcast(on)
    }

    /// Returns whether `SO_BROADCAST` is set.
    ///
    /// # Errors
    ///
    /// Those of `getsockopt(2)`.
    pub fn broadcast(&self) -> io::Result<bool> {
        self.socket.broadcast()
    }

    /// Sets `IP_MULTICAST_LOOP`: what is sent comes back to this host.
    ///
    /// # Errors
    ///
    /// Those of `setsockopt(2)`.
    pub fn set_multicast_loop_v4(&self, on: bool) -> io::Result<()> {
        self.socket.set_multicast_loop_v4(on)
    }

    /// Returns whether `IP_MULTICAST_LOOP` is set.
    ///
    /// # Errors
    ///
    /// Those of `getsockopt(2)`.
    pub fn multicast_loop_v4(&self) -> io::Result<bool> {
        self.socket.multicast_loop_v4()
    }

    /// Sets the time to live of multicast packets, in hops.
    ///
    /// # Errors
    ///
    /// Those of `setsockopt(2)`.
    pub fn set_multicast_ttl_v4(&self, ttl: u32) -> io::Result<()> {
        self.socket.set_multicast_ttl_v4(ttl)
    }

    /// Returns the time to live of multicast packets, in hops.
    ///
    /// # Errors
    ///
    /// Those of `getsockopt(2)`.
    pub fn multicast_ttl_v4(&self) -> io::Result<u32> {
        self.socket.multicast_ttl_v4()
    }

    /// Sets `IPV6_MULTICAST_LOOP`: what is sent comes back to this host.
    ///
    /// # Errors
    ///
    /// Those of `setsockopt(2)`.
    pub fn set_multicast_loop_v6(&self, on: bool) -> io::Result<()> {
        self.socket.set_multicast_loop_v6(on)
    }

    /// Returns whether `IPV6_MULTICAST_LOOP` is set.
    ///
    /// # Errors
    ///
    /// Those of `getsockopt(2)`.
    pub fn multicast_loop_v6(&self) -> io::Result<bool> {
        self.socket.multicast_loop_v6()
    }

    /// Sets the packets' time to live, in hops.
    ///
    /// # Errors
    ///
    /// Those of `setsockopt(2)`.
    pub fn set_ttl(&self, ttl: u32) -> io::Result<()> {
        self.socket.set_ttl(ttl)
    }

    /// Returns the packets' time to live, in hops.
    ///
    /// # Errors
    ///
    /// Those of `getsockopt(2)`.
    pub fn ttl(&self) -> io::Result<u32> {
        self.socket.ttl()
    }

    /// Joins a multicast group.
    ///
    /// # Errors
    ///
    /// Those of `setsockopt(2)`.
    pub fn join_multicast_v4(&self, group: &Ipv4Addr, interface: &Ipv4Addr) -> io::Result<()> {
        self.socket.join_multicast_v4(group, interface)
    }

    /// Joins a multicast group.
    ///
    /// # Errors
    ///
    /// Those of `setsockopt(2)`.
    pub fn join_multicast_v6(&self, group: &Ipv6Addr, interface: u32) -> io::Result<()> {
        self.socket.join_multicast_v6(group, interface)
    }

    /// Leaves a multicast group.
    ///
    /// # Errors
    ///
    /// Those of `setsockopt(2)`.
    pub fn leave_multicast_v4(&self, group: &Ipv4Addr, interface: &Ipv4Addr) -> io::Result<()> {
        self.socket.leave_multicast_v4(group, interface)
    }

    /// Leaves a multicast group.
    ///
    /// # Errors
    ///
    /// Those of `setsockopt(2)`.
    pub fn leave_multicast_v6(&self, group: &Ipv6Addr, interface: u32) -> io::Result<()> {
        self.socket.leave_multicast_v6(group, interface)
    }

    /// Sets `IPV6_V6ONLY`.
    ///
    /// # Errors
    ///
    /// Those of `setsockopt(2)`.
    pub fn set_only_v6(&self, only_v6: bool) -> io::Result<()> {
        SockRef::from(&self.socket).set_only_v6(only_v6)
    }

    /// Returns whether `IPV6_V6ONLY` is set.
    ///
    /// # Errors
    ///
    /// Those of `getsockopt(2)`.
    pub fn only_v6(&self) -> io::Result<bool> {
        SockRef::from(&self.socket).only_v6()
    }

    /// Returns the error that is pending on the socket, if any; it is gone then.
    ///
    /// # Errors
    ///
    /// Those of `getsockopt(2)`.
    pub fn take_error(&self) -> io::Result<Option<io::Error>> {
        self.socket.take_error()
    }

    /// Receives one datagram into several buffers in turn.
    ///
    /// # Errors
    ///
    /// `WouldBlock` if none has come; those of `readv(2)`.
    pub fn recv_bufs(&self, bufs: &mut [&mut IoVec]) -> io::Result<usize> {
        (&*SockRef::from(&self.socket)).read_vectored(&mut slices_mut(bufs))
    }

    /// Sends several buffers as one datagram, to the address that the socket is
    /// connected to.
    ///
    /// # Errors
    ///
    /// `WouldBlock` if there is no room; those of `writev(2)`.
    pub fn send_bufs(&self, bufs: &[&IoVec]) -> io::Result<usize> {
        (&*SockRef::from(&self.socket)).write_vectored(&slices(bufs))
    }
}

impl fmt::Debug for UdpSocket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.socket.fmt(f)
    }
}
