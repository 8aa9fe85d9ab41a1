//! Which reactor a socket belongs to, and the errors when there is none.
//!
//! A socket is registered with the runtime of the thread that makes it, as in tokio 1.x; it
//! fails with tokio's words when that runtime has shut down.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
pub(crate) use self::unix::{descriptor, refuse_blocking, register_writable};
#[cfg(windows)]
pub(crate) use self::windows::{descriptor, refuse_blocking};

use crate::runtime;
use crate::runtime::SHUT_DOWN;
use std::io;
use std::task::Poll;
use tokio_reactor::evented::Evented;
use tokio_reactor::internals::ReactorGone;
use tokio_reactor::{Handle, PollEvented};

const NO_RUNTIME: &str =
    "there is no reactor running, must be called from the context of a Tokio 1.x runtime";

/// Returns the reactor of the runtime that this thread has entered.
///
/// # Panics
///
/// If it has entered none.
#[track_caller]
pub fn reactor() -> Handle {
    match Handle::entered() {
        Some(handle) => handle,
        None => match runtime::Handle::try_current() {
            // The runtime has a reactor that is found when it is first needed, or none.
            Ok(runtime) => {
                runtime.expect_io();
                Handle::default()
            }
            Err(_) => panic!("{NO_RUNTIME}"),
        },
    }
}

/// Registers `socket` with the runtime of this thread.
///
/// # Errors
///
/// If the runtime has shut down, or the system refuses the socket.
///
/// # Panics
///
/// As [`reactor`].
#[track_caller]
pub fn register<E: Evented>(socket: E) -> io::Result<PollEvented<E>> {
    let reactor = reactor();
    map_shutdown(PollEvented::new_with_handle(socket, &reactor))
}

/// An accepted connection: tried before it is registered with the runtime of this thread, or
/// if it has none, with that of `listener`.
pub(crate) fn accepted<L: Evented, E: Evented>(
    listener: &PollEvented<L>,
    socket: E,
) -> PollEvented<E> {
    let home = Handle::entered().unwrap_or_else(|| listener.home().clone());
    PollEvented::new_assumed_ready_with(socket, home)
}

/// The same, of a listener whose connections stay with its reactor.
pub(crate) fn accepted_by_shard<L: Evented, E: Evented>(
    listener: &PollEvented<L>,
    socket: E,
) -> PollEvented<E> {
    PollEvented::new_assumed_ready_with(socket, listener.home().clone())
}

/// Maps the error of a reactor that is gone to the one of tokio 1.x.
///
/// # Errors
///
/// That of `result`.
pub fn map_shutdown<T>(result: io::Result<T>) -> io::Result<T> {
    result.map_err(shutdown_error)
}

/// Works like [`map_shutdown`], of what may be pending.
#[inline]
pub fn poll_map_shutdown<T>(poll: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
    poll.map_err(shutdown_error)
}

#[cold]
fn shutdown_error(error: io::Error) -> io::Error {
    match error.get_ref() {
        Some(inner) if inner.is::<ReactorGone>() => io::Error::other(SHUT_DOWN),
        _ => error,
    }
}
