//! A bound on how much a stream may deliver.

use crate::buf::{BufStream, SizeHint};
use bytes::Buf;
use futures::{try_ready, Async, Poll};
use std::fmt;

/// Fails once its stream exceeds a number of bytes; made by
/// [`BufStreamExt::limit`](super::BufStreamExt::limit).
///
/// # Examples
///
/// ```
/// use futures::Future;
/// use tokio::buf::util::BufStreamExt;
///
/// assert!("much too long".limit(5).collect::<Vec<u8>>().wait().is_err());
/// ```
#[derive(Debug)]
pub struct Limit<T> {
    stream: T,
    remaining: u64,
}

/// The limit was exceeded, or the stream itself failed.
#[derive(Debug)]
pub struct LimitError<T> {
    /// `None`: the limit was exceeded.
    cause: Option<T>,
}

impl<T> Limit<T> {
    pub(super) fn new(stream: T, amount: u64) -> Limit<T> {
        Limit { stream, remaining: amount }
    }
}

impl<T> BufStream for Limit<T>
where
    T: BufStream,
{
    type Item = T::Item;
    type Error = LimitError<T::Error>;

    fn poll_buf(&mut self) -> Poll<Option<T::Item>, Self::Error> {
        // Do not even begin with what is known to be too much.
        if self.stream.size_hint().lower() > self.remaining {
            return Err(LimitError { cause: None });
        }
        let polled = self.stream.poll_buf();
        let buf = try_ready!(polled.map_err(|error| LimitError { cause: Some(error) }));
        if let Some(buf) = &buf {
            let bytes = buf.remaining() as u64;
            let Some(remaining) = self.remaining.checked_sub(bytes) else {
                self.remaining = 0;
                return Err(LimitError { cause: None });
            };
            self.remaining = remaining;
        }
        Ok(Async::Ready(buf))
    }

    fn size_hint(&self) -> SizeHint {
        let inner = self.stream.size_hint();
        let mut hint = SizeHint::new();
        let upper = inner.upper().unwrap_or(u64::MAX).min(self.remaining);
        hint.set_lower(inner.lower().min(upper));
        hint.set_upper(upper);
        hint
    }
}

impl<T> LimitError<T> {
    /// Returns whether the stream itself failed.
    pub fn is_stream_err(&self) -> bool {
        self.cause.is_some()
    }

    /// Returns whether the stream has, or announced, more bytes than the limit allows.
    pub fn is_limit_err(&self) -> bool {
        self.cause.is_none()
    }
}

impl<T> fmt::Display for LimitError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.cause {
            Some(_) => f.write_str("the limited stream broke off"),
            None => f.write_str("the stream is longer than its limit"),
        }
    }
}

impl<T: std::error::Error + 'static> std::error::Error for LimitError<T> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause.as_ref().map(|cause| cause as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::buf::util;
    use crate::buf::BufStreamExt;
    use std::io::Cursor;

    #[test]
    fn exactly_the_limit_passes_and_a_byte_more_does_not() {
        let words = || ["ab", "cd"].into_iter().map(Cursor::new);
        let mut exact = util::iter(words()).limit(4);
        assert!(matches!(exact.poll_buf(), Ok(Async::Ready(Some(_)))));
        assert!(matches!(exact.poll_buf(), Ok(Async::Ready(Some(_)))));
        assert!(matches!(exact.poll_buf(), Ok(Async::Ready(None))));

        let mut over = util::iter(words()).limit(3);
        assert_eq!(over.size_hint().upper(), Some(3));
        assert!(matches!(over.poll_buf(), Ok(Async::Ready(Some(_)))));
        let error = over.poll_buf().expect_err("four bytes are more than three");
        assert!(error.is_limit_err() && !error.is_stream_err());
    }
}
