//! A buffer before a reader.
//!
//! Programs wrap a reader of many small pieces in it; `copy_buf`, `lines` and `BufStream` read
//! through it.
//!
//! Always true: bytes of the buffer come before bytes of the reader. A read at least as large
//! as the buffer goes past it when it is empty.
//!
//! Why not the one of futures? Its traits are others, and its `Seek` state would be lost in a
//! conversion.

use super::{AsyncBufRead, AsyncRead, AsyncSeek, AsyncWrite, ReadBuf};
use pin_project_lite::pin_project;
use std::fmt;
use std::io::{self, IoSlice, SeekFrom};
use std::pin::Pin;
use std::task::{ready, Context, Poll};

/// The size of a buffer, in bytes, unless another is asked for.
pub(super) const BUFFER: usize = 8 * 1024;

pin_project! {
    /// Reads in big pieces what is asked for in small ones.
    ///
    /// What is asked for in pieces as big as the buffer is read past it. What is written
    /// goes straight to the inner stream.
    ///
    /// # Dropping
    ///
    /// Loses what is in the buffer.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::io::{AsyncBufReadExt, BufReader};
    /// use tokio::runtime::Runtime;
    ///
    /// Runtime::new().unwrap().block_on(async {
    ///     let mut lines = BufReader::new(&b"one\ntwo\n"[..]).lines();
    ///     assert_eq!(lines.next_line().await.unwrap().as_deref(), Some("one"));
    ///     assert_eq!(lines.next_line().await.unwrap().as_deref(), Some("two"));
    /// });
    /// ```
    pub struct BufReader<R> {
        #[pin]
        inner: R,
        buffer: Box<[u8]>,
        // What was read and not used: `buffer[start..end]`.
        start: usize,
        end: usize,
        seek: Seek,
    }
}

/// How far a seek has come. The buffer is dropped once the inner stream is elsewhere, and
/// not before: a seek that fails changes nothing.
#[derive(Clone, Copy, Debug)]
enum Seek {
    None,
    Asked(SeekFrom),
    /// On the way to where the buffer starts being used, to go so far from there: the sum
    /// of the two overflows.
    ToBuffer(i64),
    Begun,
}

impl<R: AsyncRead> BufReader<R> {
    /// Creates a buffer of 8 KiB before `inner`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::io::{AsyncBufReadExt, BufReader};
    ///
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     let mut line = String::new();
    ///     BufReader::new(&b"one\ntwo\n"[..]).read_line(&mut line).await.unwrap();
    ///     assert_eq!(line, "one\n");
    /// });
    /// ```
    pub fn new(inner: R) -> BufReader<R> {
        BufReader::with_capacity(BUFFER, inner)
    }

    /// Creates a buffer of `capacity` bytes before `inner`.
    ///
    /// # Panics
    ///
    /// If that is none.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let reader = tokio::io::BufReader::with_capacity(64 * 1024, tokio::io::empty());
    /// # drop(reader);
    /// ```
    #[track_caller]
    pub fn with_capacity(capacity: usize, inner: R) -> BufReader<R> {
        assert!(capacity > 0, "capacity must be greater than zero");
        let buffer = vec![0; capacity].into_boxed_slice();
        BufReader { inner, buffer, start: 0, end: 0, seek: Seek::None }
    }

    /// Returns the inner stream.
    pub fn get_ref(&self) -> &R {
        &self.inner
    }

    /// Returns the inner stream, to be changed. What is read from it is not in order.
    pub fn get_mut(&mut self) -> &mut R {
        &mut self.inner
    }

    /// Returns the inner stream, pinned. What is read from it is not in order.
    pub fn get_pin_mut(self: Pin<&mut Self>) -> Pin<&mut R> {
        self.project().inner
    }

    /// Returns the inner stream; what is in the buffer is lost.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let reader = tokio::io::BufReader::new(&b"abc"[..]);
    /// assert_eq!(reader.into_inner(), b"abc");
    /// ```
    pub fn into_inner(self) -> R {
        self.inner
    }

    /// Returns what was read and not used.
    pub fn buffer(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }
}

impl<R> BufReader<R> {
    /// Replaces the inner stream; the buffer stays.
    // Hidden: for the interface of tokio 0.2.
    #[doc(hidden)]
    pub fn map_inner<S>(self, map: impl FnOnce(R) -> S) -> BufReader<S> {
        let BufReader { inner, buffer, start, end, seek } = self;
        BufReader { inner: map(inner), buffer, start, end, seek }
    }
}

impl<R: AsyncRead> AsyncRead for BufReader<R> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.start == self.end && buf.remaining() >= self.buffer.len() {
            return self.project().inner.poll_read(cx, buf);
        }
        let there = ready!(self.as_mut().poll_fill_buf(cx))?;
        let n = there.len().min(buf.remaining());
        buf.put_slice(&there[..n]);
        self.consume(n);
        Poll::Ready(Ok(()))
    }
}

impl<R: AsyncRead> AsyncBufRead for BufReader<R> {
    fn poll_fill_buf(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<&[u8]>> {
        let this = self.project();
        if *this.start == *this.end {
            let room = this.buffer.len();
            let mut buf = ReadBuf::new(this.buffer);
            let (n, polled) = buf.with_limit(room, |part| this.inner.poll_read(cx, part));
            ready!(polled)?;
            (*this.start, *this.end) = (0, n);
        }
        Poll::Ready(Ok(&this.buffer[*this.start..*this.end]))
    }

    fn consume(self: Pin<&mut Self>, amt: usize) {
        let this = self.project();
        *this.start = this.start.saturating_add(amt).min(*this.end);
    }
}

/// A position counts from what was used, not from what was read. Drops the buffer.
impl<R: AsyncRead + AsyncSeek> AsyncSeek for BufReader<R> {
    fn start_seek(self: Pin<&mut Self>, position: SeekFrom) -> io::Result<()> {
        *self.project().seek = Seek::Asked(position);
        Ok(())
    }

    fn poll_complete(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<u64>> {
        let mut this = self.project();
        // Forgotten on every error.
        match std::mem::replace(this.seek, Seek::None) {
            Seek::None => return this.inner.poll_complete(cx),
            Seek::Asked(SeekFrom::Current(n)) => {
                let buffered = (*this.end - *this.start) as i64;
                match n.checked_sub(buffered) {
                    Some(n) => this.inner.as_mut().start_seek(SeekFrom::Current(n))?,
                    None => {
                        this.inner.as_mut().start_seek(SeekFrom::Current(-buffered))?;
                        *this.seek = Seek::ToBuffer(n);
                    }
                }
            }
            Seek::Asked(position) => this.inner.as_mut().start_seek(position)?,
            Seek::ToBuffer(n) => *this.seek = Seek::ToBuffer(n),
            Seek::Begun => {}
        }
        if let Seek::ToBuffer(n) = *this.seek {
            let polled = this.inner.as_mut().poll_complete(cx);
            if polled.is_ready() {
                *this.seek = Seek::None;
            }
            ready!(polled)?;
            (*this.start, *this.end) = (0, 0);
            this.inner.as_mut().start_seek(SeekFrom::Current(n))?;
        }
        *this.seek = Seek::Begun;
        let position = ready!(this.inner.poll_complete(cx));
        *this.seek = Seek::None;
        let position = position?;
        (*this.start, *this.end) = (0, 0);
        Poll::Ready(Ok(position))
    }
}

super::forward_writes! {
    [R: AsyncRead + AsyncWrite] BufReader<R>,
    |this| this.project().inner,
    |shared| shared.inner
}

impl<R: fmt::Debug> fmt::Debug for BufReader<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BufReader")
            .field("reader", &self.inner)
            .field("buffer", &format_args!("{}/{}", self.end - self.start, self.buffer.len()))
            .field("seek", &self.seek)
            .finish()
    }
}
