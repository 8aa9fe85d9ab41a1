//! One system call.

use socket2::{SockAddr, Socket};
use std::io;

pub(crate) fn nonblocking(listener: &Socket) -> io::Result<(Socket, SockAddr)> {
    listener.accept4(libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC)
}
