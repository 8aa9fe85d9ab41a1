//! Systems without an abstract namespace.

use std::io;
use std::os::unix::net::SocketAddr;

pub(crate) fn abstract_address(_: &[u8]) -> io::Result<SocketAddr> {
    Err(io::Error::new(
        io::ErrorKind::InvalidInput,
        "a path must not begin with a NUL byte: this system has no abstract socket names",
    ))
}

pub(crate) fn abstract_name(_: &SocketAddr) -> Option<&[u8]> {
    None
}
