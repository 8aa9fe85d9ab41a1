//! `tokio::net::udp` under the name of the stock crate.

pub use tokio::net::udp::{RecvDgram, SendDgram, UdpFramed, UdpSocket};
