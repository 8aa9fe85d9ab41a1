//! Reading by lines, from a buffer in between.

use super::{AsyncRead, AsyncWrite, ReadBuf};
use std::future::{poll_fn, Future};
use std::io;
use std::pin::Pin;
use std::task::{ready, Context, Poll, Waker};

/// The size of a buffer, in bytes, unless another is asked for.
const BUFFER: usize = 8 * 1024;

/// A reader that has a buffer to look into.
pub trait AsyncBufRead: AsyncRead {
    /// What is in the buffer; read from the source if that is nothing. Empty at the end.
    ///
    /// # Errors
    ///
    /// Those of the source.
    fn poll_fill_buf(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<&[u8]>>;

    /// The first `n` bytes of the buffer were used.
    fn consume(self: Pin<&mut Self>, n: usize);
}

/// Reads in big pieces what is asked for in small ones.
///
/// # Dropping
///
/// Loses what is in the buffer.
#[derive(Debug)]
pub struct BufReader<R> {
    inner: R,
    buffer: Box<[u8]>,
    start: usize,
    end: usize,
}

impl<R> BufReader<R> {
    /// A buffer of 8 KiB before `inner`.
    pub fn new(inner: R) -> BufReader<R> {
        BufReader::with_capacity(BUFFER, inner)
    }

    /// A buffer of `capacity` bytes before `inner`.
    ///
    /// # Panics
    ///
    /// If that is none.
    pub fn with_capacity(capacity: usize, inner: R) -> BufReader<R> {
        assert!(capacity > 0, "a buffer needs room for a byte");
        BufReader { inner, buffer: vec![0; capacity].into(), start: 0, end: 0 }
    }

    /// What is read from.
    pub fn get_ref(&self) -> &R {
        &self.inner
    }

    /// What is read from.
    pub fn get_mut(&mut self) -> &mut R {
        &mut self.inner
    }

    /// What is read from; the buffer is lost.
    pub fn into_inner(self) -> R {
        self.inner
    }

    /// What was read and not used.
    pub fn buffer(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }
}

impl<R: AsyncRead + Unpin> AsyncBufRead for BufReader<R> {
    fn poll_fill_buf(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<&[u8]>> {
        let this = self.get_mut();
        if this.start == this.end {
            let mut buf = ReadBuf::new(&mut this.buffer);
            ready!(Pin::new(&mut this.inner).poll_read(cx, &mut buf))?;
            (this.start, this.end) = (0, buf.filled().len());
        }
        Poll::Ready(Ok(this.buffer()))
    }

    fn consume(self: Pin<&mut Self>, n: usize) {
        let this = self.get_mut();
        this.start = this.end.min(this.start + n);
    }
}

impl<R: AsyncRead + Unpin> AsyncRead for BufReader<R> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let ready = ready!(self.as_mut().poll_fill_buf(cx))?;
        let n = ready.len().min(buf.remaining());
        buf.put_slice(&ready[..n]);
        self.consume(n);
        Poll::Ready(Ok(()))
    }
}

impl<W: AsyncWrite + Unpin> AsyncWrite for BufReader<W> {
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

impl AsyncBufRead for &[u8] {
    fn poll_fill_buf(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<&[u8]>> {
        Poll::Ready(Ok(*self.get_mut()))
    }

    fn consume(self: Pin<&mut Self>, n: usize) {
        let this = self.get_mut();
        *this = &this[n..];
    }
}

/// Methods of every [`AsyncBufRead`].
pub trait AsyncBufReadExt: AsyncBufRead {
    /// Appends all up to and with the next `byte`, or to the end, to `buf`, and says how
    /// many bytes.
    ///
    /// # Dropping
    ///
    /// Leaves in `buf` what was read so far.
    fn read_until<'a>(
        &'a mut self,
        byte: u8,
        buf: &'a mut Vec<u8>,
    ) -> impl Future<Output = io::Result<usize>> + 'a
    where
        Self: Unpin,
    {
        let start = buf.len();
        poll_fn(move |cx| {
            ready!(poll_until(Pin::new(&mut *self), cx, byte, buf))?;
            Ok(buf.len() - start).into()
        })
    }

    /// Appends the next line, with its end, to `line`, and says how many bytes.
    ///
    /// # Errors
    ///
    /// `InvalidData` if it is not UTF-8. It is lost then, as it is when the future is
    /// dropped.
    fn read_line<'a>(
        &'a mut self,
        line: &'a mut String,
    ) -> impl Future<Output = io::Result<usize>> + 'a
    where
        Self: Unpin,
    {
        async move {
            let mut bytes = Vec::new();
            let n = self.read_until(b'\n', &mut bytes).await?;
            line.push_str(&into_text(bytes)?);
            Ok(n)
        }
    }

    /// What is in the buffer; read from the source if that is nothing. Empty at the end.
    ///
    /// # Errors
    ///
    /// Those of the source.
    ///
    /// # Dropping
    ///
    /// Loses nothing.
    fn fill_buf(&mut self) -> impl Future<Output = io::Result<&[u8]>> + '_
    where
        Self: Unpin,
    {
        async move {
            poll_fn(|cx| Pin::new(&mut *self).poll_fill_buf(cx).map_ok(drop)).await?;
            // What is there now stays there, so this waits for nothing; and if nothing is,
            // it was the end.
            let mut cx = Context::from_waker(Waker::noop());
            match Pin::new(self).poll_fill_buf(&mut cx) {
                Poll::Ready(buffer) => buffer,
                Poll::Pending => Ok(&[][..]),
            }
        }
    }

    /// The first `n` bytes of the buffer were used.
    fn consume(&mut self, n: usize)
    where
        Self: Unpin,
    {
        AsyncBufRead::consume(Pin::new(self), n);
    }

    /// The pieces between bytes `delimiter`, without these.
    fn split(self, delimiter: u8) -> Split<Self>
    where
        Self: Sized,
    {
        Split { reader: self, delimiter, piece: Vec::new() }
    }

    /// The lines, without their ends.
    fn lines(self) -> Lines<Self>
    where
        Self: Sized,
    {
        Lines { reader: self, line: Vec::new() }
    }
}

impl<R: AsyncBufRead + ?Sized> AsyncBufReadExt for R {}

/// Ready once `buf` ends in `byte`, or with the source.
fn poll_until<R: AsyncBufRead + ?Sized>(
    mut reader: Pin<&mut R>,
    cx: &mut Context<'_>,
    byte: u8,
    buf: &mut Vec<u8>,
) -> Poll<io::Result<()>> {
    loop {
        let ready = ready!(reader.as_mut().poll_fill_buf(cx))?;
        let found = ready.iter().position(|b| *b == byte);
        let n = found.map_or(ready.len(), |at| at + 1);
        buf.extend_from_slice(&ready[..n]);
        reader.as_mut().consume(n);
        if found.is_some() || n == 0 {
            return Poll::Ready(Ok(()));
        }
    }
}

fn into_text(bytes: Vec<u8>) -> io::Result<String> {
    String::from_utf8(bytes).map_err(|e| io::Error::new(io::ErrorKind::InvalidData, e))
}

/// The lines of a reader; see [`AsyncBufReadExt::lines`].
///
/// # Dropping
///
/// Loses a line that was read in part.
#[derive(Debug)]
pub struct Lines<R> {
    reader: R,
    line: Vec<u8>,
}

impl<R: AsyncBufRead + Unpin> Lines<R> {
    /// The next line, without its end, or `None` at the end of the source.
    ///
    /// # Errors
    ///
    /// `InvalidData` if it is not UTF-8.
    ///
    /// # Dropping
    ///
    /// Loses nothing: the next call goes on with the line.
    pub async fn next_line(&mut self) -> io::Result<Option<String>> {
        poll_fn(|cx| poll_until(Pin::new(&mut self.reader), cx, b'\n', &mut self.line)).await?;
        let mut line = std::mem::take(&mut self.line);
        if line.is_empty() {
            return Ok(None);
        }
        if line.last() == Some(&b'\n') {
            line.pop();
            if line.last() == Some(&b'\r') {
                line.pop();
            }
        }
        into_text(line).map(Some)
    }

    /// What is read from.
    pub fn into_inner(self) -> R {
        self.reader
    }
}

/// The pieces of a reader; see [`AsyncBufReadExt::split`].
///
/// # Dropping
///
/// Loses a piece that was read in part.
#[derive(Debug)]
pub struct Split<R> {
    reader: R,
    delimiter: u8,
    piece: Vec<u8>,
}

impl<R: AsyncBufRead + Unpin> Split<R> {
    /// The next piece, without the byte at its end, or `None` at the end of the source.
    ///
    /// # Errors
    ///
    /// Those of the source.
    ///
    /// # Dropping
    ///
    /// Loses nothing: the next call goes on with the piece.
    pub async fn next_segment(&mut self) -> io::Result<Option<Vec<u8>>> {
        let Split { reader, delimiter, piece } = self;
        poll_fn(|cx| poll_until(Pin::new(&mut *reader), cx, *delimiter, piece)).await?;
        let mut piece = std::mem::take(piece);
        if piece.is_empty() {
            return Ok(None);
        }
        if piece.last() == Some(delimiter) {
            piece.pop();
        }
        Ok(Some(piece))
    }
}
