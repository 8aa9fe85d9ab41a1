//! The two halves of one stream.
//!
//! Both halves reach the stream through a lock made for exactly two owners: an
//! uncontended passage is one atomic swap in and one out, and whoever finds it taken is
//! notified when it is free, so no thread ever waits.
//!
//! Always true: the lock is held for one call into the stream and no longer.
//!
//! Why not two handles to the stream, without a lock? Readers and writers take `&mut
//! self`, and of an arbitrary stream only one at a time may have that.

use crate::{AsyncRead, AsyncWrite};
use bytes::{Buf, BufMut};
use futures::sync::BiLock;
use futures::{Async, Poll};
use std::io::{self, Read, Write};
use tokio_executor::internals::convert::{from_async, or_would_block};

/// The half of a stream that reads, from [`AsyncRead::split`].
///
/// # Examples
///
/// ```
/// use futures::Future;
/// use std::io::Cursor;
/// use tokio_io::{io, AsyncRead};
///
/// let (read, write) = Cursor::new(vec![1, 2, 3]).split();
/// let (read, bytes) = io::read_exact(read, [0; 2]).wait()?;
/// assert_eq!(bytes, [1, 2]);
/// assert_eq!(read.unsplit(write).position(), 2);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct ReadHalf<T> {
    stream: BiLock<T>,
}

/// The half of a stream that writes, from [`AsyncRead::split`].
///
/// Dropping it does not shut the stream down; that is what
/// [`shutdown`](AsyncWrite::shutdown) is for.
///
/// # Examples
///
/// ```
/// use futures::Future;
/// use std::io::Cursor;
/// use tokio_io::{io, AsyncRead};
///
/// let (read, write) = Cursor::new(Vec::new()).split();
/// let (write, _) = io::write_all(write, "abc").wait()?;
/// assert_eq!(write.unsplit(read).into_inner(), b"abc");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct WriteHalf<T> {
    stream: BiLock<T>,
}

pub(crate) fn split<T: AsyncRead + AsyncWrite>(stream: T) -> (ReadHalf<T>, WriteHalf<T>) {
    let (reader, writer) = BiLock::new(stream);
    (ReadHalf { stream: reader }, WriteHalf { stream: writer })
}

impl<T: AsyncRead + AsyncWrite> ReadHalf<T> {
    /// Puts the stream together again.
    ///
    /// # Panics
    ///
    /// If `w` is half of another stream.
    pub fn unsplit(self, w: WriteHalf<T>) -> T {
        match self.stream.reunite(w.stream) {
            Ok(stream) => stream,
            Err(_) => panic!("cannot unsplit: the `WriteHalf` belongs to another stream"),
        }
    }
}

impl<T: AsyncRead + AsyncWrite> WriteHalf<T> {
    /// Puts the stream together again.
    ///
    /// # Panics
    ///
    /// If `r` is half of another stream.
    pub fn unsplit(self, r: ReadHalf<T>) -> T {
        match self.stream.reunite(r.stream) {
            Ok(stream) => stream,
            Err(_) => panic!("cannot unsplit: the `ReadHalf` belongs to another stream"),
        }
    }
}

/// Runs `$call` on the stream behind the half `$half`, or leaves with `NotReady`.
macro_rules! on_stream {
    ($half:ident, $stream:ident => $call:expr) => {
        match $half.stream.poll_lock() {
            Async::Ready(mut $stream) => $call,
            Async::NotReady => return Ok(Async::NotReady),
        }
    };
}

impl<T: AsyncRead> Read for ReadHalf<T> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        or_would_block(from_async(self.poll_read(buf)))
    }
}

impl<T: AsyncRead> AsyncRead for ReadHalf<T> {
    fn poll_read(&mut self, buf: &mut [u8]) -> Poll<usize, io::Error> {
        on_stream!(self, stream => stream.poll_read(buf))
    }

    fn read_buf<B: BufMut>(&mut self, buf: &mut B) -> Poll<usize, io::Error> {
        on_stream!(self, stream => AsyncRead::read_buf(&mut *stream, buf))
    }
}

impl<T: AsyncWrite> Write for WriteHalf<T> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        or_would_block(from_async(self.poll_write(buf)))
    }

    fn flush(&mut self) -> io::Result<()> {
        or_would_block(from_async(self.poll_flush()))
    }
}

impl<T: AsyncWrite> AsyncWrite for WriteHalf<T> {
    fn poll_write(&mut self, buf: &[u8]) -> Poll<usize, io::Error> {
        on_stream!(self, stream => stream.poll_write(buf))
    }

    fn poll_flush(&mut self) -> Poll<(), io::Error> {
        on_stream!(self, stream => stream.poll_flush())
    }

    fn shutdown(&mut self) -> Poll<(), io::Error> {
        on_stream!(self, stream => stream.shutdown())
    }

    fn write_buf<B: Buf>(&mut self, buf: &mut B) -> Poll<usize, io::Error> {
        on_stream!(self, stream => stream.write_buf(buf))
    }
}
