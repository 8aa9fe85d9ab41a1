//! A blocking reader or writer under the asynchronous traits.

use crate::{AsyncRead, AsyncWrite};
use futures::{Async, Poll};
use std::fmt;
use std::io::{self, Read, Write};

/// Lends [`AsyncRead`] and [`AsyncWrite`] to a plain `Read` and `Write`.
///
/// Every call goes straight through, so the thread blocks for as long as the value
/// inside does. Meant for in-memory values, and for tests; a file or a pipe would hold
/// up all other tasks of its worker. A `WouldBlock` from inside becomes `NotReady`, yet
/// nobody wakes the task.
///
/// # Examples
///
/// ```
/// use futures::Future;
/// use tokio_io::io::{write_all, AllowStdIo};
///
/// let (sink, _) = write_all(AllowStdIo::new(Vec::new()), "hello").wait()?;
/// assert_eq!(sink.into_inner(), b"hello");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Copy, Clone, Eq, PartialEq, Ord, PartialOrd, Hash)]
pub struct AllowStdIo<T>(T);

impl<T> AllowStdIo<T> {
    /// Wraps `io`.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::Future;
    /// use tokio_io::io::{read_to_end, AllowStdIo};
    ///
    /// let (_, bytes) = read_to_end(AllowStdIo::new(&b"hello"[..]), Vec::new()).wait()?;
    /// assert_eq!(bytes, b"hello");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn new(io: T) -> AllowStdIo<T> {
        AllowStdIo(io)
    }

    /// Returns the value inside.
    pub fn get_ref(&self) -> &T {
        &self.0
    }

    /// Returns the value inside, to be changed.
    pub fn get_mut(&mut self) -> &mut T {
        &mut self.0
    }

    /// Takes the value out.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio_io::io::AllowStdIo;
    ///
    /// assert_eq!(AllowStdIo::new("inside").into_inner(), "inside");
    /// ```
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T: Write> Write for AllowStdIo<T> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.0.write(buf)
    }

    fn write_vectored(&mut self, bufs: &[io::IoSlice<'_>]) -> io::Result<usize> {
        self.0.write_vectored(bufs)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }

    fn write_all(&mut self, buf: &[u8]) -> io::Result<()> {
        self.0.write_all(buf)
    }

    fn write_fmt(&mut self, args: fmt::Arguments<'_>) -> io::Result<()> {
        self.0.write_fmt(args)
    }
}

impl<T: Write> AsyncWrite for AllowStdIo<T> {
    fn shutdown(&mut self) -> Poll<(), io::Error> {
        Ok(Async::Ready(()))
    }
}

impl<T: Read> Read for AllowStdIo<T> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.0.read(buf)
    }

    fn read_vectored(&mut self, bufs: &mut [io::IoSliceMut<'_>]) -> io::Result<usize> {
        self.0.read_vectored(bufs)
    }

    fn read_to_end(&mut self, buf: &mut Vec<u8>) -> io::Result<usize> {
        self.0.read_to_end(buf)
    }

    fn read_to_string(&mut self, buf: &mut String) -> io::Result<usize> {
        self.0.read_to_string(buf)
    }

    fn read_exact(&mut self, buf: &mut [u8]) -> io::Result<()> {
        self.0.read_exact(buf)
    }
}

impl<T: Read> AsyncRead for AllowStdIo<T> {}
