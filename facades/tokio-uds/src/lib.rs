//! `tokio::net::unix` under the name of the upstream crate.

#![warn(missing_docs)]

#[cfg(unix)]
pub use tokio::net::unix::{
    ConnectFuture, Incoming, RecvDgram, SendDgram, UCred, UnixDatagram, UnixDatagramFramed,
    UnixListener, UnixStream,
};
