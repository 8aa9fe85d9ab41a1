//! Calls that a signal has cut short.

use std::io;
use std::task::Poll;

/// Polls again for as long as a signal interrupts.
pub(super) fn retry<T>(mut poll: impl FnMut() -> Poll<io::Result<T>>) -> Poll<io::Result<T>> {
    loop {
        match poll() {
            Poll::Ready(Err(error)) if error.kind() == io::ErrorKind::Interrupted => {}
            polled => return polled,
        }
    }
}
