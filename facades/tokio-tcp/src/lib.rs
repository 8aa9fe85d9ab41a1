//! `tokio::net::tcp` under the name of the stock crate.

pub use tokio::net::tcp::{ConnectFuture, Incoming, TcpListener, TcpStream};
