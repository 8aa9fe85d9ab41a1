//! Unix sockets and pipes.

mod address;
#[expect(unsafe_code, reason = "a read says how much of a buffer it initialised")]
pub(super) mod datagram;
pub(super) mod listener;
#[expect(unsafe_code, reason = "pipes are read into memory that is not initialised")]
pub mod pipe;
pub(super) mod socket;
#[expect(unsafe_code, reason = "a read says how much of a buffer it initialised")]
pub(super) mod stream;
mod ucred;

pub use self::address::SocketAddr;
use self::datagram::UnixDatagram;
use self::listener::UnixListener;
use self::stream::UnixStream;
pub use self::stream::{OwnedReadHalf, OwnedWriteHalf, ReadHalf, ReuniteError, WriteHalf};
pub use self::ucred::UCred;

/// A user's number.
#[allow(non_camel_case_types)]
pub type uid_t = u32;

/// A group's number.
#[allow(non_camel_case_types)]
pub type gid_t = u32;

/// A process's number.
#[allow(non_camel_case_types)]
pub type pid_t = i32;
