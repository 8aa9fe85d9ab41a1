//! The channel with a bound.
//!
//! Programs of tokio 1.x call it; the channel is the root crate's (`tokio::sync::mpsc`).
//!
//! Always true: a value is moved into the channel only with a permit in hand, so a future of
//! `send` or `reserve` that is dropped while pending has sent nothing. Permits are taken in
//! order.
//!
//! Why not the root crate's sender as it is? It waits in itself, so that each task needs a clone;
//! tokio 1.x's sends by `&self`, with a future for each send.

use super::ends;
use super::error::{SendError, SendTimeoutError, TryRecvError, TrySendError};
use crate::park;
use std::fmt;
use std::future::poll_fn;
use std::iter::FusedIterator;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::mpsc as engine;

/// Returns a channel with room for `buffer` messages.
///
/// # Panics
///
/// If that is none, or more than `Semaphore::MAX_PERMITS`.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::runtime::Runtime;
/// use tokio::sync::mpsc;
///
/// Runtime::new().unwrap().block_on(async {
///     let (tx, mut rx) = mpsc::channel(8);
///     tokio::spawn(async move { tx.send("hello").await });
///     assert_eq!(rx.recv().await, Some("hello"));
///     assert_eq!(rx.recv().await, None);
/// });
/// ```
#[track_caller]
pub fn channel<T>(buffer: usize) -> (Sender<T>, Receiver<T>) {
    let (tx, rx) = engine::channel(buffer);
    (Sender { inner: tx }, Receiver { inner: rx })
}

/// An end that sends messages.
///
/// # Dropping
///
/// The last sender ends the channel.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::runtime::Runtime;
/// use tokio::sync::mpsc;
///
/// Runtime::new().unwrap().block_on(async {
///     let (tx, mut rx) = mpsc::channel(8);
///     for worker in 0..2 {
///         let tx = tx.clone();
///         tokio::spawn(async move { tx.send(worker).await });
///     }
///     drop(tx);
///     let mut sum = 0;
///     while let Some(worker) = rx.recv().await {
///         sum += worker;
///     }
///     assert_eq!(sum, 1);
/// });
/// ```
pub struct Sender<T> {
    inner: engine::Sender<T>,
}

/// A sender that does not keep the channel from ending; see [`Sender::downgrade`].
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::sync::mpsc;
///
/// let (tx, _rx) = mpsc::channel::<u32>(1);
/// let weak = tx.downgrade();
/// assert!(weak.upgrade().is_some());
/// drop(tx);
/// assert!(weak.upgrade().is_none());
/// ```
pub struct WeakSender<T> {
    inner: engine::WeakSender<T>,
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
/// use tokio::sync::mpsc;
///
/// let (tx, mut rx) = mpsc::channel(1);
/// std::thread::spawn(move || tx.blocking_send(1));
/// assert_eq!(rx.blocking_recv(), Some(1));
/// assert_eq!(rx.blocking_recv(), None);
/// ```
pub struct Receiver<T> {
    inner: engine::Receiver<T>,
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
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::runtime::Runtime;
    /// use tokio::sync::mpsc;
    ///
    /// Runtime::new().unwrap().block_on(async {
    ///     let (tx, rx) = mpsc::channel(1);
    ///     tx.send(1).await.unwrap();
    ///     drop(rx);
    ///     assert_eq!(tx.send(2).await.unwrap_err().0, 2);
    /// });
    /// ```
    pub async fn send(&self, message: T) -> Result<(), SendError<T>> {
        match self.inner.reserve(1).await {
            Ok(mut room) => room.send(message).map_err(SendError),
            Err(_) => Err(SendError(message)),
        }
    }

    /// Works like [`send`](Sender::send), for no longer than `timeout`.
    ///
    /// # Errors
    ///
    /// Has the message, if the receiver is gone or there was no room in time.
    ///
    /// # Dropping
    ///
    /// The message is not sent.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use std::time::Duration;
    ///
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     let (tx, _rx) = tokio::sync::mpsc::channel(1);
    ///     let limit = Duration::from_millis(1);
    ///     tx.send_timeout(1, limit).await.unwrap();
    ///     assert!(tx.send_timeout(2, limit).await.is_err());
    /// });
    /// ```
    pub async fn send_timeout(
        &self,
        message: T,
        timeout: Duration,
    ) -> Result<(), SendTimeoutError<T>> {
        match crate::time::timeout(timeout, self.inner.reserve(1)).await {
            Ok(Ok(mut room)) => room.send(message).map_err(SendTimeoutError::Closed),
            Ok(Err(_)) => Err(SendTimeoutError::Closed(message)),
            Err(_) => Err(SendTimeoutError::Timeout(message)),
        }
    }

    /// Works like [`send`](Sender::send) for a thread without a task; it sleeps until there is
    /// room.
    ///
    /// # Errors
    ///
    /// As there.
    ///
    /// # Panics
    ///
    /// If the thread runs tasks, which would wait, too.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::sync::mpsc;
    ///
    /// // From a thread of the program's own.
    /// let (tx, mut rx) = mpsc::channel(1);
    /// std::thread::spawn(move || tx.blocking_send("hello").unwrap());
    /// assert_eq!(rx.blocking_recv(), Some("hello"));
    /// ```
    #[track_caller]
    pub fn blocking_send(&self, message: T) -> Result<(), SendError<T>> {
        park::wait(self.send(message))
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
    /// # use tokio_await as tokio;
    /// use tokio::sync::mpsc;
    /// use tokio::sync::mpsc::error::TrySendError;
    ///
    /// let (tx, _rx) = mpsc::channel(1);
    /// tx.try_send(1).unwrap();
    /// assert_eq!(tx.try_send(2), Err(TrySendError::Full(2)));
    /// ```
    pub fn try_send(&self, message: T) -> Result<(), TrySendError<T>> {
        match self.inner.try_reserve(1) {
            Ok(mut room) => room.send(message).map_err(TrySendError::Closed),
            Err(refused) => Err(refusal(&refused, message)),
        }
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
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::runtime::Runtime;
    /// use tokio::sync::mpsc;
    ///
    /// Runtime::new().unwrap().block_on(async {
    ///     let (tx, mut rx) = mpsc::channel(1);
    ///     // Nothing is computed before there is room for it.
    ///     let permit = tx.reserve().await.unwrap();
    ///     permit.send("computed now");
    ///     assert_eq!(rx.recv().await, Some("computed now"));
    /// });
    /// ```
    pub async fn reserve(&self) -> Result<Permit<'_, T>, SendError<()>> {
        self.inner.reserve(1).await.map(|room| Permit { room }).map_err(|_| SendError(()))
    }

    /// Waits for room for `n` messages, and keeps it.
    ///
    /// # Errors
    ///
    /// If the receiver is gone, or the channel never has so much room.
    ///
    /// # Dropping
    ///
    /// Gives up the place in the queue for room.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     let (tx, mut rx) = tokio::sync::mpsc::channel(4);
    ///     for permit in tx.reserve_many(2).await.unwrap() {
    ///         permit.send(1);
    ///     }
    ///     assert_eq!((rx.recv().await, rx.recv().await), (Some(1), Some(1)));
    /// });
    /// ```
    pub async fn reserve_many(&self, n: usize) -> Result<PermitIterator<'_, T>, SendError<()>> {
        if n > self.max_capacity() {
            return Err(SendError(()));
        }
        self.inner.reserve(n).await.map(|room| PermitIterator { room }).map_err(|_| SendError(()))
    }

    /// Works like [`reserve`](Sender::reserve), with room that owns this sender.
    ///
    /// # Errors
    ///
    /// If the receiver is gone.
    ///
    /// # Dropping
    ///
    /// Gives up the place in the queue for room, and the sender.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     let (tx, mut rx) = tokio::sync::mpsc::channel(1);
    ///     let permit = tx.reserve_owned().await.unwrap();
    ///     let _tx = permit.send(1);
    ///     assert_eq!(rx.recv().await, Some(1));
    /// });
    /// ```
    pub async fn reserve_owned(self) -> Result<OwnedPermit<T>, SendError<()>> {
        let mut sender = self.inner;
        let mut waited = false;
        let ready = poll_fn(|cx| {
            let ready = sender.poll_ready_cx(&cx.into());
            waited |= ready.is_pending();
            ready
        });
        match ready.await {
            // As in `reserve`: the room was on its way here as the channel was closed.
            Ok(()) if !(waited && sender.is_closed()) => Ok(OwnedPermit { sender }),
            _ => Err(SendError(())),
        }
    }

    /// Returns room for one message, if there is some.
    ///
    /// # Errors
    ///
    /// If there is none, or the receiver is gone.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let (tx, _rx) = tokio::sync::mpsc::channel(1);
    /// let permit = tx.try_reserve().unwrap();
    /// assert!(tx.try_send(2).is_err());
    /// permit.send(1);
    /// ```
    pub fn try_reserve(&self) -> Result<Permit<'_, T>, TrySendError<()>> {
        let tried = self.inner.try_reserve(1);
        tried.map(|room| Permit { room }).map_err(|refused| refusal(&refused, ()))
    }

    /// Returns room for `n` messages, if there is so much.
    ///
    /// # Errors
    ///
    /// If there is less, or the receiver is gone.
    pub fn try_reserve_many(&self, n: usize) -> Result<PermitIterator<'_, T>, TrySendError<()>> {
        let tried = self.inner.try_reserve(n);
        tried.map(|room| PermitIterator { room }).map_err(|refused| refusal(&refused, ()))
    }

    /// Works like [`try_reserve`](Sender::try_reserve), with room that owns this sender.
    ///
    /// # Errors
    ///
    /// Has the sender, if there is no room or the receiver is gone.
    pub fn try_reserve_owned(mut self) -> Result<OwnedPermit<T>, TrySendError<Sender<T>>> {
        match self.inner.try_ready() {
            Ok(()) => Ok(OwnedPermit { sender: self.inner }),
            Err(refused) => Err(refusal(&refused, self)),
        }
    }

    /// Returns the messages for which there is room at this moment.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let (tx, _rx) = tokio::sync::mpsc::channel(2);
    /// tx.try_send(1).unwrap();
    /// assert_eq!(tx.capacity(), 1);
    /// ```
    pub fn capacity(&self) -> usize {
        self.inner.capacity()
    }

    /// Returns the messages for which there is room when the channel is empty.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let (tx, _rx) = tokio::sync::mpsc::channel(2);
    /// tx.try_send(1).unwrap();
    /// assert_eq!(tx.max_capacity(), 2);
    /// ```
    pub fn max_capacity(&self) -> usize {
        self.inner.max_capacity()
    }
}

/// Why there is no room, with what was to be sent.
fn refusal<T>(refused: &engine::error::TrySendError<()>, value: T) -> TrySendError<T> {
    if refused.is_full() {
        TrySendError::Full(value)
    } else {
        TrySendError::Closed(value)
    }
}

impl<T> Receiver<T> {
    /// Returns the messages for which there is room at this moment.
    pub fn capacity(&self) -> usize {
        self.inner.capacity()
    }

    /// Returns the messages for which there is room when the channel is empty.
    pub fn max_capacity(&self) -> usize {
        self.inner.max_capacity()
    }
}

impl<T> Unpin for Receiver<T> {}

// As for the ends.
impl<T> UnwindSafe for Permit<'_, T> {}
impl<T> RefUnwindSafe for Permit<'_, T> {}
impl<T> UnwindSafe for PermitIterator<'_, T> {}
impl<T> RefUnwindSafe for PermitIterator<'_, T> {}
impl<T> UnwindSafe for OwnedPermit<T> {}
impl<T> RefUnwindSafe for OwnedPermit<T> {}

/// Room for one message; see [`Sender::reserve`].
///
/// # Dropping
///
/// Gives the room back.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::sync::mpsc;
///
/// let (tx, mut rx) = mpsc::channel(1);
/// let permit = tx.try_reserve().unwrap();
/// permit.send("message");
/// assert_eq!(rx.try_recv(), Ok("message"));
/// ```
pub struct Permit<'a, T> {
    room: engine::Room<'a, T>,
}

impl<T> Permit<'_, T> {
    /// Sends `message` without waiting. It is dropped if the receiver is gone.
    pub fn send(mut self, message: T) {
        drop(self.room.send(message));
    }
}

/// Room for several messages, one after another; see [`Sender::reserve_many`].
///
/// # Dropping
///
/// Gives back what was not taken.
pub struct PermitIterator<'a, T> {
    room: engine::Room<'a, T>,
}

impl<'a, T> Iterator for PermitIterator<'a, T> {
    type Item = Permit<'a, T>;

    fn next(&mut self) -> Option<Permit<'a, T>> {
        self.room.split_one().map(|room| Permit { room })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.room.left(), Some(self.room.left()))
    }
}

impl<T> ExactSizeIterator for PermitIterator<'_, T> {}
impl<T> FusedIterator for PermitIterator<'_, T> {}

/// Room for one message, with a sender; see [`Sender::reserve_owned`].
///
/// # Dropping
///
/// Gives the room back.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::runtime::Runtime;
/// use tokio::sync::mpsc;
///
/// Runtime::new().unwrap().block_on(async {
///     let (tx, mut rx) = mpsc::channel(1);
///     let permit = tx.reserve_owned().await.unwrap();
///     // The sender comes back.
///     let _tx = permit.send("message");
///     assert_eq!(rx.recv().await, Some("message"));
/// });
/// ```
pub struct OwnedPermit<T> {
    /// Has claimed room.
    sender: engine::Sender<T>,
}

impl<T> OwnedPermit<T> {
    /// Sends `message` without waiting, and gives the sender. The message is dropped if the
    /// receiver is gone.
    pub fn send(mut self, message: T) -> Sender<T> {
        drop(self.sender.try_send(message));
        Sender { inner: self.sender }
    }

    /// Gives the sender, and the room back.
    pub fn release(mut self) -> Sender<T> {
        self.sender.unready();
        Sender { inner: self.sender }
    }

    /// Returns whether both are of one channel.
    pub fn same_channel(&self, other: &OwnedPermit<T>) -> bool {
        self.sender.same_channel(&other.sender)
    }

    /// Returns whether this is room in the channel of `sender`.
    pub fn same_channel_as_sender(&self, sender: &Sender<T>) -> bool {
        self.sender.same_channel(&sender.inner)
    }
}

impl<T> fmt::Debug for Permit<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Permit").field("room", &self.room).finish()
    }
}

impl<T> fmt::Debug for PermitIterator<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PermitIterator").field("room", &self.room).finish()
    }
}

impl<T> fmt::Debug for OwnedPermit<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnedPermit").field("sender", &self.sender).finish()
    }
}

ends!(Sender WeakSender Receiver);
