//! Two readers, one after the other: `tokio-await`'s.

use super::modern::Modern;
use super::{forward_buf_reads, forward_reads, AsyncBufRead, AsyncRead};
use pin_project_lite::pin_project;
use std::pin::Pin;
use tokio_await::io as modern;
use tokio_await::io::AsyncReadExt as Ext;

pin_project! {
    /// Reads one stream, and then another; see
    /// [`AsyncReadExt::chain`](super::AsyncReadExt::chain).
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::io::AsyncReadExt;
    ///
    /// #[tokio::main]
    /// async fn main() -> std::io::Result<()> {
    ///     let mut both = AsyncReadExt::chain(&b"one "[..], &b"two"[..]);
    ///     let mut text = String::new();
    ///     both.read_to_string(&mut text).await?;
    ///     assert_eq!(text, "one two");
    ///     Ok(())
    /// }
    /// ```
    #[derive(Debug)]
    #[must_use = "streams do nothing unless polled"]
    pub struct Chain<T, U> {
        #[pin]
        inner: modern::Chain<Modern<T>, Modern<U>>,
    }
}

impl<T: AsyncRead, U: AsyncRead> Chain<T, U> {
    pub(super) fn new(first: T, second: U) -> Chain<T, U> {
        Chain { inner: Ext::chain(Modern::new(first), Modern::new(second)) }
    }

    /// Returns the two readers.
    pub fn get_ref(&self) -> (&T, &U) {
        let (first, second) = self.inner.get_ref();
        (first.get_ref(), second.get_ref())
    }

    /// Returns the two readers, to be changed. To read from them mixes up the order.
    pub fn get_mut(&mut self) -> (&mut T, &mut U) {
        let (first, second) = self.inner.get_mut();
        (first.get_mut(), second.get_mut())
    }

    /// Returns the two readers, pinned. To read from them mixes up the order.
    pub fn get_pin_mut(self: Pin<&mut Self>) -> (Pin<&mut T>, Pin<&mut U>) {
        let (first, second) = self.project().inner.get_pin_mut();
        (first.get_pin_mut(), second.get_pin_mut())
    }

    /// Returns the two readers.
    pub fn into_inner(self) -> (T, U) {
        let (first, second) = self.inner.into_inner();
        (first.into_inner(), second.into_inner())
    }
}

forward_reads!([T: AsyncRead, U: AsyncRead] Chain<T, U>, |this| this.project().inner);
forward_buf_reads!([T: AsyncBufRead, U: AsyncBufRead] Chain<T, U>, |this| this.project().inner);
