//! One read, of whatever is there.

use crate::{claim, AsyncRead};
use futures::{try_ready, Async, Future, Poll};
use std::io;
use tokio_executor::cross::As01;

/// Reads once into `buf`, as soon as there is something to read.
///
/// The future yields the reader, the buffer and the number of bytes that arrived; 0 is
/// the end of the stream, or a buffer without room.
///
/// # Errors
///
/// Those of the reader, which is lost then, as is the buffer.
///
/// # Dropping
///
/// Loses no bytes of the stream: one read either completes the future or took nothing.
///
/// # Examples
///
/// ```
/// use futures::Future;
/// use tokio_io::io;
///
/// let (_, buffer, length) = io::read(&b"hello"[..], [0; 16]).wait()?;
/// assert_eq!(&buffer[..length], b"hello");
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn read<R, T>(rd: R, buf: T) -> Read<R, T>
where
    R: AsyncRead,
    T: AsMut<[u8]>,
{
    Read { parts: Some((rd, buf)), bridge: As01::new() }
}

/// The future made by [`read`].
#[derive(Debug)]
#[must_use = "futures do nothing unless polled"]
pub struct Read<R, T> {
    /// `None` once the future has completed.
    parts: Option<(R, T)>,
    pub(crate) bridge: As01,
}

impl<R: AsyncRead, T: AsMut<[u8]>> Future for Read<R, T> {
    type Item = (R, T, usize);
    type Error = io::Error;

    fn poll(&mut self) -> Poll<(R, T, usize), io::Error> {
        let (rd, buf) = self.parts.as_mut().expect("`Read` polled after it completed");
        let buf = buf.as_mut();
        let room = buf.len();
        let n = try_ready!(claim::read(rd.poll_read(buf), room));
        let (rd, buf) = self.parts.take().expect("checked above");
        Ok(Async::Ready((rd, buf, n)))
    }
}
