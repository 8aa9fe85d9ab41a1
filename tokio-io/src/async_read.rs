//! Reading that answers "not yet" instead of blocking.
//!
//! Implemented by sockets, pipes, TLS streams and the wrappers around them; called by
//! the futures in [`crate::io`] and by the framed types.
//!
//! Always true: a byte that nobody has initialised reaches a reader only if that
//! reader has declared, by `prepare_uninitialized_buffer`, that it never looks.
//!
//! Why not std's `Read` alone? A read that is not ready must be known from one that will never be,
//! and memory need not be zeroed for a reader that does not look at it.

use crate::io::{ReadHalf, WriteHalf};
use crate::{claim, codec, AsyncWrite};
use bytes::BufMut;
use futures::{try_ready, Async, Poll};
use std::io::{self, Read};

/// Reads bytes without blocking the thread.
///
/// The methods of `Read` keep their meaning, with one addition: a type that implements
/// this trait promises that when `read` fails with [`WouldBlock`](io::ErrorKind::WouldBlock),
/// the current task is notified once there is something to read. Hence such types are
/// to be read inside tasks only.
///
/// # Examples
///
/// ```
/// use futures::Async;
/// use tokio_io::AsyncRead;
///
/// let mut source = &b"hello"[..];
/// let mut buf = [0; 4];
/// assert_eq!(source.poll_read(&mut buf).unwrap(), Async::Ready(4));
/// assert_eq!(&buf, b"hell");
/// ```
pub trait AsyncRead: Read {
    /// Makes `buf` fit to be handed to this reader, and says whether it was zeroed.
    ///
    /// By default every byte is set to 0. A reader that does nothing with a buffer but
    /// fill it may leave it as it is and return `false`, which spares the work. A
    /// wrapper around other readers asks those it may pass the buffer to.
    ///
    /// # Safety
    ///
    /// Calling this is harmless; implementing it is not. Whoever leaves `buf` as it is
    /// must never read from a buffer that `read` or `poll_read` gets, and must report
    /// no more bytes than it wrote.
    unsafe fn prepare_uninitialized_buffer(&self, buf: &mut [u8]) -> bool {
        buf.fill(0);
        true
    }

    /// Reads into `buf` and returns how many bytes arrived; 0 is the end of the
    /// stream, unless `buf` is empty.
    ///
    /// `NotReady` means that nothing has arrived yet, and that the current task is
    /// going to be notified.
    ///
    /// # Errors
    ///
    /// Those of `read`, without `WouldBlock`.
    fn poll_read(&mut self, buf: &mut [u8]) -> Poll<usize, io::Error> {
        Ok(Async::Ready(try_nb!(self.read(buf))))
    }

    /// Reads into the spare room of `buf` and moves its end on by as many bytes as
    /// arrived.
    ///
    /// Returns 0 at the end of the stream, and also if `buf` has no room left.
    ///
    /// # Errors
    ///
    /// Those of [`poll_read`](AsyncRead::poll_read); also if the reader claims more
    /// bytes than there was room for.
    fn read_buf<B: BufMut>(&mut self, buf: &mut B) -> Poll<usize, io::Error>
    where
        Self: Sized,
    {
        if !buf.has_remaining_mut() {
            return Ok(Async::Ready(0));
        }
        // SAFETY: the bytes are only ever lent on to `prepare_uninitialized_buffer`,
        // which may write but has nothing to read, and to this same reader after it.
        let spare = unsafe { buf.bytes_mut() };
        // SAFETY: calling it asks for nothing; see its own section.
        unsafe { self.prepare_uninitialized_buffer(spare) };
        let room = spare.len();
        let n = try_ready!(claim::read(self.poll_read(spare), room));
        // SAFETY: `n` is at most `room`, and these bytes are initialised: zeroed above,
        // or written by a reader that took this upon itself.
        unsafe { buf.advance_mut(n) };
        Ok(Async::Ready(n))
    }

    /// Makes frames of this stream's bytes.
    #[deprecated(since = "0.1.7", note = "use `Decoder::framed` of tokio-codec")]
    #[allow(deprecated)]
    fn framed<T: codec::Encoder + codec::Decoder>(self, codec: T) -> codec::Framed<Self, T>
    where
        Self: AsyncWrite + Sized,
    {
        codec::Framed::new(self, codec)
    }

    /// Parts the stream into a half that reads and a half that writes, so that two
    /// tasks can each own one.
    ///
    /// [`unsplit`](ReadHalf::unsplit) puts the halves together again.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::{self, Read, Write};
    /// use tokio_io::{AsyncRead, AsyncWrite};
    /// #[derive(Default)]
    /// struct Pipe(std::collections::VecDeque<u8>);
    /// impl Read for Pipe {
    ///     fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> { self.0.read(buf) }
    /// }
    /// impl Write for Pipe {
    ///     fn write(&mut self, buf: &[u8]) -> io::Result<usize> { self.0.write(buf) }
    ///     fn flush(&mut self) -> io::Result<()> { Ok(()) }
    /// }
    /// impl AsyncRead for Pipe {}
    /// impl AsyncWrite for Pipe {
    ///     fn shutdown(&mut self) -> futures::Poll<(), io::Error> { Ok(().into()) }
    /// }
    ///
    /// let (mut reader, mut writer) = Pipe::default().split();
    /// writer.write_all(b"through the pipe")?;
    /// let mut buf = [0; 7];
    /// reader.read_exact(&mut buf)?;
    /// assert_eq!(&buf, b"through");
    /// let pipe: Pipe = reader.unsplit(writer);
    /// # let _ = pipe;
    /// # Ok::<(), io::Error>(())
    /// ```
    fn split(self) -> (ReadHalf<Self>, WriteHalf<Self>)
    where
        Self: AsyncWrite + Sized,
    {
        crate::io::split(self)
    }
}

impl<T: ?Sized + AsyncRead> AsyncRead for Box<T> {
    unsafe fn prepare_uninitialized_buffer(&self, buf: &mut [u8]) -> bool {
        // SAFETY: calling it asks for nothing; the boxed reader answers for itself.
        unsafe { (**self).prepare_uninitialized_buffer(buf) }
    }

    fn poll_read(&mut self, buf: &mut [u8]) -> Poll<usize, io::Error> {
        (**self).poll_read(buf)
    }
}

impl<T: ?Sized + AsyncRead> AsyncRead for &mut T {
    unsafe fn prepare_uninitialized_buffer(&self, buf: &mut [u8]) -> bool {
        // SAFETY: calling it asks for nothing; the borrowed reader answers for itself.
        unsafe { (**self).prepare_uninitialized_buffer(buf) }
    }

    fn poll_read(&mut self, buf: &mut [u8]) -> Poll<usize, io::Error> {
        (**self).poll_read(buf)
    }
}

impl AsyncRead for &[u8] {
    unsafe fn prepare_uninitialized_buffer(&self, _: &mut [u8]) -> bool {
        false
    }
}

impl<T: AsRef<[u8]>> AsyncRead for io::Cursor<T> {
    unsafe fn prepare_uninitialized_buffer(&self, _: &mut [u8]) -> bool {
        false
    }
}

impl AsyncRead for io::Repeat {
    unsafe fn prepare_uninitialized_buffer(&self, _: &mut [u8]) -> bool {
        false
    }
}

impl<T: AsyncRead> AsyncRead for io::Take<T> {
    unsafe fn prepare_uninitialized_buffer(&self, buf: &mut [u8]) -> bool {
        // SAFETY: calling it asks for nothing; `Take` itself only shortens the buffer.
        unsafe { self.get_ref().prepare_uninitialized_buffer(buf) }
    }
}

impl<T: AsyncRead, U: AsyncRead> AsyncRead for io::Chain<T, U> {
    unsafe fn prepare_uninitialized_buffer(&self, buf: &mut [u8]) -> bool {
        let (first, second) = self.get_ref();
        // Either may get the buffer, so it must suit both; zeroed once, it does.
        // SAFETY: calling it asks for nothing.
        let zeroed = unsafe { first.prepare_uninitialized_buffer(buf) };
        // SAFETY: as above.
        zeroed || unsafe { second.prepare_uninitialized_buffer(buf) }
    }
}

impl<T: AsyncRead> AsyncRead for io::BufReader<T> {
    unsafe fn prepare_uninitialized_buffer(&self, buf: &mut [u8]) -> bool {
        // SAFETY: calling it asks for nothing; a large read bypasses the buffer and
        // goes to the reader inside, which answers for itself.
        unsafe { self.get_ref().prepare_uninitialized_buffer(buf) }
    }
}
