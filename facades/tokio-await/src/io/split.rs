//! A stream in two halves that can go separate ways.
//!
//! Called by programs; sockets have halves of their own, without a lock.
//!
//! Always true: one half at a time touches the stream, for one poll.
//!
//! Why a lock? The stream may be of any type, and its `poll_read` and `poll_write` both take it by
//! `&mut`; the halves may be on two threads.

use super::{AsyncRead, AsyncWrite, ReadBuf};
use std::fmt;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

/// The half of a stream that reads; see [`split`].
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::io::{split, AsyncReadExt, AsyncWriteExt};
/// use tokio::runtime::Runtime;
///
/// Runtime::new().unwrap().block_on(async {
///     let (here, there) = tokio::io::duplex(64);
///     let (mut reader, _writer) = split(here);
///     let (_reader, mut writer) = split(there);
///     writer.write_all(b"hello").await.unwrap();
///     let mut buf = [0; 5];
///     reader.read_exact(&mut buf).await.unwrap();
///     assert_eq!(&buf, b"hello");
/// });
/// ```
pub struct ReadHalf<T> {
    shared: Arc<Shared<T>>,
}

/// The half of a stream that writes; see [`split`].
pub struct WriteHalf<T> {
    shared: Arc<Shared<T>>,
}

// SAFETY: through a reference to a half nobody reaches the stream: it only tells whether
// two halves are of one stream. What is moved to another thread asks for `T: Send` as ever.
unsafe impl<T: Sync> Sync for ReadHalf<T> {}

// SAFETY: as above.
unsafe impl<T: Sync> Sync for WriteHalf<T> {}

struct Shared<T> {
    /// Held while the stream is polled, which is what it is for: the stream is the
    /// caller's, and can be polled by one at a time.
    stream: Mutex<T>,
    is_write_vectored: bool,
}

/// Parts a stream into a half that reads and a half that writes.
///
/// They take turns at the stream. Sockets have an `into_split` that needs none.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::io::{duplex, split, AsyncReadExt, AsyncWriteExt};
///
/// tokio::runtime::Runtime::new().unwrap().block_on(async {
///     let (ours, mut theirs) = duplex(64);
///     let (mut reader, mut writer) = split(ours);
///     theirs.write_all(b"in").await.unwrap();
///     writer.write_all(b"out").await.unwrap();
///     let mut got = [0; 2];
///     reader.read_exact(&mut got).await.unwrap();
///     assert_eq!(&got, b"in");
/// });
/// ```
pub fn split<T>(stream: T) -> (ReadHalf<T>, WriteHalf<T>)
where
    T: AsyncRead + AsyncWrite,
{
    let is_write_vectored = stream.is_write_vectored();
    let shared = Arc::new(Shared { stream: Mutex::new(stream), is_write_vectored });
    (ReadHalf { shared: shared.clone() }, WriteHalf { shared })
}

impl<T> Shared<T> {
    /// Polls the stream in its turn.
    fn in_turn<R>(&self, poll: impl FnOnce(Pin<&mut T>) -> R) -> R {
        let mut stream = self.stream.lock().unwrap_or_else(PoisonError::into_inner);
        // SAFETY: the stream lives behind an `Arc`, and is not moved before it is dropped:
        // only `unsplit` takes it out, and only if it is `Unpin`.
        poll(unsafe { Pin::new_unchecked(&mut *stream) })
    }
}

impl<T> ReadHalf<T> {
    /// Returns whether the two halves are of one stream.
    pub fn is_pair_of(&self, other: &WriteHalf<T>) -> bool {
        other.is_pair_of(self)
    }

    /// Joins the halves again.
    ///
    /// # Panics
    ///
    /// If they are not of one stream.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::io::{duplex, split};
    ///
    /// let (reader, writer) = split(duplex(64).0);
    /// assert!(reader.is_pair_of(&writer));
    /// let whole = reader.unsplit(writer);
    /// # drop(whole);
    /// ```
    #[track_caller]
    pub fn unsplit(self, wr: WriteHalf<T>) -> T
    where
        T: Unpin,
    {
        assert!(self.is_pair_of(&wr), "Unrelated `split::Write` passed to `split::Read::unsplit`.");
        drop(wr);
        let shared = Arc::into_inner(self.shared).expect("a stream has two halves");
        shared.stream.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> WriteHalf<T> {
    /// Returns whether the two halves are of one stream.
    pub fn is_pair_of(&self, other: &ReadHalf<T>) -> bool {
        Arc::ptr_eq(&self.shared, &other.shared)
    }
}

impl<T: AsyncRead> AsyncRead for ReadHalf<T> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.shared.in_turn(|stream| stream.poll_read(cx, buf))
    }
}

impl<T: AsyncWrite> AsyncWrite for WriteHalf<T> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.shared.in_turn(|stream| stream.poll_write(cx, buf))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.shared.in_turn(|stream| stream.poll_write_vectored(cx, bufs))
    }

    fn is_write_vectored(&self) -> bool {
        self.shared.is_write_vectored
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.shared.in_turn(|stream| stream.poll_flush(cx))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.shared.in_turn(|stream| stream.poll_shutdown(cx))
    }
}

impl<T: fmt::Debug> fmt::Debug for ReadHalf<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("split::ReadHalf").finish()
    }
}

impl<T: fmt::Debug> fmt::Debug for WriteHalf<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("split::WriteHalf").finish()
    }
}
