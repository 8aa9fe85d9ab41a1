//! A stream in two halves that can go separate ways.

use super::{AsyncRead, AsyncWrite, ReadBuf};
use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

/// The half that reads; see [`split`].
pub struct ReadHalf<T> {
    stream: Arc<Mutex<T>>,
}

/// The half that writes; see [`split`].
pub struct WriteHalf<T> {
    stream: Arc<Mutex<T>>,
}

/// Parts a stream into a half that reads and a half that writes.
///
/// They take turns at the stream. Sockets have an `into_split` that needs none.
pub fn split<T: AsyncRead + AsyncWrite>(stream: T) -> (ReadHalf<T>, WriteHalf<T>) {
    let stream = Arc::new(Mutex::new(stream));
    (ReadHalf { stream: stream.clone() }, WriteHalf { stream })
}

impl<T: Unpin> ReadHalf<T> {
    /// Joins the halves again.
    ///
    /// # Panics
    ///
    /// If `other` is not the other half.
    pub fn unsplit(self, other: WriteHalf<T>) -> T {
        assert!(Arc::ptr_eq(&self.stream, &other.stream), "these halves are of two streams");
        drop(other);
        let stream = Arc::into_inner(self.stream).expect("a stream has two halves");
        stream.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Polls the stream in its turn.
///
/// The lock is held while the stream is polled, which is what it is for: the stream
/// itself is the caller's, and can be polled by one at a time.
fn in_turn<T: Unpin, R>(stream: &Mutex<T>, poll: impl FnOnce(Pin<&mut T>) -> R) -> R {
    let mut stream = stream.lock().unwrap_or_else(PoisonError::into_inner);
    poll(Pin::new(&mut *stream))
}

impl<T: AsyncRead + Unpin> AsyncRead for ReadHalf<T> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        in_turn(&self.stream, |stream| stream.poll_read(cx, buf))
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for WriteHalf<T> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        in_turn(&self.stream, |stream| stream.poll_write(cx, buf))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        in_turn(&self.stream, |stream| stream.poll_flush(cx))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        in_turn(&self.stream, |stream| stream.poll_shutdown(cx))
    }
}

impl<T> fmt::Debug for ReadHalf<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadHalf").finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for WriteHalf<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WriteHalf").finish_non_exhaustive()
    }
}
