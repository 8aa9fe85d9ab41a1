//! The newest value, for many who watch.
//!
//! The engine's channel. Here the first thing a receiver gets is the value that is there when
//! it is made, and it gets values instead of borrowing them.
//!
//! Called by programs of tokio 0.2.
//!
//! Always true: a receiver gets the newest value, once for each change that it has not seen, and
//! nothing older.
//!
//! Why not 1.x's receiver? It lends the value and does not count the first one as new.

use futures_core::Stream;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::sync::watch as engine;

pub use tokio::sync::watch::Ref;

use self::error::SendError;

pub mod error {
    //! What can go wrong with a watch channel.

    pub use tokio_await::sync::watch::error::SendError;
}

/// Returns a channel that holds `init` until something newer is sent.
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// use tokio::sync::watch;
///
/// tokio::runtime::Runtime::new()?.block_on(async {
///     let (tx, mut rx) = watch::channel("first");
///     assert_eq!(rx.recv().await, Some("first"));
///     tx.broadcast("second").unwrap();
///     assert_eq!(rx.recv().await, Some("second"));
///     drop(tx);
///     assert_eq!(rx.recv().await, None);
/// });
/// # Ok::<(), std::io::Error>(())
/// ```
#[track_caller]
pub fn channel<T: Clone>(init: T) -> (Sender<T>, Receiver<T>) {
    let (tx, rx) = engine::channel(init);
    (Sender { inner: tx }, Receiver { inner: rx })
}

/// Sets the value.
///
/// # Dropping
///
/// Ends the channel once the receivers have the last value.
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// use tokio::sync::watch;
///
/// #[tokio::main]
/// async fn main() {
///     let (sender, mut receiver) = watch::channel("old");
///     assert_eq!(receiver.recv().await, Some("old"), "the first value counts as new");
///     sender.broadcast("new").unwrap();
///     assert_eq!(receiver.recv().await, Some("new"));
/// }
/// ```
#[derive(Debug)]
pub struct Sender<T> {
    inner: engine::Sender<T>,
}

/// Watches the value; each clone for itself.
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// use tokio::stream::StreamExt;
/// use tokio::sync::watch;
///
/// #[tokio::main]
/// async fn main() {
///     let (sender, mut receiver) = watch::channel(1);
///     assert_eq!(receiver.next().await, Some(1));
///     drop(sender);
///     assert_eq!(receiver.next().await, None);
/// }
/// ```
#[derive(Debug)]
pub struct Receiver<T> {
    inner: engine::Receiver<T>,
}

impl<T> Sender<T> {
    /// Makes `value` the newest, and wakes all receivers.
    ///
    /// # Errors
    ///
    /// Has `value`, if every receiver is gone.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::sync::watch;
    ///
    /// let (sender, receiver) = watch::channel(1);
    /// sender.broadcast(2).unwrap();
    /// assert_eq!(*receiver.borrow(), 2);
    /// drop(receiver);
    /// assert!(sender.broadcast(3).is_err(), "nobody looks");
    /// ```
    pub fn broadcast(&self, value: T) -> Result<(), SendError<T>> {
        self.inner.send(value).map_err(|e| SendError(e.into_inner()))
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
    /// # use tokio_era_02 as tokio;
    /// use tokio::sync::watch;
    ///
    /// #[tokio::main]
    /// async fn main() {
    ///     let (mut sender, receiver) = watch::channel(1);
    ///     tokio::spawn(async move { drop(receiver) });
    ///     sender.closed().await;
    /// }
    /// ```
    pub async fn closed(&mut self) {
        self.inner.closed().await;
    }
}

impl<T> Receiver<T> {
    /// Returns the newest value, which stays what it is while the result is held.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::sync::watch;
    ///
    /// let (_sender, receiver) = watch::channel(String::from("first"));
    /// assert_eq!(receiver.borrow().len(), 5);
    /// ```
    pub fn borrow(&self) -> Ref<'_, T> {
        self.inner.get_ref()
    }

    /// Polls for a value that this receiver has not seen, and counts it as seen.
    // Hidden: as tokio 0.2 hides it.
    #[doc(hidden)]
    pub fn poll_recv_ref<'a>(&'a mut self, cx: &mut Context<'_>) -> Poll<Option<Ref<'a, T>>> {
        self.inner.poll_ref_cx(&(&*cx).into())
    }
}

impl<T: Clone> Receiver<T> {
    /// Waits for a value that this receiver has not seen, the first of which is there from the
    /// start; `None` once the sender is gone.
    ///
    /// # Dropping
    ///
    /// Nothing counts as seen.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::sync::watch;
    ///
    /// #[tokio::main]
    /// async fn main() {
    ///     let (sender, mut receiver) = watch::channel(0);
    ///     for number in 1..=3 {
    ///         sender.broadcast(number).unwrap();
    ///     }
    ///     assert_eq!(receiver.recv().await, Some(3), "earlier values are skipped");
    /// }
    /// ```
    pub async fn recv(&mut self) -> Option<T> {
        poll_fn(|cx| self.inner.poll_recv_cx(&(&*cx).into())).await
    }
}

impl<T: Clone> Stream for Receiver<T> {
    type Item = T;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        self.inner.poll_recv_cx(&(&*cx).into())
    }
}

tokio_await::__wraps! {
    [T] Sender<T> => engine::Sender<T>;
    [T] Receiver<T> => engine::Receiver<T>: Clone;
}
