//! A descriptor for a process, where a system has none.

use std::io;
use std::os::fd::OwnedFd;

/// Fails: there is no such thing here.
///
/// # Errors
///
/// Always.
pub(in crate::process) fn process_descriptor(_: u32) -> io::Result<OwnedFd> {
    Err(io::ErrorKind::Unsupported.into())
}
