//! Numbers in a stream: the futures, and the methods of the extension traits.
//!
//! `read_ext` and `write_ext` put the methods into their traits; programs call them.
//!
//! Always true: the bytes that came so far are in the future. Dropping it loses them.
//!
//! Why a macro? The types differ in nothing but the length and the order of their bytes.

use super::retry::retry;
use super::{AsyncRead, AsyncWrite, ReadBuf};
use pin_project_lite::pin_project;
use std::future::Future;
use std::io;
use std::marker::PhantomPinned;
use std::pin::Pin;
use std::task::{ready, Context, Poll};

/// The bytes of a number that were read.
#[derive(Debug)]
struct Incoming<const LEN: usize> {
    bytes: [u8; LEN],
    read: usize,
}

impl<const LEN: usize> Incoming<LEN> {
    fn new() -> Incoming<LEN> {
        Incoming { bytes: [0; LEN], read: 0 }
    }

    fn poll<R: AsyncRead>(
        &mut self,
        mut reader: Pin<&mut R>,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<[u8; LEN]>> {
        while self.read < LEN {
            let mut buf = ReadBuf::new(&mut self.bytes[self.read..]);
            ready!(retry(|| reader.as_mut().poll_read(cx, &mut buf)))?;
            match buf.filled().len() {
                0 => return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into())),
                n => self.read += n,
            }
        }
        Poll::Ready(Ok(self.bytes))
    }
}

/// The bytes of a number that are to be written.
#[derive(Debug)]
struct Outgoing<const LEN: usize> {
    bytes: [u8; LEN],
    written: usize,
}

impl<const LEN: usize> Outgoing<LEN> {
    fn poll<W: AsyncWrite>(
        &mut self,
        mut writer: Pin<&mut W>,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        while self.written < LEN {
            let rest = &self.bytes[self.written..];
            match ready!(retry(|| writer.as_mut().poll_write(cx, rest)))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                n => self.written += n,
            }
        }
        Poll::Ready(Ok(()))
    }
}

/// A future for each number that is read.
macro_rules! read_futures {
    ($( $name:ident $type:ty, $convert:ident; )*) => { $(
        pin_project! {
            #[doc = concat!("Reads a number of type `", stringify!($type), "`.")]
            #[derive(Debug)]
            #[must_use = "futures do nothing unless polled"]
            pub struct $name<R> {
                #[pin]
                reader: R,
                number: Incoming<{ size_of::<$type>() }>,
                #[pin]
                pinned: PhantomPinned,
            }
        }

        impl<R> $name<R> {
            // Hidden: made by the methods of the extension traits alone.
            #[doc(hidden)]
            pub fn new(reader: R) -> $name<R> {
                $name { reader, number: Incoming::new(), pinned: PhantomPinned }
            }
        }

        impl<R: AsyncRead> Future for $name<R> {
            type Output = io::Result<$type>;

            fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<$type>> {
                let this = self.project();
                this.number.poll(this.reader, cx).map_ok(<$type>::$convert)
            }
        }
    )* };
}

read_futures! {
    ReadU8 u8, from_be_bytes;
    ReadI8 i8, from_be_bytes;
    ReadU16 u16, from_be_bytes;
    ReadI16 i16, from_be_bytes;
    ReadU32 u32, from_be_bytes;
    ReadI32 i32, from_be_bytes;
    ReadU64 u64, from_be_bytes;
    ReadI64 i64, from_be_bytes;
    ReadU128 u128, from_be_bytes;
    ReadI128 i128, from_be_bytes;
    ReadF32 f32, from_be_bytes;
    ReadF64 f64, from_be_bytes;
    ReadU16Le u16, from_le_bytes;
    ReadI16Le i16, from_le_bytes;
    ReadU32Le u32, from_le_bytes;
    ReadI32Le i32, from_le_bytes;
    ReadU64Le u64, from_le_bytes;
    ReadI64Le i64, from_le_bytes;
    ReadU128Le u128, from_le_bytes;
    ReadI128Le i128, from_le_bytes;
    ReadF32Le f32, from_le_bytes;
    ReadF64Le f64, from_le_bytes;
}

/// A future for each number that is written.
macro_rules! write_futures {
    ($( $name:ident $type:ty, $convert:ident; )*) => { $(
        pin_project! {
            #[doc = concat!("Writes a number of type `", stringify!($type), "`.")]
            #[derive(Debug)]
            #[must_use = "futures do nothing unless polled"]
            pub struct $name<W> {
                #[pin]
                writer: W,
                number: Outgoing<{ size_of::<$type>() }>,
                #[pin]
                pinned: PhantomPinned,
            }
        }

        impl<W> $name<W> {
            // Hidden: made by the methods of the extension traits alone.
            #[doc(hidden)]
            pub fn new(writer: W, n: $type) -> $name<W> {
                let number = Outgoing { bytes: n.$convert(), written: 0 };
                $name { writer, number, pinned: PhantomPinned }
            }
        }

        impl<W: AsyncWrite> Future for $name<W> {
            type Output = io::Result<()>;

            fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
                let this = self.project();
                this.number.poll(this.writer, cx)
            }
        }
    )* };
}

write_futures! {
    WriteU8 u8, to_be_bytes;
    WriteI8 i8, to_be_bytes;
    WriteU16 u16, to_be_bytes;
    WriteI16 i16, to_be_bytes;
    WriteU32 u32, to_be_bytes;
    WriteI32 i32, to_be_bytes;
    WriteU64 u64, to_be_bytes;
    WriteI64 i64, to_be_bytes;
    WriteU128 u128, to_be_bytes;
    WriteI128 i128, to_be_bytes;
    WriteF32 f32, to_be_bytes;
    WriteF64 f64, to_be_bytes;
    WriteU16Le u16, to_le_bytes;
    WriteI16Le i16, to_le_bytes;
    WriteU32Le u32, to_le_bytes;
    WriteI32Le i32, to_le_bytes;
    WriteU64Le u64, to_le_bytes;
    WriteI64Le i64, to_le_bytes;
    WriteU128Le u128, to_le_bytes;
    WriteI128Le i128, to_le_bytes;
    WriteF32Le f32, to_le_bytes;
    WriteF64Le f64, to_le_bytes;
}

/// The methods that read numbers.
macro_rules! reading {
    ($( $name:ident $future:ident, $what:literal; )*) => { $(
        #[doc = concat!("Reads ", $what, ". Goes on after `Interrupted`.")]
        ///
        /// # Errors
        ///
        /// `UnexpectedEof` if the stream ends before; those of the source.
        ///
        /// # Dropping
        ///
        /// Loses what was read of it.
        fn $name(&mut self) -> numbers::$future<&mut Self>
        where
            Self: Unpin,
        {
            numbers::$future::new(self)
        }
    )* };
}

/// The methods that write numbers.
macro_rules! writing {
    ($( $name:ident $type:ty, $future:ident, $what:literal; )*) => { $(
        #[doc = concat!("Writes ", $what, ". Goes on after `Interrupted`.")]
        ///
        /// # Errors
        ///
        /// As [`write_all`](AsyncWriteExt::write_all).
        ///
        /// # Dropping
        ///
        /// Part of it may have been written.
        fn $name(&mut self, n: $type) -> numbers::$future<&mut Self>
        where
            Self: Unpin,
        {
            numbers::$future::new(self, n)
        }
    )* };
}

pub(super) use {reading, writing};
