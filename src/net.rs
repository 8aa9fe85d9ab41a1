//! Sockets: TCP, UDP, and those of Unix.
//!
//! | | streams | accepting | datagrams | frames in datagrams |
//! |---|---|---|---|---|
//! | TCP, UDP | [`TcpStream`] | [`TcpListener`] | [`UdpSocket`] | [`UdpFramed`] |
//! | Unix | [`UnixStream`] | [`UnixListener`] | [`UnixDatagram`] | [`UnixDatagramFramed`] |
//!
//! The futures and streams that their methods return are in [`tcp`], [`udp`] and
//! [`unix`].
//!
//! Every operation has a `poll_*` method for tasks of futures 0.1 and, under the same
//! name with `_cx` appended, a method that takes the
//! [`Context`](tokio_executor::task::Context) of a task of either kind; the futures can
//! be handed to combinators or `.await`ed.
//!
//! A socket is registered with the reactor of the thread that first has to wait for it,
//! unless it was made with `from_std` and a handle.
//!
//! The modules follow a connection: `accepting` says what becomes of an error while one
//! is accepted (and `pause` waits until there are descriptors again), `connecting` when
//! one is made, the protocol's own module does the work, `transfer` moves the bytes,
//! `datagrams` makes frames of datagrams, and `methods` has what several kinds of
//! sockets share.
//!
//! # Examples
//!
//! Sixteen bytes there and back, on one thread:
//!
//! ```
//! use futures::{Future, Stream};
//! use tokio::io;
//! use tokio::net::{TcpListener, TcpStream};
//! use tokio::runtime::current_thread::Runtime;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let listener = TcpListener::bind(&"127.0.0.1:0".parse()?)?;
//! let addr = listener.local_addr()?;
//! let server = listener.incoming().take(1).for_each(|socket| {
//!     io::read_exact(socket, [0; 16]).and_then(|(socket, bytes)| {
//!         io::write_all(socket, bytes).map(drop)
//!     })
//! });
//! let client = TcpStream::connect(&addr)
//!     .and_then(|socket| io::write_all(socket, *b"there and back.."))
//!     .and_then(|(socket, _)| io::read_exact(socket, [0; 16]))
//!     .map(|(_, bytes)| assert_eq!(&bytes, b"there and back.."));
//! Runtime::new()?.block_on(server.join(client))?;
//! # Ok(())
//! # }
//! ```

#[cfg(any(feature = "tcp", feature = "uds"))]
mod accepting;

#[cfg(any(feature = "tcp", feature = "uds"))]
mod pause;

#[cfg(any(feature = "tcp", feature = "uds"))]
mod connecting;

#[cfg(feature = "tcp")]
pub mod tcp;

#[cfg(feature = "udp")]
pub mod udp;

#[cfg(all(unix, feature = "uds"))]
pub mod unix;

#[cfg(any(feature = "tcp", feature = "uds"))]
#[expect(unsafe_code, reason = "buffers are lent to reads before they are initialised")]
mod transfer;

#[cfg(any(feature = "tcp", feature = "uds"))]
mod no_signal;

#[cfg(any(feature = "tcp", feature = "uds"))]
// Hidden: for the interfaces of tokio 1.x and 0.2.
#[doc(hidden)]
pub use self::transfer::send_vectored;

#[cfg(any(feature = "udp", feature = "uds"))]
mod datagrams;

mod methods;

mod evented;

#[cfg(feature = "tcp")]
pub use self::tcp::{TcpListener, TcpStream};
#[cfg(feature = "udp")]
pub use self::udp::{UdpFramed, UdpSocket};
#[cfg(all(unix, feature = "uds"))]
pub use self::unix::{UnixDatagram, UnixDatagramFramed, UnixListener, UnixStream};

#[cfg(feature = "tcp")]
mod former_tcp;
#[cfg(feature = "udp")]
mod former_udp;

#[cfg(feature = "tcp")]
#[allow(deprecated)]
#[doc(hidden)]
pub use self::former_tcp::{ConnectFuture, Incoming};
#[cfg(feature = "udp")]
#[allow(deprecated)]
#[doc(hidden)]
pub use self::former_udp::{RecvDgram, SendDgram};
