//! Names that `net` had before `net::tcp` was there.

/// Now [`tcp::ConnectFuture`](super::tcp::ConnectFuture).
#[deprecated(note = "use `tokio::net::tcp::ConnectFuture`")]
pub type ConnectFuture = super::tcp::ConnectFuture;

/// Now [`tcp::Incoming`](super::tcp::Incoming).
#[deprecated(note = "use `tokio::net::tcp::Incoming`")]
pub type Incoming = super::tcp::Incoming;
