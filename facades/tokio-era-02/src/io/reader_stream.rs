//! A reader as a stream of chunks. In 1.x this is `tokio-util`'s.

use super::AsyncRead;
use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use pin_project_lite::pin_project;
use std::io;
use std::pin::Pin;
use std::task::{ready, Context, Poll};

/// How much is read at a time, in bytes.
const CHUNK: usize = 4 * 1024;

pin_project! {
    /// What a reader reads, in chunks; see [`reader_stream`].
    #[derive(Debug)]
    #[must_use = "streams do nothing unless polled"]
    pub struct ReaderStream<R> {
        // Gone once the stream has ended.
        #[pin]
        reader: Option<R>,
        buf: BytesMut,
    }
}

/// Creates a stream of what `reader` reads, as it comes, up to 4 KiB at a time.
///
/// The stream ends with the reader, or after its first error.
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// use tokio::io::reader_stream;
/// use tokio::stream::StreamExt;
///
/// #[tokio::main]
/// async fn main() -> std::io::Result<()> {
///     let mut chunks = reader_stream(&b"all of it"[..]);
///     assert_eq!(chunks.next().await.unwrap()?, &b"all of it"[..]);
///     assert!(chunks.next().await.is_none());
///     Ok(())
/// }
/// ```
pub fn reader_stream<R: AsyncRead>(reader: R) -> ReaderStream<R> {
    ReaderStream { reader: Some(reader), buf: BytesMut::new() }
}

impl<R: AsyncRead> Stream for ReaderStream<R> {
    type Item = io::Result<Bytes>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        let mut this = self.project();
        let Some(reader) = this.reader.as_mut().as_pin_mut() else {
            return Poll::Ready(None);
        };
        if this.buf.capacity() == 0 {
            this.buf.reserve(CHUNK);
        }
        let item = match ready!(reader.poll_read_buf(cx, this.buf)) {
            Ok(0) => None,
            Ok(_) => return Poll::Ready(Some(Ok(this.buf.split().freeze()))),
            Err(error) => Some(Err(error)),
        };
        this.reader.set(None);
        Poll::Ready(item)
    }
}
