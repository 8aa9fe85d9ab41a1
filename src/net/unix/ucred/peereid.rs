//! The BSDs and Apple's systems: a call of its own.

use crate::net::unix::{UCred, UnixStream};
use std::io;
use std::os::fd::AsRawFd;

pub(crate) fn of_peer(stream: &UnixStream) -> io::Result<(UCred, Option<libc::pid_t>)> {
    let mut cred = UCred { uid: 0, gid: 0 };
    // SAFETY: the descriptor is open for as long as `stream` is borrowed, and both
    // pointers are to fields of `cred`.
    let result = unsafe { libc::getpeereid(stream.as_raw_fd(), &mut cred.uid, &mut cred.gid) };
    if result == -1 {
        return Err(io::Error::last_os_error());
    }
    Ok((cred, None))
}
