//! The signals that ask a program to end.

use crate::signal::unix::{Signal, SIGINT, SIGTERM};
use std::io;
use tokio_reactor::Handle;

/// Listens to them from now on.
pub(super) fn listen(handle: &Handle) -> io::Result<Vec<Signal>> {
    [SIGINT, SIGTERM].map(|signal| Signal::listen_from_now(signal, handle)).into_iter().collect()
}
