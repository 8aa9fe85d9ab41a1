//! To come.

#[cfg(feature = "buf")]
pub mod buf;

#[cfg(any(feature = "fs", feature = "process", feature = "signal"))]
mod both;
#[cfg(feature = "fs")]
pub mod fs;
