//! One answer in three vocabularies: std's polls, those of futures 0.1, and blocking I/O.
//!
//! Called by every leaf of the family: each is written once, for std's polls, and its futures
//! 0.1 and `std::io` interfaces pass the answer through here.

use futures::Async;
use std::io;
use std::task::Poll;

/// Returns a poll of std as one of futures 0.1.
///
/// # Errors
///
/// That of `polled`.
#[inline]
pub fn into_async<T, E>(polled: Poll<Result<T, E>>) -> futures::Poll<T, E> {
    match polled {
        Poll::Ready(Ok(value)) => Ok(Async::Ready(value)),
        Poll::Ready(Err(error)) => Err(error),
        Poll::Pending => Ok(Async::NotReady),
    }
}

/// Returns a poll of futures 0.1 as one of std.
#[inline]
pub fn from_async<T, E>(polled: futures::Poll<T, E>) -> Poll<Result<T, E>> {
    match polled {
        Ok(Async::Ready(value)) => Poll::Ready(Ok(value)),
        Ok(Async::NotReady) => Poll::Pending,
        Err(error) => Poll::Ready(Err(error)),
    }
}

/// Returns what `std::io::Read` and `Write` say: "not yet" is the error `WouldBlock`.
///
/// # Errors
///
/// That of the poll, or `WouldBlock`.
#[inline]
pub fn or_would_block<T>(polled: Poll<io::Result<T>>) -> io::Result<T> {
    match polled {
        Poll::Ready(result) => result,
        Poll::Pending => Err(io::ErrorKind::WouldBlock.into()),
    }
}
