//! A descriptor that owns itself, as a source for a reactor.
//!
//! std's pipes and sockets are no sources, and the reactor's `EventedFd` owns nothing.
//! This joins the two, for [`PollEvented`](tokio_reactor::PollEvented).

use std::os::fd::{AsRawFd, RawFd};

/// Watches the descriptor of `T`, which must be in non-blocking mode.
#[derive(Debug)]
pub(crate) struct Fd<T>(pub(crate) T);

impl<T: AsRawFd> AsRawFd for Fd<T> {
    fn as_raw_fd(&self) -> RawFd {
        self.0.as_raw_fd()
    }
}

tokio_reactor::internals::evented_by_descriptor!([T: AsRawFd] Fd<T>);
