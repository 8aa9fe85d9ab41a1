//! Accepting a Unix connection, and telling where it comes from.
//!
//! A platform's file provides `nonblocking`, which accepts a connection in non-blocking
//! mode.
//!
//! Why not mio's `accept`? It takes abstract addresses for unnamed ones, and panics at a
//! peer whose path fills the address to the last byte.

use super::address;
use socket2::{SockAddr, SockRef};
use std::io;
use std::os::unix::net::{self, SocketAddr};

#[cfg(any(
    target_os = "android",
    target_os = "dragonfly",
    target_os = "freebsd",
    target_os = "illumos",
    target_os = "linux",
    target_os = "netbsd",
    target_os = "openbsd",
))]
#[path = "accept/accept4.rs"]
mod platform;

#[cfg(not(any(
    target_os = "android",
    target_os = "dragonfly",
    target_os = "freebsd",
    target_os = "illumos",
    target_os = "linux",
    target_os = "netbsd",
    target_os = "openbsd",
)))]
#[path = "accept/accept.rs"]
mod platform;

/// A connection in non-blocking mode.
pub(super) fn nonblocking(
    listener: &mio1::net::UnixListener,
) -> io::Result<(net::UnixStream, SocketAddr)> {
    let (socket, peer) = platform::nonblocking(&SockRef::from(listener))?;
    with_address(socket.into(), peer)
}

/// A connection in blocking mode.
pub(super) fn blocking(
    listener: &mio1::net::UnixListener,
) -> io::Result<(net::UnixStream, SocketAddr)> {
    let (socket, peer) = SockRef::from(listener).accept()?;
    with_address(socket.into(), peer)
}

fn with_address(
    stream: net::UnixStream,
    peer: SockAddr,
) -> io::Result<(net::UnixStream, SocketAddr)> {
    // Few clients bind their socket. For one that did, std asks the system once more
    // and understands every kind of answer.
    let peer = if peer.is_unnamed() { address::unnamed()? } else { stream.peer_addr()? };
    Ok((stream, peer))
}
