//! Writing in big pieces what comes in small ones, and a buffer for either direction.

use super::{AsyncBufRead, AsyncRead, AsyncWrite, BufReader, ReadBuf};
use std::io;
use std::pin::Pin;
use std::task::{ready, Context, Poll};

/// The size of a buffer, in bytes, unless another is asked for.
const BUFFER: usize = 8 * 1024;

/// Writes in big pieces what comes in small ones.
///
/// # Dropping
///
/// Loses what is in the buffer: flush first.
#[derive(Debug)]
pub struct BufWriter<W> {
    inner: W,
    buffer: Vec<u8>,
    /// How much of the buffer is written.
    written: usize,
    capacity: usize,
}

impl<W> BufWriter<W> {
    /// A buffer of 8 KiB before `inner`.
    pub fn new(inner: W) -> BufWriter<W> {
        BufWriter::with_capacity(BUFFER, inner)
    }

    /// A buffer of `capacity` bytes before `inner`.
    pub fn with_capacity(capacity: usize, inner: W) -> BufWriter<W> {
        BufWriter { inner, buffer: Vec::with_capacity(capacity), written: 0, capacity }
    }

    /// What is written to.
    pub fn get_ref(&self) -> &W {
        &self.inner
    }

    /// What is written to.
    pub fn get_mut(&mut self) -> &mut W {
        &mut self.inner
    }

    /// What is written to; the buffer is lost.
    pub fn into_inner(self) -> W {
        self.inner
    }

    /// What was not written yet.
    pub fn buffer(&self) -> &[u8] {
        &self.buffer[self.written..]
    }
}

impl<W: AsyncWrite + Unpin> BufWriter<W> {
    /// Writes out the buffer.
    fn poll_empty(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.written < self.buffer.len() {
            let rest = &self.buffer[self.written..];
            let n = ready!(Pin::new(&mut self.inner).poll_write(cx, rest))?;
            if n == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.written += n;
        }
        self.buffer.clear();
        self.written = 0;
        Poll::Ready(Ok(()))
    }
}

impl<W: AsyncWrite + Unpin> AsyncWrite for BufWriter<W> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.buffer.len() + buf.len() > this.capacity {
            ready!(this.poll_empty(cx))?;
        }
        if buf.len() >= this.capacity {
            return Pin::new(&mut this.inner).poll_write(cx, buf);
        }
        this.buffer.extend_from_slice(buf);
        Poll::Ready(Ok(buf.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_empty(cx))?;
        Pin::new(&mut this.inner).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_empty(cx))?;
        Pin::new(&mut this.inner).poll_shutdown(cx)
    }
}

impl<R: AsyncRead + Unpin> AsyncRead for BufWriter<R> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_read(cx, buf)
    }
}

/// A buffer for what is read, and one for what is written.
///
/// # Dropping
///
/// Loses what is in either buffer: flush first.
#[derive(Debug)]
pub struct BufStream<S> {
    inner: BufReader<BufWriter<S>>,
}

impl<S> BufStream<S> {
    /// Buffers of 8 KiB before `inner`.
    pub fn new(inner: S) -> BufStream<S> {
        BufStream::with_capacity(BUFFER, BUFFER, inner)
    }

    /// Buffers of `reads` and of `writes` bytes before `inner`.
    ///
    /// # Panics
    ///
    /// If there is no room for what is read.
    pub fn with_capacity(reads: usize, writes: usize, inner: S) -> BufStream<S> {
        let writer = BufWriter::with_capacity(writes, inner);
        BufStream { inner: BufReader::with_capacity(reads, writer) }
    }

    /// What is read from and written to.
    pub fn get_ref(&self) -> &S {
        self.inner.get_ref().get_ref()
    }

    /// What is read from and written to.
    pub fn get_mut(&mut self) -> &mut S {
        self.inner.get_mut().get_mut()
    }

    /// What is read from and written to; the buffers are lost.
    pub fn into_inner(self) -> S {
        self.inner.into_inner().into_inner()
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for BufStream<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_read(cx, buf)
    }
}

impl<S: AsyncRead + Unpin> AsyncBufRead for BufStream<S> {
    fn poll_fill_buf(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<&[u8]>> {
        Pin::new(&mut self.get_mut().inner).poll_fill_buf(cx)
    }

    fn consume(self: Pin<&mut Self>, n: usize) {
        Pin::new(&mut self.get_mut().inner).consume(n);
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for BufStream<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().inner).poll_write(cx, buf)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_shutdown(cx)
    }
}
