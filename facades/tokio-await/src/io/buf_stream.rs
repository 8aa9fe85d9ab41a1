//! A buffer for what is read, and one for what is written.

use super::buf_reader::BUFFER;
use super::{AsyncBufRead, AsyncRead, AsyncSeek, AsyncWrite, BufReader, BufWriter, ReadBuf};
use pin_project_lite::pin_project;
use std::io::{self, IoSlice, SeekFrom};
use std::pin::Pin;
use std::task::{Context, Poll};

pin_project! {
    /// Reads and writes in big pieces what is asked for and comes in small ones.
    ///
    /// # Dropping
    ///
    /// Loses what is in either buffer: flush first.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufStream};
    /// use tokio::net::TcpStream;
    ///
    /// async fn greet(stream: TcpStream) -> std::io::Result<String> {
    ///     let mut stream = BufStream::new(stream);
    ///     stream.write_all(b"HELO\n").await?;
    ///     stream.flush().await?;
    ///     let mut answer = String::new();
    ///     stream.read_line(&mut answer).await?;
    ///     Ok(answer)
    /// }
    /// ```
    #[derive(Debug)]
    pub struct BufStream<RW> {
        #[pin]
        inner: BufReader<BufWriter<RW>>,
    }
}

impl<RW: AsyncRead + AsyncWrite> BufStream<RW> {
    /// Creates buffers of 8 KiB before `stream`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let (ours, _theirs) = tokio::io::duplex(64);
    /// let stream = tokio::io::BufStream::new(ours);
    /// # drop(stream);
    /// ```
    pub fn new(stream: RW) -> BufStream<RW> {
        BufStream::with_capacity(BUFFER, BUFFER, stream)
    }

    /// Creates a buffer for reading and one for writing, of so many bytes, before `stream`.
    ///
    /// # Panics
    ///
    /// If that for reading has none.
    #[track_caller]
    pub fn with_capacity(
        reader_capacity: usize,
        writer_capacity: usize,
        stream: RW,
    ) -> BufStream<RW> {
        let writer = BufWriter::with_capacity(writer_capacity, stream);
        BufStream { inner: BufReader::with_capacity(reader_capacity, writer) }
    }

    /// Returns the inner stream.
    pub fn get_ref(&self) -> &RW {
        self.inner.get_ref().get_ref()
    }

    /// Returns the inner stream, to be changed. What goes through it is not in order.
    pub fn get_mut(&mut self) -> &mut RW {
        self.inner.get_mut().get_mut()
    }

    /// Returns the inner stream, pinned. What goes through it is not in order.
    pub fn get_pin_mut(self: Pin<&mut Self>) -> Pin<&mut RW> {
        self.project().inner.get_pin_mut().get_pin_mut()
    }

    /// Returns the inner stream; what is in the buffers is lost.
    pub fn into_inner(self) -> RW {
        self.inner.into_inner().into_inner()
    }
}

impl<RW> From<BufReader<BufWriter<RW>>> for BufStream<RW> {
    fn from(inner: BufReader<BufWriter<RW>>) -> BufStream<RW> {
        BufStream { inner }
    }
}

impl<RW> From<BufWriter<BufReader<RW>>> for BufStream<RW> {
    fn from(inner: BufWriter<BufReader<RW>>) -> BufStream<RW> {
        BufStream { inner: inner.turn_inside_out() }
    }
}

super::forward_reads! {
    [RW: AsyncRead + AsyncWrite] BufStream<RW>, |this| this.project().inner
}

super::forward_buf_reads! {
    [RW: AsyncRead + AsyncWrite] BufStream<RW>, |this| this.project().inner
}

super::forward_writes! {
    [RW: AsyncRead + AsyncWrite] BufStream<RW>,
    |this| this.project().inner,
    |shared| shared.inner
}

super::forward_seeks! {
    [RW: AsyncRead + AsyncWrite + AsyncSeek] BufStream<RW>, |this| this.project().inner
}
