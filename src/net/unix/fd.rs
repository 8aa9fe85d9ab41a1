//! The sockets' descriptors, for calls that have no method here.

use super::{UnixDatagram, UnixListener, UnixStream};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};

macro_rules! descriptor_of {
    ($socket:ty) => {
        impl AsRawFd for $socket {
            fn as_raw_fd(&self) -> RawFd {
                self.io().get_ref().as_raw_fd()
            }
        }

        impl AsFd for $socket {
            fn as_fd(&self) -> BorrowedFd<'_> {
                self.io().get_ref().as_fd()
            }
        }
    };
}

descriptor_of!(UnixStream);
descriptor_of!(UnixListener);
descriptor_of!(UnixDatagram);
