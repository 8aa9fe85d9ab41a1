//! What programs call to read: [`AsyncReadExt`], and the future that needs `bytes` 0.5.
//!
//! Programs bring the trait into scope; the futures of the numbers are in `io::future`.
//!
//! Always true: `read` takes nothing if it is dropped while pending; the others keep what they
//! took in the caller's buffer, but for numbers, which lose it.
//!
//! Why not 1.x's extension trait? Its futures may not be moved once polled, and its buffers are
//! those of `bytes` 1.

use super::chain::Chain;
use super::future::{self, Read, ReadExact, ReadToEnd, ReadToString};
use super::modern::Modern;
use super::{AsyncRead, Take};
use bytes::BufMut;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio_await::io::AsyncReadExt as Ext;

/// The methods that read numbers.
macro_rules! reading {
    ($( $name:ident $future:ident, $what:literal; )*) => { $(
        #[doc = concat!("Reads ", $what, ".")]
        ///
        /// # Errors
        ///
        /// As [`read_exact`](AsyncReadExt::read_exact).
        ///
        /// # Dropping
        ///
        /// Loses what was read of it.
        fn $name(&mut self) -> future::$future<&mut Self>
        where
            Self: Unpin,
        {
            future::$future::new(self)
        }
    )* };
}

/// Methods of every [`AsyncRead`].
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
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
        Read::new(Ext::read(Modern::of(self), buf))
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
        Self: Sized + Unpin,
        B: BufMut,
    {
        ReadBuf { reader: self, buf }
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
        ReadExact::new(Ext::read_exact(Modern::of(self), buf))
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
        read_u16_le ReadU16Le, "a `u16`, the lowest byte first";
        read_i16_le ReadI16Le, "an `i16`, the lowest byte first";
        read_u32_le ReadU32Le, "a `u32`, the lowest byte first";
        read_i32_le ReadI32Le, "an `i32`, the lowest byte first";
        read_u64_le ReadU64Le, "a `u64`, the lowest byte first";
        read_i64_le ReadI64Le, "an `i64`, the lowest byte first";
        read_u128_le ReadU128Le, "a `u128`, the lowest byte first";
        read_i128_le ReadI128Le, "an `i128`, the lowest byte first";
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
        ReadToEnd::new(Ext::read_to_end(Modern::of(self), buf))
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
        ReadToString::new(Ext::read_to_string(Modern::of(self), dst))
    }

    /// Creates a reader of the first `limit` bytes of this one.
    fn take(self, limit: u64) -> Take<Self>
    where
        Self: Sized,
    {
        Take::new(self, limit)
    }
}

impl<R: AsyncRead + ?Sized> AsyncReadExt for R {}

/// Reads once into free memory; see [`AsyncReadExt::read_buf`].
#[derive(Debug)]
#[must_use = "futures do nothing unless polled"]
pub struct ReadBuf<'a, R, B> {
    reader: &'a mut R,
    buf: &'a mut B,
}

impl<R: AsyncRead + Unpin, B: BufMut> Future for ReadBuf<'_, R, B> {
    type Output = io::Result<usize>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        Pin::new(&mut *this.reader).poll_read_buf(cx, this.buf)
    }
}
