//! Linux: a socket option.

use crate::net::unix::{UCred, UnixStream};
use std::io;
use std::mem;
use std::os::fd::AsRawFd;

pub(crate) fn of_peer(stream: &UnixStream) -> io::Result<(UCred, Option<libc::pid_t>)> {
    let mut cred = libc::ucred { pid: 0, uid: 0, gid: 0 };
    let mut length = mem::size_of::<libc::ucred>() as libc::socklen_t;
    // SAFETY: the descriptor is open for as long as `stream` is borrowed, and the system
    // writes at most `length` bytes to `cred`, which is so many bytes long.
    let result = unsafe {
        libc::getsockopt(
            stream.as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_PEERCRED,
            (&raw mut cred).cast(),
            &mut length,
        )
    };
    if result == -1 {
        return Err(io::Error::last_os_error());
    }
    Ok((UCred { uid: cred.uid, gid: cred.gid }, Some(cred.pid)))
}
