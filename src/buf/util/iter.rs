//! An iterator of buffers as a stream.

use crate::buf::never::Never;
use crate::buf::BufStream;
use bytes::Buf;
use futures::{Async, Poll};

/// Makes a [`BufStream`] of an iterator over buffers. It is always ready.
///
/// # Examples
///
/// ```
/// use futures::Future;
/// use std::io::Cursor;
/// use tokio::buf::{util, BufStreamExt};
///
/// let words = ["a", "b", "c"].into_iter().map(Cursor::new);
/// let all: Vec<u8> = util::iter(words).collect().wait()?;
/// assert_eq!(all, b"abc");
/// # Ok::<(), util::error::CollectError<_, _>>(())
/// ```
pub fn iter<I>(i: I) -> Iter<I::IntoIter>
where
    I: IntoIterator,
    I::Item: Buf,
{
    Iter { iter: i.into_iter() }
}

/// The buffers of an iterator, in turn.
#[derive(Debug)]
pub struct Iter<I> {
    iter: I,
}

impl<I> BufStream for Iter<I>
where
    I: Iterator,
    I::Item: Buf,
{
    type Item = I::Item;
    type Error = Never;

    fn poll_buf(&mut self) -> Poll<Option<I::Item>, Never> {
        Ok(Async::Ready(self.iter.next()))
    }
}
