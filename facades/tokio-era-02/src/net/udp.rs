//! UDP sockets, and their halves.
//!
//! Programs of tokio 0.2 call it; the socket is `tokio-await`'s.
//!
//! Always true: a future that is dropped while pending has sent or taken nothing.
//!
//! Why not `&self` throughout? tokio 0.2 asks for `&mut self`, so that one task waits on each
//! half.

use super::wrap::wraps;
use super::ToSocketAddrs;
use std::error::Error;
use std::fmt;
use std::io;
use std::net::{self, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::task::{ready, Context, Poll};
use tokio_await::io::ReadBuf;
use tokio_await::net as modern;

wraps! {
    /// A UDP socket.
    UdpSocket,
    modern::UdpSocket,
    net::UdpSocket,
    mio_06::net::UdpSocket = mio_06::net::UdpSocket::from_socket
}

/// Options that can be read and set.
macro_rules! options {
    ($( $what:literal, $get:ident, $set:ident, $type:ty; )*) => {
        impl UdpSocket { $(
            #[doc = concat!("Returns ", $what, ".")]
            ///
            /// # Errors
            ///
            /// Those of `getsockopt(2)`.
            pub fn $get(&self) -> io::Result<$type> {
                self.inner.$get()
            }

            #[doc = concat!("Sets ", $what, ".")]
            ///
            /// # Errors
            ///
            /// Those of `setsockopt(2)`.
            pub fn $set(&self, value: $type) -> io::Result<()> {
                self.inner.$set(value)
            }
        )* }
    };
}

options! {
    "whether datagrams may go to a broadcast address", broadcast, set_broadcast, bool;
    "whether datagrams to an IPv4 group come back to this system", multicast_loop_v4, set_multicast_loop_v4, bool;
    "the number of hops of datagrams to an IPv4 group", multicast_ttl_v4, set_multicast_ttl_v4, u32;
    "whether datagrams to an IPv6 group come back to this system", multicast_loop_v6, set_multicast_loop_v6, bool;
    "the number of hops of a datagram", ttl, set_ttl, u32;
}

impl UdpSocket {
    /// Binds a socket to the first address of `addr` that can be bound.
    ///
    /// # Errors
    ///
    /// Those of the last address, or of the lookup.
    ///
    /// # Dropping
    ///
    /// Nothing is bound.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::net::UdpSocket;
    ///
    /// #[tokio::main]
    /// async fn main() -> std::io::Result<()> {
    ///     let socket = UdpSocket::bind("127.0.0.1:0").await?;
    ///     assert_ne!(socket.local_addr()?.port(), 0);
    ///     Ok(())
    /// }
    /// ```
    pub async fn bind<A: ToSocketAddrs>(addr: A) -> io::Result<UdpSocket> {
        modern::UdpSocket::bind(addr).await.map(UdpSocket::from)
    }

    /// Parts the socket into a half that receives and a half that sends.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::net::UdpSocket;
    ///
    /// #[tokio::main]
    /// async fn main() -> std::io::Result<()> {
    ///     let socket = UdpSocket::bind("127.0.0.1:0").await?;
    ///     let own = socket.local_addr()?;
    ///     let (mut receive, mut send) = socket.split();
    ///     let received = tokio::spawn(async move { receive.recv_from(&mut [0; 8]).await });
    ///     send.send_to(b"ping", &own).await?;
    ///     assert_eq!(received.await.unwrap()?, (4, own));
    ///     Ok(())
    /// }
    /// ```
    pub fn split(self) -> (RecvHalf, SendHalf) {
        let socket = Arc::new(self);
        (RecvHalf { socket: socket.clone() }, SendHalf { socket })
    }

    /// Returns the address of this socket.
    ///
    /// # Errors
    ///
    /// Those of `getsockname(2)`.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.inner.local_addr()
    }

    /// Sets the peer: to where [`send`](UdpSocket::send) sends, and from where alone
    /// datagrams are taken.
    ///
    /// # Errors
    ///
    /// Those of the last address, or of the lookup.
    ///
    /// # Dropping
    ///
    /// The peer stays what it was.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::net::UdpSocket;
    ///
    /// #[tokio::main]
    /// async fn main() -> std::io::Result<()> {
    ///     let mut one = UdpSocket::bind("127.0.0.1:0").await?;
    ///     let mut other = UdpSocket::bind("127.0.0.1:0").await?;
    ///     one.connect(other.local_addr()?).await?;
    ///     one.send(b"ping").await?;
    ///     let mut buf = [0; 8];
    ///     assert_eq!(other.recv(&mut buf).await?, 4);
    ///     assert_eq!(&buf[..4], b"ping");
    ///     Ok(())
    /// }
    /// ```
    pub async fn connect<A: ToSocketAddrs>(&self, addr: A) -> io::Result<()> {
        self.inner.connect(addr).await
    }

    /// Sends a datagram to the peer, and returns how many bytes.
    ///
    /// # Errors
    ///
    /// Those of `send(2)`; if the runtime of the socket has shut down.
    ///
    /// # Dropping
    ///
    /// Nothing is sent.
    pub async fn send(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.inner.send(buf).await
    }

    /// Sends a datagram to the peer, if there is room for it, and returns how many bytes.
    ///
    /// # Errors
    ///
    /// `WouldBlock` if there is no room; those of `send(2)`.
    pub fn try_send(&self, buf: &[u8]) -> io::Result<usize> {
        self.inner.engine().evented().get_ref().send(buf)
    }

    // Hidden: as tokio 0.2 hides it.
    #[doc(hidden)]
    pub fn poll_send(&self, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.inner.poll_send(cx, buf)
    }

    /// Receives a datagram from the peer, and returns how many bytes. What does not fit into
    /// `buf` is lost.
    ///
    /// # Errors
    ///
    /// Those of `recv(2)`; if the runtime of the socket has shut down.
    ///
    /// # Dropping
    ///
    /// Loses no datagram.
    pub async fn recv(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.inner.recv(buf).await
    }

    // Hidden: as tokio 0.2 hides it.
    #[doc(hidden)]
    pub fn poll_recv(&self, cx: &mut Context<'_>, buf: &mut [u8]) -> Poll<io::Result<usize>> {
        let mut buf = ReadBuf::new(buf);
        ready!(self.inner.poll_recv(cx, &mut buf))?;
        Poll::Ready(Ok(buf.filled().len()))
    }

    /// Sends a datagram to the first address of `target`, and returns how many bytes.
    ///
    /// # Errors
    ///
    /// Those of `sendto(2)`, or of the lookup; if the runtime of the socket has shut down.
    ///
    /// # Dropping
    ///
    /// Nothing is sent.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::net::UdpSocket;
    ///
    /// #[tokio::main]
    /// async fn main() -> std::io::Result<()> {
    ///     let mut one = UdpSocket::bind("127.0.0.1:0").await?;
    ///     let mut other = UdpSocket::bind("127.0.0.1:0").await?;
    ///     one.send_to(b"ping", other.local_addr()?).await?;
    ///     let (length, sender) = other.recv_from(&mut [0; 8]).await?;
    ///     assert_eq!((length, sender), (4, one.local_addr()?));
    ///     Ok(())
    /// }
    /// ```
    pub async fn send_to<A: ToSocketAddrs>(&mut self, buf: &[u8], target: A) -> io::Result<usize> {
        self.inner.send_to(buf, target).await
    }

    /// Sends a datagram to `target`, if there is room for it, and returns how many bytes.
    ///
    /// # Errors
    ///
    /// `WouldBlock` if there is no room; those of `sendto(2)`.
    pub fn try_send_to(&self, buf: &[u8], target: SocketAddr) -> io::Result<usize> {
        self.inner.engine().evented().get_ref().send_to(buf, target)
    }

    // Hidden: as tokio 0.2 hides it.
    #[doc(hidden)]
    pub fn poll_send_to(
        &self,
        cx: &mut Context<'_>,
        buf: &[u8],
        target: &SocketAddr,
    ) -> Poll<io::Result<usize>> {
        self.inner.poll_send_to(cx, buf, *target)
    }

    /// Receives a datagram, and returns how many bytes, and from where. What does not fit into
    /// `buf` is lost.
    ///
    /// # Errors
    ///
    /// Those of `recvfrom(2)`; if the runtime of the socket has shut down.
    ///
    /// # Dropping
    ///
    /// Loses no datagram.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::net::UdpSocket;
    ///
    /// #[tokio::main]
    /// async fn main() -> std::io::Result<()> {
    ///     let mut server = UdpSocket::bind("127.0.0.1:0").await?;
    ///     let mut client = UdpSocket::bind("127.0.0.1:0").await?;
    ///     client.send_to(b"three more", server.local_addr()?).await?;
    ///     let mut buf = [0; 5];
    ///     let (length, _) = server.recv_from(&mut buf).await?;
    ///     assert_eq!(&buf[..length], b"three", "the rest is lost");
    ///     Ok(())
    /// }
    /// ```
    pub async fn recv_from(&mut self, buf: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
        self.inner.recv_from(buf).await
    }

    // Hidden: as tokio 0.2 hides it.
    #[doc(hidden)]
    pub fn poll_recv_from(
        &self,
        cx: &mut Context<'_>,
        buf: &mut [u8],
    ) -> Poll<io::Result<(usize, SocketAddr)>> {
        let mut buf = ReadBuf::new(buf);
        let from = ready!(self.inner.poll_recv_from(cx, &mut buf))?;
        Poll::Ready(Ok((buf.filled().len(), from)))
    }

    /// Joins the IPv4 group `multiaddr` at the interface with the address `interface`.
    ///
    /// # Errors
    ///
    /// Those of `setsockopt(2)`.
    pub fn join_multicast_v4(&self, multiaddr: Ipv4Addr, interface: Ipv4Addr) -> io::Result<()> {
        self.inner.join_multicast_v4(multiaddr, interface)
    }

    /// Joins the IPv6 group `multiaddr` at the interface with the number `interface`.
    ///
    /// # Errors
    ///
    /// Those of `setsockopt(2)`.
    pub fn join_multicast_v6(&self, multiaddr: &Ipv6Addr, interface: u32) -> io::Result<()> {
        self.inner.join_multicast_v6(multiaddr, interface)
    }

    /// Leaves the IPv4 group `multiaddr`.
    ///
    /// # Errors
    ///
    /// Those of `setsockopt(2)`.
    pub fn leave_multicast_v4(&self, multiaddr: Ipv4Addr, interface: Ipv4Addr) -> io::Result<()> {
        self.inner.leave_multicast_v4(multiaddr, interface)
    }

    /// Leaves the IPv6 group `multiaddr`.
    ///
    /// # Errors
    ///
    /// Those of `setsockopt(2)`.
    pub fn leave_multicast_v6(&self, multiaddr: &Ipv6Addr, interface: u32) -> io::Result<()> {
        self.inner.leave_multicast_v6(multiaddr, interface)
    }
}

/// The half of a UDP socket that receives.
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// use tokio::net::udp::RecvHalf;
/// use tokio::net::UdpSocket;
///
/// #[tokio::main]
/// async fn main() -> std::io::Result<()> {
///     async fn count(mut receive: RecvHalf) -> std::io::Result<usize> {
///         receive.recv(&mut [0; 1024]).await
///     }
///
///     let socket = UdpSocket::bind("127.0.0.1:0").await?;
///     let own = socket.local_addr()?;
///     let (receive, mut send) = socket.split();
///     send.send_to(b"12345", &own).await?;
///     assert_eq!(count(receive).await?, 5);
///     Ok(())
/// }
/// ```
#[derive(Debug)]
pub struct RecvHalf {
    socket: Arc<UdpSocket>,
}

/// The half of a UDP socket that sends.
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// use tokio::net::udp::SendHalf;
/// use tokio::net::UdpSocket;
///
/// #[tokio::main]
/// async fn main() -> std::io::Result<()> {
///     async fn greet(mut send: SendHalf, to: std::net::SocketAddr) {
///         send.send_to(b"hello", &to).await.unwrap();
///     }
///
///     let socket = UdpSocket::bind("127.0.0.1:0").await?;
///     let own = socket.local_addr()?;
///     let (mut receive, send) = socket.split();
///     tokio::spawn(greet(send, own));
///     assert_eq!(receive.recv(&mut [0; 8]).await?, 5);
///     Ok(())
/// }
/// ```
#[derive(Debug)]
pub struct SendHalf {
    socket: Arc<UdpSocket>,
}

/// Returned when two halves are not of one socket. They are in here.
#[derive(Debug)]
pub struct ReuniteError(pub SendHalf, pub RecvHalf);

impl fmt::Display for ReuniteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("tried to reunite halves that are not from the same socket")
    }
}

impl Error for ReuniteError {}

fn reunite(send: SendHalf, recv: RecvHalf) -> Result<UdpSocket, ReuniteError> {
    if !Arc::ptr_eq(&send.socket, &recv.socket) {
        return Err(ReuniteError(send, recv));
    }
    drop(send);
    Ok(Arc::into_inner(recv.socket).expect("a socket has two halves"))
}

impl RecvHalf {
    /// Joins the halves again.
    ///
    /// # Errors
    ///
    /// If they are not of one socket.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::net::UdpSocket;
    ///
    /// #[tokio::main]
    /// async fn main() -> std::io::Result<()> {
    ///     let socket = UdpSocket::bind("127.0.0.1:0").await?;
    ///     let (receive, send) = socket.split();
    ///     let socket = receive.reunite(send).unwrap();
    ///     socket.local_addr()?;
    ///     Ok(())
    /// }
    /// ```
    pub fn reunite(self, other: SendHalf) -> Result<UdpSocket, ReuniteError> {
        reunite(other, self)
    }

    /// Works like [`UdpSocket::recv_from`].
    ///
    /// # Errors
    ///
    /// As there.
    ///
    /// # Dropping
    ///
    /// Loses no datagram.
    pub async fn recv_from(&mut self, buf: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
        self.socket.inner.recv_from(buf).await
    }

    /// Works like [`UdpSocket::recv`].
    ///
    /// # Errors
    ///
    /// As there.
    ///
    /// # Dropping
    ///
    /// Loses no datagram.
    pub async fn recv(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.socket.inner.recv(buf).await
    }
}

impl SendHalf {
    /// Joins the halves again.
    ///
    /// # Errors
    ///
    /// If they are not of one socket.
    pub fn reunite(self, other: RecvHalf) -> Result<UdpSocket, ReuniteError> {
        reunite(self, other)
    }

    /// Works like [`UdpSocket::send_to`].
    ///
    /// # Errors
    ///
    /// As there.
    ///
    /// # Dropping
    ///
    /// Nothing is sent.
    pub async fn send_to(&mut self, buf: &[u8], target: &SocketAddr) -> io::Result<usize> {
        self.socket.inner.send_to(buf, target).await
    }

    /// Works like [`UdpSocket::send`].
    ///
    /// # Errors
    ///
    /// As there.
    ///
    /// # Dropping
    ///
    /// Nothing is sent.
    pub async fn send(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.socket.inner.send(buf).await
    }
}

impl AsRef<UdpSocket> for RecvHalf {
    fn as_ref(&self) -> &UdpSocket {
        &self.socket
    }
}

impl AsRef<UdpSocket> for SendHalf {
    fn as_ref(&self) -> &UdpSocket {
        &self.socket
    }
}
