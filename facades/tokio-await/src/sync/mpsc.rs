//! Channels from many to one.

use crate::park;
use std::fmt;
use std::future::{poll_fn, Future};
use std::marker::PhantomData;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use tokio::sync::mpsc as engine;
use tokio_executor::coop;

pub use self::error::{SendError, TrySendError};

pub mod error {
    //! What a message came back with, or why there is none.

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

    /// The message could not be sent in time, and comes back.
    #[derive(Debug, PartialEq, Eq, Clone, Copy)]
    pub enum SendTimeoutError<T> {
        /// There was no room.
        Timeout(T),
        /// The receiver is gone.
        Closed(T),
    }

    impl<T> fmt::Display for SendTimeoutError<T> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(match self {
                SendTimeoutError::Timeout(_) => "cannot send: there was no room in time",
                SendTimeoutError::Closed(_) => "cannot send: the receiver is gone",
            })
        }
    }

    impl<T: fmt::Debug> std::error::Error for SendTimeoutError<T> {}

    /// There is no message at this moment.
    #[derive(Debug, PartialEq, Eq, Clone, Copy)]
    pub enum TryRecvError {
        /// None was sent.
        Empty,
        /// All senders are gone, and all messages are taken.
        Disconnected,
    }

    impl fmt::Display for TryRecvError {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(match self {
                TryRecvError::Empty => "the channel is empty",
                TryRecvError::Disconnected => "the channel is empty, and its senders are gone",
            })
        }
    }

    impl std::error::Error for TryRecvError {}
}

use self::error::{SendTimeoutError, TryRecvError};

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
        match self.reserve().await {
            Ok(permit) => permit.sent(message),
            Err(_) => Err(SendError(message)),
        }
    }

    /// [`send`](Sender::send), for no longer than `timeout`.
    ///
    /// # Errors
    ///
    /// Has the message, if the receiver is gone or there was no room in time.
    ///
    /// # Dropping
    ///
    /// The message is not sent.
    pub async fn send_timeout(
        &self,
        message: T,
        timeout: Duration,
    ) -> Result<(), SendTimeoutError<T>> {
        match crate::time::timeout(timeout, self.reserve()).await {
            Ok(Ok(permit)) => {
                permit.sent(message).map_err(|SendError(message)| SendTimeoutError::Closed(message))
            }
            Ok(Err(_)) => Err(SendTimeoutError::Closed(message)),
            Err(_) => Err(SendTimeoutError::Timeout(message)),
        }
    }

    /// [`send`](Sender::send) for a thread without a task; it sleeps until there is room.
    ///
    /// # Errors
    ///
    /// As there.
    ///
    /// # Panics
    ///
    /// If the thread runs tasks, which would wait, too.
    pub fn blocking_send(&self, message: T) -> Result<(), SendError<T>> {
        park::wait(self.send(message))
    }

    /// Waits for room for one message, and keeps it.
    ///
    /// # Errors
    ///
    /// If the receiver is gone.
    ///
    /// # Dropping
    ///
    /// Gives up the place in the queue for room.
    pub async fn reserve(&self) -> Result<Permit<'_, T>, SendError<()>> {
        // Who waits has a place in the queue of its own, so that the sender can be shared.
        let permit = self.clone().reserve_owned().await?;
        Ok(Permit { owned: permit, sender: PhantomData })
    }

    /// [`reserve`](Sender::reserve), with room that owns a sender.
    ///
    /// # Errors
    ///
    /// If the receiver is gone.
    ///
    /// # Dropping
    ///
    /// Gives up the place in the queue for room, and the sender.
    pub async fn reserve_owned(self) -> Result<OwnedPermit<T>, SendError<()>> {
        let mut waiting = self.inner;
        match poll_fn(|cx| waiting.poll_ready_cx(&cx.into())).await {
            Ok(()) => Ok(OwnedPermit { inner: waiting }),
            Err(_) => Err(SendError(())),
        }
    }

    /// Room for one message, if there is some.
    ///
    /// # Errors
    ///
    /// If there is none, or the receiver is gone.
    pub fn try_reserve(&self) -> Result<Permit<'_, T>, TrySendError<()>> {
        match at_once(self.reserve()) {
            Poll::Ready(Ok(permit)) => Ok(permit),
            Poll::Ready(Err(_)) => Err(TrySendError::Closed(())),
            Poll::Pending => Err(TrySendError::Full(())),
        }
    }

    /// The messages for which there is room at this moment.
    pub fn capacity(&self) -> usize {
        self.inner.capacity()
    }

    /// The messages for which there is room when the channel is empty.
    pub fn max_capacity(&self) -> usize {
        self.inner.max_capacity()
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

/// Room for one message; see [`Sender::reserve`].
///
/// # Dropping
///
/// Gives the room back.
#[must_use = "room that is dropped goes to the next in line"]
pub struct Permit<'a, T> {
    owned: OwnedPermit<T>,
    sender: PhantomData<&'a Sender<T>>,
}

impl<T> Permit<'_, T> {
    /// Sends `message` without waiting. It is dropped if the receiver is gone.
    pub fn send(self, message: T) {
        drop(self.sent(message));
    }

    fn sent(self, message: T) -> Result<(), SendError<T>> {
        let mut sender = self.owned.inner;
        sender.try_send(message).map_err(|e| SendError(e.into_inner()))
    }
}

/// Room for one message, with a sender; see [`Sender::reserve_owned`].
///
/// # Dropping
///
/// Gives the room back.
#[must_use = "room that is dropped goes to the next in line"]
pub struct OwnedPermit<T> {
    /// Has claimed room.
    inner: engine::Sender<T>,
}

impl<T> OwnedPermit<T> {
    /// Sends `message` without waiting, and gives the sender. The message is dropped if the
    /// receiver is gone.
    pub fn send(mut self, message: T) -> Sender<T> {
        drop(self.inner.try_send(message));
        Sender { inner: self.inner }
    }

    /// Gives the sender, and the room back.
    pub fn release(self) -> Sender<T> {
        // A clone has no claim.
        Sender { inner: self.inner.clone() }
    }
}

impl<T> fmt::Debug for Permit<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Permit").field("sender", &self.owned.inner).finish()
    }
}

impl<T> fmt::Debug for OwnedPermit<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnedPermit").field("sender", &self.inner).finish()
    }
}

/// What `future` says to a task that asks once.
fn at_once<F: Future>(future: F) -> Poll<F::Output> {
    let mut cx = Context::from_waker(Waker::noop());
    // To ask once is not to go on for ever.
    coop::unlimited(|| pin!(future).poll(&mut cx))
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

            /// The next message, if there is one.
            ///
            /// # Errors
            ///
            /// If there is none.
            pub fn try_recv(&mut self) -> Result<T, TryRecvError> {
                match at_once(self.recv()) {
                    Poll::Ready(message) => message.ok_or(TryRecvError::Disconnected),
                    Poll::Pending => Err(TryRecvError::Empty),
                }
            }

            /// Appends what there is, `limit` messages at most, to `messages`, and waits if
            /// there is nothing. Says how many: none at the end, or if `limit` is none.
            ///
            /// # Dropping
            ///
            /// Loses no message.
            pub async fn recv_many(&mut self, messages: &mut Vec<T>, limit: usize) -> usize {
                if limit == 0 {
                    return 0;
                }
                let Some(first) = self.recv().await else { return 0 };
                messages.push(first);
                let mut received = 1;
                while received < limit {
                    let Ok(message) = self.try_recv() else { break };
                    messages.push(message);
                    received += 1;
                }
                received
            }

            /// [`recv`](Self::recv) for a thread without a task; it sleeps until there is a
            /// message.
            ///
            /// # Panics
            ///
            /// If the thread runs tasks, which would wait, too.
            pub fn blocking_recv(&mut self) -> Option<T> {
                park::wait(self.recv())
            }

            /// Takes no more messages than were sent already.
            pub fn close(&mut self) {
                self.inner.close();
            }
        }

        impl<T> $sender<T> {
            /// Whether the receiver is gone or has closed the channel.
            pub fn is_closed(&self) -> bool {
                self.inner.is_closed()
            }

            /// Waits until the receiver is gone or has closed the channel.
            ///
            /// # Dropping
            ///
            /// Loses nothing.
            pub async fn closed(&self) {
                self.inner.closed().await;
            }

            /// Whether both are of one channel.
            pub fn same_channel(&self, other: &Self) -> bool {
                self.inner.same_channel(&other.inner)
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
