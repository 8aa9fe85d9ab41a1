//! A TCP socket that neither listens nor is connected yet.
//!
//! Programs make one to set options before `listen` or `connect`; a `TcpStream` or
//! `TcpListener` comes out.
//!
//! Always true: the socket is in non-blocking mode, and is registered with no reactor before it
//! is a stream or listener.
//!
//! Why not options on those? Some (`reuseaddr`, buffer sizes) count only before.

use super::{TcpListener, TcpStream};
use socket2::{Domain, Protocol, Socket, Type};
use std::fmt;
use std::io;
use std::net::{self, SocketAddr};
use std::time::Duration;

/// A TCP socket whose options are set before it is connected or listens.
///
/// # Dropping
///
/// Closes it.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::net::TcpSocket;
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let socket = TcpSocket::new_v4()?;
/// socket.set_reuseaddr(true)?;
/// socket.bind("127.0.0.1:0".parse().unwrap())?;
/// let listener = socket.listen(1024)?;
/// # let _ = listener;
/// # Ok::<(), std::io::Error>(())
/// # })?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct TcpSocket {
    inner: Socket,
}

/// A pair of methods that get and set an option.
macro_rules! option {
    ($what:literal, $get:ident, $set:ident, $type:ty,
     |$socket:ident| $read:expr, |$socket2:ident, $value:ident| $write:expr) => {
        impl TcpSocket {
            #[doc = concat!("Returns ", $what, ".")]
            ///
            /// # Errors
            ///
            /// Those of the system.
            pub fn $get(&self) -> io::Result<$type> {
                let $socket = &self.inner;
                $read
            }

            #[doc = concat!("Sets ", $what, ".")]
            ///
            /// # Errors
            ///
            /// Those of the system.
            pub fn $set(&self, $value: $type) -> io::Result<()> {
                let $socket2 = &self.inner;
                $write
            }
        }
    };
}

option!(
    "whether keep-alive probes are sent",
    keepalive,
    set_keepalive,
    bool,
    |s| s.keepalive(),
    |s, keepalive| s.set_keepalive(keepalive)
);
option!(
    "whether an address may be bound that a closed socket still holds",
    reuseaddr,
    set_reuseaddr,
    bool,
    |s| s.reuse_address(),
    |s, reuseaddr| s.set_reuse_address(reuseaddr)
);
option!(
    "the size of the send buffer in bytes",
    send_buffer_size,
    set_send_buffer_size,
    u32,
    |s| s.send_buffer_size().map(|n| n as u32),
    |s, size| s.set_send_buffer_size(size as usize)
);
option!(
    "the size of the receive buffer in bytes",
    recv_buffer_size,
    set_recv_buffer_size,
    u32,
    |s| s.recv_buffer_size().map(|n| n as u32),
    |s, size| s.set_recv_buffer_size(size as usize)
);
option!(
    "whether small writes are sent at once",
    nodelay,
    set_nodelay,
    bool,
    |s| s.tcp_nodelay(),
    |s, nodelay| s.set_tcp_nodelay(nodelay)
);
option!(
    "the type of service of IPv4 packets",
    tos_v4,
    set_tos_v4,
    u32,
    |s| s.tos_v4(),
    |s, tos| s.set_tos_v4(tos)
);

impl TcpSocket {
    /// Makes a socket for IPv4.
    ///
    /// # Errors
    ///
    /// Those of the system.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::net::TcpSocket;
    ///
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let socket = TcpSocket::new_v4().unwrap();
    /// socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    /// let listener = socket.listen(128).unwrap();
    /// assert!(listener.local_addr().unwrap().ip().is_loopback());
    /// # });
    /// ```
    pub fn new_v4() -> io::Result<TcpSocket> {
        TcpSocket::new(Domain::IPV4)
    }

    /// Makes a socket for IPv6.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub fn new_v6() -> io::Result<TcpSocket> {
        TcpSocket::new(Domain::IPV6)
    }

    fn new(domain: Domain) -> io::Result<TcpSocket> {
        let inner = Socket::new(domain, Type::STREAM, Some(Protocol::TCP))?;
        inner.set_nonblocking(true)?;
        Ok(TcpSocket { inner })
    }

    /// Takes a socket of std's, which need not be connected.
    pub fn from_std_stream(std_stream: net::TcpStream) -> TcpSocket {
        TcpSocket { inner: Socket::from(std_stream) }
    }

    /// Returns how long a close waits for what was written to be sent.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub fn linger(&self) -> io::Result<Option<Duration>> {
        self.inner.linger()
    }

    /// Sets how long a close waits, blocking its thread, for what was written to be sent.
    ///
    /// # Errors
    ///
    /// Those of the system.
    #[deprecated = "`SO_LINGER` causes the socket to block the thread on drop"]
    pub fn set_linger(&self, dur: Option<Duration>) -> io::Result<()> {
        self.inner.set_linger(dur)
    }

    /// Has a close throw away what was written and not sent yet, and reset the connection.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub fn set_zero_linger(&self) -> io::Result<()> {
        self.inner.set_linger(Some(Duration::ZERO))
    }

    /// Returns the address that the socket is bound to.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        let address = self.inner.local_addr()?;
        address.as_socket().ok_or_else(|| io::ErrorKind::AddrNotAvailable.into())
    }

    /// Returns the error that the network has reported since the last call, if any.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub fn take_error(&self) -> io::Result<Option<io::Error>> {
        self.inner.take_error()
    }

    /// Binds the socket to an address.
    ///
    /// # Errors
    ///
    /// Those of the system.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::net::TcpSocket;
    ///
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let socket = TcpSocket::new_v4().unwrap();
    /// socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    /// assert!(socket.local_addr().unwrap().ip().is_loopback());
    /// # });
    /// ```
    pub fn bind(&self, addr: SocketAddr) -> io::Result<()> {
        self.inner.bind(&addr.into())
    }

    /// Connects to `addr`.
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
    /// Gives up.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::net::{TcpListener, TcpSocket};
    /// use tokio::runtime::Runtime;
    ///
    /// Runtime::new().unwrap().block_on(async {
    ///     let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    ///     let socket = TcpSocket::new_v4().unwrap();
    ///     let stream = socket.connect(listener.local_addr().unwrap()).await.unwrap();
    ///     assert!(stream.local_addr().is_ok());
    /// });
    /// ```
    pub async fn connect(self, addr: SocketAddr) -> io::Result<TcpStream> {
        if let Err(error) = self.inner.connect(&addr.into()) {
            if !is_under_way(&error) {
                return Err(error);
            }
        }
        TcpStream::connecting(self.inner.into()).await
    }

    /// Listens, with room for `backlog` connections that are not accepted yet.
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
    /// use tokio::net::TcpSocket;
    ///
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let socket = TcpSocket::new_v4().unwrap();
    /// socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    /// let listener = socket.listen(128).unwrap();
    /// # drop(listener);
    /// # });
    /// ```
    pub fn listen(self, backlog: u32) -> io::Result<TcpListener> {
        self.inner.listen(i32::try_from(backlog).unwrap_or(i32::MAX))?;
        TcpListener::of_std(self.inner.into())
    }
}

// An option of some systems only is a module here, chosen on its `mod` line.

#[cfg(all(
    unix,
    not(target_os = "solaris"),
    not(target_os = "illumos"),
    not(target_os = "cygwin")
))]
mod reuse_port {
    use super::TcpSocket;
    use std::io;

    option!(
        "whether several sockets may share an address",
        reuseport,
        set_reuseport,
        bool,
        |s| s.reuse_port(),
        |s, reuseport| s.set_reuse_port(reuseport)
    );
}

#[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
mod traffic_class {
    use super::TcpSocket;
    use std::io;

    option!(
        "the traffic class of IPv6 packets",
        tclass_v6,
        set_tclass_v6,
        u32,
        |s| s.tclass_v6(),
        |s, tclass| s.set_tclass_v6(tclass)
    );
}

#[cfg(any(target_os = "android", target_os = "fuchsia", target_os = "linux"))]
mod device {
    use super::TcpSocket;
    use std::io;

    impl TcpSocket {
        /// Returns the network interface that the socket is bound to.
        ///
        /// # Errors
        ///
        /// Those of the system.
        pub fn device(&self) -> io::Result<Option<Vec<u8>>> {
            self.inner.device()
        }

        /// Binds the socket to a network interface; `None` to any.
        ///
        /// # Errors
        ///
        /// Those of the system.
        pub fn bind_device(&self, interface: Option<&[u8]>) -> io::Result<()> {
            self.inner.bind_device(interface)
        }
    }
}

#[cfg(unix)]
use self::unix::is_under_way;
#[cfg(windows)]
use self::windows::is_under_way;

#[cfg(unix)]
#[expect(unsafe_code, reason = "taking a descriptor is unsafe")]
mod unix {
    use super::TcpSocket;
    use socket2::Socket;
    use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, IntoRawFd, RawFd};

    pub(super) fn is_under_way(error: &std::io::Error) -> bool {
        error.raw_os_error() == Some(libc::EINPROGRESS)
    }

    impl AsRawFd for TcpSocket {
        fn as_raw_fd(&self) -> RawFd {
            self.inner.as_raw_fd()
        }
    }

    impl AsFd for TcpSocket {
        fn as_fd(&self) -> BorrowedFd<'_> {
            self.inner.as_fd()
        }
    }

    impl FromRawFd for TcpSocket {
        /// Takes a TCP socket, which must be non-blocking.
        unsafe fn from_raw_fd(fd: RawFd) -> TcpSocket {
            // SAFETY: the caller owns `fd`.
            TcpSocket { inner: unsafe { Socket::from_raw_fd(fd) } }
        }
    }

    impl IntoRawFd for TcpSocket {
        fn into_raw_fd(self) -> RawFd {
            self.inner.into_raw_fd()
        }
    }
}

#[cfg(windows)]
#[expect(unsafe_code, reason = "taking a socket's handle is unsafe")]
mod windows {
    use super::TcpSocket;
    use socket2::Socket;
    use std::os::windows::io::{
        AsRawSocket, AsSocket, BorrowedSocket, FromRawSocket, IntoRawSocket, RawSocket,
    };

    pub(super) fn is_under_way(error: &std::io::Error) -> bool {
        error.kind() == std::io::ErrorKind::WouldBlock
    }

    impl AsRawSocket for TcpSocket {
        fn as_raw_socket(&self) -> RawSocket {
            self.inner.as_raw_socket()
        }
    }

    impl AsSocket for TcpSocket {
        fn as_socket(&self) -> BorrowedSocket<'_> {
            self.inner.as_socket()
        }
    }

    impl FromRawSocket for TcpSocket {
        /// Takes a TCP socket, which must be non-blocking.
        unsafe fn from_raw_socket(socket: RawSocket) -> TcpSocket {
            // SAFETY: the caller owns `socket`.
            TcpSocket { inner: unsafe { Socket::from_raw_socket(socket) } }
        }
    }

    impl IntoRawSocket for TcpSocket {
        fn into_raw_socket(self) -> RawSocket {
            self.inner.into_raw_socket()
        }
    }
}

impl fmt::Debug for TcpSocket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}
