//! The channel with a bound.
//!
//! Called by programs of tokio 0.2; the channel is the engine's.
//!
//! Always true: a message is in the channel or with its sender, whatever is dropped.
//!
//! Why not 1.x's sender? In 0.2 it keeps room for itself (`poll_ready`), and sends by `&mut`.

use super::ends;
use super::error::{ClosedError, SendError, SendTimeoutError, TryRecvError, TrySendError};
use futures_core::Stream;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::mpsc as engine;

/// Returns a channel with room for `buffer` messages.
///
/// # Panics
///
/// If that is none, or more than `usize::MAX >> 3`.
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// use tokio::sync::mpsc;
///
/// #[tokio::main]
/// async fn main() {
///     let (mut sender, mut receiver) = mpsc::channel(16);
///     tokio::spawn(async move { sender.send("hello").await });
///     assert_eq!(receiver.recv().await, Some("hello"));
///     assert_eq!(receiver.recv().await, None);
/// }
/// ```
#[track_caller]
pub fn channel<T>(buffer: usize) -> (Sender<T>, Receiver<T>) {
    let (tx, rx) = engine::channel(buffer);
    (Sender { inner: tx }, Receiver { inner: rx })
}

/// An end that sends messages. A clone has no room of its own.
///
/// # Dropping
///
/// Gives back room that it has. The last sender ends the channel.
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// use tokio::sync::mpsc;
///
/// #[tokio::main]
/// async fn main() {
///     let (sender, mut receiver) = mpsc::channel(1);
///     for number in 1..=3 {
///         let mut sender = sender.clone();
///         tokio::spawn(async move { sender.send(number).await });
///     }
///     drop(sender);
///     let mut sum = 0;
///     while let Some(number) = receiver.recv().await {
///         sum += number;
///     }
///     assert_eq!(sum, 6);
/// }
/// ```
pub struct Sender<T> {
    inner: engine::Sender<T>,
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
///     let (mut sender, receiver) = mpsc::channel(2);
///     sender.send(1).await.unwrap();
///     sender.send(2).await.unwrap();
///     drop(sender);
///     let received: Vec<u8> = receiver.collect().await;
///     assert_eq!(received, [1, 2]);
/// }
/// ```
pub struct Receiver<T> {
    inner: engine::Receiver<T>,
}

impl<T> Sender<T> {
    /// Polls for room for one message, which is then kept for the next that this sender sends;
    /// [`disarm`](Sender::disarm) gives it back.
    ///
    /// # Errors
    ///
    /// If the receiver is gone or has closed the channel.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use std::future::poll_fn;
    /// use tokio::sync::mpsc;
    ///
    /// tokio::runtime::Runtime::new()?.block_on(async {
    ///     let (mut tx, mut rx) = mpsc::channel(1);
    ///     let mut other = tx.clone();
    ///     poll_fn(|cx| tx.poll_ready(cx)).await.unwrap();
    ///     assert!(other.try_send("no room").is_err());
    ///     tx.try_send("kept").unwrap();
    ///     assert_eq!(rx.recv().await, Some("kept"));
    /// });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), ClosedError>> {
        self.inner.poll_ready_cx(&(&*cx).into()).map_err(|_| ClosedError(()))
    }

    /// Gives back the room that [`poll_ready`](Sender::poll_ready) has kept, or the place in
    /// the queue for it. Returns whether there was room.
    pub fn disarm(&mut self) -> bool {
        self.inner.unready()
    }

    /// Sends `message` if there is room.
    ///
    /// # Errors
    ///
    /// Has the message otherwise.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::sync::mpsc;
    ///
    /// let (mut sender, _receiver) = mpsc::channel(1);
    /// sender.try_send(1).unwrap();
    /// assert!(sender.try_send(2).is_err(), "the channel is full");
    /// ```
    pub fn try_send(&mut self, message: T) -> Result<(), TrySendError<T>> {
        self.inner.try_send(message).map_err(|e| match e.is_full() {
            true => TrySendError::Full(e.into_inner()),
            false => TrySendError::Closed(e.into_inner()),
        })
    }

    /// Sends `value` once there is room.
    ///
    /// # Errors
    ///
    /// Has the message, if the receiver is gone.
    ///
    /// # Dropping
    ///
    /// The message is not sent. The place in the queue for room is kept for the next.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::sync::mpsc;
    ///
    /// #[tokio::main]
    /// async fn main() {
    ///     let (mut sender, receiver) = mpsc::channel(1);
    ///     sender.send(1).await.unwrap();
    ///     drop(receiver);
    ///     assert_eq!(sender.send(2).await.unwrap_err().0, 2, "the message comes back");
    /// }
    /// ```
    pub async fn send(&mut self, value: T) -> Result<(), SendError<T>> {
        match poll_fn(|cx| self.poll_ready(cx)).await {
            Ok(()) => self.inner.try_send(value).map_err(|e| SendError(e.into_inner())),
            Err(_) => Err(SendError(value)),
        }
    }

    /// Sends `value` once there is room, if that is before `timeout` has passed.
    ///
    /// # Errors
    ///
    /// Has the message, if the receiver is gone or there was no room in time.
    ///
    /// # Panics
    ///
    /// If the thread belongs to no runtime with timers.
    ///
    /// # Dropping
    ///
    /// As [`send`](Sender::send).
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::sync::mpsc;
    /// use tokio::time::Duration;
    ///
    /// #[tokio::main]
    /// async fn main() {
    ///     let (mut sender, _receiver) = mpsc::channel(1);
    ///     sender.send(1).await.unwrap();
    ///     assert!(sender.send_timeout(2, Duration::from_millis(1)).await.is_err(), "still full");
    /// }
    /// ```
    pub async fn send_timeout(
        &mut self,
        value: T,
        timeout: Duration,
    ) -> Result<(), SendTimeoutError<T>> {
        match crate::time::timeout(timeout, poll_fn(|cx| self.poll_ready(cx))).await {
            Ok(Ok(())) => {
                self.inner.try_send(value).map_err(|e| SendTimeoutError::Closed(e.into_inner()))
            }
            Ok(Err(_)) => Err(SendTimeoutError::Closed(value)),
            Err(_) => Err(SendTimeoutError::Timeout(value)),
        }
    }
}

ends!(Sender Receiver);
