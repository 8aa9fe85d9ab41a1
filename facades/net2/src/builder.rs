//! Sockets whose options are set before they are bound or connected.
//!
//! Used by servers to listen with `SO_REUSEADDR` or a backlog of their own.
//!
//! Always true: a builder holds its socket until `listen`, `connect`, `bind` (of UDP) or
//! a conversion hands it out; from then on every method is an error.
//!
//! Why not hand the builder over by value? Methods of net2 take `&self`, those that finish a
//! socket too; so the socket is taken out of a cell.

use std::cell::RefCell;
use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream, ToSocketAddrs, UdpSocket};

use socket2::{Domain, Socket, Type};

use crate::addresses;

/// A socket that can still be handed out, once.
#[derive(Debug)]
pub(crate) struct Unfinished(RefCell<Option<Socket>>);

impl Unfinished {
    pub(crate) fn from_socket(socket: Socket) -> Unfinished {
        Unfinished(RefCell::new(Some(socket)))
    }

    fn open(domain: Domain, kind: Type) -> io::Result<Unfinished> {
        Socket::new(domain, kind, None).map(Unfinished::from_socket)
    }

    /// Looks at the socket.
    pub(crate) fn with<T>(&self, look: impl FnOnce(&Socket) -> io::Result<T>) -> io::Result<T> {
        match &*self.0.borrow() {
            Some(socket) => look(socket),
            None => Err(io::Error::other("builder has already finished its socket")),
        }
    }

    fn take(&self) -> io::Result<Socket> {
        let socket = self.0.borrow_mut().take();
        socket.ok_or_else(|| io::Error::other("socket has already been consumed"))
    }
}

/// A TCP socket that neither listens nor is connected yet.
///
/// # Errors
///
/// Besides those of the system: every method fails once the socket was handed out.
///
/// # Examples
///
/// ```
/// use net2::TcpBuilder;
///
/// let listener = TcpBuilder::new_v4()?.reuse_address(true)?.bind("127.0.0.1:0")?.listen(128)?;
/// assert_ne!(listener.local_addr()?.port(), 0);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct TcpBuilder(pub(crate) Unfinished);

impl TcpBuilder {
    /// Opens an IPv4 socket.
    ///
    /// # Errors
    ///
    /// Those of `socket(2)`.
    pub fn new_v4() -> io::Result<TcpBuilder> {
        Unfinished::open(Domain::IPV4, Type::STREAM).map(TcpBuilder)
    }

    /// Opens an IPv6 socket.
    ///
    /// # Errors
    ///
    /// Those of `socket(2)`.
    ///
    /// # Examples
    ///
    /// ```
    /// use net2::TcpBuilder;
    ///
    /// match TcpBuilder::new_v6() {
    ///     Ok(builder) => drop(builder.only_v6(true)?),
    ///     Err(e) => println!("no IPv6 here: {e}"),
    /// }
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn new_v6() -> io::Result<TcpBuilder> {
        Unfinished::open(Domain::IPV6, Type::STREAM).map(TcpBuilder)
    }

    /// Binds the socket to the one address that `addr` stands for.
    ///
    /// # Errors
    ///
    /// If `addr` stands for none or for several; those of `bind(2)`; if the socket was handed out
    /// before.
    ///
    /// # Examples
    ///
    /// ```
    /// use net2::TcpBuilder;
    ///
    /// let builder = TcpBuilder::new_v4()?;
    /// builder.bind("127.0.0.1:0")?;
    /// assert_ne!(builder.local_addr()?.port(), 0);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn bind<T: ToSocketAddrs>(&self, addr: T) -> io::Result<&TcpBuilder> {
        self.0.with(|socket| socket.bind(&addresses::only_one(addr)?.into()))?;
        Ok(self)
    }

    /// Listens, with room for `backlog` connections not yet accepted.
    ///
    /// # Errors
    ///
    /// Those of `listen(2)`; if the socket was handed out before.
    ///
    /// # Examples
    ///
    /// ```
    /// use net2::TcpBuilder;
    /// use std::net::TcpStream;
    ///
    /// let listener = TcpBuilder::new_v4()?.bind("127.0.0.1:0")?.listen(1)?;
    /// TcpStream::connect(listener.local_addr()?)?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn listen(&self, backlog: i32) -> io::Result<TcpListener> {
        self.0.with(|socket| socket.listen(backlog))?;
        self.to_tcp_listener()
    }

    /// Connects to the first of `addr` that takes the connection; waits for it.
    ///
    /// # Errors
    ///
    /// Those of the lookup, or of the last `connect(2)`; if the socket was handed out before.
    ///
    /// # Examples
    ///
    /// ```
    /// use net2::TcpBuilder;
    /// use std::net::TcpListener;
    ///
    /// let listener = TcpListener::bind("127.0.0.1:0")?;
    /// let stream = TcpBuilder::new_v4()?.connect(listener.local_addr()?)?;
    /// assert_eq!(stream.peer_addr()?, listener.local_addr()?);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn connect<T: ToSocketAddrs>(&self, addr: T) -> io::Result<TcpStream> {
        self.0.with(|socket| addresses::connect(socket, addr))?;
        self.to_tcp_stream()
    }

    /// Hands the socket out as a stream, whatever was done to it.
    ///
    /// # Errors
    ///
    /// If the socket was handed out before.
    pub fn to_tcp_stream(&self) -> io::Result<TcpStream> {
        self.0.take().map(TcpStream::from)
    }

    /// Hands the socket out as a listener, whatever was done to it.
    ///
    /// # Errors
    ///
    /// If the socket was handed out before.
    ///
    /// # Examples
    ///
    /// ```
    /// use net2::TcpBuilder;
    ///
    /// let builder = TcpBuilder::new_v4()?;
    /// let listener = builder.bind("127.0.0.1:0")?.to_tcp_listener()?;
    /// assert!(builder.local_addr().is_err(), "the socket was handed out");
    /// drop(listener);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn to_tcp_listener(&self) -> io::Result<TcpListener> {
        self.0.take().map(TcpListener::from)
    }

    /// Returns the address that the socket is bound to.
    ///
    /// # Errors
    ///
    /// Those of `getsockname(2)`; if the socket was handed out before.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.with(|socket| {
            let bound = socket.local_addr()?.as_socket();
            bound.ok_or_else(|| io::Error::other("the socket is not one of the internet"))
        })
    }
}

/// A UDP socket that is not bound yet.
///
/// # Errors
///
/// Besides those of the system: every method fails once the socket was handed out.
///
/// # Examples
///
/// ```
/// use net2::UdpBuilder;
///
/// let socket = UdpBuilder::new_v4()?.reuse_address(true)?.bind("127.0.0.1:0")?;
/// socket.send_to(b"hello", socket.local_addr()?)?;
/// assert_eq!(socket.recv_from(&mut [0; 8])?.0, 5);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct UdpBuilder(pub(crate) Unfinished);

impl UdpBuilder {
    /// Opens an IPv4 socket.
    ///
    /// # Errors
    ///
    /// Those of `socket(2)`.
    pub fn new_v4() -> io::Result<UdpBuilder> {
        Unfinished::open(Domain::IPV4, Type::DGRAM).map(UdpBuilder)
    }

    /// Opens an IPv6 socket.
    ///
    /// # Errors
    ///
    /// Those of `socket(2)`.
    pub fn new_v6() -> io::Result<UdpBuilder> {
        Unfinished::open(Domain::IPV6, Type::DGRAM).map(UdpBuilder)
    }

    /// Binds the socket to the one address that `addr` stands for, and hands it out.
    ///
    /// # Errors
    ///
    /// If `addr` stands for none or for several; those of `bind(2)`; if the socket was handed out
    /// before.
    ///
    /// # Examples
    ///
    /// ```
    /// use net2::UdpBuilder;
    ///
    /// let socket = UdpBuilder::new_v4()?.ttl(16)?.bind("127.0.0.1:0")?;
    /// assert_eq!(socket.ttl()?, 16);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn bind<T: ToSocketAddrs>(&self, addr: T) -> io::Result<UdpSocket> {
        self.0.with(|socket| socket.bind(&addresses::only_one(addr)?.into()))?;
        self.0.take().map(UdpSocket::from)
    }
}

/// What both builders offer besides.
macro_rules! options {
    ($($builder:ident)*) => {$(
        impl $builder {
            /// Sets how many routers a packet may pass (`IP_TTL`).
            ///
            /// # Errors
            ///
            /// Those of `setsockopt(2)`; if the socket was handed out before.
            pub fn ttl(&self, ttl: u32) -> io::Result<&Self> {
                self.0.with(|socket| socket.set_ttl_v4(ttl))?;
                Ok(self)
            }

            /// Keeps an IPv6 socket from serving IPv4 as well (`IPV6_V6ONLY`).
            ///
            /// # Errors
            ///
            /// Those of `setsockopt(2)`; if the socket was handed out before.
            pub fn only_v6(&self, only_v6: bool) -> io::Result<&Self> {
                self.0.with(|socket| socket.set_only_v6(only_v6))?;
                Ok(self)
            }

            /// Lets the address be bound while old connections linger (`SO_REUSEADDR`).
            ///
            /// # Errors
            ///
            /// Those of `setsockopt(2)`; if the socket was handed out before.
            ///
            /// # Examples
            ///
            /// ```
            /// use net2::TcpBuilder;
            ///
            /// let builder = TcpBuilder::new_v4()?;
            /// assert!(builder.reuse_address(true)?.get_reuse_address()?);
            /// # Ok::<(), std::io::Error>(())
            /// ```
            pub fn reuse_address(&self, reuse: bool) -> io::Result<&Self> {
                self.0.with(|socket| socket.set_reuse_address(reuse))?;
                Ok(self)
            }

            /// Returns whether `SO_REUSEADDR` is set.
            ///
            /// # Errors
            ///
            /// Those of `getsockopt(2)`; if the socket was handed out before.
            pub fn get_reuse_address(&self) -> io::Result<bool> {
                self.0.with(Socket::reuse_address)
            }

            /// Takes the error that the socket holds (`SO_ERROR`), if any.
            ///
            /// # Errors
            ///
            /// Those of `getsockopt(2)`; if the socket was handed out before.
            pub fn take_error(&self) -> io::Result<Option<io::Error>> {
                self.0.with(Socket::take_error)
            }
        }
    )*};
}

options!(TcpBuilder UdpBuilder);
