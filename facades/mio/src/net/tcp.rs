//! TCP streams and listeners.
//!
//! mio 0.6's names over std's sockets and socket2. Programs of mio 0.6 call it.
//!
//! Always true: a socket here is in non-blocking mode, whether it was made or taken over.
//!
//! Why not mio 1's types? They have not all the options of mio 0.6's.

#[cfg(feature = "with-deprecated")]
mod deprecated;

use super::{slices, slices_mut};
use iovec::IoVec;
use socket2::{Domain, Protocol, SockRef, Socket, TcpKeepalive, Type};
use std::fmt;
use std::io::{self, Read, Write};
use std::net::{self, Shutdown, SocketAddr};
use std::time::Duration;

/// A TCP connection that does not block.
///
/// # Examples
///
/// ```
/// use mio::net::{TcpListener, TcpStream};
/// use mio::{Events, Poll, PollOpt, Ready, Token};
///
/// let listener = TcpListener::bind(&"127.0.0.1:0".parse().unwrap())?;
/// let stream = TcpStream::connect(&listener.local_addr()?)?;
/// let poll = Poll::new()?;
/// poll.register(&stream, Token(0), Ready::writable(), PollOpt::edge())?;
/// let mut events = Events::with_capacity(16);
/// poll.poll(&mut events, None)?;
/// assert_eq!(stream.peer_addr()?, listener.local_addr()?, "it is connected");
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct TcpStream {
    pub(crate) socket: net::TcpStream,
}

/// Accepts TCP connections without blocking.
///
/// # Examples
///
/// ```
/// use mio::net::TcpListener;
/// use std::io::ErrorKind;
///
/// let listener = TcpListener::bind(&"127.0.0.1:0".parse().unwrap())?;
/// assert_eq!(listener.accept().unwrap_err().kind(), ErrorKind::WouldBlock);
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct TcpListener {
    pub(crate) socket: net::TcpListener,
}

/// Connections that the system keeps until they are accepted.
const BACKLOG: i32 = 1024;

fn new_socket(addr: &SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(*addr), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}

/// A connect that goes on in the background has begun well.
fn or_in_progress(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(()),
        // Unix has another name for it, and std's kind of that name is not stable.
        Err(error) if error.raw_os_error() == Some(libc::EINPROGRESS) => Ok(()),
        result => result,
    }
}

impl TcpStream {
    /// Begins to connect to `addr`.
    ///
    /// The stream is writable once that has come to an end; then
    /// [`take_error`](TcpStream::take_error) says how.
    ///
    /// # Errors
    ///
    /// If the connect fails at once.
    pub fn connect(addr: &SocketAddr) -> io::Result<TcpStream> {
        let socket = new_socket(addr)?;
        TcpStream::connect_stream(socket.into(), addr)
    }

    /// Works like [`connect`](TcpStream::connect), with a socket that has been prepared, for
    /// example by binding it.
    ///
    /// # Errors
    ///
    /// If the connect fails at once.
    pub fn connect_stream(stream: net::TcpStream, addr: &SocketAddr) -> io::Result<TcpStream> {
        stream.set_nonblocking(true)?;
        or_in_progress(SockRef::from(&stream).connect(&(*addr).into()))?;
        Ok(TcpStream { socket: stream })
    }

    /// Takes over a connected socket, and makes it non-blocking.
    ///
    /// # Errors
    ///
    /// If it cannot be made non-blocking.
    pub fn from_stream(stream: net::TcpStream) -> io::Result<TcpStream> {
        stream.set_nonblocking(true)?;
        Ok(TcpStream { socket: stream })
    }

    /// Returns the other end's address.
    ///
    /// # Errors
    ///
    /// Those of `getpeername(2)`.
    pub fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.socket.peer_addr()
    }

    /// Returns this end's address.
    ///
    /// # Errors
    ///
    /// Those of `getsockname(2)`.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// Returns a second descriptor of the same connection.
    ///
    /// # Errors
    ///
    /// If there is no descriptor left.
    pub fn try_clone(&self) -> io::Result<TcpStream> {
        Ok(TcpStream { socket: self.socket.try_clone()? })
    }

    /// Closes one direction, or both.
    ///
    /// # Errors
    ///
    /// Those of `shutdown(2)`.
    pub fn shutdown(&self, how: Shutdown) -> io::Result<()> {
        self.socket.shutdown(how)
    }

    /// Sets `TCP_NODELAY`: small writes are sent at once.
    ///
    /// # Errors
    ///
    /// Those of `setsockopt(2)`.
    pub fn set_nodelay(&self, nodelay: bool) -> io::Result<()> {
        self.socket.set_nodelay(nodelay)
    }

    /// Returns whether `TCP_NODELAY` is set.
    ///
    /// # Errors
    ///
    /// Those of `getsockopt(2)`.
    pub fn nodelay(&self) -> io::Result<bool> {
        self.socket.nodelay()
    }

    /// Sets `SO_RCVBUF`, in bytes.
    ///
    /// # Errors
    ///
    /// Those of `setsockopt(2)`.
    pub fn set_recv_buffer_size(&self, size: usize) -> io::Result<()> {
        SockRef::from(&self.socket).set_recv_buffer_size(size)
    }

    /// Returns `SO_RCVBUF`, in bytes.
    ///
    /// # Errors
    ///
    /// Those of `getsockopt(2)`.
    pub fn recv_buffer_size(&self) -> io::Result<usize> {
        SockRef::from(&self.socket).recv_buffer_size()
    }

    /// Sets `SO_SNDBUF`, in bytes.
    ///
    /// # Errors
    ///
    /// Those of `setsockopt(2)`.
    pub fn set_send_buffer_size(&self, size: usize) -> io::Result<()> {
        SockRef::from(&self.socket).set_send_buffer_size(size)
    }

    /// Returns `SO_SNDBUF`, in bytes.
    ///
    /// # Errors
    ///
    /// Those of `getsockopt(2)`.
    pub fn send_buffer_size(&self) -> io::Result<usize> {
        SockRef::from(&self.socket).send_buffer_size()
    }

    /// Sends keep-alive probes once the connection has been idle for so long, in whole
    /// seconds; or none.
    ///
    /// # Errors
    ///
    /// Those of `setsockopt(2)`.
    pub fn set_keepalive(&self, keepalive: Option<Duration>) -> io::Result<()> {
        let socket = SockRef::from(&self.socket);
        match keepalive {
            Some(idle) => socket.set_tcp_keepalive(&TcpKeepalive::new().with_time(idle)),
            None => socket.set_keepalive(false),
        }
    }

    /// Returns after how long an idle connection is probed, if at all.
    ///
    /// # Errors
    ///
    /// Those of `getsockopt(2)`.
    pub fn keepalive(&self) -> io::Result<Option<Duration>> {
        let socket = SockRef::from(&self.socket);
        if socket.keepalive()? {
            keepalive_time::of(&socket).map(Some)
        } else {
            Ok(None)
        }
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

    /// Sets `SO_LINGER`, in whole seconds.
    ///
    /// # Errors
    ///
    /// Those of `setsockopt(2)`.
    pub fn set_linger(&self, linger: Option<Duration>) -> io::Result<()> {
        SockRef::from(&self.socket).set_linger(linger)
    }

    /// Returns `SO_LINGER`, if it is set.
    ///
    /// # Errors
    ///
    /// Those of `getsockopt(2)`.
    pub fn linger(&self) -> io::Result<Option<Duration>> {
        SockRef::from(&self.socket).linger()
    }

    /// Returns the error that is pending on the socket, if any; it is gone then.
    ///
    /// # Errors
    ///
    /// Those of `getsockopt(2)`.
    pub fn take_error(&self) -> io::Result<Option<io::Error>> {
        self.socket.take_error()
    }

    /// Reads without taking the bytes away.
    ///
    /// # Errors
    ///
    /// `WouldBlock` if nothing has come; those of `recv(2)`.
    pub fn peek(&self, buf: &mut [u8]) -> io::Result<usize> {
        self.socket.peek(buf)
    }

    /// Reads into several buffers in turn.
    ///
    /// # Errors
    ///
    /// `WouldBlock` if nothing has come; those of `readv(2)`.
    pub fn read_bufs(&self, bufs: &mut [&mut IoVec]) -> io::Result<usize> {
        (&self.socket).read_vectored(&mut slices_mut(bufs))
    }

    /// Writes several buffers in turn.
    ///
    /// # Errors
    ///
    /// `WouldBlock` if there is no room; those of `writev(2)`.
    pub fn write_bufs(&self, bufs: &[&IoVec]) -> io::Result<usize> {
        (&self.socket).write_vectored(&slices(bufs))
    }
}

impl Read for TcpStream {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.socket.read(buf)
    }
}

impl Read for &TcpStream {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        (&self.socket).read(buf)
    }
}

impl Write for TcpStream {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.socket.write(buf)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.socket.flush()
    }
}

impl Write for &TcpStream {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        (&self.socket).write(buf)
    }

    fn flush(&mut self) -> io::Result<()> {
        (&self.socket).flush()
    }
}

impl fmt::Debug for TcpStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.socket.fmt(f)
    }
}

impl TcpListener {
    /// Listens at `addr`, whose port may have been in use a moment ago.
    ///
    /// # Errors
    ///
    /// If the address cannot be had.
    pub fn bind(addr: &SocketAddr) -> io::Result<TcpListener> {
        let socket = new_socket(addr)?;
        // On Unix only: on Windows the option would let us take a port that is in use.
        socket.set_reuse_address(cfg!(unix))?;
        socket.bind(&(*addr).into())?;
        socket.listen(BACKLOG)?;
        Ok(TcpListener { socket: socket.into() })
    }

    /// Takes over a listening socket, and makes it non-blocking.
    ///
    /// # Errors
    ///
    /// If it cannot be made non-blocking.
    pub fn from_std(listener: net::TcpListener) -> io::Result<TcpListener> {
        listener.set_nonblocking(true)?;
        Ok(TcpListener { socket: listener })
    }

    /// Returns the next connection, with its other end's address.
    ///
    /// # Errors
    ///
    /// Of the kind `WouldBlock` while there is none.
    pub fn accept(&self) -> io::Result<(TcpStream, SocketAddr)> {
        let (stream, addr) = self.accept_std()?;
        Ok((TcpStream::from_stream(stream)?, addr))
    }

    /// Works like [`accept`](TcpListener::accept), except that the connection is std's, and in
    /// the mode that accepted sockets have on the platform.
    ///
    /// # Errors
    ///
    /// Of the kind `WouldBlock` while there is none.
    pub fn accept_std(&self) -> io::Result<(net::TcpStream, SocketAddr)> {
        self.socket.accept()
    }

    /// Returns the address listened at.
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
    pub fn try_clone(&self) -> io::Result<TcpListener> {
        Ok(TcpListener { socket: self.socket.try_clone()? })
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
}

impl fmt::Debug for TcpListener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.socket.fmt(f)
    }
}

/// The systems that tell after how long an idle connection is probed.
#[cfg(not(any(windows, target_os = "openbsd", target_os = "haiku")))]
mod keepalive_time {
    use socket2::Socket;
    use std::io;
    use std::time::Duration;

    pub(super) fn of(socket: &Socket) -> io::Result<Duration> {
        socket.tcp_keepalive_time()
    }
}

/// The systems that do not.
#[cfg(any(windows, target_os = "openbsd", target_os = "haiku"))]
mod keepalive_time {
    use socket2::Socket;
    use std::io;
    use std::time::Duration;

    pub(super) fn of(_: &Socket) -> io::Result<Duration> {
        Err(io::Error::new(
            io::ErrorKind::Unsupported,
            "cannot read the keep-alive time: this system does not tell",
        ))
    }
}
