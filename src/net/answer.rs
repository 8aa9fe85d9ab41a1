//! One outcome, said three ways.
//!
//! The sockets' own methods answer as std's futures do. Those of futures 0.1 and of
//! blocking I/O pass that answer through here.

use futures::Async;
use std::io;
use std::task::Poll;

/// As futures 0.1 says it.
#[inline]
pub(super) fn to_async<T, E>(answer: Poll<Result<T, E>>) -> futures::Poll<T, E> {
    match answer {
        Poll::Ready(Ok(value)) => Ok(Async::Ready(value)),
        Poll::Ready(Err(error)) => Err(error),
        Poll::Pending => Ok(Async::NotReady),
    }
}

/// As `std::io` says it: "not yet" is an error.
#[inline]
pub(super) fn or_would_block<T>(answer: Poll<io::Result<T>>) -> io::Result<T> {
    match answer {
        Poll::Ready(result) => result,
        Poll::Pending => Err(io::ErrorKind::WouldBlock.into()),
    }
}
