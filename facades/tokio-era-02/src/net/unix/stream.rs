//! Connections of Unix sockets.
//!
//! Called by programs of tokio 0.2, and by `listener` for what it accepts.
//!
//! Always true: a stream is one of `tokio-await`, and nothing of it is done twice.
//!
//! Why not 1.x's stream as it is? It implements the traits of 1.x; those of this era read in
//! another way.

use crate::io::forward_writes;
use crate::net::streams::{halves, reads};
use crate::net::wrap::wraps;
use std::io;
use std::net::Shutdown;
use std::os::unix::net::{self, SocketAddr};
use std::path::Path;
use std::pin::Pin;
use tokio_await::net as modern;
use tokio_await::net::parts::poll_map_shutdown;

wraps! {
    /// A connection of Unix sockets.
    UnixStream,
    modern::UnixStream,
    net::UnixStream
}

reads!([] UnixStream, |this| this.inner.engine());
forward_writes!([] UnixStream, |this| Pin::new(&mut this.get_mut().inner));
halves!(UnixStream, modern::unix);

impl UnixStream {
    /// Connects to the listener at `path`.
    ///
    /// # Errors
    ///
    /// Those of `connect(2)`; if the runtime has shut down.
    ///
    /// # Dropping
    ///
    /// Closes the socket.
    pub async fn connect<P: AsRef<Path>>(path: P) -> io::Result<UnixStream> {
        modern::UnixStream::connect(path).await.map(UnixStream::from)
    }

    /// Creates two sockets that are connected to each other.
    ///
    /// # Errors
    ///
    /// Those of `socketpair(2)`; if the runtime has shut down.
    ///
    /// # Panics
    ///
    /// If the thread has entered no runtime.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::io::{AsyncReadExt, AsyncWriteExt};
    /// use tokio::net::UnixStream;
    ///
    /// #[tokio::main]
    /// async fn main() -> std::io::Result<()> {
    ///     let (mut one, mut other) = UnixStream::pair()?;
    ///     one.write_u32(7).await?;
    ///     assert_eq!(other.read_u32().await?, 7);
    ///     Ok(())
    /// }
    /// ```
    #[track_caller]
    pub fn pair() -> io::Result<(UnixStream, UnixStream)> {
        let (one, other) = modern::UnixStream::pair()?;
        Ok((one.into(), other.into()))
    }

    /// Returns the address of this end.
    ///
    /// # Errors
    ///
    /// Those of `getsockname(2)`.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.inner.local_addr().map(SocketAddr::from)
    }

    /// Returns the address of the peer.
    ///
    /// # Errors
    ///
    /// Those of `getpeername(2)`.
    pub fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.inner.peer_addr().map(SocketAddr::from)
    }

    /// Returns whose process the peer is, as of when it connected.
    ///
    /// # Errors
    ///
    /// Those of `getsockopt(2)`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::net::UnixStream;
    ///
    /// #[tokio::main]
    /// async fn main() -> std::io::Result<()> {
    ///     let (one, _other) = UnixStream::pair()?;
    ///     let who = one.peer_cred()?;
    ///     println!("user {}, group {}", who.uid, who.gid);
    ///     Ok(())
    /// }
    /// ```
    pub fn peer_cred(&self) -> io::Result<UCred> {
        let cred = self.inner.peer_cred()?;
        Ok(UCred { uid: cred.uid(), gid: cred.gid() })
    }

    /// Returns the error that is pending on the socket, and clears it.
    ///
    /// # Errors
    ///
    /// Those of `getsockopt(2)`.
    pub fn take_error(&self) -> io::Result<Option<io::Error>> {
        self.inner.take_error()
    }

    /// Ends reading, writing or both.
    ///
    /// # Errors
    ///
    /// Those of `shutdown(2)`.
    pub fn shutdown(&self, how: Shutdown) -> io::Result<()> {
        self.inner.engine().shutdown(how)
    }
}

/// The user and the group of a process.
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// use tokio::net::UnixStream;
///
/// #[tokio::main]
/// async fn main() -> std::io::Result<()> {
///     let (one, other) = UnixStream::pair()?;
///     assert_eq!(one.peer_cred()?, other.peer_cred()?, "both ends are of this process");
///     Ok(())
/// }
/// ```
#[derive(Copy, Clone, Eq, PartialEq, Hash, Debug)]
pub struct UCred {
    /// The user's number.
    pub uid: u32,
    /// The group's number.
    pub gid: u32,
}
