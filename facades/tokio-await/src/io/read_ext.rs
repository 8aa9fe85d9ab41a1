//! What programs call to read: [`AsyncReadExt`], and its futures.
//!
//! Programs bring the trait into scope; the numbers' methods come from `numbers`.
//!
//! Always true: `read` and `read_buf` take nothing if they are dropped while pending; the
//! others keep what they took in the caller's buffer.
//!
//! Why are the futures types with names? So that they are `Send` whenever the reader is.

use super::numbers::{self, reading};
use super::retry::retry;
use super::vec_buf::{poll_read_buf, VecBuf};
use super::{AsyncRead, Chain, ReadBuf as Room, Take};
use bytes1::BufMut;
use pin_project_lite::pin_project;
use std::future::Future;
use std::io;
use std::marker::PhantomPinned;
use std::pin::Pin;
use std::task::{ready, Context, Poll};

/// Methods of every [`AsyncRead`].
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::io::AsyncReadExt;
///
/// tokio::runtime::Runtime::new()?.block_on(async {
///     let mut reader: &[u8] = b"\x00\x03abc";
///     let length = reader.read_u16().await?;
///     let mut text = String::new();
///     reader.take(length.into()).read_to_string(&mut text).await?;
///     assert_eq!(text, "abc");
///     Ok::<(), std::io::Error>(())
/// })?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub trait AsyncReadExt: AsyncRead {
    /// Creates a reader of all that is in this one, and then of all that is in `next`.
    fn chain<R>(self, next: R) -> Chain<Self, R>
    where
        Self: Sized,
        R: AsyncRead,
    {
        Chain::new(self, next)
    }

    /// Reads once into `buf`, and returns how many bytes; 0 means the end, or an empty `buf`.
    ///
    /// # Errors
    ///
    /// Those of the source.
    ///
    /// # Dropping
    ///
    /// Loses nothing.
    fn read<'a>(&'a mut self, buf: &'a mut [u8]) -> Read<'a, Self>
    where
        Self: Unpin,
    {
        Read { reader: self, buf, pinned: PhantomPinned }
    }

    /// Reads once into the free part of `buf`, and returns how many bytes; 0 means the end,
    /// or that nothing is free.
    ///
    /// # Errors
    ///
    /// Those of the source.
    ///
    /// # Dropping
    ///
    /// Loses nothing.
    fn read_buf<'a, B>(&'a mut self, buf: &'a mut B) -> ReadBuf<'a, Self, B>
    where
        Self: Unpin,
        B: BufMut + ?Sized,
    {
        ReadBuf { reader: self, buf, pinned: PhantomPinned }
    }

    /// Fills `buf`, and returns its length. Goes on after `Interrupted`.
    ///
    /// # Errors
    ///
    /// `UnexpectedEof` if the stream ends before; those of the source. What was read is in
    /// `buf`, but it is not known how much that is.
    ///
    /// # Dropping
    ///
    /// Loses what was read.
    fn read_exact<'a>(&'a mut self, buf: &'a mut [u8]) -> ReadExact<'a, Self>
    where
        Self: Unpin,
    {
        ReadExact { reader: self, buf: Room::new(buf), pinned: PhantomPinned }
    }

    /// Appends all that follows to `buf`, and returns how many bytes. Goes on after
    /// `Interrupted`.
    ///
    /// # Errors
    ///
    /// Those of the source. What was read before is in `buf`.
    ///
    /// # Dropping
    ///
    /// What was read is in `buf`.
    fn read_to_end<'a>(&'a mut self, buf: &'a mut Vec<u8>) -> ReadToEnd<'a, Self>
    where
        Self: Unpin,
    {
        ReadToEnd { reader: self, buf: VecBuf::new(buf), read: 0, pinned: PhantomPinned }
    }

    /// Appends all that follows to `dst`, and returns how many bytes. Goes on after
    /// `Interrupted`.
    ///
    /// # Errors
    ///
    /// `InvalidData` if it is not UTF-8; those of the source. `dst` is then as it was.
    ///
    /// # Dropping
    ///
    /// Leaves `dst` empty.
    fn read_to_string<'a>(&'a mut self, dst: &'a mut String) -> ReadToString<'a, Self>
    where
        Self: Unpin,
    {
        let buf = VecBuf::new(std::mem::take(dst).into_bytes());
        ReadToString { reader: self, buf, text: dst, read: 0, pinned: PhantomPinned }
    }

    /// Creates a reader of the first `limit` bytes of this one.
    fn take(self, limit: u64) -> Take<Self>
    where
        Self: Sized,
    {
        Take::new(self, limit)
    }

    reading! {
        read_u8 ReadU8, "one byte";
        read_i8 ReadI8, "one byte";
        read_u16 ReadU16, "a `u16`, the highest byte first";
        read_i16 ReadI16, "an `i16`, the highest byte first";
        read_u32 ReadU32, "a `u32`, the highest byte first";
        read_i32 ReadI32, "an `i32`, the highest byte first";
        read_u64 ReadU64, "a `u64`, the highest byte first";
        read_i64 ReadI64, "an `i64`, the highest byte first";
        read_u128 ReadU128, "a `u128`, the highest byte first";
        read_i128 ReadI128, "an `i128`, the highest byte first";
        read_f32 ReadF32, "an `f32`, the highest byte first";
        read_f64 ReadF64, "an `f64`, the highest byte first";
        read_u16_le ReadU16Le, "a `u16`, the lowest byte first";
        read_i16_le ReadI16Le, "an `i16`, the lowest byte first";
        read_u32_le ReadU32Le, "a `u32`, the lowest byte first";
        read_i32_le ReadI32Le, "an `i32`, the lowest byte first";
        read_u64_le ReadU64Le, "a `u64`, the lowest byte first";
        read_i64_le ReadI64Le, "an `i64`, the lowest byte first";
        read_u128_le ReadU128Le, "a `u128`, the lowest byte first";
        read_i128_le ReadI128Le, "an `i128`, the lowest byte first";
        read_f32_le ReadF32Le, "an `f32`, the lowest byte first";
        read_f64_le ReadF64Le, "an `f64`, the lowest byte first";
    }
}

impl<R: AsyncRead + ?Sized> AsyncReadExt for R {}

pin_project! {
    /// Reads once; see [`AsyncReadExt::read`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct Read<'a, R: ?Sized> {
        reader: &'a mut R,
        buf: &'a mut [u8],
        #[pin]
        pinned: PhantomPinned,
    }
}

impl<R: AsyncRead + Unpin + ?Sized> Future for Read<'_, R> {
    type Output = io::Result<usize>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let this = self.project();
        let mut buf = Room::new(this.buf);
        ready!(Pin::new(&mut **this.reader).poll_read(cx, &mut buf))?;
        Poll::Ready(Ok(buf.filled().len()))
    }
}

pin_project! {
    /// Reads once into free memory; see [`AsyncReadExt::read_buf`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct ReadBuf<'a, R: ?Sized, B: ?Sized> {
        reader: &'a mut R,
        buf: &'a mut B,
        #[pin]
        pinned: PhantomPinned,
    }
}

impl<R, B> Future for ReadBuf<'_, R, B>
where
    R: AsyncRead + Unpin + ?Sized,
    B: BufMut + ?Sized,
{
    type Output = io::Result<usize>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let this = self.project();
        poll_read_buf(Pin::new(&mut **this.reader), cx, &mut **this.buf)
    }
}

pin_project! {
    /// Fills a buffer; see [`AsyncReadExt::read_exact`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct ReadExact<'a, A: ?Sized> {
        reader: &'a mut A,
        buf: Room<'a>,
        #[pin]
        pinned: PhantomPinned,
    }
}

impl<A: AsyncRead + Unpin + ?Sized> Future for ReadExact<'_, A> {
    type Output = io::Result<usize>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let this = self.project();
        while this.buf.remaining() > 0 {
            let before = this.buf.filled().len();
            ready!(retry(|| Pin::new(&mut **this.reader).poll_read(cx, this.buf)))?;
            if this.buf.filled().len() == before {
                return Poll::Ready(Err(early_eof()));
            }
        }
        Poll::Ready(Ok(this.buf.capacity()))
    }
}

/// The error of a stream that ends in the middle.
pub(super) fn early_eof() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "early eof")
}

pin_project! {
    /// Appends the rest of a stream to a vector; see [`AsyncReadExt::read_to_end`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct ReadToEnd<'a, R: ?Sized> {
        reader: &'a mut R,
        buf: VecBuf<&'a mut Vec<u8>>,
        read: usize,
        #[pin]
        pinned: PhantomPinned,
    }
}

impl<R: AsyncRead + Unpin + ?Sized> Future for ReadToEnd<'_, R> {
    type Output = io::Result<usize>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let this = self.project();
        this.buf.poll_read_to_end(Pin::new(&mut **this.reader), cx, this.read)
    }
}

pin_project! {
    /// Appends the rest of a stream to a string; see [`AsyncReadExt::read_to_string`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct ReadToString<'a, R: ?Sized> {
        reader: &'a mut R,
        // The string's bytes, until it is known whether what follows is text.
        buf: VecBuf<Vec<u8>>,
        text: &'a mut String,
        read: usize,
        #[pin]
        pinned: PhantomPinned,
    }
}

impl<R: AsyncRead + Unpin + ?Sized> Future for ReadToString<'_, R> {
    type Output = io::Result<usize>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let this = self.project();
        let reader = Pin::new(&mut **this.reader);
        let result = ready!(this.buf.poll_read_to_end(reader, cx, this.read));
        let read = result.as_ref().map_or(*this.read, |n| *n);
        super::lines::put_text(this.text, this.buf.take(), read, result, true)
    }
}
