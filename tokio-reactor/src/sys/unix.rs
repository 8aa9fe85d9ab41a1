//! What Unix adds: descriptors to give away, and sockets that are known by theirs.

use crate::evented::unix::EventedFd;
use crate::evented::{Evented, Poll, PollOpt, Ready, Token};
use crate::Reactor;
use std::io;
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

macro_rules! evented_by_descriptor {
    ($($socket:ty),*) => {
        $(
            impl Evented for $socket {
                fn register(
                    &self,
                    poll: &Poll,
                    token: Token,
                    interest: Ready,
                    opts: PollOpt,
                ) -> io::Result<()> {
                    EventedFd(&self.as_raw_fd()).register(poll, token, interest, opts)
                }

                fn reregister(
                    &self,
                    poll: &Poll,
                    token: Token,
                    interest: Ready,
                    opts: PollOpt,
                ) -> io::Result<()> {
                    EventedFd(&self.as_raw_fd()).reregister(poll, token, interest, opts)
                }

                fn deregister(&self, poll: &Poll) -> io::Result<()> {
                    EventedFd(&self.as_raw_fd()).deregister(poll)
                }
            }
        )*
    };
}

evented_by_descriptor!(
    mio::net::TcpListener,
    mio::net::TcpStream,
    mio::net::UdpSocket,
    mio::net::UnixDatagram,
    mio::net::UnixListener,
    mio::net::UnixStream
);
