//! What Unix adds: descriptors to give away, and sockets that are known by theirs.

use crate::evented::Poll;
use crate::Reactor;
use std::os::fd::{AsRawFd, RawFd};

impl AsRawFd for Reactor {
    /// The descriptor that is readable while a turn would not wait.
    fn as_raw_fd(&self) -> RawFd {
        self.os_poll().as_raw_fd()
    }
}

impl AsRawFd for Poll {
    /// The descriptor that is readable while a poll would not wait.
    fn as_raw_fd(&self) -> RawFd {
        self.expose();
        self.registry().as_raw_fd()
    }
}

/// Implements `Evented` for types with a descriptor, by way of it. Each is preceded by its
/// generic parameters in brackets.
// Hidden: for the crates above this one.
#[doc(hidden)]
#[macro_export]
macro_rules! evented_by_descriptor {
    ($([$($generics:tt)*] $socket:ty),*) => { $(
        impl<$($generics)*> $crate::evented::Evented for $socket {
            fn register(
                &self,
                poll: &$crate::evented::Poll,
                token: $crate::evented::Token,
                interest: $crate::evented::Ready,
                opts: $crate::evented::PollOpt,
            ) -> ::std::io::Result<()> {
                let fd = ::std::os::fd::AsRawFd::as_raw_fd(self);
                $crate::evented::unix::EventedFd(&fd).register(poll, token, interest, opts)
            }

            fn reregister(
                &self,
                poll: &$crate::evented::Poll,
                token: $crate::evented::Token,
                interest: $crate::evented::Ready,
                opts: $crate::evented::PollOpt,
            ) -> ::std::io::Result<()> {
                let fd = ::std::os::fd::AsRawFd::as_raw_fd(self);
                $crate::evented::unix::EventedFd(&fd).reregister(poll, token, interest, opts)
            }

            fn deregister(&self, poll: &$crate::evented::Poll) -> ::std::io::Result<()> {
                let fd = ::std::os::fd::AsRawFd::as_raw_fd(self);
                $crate::evented::unix::EventedFd(&fd).deregister(poll)
            }
        }
    )* };
}

evented_by_descriptor!(
    [] mio1::net::TcpListener,
    [] mio1::net::TcpStream,
    [] mio1::net::UdpSocket,
    [] mio1::net::UnixDatagram,
    [] mio1::net::UnixListener,
    [] mio1::net::UnixStream
);
