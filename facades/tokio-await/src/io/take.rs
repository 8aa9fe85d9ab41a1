//! The beginning of a reader.

use super::{AsyncBufRead, AsyncRead, ReadBuf};
use pin_project_lite::pin_project;
use std::io;
use std::pin::Pin;
use std::task::{ready, Context, Poll};

pin_project! {
    /// Reads the beginning of a stream; see [`AsyncReadExt::take`](super::AsyncReadExt::take).
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::io::AsyncReadExt;
    /// use tokio::runtime::Runtime;
    ///
    /// Runtime::new().unwrap().block_on(async {
    ///     let mut start = Vec::new();
    ///     (&b"hello world"[..]).take(5).read_to_end(&mut start).await.unwrap();
    ///     assert_eq!(start, b"hello");
    /// });
    /// ```
    #[derive(Debug)]
    #[must_use = "streams do nothing unless polled"]
    pub struct Take<R> {
        #[pin]
        inner: R,
        limit: u64,
    }
}

impl<R: AsyncRead> Take<R> {
    pub(super) fn new(inner: R, limit: u64) -> Take<R> {
        Take { inner, limit }
    }

    /// Returns how many bytes can still be read, if so many follow.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::io::AsyncReadExt;
    ///
    /// assert_eq!(tokio::io::repeat(0).take(5).limit(), 5);
    /// ```
    pub fn limit(&self) -> u64 {
        self.limit
    }

    /// Sets how many bytes can be read from now on.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::io::AsyncReadExt;
    ///
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     let mut reader = tokio::io::repeat(1).take(5);
    ///     reader.set_limit(2);
    ///     let mut got = Vec::new();
    ///     reader.read_to_end(&mut got).await.unwrap();
    ///     assert_eq!(got, [1, 1]);
    /// });
    /// ```
    pub fn set_limit(&mut self, limit: u64) {
        self.limit = limit;
    }

    /// Returns the reader.
    pub fn get_ref(&self) -> &R {
        &self.inner
    }

    /// Returns the reader, to be changed. What is read from it is not counted.
    pub fn get_mut(&mut self) -> &mut R {
        &mut self.inner
    }

    /// Returns the reader, pinned. What is read from it is not counted.
    pub fn get_pin_mut(self: Pin<&mut Self>) -> Pin<&mut R> {
        self.project().inner
    }

    /// Returns the reader.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::io::AsyncReadExt;
    ///
    /// assert_eq!((&b"abc"[..]).take(2).into_inner(), b"abc");
    /// ```
    pub fn into_inner(self) -> R {
        self.inner
    }
}

/// `n`, or `limit` if that is less.
fn at_most(limit: u64, n: usize) -> usize {
    n.min(limit.try_into().unwrap_or(usize::MAX))
}

impl<R: AsyncRead> AsyncRead for Take<R> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.project();
        if *this.limit == 0 {
            return Poll::Ready(Ok(()));
        }
        let room = at_most(*this.limit, buf.remaining());
        let (n, polled) = buf.with_limit(room, |part| this.inner.poll_read(cx, part));
        *this.limit -= n as u64;
        polled
    }
}

impl<R: AsyncBufRead> AsyncBufRead for Take<R> {
    fn poll_fill_buf(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<&[u8]>> {
        let this = self.project();
        if *this.limit == 0 {
            return Poll::Ready(Ok(&[]));
        }
        let there = ready!(this.inner.poll_fill_buf(cx))?;
        Poll::Ready(Ok(&there[..at_most(*this.limit, there.len())]))
    }

    fn consume(self: Pin<&mut Self>, amt: usize) {
        let this = self.project();
        let amt = at_most(*this.limit, amt);
        *this.limit -= amt as u64;
        this.inner.consume(amt);
    }
}
