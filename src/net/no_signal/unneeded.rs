//! Windows has no such signal, and on Apple's systems the socket carries the wish.

/// To be given with each write.
pub(crate) const NO_SIGNAL: i32 = 0;
