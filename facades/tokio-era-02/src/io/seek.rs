//! What programs call to move about in a stream: [`AsyncSeekExt`], and its future.
//!
//! Not 1.x's future: in 0.2 a stream may ask to be waited for before a seek begins.

use super::AsyncSeek;
use std::future::Future;
use std::io::{self, SeekFrom};
use std::pin::Pin;
use std::task::{ready, Context, Poll};

/// Methods of every [`AsyncSeek`].
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// use std::io::{Cursor, SeekFrom};
/// use tokio::io::{AsyncReadExt, AsyncSeekExt};
///
/// #[tokio::main]
/// async fn main() -> std::io::Result<()> {
///     let mut bytes = Cursor::new(b"0123456789");
///     bytes.seek(SeekFrom::Start(7)).await?;
///     assert_eq!(bytes.read_u8().await?, b'7');
///     Ok(())
/// }
/// ```
pub trait AsyncSeekExt: AsyncSeek {
    /// Goes to `pos`, and returns where that is, in bytes from the start.
    ///
    /// # Errors
    ///
    /// Those of the stream; `InvalidInput` for a position before the start.
    ///
    /// # Dropping
    ///
    /// It may be there or not.
    fn seek(&mut self, pos: SeekFrom) -> Seek<'_, Self>
    where
        Self: Unpin,
    {
        Seek { stream: self, position: Some(pos) }
    }
}

impl<S: AsyncSeek + ?Sized> AsyncSeekExt for S {}

/// Goes to a position; see [`AsyncSeekExt::seek`].
#[derive(Debug)]
#[must_use = "futures do nothing unless polled"]
pub struct Seek<'a, S: ?Sized> {
    stream: &'a mut S,
    // Until the seek has begun.
    position: Option<SeekFrom>,
}

impl<S: AsyncSeek + Unpin + ?Sized> Future for Seek<'_, S> {
    type Output = io::Result<u64>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<u64>> {
        if let Some(position) = self.position {
            ready!(Pin::new(&mut *self.stream).start_seek(cx, position))?;
            self.position = None;
        }
        Pin::new(&mut *self.stream).poll_complete(cx)
    }
}
