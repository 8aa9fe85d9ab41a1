//! To come.

#[cfg(any(feature = "tcp", feature = "udp", feature = "uds"))]
pub mod net;
