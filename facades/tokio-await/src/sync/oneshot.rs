//! One value from one task to another.
//!
//! Programs of tokio 1.x call it; the channel is the root crate's (`tokio::sync::oneshot`).
//!
//! Always true: a value that was sent is received or dropped once, also when both ends act at
//! the same time.
//!
//! Why a wrapper? The errors are other types: that of `try_recv` tells a channel that is empty
//! from one that is closed.

use crate::park;
use std::fmt;
use std::future::{poll_fn, Future};
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::sync::oneshot as engine;

use self::error::{RecvError, TryRecvError};

pub mod error {
    //! What can go wrong with a oneshot channel.

    use std::error::Error;
    use std::fmt;

    /// The sender went away without sending, or the channel was closed before it sent.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     let (tx, rx) = tokio::sync::oneshot::channel::<u32>();
    ///     drop(tx);
    ///     assert_eq!(rx.await.unwrap_err().to_string(), "channel closed");
    /// });
    /// ```
    #[derive(Debug, PartialEq, Eq, Clone)]
    pub struct RecvError(pub(super) ());

    impl fmt::Display for RecvError {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("channel closed")
        }
    }

    impl Error for RecvError {}

    /// There is no value.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::sync::oneshot::{self, error::TryRecvError};
    ///
    /// let (tx, mut rx) = oneshot::channel::<u32>();
    /// assert_eq!(rx.try_recv(), Err(TryRecvError::Empty));
    /// drop(tx);
    /// assert_eq!(rx.try_recv(), Err(TryRecvError::Closed));
    /// ```
    #[derive(Debug, PartialEq, Eq, Clone)]
    pub enum TryRecvError {
        /// Not yet.
        Empty,
        /// Not any more: it was received, or will not be sent.
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
}

/// Returns a channel for one value.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::sync::oneshot;
///
/// tokio::runtime::Runtime::new().unwrap().block_on(async {
///     let (tx, rx) = oneshot::channel();
///     tokio::spawn(async move { tx.send("hello") });
///     assert_eq!(rx.await.unwrap(), "hello");
/// });
/// ```
#[track_caller]
pub fn channel<T>() -> (Sender<T>, Receiver<T>) {
    let (tx, rx) = engine::channel();
    (Sender { inner: tx }, Receiver { inner: rx })
}

/// The end that sends the value.
///
/// # Dropping
///
/// Without having sent, the receiver is woken and gets an error.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::sync::oneshot;
///
/// let (tx, rx) = oneshot::channel();
/// std::thread::spawn(move || tx.send("from a thread").unwrap());
/// assert_eq!(rx.blocking_recv().unwrap(), "from a thread");
/// ```
pub struct Sender<T> {
    inner: engine::Sender<T>,
}

/// The end that gets the value: a future.
///
/// # Panics
///
/// When polled again after it was ready.
///
/// # Dropping
///
/// Closes the channel; a value that was sent is dropped.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::runtime::Runtime;
/// use tokio::sync::oneshot;
///
/// let (tx, rx) = oneshot::channel::<u32>();
/// drop(tx);
/// // There will be no value.
/// assert!(Runtime::new().unwrap().block_on(rx).is_err());
/// ```
pub struct Receiver<T> {
    inner: engine::Receiver<T>,
}

impl<T> Sender<T> {
    /// Sends `t` and wakes the receiver.
    ///
    /// # Errors
    ///
    /// Gives `t` back if the receiver is gone or has closed the channel. `Ok` does not mean
    /// that the receiver will look.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     let (tx, rx) = tokio::sync::oneshot::channel();
    ///     tx.send(1).unwrap();
    ///     assert_eq!(rx.await, Ok(1));
    /// });
    /// ```
    pub fn send(self, t: T) -> Result<(), T> {
        self.inner.send(t)
    }

    /// Waits until the receiver is gone or has closed the channel.
    ///
    /// # Dropping
    ///
    /// Loses nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     let (mut tx, rx) = tokio::sync::oneshot::channel::<u32>();
    ///     drop(rx);
    ///     tx.closed().await;
    /// });
    /// ```
    pub async fn closed(&mut self) {
        poll_fn(|cx| self.poll_closed(cx)).await;
    }

    /// Works like [`closed`](Sender::closed), by hand.
    pub fn poll_closed(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.inner.poll_close_cx(&cx.into())
    }

    /// Returns whether the receiver is gone or has closed the channel.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let (tx, rx) = tokio::sync::oneshot::channel::<u32>();
    /// assert!(!tx.is_closed());
    /// drop(rx);
    /// assert!(tx.is_closed());
    /// ```
    pub fn is_closed(&self) -> bool {
        self.inner.is_closed()
    }
}

impl<T> Receiver<T> {
    /// Refuses a value that was not sent yet, and wakes the sender.
    ///
    /// A value that was sent before is still there to be received.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let (tx, mut rx) = tokio::sync::oneshot::channel();
    /// rx.close();
    /// assert_eq!(tx.send(1), Err(1));
    /// ```
    pub fn close(&mut self) {
        self.inner.close();
    }

    /// Returns the value, if it was sent.
    ///
    /// # Errors
    ///
    /// If there is none; [`TryRecvError::Closed`] also once it was received.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::sync::oneshot;
    ///
    /// let (tx, mut rx) = oneshot::channel();
    /// assert!(rx.try_recv().is_err());
    /// tx.send(1).unwrap();
    /// assert_eq!(rx.try_recv(), Ok(1));
    /// ```
    pub fn try_recv(&mut self) -> Result<T, TryRecvError> {
        if self.inner.is_terminated() {
            return Err(TryRecvError::Closed);
        }
        // First: a value that is sent after it is not lost, only not seen yet.
        let closed = self.inner.is_closed();
        self.inner.try_recv().map_err(|_| match closed {
            true => TryRecvError::Closed,
            false => TryRecvError::Empty,
        })
    }

    /// Returns the value, for a thread without a task; it sleeps until it is sent.
    ///
    /// # Errors
    ///
    /// If the sender went away without sending.
    ///
    /// # Panics
    ///
    /// If the thread runs tasks, which would wait, too.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let (tx, rx) = tokio::sync::oneshot::channel();
    /// std::thread::spawn(move || tx.send(1).unwrap());
    /// assert_eq!(rx.blocking_recv(), Ok(1));
    /// ```
    #[track_caller]
    pub fn blocking_recv(self) -> Result<T, RecvError> {
        park::wait(self)
    }

    /// Returns whether the outcome was reported, or the channel was closed.
    pub fn is_terminated(&self) -> bool {
        self.inner.is_terminated()
    }

    /// Returns whether there is no value to be received at this moment.
    pub fn is_empty(&self) -> bool {
        self.inner.is_empty()
    }
}

impl<T> Future for Receiver<T> {
    type Output = Result<T, RecvError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<T, RecvError>> {
        self.inner.poll_recv_cx(&cx.into()).map_err(|_| RecvError(()))
    }
}

impl<T: fmt::Debug> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl<T: fmt::Debug> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

crate::__wraps! {
    [T] Sender<T> => engine::Sender<T>;
    [T] Receiver<T> => engine::Receiver<T>;
}
