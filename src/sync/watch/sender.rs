//! The end that changes the value.
//!
//! Called by programs; the sender of tokio 1.x wraps this one.
//!
//! Always true: a value that was replaced is dropped, and tasks are woken, after the lock of the
//! value is given back.
//!
//! Why is a value `kept` or not? A channel of upstream's drops it with the last receiver; that of
//! [`Sender::new`] keeps it for receivers to come.

use super::error::SendError;
use super::{Receiver, Ref, Sender, Shared, CLOSED, GONE, VERSION};
use crate::sync::budget;
use crate::sync::notify::Notify;
use crate::sync::wake_list::WakeList;
use futures::{Async, AsyncSink, Poll, Sink, StartSend};
use std::fmt;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};
use std::task;
use tokio_executor::internals::inspect::{Kind, Place};
use tokio_executor::internals::sys::{Arc, AtomicU64, AtomicUsize, Condvar, Mutex};
use tokio_executor::internals::wait_list::WaitList;
use tokio_executor::task::Context;
use tokio_executor::waiter::WaiterCell;

impl<T> Sender<T> {
    /// Makes `value` the newest, and wakes all receivers.
    ///
    /// The value before it is dropped, unless a [`Ref`] holds it.
    ///
    /// # Errors
    ///
    /// Has `value` if every receiver is gone.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::watch;
    ///
    /// let (mut tx, rx) = watch::channel(1);
    /// tx.broadcast(2).unwrap();
    /// assert_eq!(*rx.get_ref(), 2);
    /// drop(rx);
    /// assert!(tx.broadcast(3).is_err());
    /// ```
    pub fn broadcast(&mut self, value: T) -> Result<(), SendError<T>> {
        let mut woken = std::mem::take(&mut self.woken);
        let sent = self.replace(value, &mut woken).map(drop);
        self.woken = woken;
        sent
    }

    /// Works like [`broadcast`](Sender::broadcast), for a sender that is shared.
    ///
    /// # Errors
    ///
    /// Has `value` if every receiver is gone.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::watch;
    ///
    /// let (tx, rx) = watch::channel(1);
    /// tx.send(2).unwrap();
    /// drop(rx);
    /// assert_eq!(tx.send(3).unwrap_err().into_inner(), 3);
    /// ```
    pub fn send(&self, value: T) -> Result<(), SendError<T>> {
        self.replace(value, &mut WakeList::default()).map(drop)
    }

    /// Makes `value` the newest if there is a receiver. Returns the one before, for the
    /// caller to drop where no lock is held.
    fn replace(
        &self,
        value: T,
        woken: &mut WakeList,
    ) -> Result<Option<std::sync::Arc<T>>, SendError<T>> {
        let mut latest = self.shared.latest();
        // Relaxed: the last receiver leaves the count, then comes for the lock. If we do
        // not see that it has left, it finds our value and drops it.
        if self.shared.receivers.load(Relaxed) == 0 {
            return Err(SendError { inner: value });
        }
        let before = latest.replace(std::sync::Arc::new(value));
        self.shared.step();
        drop(latest);
        self.shared.wake_receivers(woken);
        Ok(before)
    }

    /// Is ready once every receiver is gone; otherwise the current futures 0.1 task is
    /// woken when the last one goes.
    ///
    /// # Errors
    ///
    /// None; the type is that of upstream.
    ///
    /// # Panics
    ///
    /// If there is no current task.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::future::{self, Future};
    /// use tokio::sync::watch;
    ///
    /// let (mut tx, rx) = watch::channel(1);
    /// drop(rx);
    /// future::poll_fn(|| tx.poll_close()).wait().unwrap();
    /// ```
    #[expect(clippy::result_unit_err, reason = "the signature of upstream")]
    pub fn poll_close(&mut self) -> Poll<(), ()> {
        tokio_executor::internals::convert::into_async(
            self.poll_close_cx(&Context::current()).map(Ok),
        )
    }

    /// Works like [`poll_close`](Sender::poll_close), for a task of either kind.
    pub fn poll_close_cx(&mut self, cx: &Context<'_>) -> task::Poll<()> {
        let gone = || self.shared.receivers.load(Acquire) == 0;
        if gone() {
            return task::Poll::Ready(());
        }
        static KIND: Kind = Kind { wait: "watch sender", of: "watch channel" };
        let address = std::ptr::from_ref(&*self.shared).addr();
        self.shared.no_receivers.register_at(cx, &KIND, address, self.shared.made);
        if gone() {
            return task::Poll::Ready(());
        }
        task::Poll::Pending
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
    /// use tokio::runtime::current_thread::block_on_all_std;
    /// use tokio::sync::watch;
    ///
    /// let (tx, rx) = watch::channel(1);
    /// drop(rx);
    /// block_on_all_std(tx.closed());
    /// ```
    pub async fn closed(&self) {
        budget::spend().await;
        loop {
            let gone = self.shared.all_gone.notified();
            if self.is_closed() {
                return;
            }
            gone.await;
        }
    }

    /// Returns whether there is no receiver.
    ///
    /// # Examples
    ///
    /// ```
    /// let (tx, rx) = tokio::sync::watch::channel(1);
    /// assert!(!tx.is_closed());
    /// drop(rx);
    /// assert!(tx.is_closed());
    /// ```
    pub fn is_closed(&self) -> bool {
        self.receiver_count() == 0
    }

    /// Returns the number of receivers.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::watch;
    ///
    /// let (tx, rx) = watch::channel(1);
    /// let _other = rx.clone();
    /// assert_eq!(tx.receiver_count(), 2);
    /// ```
    pub fn receiver_count(&self) -> usize {
        // Acquire: as in `poll_close_cx`.
        self.shared.receivers.load(Acquire)
    }

    /// Returns the number of senders.
    pub fn sender_count(&self) -> usize {
        // Relaxed: a statistic.
        self.shared.senders.load(Relaxed)
    }

    /// Returns whether both are of one channel.
    pub fn same_channel(&self, other: &Sender<T>) -> bool {
        Arc::ptr_eq(&self.shared, &other.shared)
    }
}

/// What needs the value to be there although no receiver is: see [`Sender::new`].
impl<T> Sender<T> {
    /// Returns a channel that holds `init` until something newer is sent, and that has no receiver
    /// yet. Its value is kept for as long as there is a sender or receiver.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::watch::Sender;
    ///
    /// let tx = Sender::new(1);
    /// assert_eq!(tx.send_replace(2), 1);
    /// let rx = tx.subscribe();
    /// assert_eq!(*rx.get_ref(), 2);
    /// tx.send_modify(|n| *n += 1);
    /// assert_eq!(*tx.borrow(), 3);
    /// ```
    #[track_caller]
    pub fn new(init: T) -> Sender<T> {
        Sender::of(init, true)
    }

    #[track_caller]
    pub(super) fn of(init: T, kept: bool) -> Sender<T> {
        let shared = Shared {
            latest: Mutex::new(Some(std::sync::Arc::new(init))),
            version: AtomicU64::new(VERSION),
            watchers: Mutex::new(WaitList::new()),
            receivers: AtomicUsize::new(0),
            senders: AtomicUsize::new(1),
            changing: AtomicUsize::new(0),
            alone: Condvar::new(),
            kept,
            no_receivers: WaiterCell::new(),
            all_gone: Notify::new(),
            made: Place::here(),
        };
        let shared = Arc::new(shared);
        Sender { shared, woken: WakeList::default() }
    }

    /// Returns the newest value.
    ///
    /// # Panics
    ///
    /// If the channel was made by [`channel`](super::channel), and every receiver is gone.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::watch;
    ///
    /// let (tx, _rx) = watch::channel(1);
    /// tx.send(2).unwrap();
    /// assert_eq!(*tx.borrow(), 2);
    /// ```
    pub fn borrow(&self) -> Ref<'_, T> {
        self.shared.read().0
    }

    /// Returns a receiver that has seen the newest value.
    ///
    /// # Panics
    ///
    /// As [`borrow`](Sender::borrow).
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::watch;
    ///
    /// let (tx, _rx) = watch::channel(1);
    /// let rx = tx.subscribe();
    /// assert_eq!(rx.has_changed(), Some(false));
    /// tx.send(2).unwrap();
    /// assert_eq!(rx.has_changed(), Some(true));
    /// ```
    pub fn subscribe(&self) -> Receiver<T> {
        // Under the lock: the last receiver, should it go now, sees that it is not.
        let latest = self.shared.latest();
        assert!(latest.is_some(), "{GONE}");
        // Relaxed: changed under the lock, but for `closed`.
        let version = self.shared.version.load(Relaxed) & !CLOSED;
        Shared::subscribe(&self.shared, version)
    }

    /// Makes `value` the newest, and wakes all receivers; there need not be one. Gives the
    /// value before it.
    ///
    /// Waits as [`send_modify`](Sender::send_modify) does; [`send`](Sender::send) does not.
    ///
    /// # Panics
    ///
    /// As [`borrow`](Sender::borrow).
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::watch::Sender;
    ///
    /// let tx = Sender::new("old");
    /// assert_eq!(tx.send_replace("new"), "old");
    /// ```
    pub fn send_replace(&self, mut value: T) -> T {
        self.send_modify(|latest| std::mem::swap(latest, &mut value));
        value
    }

    /// Changes the newest value in place, and wakes all receivers; there need not be one.
    ///
    /// Waits, with its thread, until nobody has a [`Ref`] of that value: for itself, if this
    /// thread has one. Others cannot look at it meanwhile; `modify` must not come back to
    /// this channel.
    ///
    /// # Panics
    ///
    /// As [`borrow`](Sender::borrow); or with the panic of `modify`, and then nobody is
    /// woken.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::watch::Sender;
    ///
    /// let connections = Sender::new(0);
    /// connections.send_modify(|n| *n += 1);
    /// assert_eq!(*connections.borrow(), 1);
    /// ```
    pub fn send_modify(&self, modify: impl FnOnce(&mut T)) {
        self.send_if_modified(|value| {
            modify(value);
            true
        });
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
    /// use tokio::sync::watch::Sender;
    ///
    /// let highest = Sender::new(5);
    /// let raised = highest.send_if_modified(|n| {
    ///     let more = *n < 3;
    ///     if more {
    ///         *n = 3;
    ///     }
    ///     more
    /// });
    /// assert!(!raised);
    /// ```
    pub fn send_if_modified(&self, modify: impl FnOnce(&mut T) -> bool) -> bool {
        let mut latest = self.shared.latest_alone();
        let value = latest.as_mut().and_then(std::sync::Arc::get_mut);
        let changed = modify(value.expect("nobody else has the value"));
        if changed {
            self.shared.step();
        }
        drop(latest);
        if changed {
            self.shared.wake_receivers(&mut WakeList::default());
        }
        changed
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Sender<T> {
        // Relaxed: this sender is one already, so the count is not zero.
        self.shared.senders.fetch_add(1, Relaxed);
        Sender { shared: self.shared.clone(), woken: WakeList::default() }
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
        // Release: the last sender sees what this one did. Acquire: as the last sender.
        if self.shared.senders.fetch_sub(1, AcqRel) > 1 {
            return;
        }
        // Release: the Acquire in `poll_version`.
        self.shared.version.fetch_or(CLOSED, Release);
        self.shared.wake_receivers(&mut self.woken);
        // A task that waits here for the end of the receivers waits no more.
        drop(self.shared.no_receivers.take());
    }
}

impl<T: fmt::Debug> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("watch::Sender").field("shared", &*self.shared).finish()
    }
}
