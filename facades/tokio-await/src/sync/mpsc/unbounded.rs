//! The channel without a bound.

use super::ends;
use super::error::{SendError, TryRecvError};
use crate::park;
use std::future::poll_fn;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::task::{Context, Poll};
use tokio::sync::mpsc as engine;

/// Returns a channel with room for any number of messages.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::runtime::Runtime;
/// use tokio::sync::mpsc;
///
/// let (tx, mut rx) = mpsc::unbounded_channel();
/// tx.send(1).unwrap();
/// assert_eq!(Runtime::new().unwrap().block_on(rx.recv()), Some(1));
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
/// # use tokio_await as tokio;
/// use tokio::sync::mpsc;
///
/// let (tx, mut rx) = mpsc::unbounded_channel();
/// tx.send("never waits").unwrap();
/// assert_eq!(rx.try_recv(), Ok("never waits"));
/// ```
pub struct UnboundedSender<T> {
    inner: engine::UnboundedSender<T>,
}

/// A sender that does not keep the channel from ending; see [`UnboundedSender::downgrade`].
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// let (tx, _rx) = tokio::sync::mpsc::unbounded_channel::<u32>();
/// let weak = tx.downgrade();
/// drop(tx);
/// assert!(weak.upgrade().is_none());
/// ```
pub struct WeakUnboundedSender<T> {
    inner: engine::WeakUnboundedSender<T>,
}

/// The end that gets the messages.
///
/// # Dropping
///
/// Closes the channel, and drops all messages that were sent.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// tokio::runtime::Runtime::new().unwrap().block_on(async {
///     let (tx, mut rx) = tokio::sync::mpsc::unbounded_channel();
///     tx.send(1).unwrap();
///     assert_eq!(rx.recv().await, Some(1));
/// });
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
    /// # use tokio_await as tokio;
    /// let (tx, rx) = tokio::sync::mpsc::unbounded_channel();
    /// tx.send(1).unwrap();
    /// drop(rx);
    /// assert!(tx.send(2).is_err());
    /// ```
    pub fn send(&self, message: T) -> Result<(), SendError<T>> {
        self.inner.send_ref(message).map_err(|e| SendError(e.into_inner()))
    }
}

ends!(UnboundedSender WeakUnboundedSender UnboundedReceiver);
