//! Turns what a caller names as an address into socket2's.
//!
//! Used by the builders and the extension traits.

use std::io;
use std::net::{SocketAddr, ToSocketAddrs};

use socket2::Socket;

/// The one address that `named` stands for; none or several are an error.
pub(crate) fn only_one(named: impl ToSocketAddrs) -> io::Result<SocketAddr> {
    let mut found = named.to_socket_addrs()?;
    match (found.next(), found.next()) {
        (Some(address), None) => Ok(address),
        (None, _) => Err(io::Error::other("no socket addresses could be resolved")),
        (Some(_), Some(_)) => Err(io::Error::other("more than one address resolved")),
    }
}

/// Connects to the first of the addresses that `named` stands for that takes it.
pub(crate) fn connect(socket: &Socket, named: impl ToSocketAddrs) -> io::Result<()> {
    let mut refused = io::Error::other("no socket addresses resolved");
    for address in named.to_socket_addrs()? {
        match socket.connect(&address.into()) {
            Ok(()) => return Ok(()),
            Err(error) => refused = error,
        }
    }
    Err(refused)
}
