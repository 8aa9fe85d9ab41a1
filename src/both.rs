//! One poll method, both kinds of future.
//!
//! A type whose `poll_cx(&mut self, &Context) -> Poll<Result<T, E>>` does the work gets
//! both `Future` impls from [`both_futures!`]. Used by the modules that talk to the
//! operating system.

#[cfg(any(feature = "fs", feature = "process"))]
mod futures;
#[cfg(any(feature = "fs", feature = "process"))]
pub(crate) use self::futures::both_futures;
