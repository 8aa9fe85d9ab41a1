//! Systems that take the flag with each write.

/// To be given with each write.
pub(crate) const NO_SIGNAL: i32 = libc::MSG_NOSIGNAL;
