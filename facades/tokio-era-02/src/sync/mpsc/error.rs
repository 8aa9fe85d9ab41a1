//! What a message came back with, or why there is none.

use std::error::Error;
use std::fmt;

pub use tokio_await::sync::mpsc::error::{SendError, SendTimeoutError, TrySendError};

/// There is no message at this moment.
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// use tokio::sync::mpsc::{self, error::TryRecvError};
///
/// let (sender, mut receiver) = mpsc::unbounded_channel::<u8>();
/// assert_eq!(receiver.try_recv(), Err(TryRecvError::Empty));
/// drop(sender);
/// assert_eq!(receiver.try_recv(), Err(TryRecvError::Closed));
/// ```
#[derive(Debug, PartialEq)]
pub enum TryRecvError {
    /// None was sent.
    Empty,
    /// All senders are gone, and all messages are taken.
    Closed,
}

impl fmt::Display for TryRecvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            TryRecvError::Empty => "channel empty",
            TryRecvError::Closed => "channel closed",
        })
    }
}

impl Error for TryRecvError {}

/// The receiver is gone; see [`Sender::poll_ready`](super::Sender::poll_ready).
#[derive(Debug)]
pub struct ClosedError(pub(super) ());

impl fmt::Display for ClosedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("channel closed")
    }
}

impl Error for ClosedError {}

/// Receiving failed. This does not happen: `recv` gives `None` at the end.
#[derive(Debug)]
pub struct RecvError(());

impl fmt::Display for RecvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("channel closed")
    }
}

impl Error for RecvError {}
