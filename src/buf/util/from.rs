//! What a stream can be collected into.
//!
//! Called by `Collect`, through [`FromBufStream`].
//!
//! Always true: a size hint only reserves memory, up to a bound; that a stream lies about its
//! size costs no more than that.
//!
//! Why not `FromIterator`? A stream's buffers come one at a time, and the collection may refuse
//! one.

use crate::buf::SizeHint;
use bytes::{Buf, BufMut, Bytes};
use std::error::Error;
use std::fmt;

/// Can be put together from the buffers of a [`BufStream`](crate::buf::BufStream).
///
/// For [`BufStreamExt::collect`](super::BufStreamExt::collect), which makes a builder,
/// extends it once for each buffer, and builds the value from it.
pub trait FromBufStream<T: Buf>: Sized {
    /// What gathers the buffers.
    type Builder;

    /// Why the value cannot be made.
    type Error;

    /// Returns an empty builder for a stream of which `hint` is known.
    fn builder(hint: &SizeHint) -> Self::Builder;

    /// Adds `buf`. `hint` speaks of what comes after it.
    ///
    /// # Errors
    ///
    /// If the builder cannot take it.
    fn extend(builder: &mut Self::Builder, buf: &mut T, hint: &SizeHint)
        -> Result<(), Self::Error>;

    /// Makes the value.
    ///
    /// # Errors
    ///
    /// If what was gathered does not make one.
    fn build(builder: Self::Builder) -> Result<Self, Self::Error>;
}

/// A stream is too large for a `Vec<u8>`, or says that it will be.
#[derive(Debug)]
pub struct CollectVecError {
    _private: (),
}

/// A stream is too large for a `Bytes`, or says that it will be.
#[derive(Debug)]
pub struct CollectBytesError {
    _private: (),
}

/// Room made at the first buffer, so that small ones do not make the vector grow and
/// grow.
const FIRST_RESERVE_BYTES: u64 = 64;

impl<T: Buf> FromBufStream<T> for Vec<u8> {
    type Builder = Vec<u8>;
    type Error = CollectVecError;

    fn builder(hint: &SizeHint) -> Vec<u8> {
        let mut builder = Vec::new();
        // A hint that the allocator refuses is no reason to fail yet: the stream may
        // turn out shorter. `extend` reports it if it insists.
        if let Ok(lower) = usize::try_from(hint.lower()) {
            let _ = builder.try_reserve_exact(lower);
        }
        builder
    }

    fn extend(builder: &mut Vec<u8>, buf: &mut T, hint: &SizeHint) -> Result<(), CollectVecError> {
        let room = room_for(builder.is_empty(), buf.remaining(), hint)
            .ok_or(CollectVecError { _private: () })?;
        builder.try_reserve(room).map_err(|_| CollectVecError { _private: () })?;
        builder.put(buf);
        Ok(())
    }

    fn build(builder: Vec<u8>) -> Result<Vec<u8>, CollectVecError> {
        Ok(builder)
    }
}

/// How many bytes to make room for: this buffer, and what is known to follow it.
fn room_for(first: bool, remaining: usize, hint: &SizeHint) -> Option<usize> {
    let upper = hint.upper().unwrap_or(u64::MAX);
    let mut following = hint.lower();
    if upper <= FIRST_RESERVE_BYTES {
        // So little that it is best had at once, whether it comes or not.
        following = upper;
    }
    let mut room = following.checked_add(u64::try_from(remaining).ok()?)?;
    if first {
        room = room.max(upper.min(FIRST_RESERVE_BYTES));
    }
    usize::try_from(room).ok()
}

impl<T: Buf> FromBufStream<T> for Bytes {
    type Builder = Vec<u8>;
    type Error = CollectBytesError;

    fn builder(hint: &SizeHint) -> Vec<u8> {
        <Vec<u8> as FromBufStream<T>>::builder(hint)
    }

    fn extend(
        builder: &mut Vec<u8>,
        buf: &mut T,
        hint: &SizeHint,
    ) -> Result<(), CollectBytesError> {
        <Vec<u8> as FromBufStream<T>>::extend(builder, buf, hint)
            .map_err(|_| CollectBytesError { _private: () })
    }

    fn build(builder: Vec<u8>) -> Result<Bytes, CollectBytesError> {
        Ok(builder.into())
    }
}

impl fmt::Display for CollectVecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the stream of buffers is too large for a vector")
    }
}

impl Error for CollectVecError {}

impl fmt::Display for CollectBytesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the stream of buffers is too large for a byte string")
    }
}

impl Error for CollectBytesError {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn hint(lower: u64, upper: Option<u64>) -> SizeHint {
        let mut hint = SizeHint::new();
        hint.set_lower(lower);
        if let Some(upper) = upper {
            hint.set_upper(upper);
        }
        hint
    }

    #[test]
    fn room_covers_the_buffer_and_what_follows() {
        assert_eq!(room_for(true, 11, &hint(0, None)), Some(64));
        assert_eq!(room_for(true, 11, &hint(0, Some(20))), Some(31));
        assert_eq!(room_for(true, 11, &hint(100, None)), Some(111));
        assert_eq!(room_for(false, 11, &hint(0, None)), Some(11));
        assert_eq!(room_for(false, 11, &hint(5, Some(500))), Some(16));
    }

    /// A peer that announces more than there is memory used to bring the process down.
    #[test]
    fn a_boastful_hint_is_an_error_not_a_panic() {
        let boast = hint(u64::MAX, None);
        let mut builder = <Vec<u8> as FromBufStream<Cursor<&[u8]>>>::builder(&boast);
        let mut buf = Cursor::new(&b"x"[..]);
        let result = <Vec<u8> as FromBufStream<_>>::extend(&mut builder, &mut buf, &boast);
        assert!(result.is_err());

        let boast = hint(u64::MAX / 2, None);
        let mut builder = <Vec<u8> as FromBufStream<Cursor<&[u8]>>>::builder(&boast);
        let result = <Vec<u8> as FromBufStream<_>>::extend(&mut builder, &mut buf, &boast);
        assert!(result.is_err());
    }
}
