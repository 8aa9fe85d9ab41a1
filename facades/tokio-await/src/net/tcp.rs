//! TCP.

use super::address::first_of;
use super::streams::stream;
use super::ToSocketAddrs;
use crate::io::{AsyncRead, AsyncWrite, ReadBuf};
use std::future::{poll_fn, ready};
use std::io;
use std::net::{self, SocketAddr};
use std::pin::Pin;
use std::task::{ready, Context, Poll};
use std::time::Duration;
use tokio_reactor::Handle;

/// A socket that accepts connections.
///
/// # Dropping
///
/// Closes it; connections that were not accepted are refused.
#[derive(Debug)]
pub struct TcpListener {
    inner: tokio::net::TcpListener,
}

impl TcpListener {
    /// Binds to the first of `address` that is free, and listens.
    ///
    /// # Errors
    ///
    /// If a name cannot be looked up, or the last error of the system.
    pub async fn bind<A: ToSocketAddrs>(address: A) -> io::Result<TcpListener> {
        first_of(address, |address| {
            ready(tokio::net::TcpListener::bind(&address).map(TcpListener::from))
        })
        .await
    }

    /// Waits for a connection; says also who made it.
    ///
    /// # Errors
    ///
    /// Those of the system: most are of one connection, or pass.
    ///
    /// # Dropping
    ///
    /// Loses no connection.
    pub async fn accept(&self) -> io::Result<(TcpStream, SocketAddr)> {
        poll_fn(|cx| self.poll_accept(cx)).await
    }

    /// [`accept`](TcpListener::accept), by hand.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn poll_accept(&self, cx: &mut Context<'_>) -> Poll<io::Result<(TcpStream, SocketAddr)>> {
        self.inner.poll_accept_cx(&cx.into()).map_ok(|(stream, peer)| (stream.into(), peer))
    }

    /// A listener from one of std, which must be non-blocking.
    ///
    /// # Errors
    ///
    /// If it cannot be registered.
    pub fn from_std(listener: net::TcpListener) -> io::Result<TcpListener> {
        tokio::net::TcpListener::from_std(listener, &Handle::default()).map(TcpListener::from)
    }

    /// The address it is bound to.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.inner.local_addr()
    }
}

impl From<tokio::net::TcpListener> for TcpListener {
    fn from(inner: tokio::net::TcpListener) -> TcpListener {
        TcpListener { inner }
    }
}

impl From<TcpListener> for tokio::net::TcpListener {
    fn from(listener: TcpListener) -> tokio::net::TcpListener {
        listener.inner
    }
}

/// A connection.
///
/// # Dropping
///
/// Closes it.
#[derive(Debug)]
pub struct TcpStream {
    inner: tokio::net::TcpStream,
}

stream!(TcpStream);

/// The half of a connection that reads.
pub type OwnedReadHalf = super::OwnedReadHalf<TcpStream>;

/// The half of a connection that writes.
pub type OwnedWriteHalf = super::OwnedWriteHalf<TcpStream>;

/// The half of a connection that reads, for one task.
pub type ReadHalf<'a> = &'a TcpStream;

/// The half of a connection that writes, for one task.
pub type WriteHalf<'a> = &'a TcpStream;

impl TcpStream {
    /// Connects to the first of `address` that answers.
    ///
    /// # Errors
    ///
    /// If a name cannot be looked up, or that of the last attempt.
    ///
    /// # Dropping
    ///
    /// Gives up.
    pub async fn connect<A: ToSocketAddrs>(address: A) -> io::Result<TcpStream> {
        first_of(address, |address| async move {
            tokio::net::TcpStream::connect(&address).await.map(TcpStream::from)
        })
        .await
    }

    /// A stream from one of std, which must be non-blocking.
    ///
    /// # Errors
    ///
    /// If it cannot be registered.
    pub fn from_std(stream: net::TcpStream) -> io::Result<TcpStream> {
        tokio::net::TcpStream::from_std(stream, &Handle::default()).map(TcpStream::from)
    }

    /// Reads without taking what it reads.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub async fn peek(&self, buf: &mut [u8]) -> io::Result<usize> {
        poll_fn(|cx| self.inner.poll_peek_cx(&cx.into(), buf)).await
    }

    /// This side's address.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.inner.local_addr()
    }

    /// The other side's address.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.inner.peer_addr()
    }

    /// Whether small writes are sent at once.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub fn nodelay(&self) -> io::Result<bool> {
        self.inner.nodelay()
    }

    /// Has small writes sent at once, or gathered.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub fn set_nodelay(&self, nodelay: bool) -> io::Result<()> {
        self.inner.set_nodelay(nodelay)
    }

    /// The hops that a packet may take.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub fn ttl(&self) -> io::Result<u32> {
        self.inner.ttl()
    }

    /// Sets the hops that a packet may take.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub fn set_ttl(&self, ttl: u32) -> io::Result<()> {
        self.inner.set_ttl(ttl)
    }

    /// How long a close waits for what was written to be sent.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub fn linger(&self) -> io::Result<Option<Duration>> {
        self.inner.linger()
    }

    /// Sets how long a close waits for what was written to be sent.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub fn set_linger(&self, duration: Option<Duration>) -> io::Result<()> {
        self.inner.set_linger(duration)
    }
}
