//! The latest of a value that changes, seen by any number of tasks.
//!
//! [`channel`] gives one [`Sender`] and a [`Receiver`] that can be cloned. Each receiver
//! sees the newest value once; those it was too slow for are skipped.
//!
//! A value is kept behind an `Arc`. A [`Ref`] holds on to the value it was made for, and
//! [`Sender::broadcast`] puts a new one in its place: neither waits for the other, and a
//! task may broadcast while it looks at an earlier value.
//!
//! ```text
//!   63                   1      0
//!  +----------------------+--------+
//!  |       version        | closed |
//!  +----------------------+--------+
//! ```
//!
//! Always true: the version is changed under the lock of the value, so the pair that a
//! receiver reads belongs together. A receiver registers its task before it looks at the
//! version, and the sender changes the version before it looks for tasks.
//!
//! Why not a lock whose guard is handed out? Whoever holds such a guard while sending
//! waits for itself.

use super::wait_list::{Key, WaitList};
use super::wake_list::WakeList;
use futures::{Async, AsyncSink, Poll, Sink, StartSend, Stream};
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};
use std::sync::{PoisonError, RwLockReadGuard};
use std::task;
use tokio_executor::coop;
use tokio_executor::sys::{Arc, AtomicUsize, Mutex, MutexGuard};
use tokio_executor::task::Context;
use tokio_executor::waiter::WaiterCell;

pub mod error {
    //! What can go wrong with a watch channel.

    use std::fmt;

    /// Receiving failed. This does not happen: a receiver whose sender is gone is at its
    /// end, which is no error.
    #[derive(Debug)]
    pub struct RecvError(());

    impl fmt::Display for RecvError {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("channel closed")
        }
    }

    impl std::error::Error for RecvError {
        fn description(&self) -> &str {
            "channel closed"
        }
    }

    /// Every receiver is gone; has the value that was not sent.
    #[derive(Debug)]
    pub struct SendError<T> {
        #[expect(dead_code, reason = "shown by `Debug`")]
        pub(super) value: T,
    }

    impl<T: fmt::Debug> fmt::Display for SendError<T> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("channel closed")
        }
    }

    impl<T: fmt::Debug> std::error::Error for SendError<T> {
        fn description(&self) -> &str {
            "channel closed"
        }
    }
}

use self::error::{RecvError, SendError};

/// A channel that holds `init` until something newer is sent.
///
/// The receiver's first look finds `init`.
///
/// # Examples
///
/// ```
/// use futures::{Future, Stream};
/// use tokio::sync::watch;
///
/// let (mut tx, rx) = watch::channel("hello");
/// tx.broadcast("world").unwrap();
/// drop(tx);
/// assert_eq!(rx.collect().wait().unwrap(), ["world"]);
/// ```
pub fn channel<T>(init: T) -> (Sender<T>, Receiver<T>) {
    let cell = Arc::new(WaiterCell::new());
    let mut watchers = WaitList::new();
    let key = watchers.push_newest(cell.clone());
    let shared = Arc::new(Shared {
        latest: Mutex::new(Some(std::sync::Arc::new(init))),
        version: AtomicUsize::new(VERSION),
        watchers: Mutex::new(watchers),
        receivers: AtomicUsize::new(1),
        no_receivers: WaiterCell::new(),
    });
    let sender = Sender { shared: shared.clone(), woken: WakeList::default() };
    (sender, Receiver { shared, cell, key, seen: 0 })
}

/// The end that has the value change.
///
/// # Dropping
///
/// Wakes all receivers. Each still sees the newest value if it has not yet, and then the
/// end.
pub struct Sender<T> {
    shared: Arc<Shared<T>>,
    /// Kept for its memory.
    woken: WakeList,
}

/// The end that sees the value: a stream of the values that were newest when it looked.
///
/// A clone has seen what the original has seen.
///
/// # Dropping
///
/// Wakes nobody, but that the last one wakes the sender, and drops the value unless a
/// [`Ref`] holds it.
pub struct Receiver<T> {
    shared: Arc<Shared<T>>,
    cell: Arc<WaiterCell>,
    key: Key,
    /// The version last returned.
    seen: usize,
}

/// One of the values, for as long as it is looked at.
///
/// Newer values may be sent meanwhile; this one stays as it is.
pub struct Ref<'a, T> {
    value: std::sync::Arc<T>,
    /// In stock this is a read guard: it does not leave its thread, and may be shared if
    /// `T` may.
    guard: PhantomData<RwLockReadGuard<'a, T>>,
}

// SAFETY: a shared `Ref` lends `&T` and no more. The `Arc` in it is only cloned or dropped
// through the `Ref` itself, which stays on its thread.
unsafe impl<T: Sync> Sync for Ref<'_, T> {}

struct Shared<T> {
    /// The newest value; none once all receivers are gone. Held to swap or clone the
    /// `Arc`, never while dropping one.
    latest: Mutex<Option<std::sync::Arc<T>>>,
    version: AtomicUsize,
    /// A cell for each receiver. Held to change the list or to take what is in the
    /// cells, never while waking.
    watchers: Mutex<WaitList<Arc<WaiterCell>>>,
    receivers: AtomicUsize,
    /// The task that waits for all receivers to be gone.
    no_receivers: WaiterCell,
}

const CLOSED: usize = 1;
/// One step of the version.
const VERSION: usize = 2;

impl<T> Receiver<T> {
    /// The newest value. Does not count as having seen it.
    ///
    /// # Examples
    ///
    /// ```
    /// let (_tx, rx) = tokio::sync::watch::channel("hello");
    /// assert_eq!(*rx.get_ref(), "hello");
    /// ```
    pub fn get_ref(&self) -> Ref<'_, T> {
        self.shared.read().0
    }

    /// The newest value if this receiver has not seen it, `None` if the sender is gone;
    /// otherwise the current futures 0.1 task is woken when a value is sent.
    ///
    /// # Errors
    ///
    /// None; the type is that of stock.
    ///
    /// # Panics
    ///
    /// If there is no current task.
    pub fn poll_ref(&mut self) -> Poll<Option<Ref<'_, T>>, RecvError> {
        match self.poll_ref_cx(&Context::current()) {
            task::Poll::Ready(seen) => Ok(Async::Ready(seen)),
            task::Poll::Pending => Ok(Async::NotReady),
        }
    }

    /// As [`poll_ref`](Receiver::poll_ref), for a task of either kind.
    pub fn poll_ref_cx(&mut self, cx: &Context<'_>) -> task::Poll<Option<Ref<'_, T>>> {
        self.cell.register(cx);
        // Acquire: the Release in `broadcast` and in the sender's drop.
        let word = self.shared.version.load(Acquire);
        if word & !CLOSED != self.seen {
            if !coop::proceed(cx) {
                return task::Poll::Pending;
            }
            let (value, version) = self.shared.read();
            self.seen = version;
            return task::Poll::Ready(Some(value));
        }
        if word & CLOSED != 0 {
            return task::Poll::Ready(None);
        }
        task::Poll::Pending
    }
}

impl<T: Clone> Receiver<T> {
    /// As the stream, for a task of either kind.
    pub fn poll_recv_cx(&mut self, cx: &Context<'_>) -> task::Poll<Option<T>> {
        self.poll_ref_cx(cx).map(|seen| seen.map(|value| T::clone(&value)))
    }
}

impl<T: Clone> Stream for Receiver<T> {
    type Item = T;
    type Error = RecvError;

    fn poll(&mut self) -> Poll<Option<T>, RecvError> {
        match self.poll_recv_cx(&Context::current()) {
            task::Poll::Ready(value) => Ok(Async::Ready(value)),
            task::Poll::Pending => Ok(Async::NotReady),
        }
    }
}

crate::compat::std_stream! {
    [T: Clone] Receiver<T> => T, |this, cx| this.poll_recv_cx(&Context::from(cx))
}

impl<T> Clone for Receiver<T> {
    fn clone(&self) -> Receiver<T> {
        // Relaxed: this receiver is one already, so the count is not zero.
        self.shared.receivers.fetch_add(1, Relaxed);
        let cell = Arc::new(WaiterCell::new());
        let key = self.shared.watchers().push_newest(cell.clone());
        Receiver { shared: self.shared.clone(), cell, key, seen: self.seen }
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        let cell = self.shared.watchers().remove(self.key);
        drop(cell);
        // Release: the sender that reads zero sees what this receiver did. Acquire: and
        // so does the last receiver.
        if self.shared.receivers.fetch_sub(1, AcqRel) == 1 {
            let last = self.shared.latest().take();
            self.shared.no_receivers.wake();
            drop(last);
        }
    }
}

impl<T> Sender<T> {
    /// Makes `value` the newest, and wakes all receivers.
    ///
    /// The value before it is dropped, unless a [`Ref`] holds it.
    ///
    /// # Errors
    ///
    /// Has `value` if every receiver is gone.
    pub fn broadcast(&mut self, value: T) -> Result<(), SendError<T>> {
        let mut latest = self.shared.latest();
        // Relaxed: the last receiver leaves the count, then comes for the lock. If we do
        // not see that it has left, it finds our value and drops it.
        if self.shared.receivers.load(Relaxed) == 0 {
            return Err(SendError { value });
        }
        let before = latest.replace(std::sync::Arc::new(value));
        // Release: the Acquire in `poll_ref_cx`.
        self.shared.version.fetch_add(VERSION, Release);
        drop(latest);
        self.wake_receivers();
        drop(before);
        Ok(())
    }

    /// Ready once every receiver is gone; otherwise the current futures 0.1 task is
    /// woken when the last one goes.
    ///
    /// # Errors
    ///
    /// None; the type is that of stock.
    ///
    /// # Panics
    ///
    /// If there is no current task.
    #[expect(clippy::result_unit_err, reason = "the signature of stock")]
    pub fn poll_close(&mut self) -> Poll<(), ()> {
        match self.poll_close_cx(&Context::current()) {
            task::Poll::Ready(()) => Ok(Async::Ready(())),
            task::Poll::Pending => Ok(Async::NotReady),
        }
    }

    /// As [`poll_close`](Sender::poll_close), for a task of either kind.
    pub fn poll_close_cx(&mut self, cx: &Context<'_>) -> task::Poll<()> {
        let gone = || self.shared.receivers.load(Acquire) == 0;
        if gone() {
            return task::Poll::Ready(());
        }
        self.shared.no_receivers.register(cx);
        if gone() {
            return task::Poll::Ready(());
        }
        task::Poll::Pending
    }

    fn wake_receivers(&mut self) {
        let watchers = self.shared.watchers();
        watchers.for_each(|cell| self.woken.take(cell));
        drop(watchers);
        self.woken.wake();
    }
}

impl<T> Sink for Sender<T> {
    type SinkItem = T;
    type SinkError = SendError<T>;

    fn start_send(&mut self, item: T) -> StartSend<T, SendError<T>> {
        self.broadcast(item)?;
        Ok(AsyncSink::Ready)
    }

    fn poll_complete(&mut self) -> Poll<(), SendError<T>> {
        Ok(Async::Ready(()))
    }

    fn close(&mut self) -> Poll<(), SendError<T>> {
        Ok(Async::Ready(()))
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        // Release: the Acquire in `poll_ref_cx`.
        self.shared.version.fetch_or(CLOSED, Release);
        self.wake_receivers();
        // A task that waits here for the end of the receivers waits no more.
        drop(self.shared.no_receivers.take());
    }
}

impl<T> Shared<T> {
    /// The newest value and its version.
    fn read<'a>(&self) -> (Ref<'a, T>, usize) {
        let latest = self.latest();
        // Relaxed: changed under the lock, but for `closed`.
        let version = self.version.load(Relaxed) & !CLOSED;
        match &*latest {
            Some(value) => (Ref { value: value.clone(), guard: PhantomData }, version),
            None => unreachable!("a receiver asks, so the value is there"),
        }
    }

    fn latest(&self) -> MutexGuard<'_, Option<std::sync::Arc<T>>> {
        // Nothing that can panic halfway runs under either lock.
        self.latest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn watchers(&self) -> MutexGuard<'_, WaitList<Arc<WaiterCell>>> {
        self.watchers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Deref for Ref<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: fmt::Debug> fmt::Debug for Ref<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Ref").field(&**self).finish()
    }
}

impl<T: fmt::Debug> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("watch::Sender").field("shared", &*self.shared).finish()
    }
}

impl<T: fmt::Debug> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("watch::Receiver")
            .field("shared", &*self.shared)
            .field("seen", &(self.seen / VERSION))
            .finish()
    }
}

impl<T: fmt::Debug> fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let latest = self.latest().clone();
        // Relaxed: for the eye only.
        let word = self.version.load(Relaxed);
        f.debug_struct("Shared")
            .field("latest", &latest)
            .field("version", &(word / VERSION))
            .field("closed", &(word & CLOSED != 0))
            .finish()
    }
}
