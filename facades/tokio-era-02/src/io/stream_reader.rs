//! A stream of chunks as a reader. In 1.x this is `tokio-util`'s.

use super::{AsyncBufRead, AsyncRead};
use bytes::Buf;
use futures_core::Stream;
use pin_project_lite::pin_project;
use std::io;
use std::pin::Pin;
use std::task::{ready, Context, Poll};

pin_project! {
    /// Reads the chunks of a stream, one after the other; see [`stream_reader`].
    #[derive(Debug)]
    pub struct StreamReader<S, B> {
        #[pin]
        stream: S,
        chunk: Option<B>,
    }
}

/// Creates a reader of the chunks of `stream`, one after the other.
///
/// The reader is at its end when the stream is, and reports the stream's errors.
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// use bytes::Bytes;
/// use std::io::Error;
/// use tokio::io::{stream_reader, AsyncReadExt};
/// use tokio::stream;
///
/// #[tokio::main]
/// async fn main() -> std::io::Result<()> {
///     let chunks = ["some ", "text"].map(Bytes::from).map(Ok::<_, Error>);
///     let mut text = String::new();
///     stream_reader(stream::iter(chunks)).read_to_string(&mut text).await?;
///     assert_eq!(text, "some text");
///     Ok(())
/// }
/// ```
pub fn stream_reader<S, B>(stream: S) -> StreamReader<S, B>
where
    S: Stream<Item = io::Result<B>>,
    B: Buf,
{
    StreamReader { stream, chunk: None }
}

impl<S, B> AsyncRead for StreamReader<S, B>
where
    S: Stream<Item = io::Result<B>>,
    B: Buf,
{
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        if buf.is_empty() {
            return Poll::Ready(Ok(0));
        }
        let there = ready!(self.as_mut().poll_fill_buf(cx))?;
        let n = there.len().min(buf.len());
        buf[..n].copy_from_slice(&there[..n]);
        self.consume(n);
        Poll::Ready(Ok(n))
    }
}

impl<S, B> AsyncBufRead for StreamReader<S, B>
where
    S: Stream<Item = io::Result<B>>,
    B: Buf,
{
    fn poll_fill_buf(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<&[u8]>> {
        let mut this = self.project();
        // Empty chunks are not the end.
        while !this.chunk.as_ref().is_some_and(Buf::has_remaining) {
            match ready!(this.stream.as_mut().poll_next(cx)) {
                Some(chunk) => *this.chunk = Some(chunk?),
                None => return Poll::Ready(Ok(&[])),
            }
        }
        Poll::Ready(Ok(this.chunk.as_ref().map_or(&[], Buf::bytes)))
    }

    fn consume(self: Pin<&mut Self>, amt: usize) {
        if let Some(chunk) = self.project().chunk {
            chunk.advance(amt);
        }
    }
}
