//! Every message for every receiver.
//!
//! The engine's channel, with receivers that are streams.
//!
//! Called by programs of tokio 0.2.
//!
//! Always true: each receiver sees each message once and in order, or gets the
//! number of those it missed.
//!
//! Why not 1.x's receiver? It is no stream, and its errors are of another module.

use futures_core::Stream;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::sync::broadcast as engine;

pub use tokio::sync::broadcast::error::{RecvError, SendError, TryRecvError};

/// Returns a channel that keeps at least `capacity` messages for receivers that lag.
///
/// # Panics
///
/// If `capacity` is 0, or more than `usize::MAX / 2`.
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// use tokio::sync::broadcast;
///
/// tokio::runtime::Runtime::new()?.block_on(async {
///     let (tx, mut first) = broadcast::channel(16);
///     let mut second = tx.subscribe();
///     tx.send(7).unwrap();
///     assert_eq!(first.recv().await.unwrap() + second.recv().await.unwrap(), 14);
/// });
/// # Ok::<(), std::io::Error>(())
/// ```
#[track_caller]
pub fn channel<T>(capacity: usize) -> (Sender<T>, Receiver<T>) {
    let tx = Sender { inner: engine::Sender::new(capacity) };
    let rx = tx.subscribe();
    (tx, rx)
}

/// Sends to all receivers.
///
/// # Dropping
///
/// The last sender ends the channel.
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// use tokio::sync::broadcast;
///
/// #[tokio::main]
/// async fn main() {
///     let (sender, mut first) = broadcast::channel(16);
///     let mut second = sender.subscribe();
///     sender.send("hello").unwrap();
///     assert_eq!(first.recv().await, Ok("hello"));
///     assert_eq!(second.recv().await, Ok("hello"));
/// }
/// ```
pub struct Sender<T> {
    inner: engine::Sender<T>,
}

/// Gets every message that is sent from its making on.
///
/// # Dropping
///
/// Lets go of the messages that it did not take.
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// use tokio::stream::StreamExt;
/// use tokio::sync::broadcast;
///
/// #[tokio::main]
/// async fn main() {
///     let (sender, receiver) = broadcast::channel(16);
///     sender.send(1).unwrap();
///     sender.send(2).unwrap();
///     drop(sender);
///     let received: Result<Vec<_>, _> = receiver.take_while(Result::is_ok).collect().await;
///     assert_eq!(received.unwrap(), [1, 2]);
/// }
/// ```
pub struct Receiver<T> {
    inner: engine::Receiver<T>,
}

impl<T> Sender<T> {
    /// Sends `value`, and returns the number of receivers.
    ///
    /// # Errors
    ///
    /// Has `value`, if there is none.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::sync::broadcast;
    ///
    /// let (sender, receiver) = broadcast::channel(16);
    /// assert_eq!(sender.send("to one").unwrap(), 1);
    /// drop(receiver);
    /// assert!(sender.send("to nobody").is_err());
    /// ```
    pub fn send(&self, value: T) -> Result<usize, SendError<T>> {
        self.inner.send(value)
    }

    /// Returns a receiver of what is sent from here on.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::sync::broadcast;
    ///
    /// #[tokio::main]
    /// async fn main() {
    ///     let (sender, _first) = broadcast::channel(16);
    ///     sender.send(1).unwrap();
    ///     let mut late = sender.subscribe();
    ///     sender.send(2).unwrap();
    ///     assert_eq!(late.recv().await, Ok(2));
    /// }
    /// ```
    pub fn subscribe(&self) -> Receiver<T> {
        Receiver { inner: self.inner.subscribe() }
    }

    /// Returns the number of receivers.
    pub fn receiver_count(&self) -> usize {
        self.inner.receiver_count()
    }
}

impl<T: Clone> Receiver<T> {
    /// Returns the next message, if there is one.
    ///
    /// # Errors
    ///
    /// If there is none, if all senders are gone, or if messages were lost, since this
    /// receiver lagged; it goes on with the oldest that is kept.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::sync::broadcast::{self, TryRecvError};
    ///
    /// let (sender, mut receiver) = broadcast::channel(16);
    /// assert_eq!(receiver.try_recv(), Err(TryRecvError::Empty));
    /// sender.send(1).unwrap();
    /// assert_eq!(receiver.try_recv(), Ok(1));
    /// ```
    pub fn try_recv(&mut self) -> Result<T, TryRecvError> {
        self.inner.try_recv()
    }

    /// Polls for the next message; see [`recv`](Receiver::recv).
    #[doc(hidden)]
    #[deprecated(since = "0.2.21", note = "use async fn recv()")]
    pub fn poll_recv(&mut self, cx: &mut Context<'_>) -> Poll<Result<T, RecvError>> {
        self.inner.poll_recv_cx(&(&*cx).into())
    }

    /// Waits for the next message.
    ///
    /// # Errors
    ///
    /// If all senders are gone and all messages were taken, or if messages were lost, since
    /// this receiver lagged; it goes on with the oldest that is kept.
    ///
    /// # Dropping
    ///
    /// Loses no message.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::sync::broadcast::{self, RecvError};
    ///
    /// #[tokio::main]
    /// async fn main() {
    ///     let (sender, mut slow) = broadcast::channel(2);
    ///     for number in 0..3 {
    ///         sender.send(number).unwrap();
    ///     }
    ///     assert_eq!(slow.recv().await, Err(RecvError::Lagged(1)));
    ///     assert_eq!(slow.recv().await, Ok(1));
    /// }
    /// ```
    pub async fn recv(&mut self) -> Result<T, RecvError> {
        poll_fn(|cx| self.inner.poll_recv_cx(&(&*cx).into())).await
    }

    /// Returns the messages, and how many were lost, as a stream that ends with the channel.
    pub fn into_stream(self) -> impl Stream<Item = Result<T, RecvError>> {
        self
    }
}

// Hidden: as tokio 0.2 hides it.
#[doc(hidden)]
impl<T: Clone> Stream for Receiver<T> {
    type Item = Result<T, RecvError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.inner.poll_recv_cx(&(&*cx).into()).map(|received| match received {
            Err(RecvError::Closed) => None,
            received => Some(received),
        })
    }
}

tokio_await::__wraps! {
    [T] Sender<T> => engine::Sender<T>: Clone Debug;
    [T] Receiver<T> => engine::Receiver<T>: Debug;
}
