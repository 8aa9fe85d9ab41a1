//! A descriptor for a process, as Linux has it.

use std::io;
use std::os::fd::{FromRawFd, OwnedFd, RawFd};

/// A descriptor of the process `id`, readable once that has ended. Closed on `exec`.
///
/// # Errors
///
/// If the kernel has no such thing, or the process is gone.
pub(in crate::process) fn process_descriptor(id: u32) -> io::Result<OwnedFd> {
    let id = libc::pid_t::try_from(id).map_err(io::Error::other)?;
    let flags: libc::c_uint = 0;
    // SAFETY: the call takes two numbers and no pointers.
    let descriptor = unsafe { libc::syscall(libc::SYS_pidfd_open, id, flags) };
    if descriptor < 0 {
        return Err(io::Error::last_os_error());
    }
    let descriptor = descriptor as RawFd;
    // SAFETY: the kernel has just made the descriptor, and nobody else knows it.
    Ok(unsafe { OwnedFd::from_raw_fd(descriptor) })
}
