//! A reader and a writer as one stream.

use super::{AsyncBufRead, AsyncRead, AsyncWrite, ReadBuf};
use pin_project_lite::pin_project;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};

/// Makes one stream of a reader and a writer.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// let stream = tokio::io::join(tokio::io::empty(), tokio::io::sink());
/// # drop(stream);
/// ```
pub fn join<R, W>(reader: R, writer: W) -> Join<R, W>
where
    R: AsyncRead,
    W: AsyncWrite,
{
    Join { reader, writer }
}

pin_project! {
    /// Reads from one stream and writes to another; see [`join`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::io::{empty, join, AsyncReadExt, AsyncWriteExt};
    /// use tokio::runtime::Runtime;
    ///
    /// Runtime::new().unwrap().block_on(async {
    ///     let mut both = join(empty(), Vec::new());
    ///     both.write_all(b"goes to the writer").await.unwrap();
    ///     assert_eq!(both.read(&mut [0; 8]).await.unwrap(), 0);
    /// });
    /// ```
    #[derive(Debug)]
    pub struct Join<R, W> {
        #[pin]
        reader: R,
        #[pin]
        writer: W,
    }
}

impl<R: AsyncRead, W: AsyncWrite> Join<R, W> {
    /// Returns the reader and the writer.
    pub fn into_inner(self) -> (R, W) {
        (self.reader, self.writer)
    }

    /// Returns the reader.
    pub fn reader(&self) -> &R {
        &self.reader
    }

    /// Returns the writer.
    pub fn writer(&self) -> &W {
        &self.writer
    }

    /// Returns the reader, to be changed.
    pub fn reader_mut(&mut self) -> &mut R {
        &mut self.reader
    }

    /// Returns the writer, to be changed.
    pub fn writer_mut(&mut self) -> &mut W {
        &mut self.writer
    }

    /// Returns the reader, pinned.
    pub fn reader_pin_mut(self: Pin<&mut Self>) -> Pin<&mut R> {
        self.project().reader
    }

    /// Returns the writer, pinned.
    pub fn writer_pin_mut(self: Pin<&mut Self>) -> Pin<&mut W> {
        self.project().writer
    }
}

super::forward_reads!([R: AsyncRead, W] Join<R, W>, |this| this.project().reader);

super::forward_buf_reads!([R: AsyncBufRead, W] Join<R, W>, |this| this.project().reader);

super::forward_writes!([R, W: AsyncWrite] Join<R, W>, |this| this.project().writer, |shared| shared.writer);
