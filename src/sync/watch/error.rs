//! What can go wrong with a watch channel.

use std::fmt;

/// Receiving failed. This does not happen: a receiver whose sender is gone is at its
/// end, which is no error.
#[derive(Debug)]
pub struct RecvError(());

impl fmt::Display for RecvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("channel closed")
    }
}

impl std::error::Error for RecvError {
    fn description(&self) -> &str {
        "channel closed"
    }
}

/// Every receiver is gone; has the value that was not sent.
///
/// # Examples
///
/// ```
/// use tokio::sync::watch;
///
/// let (mut sender, receiver) = watch::channel(1);
/// drop(receiver);
/// assert!(sender.broadcast(2).is_err(), "nobody sees it");
/// ```
#[derive(Debug)]
pub struct SendError<T> {
    pub(super) inner: T,
}

impl<T> SendError<T> {
    /// Returns the value that was not sent.
    pub fn into_inner(self) -> T {
        self.inner
    }
}

impl<T: fmt::Debug> fmt::Display for SendError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("channel closed")
    }
}

impl<T: fmt::Debug> std::error::Error for SendError<T> {
    fn description(&self) -> &str {
        "channel closed"
    }
}
