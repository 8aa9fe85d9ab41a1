//! Sockets: TCP, UDP, and those of Unix.
//!
//! Each is the root crate's socket, with methods that can be awaited; `From` leads from
//! one to the other and back. Methods that take `&self` may be awaited by any number of tasks
//! at once.
//!
//! A socket belongs to the runtime whose context it was made in, and fails once that has shut
//! down (`home`). `sharing`, `streams` and `datagrams` hold what several kinds of socket have
//! in common; `buffers` is where memory that is not initialised is read into.

mod address;
#[cfg(unix)]
#[expect(unsafe_code, reason = "a descriptor is borrowed by its number")]
pub(crate) mod async_fd;
#[expect(unsafe_code, reason = "reads go to memory that is not initialised")]
mod buffers;
mod datagrams;
pub(crate) mod home;
mod sharing;
mod streams;
pub mod tcp;
#[expect(unsafe_code, reason = "a read says how much of a buffer it initialised")]
mod udp;
#[cfg(unix)]
pub mod unix;

/// What tokio 0.2's interface is built on, and cannot name otherwise.
// Hidden: for the interface of tokio 0.2.
#[doc(hidden)]
pub mod parts {
    pub use super::home::{map_shutdown, poll_map_shutdown, reactor, register};
}

pub use self::address::{lookup_host, ToSocketAddrs};
pub use self::tcp::listener::TcpListener;
pub use self::tcp::socket::TcpSocket;
pub use self::tcp::stream::TcpStream;
pub use self::udp::UdpSocket;
#[cfg(unix)]
pub use self::unix::datagram::UnixDatagram;
#[cfg(unix)]
pub use self::unix::listener::UnixListener;
#[cfg(unix)]
pub use self::unix::socket::UnixSocket;
#[cfg(unix)]
pub use self::unix::stream::UnixStream;
