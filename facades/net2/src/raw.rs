//! Builders from descriptors, and descriptors from builders.

use std::os::unix::io::{AsRawFd, FromRawFd, RawFd};

use socket2::Socket;

use crate::builder::{TcpBuilder, UdpBuilder, Unfinished};

macro_rules! raw {
    ($($builder:ident)*) => {$(
        impl FromRawFd for $builder {
            unsafe fn from_raw_fd(fd: RawFd) -> $builder {
                // SAFETY: what the caller promises of `fd`, that it is open and ours
                // alone, is what socket2 asks for.
                let socket = unsafe { Socket::from_raw_fd(fd) };
                $builder(Unfinished::from_socket(socket))
            }
        }

        impl AsRawFd for $builder {
            /// # Panics
            ///
            /// If the socket was handed out.
            fn as_raw_fd(&self) -> RawFd {
                let fd = self.0.with(|socket| Ok(socket.as_raw_fd()));
                fd.expect("no descriptor is left: the socket has been handed out")
            }
        }
    )*};
}

raw!(TcpBuilder UdpBuilder);
