//! UDP.
//!
//! Programs of tokio 1.x call it; sends and receives are those of `net::datagrams`, options go
//! to socket2.
//!
//! Always true: a future that is dropped while pending has sent or taken nothing. Any number of
//! tasks may wait.
//!
//! Why not re-export the root crate's `UdpSocket`, which is inside? Its methods keep one task for
//! each direction; those of tokio 1.x let any number wait, in the list of its `PollEvented`.

use super::address::{first, first_of};
use super::buffers::{into_buf, into_slice, poll_into, Peek, PeekFrom, Recv, RecvFrom};
use super::datagrams::datagrams;
use super::home::{descriptor, map_shutdown, poll_map_shutdown};
use super::sharing::{from_std, sharing};
use super::ToSocketAddrs;
use crate::io::{Interest, ReadBuf};
use bytes1::BufMut;
use socket2::{SockAddr, SockRef};
use std::future::ready;
use std::io;
use std::mem::MaybeUninit;
use std::net::{self, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::task::{Context, Poll};

/// A socket for datagrams.
///
/// Its methods take it shared, and any number of tasks may send and receive at once.
///
/// # Dropping
///
/// Closes it.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::net::UdpSocket;
///
/// tokio::runtime::Runtime::new()?.block_on(async {
///     let receiver = UdpSocket::bind("127.0.0.1:0").await?;
///     let sender = UdpSocket::bind("127.0.0.1:0").await?;
///     sender.send_to(b"hello", receiver.local_addr()?).await?;
///     let mut buf = [0; 16];
///     let (n, from) = receiver.recv_from(&mut buf).await?;
///     assert_eq!((&buf[..n], from), (&b"hello"[..], sender.local_addr()?));
///     Ok::<(), std::io::Error>(())
/// })?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct UdpSocket {
    inner: tokio::net::UdpSocket,
}

from_std!(UdpSocket, tokio::net::UdpSocket, mio1::net::UdpSocket, net::UdpSocket);
descriptor!(UdpSocket);
sharing!(UdpSocket, poll_recv_ready, poll_send_ready);
datagrams!(UdpSocket, SocketAddr, to_ip);

fn to_ip(address: &SockAddr) -> io::Result<SocketAddr> {
    let not_ip = || io::Error::new(io::ErrorKind::InvalidData, "the address is not an IP address");
    address.as_socket().ok_or_else(not_ip)
}

/// A pair of methods that get and set an option of the socket.
macro_rules! option {
    ($what:literal, $get:ident, $set:ident, $type:ty) => {
        impl UdpSocket {
            #[doc = concat!("Returns ", $what, ".")]
            ///
            /// # Errors
            ///
            /// Those of the system.
            pub fn $get(&self) -> io::Result<$type> {
                self.option().$get()
            }

            #[doc = concat!("Sets ", $what, ".")]
            ///
            /// # Errors
            ///
            /// Those of the system.
            pub fn $set(&self, value: $type) -> io::Result<()> {
                self.option().$set(value)
            }
        }
    };
}

option!("whether datagrams may go to a broadcast address", broadcast, set_broadcast, bool);
option!(
    "whether datagrams to an IPv4 group come back to this system",
    multicast_loop_v4,
    set_multicast_loop_v4,
    bool
);
option!(
    "whether datagrams to an IPv6 group come back to this system",
    multicast_loop_v6,
    set_multicast_loop_v6,
    bool
);
option!(
    "the number of hops of datagrams to an IPv4 group",
    multicast_ttl_v4,
    set_multicast_ttl_v4,
    u32
);
option!("the type of service of IPv4 packets", tos_v4, set_tos_v4, u32);

impl UdpSocket {
    /// Binds to the first of the addresses that is free.
    ///
    /// # Errors
    ///
    /// If a name cannot be looked up, or the last error of the system.
    ///
    /// # Panics
    ///
    /// If the thread has entered no runtime.
    ///
    /// # Dropping
    ///
    /// Nothing is bound.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::net::UdpSocket;
    /// use tokio::runtime::Runtime;
    ///
    /// Runtime::new().unwrap().block_on(async {
    ///     let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    ///     assert!(socket.local_addr().is_ok());
    /// });
    /// ```
    pub async fn bind<A: ToSocketAddrs>(addr: A) -> io::Result<UdpSocket> {
        first_of(addr, |address| {
            ready(mio1::net::UdpSocket::bind(address).and_then(UdpSocket::registered))
        })
        .await
    }

    /// Sets whom [`send`](UdpSocket::send) sends to, and from whom datagrams are received.
    ///
    /// # Errors
    ///
    /// If a name cannot be looked up, or the last error of the system.
    ///
    /// # Dropping
    ///
    /// The peer stays what it was.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::net::UdpSocket;
    /// use tokio::runtime::Runtime;
    ///
    /// Runtime::new().unwrap().block_on(async {
    ///     let there = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    ///     let here = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    ///     here.connect(there.local_addr().unwrap()).await.unwrap();
    ///     here.send(b"hello").await.unwrap();
    ///     let mut buf = [0; 16];
    ///     assert_eq!(there.recv(&mut buf).await.unwrap(), 5);
    /// });
    /// ```
    pub async fn connect<A: ToSocketAddrs>(&self, addr: A) -> io::Result<()> {
        first_of(addr, |address| ready(self.inner.connect(&address))).await
    }

    fn option(&self) -> SockRef<'_> {
        SockRef::from(self.evented().get_ref())
    }

    /// Sends a datagram to the first of the addresses.
    ///
    /// # Errors
    ///
    /// If a name cannot be looked up, or those of the system.
    ///
    /// # Dropping
    ///
    /// Nothing is sent.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::net::UdpSocket;
    /// use tokio::runtime::Runtime;
    ///
    /// Runtime::new().unwrap().block_on(async {
    ///     let there = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    ///     let here = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    ///     here.send_to(b"hello", there.local_addr().unwrap()).await.unwrap();
    ///     let mut buf = [0; 16];
    ///     let (n, from) = there.recv_from(&mut buf).await.unwrap();
    ///     assert_eq!((n, from), (5, here.local_addr().unwrap()));
    /// });
    /// ```
    pub async fn send_to<A: ToSocketAddrs>(&self, buf: &[u8], addr: A) -> io::Result<usize> {
        let to = first(addr).await?;
        let send = |socket: &mio1::net::UdpSocket| socket.send_to(buf, to);
        map_shutdown(self.evented().async_io(Interest::WRITABLE, send).await)
    }

    /// Sends a datagram to `target`, or else the task is woken once there is room.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub fn poll_send_to(
        &self,
        cx: &mut Context<'_>,
        buf: &[u8],
        target: SocketAddr,
    ) -> Poll<io::Result<usize>> {
        let send = |socket: &mio1::net::UdpSocket| socket.send_to(buf, target);
        poll_map_shutdown(self.evented().poll_write_io(&cx.into(), send))
    }

    /// Sends a datagram to `target` if there is room.
    ///
    /// # Errors
    ///
    /// `WouldBlock` if there is none; those of the system.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     let socket = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
    ///     socket.writable().await.unwrap();
    ///     assert_eq!(socket.try_send_to(b"abc", socket.local_addr().unwrap()).unwrap(), 3);
    /// });
    /// ```
    pub fn try_send_to(&self, buf: &[u8], target: SocketAddr) -> io::Result<usize> {
        map_shutdown(
            self.evented().try_io(Interest::WRITABLE, |socket| socket.send_to(buf, target)),
        )
    }

    /// Waits for a datagram and reads it without taking it; returns its length.
    ///
    /// # Errors
    ///
    /// Those of the system.
    ///
    /// # Dropping
    ///
    /// Loses nothing: the datagram stays to be received.
    pub async fn peek(&self, buf: &mut [u8]) -> io::Result<usize> {
        let peek = |socket: &_| into_slice(Peek(SockRef::from(socket)), buf);
        map_shutdown(self.evented().async_io(Interest::READABLE, peek).await).map(|(n, ())| n)
    }

    /// Reads a datagram without taking it, or else the task is woken once there is one.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub fn poll_peek(&self, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let peek = |free: &mut [MaybeUninit<u8>]| {
            let peek = |socket: &_| SockRef::from(socket).peek(free).map(|n| (n, ()));
            self.evented().poll_read_io(&cx.into(), peek)
        };
        // SAFETY: `peek` says how many bytes the system wrote, and nobody else writes.
        poll_map_shutdown(unsafe { poll_into(buf, peek) }).map_ok(drop)
    }

    /// Reads a datagram without taking it, if there is one; returns its length.
    ///
    /// # Errors
    ///
    /// `WouldBlock` if there is none; those of the system.
    pub fn try_peek(&self, buf: &mut [u8]) -> io::Result<usize> {
        let peek = |socket: &_| into_slice(Peek(SockRef::from(socket)), buf);
        map_shutdown(self.evented().try_io(Interest::READABLE, peek)).map(|(n, ())| n)
    }

    /// Waits for a datagram and reads it without taking it; returns its length and where it
    /// came from.
    ///
    /// # Errors
    ///
    /// Those of the system.
    ///
    /// # Dropping
    ///
    /// Loses nothing: the datagram stays to be received.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     let socket = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
    ///     let here = socket.local_addr().unwrap();
    ///     socket.send_to(b"abc", here).await.unwrap();
    ///     let mut got = [0; 8];
    ///     assert_eq!(socket.peek_from(&mut got).await.unwrap(), (3, here));
    ///     // It is still there.
    ///     assert_eq!(socket.recv_from(&mut got).await.unwrap(), (3, here));
    /// });
    /// ```
    pub async fn peek_from(&self, buf: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
        let peek = |socket: &_| {
            let (n, from) = into_slice(PeekFrom(SockRef::from(socket)), buf)?;
            Ok((n, to_ip(&from)?))
        };
        map_shutdown(self.evented().async_io(Interest::READABLE, peek).await)
    }

    /// Reads a datagram without taking it, or else the task is woken once there is one;
    /// returns where it came from.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub fn poll_peek_from(
        &self,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<SocketAddr>> {
        let peek = |free: &mut [MaybeUninit<u8>]| {
            let peek = |socket: &_| {
                let (n, from) = SockRef::from(socket).peek_from(free)?;
                Ok((n, to_ip(&from)?))
            };
            self.evented().poll_read_io(&cx.into(), peek)
        };
        // SAFETY: as in `poll_peek`.
        poll_map_shutdown(unsafe { poll_into(buf, peek) }).map_ok(|(_, from)| from)
    }

    /// Reads a datagram without taking it, if there is one; returns its length and where it
    /// came from.
    ///
    /// # Errors
    ///
    /// `WouldBlock` if there is none; those of the system.
    pub fn try_peek_from(&self, buf: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
        let peek = |socket: &_| {
            let (n, from) = into_slice(PeekFrom(SockRef::from(socket)), buf)?;
            Ok((n, to_ip(&from)?))
        };
        map_shutdown(self.evented().try_io(Interest::READABLE, peek))
    }

    /// Waits for a datagram; returns where it came from, and leaves it there.
    ///
    /// # Errors
    ///
    /// Those of the system.
    ///
    /// # Dropping
    ///
    /// Loses nothing: the datagram stays to be received.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     let socket = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
    ///     let here = socket.local_addr().unwrap();
    ///     socket.send_to(b"abc", here).await.unwrap();
    ///     assert_eq!(socket.peek_sender().await.unwrap(), here);
    /// });
    /// ```
    pub async fn peek_sender(&self) -> io::Result<SocketAddr> {
        map_shutdown(self.evented().async_io(Interest::READABLE, peek_sender).await)
    }

    /// Returns where the next datagram came from, or else the task is woken once there is one.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub fn poll_peek_sender(&self, cx: &mut Context<'_>) -> Poll<io::Result<SocketAddr>> {
        poll_map_shutdown(self.evented().poll_read_io(&cx.into(), peek_sender))
    }

    /// Returns where the next datagram came from, if there is one.
    ///
    /// # Errors
    ///
    /// `WouldBlock` if there is none; those of the system.
    pub fn try_peek_sender(&self) -> io::Result<SocketAddr> {
        map_shutdown(self.evented().try_io(Interest::READABLE, peek_sender))
    }

    /// Returns the address that the socket is bound to.
    ///
    /// # Errors
    ///
    /// Those of the system.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     let socket = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
    ///     assert_ne!(socket.local_addr().unwrap().port(), 0);
    /// });
    /// ```
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.inner.local_addr()
    }

    /// Returns the address that the socket is connected to.
    ///
    /// # Errors
    ///
    /// If it is not connected.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     let socket = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
    ///     socket.connect("127.0.0.1:9").await.unwrap();
    ///     assert_eq!(socket.peer_addr().unwrap().port(), 9);
    /// });
    /// ```
    pub fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.evented().get_ref().peer_addr()
    }

    /// Returns the number of hops that a datagram may take.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub fn ttl(&self) -> io::Result<u32> {
        self.evented().get_ref().ttl()
    }

    /// Sets the number of hops that a datagram may take.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub fn set_ttl(&self, ttl: u32) -> io::Result<()> {
        self.evented().get_ref().set_ttl(ttl)
    }

    /// Joins an IPv4 group, by the interface with the address `interface`.
    ///
    /// # Errors
    ///
    /// Those of the system.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use tokio_await as tokio;
    /// use std::net::Ipv4Addr;
    /// use tokio::net::UdpSocket;
    ///
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     let socket = UdpSocket::bind("0.0.0.0:5353").await.unwrap();
    ///     socket.join_multicast_v4(Ipv4Addr::new(224, 0, 0, 251), Ipv4Addr::UNSPECIFIED).unwrap();
    /// });
    /// ```
    pub fn join_multicast_v4(&self, multiaddr: Ipv4Addr, interface: Ipv4Addr) -> io::Result<()> {
        self.evented().get_ref().join_multicast_v4(&multiaddr, &interface)
    }

    /// Joins an IPv6 group, by the interface with the number `interface`.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub fn join_multicast_v6(&self, multiaddr: &Ipv6Addr, interface: u32) -> io::Result<()> {
        self.evented().get_ref().join_multicast_v6(multiaddr, interface)
    }

    /// Leaves an IPv4 group.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub fn leave_multicast_v4(&self, multiaddr: Ipv4Addr, interface: Ipv4Addr) -> io::Result<()> {
        self.evented().get_ref().leave_multicast_v4(&multiaddr, &interface)
    }

    /// Leaves an IPv6 group.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub fn leave_multicast_v6(&self, multiaddr: &Ipv6Addr, interface: u32) -> io::Result<()> {
        self.evented().get_ref().leave_multicast_v6(multiaddr, interface)
    }
}

fn peek_sender(socket: &mio1::net::UdpSocket) -> io::Result<SocketAddr> {
    to_ip(&SockRef::from(socket).peek_sender()?)
}

// An option of some systems only is a module here, chosen on its `mod` line.

#[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
mod traffic_class {
    use super::UdpSocket;
    use std::io;

    option!("the traffic class of IPv6 packets", tclass_v6, set_tclass_v6, u32);
}

#[cfg(any(target_os = "android", target_os = "fuchsia", target_os = "linux"))]
mod device {
    use super::UdpSocket;
    use socket2::SockRef;
    use std::io;

    impl UdpSocket {
        /// Returns the network interface that the socket is bound to.
        ///
        /// # Errors
        ///
        /// Those of the system.
        pub fn device(&self) -> io::Result<Option<Vec<u8>>> {
            SockRef::from(self.evented().get_ref()).device()
        }

        /// Binds the socket to a network interface; `None` to any.
        ///
        /// # Errors
        ///
        /// Those of the system.
        pub fn bind_device(&self, interface: Option<&[u8]>) -> io::Result<()> {
            SockRef::from(self.evented().get_ref()).bind_device(interface)
        }
    }
}
