//! To come.

#[cfg(feature = "sync")]
pub mod sync;
