//! TCP connections, and their halves.
//!
//! Used by programs, and by `listener`, which makes them of what it accepts.
//!
//! Always true: a stream is one of `tokio-await`; what 0.2 calls otherwise is named anew here,
//! and nothing is done twice.
//!
//! Why not the type of 1.x? Some methods have other names or take `&mut self`, and the traits of
//! this era are other ones.

use crate::io::forward_writes;
use crate::net::streams::{halves, reads};
use crate::net::wrap::wraps;
use crate::net::ToSocketAddrs;
use std::io;
use std::net::{self, Shutdown, SocketAddr};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio_await::io::ReadBuf;
use tokio_await::net as modern;
use tokio_await::net::parts::poll_map_shutdown;

wraps! {
    /// A TCP connection.
    TcpStream,
    modern::TcpStream,
    net::TcpStream,
    mio_06::net::TcpStream = mio_06::net::TcpStream::from_stream
}

reads!([] TcpStream, |this| this.inner.engine());
forward_writes!([] TcpStream, |this| Pin::new(&mut this.get_mut().inner));
halves!(TcpStream, modern::tcp);

/// Options that can be read and set.
macro_rules! options {
    ($( $what:literal, $get:ident, $set:ident, $type:ty; )*) => {
        impl TcpStream { $(
            #[doc = concat!("Returns ", $what, ".")]
            ///
            /// # Errors
            ///
            /// Those of `getsockopt(2)`.
            pub fn $get(&self) -> io::Result<$type> {
                self.inner.engine().$get()
            }

            #[doc = concat!("Sets ", $what, ".")]
            ///
            /// # Errors
            ///
            /// Those of `setsockopt(2)`.
            pub fn $set(&self, value: $type) -> io::Result<()> {
                self.inner.engine().$set(value)
            }
        )* }
    };
}

options! {
    "whether small writes are sent at once", nodelay, set_nodelay, bool;
    "the size of the receive buffer in bytes", recv_buffer_size, set_recv_buffer_size, usize;
    "the size of the send buffer in bytes", send_buffer_size, set_send_buffer_size, usize;
    "after how long without data a probe is sent, if at all", keepalive, set_keepalive, Option<Duration>;
    "the number of hops of a packet", ttl, set_ttl, u32;
    "how long a drop waits for data to be sent, if at all", linger, set_linger, Option<Duration>;
}

impl TcpStream {
    /// Connects to the first address of `addr` that answers.
    ///
    /// # Errors
    ///
    /// Those of the last address, or of the lookup.
    ///
    /// # Dropping
    ///
    /// Closes the socket.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::io::AsyncReadExt;
    /// use tokio::net::{TcpListener, TcpStream};
    ///
    /// #[tokio::main]
    /// async fn main() -> std::io::Result<()> {
    ///     let mut listener = TcpListener::bind("127.0.0.1:0").await?;
    ///     let mut stream = TcpStream::connect(listener.local_addr()?).await?;
    ///     drop(listener.accept().await?);
    ///     assert_eq!(stream.read(&mut [0; 8]).await?, 0, "the other side has closed it");
    ///     Ok(())
    /// }
    /// ```
    pub async fn connect<A: ToSocketAddrs>(addr: A) -> io::Result<TcpStream> {
        modern::TcpStream::connect(addr).await.map(TcpStream::from)
    }

    /// Connects a socket of std's that is not connected yet.
    ///
    /// # Errors
    ///
    /// Those of `connect(2)`.
    ///
    /// # Dropping
    ///
    /// Closes the socket.
    // Hidden: as tokio 0.2 hides it.
    #[doc(hidden)]
    pub async fn connect_std(stream: net::TcpStream, addr: &SocketAddr) -> io::Result<TcpStream> {
        stream.set_nonblocking(true)?;
        let socket = modern::TcpSocket::from_std_stream(stream);
        socket.connect(*addr).await.map(TcpStream::from)
    }

    /// Returns the address of this end.
    ///
    /// # Errors
    ///
    /// Those of `getsockname(2)`.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.inner.local_addr()
    }

    /// Returns the address of the peer.
    ///
    /// # Errors
    ///
    /// Those of `getpeername(2)`.
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
    ///     let stream = TcpStream::connect(listener.local_addr()?).await?;
    ///     assert_eq!(stream.peer_addr()?, listener.local_addr()?);
    ///     Ok(())
    /// }
    /// ```
    pub fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.inner.peer_addr()
    }

    /// Waits for data, copies it to `buf`, and leaves it to be read; returns how many bytes.
    ///
    /// # Errors
    ///
    /// Those of `recv(2)`; if the runtime of the socket has shut down.
    ///
    /// # Dropping
    ///
    /// Loses nothing: what was there stays to be read.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::io::{AsyncReadExt, AsyncWriteExt};
    /// use tokio::net::{TcpListener, TcpStream};
    ///
    /// #[tokio::main]
    /// async fn main() -> std::io::Result<()> {
    ///     let mut listener = TcpListener::bind("127.0.0.1:0").await?;
    ///     let mut client = TcpStream::connect(listener.local_addr()?).await?;
    ///     let (mut server, _) = listener.accept().await?;
    ///     client.write_all(b"x").await?;
    ///     let mut buf = [0; 1];
    ///     assert_eq!(server.peek(&mut buf).await?, 1);
    ///     assert_eq!(server.read_u8().await?, b'x', "still there");
    ///     Ok(())
    /// }
    /// ```
    pub async fn peek(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.inner.peek(buf).await
    }

    /// Polls for data, copies it to `buf`, and leaves it to be read; returns how many bytes.
    ///
    /// # Errors
    ///
    /// As [`peek`](TcpStream::peek).
    pub fn poll_peek(&mut self, cx: &mut Context<'_>, buf: &mut [u8]) -> Poll<io::Result<usize>> {
        self.inner.poll_peek(cx, &mut ReadBuf::new(buf))
    }

    /// Ends reading, writing or both.
    ///
    /// # Errors
    ///
    /// Those of `shutdown(2)`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use std::net::Shutdown;
    /// use tokio::io::AsyncReadExt;
    /// use tokio::net::{TcpListener, TcpStream};
    ///
    /// #[tokio::main]
    /// async fn main() -> std::io::Result<()> {
    ///     let mut listener = TcpListener::bind("127.0.0.1:0").await?;
    ///     let client = TcpStream::connect(listener.local_addr()?).await?;
    ///     let (mut server, _) = listener.accept().await?;
    ///     client.shutdown(Shutdown::Write)?;
    ///     assert_eq!(server.read(&mut [0; 8]).await?, 0, "the end");
    ///     Ok(())
    /// }
    /// ```
    pub fn shutdown(&self, how: Shutdown) -> io::Result<()> {
        self.inner.engine().shutdown(how)
    }
}

/// Peeking, by the half that reads.
macro_rules! peeks {
    ($($half:ty),*) => { $(
        impl $half {
            /// Waits for data, copies it to `buf`, and leaves it to be read; returns how many
            /// bytes.
            ///
            /// # Errors
            ///
            /// As [`TcpStream::peek`].
            ///
            /// # Dropping
            ///
            /// Loses nothing: what was there stays to be read.
            pub async fn peek(&mut self, buf: &mut [u8]) -> io::Result<usize> {
                self.inner.peek(buf).await
            }

            /// Polls for data, copies it to `buf`, and leaves it to be read; returns how many
            /// bytes.
            ///
            /// # Errors
            ///
            /// As [`TcpStream::peek`].
            pub fn poll_peek(
                &mut self,
                cx: &mut Context<'_>,
                buf: &mut [u8],
            ) -> Poll<io::Result<usize>> {
                self.inner.poll_peek(cx, &mut ReadBuf::new(buf))
            }
        }
    )* };
}

peeks!(OwnedReadHalf, ReadHalf<'_>);
