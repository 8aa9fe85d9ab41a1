//! What can go wrong with a broadcast channel.

use std::fmt;

/// There is no receiver; has the value that was not sent.
///
/// # Examples
///
/// ```
/// let (tx, rx) = tokio::sync::broadcast::channel(1);
/// drop(rx);
/// assert_eq!(tx.send("lost").unwrap_err().0, "lost");
/// ```
pub struct SendError<T>(pub T);

impl<T> fmt::Debug for SendError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendError").finish_non_exhaustive()
    }
}

impl<T> fmt::Display for SendError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("channel closed")
    }
}

impl<T> std::error::Error for SendError<T> {}

/// Why there is no message.
#[derive(Debug, PartialEq, Eq, Clone)]
pub enum RecvError {
    /// All senders are gone, and all messages are received.
    Closed,
    /// The receiver was too slow for this many messages; the next call gets the oldest
    /// that is left.
    Lagged(u64),
}

impl fmt::Display for RecvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RecvError::Closed => f.write_str("channel closed"),
            RecvError::Lagged(missed) => write!(f, "channel lagged by {missed}"),
        }
    }
}

impl std::error::Error for RecvError {}

/// Why there is no message at this moment.
///
/// # Examples
///
/// ```
/// use tokio::sync::broadcast::{self, error::TryRecvError};
///
/// let (sender, mut receiver) = broadcast::channel::<u8>(16);
/// assert!(matches!(receiver.try_recv(), Err(TryRecvError::Empty)));
/// drop(sender);
/// assert!(matches!(receiver.try_recv(), Err(TryRecvError::Closed)));
/// ```
#[derive(Debug, PartialEq, Eq, Clone)]
pub enum TryRecvError {
    /// None has been sent that this receiver has not seen.
    Empty,
    /// All senders are gone, and all messages are received.
    Closed,
    /// As [`RecvError::Lagged`].
    Lagged(u64),
}

impl fmt::Display for TryRecvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TryRecvError::Empty => f.write_str("channel empty"),
            TryRecvError::Closed => f.write_str("channel closed"),
            TryRecvError::Lagged(missed) => write!(f, "channel lagged by {missed}"),
        }
    }
}

impl std::error::Error for TryRecvError {}
