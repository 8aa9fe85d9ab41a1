//! The channel without a bound.

use super::ends;
use super::error::{SendError, TryRecvError};
use futures_core::Stream;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::sync::mpsc as engine;

/// Returns a channel with room for any number of messages.
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
pub struct UnboundedSender<T> {
    inner: engine::UnboundedSender<T>,
}

/// The end that gets the messages: a stream.
///
/// # Dropping
///
/// Closes the channel, and drops all messages that were sent.
pub struct UnboundedReceiver<T> {
    inner: engine::UnboundedReceiver<T>,
}

impl<T> UnboundedSender<T> {
    /// Sends `message`.
    ///
    /// # Errors
    ///
    /// Has the message, if the receiver is gone.
    pub fn send(&self, message: T) -> Result<(), SendError<T>> {
        self.inner.send_ref(message).map_err(|e| SendError(e.into_inner()))
    }
}

ends!(UnboundedSender UnboundedReceiver);
