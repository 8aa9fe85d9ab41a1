//! The address of a Unix socket.

use std::fmt;
use std::io;
use std::os::unix::net;
use std::path::Path;

/// The address of a Unix socket: a path, an abstract name, or none.
#[derive(Clone)]
pub struct SocketAddr(pub(super) net::SocketAddr);

impl SocketAddr {
    pub(super) fn of(address: &socket2::SockAddr) -> io::Result<SocketAddr> {
        tokio::net::unix::of_sock_addr(address).map(SocketAddr)
    }

    /// Returns whether the socket is bound to nothing.
    pub fn is_unnamed(&self) -> bool {
        self.0.is_unnamed()
    }

    /// Returns the path that the socket is bound to, if it is.
    pub fn as_pathname(&self) -> Option<&Path> {
        self.0.as_pathname()
    }

    /// Returns the abstract name that the socket is bound to, without the NUL byte that marks
    /// it, if it is.
    pub fn as_abstract_name(&self) -> Option<&[u8]> {
        platform::abstract_name(&self.0)
    }
}

#[cfg(any(target_os = "linux", target_os = "android"))]
mod platform {
    use std::os::linux::net::SocketAddrExt;
    use std::os::unix::net::SocketAddr;

    pub(super) fn abstract_name(address: &SocketAddr) -> Option<&[u8]> {
        address.as_abstract_name()
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
mod platform {
    use std::os::unix::net::SocketAddr;

    pub(super) fn abstract_name(_: &SocketAddr) -> Option<&[u8]> {
        None
    }
}

impl From<net::SocketAddr> for SocketAddr {
    fn from(address: net::SocketAddr) -> SocketAddr {
        SocketAddr(address)
    }
}

impl From<SocketAddr> for net::SocketAddr {
    fn from(address: SocketAddr) -> net::SocketAddr {
        address.0
    }
}

impl fmt::Debug for SocketAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
