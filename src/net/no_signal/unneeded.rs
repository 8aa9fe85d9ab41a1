//! Windows has no such signal, and on Apple's systems the socket carries the wish.

pub(crate) const NO_SIGNAL: i32 = 0;
