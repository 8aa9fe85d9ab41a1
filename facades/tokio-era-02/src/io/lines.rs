//! The lines, and the segments, of a reader: streams over `tokio-await`'s.
//!
//! Made by `AsyncBufReadExt::lines` and `split`.
//!
//! Always true: nothing of a line is lost if a future of `next_line` is dropped.
//!
//! Why not 1.x's types as they are? They read by the traits of 1.x, and are no streams.

use super::future::not_text;
use super::modern::Modern;
use super::AsyncBufRead;
use futures_core::Stream;
use pin_project_lite::pin_project;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio_await::io as modern;
use tokio_await::io::AsyncBufReadExt as Ext;

pin_project! {
    /// The lines of a reader, one after the other; see
    /// [`AsyncBufReadExt::lines`](super::AsyncBufReadExt::lines).
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::io::AsyncBufReadExt;
    /// use tokio::stream::StreamExt;
    ///
    /// #[tokio::main]
    /// async fn main() -> std::io::Result<()> {
    ///     let mut lines = (&b"first\nsecond\n"[..]).lines();
    ///     assert_eq!(lines.next().await.unwrap()?, "first");
    ///     assert_eq!(lines.next().await.unwrap()?, "second");
    ///     assert!(lines.next().await.is_none());
    ///     Ok(())
    /// }
    /// ```
    #[derive(Debug)]
    #[must_use = "streams do nothing unless polled"]
    pub struct Lines<R> {
        #[pin]
        inner: modern::Lines<Modern<R>>,
    }
}

impl<R: AsyncBufRead> Lines<R> {
    pub(super) fn new(reader: R) -> Lines<R> {
        Lines { inner: Ext::lines(Modern::new(reader)) }
    }

    /// Polls for the next line; `None` at the end.
    ///
    /// # Errors
    ///
    /// `InvalidData` if it is not UTF-8; those of the source.
    // Hidden: as tokio 0.2 hides it.
    #[doc(hidden)]
    pub fn poll_next_line(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<Option<String>>> {
        self.project().inner.poll_next_line(cx).map_err(not_text)
    }
}

impl<R: AsyncBufRead + Unpin> Lines<R> {
    /// Returns the next line, or `None` at the end.
    ///
    /// # Errors
    ///
    /// `InvalidData` if it is not UTF-8; those of the source.
    ///
    /// # Dropping
    ///
    /// Loses nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::io::AsyncBufReadExt;
    ///
    /// #[tokio::main]
    /// async fn main() -> std::io::Result<()> {
    ///     let mut lines = (&b"first\r\nsecond"[..]).lines();
    ///     while let Some(line) = lines.next_line().await? {
    ///         assert!(["first", "second"].contains(&line.as_str()));
    ///     }
    ///     Ok(())
    /// }
    /// ```
    pub async fn next_line(&mut self) -> io::Result<Option<String>> {
        self.inner.next_line().await.map_err(not_text)
    }

    /// Returns the reader, to be changed.
    pub fn get_mut(&mut self) -> &mut R {
        self.inner.get_mut().get_mut()
    }

    /// Returns the reader.
    pub fn get_ref(&mut self) -> &R {
        self.inner.get_ref().get_ref()
    }

    /// Returns the reader; what was read of a line is lost.
    pub fn into_inner(self) -> R {
        self.inner.into_inner().into_inner()
    }
}

impl<R: AsyncBufRead> Stream for Lines<R> {
    type Item = io::Result<String>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<io::Result<String>>> {
        self.poll_next_line(cx).map(Result::transpose)
    }
}

pin_project! {
    /// What is between delimiters, one after the other; see
    /// [`AsyncBufReadExt::split`](super::AsyncBufReadExt::split).
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::io::AsyncBufReadExt;
    /// use tokio::stream::StreamExt;
    ///
    /// #[tokio::main]
    /// async fn main() -> std::io::Result<()> {
    ///     let fields = AsyncBufReadExt::split(&b"a,b"[..], b',');
    ///     let fields: Result<Vec<_>, _> = fields.collect().await;
    ///     assert_eq!(fields?, [b"a", b"b"]);
    ///     Ok(())
    /// }
    /// ```
    #[derive(Debug)]
    #[must_use = "streams do nothing unless polled"]
    pub struct Split<R> {
        #[pin]
        inner: modern::Split<Modern<R>>,
    }
}

impl<R: AsyncBufRead> Split<R> {
    pub(super) fn new(reader: R, byte: u8) -> Split<R>
    where
        R: Unpin,
    {
        Split { inner: Ext::split(Modern::new(reader), byte) }
    }

    /// Polls for the next segment; `None` at the end.
    ///
    /// # Errors
    ///
    /// Those of the source.
    // Hidden: as tokio 0.2 hides it.
    #[doc(hidden)]
    pub fn poll_next_segment(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<Option<Vec<u8>>>> {
        self.project().inner.poll_next_segment(cx)
    }
}

impl<R: AsyncBufRead + Unpin> Split<R> {
    /// Returns the next segment, without its delimiter, or `None` at the end.
    ///
    /// # Errors
    ///
    /// Those of the source.
    ///
    /// # Dropping
    ///
    /// Loses nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::io::AsyncBufReadExt;
    ///
    /// #[tokio::main]
    /// async fn main() -> std::io::Result<()> {
    ///     let mut fields = AsyncBufReadExt::split(&b"a,b"[..], b',');
    ///     assert_eq!(fields.next_segment().await?, Some(b"a".to_vec()));
    ///     assert_eq!(fields.next_segment().await?, Some(b"b".to_vec()));
    ///     assert_eq!(fields.next_segment().await?, None);
    ///     Ok(())
    /// }
    /// ```
    pub async fn next_segment(&mut self) -> io::Result<Option<Vec<u8>>> {
        self.inner.next_segment().await
    }
}

impl<R: AsyncBufRead> Stream for Split<R> {
    type Item = io::Result<Vec<u8>>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<io::Result<Vec<u8>>>> {
        self.poll_next_segment(cx).map(Result::transpose)
    }
}
