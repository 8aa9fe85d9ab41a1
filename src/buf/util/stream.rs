//! Between streams of buffers and [`BufStream`]s.

use crate::buf::BufStream;
use bytes::Buf;
use futures::{Poll, Stream};
use std::task::Poll as Poll03;
use tokio_executor::cross::As01;
use tokio_executor::task::Context;

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
    bridge: As01,
}

impl<T> IntoStream<T> {
    /// Wraps `buf`.
    pub fn new(buf: T) -> IntoStream<T> {
        IntoStream { buf, bridge: As01::new() }
    }

    /// Returns the wrapped stream.
    pub fn get_ref(&self) -> &T {
        &self.buf
    }

    /// Returns the wrapped stream, to change it. What is taken from it is missing here.
    pub fn get_mut(&mut self) -> &mut T {
        &mut self.buf
    }

    /// Returns the wrapped stream alone. No buffer is lost: none is kept here.
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

impl<T: BufStream> IntoStream<T> {
    /// Returns the next buffer, for a task of either kind; `None` at the end.
    ///
    /// # Errors
    ///
    /// Those of the wrapped stream.
    pub fn poll_next_cx(&mut self, cx: &Context<'_>) -> Poll03<Option<Result<T::Item, T::Error>>> {
        As01::poll_within(self, |this| &mut this.bridge, cx, Stream::poll).map(Result::transpose)
    }
}

crate::compat::std_stream! {
    [T: BufStream] IntoStream<T> => Result<T::Item, T::Error>,
    |this, cx| this.poll_next_cx(&Context::from(cx))
}
