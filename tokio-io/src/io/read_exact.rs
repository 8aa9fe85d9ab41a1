//! As many bytes as a buffer holds.

use crate::{claim, AsyncRead};
use futures::{try_ready, Async, Future, Poll};
use std::io;
use tokio_executor::cross::As01;

/// Fills the whole of `buf`.
///
/// An empty `buf` is full from the start; the reader is not asked then.
///
/// # Errors
///
/// Those of the reader; `UnexpectedEof` if the stream ends before `buf` is full.
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
/// let (rest, start) = io::read_exact(&b"hello"[..], [0; 2]).wait()?;
/// assert_eq!((&start, rest), (b"he", &b"llo"[..]));
/// assert!(io::read_exact(rest, [0; 4]).wait().is_err(), "it ends too early");
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn read_exact<A, T>(a: A, buf: T) -> ReadExact<A, T>
where
    A: AsyncRead,
    T: AsMut<[u8]>,
{
    ReadExact { parts: Some((a, buf)), filled: 0, bridge: As01::new() }
}

/// The future made by [`read_exact`].
#[derive(Debug)]
#[must_use = "futures do nothing unless polled"]
pub struct ReadExact<A, T> {
    /// `None` once the future has completed.
    parts: Option<(A, T)>,
    filled: usize,
    pub(crate) bridge: As01,
}

impl<A: AsyncRead, T: AsMut<[u8]>> Future for ReadExact<A, T> {
    type Item = (A, T);
    type Error = io::Error;

    fn poll(&mut self) -> Poll<(A, T), io::Error> {
        let (a, buf) = self.parts.as_mut().expect("`ReadExact` polled after it completed");
        let buf = buf.as_mut();
        let len = buf.len();
        while self.filled < len {
            let n =
                try_ready!(claim::read(a.poll_read(&mut buf[self.filled..]), len - self.filled));
            if n == 0 {
                return Err(io::Error::new(
                    io::ErrorKind::UnexpectedEof,
                    format!("early eof: the stream ended after {} of {len} bytes", self.filled),
                ));
            }
            self.filled += n;
        }
        let (a, buf) = self.parts.take().expect("checked above");
        Ok(Async::Ready((a, buf)))
    }
}
