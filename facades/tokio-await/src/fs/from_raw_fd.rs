//! Files from descriptors that nobody else owns.

use super::File;
use std::os::fd::{FromRawFd, RawFd};

impl FromRawFd for File {
    // SAFETY: the caller owns the descriptor, as the trait asks.
    unsafe fn from_raw_fd(fd: RawFd) -> File {
        // SAFETY: as the caller says.
        File::from_std(unsafe { std::fs::File::from_raw_fd(fd) })
    }
}
