//! A Unix socket that neither listens nor is connected yet.
//!
//! Programs make one to set it up before `listen`, `connect` or `datagram`.
//!
//! Always true: the kind is fixed when it is made; what does not fit it is refused with an
//! error. It is registered with no reactor before it is one of those.
//!
//! Why is the kind checked here? The system would refuse with a number that says nothing of
//! datagrams; the texts are tokio's.

use super::datagram::to_sock_addr;
use super::{UnixDatagram, UnixListener, UnixStream};
use socket2::{Domain, Socket, Type};
use std::fmt;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, IntoRawFd, RawFd};
use std::path::Path;

/// A Unix socket that can be bound before it is connected or listens.
///
/// # Dropping
///
/// Closes it.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::net::{UnixSocket, UnixStream};
///
/// #[tokio::main]
/// async fn main() -> std::io::Result<()> {
///     let path = std::env::temp_dir().join(format!("unix-socket-{}.sock", std::process::id()));
///     let socket = UnixSocket::new_stream()?;
///     socket.bind(&path)?;
///     let listener = socket.listen(16)?;
///     let (client, server) = tokio::join!(UnixStream::connect(&path), listener.accept());
///     client?;
///     server?;
///     std::fs::remove_file(&path)?;
///     Ok(())
/// }
/// ```
pub struct UnixSocket {
    inner: Socket,
}

impl UnixSocket {
    /// Makes a socket for datagrams.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub fn new_datagram() -> io::Result<UnixSocket> {
        UnixSocket::new(Type::DGRAM)
    }

    /// Makes a socket for streams.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub fn new_stream() -> io::Result<UnixSocket> {
        UnixSocket::new(Type::STREAM)
    }

    fn new(kind: Type) -> io::Result<UnixSocket> {
        let inner = Socket::new(Domain::UNIX, kind, None)?;
        inner.set_nonblocking(true)?;
        Ok(UnixSocket { inner })
    }

    fn expect(&self, kind: Type, otherwise: &'static str) -> io::Result<()> {
        if self.inner.r#type()? == kind {
            Ok(())
        } else {
            Err(io::Error::other(otherwise))
        }
    }

    /// Binds the socket to `path`.
    ///
    /// # Errors
    ///
    /// Those of the system.
    pub fn bind(&self, path: impl AsRef<Path>) -> io::Result<()> {
        self.inner.bind(&to_sock_addr(path.as_ref())?)
    }

    /// Listens, with room for `backlog` connections that are not accepted yet.
    ///
    /// # Errors
    ///
    /// If it is a datagram socket; those of the system.
    ///
    /// # Panics
    ///
    /// If the thread has entered no runtime.
    pub fn listen(self, backlog: u32) -> io::Result<UnixListener> {
        self.expect(Type::STREAM, "listen cannot be called on a datagram socket")?;
        self.inner.listen(i32::try_from(backlog).unwrap_or(i32::MAX))?;
        UnixListener::of_std(self.inner.into())
    }

    /// Connects to the socket at `path`.
    ///
    /// # Errors
    ///
    /// If it is a datagram socket; those of the system.
    ///
    /// # Panics
    ///
    /// If the thread has entered no runtime.
    ///
    /// # Dropping
    ///
    /// Gives up.
    pub async fn connect(self, path: impl AsRef<Path>) -> io::Result<UnixStream> {
        self.expect(Type::STREAM, "connect cannot be called on a datagram socket")?;
        if let Err(error) = self.inner.connect(&to_sock_addr(path.as_ref())?) {
            if error.raw_os_error() != Some(libc::EINPROGRESS) {
                return Err(error);
            }
        }
        UnixStream::connecting(mio1::net::UnixStream::from_std(self.inner.into())).await
    }

    /// Makes a datagram socket of it.
    ///
    /// # Errors
    ///
    /// If it is a stream socket; those of the system.
    ///
    /// # Panics
    ///
    /// If the thread has entered no runtime.
    pub fn datagram(self) -> io::Result<UnixDatagram> {
        self.expect(Type::DGRAM, "datagram cannot be called on a stream socket")?;
        UnixDatagram::of_std(self.inner.into())
    }
}

impl AsRawFd for UnixSocket {
    fn as_raw_fd(&self) -> RawFd {
        self.inner.as_raw_fd()
    }
}

impl AsFd for UnixSocket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.inner.as_fd()
    }
}

impl IntoRawFd for UnixSocket {
    fn into_raw_fd(self) -> RawFd {
        self.inner.into_raw_fd()
    }
}

#[expect(unsafe_code, reason = "taking a descriptor is unsafe")]
mod raw {
    use super::UnixSocket;
    use socket2::Socket;
    use std::os::fd::{FromRawFd, RawFd};

    impl FromRawFd for UnixSocket {
        /// Takes a Unix socket, which must be non-blocking.
        unsafe fn from_raw_fd(fd: RawFd) -> UnixSocket {
            // SAFETY: the caller owns `fd`.
            UnixSocket { inner: unsafe { Socket::from_raw_fd(fd) } }
        }
    }
}

impl fmt::Debug for UnixSocket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}
