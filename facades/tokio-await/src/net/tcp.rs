//! TCP: listeners, streams and their halves, and sockets before they are either.

pub(super) mod listener;
pub(super) mod socket;
#[expect(unsafe_code, reason = "a read says how much of a buffer it initialised")]
pub(super) mod stream;

use self::listener::TcpListener;
use self::stream::TcpStream;
pub use self::stream::{OwnedReadHalf, OwnedWriteHalf, ReadHalf, ReuniteError, WriteHalf};
