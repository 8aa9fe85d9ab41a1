//! All bytes of a buffer into a writer.

use crate::{claim, AsyncWrite};
use futures::{try_ready, Async, Future, Poll};
use std::io;
use tokio_executor::cross::As01;

/// Writes all of `buf`, then yields the writer and the buffer.
///
/// The writer is not flushed. With an empty `buf` it is not asked at all.
///
/// # Errors
///
/// Those of the writer; `WriteZero` if it takes nothing.
///
/// # Dropping
///
/// Drops the writer; some beginning of `buf` may have been written.
///
/// # Examples
///
/// ```
/// use futures::Future;
/// use std::io::Cursor;
/// use tokio_io::io::write_all;
///
/// let (sink, _) = write_all(Cursor::new(Vec::new()), "hello").wait()?;
/// assert_eq!(sink.into_inner(), b"hello");
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn write_all<A, T>(a: A, buf: T) -> WriteAll<A, T>
where
    A: AsyncWrite,
    T: AsRef<[u8]>,
{
    WriteAll { parts: Some((a, buf)), written: 0, bridge: As01::new() }
}

/// The future made by [`write_all`].
#[derive(Debug)]
#[must_use = "futures do nothing unless polled"]
pub struct WriteAll<A, T> {
    /// `None` once the future has completed.
    parts: Option<(A, T)>,
    written: usize,
    pub(crate) bridge: As01,
}

impl<A: AsyncWrite, T: AsRef<[u8]>> Future for WriteAll<A, T> {
    type Item = (A, T);
    type Error = io::Error;

    fn poll(&mut self) -> Poll<(A, T), io::Error> {
        let (a, buf) = self.parts.as_mut().expect("`WriteAll` polled after it completed");
        let buf = buf.as_ref();
        while self.written < buf.len() {
            let rest = &buf[self.written..];
            self.written +=
                try_ready!(claim::progressed(a.poll_write(rest), rest.len(), "zero-length write"));
        }
        let (a, buf) = self.parts.take().expect("checked above");
        Ok(Async::Ready((a, buf)))
    }
}
