//! TCP: the halves of streams, and the connections of listeners.

pub(super) mod listener;
pub(super) mod stream;

pub use self::listener::Incoming;
pub use self::stream::{OwnedReadHalf, OwnedWriteHalf, ReadHalf, ReuniteError, WriteHalf};
