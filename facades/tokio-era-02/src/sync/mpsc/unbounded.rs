//! The channel without a bound.

use super::ends;
use super::error::{SendError, TryRecvError};
use futures_core::Stream;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::sync::mpsc as engine;

/// Returns a channel with room for any number of messages.
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// use tokio::sync::mpsc;
///
/// #[tokio::main]
/// async fn main() {
///     let (sender, mut receiver) = mpsc::unbounded_channel();
///     sender.send("hello").unwrap();
///     assert_eq!(receiver.recv().await, Some("hello"));
/// }
/// ```
#[track_caller]
pub fn unbounded_channel<T>() -> (UnboundedSender<T>, UnboundedReceiver<T>) {
    let (tx, rx) = engine::unbounded_channel();
    (UnboundedSender { inner: tx }, UnboundedReceiver { inner: rx })
}

/// An end that sends messages without waiting.
///
/// # Dropping
///
/// The last sender ends the channel.
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// use tokio::sync::mpsc;
///
/// #[tokio::main]
/// async fn main() {
///     let (sender, mut receiver) = mpsc::unbounded_channel();
///     std::thread::spawn(move || sender.send("from a thread").unwrap());
///     assert_eq!(receiver.recv().await, Some("from a thread"));
/// }
/// ```
pub struct UnboundedSender<T> {
    inner: engine::UnboundedSender<T>,
}

/// The end that gets the messages: a stream.
///
/// # Dropping
///
/// Closes the channel, and drops all messages that were sent.
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// use tokio::stream::StreamExt;
/// use tokio::sync::mpsc;
///
/// #[tokio::main]
/// async fn main() {
///     let (sender, mut receiver) = mpsc::unbounded_channel();
///     sender.send(1).unwrap();
///     drop(sender);
///     assert_eq!(receiver.next().await, Some(1));
///     assert_eq!(receiver.next().await, None);
/// }
/// ```
pub struct UnboundedReceiver<T> {
    inner: engine::UnboundedReceiver<T>,
}

impl<T> UnboundedSender<T> {
    /// Sends `message`.
    ///
    /// # Errors
    ///
    /// Has the message, if the receiver is gone.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::sync::mpsc;
    ///
    /// let (sender, receiver) = mpsc::unbounded_channel();
    /// assert!(sender.send(1).is_ok());
    /// drop(receiver);
    /// assert!(sender.send(2).is_err());
    /// ```
    pub fn send(&self, message: T) -> Result<(), SendError<T>> {
        self.inner.send_ref(message).map_err(|e| SendError(e.into_inner()))
    }
}

ends!(UnboundedSender UnboundedReceiver);
