//! What of a socket's home depends on the system: sockets that are writable at once, a check of
//! their mode, and their descriptors.

use super::{map_shutdown, reactor};
use std::io;
use tokio_reactor::evented::Evented;
use tokio_reactor::PollEvented;

const BLOCKING: &str = "Registering a blocking socket with the tokio runtime is unsupported. \
    Make it non-blocking first, by `set_nonblocking(true)`.";

/// As [`register`](super::register), for an end of a fresh pair, which is writable from the start.
///
/// # Errors
///
/// As for [`register`](super::register).
///
/// # Panics
///
/// As [`reactor`](super::reactor).
#[track_caller]
pub(crate) fn register_writable<E: Evented>(socket: E) -> io::Result<PollEvented<E>> {
    let reactor = reactor();
    map_shutdown(PollEvented::new_writable_with_handle(socket, &reactor))
}

/// Refuses a socket that would block its thread.
///
/// # Panics
///
/// In a build with debug assertions, if the socket is in blocking mode.
#[track_caller]
pub(crate) fn refuse_blocking<'a>(socket: impl Into<socket2::SockRef<'a>>) -> io::Result<()> {
    if cfg!(debug_assertions) {
        assert!(socket.into().nonblocking()?, "{BLOCKING}");
    }
    Ok(())
}

/// The descriptor of a socket.
macro_rules! descriptor {
    ($socket:ident) => {
        impl std::os::fd::AsRawFd for $socket {
            fn as_raw_fd(&self) -> std::os::fd::RawFd {
                self.evented().get_ref().as_raw_fd()
            }
        }

        impl std::os::fd::AsFd for $socket {
            fn as_fd(&self) -> std::os::fd::BorrowedFd<'_> {
                self.evented().get_ref().as_fd()
            }
        }
    };
}

pub(crate) use descriptor;
