//! Channels from many to one.

use std::fmt;
use std::future::poll_fn;
use std::task::{Context, Poll};
use tokio::sync::mpsc as engine;

pub use self::error::{SendError, TrySendError};

mod error {
    //! What a message came back with.

    use std::fmt;

    /// The receiver is gone; the message comes back.
    #[derive(PartialEq, Eq, Clone, Copy)]
    pub struct SendError<T>(pub T);

    impl<T> fmt::Debug for SendError<T> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.debug_struct("SendError").finish_non_exhaustive()
        }
    }

    impl<T> fmt::Display for SendError<T> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("cannot send: the receiver is gone")
        }
    }

    impl<T> std::error::Error for SendError<T> {}

    /// The message could not be sent at once, and comes back.
    #[derive(Debug, PartialEq, Eq, Clone, Copy)]
    pub enum TrySendError<T> {
        /// There is no room now.
        Full(T),
        /// The receiver is gone.
        Closed(T),
    }

    impl<T> fmt::Display for TrySendError<T> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(match self {
                TrySendError::Full(_) => "cannot send: the channel is full",
                TrySendError::Closed(_) => "cannot send: the receiver is gone",
            })
        }
    }

    impl<T: fmt::Debug> std::error::Error for TrySendError<T> {}
}

/// A channel with room for `buffer` messages.
///
/// # Panics
///
/// If that is none.
///
/// # Examples
///
/// ```
/// use tokio_await::sync::mpsc;
///
/// # tokio_await::runtime::Runtime::new().unwrap().block_on(async {
/// let (tx, mut rx) = mpsc::channel(1);
/// tokio_await::spawn(async move { tx.send(7).await.unwrap() });
/// assert_eq!(rx.recv().await, Some(7));
/// assert_eq!(rx.recv().await, None);
/// # });
/// ```
pub fn channel<T>(buffer: usize) -> (Sender<T>, Receiver<T>) {
    let (tx, rx) = engine::channel(buffer);
    (Sender { inner: tx }, Receiver { inner: rx })
}

/// A channel with room for any number of messages.
pub fn unbounded_channel<T>() -> (UnboundedSender<T>, UnboundedReceiver<T>) {
    let (tx, rx) = engine::unbounded_channel();
    (UnboundedSender { inner: tx }, UnboundedReceiver { inner: rx })
}

/// An end that sends messages.
///
/// # Dropping
///
/// The last sender ends the channel.
pub struct Sender<T> {
    inner: engine::Sender<T>,
}

impl<T> Sender<T> {
    /// Sends `message` once there is room.
    ///
    /// # Errors
    ///
    /// Has the message, if the receiver is gone.
    ///
    /// # Dropping
    ///
    /// The message is not sent.
    pub async fn send(&self, message: T) -> Result<(), SendError<T>> {
        // Who waits has a place in the queue of its own, so that the sender can be shared.
        let mut waiting = self.inner.clone();
        if poll_fn(|cx| waiting.poll_ready_cx(&cx.into())).await.is_err() {
            return Err(SendError(message));
        }
        waiting.try_send(message).map_err(|e| SendError(e.into_inner()))
    }

    /// Sends `message` if there is room.
    ///
    /// # Errors
    ///
    /// Has the message otherwise.
    pub fn try_send(&self, message: T) -> Result<(), TrySendError<T>> {
        self.inner.clone().try_send(message).map_err(|e| {
            if e.is_full() {
                TrySendError::Full(e.into_inner())
            } else {
                TrySendError::Closed(e.into_inner())
            }
        })
    }
}

/// The end that gets the messages.
///
/// # Dropping
///
/// Closes the channel, and drops all messages that were sent.
pub struct Receiver<T> {
    inner: engine::Receiver<T>,
}

/// An end that sends messages without waiting.
///
/// # Dropping
///
/// The last sender ends the channel.
pub struct UnboundedSender<T> {
    inner: engine::UnboundedSender<T>,
}

impl<T> UnboundedSender<T> {
    /// Sends `message`.
    ///
    /// # Errors
    ///
    /// Has the message, if the receiver is gone.
    pub fn send(&self, message: T) -> Result<(), SendError<T>> {
        self.inner.clone().try_send(message).map_err(|e| SendError(e.into_inner()))
    }
}

/// The end that gets the messages.
///
/// # Dropping
///
/// Closes the channel, and drops all messages that were sent.
pub struct UnboundedReceiver<T> {
    inner: engine::UnboundedReceiver<T>,
}

macro_rules! ends {
    ($($sender:ident $receiver:ident;)*) => { $(
        impl<T> $receiver<T> {
            /// The next message, or `None` once all senders are gone and all messages
            /// are taken.
            ///
            /// # Dropping
            ///
            /// Loses no message.
            pub async fn recv(&mut self) -> Option<T> {
                poll_fn(|cx| self.poll_recv(cx)).await
            }

            /// [`recv`](Self::recv), by hand.
            pub fn poll_recv(&mut self, cx: &mut Context<'_>) -> Poll<Option<T>> {
                self.inner.poll_recv_cx(&cx.into())
            }

            /// Takes no more messages than were sent already.
            pub fn close(&mut self) {
                self.inner.close();
            }
        }

        impl<T> Clone for $sender<T> {
            fn clone(&self) -> $sender<T> {
                $sender { inner: self.inner.clone() }
            }
        }

        impl<T> From<engine::$sender<T>> for $sender<T> {
            fn from(inner: engine::$sender<T>) -> $sender<T> {
                $sender { inner }
            }
        }

        impl<T> From<$sender<T>> for engine::$sender<T> {
            fn from(sender: $sender<T>) -> engine::$sender<T> {
                sender.inner
            }
        }

        impl<T> From<engine::$receiver<T>> for $receiver<T> {
            fn from(inner: engine::$receiver<T>) -> $receiver<T> {
                $receiver { inner }
            }
        }

        impl<T> From<$receiver<T>> for engine::$receiver<T> {
            fn from(receiver: $receiver<T>) -> engine::$receiver<T> {
                receiver.inner
            }
        }

        impl<T> fmt::Debug for $sender<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.inner.fmt(f)
            }
        }

        impl<T> fmt::Debug for $receiver<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.inner.fmt(f)
            }
        }
    )* };
}

ends! {
    Sender Receiver;
    UnboundedSender UnboundedReceiver;
}
