//! Three calls to the operating system.

#[cfg(any(target_os = "linux", target_os = "android"))]
mod descriptor;
#[cfg(not(any(target_os = "linux", target_os = "android")))]
mod no_descriptor;

#[cfg(any(target_os = "linux", target_os = "android"))]
pub(super) use self::descriptor::process_descriptor;
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(super) use self::no_descriptor::process_descriptor;

use std::io::{self, Write};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::net::UnixStream;

/// Puts our end of a pipe into non-blocking mode. The child's end has a mode of its own.
pub(super) fn set_nonblocking(pipe: &OwnedFd) -> io::Result<()> {
    change_flags(pipe, |flags| flags | libc::O_NONBLOCK)
}

/// Puts our end of a pipe into blocking mode.
pub(super) fn set_blocking(pipe: &OwnedFd) -> io::Result<()> {
    change_flags(pipe, |flags| flags & !libc::O_NONBLOCK)
}

fn change_flags(pipe: &OwnedFd, change: impl FnOnce(libc::c_int) -> libc::c_int) -> io::Result<()> {
    // SAFETY: the call takes numbers, and the descriptor is open.
    let flags = unsafe { libc::fcntl(pipe.as_raw_fd(), libc::F_GETFL) };
    if flags < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: as above.
    if unsafe { libc::fcntl(pipe.as_raw_fd(), libc::F_SETFL, change(flags)) } < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

/// Has a byte written to `write_end`, which must not block, on every `SIGCHLD` from now on.
pub(super) fn write_on_child_signal(write_end: UnixStream) -> io::Result<()> {
    let action = move || {
        // If it is full, there is no need for more.
        let _ = (&write_end).write(&[1]);
    };
    // SAFETY: the action is one `write`, which a signal handler may do. The registry
    // preserves `errno`, and keeps the descriptor open.
    unsafe { signal_hook_registry::register(libc::SIGCHLD, action) }?;
    Ok(())
}
