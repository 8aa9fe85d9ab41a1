//! The one door to the blocking calls of this module.
//!
//! Every operation of `fs` comes through [`poll_io`], or [`would_block`] for `Read` and `Write`.
//!
//! Always true: a `WouldBlock` that the operation itself returns becomes an error of another
//! kind, since nothing would wake the task.

use futures::Async;
use std::io;
use std::task::Poll;
use tokio_executor::task::Context;

/// Runs `operation` in place of the worker, or has the task wait for its turn to block.
///
/// # Errors
///
/// Those of `operation`. A `WouldBlock` from it becomes an error of another kind: nobody
/// would wake the task. If `blocking` does not work on this thread, an
/// error that says so.
pub(super) fn poll_io<T>(
    cx: &Context<'_>,
    operation: impl FnOnce() -> io::Result<T>,
) -> Poll<io::Result<T>> {
    match tokio_threadpool::internals::blocking_cx(cx, operation) {
        Ok(Async::Ready(Err(error))) if error.kind() == io::ErrorKind::WouldBlock => {
            Poll::Ready(Err(nonblocking()))
        }
        Ok(Async::Ready(result)) => Poll::Ready(result),
        Ok(Async::NotReady) => Poll::Pending,
        Err(error) => Poll::Ready(Err(outside(&error))),
    }
}

/// As [`poll_io`] for the current futures 0.1 task, in the words of `Read` and `Write`.
pub(super) fn would_block<T>(operation: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    tokio_executor::internals::convert::or_would_block(poll_io(&Context::current(), operation))
}

/// Begins as upstream tokio 0.1's error; its users match it.
#[cold]
fn outside(error: &tokio_threadpool::BlockingError) -> io::Error {
    io::Error::other(format!(
        "`blocking` annotated I/O must be called from the context of the Tokio runtime. {error}"
    ))
}

#[cold]
fn nonblocking() -> io::Error {
    io::Error::other(
        "the descriptor is in non-blocking mode and not ready; \
         use PollEvented for it, or clear O_NONBLOCK",
    )
}
