//! A socket that waits for connections.
//!
//! Programs of tokio 0.1 call it; the listeners of tokio 1.x and 0.2 have one inside.
//!
//! Always true: a connection is accepted in one system call, which makes it
//! non-blocking as well; it is registered with a reactor only if it has to wait.
//!
//! Why not register it at once? A listener that is only bound, to hold a port or to be handed on,
//! needs no reactor.

use super::{Incoming, TcpStream};
use socket2::SockRef;
use std::fmt;
use std::io;
use std::net::{self, SocketAddr};
use std::task::{ready, Poll};
use tokio_executor::internals::convert::{into_async, or_would_block};
use tokio_executor::task::Context;
use tokio_reactor::{Handle, PollEvented};

/// A socket that listens for TCP connections.
///
/// # Dropping
///
/// Closes the socket. Connections that were not accepted yet are reset.
///
/// # Examples
///
/// ```
/// use tokio::net::TcpListener;
/// use futures::{Future, Stream};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let listener = TcpListener::bind(&"127.0.0.1:0".parse()?)?;
/// let addr = listener.local_addr()?;
/// let server = listener.incoming().take(1).for_each(|connection| {
///     println!("{} is here", connection.peer_addr()?);
///     Ok(())
/// });
/// let client = std::net::TcpStream::connect(addr)?;
/// server.wait()?;
/// drop(client);
/// # Ok(())
/// # }
/// ```
pub struct TcpListener {
    pub(super) io: PollEvented<mio1::net::TcpListener>,
    /// What it accepts belongs to its own reactor.
    pub(super) is_shard: bool,
}

impl TcpListener {
    /// Listens on `addr`, with `SO_REUSEADDR` set.
    ///
    /// With port 0, the system picks one; [`local_addr`](TcpListener::local_addr) says
    /// which.
    ///
    /// # Errors
    ///
    /// If the address is in use, or is not one of this machine's.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::net::TcpListener;
    ///
    /// let listener = TcpListener::bind(&"127.0.0.1:0".parse().unwrap())?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn bind(addr: &SocketAddr) -> io::Result<TcpListener> {
        let listener = mio1::net::TcpListener::bind(*addr)?;
        Ok(TcpListener { io: PollEvented::new(listener), is_shard: false })
    }

    /// Listens on `addr` once for each reactor of the runtime that this thread belongs to.
    ///
    /// The system spreads connections over the listeners (`SO_REUSEPORT`), and each connection
    /// stays with the reactor of the listener that accepted it. So all of them are to be used, by
    /// a task each: connections that came to one of them wait for that one. A runtime has as many
    /// reactors as [`Builder::reactors`](crate::runtime::Builder::reactors) says; of one reactor
    /// there is one listener, as from [`bind`](TcpListener::bind).
    ///
    /// With port 0, the system picks one for all. If there are several, further processes of the
    /// same user may listen on the port.
    ///
    /// # Errors
    ///
    /// If the address is in use, or is not one of this machine's; if the thread belongs to no
    /// runtime; or if the runtime has shut down.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::{future, Future, Stream};
    /// use tokio::io::{self, AsyncRead};
    /// use tokio::net::{TcpListener, TcpStream};
    /// use tokio::runtime::Builder;
    ///
    /// # fn main() -> std::io::Result<()> {
    /// let reactors = if cfg!(target_os = "linux") { 2 } else { 1 };
    /// let mut runtime = Builder::new().core_threads(2).reactors(reactors).build()?;
    /// let addr = runtime.block_on(future::lazy(move || {
    ///     let listeners = TcpListener::bind_sharded(&"127.0.0.1:0".parse().unwrap())?;
    ///     assert_eq!(listeners.len(), reactors);
    ///     let addr = listeners[0].local_addr()?;
    ///     for listener in listeners {
    ///         let server = listener.incoming().for_each(|stream| {
    ///             let (reader, writer) = stream.split();
    ///             tokio::spawn(io::copy(reader, writer).map(drop).map_err(drop));
    ///             Ok(())
    ///         });
    ///         tokio::spawn(server.map_err(|error| eprintln!("cannot accept: {error}")));
    ///     }
    ///     Ok::<_, std::io::Error>(addr)
    /// }))?;
    /// let echoed = TcpStream::connect(&addr)
    ///     .and_then(|stream| io::write_all(stream, *b"hello"))
    ///     .and_then(|(stream, _)| io::read_exact(stream, [0; 5]));
    /// assert_eq!(runtime.block_on(echoed)?.1, *b"hello");
    /// # Ok(())
    /// # }
    /// ```
    pub fn bind_sharded(addr: &SocketAddr) -> io::Result<Vec<TcpListener>> {
        match Handle::entered() {
            Some(reactor) => TcpListener::bind_sharded_with(addr, &reactor),
            None => Err(io::Error::other(
                "cannot bind a listener for each reactor: this thread belongs to no runtime; call \
                 bind_sharded in a task",
            )),
        }
    }

    /// Works like [`bind_sharded`](TcpListener::bind_sharded), for the runtime that `reactor`
    /// belongs to.
    // Hidden: for the interface of tokio 1.x.
    #[doc(hidden)]
    pub fn bind_sharded_with(addr: &SocketAddr, reactor: &Handle) -> io::Result<Vec<TcpListener>> {
        super::sharded::bind(*addr, &reactor.siblings())
    }

    /// Returns whether what this accepts is to stay with its reactor.
    // Hidden: for the interface of tokio 1.x.
    #[doc(hidden)]
    pub fn is_shard(&self) -> bool {
        self.is_shard
    }

    /// Works like [`poll_accept`](TcpListener::poll_accept), with "not yet" as an error.
    ///
    /// # Errors
    ///
    /// As for [`poll_accept`](TcpListener::poll_accept); `WouldBlock` is "not yet".
    #[deprecated(since = "0.1.2", note = "use poll_accept")]
    #[doc(hidden)]
    pub fn accept(&mut self) -> io::Result<(TcpStream, SocketAddr)> {
        or_would_block(self.poll_accept_cx(&Context::current()))
    }

    /// Returns the next connection, and where it comes from; or else the current task is woken
    /// when there is one.
    ///
    /// # Errors
    ///
    /// Every error of `accept(2)`, also those that concern one connection only, and
    /// those that pass. [`incoming`](TcpListener::incoming) deals with these.
    ///
    /// # Panics
    ///
    /// If there is no connection, and no current task.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::net::TcpListener;
    /// use futures::{future, Future};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mut listener = TcpListener::bind(&"127.0.0.1:0".parse()?)?;
    /// let client = std::net::TcpStream::connect(listener.local_addr()?)?;
    /// let (connection, peer) = future::poll_fn(|| listener.poll_accept()).wait()?;
    /// assert_eq!(peer, client.local_addr()?);
    /// # Ok(())
    /// # }
    /// ```
    pub fn poll_accept(&mut self) -> futures::Poll<(TcpStream, SocketAddr), io::Error> {
        into_async(self.poll_accept_cx(&Context::current()))
    }

    /// Works like [`poll_accept`](TcpListener::poll_accept), for a task of either kind.
    ///
    /// # Errors
    ///
    /// As for [`poll_accept`](TcpListener::poll_accept).
    pub fn poll_accept_cx(&self, cx: &Context<'_>) -> Poll<io::Result<(TcpStream, SocketAddr)>> {
        let (socket, peer) = ready!(self.io.poll_read_io(cx, |listener| listener.accept()))?;
        let home = if self.is_shard { self.io.home().clone() } else { Handle::default() };
        Poll::Ready(Ok((TcpStream::accepted(socket, home), peer)))
    }

    /// Works like [`poll_accept_std`](TcpListener::poll_accept_std), with "not yet" as an
    /// error.
    ///
    /// # Errors
    ///
    /// As for [`poll_accept`](TcpListener::poll_accept); `WouldBlock` is "not yet".
    #[deprecated(since = "0.1.2", note = "use poll_accept_std")]
    #[doc(hidden)]
    pub fn accept_std(&mut self) -> io::Result<(net::TcpStream, SocketAddr)> {
        or_would_block(self.poll_accept_std_cx(&Context::current()))
    }

    /// Returns the next connection as a stream of the standard library's, in blocking mode; or
    /// else the current task is woken when there is one.
    ///
    /// With [`TcpStream::from_std`] it can then be given to another reactor.
    ///
    /// # Errors
    ///
    /// As for [`poll_accept`](TcpListener::poll_accept).
    ///
    /// # Panics
    ///
    /// As for [`poll_accept`](TcpListener::poll_accept).
    pub fn poll_accept_std(&mut self) -> futures::Poll<(net::TcpStream, SocketAddr), io::Error> {
        into_async(self.poll_accept_std_cx(&Context::current()))
    }

    /// Works like [`poll_accept_std`](TcpListener::poll_accept_std), for a task of either kind.
    ///
    /// # Errors
    ///
    /// As for [`poll_accept`](TcpListener::poll_accept).
    pub fn poll_accept_std_cx(
        &self,
        cx: &Context<'_>,
    ) -> Poll<io::Result<(net::TcpStream, SocketAddr)>> {
        let accept = |listener: &mio1::net::TcpListener| SockRef::from(listener).accept();
        let (socket, peer) = ready!(self.io.poll_read_io(cx, accept))?;
        let peer = peer.as_socket().ok_or_else(|| {
            io::Error::new(io::ErrorKind::InvalidData, "the peer's address is not an IP address")
        })?;
        Poll::Ready(Ok((socket.into(), peer)))
    }

    /// Makes a listener of one of the standard library's, registered with `handle`'s
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
    /// use tokio::net::TcpListener;
    /// use tokio_reactor::Handle;
    ///
    /// let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    /// let listener = TcpListener::from_std(listener, &Handle::default())?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn from_std(listener: net::TcpListener, handle: &Handle) -> io::Result<TcpListener> {
        listener.set_nonblocking(true)?;
        let listener = mio1::net::TcpListener::from_std(listener);
        let io = PollEvented::new_with_handle(listener, handle)?;
        Ok(TcpListener { io, is_shard: false })
    }

    /// Returns the address that this socket listens on.
    ///
    /// # Errors
    ///
    /// Those of `getsockname(2)`.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::net::TcpListener;
    ///
    /// // The system picks the port.
    /// let listener = TcpListener::bind(&"127.0.0.1:0".parse().unwrap()).unwrap();
    /// assert_ne!(listener.local_addr().unwrap().port(), 0);
    /// ```
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.io.get_ref().local_addr()
    }

    /// Returns the connections, one after the other, without end.
    ///
    /// See [`Incoming`] for what it does about errors.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::{Future, Stream};
    /// use tokio::net::TcpListener;
    ///
    /// let listener = TcpListener::bind(&"127.0.0.1:0".parse().unwrap()).unwrap();
    /// let server = listener.incoming().for_each(|stream| {
    ///     println!("connection from {}", stream.peer_addr()?);
    ///     Ok(())
    /// });
    /// let server = server.map_err(|error| eprintln!("cannot accept: {error}"));
    /// ```
    pub fn incoming(self) -> Incoming {
        Incoming::new(self)
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
    /// use tokio::net::TcpListener;
    ///
    /// let listener = TcpListener::bind(&"127.0.0.1:0".parse().unwrap()).unwrap();
    /// listener.set_ttl(100).unwrap();
    /// assert_eq!(listener.ttl().unwrap(), 100);
    /// ```
    pub fn set_ttl(&self, ttl: u32) -> io::Result<()> {
        self.io.get_ref().set_ttl(ttl)
    }
}

crate::net::evented::evented!(TcpListener, mio1::net::TcpListener, |io| TcpListener {
    io,
    is_shard: false
});

impl fmt::Debug for TcpListener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.io.get_ref().fmt(f)
    }
}
