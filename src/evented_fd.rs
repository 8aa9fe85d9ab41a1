//! A descriptor that owns itself, as a source for a reactor.
//!
//! std's pipes and sockets are no sources, and the reactor's `EventedFd` owns nothing.
//! This joins the two, for [`PollEvented`](tokio_reactor::PollEvented).

use std::io;
use std::os::fd::{AsRawFd, RawFd};
use tokio_reactor::evented::unix::EventedFd;
use tokio_reactor::evented::{Evented, Poll, PollOpt, Ready, Token};

/// Watches the descriptor of `T`, which must be in non-blocking mode.
#[derive(Debug)]
pub(crate) struct Fd<T>(pub(crate) T);

impl<T: AsRawFd> AsRawFd for Fd<T> {
    fn as_raw_fd(&self) -> RawFd {
        self.0.as_raw_fd()
    }
}

impl<T: AsRawFd> Evented for Fd<T> {
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
