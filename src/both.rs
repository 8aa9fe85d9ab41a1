//! One poll method, both kinds of future.
//!
//! A type whose `poll_cx(&mut self, &Context) -> Poll<Result<T, E>>` does the work gets
//! both `Future` impls from [`both_futures!`]. Used by the modules that talk to the
//! operating system.

#[cfg(any(feature = "fs", feature = "process"))]
mod futures;
#[cfg(any(feature = "fs", feature = "process"))]
pub(crate) use self::futures::both_futures;

use ::futures::Async;
use std::task::Poll;

/// What `poll_cx` said, in the words of futures 0.1.
pub(crate) fn into_async<T, E>(polled: Poll<Result<T, E>>) -> ::futures::Poll<T, E> {
    match polled {
        Poll::Ready(Ok(value)) => Ok(Async::Ready(value)),
        Poll::Ready(Err(error)) => Err(error),
        Poll::Pending => Ok(Async::NotReady),
    }
}
