//! What can be read, written, sought and looked into, without making a thread wait.
//!
//! The four traits, and their implementations for pointers, slices, vectors and cursors.
//! What programs call are the extension traits beside them.
//!
//! Called by the extension traits, codecs, and whatever wraps a stream.
//!
//! Always true of an implementation that keeps the contract: a method that answers "pending" has
//! moved no byte, and the task is woken once it is worth trying again.
//!
//! Why not the traits of `futures-io`? Programs and libraries of tokio 1.x implement tokio's own,
//! whose reads go through a [`ReadBuf`](super::ReadBuf).

use super::forward::{forward_buf_reads, forward_reads, forward_seeks, forward_writes};
use super::ReadBuf;
use std::io::{self, BufRead, Cursor, IoSlice, Seek, SeekFrom, Write};
use std::ops::DerefMut;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Reads bytes, and reports "not yet" in place of making the thread wait.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::io::{AsyncRead, AsyncReadExt};
///
/// async fn read_all(mut source: impl AsyncRead + Unpin) -> std::io::Result<Vec<u8>> {
///     let mut bytes = Vec::new();
///     source.read_to_end(&mut bytes).await?;
///     Ok(bytes)
/// }
/// ```
pub trait AsyncRead {
    /// Reads into what is left of `buf`.
    ///
    /// Ready with nothing filled in means the end, or a `buf` without room. When pending,
    /// nothing was read, and the task is woken when it is worth another try.
    ///
    /// # Errors
    ///
    /// Those of the source.
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>>;
}

/// Writes bytes, and reports "not yet" in place of making the thread wait.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::io::{AsyncWrite, AsyncWriteExt};
///
/// async fn greet(mut sink: impl AsyncWrite + Unpin) -> std::io::Result<()> {
///     sink.write_all(b"hello\n").await?;
///     sink.flush().await
/// }
/// ```
pub trait AsyncWrite {
    /// Writes a beginning of `buf`, and returns its length in bytes.
    ///
    /// # Errors
    ///
    /// Those of the sink.
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>>;

    /// Waits until all that was written has left the buffers of this sink.
    ///
    /// # Errors
    ///
    /// Those of the sink.
    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>>;

    /// Flushes, and tells the other side that nothing follows.
    ///
    /// # Errors
    ///
    /// Those of the sink.
    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>>;

    /// Writes from `bufs`, one after the other, and returns how many bytes.
    ///
    /// As provided, writes from the first that is not empty.
    ///
    /// # Errors
    ///
    /// Those of the sink.
    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let first = bufs.iter().find(|buf| !buf.is_empty());
        self.poll_write(cx, first.map_or(&[], |buf| buf))
    }

    /// Returns whether [`poll_write_vectored`](AsyncWrite::poll_write_vectored) writes from
    /// more than one buffer at a time.
    fn is_write_vectored(&self) -> bool {
        false
    }
}

/// Reads through a buffer that can be looked into.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::io::{AsyncBufRead, AsyncBufReadExt};
///
/// async fn first_line(mut source: impl AsyncBufRead + Unpin) -> std::io::Result<String> {
///     let mut line = String::new();
///     source.read_line(&mut line).await?;
///     Ok(line)
/// }
/// ```
pub trait AsyncBufRead: AsyncRead {
    /// Returns what is in the buffer, read from the source if that was nothing; empty at
    /// the end.
    ///
    /// # Errors
    ///
    /// Those of the source.
    fn poll_fill_buf(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<&[u8]>>;

    /// Drops the first `amt` bytes of the buffer, which were used.
    fn consume(self: Pin<&mut Self>, amt: usize);
}

/// Has a position that can be changed.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use std::io::SeekFrom;
/// use tokio::io::{AsyncSeek, AsyncSeekExt};
///
/// async fn length(mut file: impl AsyncSeek + Unpin) -> std::io::Result<u64> {
///     file.seek(SeekFrom::End(0)).await
/// }
/// ```
pub trait AsyncSeek {
    /// Begins to go to `position`; [`poll_complete`](AsyncSeek::poll_complete) ends it.
    ///
    /// # Errors
    ///
    /// If an earlier operation is still going on, or for a position before the start.
    fn start_seek(self: Pin<&mut Self>, position: SeekFrom) -> io::Result<()>;

    /// Waits for what was begun, and returns the position, in bytes from the start.
    ///
    /// # Errors
    ///
    /// Those of the stream.
    fn poll_complete(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<u64>>;
}

/// Implements the four traits for `$pointer`, which leads to another implementation.
macro_rules! through {
    ([$($generics:tt)*] $pointer:ty, $to:ty, |$this:ident| $inner:expr, |$shared:ident| $target:expr) => {
        forward_reads!([$($generics)*] $pointer, where $to, |$this| $inner);
        forward_writes!([$($generics)*] $pointer, where $to, |$this| $inner, |$shared| $target);
        forward_buf_reads!([$($generics)*] $pointer, where $to, |$this| $inner);
        forward_seeks!([$($generics)*] $pointer, where $to, |$this| $inner);
    };
}

through!([T: Unpin + ?Sized] &mut T, T, |this| Pin::new(&mut **this.get_mut()), |this| **this);
through!([T: Unpin + ?Sized] Box<T>, T, |this| Pin::new(&mut **this.get_mut()), |this| **this);
through!([P: DerefMut] Pin<P>, P::Target, |this| this.as_deref_mut(), |this| **this);

impl AsyncRead for &[u8] {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let (read, rest) = this.split_at(this.len().min(buf.remaining()));
        buf.put_slice(read);
        *this = rest;
        Poll::Ready(Ok(()))
    }
}

impl AsyncBufRead for &[u8] {
    fn poll_fill_buf(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<&[u8]>> {
        Poll::Ready(Ok(*self))
    }

    fn consume(self: Pin<&mut Self>, amt: usize) {
        let this = self.get_mut();
        *this = &this[amt..];
    }
}

impl<T: AsRef<[u8]> + Unpin> AsyncRead for Cursor<T> {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let rest = BufRead::fill_buf(this)?;
        let n = rest.len().min(buf.remaining());
        buf.put_slice(&rest[..n]);
        BufRead::consume(this, n);
        Poll::Ready(Ok(()))
    }
}

impl<T: AsRef<[u8]> + Unpin> AsyncBufRead for Cursor<T> {
    fn poll_fill_buf(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<&[u8]>> {
        Poll::Ready(BufRead::fill_buf(self.get_mut()))
    }

    fn consume(self: Pin<&mut Self>, amt: usize) {
        BufRead::consume(self.get_mut(), amt);
    }
}

impl<T: AsRef<[u8]> + Unpin> AsyncSeek for Cursor<T> {
    fn start_seek(self: Pin<&mut Self>, position: SeekFrom) -> io::Result<()> {
        Seek::seek(self.get_mut(), position).map(drop)
    }

    fn poll_complete(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<u64>> {
        Poll::Ready(Ok(self.position()))
    }
}

/// Writers of std that are always ready, and write from many buffers at a time.
macro_rules! always_ready {
    ($($type:ty),*) => { $(
        impl AsyncWrite for $type {
            fn poll_write(
                self: Pin<&mut Self>,
                _: &mut Context<'_>,
                buf: &[u8],
            ) -> Poll<io::Result<usize>> {
                Poll::Ready(Write::write(self.get_mut(), buf))
            }

            fn poll_write_vectored(
                self: Pin<&mut Self>,
                _: &mut Context<'_>,
                bufs: &[IoSlice<'_>],
            ) -> Poll<io::Result<usize>> {
                Poll::Ready(Write::write_vectored(self.get_mut(), bufs))
            }

            fn is_write_vectored(&self) -> bool {
                true
            }

            fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
                Poll::Ready(Write::flush(self.get_mut()))
            }

            fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
                self.poll_flush(cx)
            }
        }
    )* };
}

always_ready!(Vec<u8>, Cursor<Vec<u8>>, Cursor<&mut Vec<u8>>, Cursor<&mut [u8]>, Cursor<Box<[u8]>>);
