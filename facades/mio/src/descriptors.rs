//! The sockets as descriptors: how they are watched, made and given away on Unix.

use crate::net::{TcpListener, TcpStream, UdpSocket};
use std::os::fd::{AsRawFd, FromRawFd, IntoRawFd, RawFd};

macro_rules! descriptor {
    ($($socket:ident),*) => {
        $(
            tokio_reactor::internals::evented_by_descriptor!([] $socket);

            impl AsRawFd for $socket {
                fn as_raw_fd(&self) -> RawFd {
                    self.socket.as_raw_fd()
                }
            }

            impl IntoRawFd for $socket {
                fn into_raw_fd(self) -> RawFd {
                    self.socket.into_raw_fd()
                }
            }

            impl FromRawFd for $socket {
                /// Takes over a descriptor as it is; it should be non-blocking.
                unsafe fn from_raw_fd(fd: RawFd) -> $socket {
                    // SAFETY: the caller promises that the descriptor is theirs to give.
                    $socket { socket: unsafe { FromRawFd::from_raw_fd(fd) } }
                }
            }
        )*
    };
}

descriptor!(TcpListener, TcpStream, UdpSocket);
