//! To come.

#[cfg(feature = "codec")]
pub mod codec;

#[cfg(feature = "io")]
pub mod io;

#[cfg(any(feature = "tcp", feature = "udp", feature = "uds"))]
pub mod net;
