//! To come.

#[cfg(feature = "buf")]
pub mod buf;
