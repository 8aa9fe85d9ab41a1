//! Writing that answers "not yet" instead of blocking.
//!
//! Implemented by sockets, pipes, TLS streams and the wrappers around them; called by
//! the futures in [`crate::io`] and by the framed types.
//!
//! Always true of an implementation: if it answers "not yet", the current task is woken when it
//! is worth another call.
//!
//! Why does it not close in its drop? To say the last bytes may have to wait, and a drop cannot:
//! so there is `shutdown`.

use crate::claim;
use bytes::Buf;
use futures::{try_ready, Async, Poll};
use std::io::{self, Write};

/// Writes bytes without blocking the thread.
///
/// The methods of `Write` keep their meaning, with one addition: a type that
/// implements this trait promises that when `write` or `flush` fails with
/// [`WouldBlock`](io::ErrorKind::WouldBlock), the current task is notified once it is
/// worth trying again. Hence such types are to be written to inside tasks only.
///
/// Unlike files, asynchronous writers often have something to do before they close,
/// and it may take a while: that is [`shutdown`](AsyncWrite::shutdown).
///
/// # Examples
///
/// ```
/// use futures::Async;
/// use std::io::Cursor;
/// use tokio_io::AsyncWrite;
///
/// let mut sink = Cursor::new(Vec::new());
/// assert_eq!(sink.poll_write(b"hello").unwrap(), Async::Ready(5));
/// assert_eq!(sink.shutdown().unwrap(), Async::Ready(()));
/// assert_eq!(sink.into_inner(), b"hello");
/// ```
pub trait AsyncWrite: Write {
    /// Writes a beginning of `buf` and returns how many bytes were taken.
    ///
    /// `NotReady` means that there is no room yet, and that the current task is going
    /// to be notified.
    ///
    /// # Errors
    ///
    /// Those of `write`, without `WouldBlock`.
    fn poll_write(&mut self, buf: &[u8]) -> Poll<usize, io::Error> {
        Ok(Async::Ready(try_nb!(self.write(buf))))
    }

    /// Passes on whatever the writer has kept back so far.
    ///
    /// `NotReady` means that some of it is still here, and that the current task is
    /// going to be notified.
    ///
    /// # Errors
    ///
    /// Those of `flush`, without `WouldBlock`.
    fn poll_flush(&mut self) -> Poll<(), io::Error> {
        try_nb!(self.flush());
        Ok(Async::Ready(()))
    }

    /// Closes the writer in good order.
    ///
    /// A socket tells its peer that no more is coming, a TLS stream exchanges its last
    /// messages, a buffer is flushed and then its writer shut down. `NotReady` means
    /// that this is still going on; call it again once the task is notified. After
    /// `Ready` nothing more may be written, and the value may be dropped.
    ///
    /// A wrapper flushes what it holds and then shuts down what it wraps. Types that
    /// have nothing to do return `Ready` at once.
    ///
    /// # Errors
    ///
    /// Whatever hindered the closing. What was not sent by then is lost.
    fn shutdown(&mut self) -> Poll<(), io::Error>;

    /// Writes the first bytes that remain in `buf` and moves its start past those that
    /// were taken.
    ///
    /// Returns 0 if nothing remains in `buf`.
    ///
    /// # Errors
    ///
    /// Those of [`poll_write`](AsyncWrite::poll_write); also if the writer claims more
    /// bytes than it was given.
    fn write_buf<B: Buf>(&mut self, buf: &mut B) -> Poll<usize, io::Error>
    where
        Self: Sized,
    {
        if !buf.has_remaining() {
            return Ok(Async::Ready(0));
        }
        let given = buf.bytes().len();
        let n = try_ready!(claim::moved(self.poll_write(buf.bytes()), given));
        buf.advance(n);
        Ok(Async::Ready(n))
    }
}

impl<T: ?Sized + AsyncWrite> AsyncWrite for Box<T> {
    fn poll_write(&mut self, buf: &[u8]) -> Poll<usize, io::Error> {
        (**self).poll_write(buf)
    }

    fn poll_flush(&mut self) -> Poll<(), io::Error> {
        (**self).poll_flush()
    }

    fn shutdown(&mut self) -> Poll<(), io::Error> {
        (**self).shutdown()
    }
}

impl<T: ?Sized + AsyncWrite> AsyncWrite for &mut T {
    fn poll_write(&mut self, buf: &[u8]) -> Poll<usize, io::Error> {
        (**self).poll_write(buf)
    }

    fn poll_flush(&mut self) -> Poll<(), io::Error> {
        (**self).poll_flush()
    }

    fn shutdown(&mut self) -> Poll<(), io::Error> {
        (**self).shutdown()
    }
}

impl<T: AsyncWrite> AsyncWrite for io::BufWriter<T> {
    fn shutdown(&mut self) -> Poll<(), io::Error> {
        try_ready!(self.poll_flush());
        self.get_mut().shutdown()
    }
}

impl AsyncWrite for io::Sink {
    fn shutdown(&mut self) -> Poll<(), io::Error> {
        Ok(Async::Ready(()))
    }
}

impl AsyncWrite for io::Cursor<&mut [u8]> {
    fn shutdown(&mut self) -> Poll<(), io::Error> {
        Ok(Async::Ready(()))
    }
}

impl AsyncWrite for io::Cursor<Vec<u8>> {
    fn shutdown(&mut self) -> Poll<(), io::Error> {
        Ok(Async::Ready(()))
    }
}

impl AsyncWrite for io::Cursor<Box<[u8]>> {
    fn shutdown(&mut self) -> Poll<(), io::Error> {
        Ok(Async::Ready(()))
    }
}
