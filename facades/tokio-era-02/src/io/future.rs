//! The futures of the extension traits: those of `tokio-await` that may be moved once polled.
//!
//! 1.x marks its futures as pinned, to be free to change them; 0.2's are `Unpin`, and programs
//! poll them by `Pin::new`. Called by the extension traits.
//!
//! Always true: what is in [`parts`] relies on its own place for nothing. It holds a reader or
//! writer, or a reference to one, and buffers; only the reader or writer may have to be
//! pinned.
//!
//! Why not box the futures of 1.x? Every `read` of a program would allocate.

use super::modern::Modern;
use super::{AsyncBufRead, AsyncRead, AsyncWrite};
use std::fmt;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::str::Utf8Error;
use std::string::FromUtf8Error;
use std::task::{Context, Poll};
use tokio_await::io::parts;

/// An error about text in the words of 0.2, which are std's.
pub(super) fn not_text(error: io::Error) -> io::Error {
    match error.get_ref() {
        Some(inner) if inner.is::<Utf8Error>() || inner.is::<FromUtf8Error>() => {
            io::Error::new(error.kind(), "stream did not contain valid UTF-8")
        }
        _ => error,
    }
}

/// Defines futures that borrow a reader or writer.
macro_rules! borrowing {
    ($( $(#[$doc:meta])* $name:ident<$inner:ident: $bound:ident> -> $output:ty; )*) => { $(
        $(#[$doc])*
        #[must_use = "futures do nothing unless polled"]
        pub struct $name<'a, $inner: ?Sized> {
            inner: parts::$name<'a, Modern<$inner>>,
        }

        impl<$inner: ?Sized> Unpin for $name<'_, $inner> {}

        impl<'a, $inner: ?Sized> $name<'a, $inner> {
            pub(super) fn new(inner: parts::$name<'a, Modern<$inner>>) -> $name<'a, $inner> {
                $name { inner }
            }
        }

        impl<$inner: $bound + Unpin + ?Sized> Future for $name<'_, $inner> {
            type Output = io::Result<$output>;

            fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<$output>> {
                // SAFETY: the inner future relies on its place for nothing, see above, so
                // that it may be moved between this poll and the next.
                unsafe { self.map_unchecked_mut(|this| &mut this.inner) }
                    .poll(cx)
                    .map_err(not_text)
            }
        }

        impl<$inner: fmt::Debug + ?Sized> fmt::Debug for $name<'_, $inner> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.inner.fmt(f)
            }
        }
    )* };
}

borrowing! {
    /// Reads once; see [`AsyncReadExt::read`](super::AsyncReadExt::read).
    Read<R: AsyncRead> -> usize;
    /// Fills a buffer; see [`AsyncReadExt::read_exact`](super::AsyncReadExt::read_exact).
    ReadExact<A: AsyncRead> -> usize;
    /// Reads the rest; see [`AsyncReadExt::read_to_end`](super::AsyncReadExt::read_to_end).
    ReadToEnd<R: AsyncRead> -> usize;
    /// Reads the rest, as text; see
    /// [`AsyncReadExt::read_to_string`](super::AsyncReadExt::read_to_string).
    ReadToString<R: AsyncRead> -> usize;
    /// Reads to a delimiter; see
    /// [`AsyncBufReadExt::read_until`](super::AsyncBufReadExt::read_until).
    ReadUntil<R: AsyncBufRead> -> usize;
    /// Reads a line; see [`AsyncBufReadExt::read_line`](super::AsyncBufReadExt::read_line).
    ReadLine<R: AsyncBufRead> -> usize;
    /// Writes once; see [`AsyncWriteExt::write`](super::AsyncWriteExt::write).
    Write<W: AsyncWrite> -> usize;
    /// Writes all; see [`AsyncWriteExt::write_all`](super::AsyncWriteExt::write_all).
    WriteAll<W: AsyncWrite> -> ();
    /// Flushes; see [`AsyncWriteExt::flush`](super::AsyncWriteExt::flush).
    Flush<A: AsyncWrite> -> ();
    /// Shuts down; see [`AsyncWriteExt::shutdown`](super::AsyncWriteExt::shutdown).
    Shutdown<A: AsyncWrite> -> ();
}

/// Defines futures of numbers, which hold the reader or writer.
macro_rules! numbers {
    ($( $name:ident<$inner:ident: $bound:ident>($($n:ident: $type:ty)?) -> $output:ty, $what:literal; )*) => { $(
        #[doc = $what]
        #[must_use = "futures do nothing unless polled"]
        pub struct $name<$inner> {
            inner: parts::$name<Modern<$inner>>,
        }

        impl<$inner: Unpin> Unpin for $name<$inner> {}

        impl<$inner> $name<$inner> {
            pub(super) fn new(inner: $inner $(, $n: $type)?) -> $name<$inner> {
                $name { inner: parts::$name::new(Modern::new(inner) $(, $n)?) }
            }
        }

        impl<$inner: $bound> Future for $name<$inner> {
            type Output = io::Result<$output>;

            fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<$output>> {
                // SAFETY: pinned with this future, unless the reader or writer is `Unpin`;
                // the inner future relies on its place for nothing then, see above.
                unsafe { self.map_unchecked_mut(|this| &mut this.inner) }.poll(cx)
            }
        }

        impl<$inner: fmt::Debug> fmt::Debug for $name<$inner> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.inner.fmt(f)
            }
        }
    )* };
}

numbers! {
    ReadU8<R: AsyncRead>() -> u8, "Reads a number of type `u8`.";
    ReadI8<R: AsyncRead>() -> i8, "Reads a number of type `i8`.";
    ReadU16<R: AsyncRead>() -> u16, "Reads a number of type `u16`.";
    ReadI16<R: AsyncRead>() -> i16, "Reads a number of type `i16`.";
    ReadU32<R: AsyncRead>() -> u32, "Reads a number of type `u32`.";
    ReadI32<R: AsyncRead>() -> i32, "Reads a number of type `i32`.";
    ReadU64<R: AsyncRead>() -> u64, "Reads a number of type `u64`.";
    ReadI64<R: AsyncRead>() -> i64, "Reads a number of type `i64`.";
    ReadU128<R: AsyncRead>() -> u128, "Reads a number of type `u128`.";
    ReadI128<R: AsyncRead>() -> i128, "Reads a number of type `i128`.";
    ReadU16Le<R: AsyncRead>() -> u16, "Reads a number of type `u16`.";
    ReadI16Le<R: AsyncRead>() -> i16, "Reads a number of type `i16`.";
    ReadU32Le<R: AsyncRead>() -> u32, "Reads a number of type `u32`.";
    ReadI32Le<R: AsyncRead>() -> i32, "Reads a number of type `i32`.";
    ReadU64Le<R: AsyncRead>() -> u64, "Reads a number of type `u64`.";
    ReadI64Le<R: AsyncRead>() -> i64, "Reads a number of type `i64`.";
    ReadU128Le<R: AsyncRead>() -> u128, "Reads a number of type `u128`.";
    ReadI128Le<R: AsyncRead>() -> i128, "Reads a number of type `i128`.";
    WriteU8<W: AsyncWrite>(n: u8) -> (), "Writes a number of type `u8`.";
    WriteI8<W: AsyncWrite>(n: i8) -> (), "Writes a number of type `i8`.";
    WriteU16<W: AsyncWrite>(n: u16) -> (), "Writes a number of type `u16`.";
    WriteI16<W: AsyncWrite>(n: i16) -> (), "Writes a number of type `i16`.";
    WriteU32<W: AsyncWrite>(n: u32) -> (), "Writes a number of type `u32`.";
    WriteI32<W: AsyncWrite>(n: i32) -> (), "Writes a number of type `i32`.";
    WriteU64<W: AsyncWrite>(n: u64) -> (), "Writes a number of type `u64`.";
    WriteI64<W: AsyncWrite>(n: i64) -> (), "Writes a number of type `i64`.";
    WriteU128<W: AsyncWrite>(n: u128) -> (), "Writes a number of type `u128`.";
    WriteI128<W: AsyncWrite>(n: i128) -> (), "Writes a number of type `i128`.";
    WriteU16Le<W: AsyncWrite>(n: u16) -> (), "Writes a number of type `u16`.";
    WriteI16Le<W: AsyncWrite>(n: i16) -> (), "Writes a number of type `i16`.";
    WriteU32Le<W: AsyncWrite>(n: u32) -> (), "Writes a number of type `u32`.";
    WriteI32Le<W: AsyncWrite>(n: i32) -> (), "Writes a number of type `i32`.";
    WriteU64Le<W: AsyncWrite>(n: u64) -> (), "Writes a number of type `u64`.";
    WriteI64Le<W: AsyncWrite>(n: i64) -> (), "Writes a number of type `i64`.";
    WriteU128Le<W: AsyncWrite>(n: u128) -> (), "Writes a number of type `u128`.";
    WriteI128Le<W: AsyncWrite>(n: i128) -> (), "Writes a number of type `i128`.";
}
