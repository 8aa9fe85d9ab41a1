//! A TCP connection.
//!
//! Programs of tokio 0.1 call it; the streams of tokio 1.x and 0.2 have one inside. An option of
//! TCP alone belongs here, beside `nodelay`; what all sockets share is in `net::methods`.
//!
//! Always true: a read or write is one system call. One that moves less than it could
//! have moved shows that the socket is empty, or full, so that no second call has to
//! find that out.
//!
//! Why not std's stream, registered by the caller? The connect must not block, and its outcome is
//! known only after the socket is writable.

use super::ConnectFuture;
use socket2::{SockRef, TcpKeepalive};
use std::fmt;
use std::io;
use std::net::{self, SocketAddr};
use std::sync::atomic::AtomicBool;
use std::task::Poll;
use std::time::Duration;
use tokio_executor::internals::convert::{into_async, or_would_block};
use tokio_executor::task::Context;
use tokio_reactor::{Handle, PollEvented};

/// A TCP connection.
///
/// Reads and writes are those of [`AsyncRead`] and [`AsyncWrite`], which are also there
/// for `&TcpStream`; one task may read while another writes. [`AsyncRead::split`] gives
/// each its half.
///
/// # Shutting down
///
/// [`AsyncWrite::shutdown`] does nothing to a `TcpStream`, as in the upstream crate: a
/// peer that waits for the end of the stream sees it when the stream is dropped. A
/// program that copies both ways wants the peer to see it sooner, and calls
/// [`set_close_on_shutdown`](TcpStream::set_close_on_shutdown) first, or
/// [`TcpStream::shutdown`] itself.
///
/// # Dropping
///
/// Closes the connection. What was written is still sent.
///
/// # Examples
///
/// ```
/// use futures::Future;
/// use tokio::net::TcpStream;
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
/// let addr = listener.local_addr()?;
///
/// let greeting = TcpStream::connect(&addr)
///     .and_then(|stream| tokio_io::io::write_all(stream, "hello world"));
/// greeting.wait()?;
/// # Ok(())
/// # }
/// ```
///
/// [`AsyncRead`]: tokio_io::AsyncRead
/// [`AsyncRead::split`]: tokio_io::AsyncRead::split
/// [`AsyncWrite`]: tokio_io::AsyncWrite
/// [`AsyncWrite::shutdown`]: tokio_io::AsyncWrite::shutdown
pub struct TcpStream {
    io: PollEvented<mio1::net::TcpStream>,
    close_on_shutdown: AtomicBool,
}

impl TcpStream {
    /// Connects to `addr`.
    ///
    /// The attempt starts at once. An error that comes at once is reported by the
    /// future all the same.
    ///
    /// # Examples
    ///
    /// The future serves both kinds of code:
    ///
    /// ```
    /// use std::net::SocketAddr;
    /// use tokio::net::TcpStream;
    ///
    /// async fn reachable(addr: SocketAddr) -> bool {
    ///     TcpStream::connect(&addr).await.is_ok()
    /// }
    /// ```
    pub fn connect(addr: &SocketAddr) -> ConnectFuture {
        ConnectFuture::new(mio1::net::TcpStream::connect(*addr).map(TcpStream::connecting))
    }

    /// Works like [`connect`](TcpStream::connect), registered with `handle`'s reactor.
    // Hidden: for the interfaces of tokio 1.x and 0.2.
    #[doc(hidden)]
    pub fn connect_with(addr: &SocketAddr, handle: &Handle) -> ConnectFuture {
        let registered = |socket| PollEvented::new_with_handle(socket, handle);
        let started = mio1::net::TcpStream::connect(*addr).and_then(registered);
        ConnectFuture::new(started.map(TcpStream::new))
    }

    /// Waits until a connection that was begun is made.
    // Hidden: for the interfaces of tokio 1.x and 0.2.
    #[doc(hidden)]
    pub fn from_connecting(io: PollEvented<mio1::net::TcpStream>) -> ConnectFuture {
        ConnectFuture::new(Ok(TcpStream::new(io)))
    }

    /// Connects `stream`, a socket that the caller has made and set up, to `addr`, and
    /// registers it with `handle`'s reactor. It is put into non-blocking mode.
    ///
    /// An error that comes at once is reported by the future.
    pub fn connect_std(
        stream: net::TcpStream,
        addr: &SocketAddr,
        handle: &Handle,
    ) -> ConnectFuture {
        ConnectFuture::new(start_connecting(stream, addr, handle))
    }

    /// Makes a stream of one of the standard library's, registered with `handle`'s
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
    /// use tokio::net::TcpStream;
    /// use tokio::reactor::Handle;
    ///
    /// let listener = net::TcpListener::bind("127.0.0.1:0").unwrap();
    /// let stream = net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    /// let stream = TcpStream::from_std(stream, &Handle::default()).unwrap();
    /// assert!(stream.peer_addr().is_ok());
    /// ```
    pub fn from_std(stream: net::TcpStream, handle: &Handle) -> io::Result<TcpStream> {
        stream.set_nonblocking(true)?;
        let stream = mio1::net::TcpStream::from_std(stream);
        Ok(TcpStream::new(PollEvented::new_with_handle(stream, handle)?))
    }

    fn new(io: PollEvented<mio1::net::TcpStream>) -> TcpStream {
        TcpStream { io, close_on_shutdown: AtomicBool::new(false) }
    }

    fn connecting(socket: mio1::net::TcpStream) -> TcpStream {
        TcpStream::new(PollEvented::new(socket))
    }

    /// A client often sends its request along with the connection, so this is tried
    /// before it is registered.
    pub(super) fn accepted(socket: mio1::net::TcpStream, home: Handle) -> TcpStream {
        TcpStream::new(PollEvented::new_assumed_ready_with(socket, home))
    }

    pub(super) fn io(&self) -> &PollEvented<mio1::net::TcpStream> {
        &self.io
    }

    crate::net::methods::stream_methods!(SocketAddr);

    /// Works like [`poll_peek`](TcpStream::poll_peek), with "not yet" as an error.
    ///
    /// # Errors
    ///
    /// As for [`poll_peek`](TcpStream::poll_peek); `WouldBlock` is "not yet".
    #[deprecated(since = "0.1.2", note = "use poll_peek")]
    #[doc(hidden)]
    pub fn peek(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        or_would_block(self.poll_peek_cx(&Context::current(), buf))
    }

    /// Copies what arrived into `buf` and leaves it to be read again; or else the
    /// current task is woken when something arrives.
    ///
    /// # Errors
    ///
    /// As for a read.
    ///
    /// # Panics
    ///
    /// If nothing has arrived, and there is no current task.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::{future, Future};
    /// use tokio::net::TcpStream;
    /// use std::io::Write;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    /// let addr = listener.local_addr()?;
    ///
    /// let mut stream = TcpStream::connect(&addr).wait()?;
    /// listener.accept()?.0.write_all(b"hello")?;
    /// let mut start = [0; 5];
    /// let n = future::poll_fn(|| stream.poll_peek(&mut start)).wait()?;
    /// assert_eq!(&start[..n], b"hello");
    /// # Ok(())
    /// # }
    /// ```
    pub fn poll_peek(&mut self, buf: &mut [u8]) -> futures::Poll<usize, io::Error> {
        into_async(self.poll_peek_cx(&Context::current(), buf))
    }

    /// Works like [`poll_peek`](TcpStream::poll_peek), for a task of either kind.
    ///
    /// # Errors
    ///
    /// As for a read.
    pub fn poll_peek_cx(&self, cx: &Context<'_>, buf: &mut [u8]) -> Poll<io::Result<usize>> {
        // What was looked at is still there, so a short answer proves nothing.
        self.io.poll_read_io(cx, |socket| socket.peek(buf))
    }

    /// Returns whether small writes are sent at once (`TCP_NODELAY`).
    ///
    /// # Errors
    ///
    /// Those of `getsockopt(2)`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io;
    /// use tokio::net::TcpStream;
    ///
    /// fn ensure_prompt(stream: &TcpStream) -> io::Result<()> {
    ///     if !stream.nodelay()? {
    ///         stream.set_nodelay(true)?;
    ///     }
    ///     Ok(())
    /// }
    /// ```
    pub fn nodelay(&self) -> io::Result<bool> {
        self.io.get_ref().nodelay()
    }

    /// Sets whether small writes are sent at once (`TCP_NODELAY`), instead of waiting
    /// to be sent together.
    ///
    /// # Errors
    ///
    /// Those of `setsockopt(2)`.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::Future;
    /// use tokio::net::TcpStream;
    ///
    /// let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    /// let stream = TcpStream::connect(&listener.local_addr().unwrap()).wait().unwrap();
    /// stream.set_nodelay(true).unwrap();
    /// assert!(stream.nodelay().unwrap());
    /// ```
    pub fn set_nodelay(&self, nodelay: bool) -> io::Result<()> {
        self.io.get_ref().set_nodelay(nodelay)
    }

    /// Returns the size of the system's receive buffer (`SO_RCVBUF`), in bytes.
    ///
    /// # Errors
    ///
    /// Those of `getsockopt(2)`.
    pub fn recv_buffer_size(&self) -> io::Result<usize> {
        SockRef::from(self.io.get_ref()).recv_buffer_size()
    }

    /// Sets the size of the system's receive buffer (`SO_RCVBUF`), in bytes. Linux takes
    /// it times two.
    ///
    /// # Errors
    ///
    /// Those of `setsockopt(2)`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io;
    /// use tokio::net::TcpStream;
    ///
    /// fn prepare_for_bulk(stream: &TcpStream) -> io::Result<()> {
    ///     stream.set_recv_buffer_size(1 << 20)?;
    ///     stream.set_send_buffer_size(1 << 20)
    /// }
    /// ```
    pub fn set_recv_buffer_size(&self, size: usize) -> io::Result<()> {
        SockRef::from(self.io.get_ref()).set_recv_buffer_size(size)
    }

    /// Returns the size of the system's send buffer (`SO_SNDBUF`), in bytes.
    ///
    /// # Errors
    ///
    /// Those of `getsockopt(2)`.
    pub fn send_buffer_size(&self) -> io::Result<usize> {
        SockRef::from(self.io.get_ref()).send_buffer_size()
    }

    /// Sets the size of the system's send buffer (`SO_SNDBUF`), in bytes. Linux takes it
    /// times two.
    ///
    /// # Errors
    ///
    /// Those of `setsockopt(2)`.
    pub fn set_send_buffer_size(&self, size: usize) -> io::Result<()> {
        SockRef::from(self.io.get_ref()).set_send_buffer_size(size)
    }

    /// Returns how long the connection must be idle before the system probes whether the peer is
    /// still there; `None` if it never does.
    ///
    /// # Errors
    ///
    /// Those of `getsockopt(2)`; `Unsupported` where the system does not tell, as on Windows
    /// and OpenBSD.
    pub fn keepalive(&self) -> io::Result<Option<Duration>> {
        let socket = SockRef::from(self.io.get_ref());
        if socket.keepalive()? {
            keepalive_time::of(&socket).map(Some)
        } else {
            Ok(None)
        }
    }

    /// Sets how long the connection must be idle before the system probes whether the
    /// peer is still there, in whole seconds; with `None` it never does.
    ///
    /// # Errors
    ///
    /// Those of `setsockopt(2)`.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::Future;
    /// use std::time::Duration;
    /// use tokio::net::TcpStream;
    ///
    /// let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    /// let stream = TcpStream::connect(&listener.local_addr().unwrap()).wait().unwrap();
    /// stream.set_keepalive(Some(Duration::from_secs(60))).unwrap();
    /// assert!(stream.keepalive().unwrap().is_some());
    /// ```
    pub fn set_keepalive(&self, keepalive: Option<Duration>) -> io::Result<()> {
        let socket = SockRef::from(self.io.get_ref());
        match keepalive {
            Some(idle) => socket.set_tcp_keepalive(&TcpKeepalive::new().with_time(idle)),
            None => socket.set_keepalive(false),
        }
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
    /// use futures::Future;
    /// use tokio::net::TcpStream;
    ///
    /// let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    /// let stream = TcpStream::connect(&listener.local_addr().unwrap()).wait().unwrap();
    /// stream.set_ttl(3).unwrap();
    /// assert_eq!(stream.ttl().unwrap(), 3);
    /// ```
    pub fn set_ttl(&self, ttl: u32) -> io::Result<()> {
        self.io.get_ref().set_ttl(ttl)
    }

    /// Returns how long closing waits until everything is sent (`SO_LINGER`); `None` if it
    /// leaves that to the system.
    ///
    /// # Errors
    ///
    /// Those of `getsockopt(2)`.
    pub fn linger(&self) -> io::Result<Option<Duration>> {
        SockRef::from(self.io.get_ref()).linger()
    }

    /// Sets how long closing waits until everything is sent (`SO_LINGER`), in whole
    /// seconds.
    ///
    /// With zero, closing resets the connection and discards what was not sent. Any
    /// other time blocks the thread that drops the stream; `None` never does.
    ///
    /// # Errors
    ///
    /// Those of `setsockopt(2)`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io;
    /// use std::time::Duration;
    /// use tokio::net::TcpStream;
    ///
    /// // Ends with a reset in place of an orderly end.
    /// fn abort(stream: TcpStream) -> io::Result<()> {
    ///     stream.set_linger(Some(Duration::ZERO))
    /// }
    /// ```
    pub fn set_linger(&self, dur: Option<Duration>) -> io::Result<()> {
        SockRef::from(self.io.get_ref()).set_linger(dur)
    }

    /// Always fails: two streams that share a socket would take each other's wake-ups.
    ///
    /// # Errors
    ///
    /// Always.
    #[deprecated(since = "0.1.14", note = "use `split()`")]
    #[doc(hidden)]
    pub fn try_clone(&self) -> io::Result<TcpStream> {
        Err(io::Error::other("cannot clone a TcpStream; use split()"))
    }
}

fn start_connecting(
    stream: net::TcpStream,
    addr: &SocketAddr,
    handle: &Handle,
) -> io::Result<TcpStream> {
    stream.set_nonblocking(true)?;
    match SockRef::from(&stream).connect(&(*addr).into()) {
        Ok(()) => {}
        Err(error) if is_under_way(&error) => {}
        Err(error) => return Err(error),
    }
    let stream = mio1::net::TcpStream::from_std(stream);
    Ok(TcpStream::new(PollEvented::new_with_handle(stream, handle)?))
}

#[cfg(unix)]
use self::unix::is_under_way;
#[cfg(windows)]
use self::windows::is_under_way;

#[cfg(unix)]
mod unix {
    /// Whether connecting goes on by itself.
    pub(super) fn is_under_way(error: &std::io::Error) -> bool {
        error.raw_os_error() == Some(libc::EINPROGRESS)
    }
}

#[cfg(windows)]
mod windows {
    /// Whether connecting goes on by itself.
    pub(super) fn is_under_way(error: &std::io::Error) -> bool {
        error.kind() == std::io::ErrorKind::WouldBlock
    }
}

crate::net::methods::stream_traits!(TcpStream, &TcpStream);
crate::net::evented::evented!(TcpStream, mio1::net::TcpStream, |io| TcpStream::new(io));

impl fmt::Debug for TcpStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.io.get_ref().fmt(f)
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
