//! To come.

#[cfg(feature = "codec")]
pub mod codec;

#[cfg(feature = "io")]
pub mod io;
