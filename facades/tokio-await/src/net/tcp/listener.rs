//! A TCP socket that accepts connections.
//!
//! Called by programs. Wraps the root crate's listener.
//!
//! Always true: a wait for a connection that is dropped loses none.
//!
//! Why not re-export the root crate's? Its `accept` keeps one task; here any number may wait for a
//! connection.

use super::TcpStream;
use crate::io::Interest;
use crate::net::address::first_of;
use crate::net::home::{self, descriptor, map_shutdown, poll_map_shutdown};
use crate::net::sharing::from_std;
use crate::net::ToSocketAddrs;
use std::future::ready;
use std::io;
use std::net::{self, SocketAddr};
use std::task::{Context, Poll};

/// A socket that accepts connections.
///
/// Any number of tasks may accept at once.
///
/// # Dropping
///
/// Closes it; connections that were not accepted are refused.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::net::{TcpListener, TcpStream};
///
/// tokio::runtime::Runtime::new()?.block_on(async {
///     let listener = TcpListener::bind("127.0.0.1:0").await?;
///     let address = listener.local_addr()?;
///     let (accepted, connected) = tokio::join!(listener.accept(), TcpStream::connect(address));
///     assert_eq!(accepted?.1, connected?.local_addr()?);
///     Ok::<(), std::io::Error>(())
/// })?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct TcpListener {
    inner: tokio::net::TcpListener,
}

from_std!(TcpListener, tokio::net::TcpListener, mio1::net::TcpListener, net::TcpListener);
descriptor!(TcpListener);

impl TcpListener {
    /// Binds to the first of the addresses that is free, and listens.
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
    /// use tokio::net::TcpListener;
    /// use tokio::runtime::Runtime;
    ///
    /// Runtime::new().unwrap().block_on(async {
    ///     let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    ///     assert_ne!(listener.local_addr().unwrap().port(), 0);
    /// });
    /// ```
    pub async fn bind<A: ToSocketAddrs>(addr: A) -> io::Result<TcpListener> {
        first_of(addr, |address| {
            ready(mio1::net::TcpListener::bind(address).and_then(TcpListener::registered))
        })
        .await
    }

    /// Waits for a connection; returns it and the address of who made it.
    ///
    /// # Errors
    ///
    /// Those of the system: most are of one connection, or pass.
    ///
    /// # Dropping
    ///
    /// Loses no connection.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::io::AsyncWriteExt;
    /// use tokio::net::TcpListener;
    ///
    /// async fn serve(listener: TcpListener) -> std::io::Result<()> {
    ///     loop {
    ///         let (mut stream, from) = listener.accept().await?;
    ///         tokio::spawn(async move {
    ///             if let Err(error) = stream.write_all(b"hello\n").await {
    ///                 eprintln!("{from}: {error}");
    ///             }
    ///         });
    ///     }
    /// }
    /// ```
    pub async fn accept(&self) -> io::Result<(TcpStream, SocketAddr)> {
        let accepted = self.evented().async_io(Interest::READABLE, |listener| listener.accept());
        map_shutdown(accepted.await).map(|accepted| self.stream(accepted))
    }

    /// Accepts a connection if there is one, or else the task is woken once there is.
    ///
    /// Only the last task to ask by way of this method is woken.
    ///
    /// # Errors
    ///
    /// As for [`accept`](TcpListener::accept).
    pub fn poll_accept(&self, cx: &mut Context<'_>) -> Poll<io::Result<(TcpStream, SocketAddr)>> {
        let accepted = self.evented().poll_read_io(&cx.into(), |listener| listener.accept());
        poll_map_shutdown(accepted).map_ok(|accepted| self.stream(accepted))
    }

    fn stream(&self, accepted: (mio1::net::TcpStream, SocketAddr)) -> (TcpStream, SocketAddr) {
        let (socket, peer) = accepted;
        (TcpStream::of(home::accepted(self.evented(), socket)), peer)
    }

    /// Returns the address it is bound to.
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
    ///     let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    ///     assert_ne!(listener.local_addr().unwrap().port(), 0);
    /// });
    /// ```
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.inner.local_addr()
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
    /// ```
    /// # use tokio_await as tokio;
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    ///     listener.set_ttl(32).unwrap();
    ///     assert_eq!(listener.ttl().unwrap(), 32);
    /// });
    /// ```
    pub fn set_ttl(&self, ttl: u32) -> io::Result<()> {
        self.inner.set_ttl(ttl)
    }

    /// Registers a socket that listens.
    pub(super) fn of_std(listener: net::TcpListener) -> io::Result<TcpListener> {
        TcpListener::registered(mio1::net::TcpListener::from_std(listener))
    }
}
