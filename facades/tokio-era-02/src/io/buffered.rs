//! Buffers before readers and writers: `tokio-await`'s.
//!
//! Programs of tokio 0.2 call it; the buffers are those of `tokio-await`, behind the traits of
//! this era.
//!
//! Always true: bytes of a buffer come before those of what it wraps; a flush or shutdown
//! writes the buffer out first.
//!
//! Why not buffers of its own? Seeks and vectored writes past a buffer are easy to get wrong once;
//! the adapter between the traits costs nothing.

use super::modern::Modern;
use super::{
    forward_buf_reads, forward_reads, forward_writes, AsyncBufRead, AsyncRead, AsyncWrite,
};
use pin_project_lite::pin_project;
use std::pin::Pin;
use tokio_await::io as modern;

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
    /// # use tokio_era_02 as tokio;
    /// use tokio::io::{AsyncBufReadExt, BufReader};
    ///
    /// #[tokio::main]
    /// async fn main() -> std::io::Result<()> {
    ///     let (client, server) = tokio::io::duplex(64);
    ///     drop(client);
    ///     let mut line = String::new();
    ///     assert_eq!(BufReader::new(server).read_line(&mut line).await?, 0, "the end");
    ///     Ok(())
    /// }
    /// ```
    #[derive(Debug)]
    pub struct BufReader<R> {
        #[pin]
        inner: modern::BufReader<Modern<R>>,
    }
}

pin_project! {
    /// Writes in big pieces what is written in small ones.
    ///
    /// What is written in pieces as big as the buffer goes past it. What is read comes
    /// straight from the inner stream.
    ///
    /// # Dropping
    ///
    /// Loses what is in the buffer: flush it before.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::io::{AsyncWriteExt, BufWriter};
    ///
    /// #[tokio::main]
    /// async fn main() -> std::io::Result<()> {
    ///     let mut writer = BufWriter::new(Vec::new());
    ///     writer.write_all(b"some ").await?;
    ///     writer.write_all(b"bytes").await?;
    ///     assert!(writer.get_ref().is_empty());
    ///     writer.flush().await?;
    ///     assert_eq!(writer.into_inner(), b"some bytes");
    ///     Ok(())
    /// }
    /// ```
    #[derive(Debug)]
    pub struct BufWriter<W> {
        #[pin]
        inner: modern::BufWriter<Modern<W>>,
    }
}

pin_project! {
    /// A [`BufReader`] and a [`BufWriter`] around one stream.
    ///
    /// # Dropping
    ///
    /// Loses what is in the buffers: flush before.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufStream};
    ///
    /// #[tokio::main]
    /// async fn main() -> std::io::Result<()> {
    ///     let (mut client, server) = tokio::io::duplex(64);
    ///     let mut server = BufStream::new(server);
    ///     client.write_all(b"ping\n").await?;
    ///     let mut request = String::new();
    ///     server.read_line(&mut request).await?;
    ///     server.write_all(request.as_bytes()).await?;
    ///     server.flush().await?;
    ///     Ok(())
    /// }
    /// ```
    #[derive(Debug)]
    pub struct BufStream<RW> {
        #[pin]
        inner: modern::BufStream<Modern<RW>>,
    }
}

/// The methods that lead to the inner stream.
macro_rules! inner {
    ($type:ident<$inner:ident: $($bound:ident)+>) => {
        impl<$inner: $($bound +)+> $type<$inner> {
            /// Returns the inner stream.
            ///
            /// # Examples
            ///
            /// ```
            /// # use tokio_era_02 as tokio;
            /// use tokio::io::BufReader;
            ///
            /// #[tokio::main]
            /// async fn main() -> std::io::Result<()> {
            ///     let reader = BufReader::new(&b"abc"[..]);
            ///     assert_eq!(*reader.get_ref(), b"abc");
            ///     Ok(())
            /// }
            /// ```
            pub fn get_ref(&self) -> &$inner {
                self.inner.get_ref().get_ref()
            }

            /// Returns the inner stream, to be changed. What goes through it is not in order.
            pub fn get_mut(&mut self) -> &mut $inner {
                self.inner.get_mut().get_mut()
            }

            /// Returns the inner stream, pinned. What goes through it is not in order.
            pub fn get_pin_mut(self: Pin<&mut Self>) -> Pin<&mut $inner> {
                self.project().inner.get_pin_mut().get_pin_mut()
            }

            /// Returns the inner stream; what is in the buffer is lost.
            ///
            /// # Examples
            ///
            /// ```
            /// # use tokio_era_02 as tokio;
            /// use tokio::io::{AsyncReadExt, BufReader};
            ///
            /// #[tokio::main]
            /// async fn main() -> std::io::Result<()> {
            ///     let mut reader = BufReader::new(&b"abc"[..]);
            ///     assert_eq!(reader.read_u8().await?, b'a');
            ///     assert!(reader.into_inner().is_empty(), "the rest was in the buffer");
            ///     Ok(())
            /// }
            /// ```
            pub fn into_inner(self) -> $inner {
                self.inner.into_inner().into_inner()
            }
        }
    };
}

inner!(BufReader<R: AsyncRead>);
inner!(BufWriter<W: AsyncWrite>);
inner!(BufStream<RW: AsyncRead AsyncWrite>);

impl<R: AsyncRead> BufReader<R> {
    /// Creates a buffer of 8 KiB before `inner`.
    pub fn new(inner: R) -> BufReader<R> {
        BufReader { inner: modern::BufReader::new(Modern::new(inner)) }
    }

    /// Creates a buffer of `capacity` bytes before `inner`.
    ///
    /// # Panics
    ///
    /// If that is none.
    #[track_caller]
    pub fn with_capacity(capacity: usize, inner: R) -> BufReader<R> {
        BufReader { inner: modern::BufReader::with_capacity(capacity, Modern::new(inner)) }
    }

    /// Returns what was read and not used.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::io::{AsyncReadExt, BufReader};
    ///
    /// #[tokio::main]
    /// async fn main() -> std::io::Result<()> {
    ///     let mut reader = BufReader::new(&b"abc"[..]);
    ///     assert_eq!(reader.read_u8().await?, b'a');
    ///     assert_eq!(reader.buffer(), b"bc");
    ///     Ok(())
    /// }
    /// ```
    pub fn buffer(&self) -> &[u8] {
        self.inner.buffer()
    }
}

impl<W: AsyncWrite> BufWriter<W> {
    /// Creates a buffer of 8 KiB before `inner`.
    pub fn new(inner: W) -> BufWriter<W> {
        BufWriter { inner: modern::BufWriter::new(Modern::new(inner)) }
    }

    /// Creates a buffer of `cap` bytes before `inner`.
    pub fn with_capacity(cap: usize, inner: W) -> BufWriter<W> {
        BufWriter { inner: modern::BufWriter::with_capacity(cap, Modern::new(inner)) }
    }

    /// Returns what was written and is still here.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::io::{AsyncWriteExt, BufWriter};
    ///
    /// #[tokio::main]
    /// async fn main() -> std::io::Result<()> {
    ///     let mut writer = BufWriter::new(Vec::new());
    ///     writer.write_all(b"abc").await?;
    ///     assert_eq!(writer.buffer(), b"abc");
    ///     writer.flush().await?;
    ///     assert!(writer.buffer().is_empty());
    ///     Ok(())
    /// }
    /// ```
    pub fn buffer(&self) -> &[u8] {
        self.inner.buffer()
    }
}

impl<RW: AsyncRead + AsyncWrite> BufStream<RW> {
    /// Creates buffers of 8 KiB around `stream`.
    pub fn new(stream: RW) -> BufStream<RW> {
        BufStream { inner: modern::BufStream::new(Modern::new(stream)) }
    }

    /// Creates buffers of so many bytes around `stream`.
    ///
    /// # Panics
    ///
    /// If `reader_capacity` is 0.
    #[track_caller]
    pub fn with_capacity(
        reader_capacity: usize,
        writer_capacity: usize,
        stream: RW,
    ) -> BufStream<RW> {
        let stream = Modern::new(stream);
        let inner = modern::BufStream::with_capacity(reader_capacity, writer_capacity, stream);
        BufStream { inner }
    }
}

impl<RW> From<BufReader<BufWriter<RW>>> for BufStream<RW> {
    fn from(reader: BufReader<BufWriter<RW>>) -> BufStream<RW> {
        let inner = reader.inner.map_inner(|writer| writer.into_inner().inner);
        BufStream { inner: inner.into() }
    }
}

impl<RW> From<BufWriter<BufReader<RW>>> for BufStream<RW> {
    fn from(writer: BufWriter<BufReader<RW>>) -> BufStream<RW> {
        let inner = writer.inner.map_inner(|reader| reader.into_inner().inner);
        BufStream { inner: inner.into() }
    }
}

forward_reads!([R: AsyncRead] BufReader<R>, |this| this.project().inner);
forward_buf_reads!([R: AsyncRead] BufReader<R>, |this| this.project().inner);
forward_writes!([R: AsyncRead + AsyncWrite] BufReader<R>, |this| this.project().inner);

forward_reads!([W: AsyncRead + AsyncWrite] BufWriter<W>, |this| this.project().inner);
forward_buf_reads!([W: AsyncBufRead + AsyncWrite] BufWriter<W>, |this| this.project().inner);
forward_writes!([W: AsyncWrite] BufWriter<W>, |this| this.project().inner);

forward_reads!([RW: AsyncRead + AsyncWrite] BufStream<RW>, |this| this.project().inner);
forward_buf_reads!([RW: AsyncRead + AsyncWrite] BufStream<RW>, |this| this.project().inner);
forward_writes!([RW: AsyncRead + AsyncWrite] BufStream<RW>, |this| this.project().inner);
