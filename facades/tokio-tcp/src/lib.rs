//! `tokio::net::tcp` under the name of the upstream crate.

#![warn(missing_docs)]

pub use tokio::net::tcp::{ConnectFuture, Incoming, TcpListener, TcpStream};
