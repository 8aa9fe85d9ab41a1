//! TCP sockets that take connections.
//!
//! Called by programs of tokio 0.2; `incoming` has the stream of connections.
//!
//! Always true: a future of `accept` that is dropped has taken no connection.
//!
//! Why not 1.x's listener as it is? Here it is a stream too, and its connections are of this era.

use crate::net::incoming::incoming;
use crate::net::wrap::wraps;
use crate::net::{TcpStream, ToSocketAddrs};
use std::io;
use std::net::{self, SocketAddr};
use std::task::{Context, Poll};
use tokio_await::net as modern;

wraps! {
    /// Takes TCP connections.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::io::{AsyncReadExt, AsyncWriteExt};
    /// use tokio::net::{TcpListener, TcpStream};
    ///
    /// tokio::runtime::Runtime::new()?.block_on(async {
    ///     let mut listener = TcpListener::bind("127.0.0.1:0").await?;
    ///     let mut client = TcpStream::connect(listener.local_addr()?).await?;
    ///     let (mut server, _) = listener.accept().await?;
    ///     client.write_all(b"hello").await?;
    ///     let mut buf = [0; 5];
    ///     server.read_exact(&mut buf).await?;
    ///     assert_eq!(&buf, b"hello");
    ///     Ok::<(), std::io::Error>(())
    /// })?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    TcpListener,
    modern::TcpListener,
    net::TcpListener,
    mio_06::net::TcpListener = mio_06::net::TcpListener::from_std
}

incoming!(TcpListener, TcpStream);

impl TcpListener {
    /// Binds a listener to the first address of `addr` that can be bound.
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
    /// use tokio::net::TcpListener;
    ///
    /// #[tokio::main]
    /// async fn main() -> std::io::Result<()> {
    ///     let listener = TcpListener::bind("127.0.0.1:0").await?;
    ///     assert_ne!(listener.local_addr()?.port(), 0);
    ///     Ok(())
    /// }
    /// ```
    pub async fn bind<A: ToSocketAddrs>(addr: A) -> io::Result<TcpListener> {
        modern::TcpListener::bind(addr).await.map(TcpListener::from)
    }

    /// Waits for a connection, and returns it with the address of the peer.
    ///
    /// # Errors
    ///
    /// Those of `accept(2)`; if the runtime of the listener has shut down.
    ///
    /// # Dropping
    ///
    /// Loses no connection.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::net::{TcpListener, TcpStream};
    ///
    /// #[tokio::main]
    /// async fn main() -> std::io::Result<()> {
    ///     let mut listener = TcpListener::bind("127.0.0.1:0").await?;
    ///     let client = TcpStream::connect(listener.local_addr()?).await?;
    ///     let (_server, address) = listener.accept().await?;
    ///     assert_eq!(address, client.local_addr()?);
    ///     Ok(())
    /// }
    /// ```
    pub async fn accept(&mut self) -> io::Result<(TcpStream, SocketAddr)> {
        let (stream, peer) = self.inner.accept().await?;
        Ok((stream.into(), peer))
    }

    /// Polls for a connection.
    ///
    /// # Errors
    ///
    /// As [`accept`](TcpListener::accept).
    pub fn poll_accept(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<(TcpStream, SocketAddr)>> {
        self.inner.poll_accept(cx).map_ok(|(stream, peer)| (stream.into(), peer))
    }

    /// Returns the address that this listens at.
    ///
    /// # Errors
    ///
    /// Those of `getsockname(2)`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::net::{TcpListener, TcpStream};
    ///
    /// #[tokio::main]
    /// async fn main() -> std::io::Result<()> {
    ///     let listener = TcpListener::bind("127.0.0.1:0").await?;
    ///     TcpStream::connect(listener.local_addr()?).await?;
    ///     Ok(())
    /// }
    /// ```
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.inner.local_addr()
    }

    /// Returns the number of hops of a packet.
    ///
    /// # Errors
    ///
    /// Those of `getsockopt(2)`.
    pub fn ttl(&self) -> io::Result<u32> {
        self.inner.ttl()
    }

    /// Sets the number of hops of a packet.
    ///
    /// # Errors
    ///
    /// Those of `setsockopt(2)`.
    pub fn set_ttl(&self, ttl: u32) -> io::Result<()> {
        self.inner.set_ttl(ttl)
    }
}
