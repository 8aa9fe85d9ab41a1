//! A value that one sets and others watch.

use std::fmt;
use std::future::poll_fn;
use std::task::Waker;
use tokio::sync::watch as engine;
use tokio_executor::task::Context;

pub use engine::error::SendError;
pub use engine::Ref;

/// The sender is gone: the value changes no more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecvError(());

impl fmt::Display for RecvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the value changes no more: its sender is gone")
    }
}

impl std::error::Error for RecvError {}

/// A channel that holds `init` until something newer is sent.
///
/// # Examples
///
/// ```
/// use tokio_await::sync::watch;
///
/// # tokio_await::runtime::Runtime::new().unwrap().block_on(async {
/// let (mut tx, mut rx) = watch::channel("first");
/// assert_eq!(*rx.borrow(), "first");
/// tx.send("second").unwrap();
/// rx.changed().await.unwrap();
/// assert_eq!(*rx.borrow(), "second");
/// # });
/// ```
pub fn channel<T>(init: T) -> (Sender<T>, Receiver<T>) {
    let (tx, mut rx) = engine::channel(init);
    // Today's channels count the first value as seen.
    let seen = rx.poll_ref_cx(&Context::from_waker(Waker::noop())).is_ready();
    debug_assert!(seen, "the first value is there from the start");
    (Sender { inner: tx }, Receiver { inner: rx })
}

/// Sets the value.
///
/// # Dropping
///
/// The receivers are told that the value changes no more.
#[derive(Debug)]
pub struct Sender<T> {
    inner: engine::Sender<T>,
}

impl<T> Sender<T> {
    /// Makes `value` the newest, and wakes all receivers.
    ///
    /// # Errors
    ///
    /// If every receiver is gone.
    pub fn send(&mut self, value: T) -> Result<(), SendError<T>> {
        self.inner.broadcast(value)
    }

    /// Waits until every receiver is gone.
    pub async fn closed(&mut self) {
        poll_fn(|cx| self.inner.poll_close_cx(&cx.into())).await;
    }
}

/// Watches the value; each clone for itself.
#[derive(Debug, Clone)]
pub struct Receiver<T> {
    inner: engine::Receiver<T>,
}

impl<T> Receiver<T> {
    /// The newest value, which stays what it is while the result is held.
    pub fn borrow(&self) -> Ref<'_, T> {
        self.inner.get_ref()
    }

    /// Waits for a value that this receiver has not seen, and counts it as seen.
    ///
    /// # Errors
    ///
    /// If the sender is gone and there is none.
    pub async fn changed(&mut self) -> Result<(), RecvError> {
        let changed = poll_fn(|cx| self.inner.poll_ref_cx(&cx.into()).map(|seen| seen.is_some()));
        changed.await.then_some(()).ok_or(RecvError(()))
    }
}
