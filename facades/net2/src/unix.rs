//! What the builders offer on Unix alone.

use std::io;

use socket2::Socket;

use crate::builder::{TcpBuilder, UdpBuilder};

/// Unix options of a [`TcpBuilder`].
///
/// # Examples
///
/// ```
/// use net2::unix::UnixTcpBuilderExt;
/// use net2::TcpBuilder;
///
/// let builder = TcpBuilder::new_v4()?;
/// assert!(builder.reuse_port(true)?.get_reuse_port()?);
/// # Ok::<(), std::io::Error>(())
/// ```
pub trait UnixTcpBuilderExt {
    /// Lets several sockets be bound to one address (`SO_REUSEPORT`).
    ///
    /// # Errors
    ///
    /// Those of `setsockopt(2)`; if the socket was handed out before.
    fn reuse_port(&self, reuse: bool) -> io::Result<&Self>;

    /// Returns whether `SO_REUSEPORT` is set.
    ///
    /// # Errors
    ///
    /// Those of `getsockopt(2)`; if the socket was handed out before.
    fn get_reuse_port(&self) -> io::Result<bool>;
}

impl UnixTcpBuilderExt for TcpBuilder {
    fn reuse_port(&self, reuse: bool) -> io::Result<&Self> {
        self.0.with(|socket| socket.set_reuse_port(reuse))?;
        Ok(self)
    }

    fn get_reuse_port(&self) -> io::Result<bool> {
        self.0.with(Socket::reuse_port)
    }
}

/// Unix options of a [`UdpBuilder`].
pub trait UnixUdpBuilderExt {
    /// Lets several sockets be bound to one address (`SO_REUSEPORT`).
    ///
    /// # Errors
    ///
    /// Those of `setsockopt(2)`; if the socket was handed out before.
    fn reuse_port(&self, reuse: bool) -> io::Result<&Self>;

    /// Returns whether `SO_REUSEPORT` is set.
    ///
    /// # Errors
    ///
    /// Those of `getsockopt(2)`; if the socket was handed out before.
    fn get_reuse_port(&self) -> io::Result<bool>;
}

impl UnixUdpBuilderExt for UdpBuilder {
    fn reuse_port(&self, reuse: bool) -> io::Result<&Self> {
        self.0.with(|socket| socket.set_reuse_port(reuse))?;
        Ok(self)
    }

    fn get_reuse_port(&self) -> io::Result<bool> {
        self.0.with(Socket::reuse_port)
    }
}
