//! To come.

#[cfg(feature = "current-thread")]
pub mod current_thread;
