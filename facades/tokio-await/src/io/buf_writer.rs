//! A buffer before a writer.
//!
//! Programs wrap a writer of many small pieces in it; `BufStream` writes through it.
//!
//! Always true: bytes reach the writer in the order in which they were accepted; a flush, a
//! shutdown or a seek first writes out the buffer. Dropping it loses what is still there.
//!
//! Why not write the buffer out as soon as something comes? The writer would then see as many
//! small writes as before, and the buffer would save no system call.

use super::buf_reader::BUFFER;
use super::retry::retry;
use super::{AsyncBufRead, AsyncRead, AsyncSeek, AsyncWrite, BufReader, ReadBuf};
use pin_project_lite::pin_project;
use std::fmt;
use std::io::{self, IoSlice, SeekFrom};
use std::pin::Pin;
use std::task::{ready, Context, Poll};

pin_project! {
    /// Writes in big pieces what comes in small ones.
    ///
    /// What comes in pieces as big as the buffer is written past it. What is read comes
    /// straight from the inner stream.
    ///
    /// # Dropping
    ///
    /// Loses what is in the buffer: flush first.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::io::{AsyncWriteExt, BufWriter};
    /// use tokio::runtime::Runtime;
    ///
    /// Runtime::new().unwrap().block_on(async {
    ///     let mut writer = BufWriter::new(Vec::new());
    ///     writer.write_all(b"in small pieces").await.unwrap();
    ///     writer.flush().await.unwrap();
    ///     assert_eq!(writer.into_inner(), b"in small pieces");
    /// });
    /// ```
    pub struct BufWriter<W> {
        #[pin]
        inner: W,
        buffer: Vec<u8>,
        // How much of the buffer was written.
        written: usize,
        capacity: usize,
        seek: Seek,
    }
}

/// How far a seek has come.
#[derive(Clone, Copy, Debug)]
enum Seek {
    None,
    /// The buffer is to be written first.
    Asked(SeekFrom),
    Begun,
}

impl<W: AsyncWrite> BufWriter<W> {
    /// Creates a buffer of 8 KiB before `inner`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::io::{AsyncWriteExt, BufWriter};
    ///
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     let mut writer = BufWriter::new(Vec::new());
    ///     writer.write_all(b"abc").await.unwrap();
    ///     writer.flush().await.unwrap();
    ///     assert_eq!(writer.into_inner(), b"abc");
    /// });
    /// ```
    pub fn new(inner: W) -> BufWriter<W> {
        BufWriter::with_capacity(BUFFER, inner)
    }

    /// Creates a buffer of `cap` bytes before `inner`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let writer = tokio::io::BufWriter::with_capacity(64 * 1024, tokio::io::sink());
    /// # drop(writer);
    /// ```
    pub fn with_capacity(cap: usize, inner: W) -> BufWriter<W> {
        let buffer = Vec::with_capacity(cap);
        BufWriter { inner, buffer, written: 0, capacity: cap, seek: Seek::None }
    }

    /// Returns the inner stream.
    pub fn get_ref(&self) -> &W {
        &self.inner
    }

    /// Returns the inner stream, to be changed. What is written to it is not in order.
    pub fn get_mut(&mut self) -> &mut W {
        &mut self.inner
    }

    /// Returns the inner stream, pinned. What is written to it is not in order.
    pub fn get_pin_mut(self: Pin<&mut Self>) -> Pin<&mut W> {
        self.project().inner
    }

    /// Returns the inner stream; what is in the buffer is lost.
    pub fn into_inner(self) -> W {
        self.inner
    }

    /// Returns what is in the buffer.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::io::{AsyncWriteExt, BufWriter};
    ///
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     let mut writer = BufWriter::new(Vec::new());
    ///     writer.write_all(b"abc").await.unwrap();
    ///     assert_eq!(writer.buffer(), b"abc");
    /// });
    /// ```
    pub fn buffer(&self) -> &[u8] {
        &self.buffer
    }

    /// Writes the buffer to the inner stream, which is not flushed.
    fn poll_write_out(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut this = self.project();
        let mut polled = Poll::Ready(Ok(()));
        while *this.written < this.buffer.len() {
            let rest = &this.buffer[*this.written..];
            match retry(|| this.inner.as_mut().poll_write(cx, rest)) {
                Poll::Ready(Ok(0)) => {
                    let message = "failed to write the buffered data";
                    let error = io::Error::new(io::ErrorKind::WriteZero, message);
                    polled = Poll::Ready(Err(error));
                    break;
                }
                Poll::Ready(Ok(n)) => *this.written += n,
                Poll::Ready(Err(error)) => {
                    polled = Poll::Ready(Err(error));
                    break;
                }
                // Goes on from here.
                Poll::Pending => return Poll::Pending,
            }
        }
        this.buffer.drain(..*this.written);
        *this.written = 0;
        polled
    }

    /// Makes room for `len` bytes, if the buffer is big enough.
    fn poll_room(self: Pin<&mut Self>, cx: &mut Context<'_>, len: usize) -> Poll<io::Result<()>> {
        if self.buffer.len().saturating_add(len) > self.capacity {
            ready!(self.poll_write_out(cx))?;
        }
        Poll::Ready(Ok(()))
    }
}

impl<W> BufWriter<W> {
    /// Replaces the inner stream; the buffer stays.
    // Hidden: for the interface of tokio 0.2.
    #[doc(hidden)]
    pub fn map_inner<S>(self, map: impl FnOnce(W) -> S) -> BufWriter<S> {
        let BufWriter { inner, buffer, written, capacity, seek } = self;
        BufWriter { inner: map(inner), buffer, written, capacity, seek }
    }
}

impl<R> BufWriter<BufReader<R>> {
    /// Makes the outer buffer the inner one; either keeps what is in it.
    pub(super) fn turn_inside_out(self) -> BufReader<BufWriter<R>> {
        let BufWriter { inner, buffer, written, capacity, seek } = self;
        inner.map_inner(|inner| BufWriter { inner, buffer, written, capacity, seek })
    }
}

impl<W: AsyncWrite> AsyncWrite for BufWriter<W> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(self.as_mut().poll_room(cx, buf.len()))?;
        let this = self.project();
        if buf.len() >= *this.capacity {
            return this.inner.poll_write(cx, buf);
        }
        this.buffer.extend_from_slice(buf);
        Poll::Ready(Ok(buf.len()))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if self.inner.is_write_vectored() {
            let len = bufs.iter().fold(0_usize, |sum, buf| sum.saturating_add(buf.len()));
            ready!(self.as_mut().poll_room(cx, len))?;
            let this = self.project();
            if len >= *this.capacity {
                return this.inner.poll_write_vectored(cx, bufs);
            }
            bufs.iter().for_each(|buf| this.buffer.extend_from_slice(buf));
            return Poll::Ready(Ok(len));
        }
        // What does not fit is written past the buffer, but only if it comes first.
        let mut bufs = bufs.iter().skip_while(|buf| buf.is_empty());
        let Some(first) = bufs.next() else {
            return Poll::Ready(Ok(0));
        };
        let mut len = ready!(self.as_mut().poll_write(cx, first))?;
        let this = self.project();
        if first.len() < *this.capacity {
            for buf in bufs {
                if buf.len() > *this.capacity - this.buffer.len() {
                    break;
                }
                this.buffer.extend_from_slice(buf);
                len += buf.len();
            }
        }
        Poll::Ready(Ok(len))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.as_mut().poll_write_out(cx))?;
        self.project().inner.poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.as_mut().poll_write_out(cx))?;
        self.project().inner.poll_shutdown(cx)
    }
}

/// Writes the buffer before it goes elsewhere.
impl<W: AsyncWrite + AsyncSeek> AsyncSeek for BufWriter<W> {
    fn start_seek(self: Pin<&mut Self>, position: SeekFrom) -> io::Result<()> {
        *self.project().seek = Seek::Asked(position);
        Ok(())
    }

    fn poll_complete(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<u64>> {
        // What the inner stream has begun comes first, be it a write or another seek.
        if let Seek::Asked(position) = self.seek {
            ready!(self.as_mut().poll_write_out(cx))?;
            let mut this = self.as_mut().project();
            ready!(this.inner.as_mut().poll_complete(cx))?;
            // A position that does not exist is forgotten.
            *this.seek = Seek::None;
            this.inner.as_mut().start_seek(position)?;
            *this.seek = Seek::Begun;
        }
        let this = self.project();
        let position = ready!(this.inner.poll_complete(cx))?;
        *this.seek = Seek::None;
        Poll::Ready(Ok(position))
    }
}

super::forward_reads!([W: AsyncWrite + AsyncRead] BufWriter<W>, |this| this.project().inner);

super::forward_buf_reads! {
    [W: AsyncWrite + AsyncBufRead] BufWriter<W>, |this| this.project().inner
}

impl<W: fmt::Debug> fmt::Debug for BufWriter<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BufWriter")
            .field("writer", &self.inner)
            .field("buffer", &format_args!("{}/{}", self.buffer.len(), self.capacity))
            .field("written", &self.written)
            .field("seek", &self.seek)
            .finish()
    }
}
