//! A value that one sets and others watch.
//!
//! Programs of tokio 1.x call it; the channel is the root crate's (`tokio::sync::watch`).
//!
//! Always true: a receiver that waits sees the newest value, not each one; the future of
//! `changed` that is dropped while pending has marked nothing as seen.
//!
//! Why more than a lock and a `Notify`? Senders and receivers are counted, each receiver has a
//! version of its own that it has seen, and `borrow` keeps the value from changing: the root
//! crate's channel has these.

use std::future::poll_fn;
use tokio::sync::watch as engine;

use self::error::{RecvError, SendError};
pub use engine::Ref;

pub mod error {
    //! What can go wrong with a watch channel.

    use std::fmt;

    /// The sender is gone: the value changes no more.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     let (tx, mut rx) = tokio::sync::watch::channel(1);
    ///     drop(tx);
    ///     assert!(rx.changed().await.is_err());
    /// });
    /// ```
    #[derive(Debug, Clone)]
    pub struct RecvError(pub(super) ());

    impl fmt::Display for RecvError {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("channel closed")
        }
    }

    impl std::error::Error for RecvError {}

    /// Every receiver is gone; the value comes back.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let (tx, rx) = tokio::sync::watch::channel(1);
    /// drop(rx);
    /// let error = tx.send(2).unwrap_err();
    /// assert_eq!(error.0, 2);
    /// ```
    #[derive(PartialEq, Eq, Clone, Copy)]
    pub struct SendError<T>(pub T);

    impl<T> fmt::Debug for SendError<T> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.debug_struct("SendError").finish_non_exhaustive()
        }
    }

    impl<T> fmt::Display for SendError<T> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("channel closed")
        }
    }

    impl<T> std::error::Error for SendError<T> {}
}

/// Returns a channel that holds `init` until something newer is sent.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::sync::watch;
///
/// tokio::runtime::Runtime::new().unwrap().block_on(async {
///     let (tx, mut rx) = watch::channel("first");
///     assert_eq!(*rx.borrow(), "first");
///     tx.send("second").unwrap();
///     rx.changed().await.unwrap();
///     assert_eq!(*rx.borrow(), "second");
/// });
/// ```
#[track_caller]
pub fn channel<T>(init: T) -> (Sender<T>, Receiver<T>) {
    let tx = Sender::new(init);
    let rx = tx.subscribe();
    (tx, rx)
}

/// Sets the value.
///
/// # Dropping
///
/// When the last one goes, the receivers see that the value changes no more.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::sync::watch;
///
/// let (tx, rx) = watch::channel(1);
/// tx.send(2).unwrap();
/// tx.send_modify(|n| *n += 1);
/// assert_eq!(*rx.borrow(), 3);
/// ```
#[derive(Debug)]
pub struct Sender<T> {
    inner: engine::Sender<T>,
}

impl<T> Sender<T> {
    /// Returns a channel that holds `init`, and has no receiver yet.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let tx = tokio::sync::watch::Sender::new(1);
    /// assert_eq!(*tx.subscribe().borrow(), 1);
    /// ```
    #[track_caller]
    pub fn new(init: T) -> Sender<T> {
        Sender { inner: engine::Sender::new(init) }
    }

    /// Makes `value` the newest, and wakes all receivers.
    ///
    /// Unlike the methods that change the value in place, this does not wait for those who
    /// look at the value before it.
    ///
    /// # Errors
    ///
    /// Has `value`, if every receiver is gone.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let (tx, rx) = tokio::sync::watch::channel("idle");
    /// tx.send("busy").unwrap();
    /// assert_eq!(*rx.borrow(), "busy");
    /// drop(rx);
    /// assert!(tx.send("unseen").is_err());
    /// ```
    pub fn send(&self, value: T) -> Result<(), SendError<T>> {
        self.inner.send(value).map_err(|e| SendError(e.into_inner()))
    }

    /// Makes `value` the newest, and wakes all receivers; there need not be one. Gives the
    /// value before it.
    ///
    /// Waits as [`send_modify`](Sender::send_modify) does; [`send`](Sender::send) does not.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let (tx, _rx) = tokio::sync::watch::channel(1);
    /// assert_eq!(tx.send_replace(2), 1);
    /// ```
    pub fn send_replace(&self, value: T) -> T {
        self.inner.send_replace(value)
    }

    /// Changes the newest value in place, and wakes all receivers; there need not be one.
    ///
    /// Waits, with its thread, until nobody has a [`Ref`] of that value: for itself, if this
    /// thread has one.
    ///
    /// # Panics
    ///
    /// With the panic of `modify`, and then nobody is woken.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let (tx, rx) = tokio::sync::watch::channel(vec![1]);
    /// tx.send_modify(|list| list.push(2));
    /// assert_eq!(*rx.borrow(), [1, 2]);
    /// ```
    pub fn send_modify<F>(&self, modify: F)
    where
        F: FnOnce(&mut T),
    {
        self.inner.send_modify(modify);
    }

    /// Works like [`send_modify`](Sender::send_modify), but receivers are woken only if `modify`
    /// says that it changed the value. Returns what it said.
    ///
    /// # Panics
    ///
    /// As there.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let (tx, rx) = tokio::sync::watch::channel(1);
    /// assert!(!tx.send_if_modified(|_| false));
    /// assert!(!rx.has_changed().unwrap());
    /// ```
    pub fn send_if_modified<F>(&self, modify: F) -> bool
    where
        F: FnOnce(&mut T) -> bool,
    {
        self.inner.send_if_modified(modify)
    }

    /// Returns the newest value, which stays what it is while the result is held.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let (tx, _rx) = tokio::sync::watch::channel(1);
    /// assert_eq!(*tx.borrow(), 1);
    /// ```
    pub fn borrow(&self) -> Ref<'_, T> {
        self.inner.borrow()
    }

    /// Waits until there is no receiver.
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
    ///     let (tx, rx) = tokio::sync::watch::channel(1);
    ///     drop(rx);
    ///     tx.closed().await;
    /// });
    /// ```
    pub async fn closed(&self) {
        self.inner.closed().await;
    }

    /// Returns whether there is no receiver.
    pub fn is_closed(&self) -> bool {
        self.inner.is_closed()
    }

    /// Returns the number of receivers.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let (tx, rx) = tokio::sync::watch::channel(1);
    /// let _second = rx.clone();
    /// assert_eq!(tx.receiver_count(), 2);
    /// ```
    pub fn receiver_count(&self) -> usize {
        self.inner.receiver_count()
    }

    /// Returns the number of senders.
    pub fn sender_count(&self) -> usize {
        self.inner.sender_count()
    }

    /// Returns a receiver that has seen the newest value.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let (tx, _rx) = tokio::sync::watch::channel(1);
    /// let late = tx.subscribe();
    /// assert_eq!(*late.borrow(), 1);
    /// ```
    pub fn subscribe(&self) -> Receiver<T> {
        Receiver { inner: self.inner.subscribe() }
    }

    /// Returns whether both are of one channel.
    pub fn same_channel(&self, other: &Sender<T>) -> bool {
        self.inner.same_channel(&other.inner)
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Sender<T> {
        Sender { inner: self.inner.clone() }
    }
}

impl<T: Default> Default for Sender<T> {
    fn default() -> Sender<T> {
        Sender::new(T::default())
    }
}

/// Watches the value; each clone for itself.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::runtime::Runtime;
/// use tokio::sync::watch;
///
/// Runtime::new().unwrap().block_on(async {
///     let (tx, mut rx) = watch::channel(0);
///     tx.send(3).unwrap();
///     assert_eq!(*rx.wait_for(|n| *n > 2).await.unwrap(), 3);
/// });
/// ```
#[derive(Debug)]
pub struct Receiver<T> {
    inner: engine::Receiver<T>,
}

impl<T> Receiver<T> {
    /// Returns the newest value, which stays what it is while the result is held.
    pub fn borrow(&self) -> Ref<'_, T> {
        self.inner.get_ref()
    }

    /// Returns the newest value, which counts as seen.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let (tx, mut rx) = tokio::sync::watch::channel(1);
    /// tx.send(2).unwrap();
    /// assert_eq!(*rx.borrow_and_update(), 2);
    /// assert!(!rx.has_changed().unwrap());
    /// ```
    pub fn borrow_and_update(&mut self) -> Ref<'_, T> {
        self.inner.get_ref_and_update()
    }

    /// Returns whether there is a value that this receiver has not seen.
    ///
    /// # Errors
    ///
    /// If the sender is gone.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let (tx, rx) = tokio::sync::watch::channel(1);
    /// assert!(!rx.has_changed().unwrap());
    /// tx.send(2).unwrap();
    /// assert!(rx.has_changed().unwrap());
    /// ```
    pub fn has_changed(&self) -> Result<bool, RecvError> {
        self.inner.has_changed().ok_or(RecvError(()))
    }

    /// Returns whether the sender is gone.
    pub fn is_closed(&self) -> bool {
        self.inner.is_closed()
    }

    /// Makes the newest value count as not seen.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     let (_tx, mut rx) = tokio::sync::watch::channel(1);
    ///     rx.mark_changed();
    ///     rx.changed().await.unwrap();
    /// });
    /// ```
    pub fn mark_changed(&mut self) {
        self.inner.mark_changed();
    }

    /// Makes the newest value count as seen.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let (tx, mut rx) = tokio::sync::watch::channel(1);
    /// tx.send(2).unwrap();
    /// rx.mark_unchanged();
    /// assert!(!rx.has_changed().unwrap());
    /// ```
    pub fn mark_unchanged(&mut self) {
        self.inner.mark_unchanged();
    }

    /// Waits for a value that this receiver has not seen, and counts it as seen.
    ///
    /// # Errors
    ///
    /// If the sender is gone and there is none.
    ///
    /// # Dropping
    ///
    /// Nothing counts as seen.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     let (tx, mut rx) = tokio::sync::watch::channel(1);
    ///     tokio::spawn(async move { tx.send(2) });
    ///     rx.changed().await.unwrap();
    ///     assert_eq!(*rx.borrow_and_update(), 2);
    /// });
    /// ```
    pub async fn changed(&mut self) -> Result<(), RecvError> {
        let changed = poll_fn(|cx| self.inner.poll_changed_cx(&cx.into()));
        changed.await.then_some(()).ok_or(RecvError(()))
    }

    /// Waits for a value that `fits`, beginning with the newest, and counts it as seen.
    ///
    /// # Errors
    ///
    /// If the sender is gone and the newest value does not fit.
    ///
    /// # Dropping
    ///
    /// Values that did not fit count as seen.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     let (tx, mut rx) = tokio::sync::watch::channel(1);
    ///     tokio::spawn(async move { tx.send(5) });
    ///     assert_eq!(*rx.wait_for(|n| *n > 4).await.unwrap(), 5);
    /// });
    /// ```
    pub async fn wait_for(
        &mut self,
        fits: impl FnMut(&T) -> bool,
    ) -> Result<Ref<'_, T>, RecvError> {
        self.inner.wait_for(fits).await.ok_or(RecvError(()))
    }

    /// Returns whether both are of one channel.
    pub fn same_channel(&self, other: &Receiver<T>) -> bool {
        self.inner.same_channel(&other.inner)
    }
}

crate::__wraps! {
    [T] Receiver<T> => engine::Receiver<T>: Clone;
}
