//! What programs call to write: [`AsyncWriteExt`], and the future that needs `bytes` 0.5.
//!
//! Programs bring the trait into scope; the futures of the numbers are in `io::future`.
//!
//! Always true: `write` has written nothing if it is dropped while pending; `write_buf`
//! advances its buffer by what was written.
//!
//! Why does one future stand here? `write_buf` takes a buffer of `bytes` 0.5, of which the futures
//! of `tokio-await` know nothing.

use super::future::{self, Flush, Shutdown, Write, WriteAll};
use super::modern::Modern;
use super::AsyncWrite;
use bytes::Buf;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio_await::io::AsyncWriteExt as Ext;

/// The methods that write numbers.
macro_rules! writing {
    ($( $name:ident($n:ident: $type:ty) $future:ident, $what:literal; )*) => { $(
        #[doc = concat!("Writes ", $what, ".")]
        ///
        /// # Errors
        ///
        /// As [`write_all`](AsyncWriteExt::write_all).
        ///
        /// # Dropping
        ///
        /// Part of it may have been written.
        fn $name(&mut self, $n: $type) -> future::$future<&mut Self>
        where
            Self: Unpin,
        {
            future::$future::new(self, $n)
        }
    )* };
}

/// Methods of every [`AsyncWrite`].
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
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
        Write::new(Ext::write(Modern::of(self), src))
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
        WriteBuf { writer: self, buf: src }
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
        WriteAll::new(Ext::write_all(Modern::of(self), src))
    }

    writing! {
        write_u8(n: u8) WriteU8, "one byte";
        write_i8(n: i8) WriteI8, "one byte";
        write_u16(n: u16) WriteU16, "a `u16`, the highest byte first";
        write_i16(n: i16) WriteI16, "an `i16`, the highest byte first";
        write_u32(n: u32) WriteU32, "a `u32`, the highest byte first";
        write_i32(n: i32) WriteI32, "an `i32`, the highest byte first";
        write_u64(n: u64) WriteU64, "a `u64`, the highest byte first";
        write_i64(n: i64) WriteI64, "an `i64`, the highest byte first";
        write_u128(n: u128) WriteU128, "a `u128`, the highest byte first";
        write_i128(n: i128) WriteI128, "an `i128`, the highest byte first";
        write_u16_le(n: u16) WriteU16Le, "a `u16`, the lowest byte first";
        write_i16_le(n: i16) WriteI16Le, "an `i16`, the lowest byte first";
        write_u32_le(n: u32) WriteU32Le, "a `u32`, the lowest byte first";
        write_i32_le(n: i32) WriteI32Le, "an `i32`, the lowest byte first";
        write_u64_le(n: u64) WriteU64Le, "a `u64`, the lowest byte first";
        write_i64_le(n: i64) WriteI64Le, "an `i64`, the lowest byte first";
        write_u128_le(n: u128) WriteU128Le, "a `u128`, the lowest byte first";
        write_i128_le(n: i128) WriteI128Le, "an `i128`, the lowest byte first";
    }

    /// Waits until all that was written has left the buffers of this sink.
    ///
    /// # Errors
    ///
    /// Those of the sink.
    fn flush(&mut self) -> Flush<'_, Self>
    where
        Self: Unpin,
    {
        Flush::new(Ext::flush(Modern::of(self)))
    }

    /// Flushes, and tells the other side that nothing follows.
    ///
    /// # Errors
    ///
    /// Those of the sink.
    fn shutdown(&mut self) -> Shutdown<'_, Self>
    where
        Self: Unpin,
    {
        Shutdown::new(Ext::shutdown(Modern::of(self)))
    }
}

impl<W: AsyncWrite + ?Sized> AsyncWriteExt for W {}

/// Writes once from a `Buf`; see [`AsyncWriteExt::write_buf`].
#[derive(Debug)]
#[must_use = "futures do nothing unless polled"]
pub struct WriteBuf<'a, W, B> {
    writer: &'a mut W,
    buf: &'a mut B,
}

impl<W: AsyncWrite + Unpin, B: Buf> Future for WriteBuf<'_, W, B> {
    type Output = io::Result<usize>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        Pin::new(&mut *this.writer).poll_write_buf(cx, this.buf)
    }
}
