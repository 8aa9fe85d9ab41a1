//! Sockets: TCP, UDP, and those of Unix.
//!
//! Each is the root crate's socket, with methods that can be awaited; `From` leads from
//! one to the other and back.

mod address;
mod streams;
pub mod tcp;
mod udp;
#[cfg(unix)]
pub mod unix;

pub use self::address::{lookup_host, ToSocketAddrs};
pub use self::streams::{OwnedReadHalf, OwnedWriteHalf, ReuniteError};
pub use self::tcp::{TcpListener, TcpStream};
pub use self::udp::UdpSocket;
#[cfg(unix)]
pub use self::unix::{UnixListener, UnixStream};
