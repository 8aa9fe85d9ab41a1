//! A cache line of its own.

use std::ops::Deref;

/// Keeps `T` off the cache lines of its neighbours.
///
/// Words that different threads write must not share a line. It is two lines of 64 bytes
/// because x86 fetches them in pairs, and because some ARM cores have lines of 128.
#[derive(Debug, Default)]
#[repr(align(128))]
pub(super) struct Line<T>(pub(super) T);

impl<T> Deref for Line<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.0
    }
}
