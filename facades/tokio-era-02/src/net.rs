//! Sockets with tokio 0.2's methods.
//!
//! Each is a newtype around `tokio-await`'s, with `From` in both directions, so that sockets
//! can be handed from one era to another. What differs: methods take `&mut self`, listeners
//! are streams, datagram sockets have halves, and a std socket need not be non-blocking
//! before it is taken.

mod incoming;
mod streams;
mod wrap;

pub mod tcp;
pub mod udp;
#[cfg(unix)]
pub mod unix;

pub use self::tcp::listener::TcpListener;
pub use self::tcp::stream::TcpStream;
pub use self::udp::UdpSocket;
#[cfg(unix)]
pub use self::unix::datagram::UnixDatagram;
#[cfg(unix)]
pub use self::unix::listener::UnixListener;
#[cfg(unix)]
pub use self::unix::stream::UnixStream;
pub use tokio_await::net::{lookup_host, ToSocketAddrs};
