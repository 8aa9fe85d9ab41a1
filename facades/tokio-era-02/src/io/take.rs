//! The beginning of a reader: `tokio-await`'s.

use super::modern::Modern;
use super::{forward_buf_reads, forward_reads, AsyncBufRead, AsyncRead};
use pin_project_lite::pin_project;
use std::pin::Pin;
use tokio_await::io as modern;
use tokio_await::io::AsyncReadExt as Ext;

pin_project! {
    /// Reads the beginning of a stream; see [`AsyncReadExt::take`](super::AsyncReadExt::take).
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::io::AsyncReadExt;
    ///
    /// #[tokio::main]
    /// async fn main() -> std::io::Result<()> {
    ///     let mut start = AsyncReadExt::take(&b"0123456789"[..], 4);
    ///     let mut text = String::new();
    ///     start.read_to_string(&mut text).await?;
    ///     assert_eq!(text, "0123");
    ///     Ok(())
    /// }
    /// ```
    #[derive(Debug)]
    #[must_use = "streams do nothing unless polled"]
    pub struct Take<R> {
        #[pin]
        inner: modern::Take<Modern<R>>,
    }
}

impl<R: AsyncRead> Take<R> {
    pub(super) fn new(reader: R, limit: u64) -> Take<R> {
        Take { inner: Ext::take(Modern::new(reader), limit) }
    }

    /// Returns how many bytes can still be read, if so many follow.
    pub fn limit(&self) -> u64 {
        self.inner.limit()
    }

    /// Sets how many bytes can be read from now on.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::io::AsyncReadExt;
    ///
    /// #[tokio::main]
    /// async fn main() -> std::io::Result<()> {
    ///     let mut part = AsyncReadExt::take(&b"0123456789"[..], 2);
    ///     let mut text = String::new();
    ///     part.read_to_string(&mut text).await?;
    ///     part.set_limit(3);
    ///     assert_eq!(part.limit(), 3);
    ///     part.read_to_string(&mut text).await?;
    ///     assert_eq!(text, "01234");
    ///     Ok(())
    /// }
    /// ```
    pub fn set_limit(&mut self, limit: u64) {
        self.inner.set_limit(limit);
    }

    /// Returns the reader.
    pub fn get_ref(&self) -> &R {
        self.inner.get_ref().get_ref()
    }

    /// Returns the reader, to be changed. What is read from it is not counted.
    pub fn get_mut(&mut self) -> &mut R {
        self.inner.get_mut().get_mut()
    }

    /// Returns the reader, pinned. What is read from it is not counted.
    pub fn get_pin_mut(self: Pin<&mut Self>) -> Pin<&mut R> {
        self.project().inner.get_pin_mut().get_pin_mut()
    }

    /// Returns the reader.
    pub fn into_inner(self) -> R {
        self.inner.into_inner().into_inner()
    }
}

forward_reads!([R: AsyncRead] Take<R>, |this| this.project().inner);
forward_buf_reads!([R: AsyncBufRead] Take<R>, |this| this.project().inner);
