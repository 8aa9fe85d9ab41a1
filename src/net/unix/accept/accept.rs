//! Systems whose `accept` takes no flags.

use socket2::{SockAddr, Socket};
use std::io;

pub(crate) fn nonblocking(listener: &Socket) -> io::Result<(Socket, SockAddr)> {
    let (socket, peer) = listener.accept()?;
    socket.set_nonblocking(true)?;
    Ok((socket, peer))
}
