//! `tokio::net::udp` under the name of the upstream crate.

#![warn(missing_docs)]

pub use tokio::net::udp::{RecvDgram, SendDgram, UdpFramed, UdpSocket};
