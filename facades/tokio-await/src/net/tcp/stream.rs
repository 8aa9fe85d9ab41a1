//! A TCP connection, and its halves.
//!
//! Programs and libraries of tokio 1.x call it; the root crate's stream is inside and does the
//! transfers.
//!
//! Always true: reading and writing need only `&self` inside, so the halves (`net::streams`)
//! need no lock. One task waits for each direction through `AsyncRead` and `AsyncWrite`; any
//! number through `readable` and `writable`.
//!
//! Why not the root's stream itself? Its methods have the names and errors of tokio 0.1; `From`
//! leads from each to the other.

#[cfg(any(target_os = "linux", target_os = "android"))]
mod quickack;

use crate::io::{AsyncRead, AsyncWrite, Interest, ReadBuf, Ready};
use crate::net::address::first_of;
use crate::net::buffers::{into_buf, into_slice, poll_into, Peek, Recv};
use crate::net::home::{self, descriptor, map_shutdown, poll_map_shutdown};
use crate::net::sharing::{from_std, sharing};
use crate::net::streams::{halves, stream};
use crate::net::ToSocketAddrs;
use bytes1::BufMut;
use socket2::SockRef;
use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::net::{self, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio_reactor::PollEvented;

/// A connection.
///
/// # Dropping
///
/// Closes it.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::io::{AsyncReadExt, AsyncWriteExt};
/// use tokio::net::{TcpListener, TcpStream};
///
/// tokio::runtime::Runtime::new()?.block_on(async {
///     let listener = TcpListener::bind("127.0.0.1:0").await?;
///     let mut client = TcpStream::connect(listener.local_addr()?).await?;
///     let (mut served, _) = listener.accept().await?;
///     client.write_all(b"hello").await?;
///     let mut hello = [0; 5];
///     served.read_exact(&mut hello).await?;
///     assert_eq!(&hello, b"hello");
///     Ok::<(), std::io::Error>(())
/// })?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct TcpStream {
    inner: tokio::net::TcpStream,
}

from_std!(TcpStream, tokio::net::TcpStream, mio1::net::TcpStream, net::TcpStream);
descriptor!(TcpStream);
sharing!(TcpStream, poll_read_ready, poll_write_ready);
stream!(TcpStream, mio1::net::TcpStream);
halves!(TcpStream, SocketAddr);

impl TcpStream {
    /// Connects to the first of the addresses that answers.
    ///
    /// # Errors
    ///
    /// If a name cannot be looked up, or that of the last attempt.
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
    /// use tokio::net::{TcpListener, TcpStream};
    /// use tokio::runtime::Runtime;
    ///
    /// Runtime::new().unwrap().block_on(async {
    ///     let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    ///     let stream = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    ///     assert!(stream.peer_addr().unwrap().ip().is_loopback());
    /// });
    /// ```
    pub async fn connect<A: ToSocketAddrs>(addr: A) -> io::Result<TcpStream> {
        first_of(addr, |address| {
            let connecting = tokio::net::TcpStream::connect_with(&address, &home::reactor());
            async move { map_shutdown(connecting.await).map(TcpStream::from) }
        })
        .await
    }

    pub(super) fn of(evented: PollEvented<mio1::net::TcpStream>) -> TcpStream {
        TcpStream { inner: tokio::net::TcpStream::from_evented(evented) }
    }

    /// Waits until a connection that was begun is made.
    pub(super) async fn connecting(socket: net::TcpStream) -> io::Result<TcpStream> {
        let evented = home::register(mio1::net::TcpStream::from_std(socket))?;
        map_shutdown(tokio::net::TcpStream::from_connecting(evented).await).map(TcpStream::from)
    }

    /// Waits for data and reads it without taking it; returns how many bytes.
    ///
    /// # Errors
    ///
    /// Those of the system.
    ///
    /// # Dropping
    ///
    /// Loses nothing: what was there stays to be read.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use tokio_await as tokio;
    /// use tokio::net::TcpStream;
    ///
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     let stream = TcpStream::connect("127.0.0.1:8080").await.unwrap();
    ///     let mut first = [0; 1];
    ///     stream.peek(&mut first).await.unwrap();
    /// });
    /// ```
    pub async fn peek(&self, buf: &mut [u8]) -> io::Result<usize> {
        let peek = |socket: &_| into_slice(Peek(SockRef::from(socket)), buf);
        map_shutdown(self.evented().async_io(Interest::READABLE, peek).await).map(|(n, ())| n)
    }

    /// Reads data without taking it, or else the task is woken once there is some; returns
    /// how many bytes.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub fn poll_peek(
        &self,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<usize>> {
        let peek = |free: &mut [MaybeUninit<u8>]| {
            let peek = |socket: &_| SockRef::from(socket).peek(free);
            self.evented().poll_read_io(&cx.into(), peek).map_ok(|n| (n, ()))
        };
        // SAFETY: `peek` says how many bytes the system wrote, and nobody else writes.
        let polled = unsafe { poll_into(buf, peek) };
        poll_map_shutdown(polled).map_ok(|(n, ())| n)
    }

    /// Returns the address of this end.
    ///
    /// # Errors
    ///
    /// Those of the system.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use tokio_await as tokio;
    /// use tokio::net::TcpStream;
    ///
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     let stream = TcpStream::connect("127.0.0.1:8080").await.unwrap();
    ///     println!("from {}", stream.local_addr().unwrap());
    /// });
    /// ```
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.inner.local_addr()
    }

    /// Returns the address of the peer.
    ///
    /// # Errors
    ///
    /// Those of the system.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use tokio_await as tokio;
    /// use tokio::net::TcpStream;
    ///
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     let stream = TcpStream::connect("127.0.0.1:8080").await.unwrap();
    ///     assert_eq!(stream.peer_addr().unwrap().port(), 8080);
    /// });
    /// ```
    pub fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.inner.peer_addr()
    }

    /// Returns the error that the network has reported since the last call, if any.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub fn take_error(&self) -> io::Result<Option<io::Error>> {
        self.evented().get_ref().take_error()
    }

    /// Returns whether small writes are sent at once.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub fn nodelay(&self) -> io::Result<bool> {
        self.inner.nodelay()
    }

    /// Sets whether small writes are sent at once, or gathered.
    ///
    /// # Errors
    ///
    /// Those of the system.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::net::{TcpListener, TcpStream};
    /// use tokio::runtime::Runtime;
    ///
    /// Runtime::new().unwrap().block_on(async {
    ///     let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    ///     let stream = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    ///     stream.set_nodelay(true).unwrap();
    ///     assert!(stream.nodelay().unwrap());
    /// });
    /// ```
    pub fn set_nodelay(&self, nodelay: bool) -> io::Result<()> {
        self.inner.set_nodelay(nodelay)
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
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use tokio_await as tokio;
    /// use std::time::Duration;
    /// use tokio::net::TcpStream;
    ///
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     let stream = TcpStream::connect("127.0.0.1:8080").await.unwrap();
    ///     stream.set_linger(Some(Duration::from_secs(1))).unwrap();
    /// });
    /// ```
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

    /// Returns the number of hops that a packet may take.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub fn ttl(&self) -> io::Result<u32> {
        self.inner.ttl()
    }

    /// Sets the number of hops that a packet may take.
    ///
    /// # Errors
    ///
    /// Those of the system.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # use tokio_await as tokio;
    /// use tokio::net::TcpStream;
    ///
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     let stream = TcpStream::connect("127.0.0.1:8080").await.unwrap();
    ///     stream.set_ttl(32).unwrap();
    /// });
    /// ```
    pub fn set_ttl(&self, ttl: u32) -> io::Result<()> {
        self.inner.set_ttl(ttl)
    }
}

macro_rules! peeks {
    ([$($life:lifetime)?] $half:ty, |$this:ident| $stream:expr) => {
        impl$(<$life>)? $half {
            /// Waits for data and reads it without taking it; returns how many bytes.
            ///
            /// # Errors
            ///
            /// Those of the system.
            ///
            /// # Dropping
            ///
            /// Loses nothing: what was there stays to be read.
            pub async fn peek(&mut self, buf: &mut [u8]) -> io::Result<usize> {
                let $this = self;
                $stream.peek(buf).await
            }

            /// Reads data without taking it, or else the task is woken once there is some;
            /// returns how many bytes.
            ///
            /// # Errors
            ///
            /// Those of the system.
            pub fn poll_peek(
                &mut self,
                cx: &mut Context<'_>,
                buf: &mut ReadBuf<'_>,
            ) -> Poll<io::Result<usize>> {
                let $this = self;
                $stream.poll_peek(cx, buf)
            }
        }
    };
}

peeks!([] OwnedReadHalf, |half| half.stream);
peeks!(['a] ReadHalf<'a>, |half| half.0);
