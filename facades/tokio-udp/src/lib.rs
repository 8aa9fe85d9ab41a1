//! `tokio::net::udp` under the name of the stock crate.

#![warn(missing_docs)]

pub use tokio::net::udp::{RecvDgram, SendDgram, UdpFramed, UdpSocket};
