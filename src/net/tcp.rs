//! TCP: connecting, listening, and the streams that come of either.
//!
//! [`TcpStream::connect`] returns a [`ConnectFuture`]. A [`TcpListener`] is turned into
//! a stream of connections, [`Incoming`], by its method `incoming`.

mod listener;

mod sharded;

mod incoming;

mod connect;

#[expect(unsafe_code, reason = "a reader says by an unsafe method that it ignores old bytes")]
mod stream;

#[cfg(unix)]
mod fd;

pub use self::connect::ConnectFuture;
pub use self::incoming::Incoming;
pub use self::listener::TcpListener;
pub use self::stream::TcpStream;
