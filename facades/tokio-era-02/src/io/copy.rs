//! Moving all of one stream into another.

use super::modern::Modern;
use super::{AsyncRead, AsyncWrite};
use std::fmt;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio_await::io::parts::Transfer;

/// Writes all that follows in `reader` to `writer`, and returns how many bytes. Flushes
/// whenever the reader has to be waited for, and at the end. Goes on after `Interrupted`.
///
/// # Errors
///
/// Those of the reader and of the writer; `WriteZero` if that takes nothing more.
///
/// # Dropping
///
/// Loses what was read and not written.
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// tokio::runtime::Runtime::new()?.block_on(async {
///     let mut reader: &[u8] = b"hello";
///     let mut writer = Vec::new();
///     assert_eq!(tokio::io::copy(&mut reader, &mut writer).await?, 5);
///     assert_eq!(writer, b"hello");
///     Ok::<(), std::io::Error>(())
/// })?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn copy<'a, R, W>(reader: &'a mut R, writer: &'a mut W) -> Copy<'a, R, W>
where
    R: AsyncRead + Unpin + ?Sized,
    W: AsyncWrite + Unpin + ?Sized,
{
    Copy { reader, writer, transfer: Transfer::default() }
}

/// Moves all of one stream into another; see [`copy`].
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// #[tokio::main]
/// async fn main() -> std::io::Result<()> {
///     let moved = tokio::io::copy(&mut &b"hello"[..], &mut tokio::io::sink()).await?;
///     assert_eq!(moved, 5);
///     Ok(())
/// }
/// ```
#[must_use = "futures do nothing unless polled"]
pub struct Copy<'a, R: ?Sized, W: ?Sized> {
    reader: &'a mut R,
    writer: &'a mut W,
    transfer: Transfer,
}

impl<R, W> Future for Copy<'_, R, W>
where
    R: AsyncRead + Unpin + ?Sized,
    W: AsyncWrite + Unpin + ?Sized,
{
    type Output = io::Result<u64>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<u64>> {
        let this = self.get_mut();
        let reader = Pin::new(Modern::of(&mut *this.reader));
        let writer = Pin::new(Modern::of(&mut *this.writer));
        this.transfer.poll_copy(cx, reader, writer)
    }
}

impl<R: fmt::Debug + ?Sized, W: fmt::Debug + ?Sized> fmt::Debug for Copy<'_, R, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Copy")
            .field("reader", &self.reader)
            .field("writer", &self.writer)
            .field("transfer", &self.transfer)
            .finish()
    }
}
