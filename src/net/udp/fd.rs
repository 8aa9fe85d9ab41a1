//! The socket's descriptor, for calls that have no method here.

use super::UdpSocket;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};

impl AsRawFd for UdpSocket {
    fn as_raw_fd(&self) -> RawFd {
        self.io.get_ref().as_raw_fd()
    }
}

impl AsFd for UdpSocket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.io.get_ref().as_fd()
    }
}
