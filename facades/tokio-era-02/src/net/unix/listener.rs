//! Unix sockets that take connections.

use crate::net::incoming::incoming;
use crate::net::wrap::wraps;
use crate::net::UnixStream;
use std::io;
use std::os::unix::net::{self, SocketAddr};
use std::path::Path;
use std::task::{Context, Poll};
use tokio_await::net as modern;

wraps! {
    /// Takes connections at a path.
    UnixListener,
    modern::UnixListener,
    net::UnixListener
}

incoming!(UnixListener, UnixStream);

impl UnixListener {
    /// Binds a listener to `path`, where there must be nothing.
    ///
    /// # Errors
    ///
    /// Those of `bind(2)`; if the runtime has shut down.
    ///
    /// # Panics
    ///
    /// If the thread has entered no runtime.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::net::{UnixListener, UnixStream};
    ///
    /// #[tokio::main]
    /// async fn main() -> std::io::Result<()> {
    ///     let path = std::env::temp_dir().join(format!("bind-{}.sock", std::process::id()));
    ///     let mut listener = UnixListener::bind(&path)?;
    ///     let (client, server) = tokio::join!(UnixStream::connect(&path), listener.accept());
    ///     client?;
    ///     server?;
    ///     std::fs::remove_file(&path)?;
    ///     Ok(())
    /// }
    /// ```
    #[track_caller]
    pub fn bind<P: AsRef<Path>>(path: P) -> io::Result<UnixListener> {
        modern::UnixListener::bind(path).map(UnixListener::from)
    }

    /// Returns the address that this listens at.
    ///
    /// # Errors
    ///
    /// Those of `getsockname(2)`.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.inner.local_addr().map(SocketAddr::from)
    }

    /// Returns the error that is pending on the socket, and clears it.
    ///
    /// # Errors
    ///
    /// Those of `getsockopt(2)`.
    pub fn take_error(&self) -> io::Result<Option<io::Error>> {
        self.inner.take_error()
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
    /// use tokio::io::{AsyncReadExt, AsyncWriteExt};
    /// use tokio::net::{UnixListener, UnixStream};
    ///
    /// #[tokio::main]
    /// async fn main() -> std::io::Result<()> {
    ///     let path = std::env::temp_dir().join(format!("accept-{}.sock", std::process::id()));
    ///     let mut listener = UnixListener::bind(&path)?;
    ///     let mut client = UnixStream::connect(&path).await?;
    ///     let (mut server, _) = listener.accept().await?;
    ///     server.write_all(b"hello").await?;
    ///     drop(server);
    ///     let mut text = String::new();
    ///     client.read_to_string(&mut text).await?;
    ///     assert_eq!(text, "hello");
    ///     std::fs::remove_file(&path)?;
    ///     Ok(())
    /// }
    /// ```
    pub async fn accept(&mut self) -> io::Result<(UnixStream, SocketAddr)> {
        let (stream, peer) = self.inner.accept().await?;
        Ok((stream.into(), peer.into()))
    }

    /// Polls for a connection.
    ///
    /// # Errors
    ///
    /// As [`accept`](UnixListener::accept).
    pub fn poll_accept(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<(UnixStream, SocketAddr)>> {
        self.inner.poll_accept(cx).map_ok(|(stream, peer)| (stream.into(), peer.into()))
    }
}
