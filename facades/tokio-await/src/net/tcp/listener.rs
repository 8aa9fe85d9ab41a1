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

    /// Binds to the first of the addresses that is free, and listens there once for each reactor of
    /// this runtime. Not in tokio.
    ///
    /// The system spreads connections over the listeners (`SO_REUSEPORT`), and each connection
    /// stays with the reactor of the listener that accepted it. So all of them are to be used, by
    /// a task each. A runtime has as many reactors as
    /// [`Builder::reactors`](crate::runtime::Builder::reactors) says; of one reactor there is one
    /// listener, as from [`bind`](TcpListener::bind).
    ///
    /// With port 0, the system picks one for all. If there are several, further processes of the
    /// same user may listen on the port.
    ///
    /// # Errors
    ///
    /// As for [`bind`](TcpListener::bind).
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
    /// use tokio::io::{AsyncReadExt, AsyncWriteExt};
    /// use tokio::net::{TcpListener, TcpStream};
    /// use tokio::runtime::Builder;
    ///
    /// let reactors = if cfg!(target_os = "linux") { 2 } else { 1 };
    /// let mut builder = Builder::new_multi_thread();
    /// let runtime = builder.worker_threads(2).reactors(reactors).enable_all().build()?;
    /// runtime.block_on(async {
    ///     let listeners = TcpListener::bind_sharded("127.0.0.1:0").await?;
    ///     let address = listeners[0].local_addr()?;
    ///     for listener in listeners {
    ///         tokio::spawn(async move {
    ///             loop {
    ///                 let (mut stream, _) = listener.accept().await.unwrap();
    ///                 tokio::spawn(async move { stream.write_all(b"hello").await });
    ///             }
    ///         });
    ///     }
    ///     let mut text = String::new();
    ///     TcpStream::connect(address).await?.read_to_string(&mut text).await?;
    ///     assert_eq!(text, "hello");
    ///     Ok::<(), std::io::Error>(())
    /// })?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub async fn bind_sharded<A: ToSocketAddrs>(addr: A) -> io::Result<Vec<TcpListener>> {
        let reactor = home::reactor();
        let bind = |address| {
            let bound = tokio::net::TcpListener::bind_sharded_with(&address, &reactor);
            ready(map_shutdown(bound))
        };
        Ok(first_of(addr, bind).await?.into_iter().map(TcpListener::from).collect())
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
        let socket = match self.inner.is_shard() {
            true => home::accepted_by_shard(self.evented(), socket),
            false => home::accepted(self.evented(), socket),
        };
        (TcpStream::of(socket), peer)
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
