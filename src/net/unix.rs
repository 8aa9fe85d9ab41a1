//! Unix sockets: streams and datagrams between processes of one machine.
//!
//! A path that begins with a NUL byte stands for a name of the abstract namespace, on
//! systems that have it (Linux), in every method that takes a path.
//!
//! [`UnixStream::connect`] returns a [`ConnectFuture`]; a [`UnixListener`] is turned
//! into a stream of connections, [`Incoming`]; [`UnixDatagram`] has `poll_*` methods and
//! two that return futures, [`SendDgram`] and [`RecvDgram`]; [`UnixDatagramFramed`]
//! makes messages of datagrams.

mod listener;

mod accept;

mod incoming;

mod connect;

#[expect(unsafe_code, reason = "a reader says by an unsafe method that it ignores old bytes")]
mod stream;

#[expect(unsafe_code, reason = "a system call without a wrapper in std")]
mod ucred;

mod datagram;

mod send_dgram;

mod recv_dgram;

mod framed;

mod address;

mod fd;

// Hidden: for the interfaces of tokio 1.x and 0.2.
#[doc(hidden)]
pub use self::address::{of_path, of_sock_addr};
pub use self::connect::ConnectFuture;
pub use self::datagram::UnixDatagram;
pub use self::framed::UnixDatagramFramed;
pub use self::incoming::Incoming;
pub use self::listener::UnixListener;
pub use self::recv_dgram::RecvDgram;
pub use self::send_dgram::SendDgram;
pub use self::stream::UnixStream;
pub use self::ucred::UCred;
