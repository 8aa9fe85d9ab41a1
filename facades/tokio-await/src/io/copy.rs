//! Moving all of one stream into another.

use super::{AsyncBufRead, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{ready, Poll};

/// What is moved at a time, in bytes.
const CHUNK: usize = 8 * 1024;

/// Writes all that follows in `reader` to `writer`, and says how many bytes.
///
/// # Errors
///
/// Those of the reader and of the writer; `WriteZero` if that takes nothing more.
///
/// # Dropping
///
/// Loses what was read and not written.
pub async fn copy<R, W>(reader: &mut R, writer: &mut W) -> io::Result<u64>
where
    R: AsyncRead + Unpin + ?Sized,
    W: AsyncWrite + Unpin + ?Sized,
{
    let mut chunk = vec![0; CHUNK];
    let mut copied = 0;
    loop {
        let n = reader.read(&mut chunk).await?;
        if n == 0 {
            writer.flush().await?;
            return Ok(copied);
        }
        writer.write_all(&chunk[..n]).await?;
        copied += n as u64;
    }
}

/// [`copy`] from a reader with a buffer of its own.
///
/// # Errors
///
/// As there.
///
/// # Dropping
///
/// Loses nothing: what was not written is in the reader's buffer.
pub async fn copy_buf<R, W>(reader: &mut R, writer: &mut W) -> io::Result<u64>
where
    R: AsyncBufRead + Unpin + ?Sized,
    W: AsyncWrite + Unpin + ?Sized,
{
    let mut copied = 0;
    loop {
        let n = poll_fn(|cx| {
            let there = ready!(Pin::new(&mut *reader).poll_fill_buf(cx))?;
            if there.is_empty() {
                return Poll::Ready(Ok(0));
            }
            match ready!(Pin::new(&mut *writer).poll_write(cx, there))? {
                0 => Poll::Ready(Err(io::Error::from(io::ErrorKind::WriteZero))),
                n => Poll::Ready(Ok(n)),
            }
        });
        let n = n.await?;
        if n == 0 {
            writer.flush().await?;
            return Ok(copied);
        }
        Pin::new(&mut *reader).consume(n);
        copied += n as u64;
    }
}

/// Copies in both directions until both streams have ended, and says how many bytes went
/// from `a` to `b`, and from `b` to `a`. Each end is passed on by a shutdown.
///
/// # Errors
///
/// The first of either direction.
pub async fn copy_bidirectional<A, B>(a: &mut A, b: &mut B) -> io::Result<(u64, u64)>
where
    A: AsyncRead + AsyncWrite + Unpin + ?Sized,
    B: AsyncRead + AsyncWrite + Unpin + ?Sized,
{
    let (mut from_a, mut to_a) = super::split(a);
    let (mut from_b, mut to_b) = super::split(b);
    crate::try_join!(
        async {
            let n = copy(&mut from_a, &mut to_b).await?;
            to_b.shutdown().await.map(|()| n)
        },
        async {
            let n = copy(&mut from_b, &mut to_a).await?;
            to_a.shutdown().await.map(|()| n)
        },
    )
}
