//! What programs call: whole buffers and whole streams.

use super::numbers::{read_numbers, write_numbers};
use super::{AsyncRead, AsyncWrite, Chain, ReadBuf, Take};
use std::future::{poll_fn, Future};
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::ready;

/// The least room that is made for the rest of a stream, in bytes.
const LEAST_ROOM: usize = 32;

/// Methods of every [`AsyncRead`].
pub trait AsyncReadExt: AsyncRead {
    /// Reads once; 0 bytes mean the end, or an empty `buf`.
    ///
    /// # Dropping
    ///
    /// Loses nothing.
    fn read<'a>(&'a mut self, buf: &'a mut [u8]) -> impl Future<Output = io::Result<usize>> + 'a
    where
        Self: Unpin,
    {
        poll_fn(move |cx| {
            let mut buf = ReadBuf::new(buf);
            ready!(Pin::new(&mut *self).poll_read(cx, &mut buf))?;
            Ok(buf.filled().len()).into()
        })
    }

    /// Fills `buf`, and says its length.
    ///
    /// # Errors
    ///
    /// `UnexpectedEof` if the stream ends before. How much was read then is lost, as it is
    /// when the future is dropped.
    fn read_exact<'a>(
        &'a mut self,
        buf: &'a mut [u8],
    ) -> impl Future<Output = io::Result<usize>> + 'a
    where
        Self: Unpin,
    {
        let mut filled = 0;
        poll_fn(move |cx| {
            let mut buf = ReadBuf::new(buf);
            buf.set_filled(filled);
            while buf.remaining() > 0 {
                ready!(Pin::new(&mut *self).poll_read(cx, &mut buf))?;
                if buf.filled().len() == filled {
                    return Err(io::ErrorKind::UnexpectedEof.into()).into();
                }
                filled = buf.filled().len();
            }
            Ok(filled).into()
        })
    }

    /// Appends all that follows to `buf`, and says how many bytes.
    ///
    /// # Dropping
    ///
    /// Leaves in `buf` what was read so far.
    fn read_to_end<'a>(
        &'a mut self,
        buf: &'a mut Vec<u8>,
    ) -> impl Future<Output = io::Result<usize>> + 'a
    where
        Self: Unpin,
    {
        async move {
            let start = buf.len();
            while append(self, buf).await? > 0 {}
            Ok(buf.len() - start)
        }
    }

    /// Appends all that follows to `text`, and says how many bytes.
    ///
    /// # Errors
    ///
    /// `InvalidData` if it is not UTF-8; `text` is then as it was.
    fn read_to_string<'a>(
        &'a mut self,
        text: &'a mut String,
    ) -> impl Future<Output = io::Result<usize>> + 'a
    where
        Self: Unpin,
    {
        async move {
            let mut bytes = Vec::new();
            self.read_to_end(&mut bytes).await?;
            let read = std::str::from_utf8(&bytes)
                .map_err(|e| io::Error::new(io::ErrorKind::InvalidData, e))?;
            text.push_str(read);
            Ok(bytes.len())
        }
    }

    /// Reads one byte.
    ///
    /// # Errors
    ///
    /// `UnexpectedEof` at the end of the stream.
    fn read_u8(&mut self) -> impl Future<Output = io::Result<u8>> + '_
    where
        Self: Unpin,
    {
        async move {
            let mut byte = [0];
            self.read_exact(&mut byte).await?;
            Ok(byte[0])
        }
    }

    /// Reads one byte.
    ///
    /// # Errors
    ///
    /// `UnexpectedEof` at the end of the stream.
    fn read_i8(&mut self) -> impl Future<Output = io::Result<i8>> + '_
    where
        Self: Unpin,
    {
        async move { self.read_u8().await.map(|byte| byte as i8) }
    }

    read_numbers! {
        read_u16 read_u16_le u16;
        read_u32 read_u32_le u32;
        read_u64 read_u64_le u64;
        read_u128 read_u128_le u128;
        read_i16 read_i16_le i16;
        read_i32 read_i32_le i32;
        read_i64 read_i64_le i64;
        read_i128 read_i128_le i128;
        read_f32 read_f32_le f32;
        read_f64 read_f64_le f64;
    }

    /// The first `limit` bytes of this stream.
    fn take(self, limit: u64) -> Take<Self>
    where
        Self: Sized,
    {
        Take::new(self, limit)
    }

    /// This stream, and then `next`.
    fn chain<R: AsyncRead>(self, next: R) -> Chain<Self, R>
    where
        Self: Sized,
    {
        Chain::new(self, next)
    }
}

impl<R: AsyncRead + ?Sized> AsyncReadExt for R {}

/// Reads once, to the end of `buf`.
async fn append<R: AsyncRead + Unpin + ?Sized>(
    reader: &mut R,
    buf: &mut Vec<u8>,
) -> io::Result<usize> {
    let start = buf.len();
    let result = poll_fn(|cx| {
        // The free room is there while the reader looks, and is cut off again before
        // anyone else does: a dropped future leaves only what was read.
        buf.reserve(LEAST_ROOM);
        buf.resize(buf.capacity(), 0);
        let mut room = ReadBuf::new(&mut buf[start..]);
        let polled = Pin::new(&mut *reader).poll_read(cx, &mut room);
        let end = start + room.filled().len();
        buf.truncate(end);
        polled
    });
    result.await?;
    Ok(buf.len() - start)
}

/// Methods of every [`AsyncWrite`].
pub trait AsyncWriteExt: AsyncWrite {
    /// Writes once, and says how many bytes.
    ///
    /// # Dropping
    ///
    /// Nothing was written then.
    fn write<'a>(&'a mut self, buf: &'a [u8]) -> impl Future<Output = io::Result<usize>> + 'a
    where
        Self: Unpin,
    {
        poll_fn(move |cx| Pin::new(&mut *self).poll_write(cx, buf))
    }

    /// Writes all of `buf`.
    ///
    /// # Errors
    ///
    /// `WriteZero` if the sink takes nothing more.
    ///
    /// # Dropping
    ///
    /// Part of it may have been written.
    fn write_all<'a>(&'a mut self, buf: &'a [u8]) -> impl Future<Output = io::Result<()>> + 'a
    where
        Self: Unpin,
    {
        let mut rest = buf;
        poll_fn(move |cx| {
            while !rest.is_empty() {
                let n = ready!(Pin::new(&mut *self).poll_write(cx, rest))?;
                if n == 0 {
                    return Err(io::ErrorKind::WriteZero.into()).into();
                }
                rest = &rest[n..];
            }
            Ok(()).into()
        })
    }

    /// Writes one byte.
    ///
    /// # Errors
    ///
    /// As [`write_all`](AsyncWriteExt::write_all).
    fn write_u8(&mut self, n: u8) -> impl Future<Output = io::Result<()>> + '_
    where
        Self: Unpin,
    {
        async move { self.write_all(&[n]).await }
    }

    /// Writes one byte.
    ///
    /// # Errors
    ///
    /// As [`write_all`](AsyncWriteExt::write_all).
    fn write_i8(&mut self, n: i8) -> impl Future<Output = io::Result<()>> + '_
    where
        Self: Unpin,
    {
        async move { self.write_all(&n.to_be_bytes()).await }
    }

    write_numbers! {
        write_u16 write_u16_le u16;
        write_u32 write_u32_le u32;
        write_u64 write_u64_le u64;
        write_u128 write_u128_le u128;
        write_i16 write_i16_le i16;
        write_i32 write_i32_le i32;
        write_i64 write_i64_le i64;
        write_i128 write_i128_le i128;
        write_f32 write_f32_le f32;
        write_f64 write_f64_le f64;
    }

    /// Writes once, from one of `bufs` after the other, and says how many bytes.
    ///
    /// # Dropping
    ///
    /// Nothing was written then.
    fn write_vectored<'a>(
        &'a mut self,
        bufs: &'a [IoSlice<'a>],
    ) -> impl Future<Output = io::Result<usize>> + 'a
    where
        Self: Unpin,
    {
        poll_fn(move |cx| Pin::new(&mut *self).poll_write_vectored(cx, bufs))
    }

    /// Waits until all that was written is on its way.
    fn flush(&mut self) -> impl Future<Output = io::Result<()>> + '_
    where
        Self: Unpin,
    {
        poll_fn(move |cx| Pin::new(&mut *self).poll_flush(cx))
    }

    /// Flushes, and says to the other side that nothing follows.
    fn shutdown(&mut self) -> impl Future<Output = io::Result<()>> + '_
    where
        Self: Unpin,
    {
        poll_fn(move |cx| Pin::new(&mut *self).poll_shutdown(cx))
    }
}

impl<W: AsyncWrite + ?Sized> AsyncWriteExt for W {}
