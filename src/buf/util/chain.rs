//! One stream after the other.

use crate::buf::{BufStream, SizeHint};
use either::Either;
use futures::{try_ready, Async, Poll};

/// Two streams in turn; made by [`BufStreamExt::chain`](super::BufStreamExt::chain).
///
/// # Dropping
///
/// The first stream is dropped at its end, the second one with this.
///
/// # Examples
///
/// ```
/// use futures::Future;
/// use tokio::buf::util::BufStreamExt;
///
/// let message = "head\n".chain("body\n").collect::<Vec<u8>>();
/// assert_eq!(message.wait().unwrap(), b"head\nbody\n");
/// ```
#[derive(Debug)]
pub struct Chain<T, U> {
    /// `None` once it has ended.
    first: Option<T>,
    second: U,
}

impl<T, U> Chain<T, U> {
    pub(super) fn new(first: T, second: U) -> Chain<T, U> {
        Chain { first: Some(first), second }
    }
}

impl<T, U> BufStream for Chain<T, U>
where
    T: BufStream,
    U: BufStream<Error = T::Error>,
{
    type Item = Either<T::Item, U::Item>;
    type Error = T::Error;

    fn poll_buf(&mut self) -> Poll<Option<Self::Item>, Self::Error> {
        if let Some(first) = &mut self.first {
            if let Some(buf) = try_ready!(first.poll_buf()) {
                return Ok(Async::Ready(Some(Either::Left(buf))));
            }
            self.first = None;
        }
        let buf = try_ready!(self.second.poll_buf());
        Ok(Async::Ready(buf.map(Either::Right)))
    }

    fn size_hint(&self) -> SizeHint {
        let second = self.second.size_hint();
        let Some(first) = &self.first else { return second };
        let first = first.size_hint();
        let mut sum = SizeHint::new();
        sum.set_lower(first.lower().saturating_add(second.lower()));
        // No upper bound where it has no number: the streams may well be that long.
        let upper = first.upper().zip(second.upper());
        if let Some(upper) = upper.and_then(|(first, second)| first.checked_add(second)) {
            sum.set_upper(upper);
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::buf::BufStreamExt;
    use bytes::Buf;

    #[test]
    fn hint_is_the_sum_of_what_is_left() {
        let mut chain = "one".chain("three");
        assert_eq!(chain.size_hint().lower(), 8);
        assert_eq!(chain.size_hint().upper(), Some(8));
        match chain.poll_buf() {
            Ok(Async::Ready(Some(buf))) => assert_eq!(buf.bytes(), b"one"),
            _ => panic!("strings are ready"),
        }
        assert_eq!(chain.size_hint().upper(), Some(5));
    }

    #[test]
    fn hint_of_endless_streams_does_not_overflow() {
        struct Endless;
        impl BufStream for Endless {
            type Item = std::io::Cursor<&'static [u8]>;
            type Error = ();
            fn poll_buf(&mut self) -> Poll<Option<Self::Item>, ()> {
                Ok(Async::NotReady)
            }
            fn size_hint(&self) -> SizeHint {
                let mut hint = SizeHint::new();
                hint.set_lower(u64::MAX);
                hint.set_upper(u64::MAX);
                hint
            }
        }
        let hint = Endless.chain(Endless).size_hint();
        assert_eq!((hint.lower(), hint.upper()), (u64::MAX, None));
    }
}
