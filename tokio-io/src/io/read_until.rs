//! Everything up to a delimiter.

use crate::AsyncRead;
use futures::{Async, Future, Poll};
use std::io::{self, BufRead};
use tokio_executor::cross::As01;

/// Appends to `buf` what `a` delivers up to and including the first `byte`, or up to
/// the end of the stream, then yields both.
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
/// let (rest, field) = io::read_until(&b"one,two"[..], b',', Vec::new()).wait()?;
/// assert_eq!((&field[..], rest), (&b"one,"[..], &b"two"[..]));
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn read_until<A>(a: A, byte: u8, buf: Vec<u8>) -> ReadUntil<A>
where
    A: AsyncRead + BufRead,
{
    ReadUntil { parts: Some((a, buf)), byte, bridge: As01::new() }
}

/// The future made by [`read_until`].
#[derive(Debug)]
#[must_use = "futures do nothing unless polled"]
pub struct ReadUntil<A> {
    /// `None` once the future has completed.
    parts: Option<(A, Vec<u8>)>,
    byte: u8,
    pub(crate) bridge: As01,
}

impl<A: AsyncRead + BufRead> Future for ReadUntil<A> {
    type Item = (A, Vec<u8>);
    type Error = io::Error;

    fn poll(&mut self) -> Poll<(A, Vec<u8>), io::Error> {
        let (a, buf) = self.parts.as_mut().expect("`ReadUntil` polled after it completed");
        // What arrived before a `WouldBlock` has been appended, and the delimiter cannot
        // be among it.
        try_nb!(a.read_until(self.byte, buf));
        Ok(Async::Ready(self.parts.take().expect("checked above")))
    }
}
