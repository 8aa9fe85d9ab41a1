//! Everything up to the end of the stream.

use crate::AsyncRead;
use futures::{Async, Future, Poll};
use std::io;
use tokio_executor::cross::As01;

/// Appends everything that `a` still delivers to `buf`, then yields both.
///
/// Memory is bounded only by the peer's patience: put a `take` around readers that are
/// not trusted.
///
/// # Errors
///
/// Those of the reader.
///
/// # Dropping
///
/// Drops the reader together with the bytes that arrived so far.
///
/// # Examples
///
/// ```
/// use futures::Future;
/// use tokio_io::io;
///
/// let (_, bytes) = io::read_to_end(&b"hello"[..], Vec::new()).wait()?;
/// assert_eq!(bytes, b"hello");
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn read_to_end<A>(a: A, buf: Vec<u8>) -> ReadToEnd<A>
where
    A: AsyncRead,
{
    ReadToEnd { parts: Some((a, buf)), bridge: As01::new() }
}

/// The future made by [`read_to_end`].
#[derive(Debug)]
#[must_use = "futures do nothing unless polled"]
pub struct ReadToEnd<A> {
    /// `None` once the future has completed.
    parts: Option<(A, Vec<u8>)>,
    pub(crate) bridge: As01,
}

impl<A: AsyncRead> Future for ReadToEnd<A> {
    type Item = (A, Vec<u8>);
    type Error = io::Error;

    fn poll(&mut self) -> Poll<(A, Vec<u8>), io::Error> {
        let (a, buf) = self.parts.as_mut().expect("`ReadToEnd` polled after it completed");
        // `Read` promises that what arrived before a failure, `WouldBlock` included, has
        // been appended.
        try_nb!(a.read_to_end(buf));
        Ok(Async::Ready(self.parts.take().expect("checked above")))
    }
}
