//! What programs call to write: [`AsyncWriteExt`], and its futures.
//!
//! Programs bring the trait into scope; the numbers' methods come from `numbers`.
//!
//! Always true: `write` and `write_buf` have written nothing if they are dropped while pending;
//! after `write_all` and `write_all_buf` it is unknown how much was written, but that
//! `write_all_buf` advances its buffer by just that much.
//!
//! Why are the futures types with names? So that they are `Send` whenever the writer is.

use super::numbers::{self, writing};
use super::retry::retry;
use super::AsyncWrite;
use bytes1::Buf;
use pin_project_lite::pin_project;
use std::future::Future;
use std::io::{self, IoSlice};
use std::marker::PhantomPinned;
use std::pin::Pin;
use std::task::{ready, Context, Poll};

/// How many chunks of a `Buf` are written at a time.
const MAX_CHUNKS: usize = 64;

/// Methods of every [`AsyncWrite`].
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::io::AsyncWriteExt;
///
/// tokio::runtime::Runtime::new()?.block_on(async {
///     let mut written = Vec::new();
///     written.write_u16(3).await?;
///     written.write_all(b"abc").await?;
///     assert_eq!(written, b"\x00\x03abc");
///     Ok::<(), std::io::Error>(())
/// })?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub trait AsyncWriteExt: AsyncWrite {
    /// Writes once, and returns how many bytes of `src`.
    ///
    /// # Errors
    ///
    /// Those of the sink; nothing was written then.
    ///
    /// # Dropping
    ///
    /// Nothing was written if it was not ready.
    fn write<'a>(&'a mut self, src: &'a [u8]) -> Write<'a, Self>
    where
        Self: Unpin,
    {
        Write { writer: self, buf: src, pinned: PhantomPinned }
    }

    /// Writes once, from one of `bufs` after the other, and returns how many bytes.
    ///
    /// # Errors
    ///
    /// Those of the sink; nothing was written then.
    ///
    /// # Dropping
    ///
    /// Nothing was written if it was not ready.
    fn write_vectored<'a, 'b>(&'a mut self, bufs: &'a [IoSlice<'b>]) -> WriteVectored<'a, 'b, Self>
    where
        Self: Unpin,
    {
        WriteVectored { writer: self, bufs, pinned: PhantomPinned }
    }

    /// Writes once from `src`, takes what was written from its front, and returns how many
    /// bytes that is.
    ///
    /// # Errors
    ///
    /// Those of the sink; nothing was written then.
    ///
    /// # Dropping
    ///
    /// Nothing was written if it was not ready.
    fn write_buf<'a, B>(&'a mut self, src: &'a mut B) -> WriteBuf<'a, Self, B>
    where
        Self: Sized + Unpin,
        B: Buf,
    {
        WriteBuf { writer: self, buf: src, pinned: PhantomPinned }
    }

    /// Writes all of `src`, and takes what is written from its front. Goes on after
    /// `Interrupted`.
    ///
    /// # Errors
    ///
    /// `WriteZero` if the sink takes nothing more; those of the sink. `src` has what was not
    /// written.
    ///
    /// # Dropping
    ///
    /// `src` has what was not written.
    fn write_all_buf<'a, B>(&'a mut self, src: &'a mut B) -> WriteAllBuf<'a, Self, B>
    where
        Self: Sized + Unpin,
        B: Buf,
    {
        WriteAllBuf { writer: self, buf: src, pinned: PhantomPinned }
    }

    /// Writes all of `src`. Goes on after `Interrupted`.
    ///
    /// # Errors
    ///
    /// `WriteZero` if the sink takes nothing more; those of the sink.
    ///
    /// # Dropping
    ///
    /// Part of it may have been written.
    fn write_all<'a>(&'a mut self, src: &'a [u8]) -> WriteAll<'a, Self>
    where
        Self: Unpin,
    {
        WriteAll { writer: self, buf: src, pinned: PhantomPinned }
    }

    writing! {
        write_u8 u8, WriteU8, "one byte";
        write_i8 i8, WriteI8, "one byte";
        write_u16 u16, WriteU16, "a `u16`, the highest byte first";
        write_i16 i16, WriteI16, "an `i16`, the highest byte first";
        write_u32 u32, WriteU32, "a `u32`, the highest byte first";
        write_i32 i32, WriteI32, "an `i32`, the highest byte first";
        write_u64 u64, WriteU64, "a `u64`, the highest byte first";
        write_i64 i64, WriteI64, "an `i64`, the highest byte first";
        write_u128 u128, WriteU128, "a `u128`, the highest byte first";
        write_i128 i128, WriteI128, "an `i128`, the highest byte first";
        write_f32 f32, WriteF32, "an `f32`, the highest byte first";
        write_f64 f64, WriteF64, "an `f64`, the highest byte first";
        write_u16_le u16, WriteU16Le, "a `u16`, the lowest byte first";
        write_i16_le i16, WriteI16Le, "an `i16`, the lowest byte first";
        write_u32_le u32, WriteU32Le, "a `u32`, the lowest byte first";
        write_i32_le i32, WriteI32Le, "an `i32`, the lowest byte first";
        write_u64_le u64, WriteU64Le, "a `u64`, the lowest byte first";
        write_i64_le i64, WriteI64Le, "an `i64`, the lowest byte first";
        write_u128_le u128, WriteU128Le, "a `u128`, the lowest byte first";
        write_i128_le i128, WriteI128Le, "an `i128`, the lowest byte first";
        write_f32_le f32, WriteF32Le, "an `f32`, the lowest byte first";
        write_f64_le f64, WriteF64Le, "an `f64`, the lowest byte first";
    }

    /// Waits until all that was written has left the buffers of this sink.
    ///
    /// # Errors
    ///
    /// Those of the sink.
    ///
    /// # Dropping
    ///
    /// Loses nothing: the writer keeps what it has not passed on.
    fn flush(&mut self) -> Flush<'_, Self>
    where
        Self: Unpin,
    {
        Flush { writer: self, pinned: PhantomPinned }
    }

    /// Flushes, and tells the other side that nothing follows.
    ///
    /// # Errors
    ///
    /// Those of the sink.
    ///
    /// # Dropping
    ///
    /// Loses nothing; the writer may have begun to shut down.
    fn shutdown(&mut self) -> Shutdown<'_, Self>
    where
        Self: Unpin,
    {
        Shutdown { writer: self, pinned: PhantomPinned }
    }
}

impl<W: AsyncWrite + ?Sized> AsyncWriteExt for W {}

/// Writes a beginning of `buf`, from many chunks where the sink can, and takes it off.
fn poll_write_buf<W, B>(
    writer: &mut W,
    cx: &mut Context<'_>,
    buf: &mut B,
) -> Poll<io::Result<usize>>
where
    W: AsyncWrite + Unpin,
    B: Buf,
{
    let writer = Pin::new(writer);
    let polled = if writer.is_write_vectored() {
        let mut chunks = [IoSlice::new(&[]); MAX_CHUNKS];
        let count = buf.chunks_vectored(&mut chunks);
        writer.poll_write_vectored(cx, &chunks[..count])
    } else {
        writer.poll_write(cx, buf.chunk())
    };
    let n = ready!(polled)?;
    buf.advance(n);
    Poll::Ready(Ok(n))
}

/// The error of a sink that takes nothing more.
fn write_zero<T>() -> Poll<io::Result<T>> {
    Poll::Ready(Err(io::ErrorKind::WriteZero.into()))
}

pin_project! {
    /// Writes once; see [`AsyncWriteExt::write`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct Write<'a, W: ?Sized> {
        writer: &'a mut W,
        buf: &'a [u8],
        #[pin]
        pinned: PhantomPinned,
    }
}

impl<W: AsyncWrite + Unpin + ?Sized> Future for Write<'_, W> {
    type Output = io::Result<usize>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let this = self.project();
        Pin::new(&mut **this.writer).poll_write(cx, this.buf)
    }
}

pin_project! {
    /// Writes once from many buffers; see [`AsyncWriteExt::write_vectored`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct WriteVectored<'a, 'b, W: ?Sized> {
        writer: &'a mut W,
        bufs: &'a [IoSlice<'b>],
        #[pin]
        pinned: PhantomPinned,
    }
}

impl<W: AsyncWrite + Unpin + ?Sized> Future for WriteVectored<'_, '_, W> {
    type Output = io::Result<usize>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let this = self.project();
        Pin::new(&mut **this.writer).poll_write_vectored(cx, this.bufs)
    }
}

pin_project! {
    /// Writes once from a `Buf`; see [`AsyncWriteExt::write_buf`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct WriteBuf<'a, W, B> {
        writer: &'a mut W,
        buf: &'a mut B,
        #[pin]
        pinned: PhantomPinned,
    }
}

impl<W: AsyncWrite + Unpin, B: Buf> Future for WriteBuf<'_, W, B> {
    type Output = io::Result<usize>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let this = self.project();
        if !this.buf.has_remaining() {
            return Poll::Ready(Ok(0));
        }
        poll_write_buf(*this.writer, cx, *this.buf)
    }
}

pin_project! {
    /// Writes all of a `Buf`; see [`AsyncWriteExt::write_all_buf`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct WriteAllBuf<'a, W, B> {
        writer: &'a mut W,
        buf: &'a mut B,
        #[pin]
        pinned: PhantomPinned,
    }
}

impl<W: AsyncWrite + Unpin, B: Buf> Future for WriteAllBuf<'_, W, B> {
    type Output = io::Result<()>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.project();
        while this.buf.has_remaining() {
            if ready!(retry(|| poll_write_buf(*this.writer, cx, *this.buf)))? == 0 {
                return write_zero();
            }
        }
        Poll::Ready(Ok(()))
    }
}

pin_project! {
    /// Writes all of a buffer; see [`AsyncWriteExt::write_all`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct WriteAll<'a, W: ?Sized> {
        writer: &'a mut W,
        buf: &'a [u8],
        #[pin]
        pinned: PhantomPinned,
    }
}

impl<W: AsyncWrite + Unpin + ?Sized> Future for WriteAll<'_, W> {
    type Output = io::Result<()>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.project();
        while !this.buf.is_empty() {
            let n = ready!(retry(|| Pin::new(&mut **this.writer).poll_write(cx, this.buf)))?;
            if n == 0 {
                return write_zero();
            }
            *this.buf = &this.buf[n..];
        }
        Poll::Ready(Ok(()))
    }
}

pin_project! {
    /// Flushes; see [`AsyncWriteExt::flush`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct Flush<'a, A: ?Sized> {
        writer: &'a mut A,
        #[pin]
        pinned: PhantomPinned,
    }
}

impl<A: AsyncWrite + Unpin + ?Sized> Future for Flush<'_, A> {
    type Output = io::Result<()>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut **self.project().writer).poll_flush(cx)
    }
}

pin_project! {
    /// Shuts down; see [`AsyncWriteExt::shutdown`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct Shutdown<'a, A: ?Sized> {
        writer: &'a mut A,
        #[pin]
        pinned: PhantomPinned,
    }
}

impl<A: AsyncWrite + Unpin + ?Sized> Future for Shutdown<'_, A> {
    type Output = io::Result<()>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut **self.project().writer).poll_shutdown(cx)
    }
}
