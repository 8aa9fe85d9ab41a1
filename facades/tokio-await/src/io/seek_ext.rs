//! What programs call to move about in a stream: [`AsyncSeekExt`], and its future.

use super::AsyncSeek;
use pin_project_lite::pin_project;
use std::future::Future;
use std::io::{self, SeekFrom};
use std::marker::PhantomPinned;
use std::pin::Pin;
use std::task::{ready, Context, Poll};

/// Methods of every [`AsyncSeek`].
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use std::io::SeekFrom;
/// use tokio::fs::File;
/// use tokio::io::AsyncSeekExt;
/// use tokio::runtime::Runtime;
///
/// Runtime::new().unwrap().block_on(async {
///     let mut file = File::open("Cargo.toml").await.unwrap();
///     let length = file.seek(SeekFrom::End(0)).await.unwrap();
///     assert_eq!(length, file.metadata().await.unwrap().len());
/// });
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
        Seek { stream: self, position: Some(pos), pinned: PhantomPinned }
    }

    /// Goes to the start.
    ///
    /// # Errors
    ///
    /// As [`seek`](AsyncSeekExt::seek).
    fn rewind(&mut self) -> Seek<'_, Self>
    where
        Self: Unpin,
    {
        self.seek(SeekFrom::Start(0))
    }

    /// Returns the position, in bytes from the start.
    ///
    /// # Errors
    ///
    /// As [`seek`](AsyncSeekExt::seek).
    fn stream_position(&mut self) -> Seek<'_, Self>
    where
        Self: Unpin,
    {
        self.seek(SeekFrom::Current(0))
    }
}

impl<S: AsyncSeek + ?Sized> AsyncSeekExt for S {}

pin_project! {
    /// Goes to a position; see [`AsyncSeekExt::seek`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct Seek<'a, S: ?Sized> {
        stream: &'a mut S,
        // Until the seek has begun.
        position: Option<SeekFrom>,
        #[pin]
        pinned: PhantomPinned,
    }
}

impl<S: AsyncSeek + Unpin + ?Sized> Future for Seek<'_, S> {
    type Output = io::Result<u64>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<u64>> {
        let this = self.project();
        if let Some(position) = *this.position {
            // What was begun before comes first.
            ready!(Pin::new(&mut **this.stream).poll_complete(cx))?;
            Pin::new(&mut **this.stream).start_seek(position)?;
            *this.position = None;
        }
        Pin::new(&mut **this.stream).poll_complete(cx)
    }
}
