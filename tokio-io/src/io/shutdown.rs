//! A writer, once it is closed.

use crate::AsyncWrite;
use futures::{try_ready, Async, Future, Poll};
use std::io;
use tokio_executor::cross::As01;

/// Closes `a` in good order, then yields it, for its reading half or to be dropped.
///
/// # Errors
///
/// Those of the writer.
///
/// # Dropping
///
/// Drops `a` as it is, perhaps before the end was sent to its peer.
///
/// # Examples
///
/// ```
/// use futures::Future;
/// use std::io::{BufWriter, Cursor};
/// use tokio_io::io;
///
/// let writer = BufWriter::new(Cursor::new(Vec::new()));
/// let (writer, _) = io::write_all(writer, "the end").wait()?;
/// let writer = io::shutdown(writer).wait()?;
/// assert_eq!(writer.get_ref().get_ref(), b"the end");
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn shutdown<A>(a: A) -> Shutdown<A>
where
    A: AsyncWrite,
{
    Shutdown { a: Some(a), bridge: As01::new() }
}

/// The future made by [`shutdown`].
#[derive(Debug)]
#[must_use = "futures do nothing unless polled"]
pub struct Shutdown<A> {
    /// `None` once the future has completed.
    a: Option<A>,
    pub(crate) bridge: As01,
}

impl<A: AsyncWrite> Future for Shutdown<A> {
    type Item = A;
    type Error = io::Error;

    fn poll(&mut self) -> Poll<A, io::Error> {
        let a = self.a.as_mut().expect("`Shutdown` polled after it completed");
        try_ready!(a.shutdown());
        Ok(Async::Ready(self.a.take().expect("checked above")))
    }
}
