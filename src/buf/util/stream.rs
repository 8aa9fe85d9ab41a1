//! Between streams of buffers and [`BufStream`]s.

use crate::buf::BufStream;
use bytes::Buf;
use futures::{Poll, Stream};

/// Makes a [`BufStream`] of a stream of buffers. It says nothing of its size.
///
/// # Examples
///
/// ```
/// use futures::{stream, Future};
/// use std::io::Cursor;
/// use tokio::buf::{util, BufStreamExt};
///
/// let chunks = stream::iter_ok::<_, ()>(["a", "b"].into_iter().map(Cursor::new));
/// let all: Vec<u8> = util::stream(chunks).collect().wait().unwrap();
/// assert_eq!(all, b"ab");
/// ```
pub fn stream<T>(stream: T) -> FromStream<T>
where
    T: Stream,
    T::Item: Buf,
{
    FromStream { stream }
}

/// The buffers of a stream, in turn.
#[derive(Debug)]
pub struct FromStream<T> {
    stream: T,
}

impl<T> BufStream for FromStream<T>
where
    T: Stream,
    T::Item: Buf,
{
    type Item = T::Item;
    type Error = T::Error;

    fn poll_buf(&mut self) -> Poll<Option<T::Item>, T::Error> {
        self.stream.poll()
    }
}

/// The buffers of a [`BufStream`] as an ordinary stream.
///
/// # Examples
///
/// ```
/// use futures::{Future, Stream};
/// use tokio::buf::BufStreamExt;
///
/// let chunks = "hello".into_stream().collect().wait()?;
/// assert_eq!(chunks.len(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct IntoStream<T> {
    buf: T,
}

impl<T> IntoStream<T> {
    /// Wraps `buf`.
    pub fn new(buf: T) -> IntoStream<T> {
        IntoStream { buf }
    }

    /// The wrapped stream.
    pub fn get_ref(&self) -> &T {
        &self.buf
    }

    /// The wrapped stream, to change it. What is taken from it is missing here.
    pub fn get_mut(&mut self) -> &mut T {
        &mut self.buf
    }

    /// The wrapped stream alone. No buffer is lost: none is kept here.
    pub fn into_inner(self) -> T {
        self.buf
    }
}

impl<T: BufStream> Stream for IntoStream<T> {
    type Item = T::Item;
    type Error = T::Error;

    fn poll(&mut self) -> Poll<Option<T::Item>, T::Error> {
        self.buf.poll_buf()
    }
}
