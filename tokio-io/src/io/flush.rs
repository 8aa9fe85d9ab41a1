//! A writer, once it keeps nothing back.

use crate::AsyncWrite;
use futures::{try_ready, Async, Future, Poll};
use std::io;
use tokio_executor::cross::As01;

/// Flushes `a`, then yields it.
///
/// # Errors
///
/// Those of the writer.
///
/// # Dropping
///
/// Drops `a`, with whatever it has not passed on.
///
/// # Examples
///
/// ```
/// use futures::Future;
/// use std::io::{BufWriter, Cursor};
/// use tokio_io::io;
///
/// let writer = BufWriter::new(Cursor::new(Vec::new()));
/// let (writer, _) = io::write_all(writer, "hello").wait()?;
/// let writer = io::flush(writer).wait()?;
/// assert_eq!(writer.get_ref().get_ref(), b"hello");
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn flush<A>(a: A) -> Flush<A>
where
    A: AsyncWrite,
{
    Flush { a: Some(a), bridge: As01::new() }
}

/// The future made by [`flush`].
#[derive(Debug)]
#[must_use = "futures do nothing unless polled"]
pub struct Flush<A> {
    /// `None` once the future has completed.
    a: Option<A>,
    pub(crate) bridge: As01,
}

impl<A: AsyncWrite> Future for Flush<A> {
    type Item = A;
    type Error = io::Error;

    fn poll(&mut self) -> Poll<A, io::Error> {
        let a = self.a.as_mut().expect("`Flush` polled after it completed");
        try_ready!(a.poll_flush());
        Ok(Async::Ready(self.a.take().expect("checked above")))
    }
}
