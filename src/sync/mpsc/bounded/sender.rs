//! The sending end of a bounded channel, and the handle that does not keep it open.
//!
//! Called by tasks and threads, and by tokio 1.x's and 0.2's senders, which wrap this one.
//!
//! Always true: a message is sent on a permit, which comes back when the message is received,
//! or at once if it does not get there.
//!
//! Why a claim within the sender? `poll_ready` promises that the next `try_send` has room: so the
//! permit stays with this sender until then.

use super::{Room, Sender, Shared};
use crate::sync::acquire::{try_acquire, Acquire};
use crate::sync::mpsc::chan::Chan;
use crate::sync::mpsc::error::{Kind, SendError, TrySendError};
use crate::sync::permits::Claim;
use futures::{Async, AsyncSink, Poll, Sink, StartSend};
use std::task;
use tokio_executor::internals::sys::Arc;
use tokio_executor::task::Context;

impl<T> Sender<T> {
    /// Claims room for one message, or has the current futures 0.1 task woken when there
    /// is room.
    ///
    /// After it was ready, the next [`try_send`](Sender::try_send) finds room. Senders
    /// get room in the order in which they asked.
    ///
    /// # Errors
    ///
    /// If the receiver is gone or has closed the channel, and no room was claimed before.
    ///
    /// # Panics
    ///
    /// If it has to wait, and there is no current task.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::future::{self, Future};
    /// use tokio::sync::mpsc;
    ///
    /// let (mut tx, _rx) = mpsc::channel(1);
    /// // Once there is room, the send cannot be refused for lack of it.
    /// future::poll_fn(|| tx.poll_ready()).wait().unwrap();
    /// tx.try_send("message").unwrap();
    /// ```
    pub fn poll_ready(&mut self) -> Poll<(), SendError> {
        tokio_executor::internals::convert::into_async(self.poll_ready_cx(&Context::current()))
    }

    /// Works like [`poll_ready`](Sender::poll_ready), for a task of either kind.
    ///
    /// # Errors
    ///
    /// If the receiver is gone or has closed the channel, and no room was claimed before.
    pub fn poll_ready_cx(&mut self, cx: &Context<'_>) -> task::Poll<Result<(), SendError>> {
        self.claim.poll_room(&self.shared.permits, cx).map_err(|_| SendError(()))
    }

    /// Returns whether the receiver is gone or has closed the channel.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::mpsc;
    ///
    /// let (tx, rx) = mpsc::channel::<u32>(1);
    /// drop(rx);
    /// assert!(tx.is_closed());
    /// ```
    pub fn is_closed(&self) -> bool {
        self.shared.permits.is_closed()
    }

    /// Waits for room for `n` messages, for a sender that is shared. What it gives sends
    /// them.
    ///
    /// # Errors
    ///
    /// If the receiver is gone or has closed the channel.
    ///
    /// # Dropping
    ///
    /// Gives up the place in the queue for room.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::runtime::current_thread::block_on_all_std;
    /// use tokio::sync::mpsc;
    ///
    /// let (tx, mut rx) = mpsc::channel(2);
    /// block_on_all_std(async {
    ///     let mut room = tx.reserve(2).await.unwrap();
    ///     room.send("head").unwrap();
    ///     room.send("body").unwrap();
    /// });
    /// assert_eq!((rx.try_recv(), rx.try_recv()), (Some("head"), Some("body")));
    /// ```
    pub fn reserve(&self, n: usize) -> Acquire<Room<'_, T>> {
        Acquire::new(self, n)
    }

    /// Returns room for `n` messages, if there is so much.
    ///
    /// # Errors
    ///
    /// If there is less, or the receiver is gone or has closed the channel.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::mpsc;
    ///
    /// let (tx, _rx) = mpsc::channel::<u32>(1);
    /// let _room = tx.try_reserve(1).unwrap();
    /// assert!(tx.try_reserve(1).unwrap_err().is_full());
    /// ```
    pub fn try_reserve(&self, n: usize) -> Result<Room<'_, T>, TrySendError<()>> {
        try_acquire(self, n).map_err(|refused| TrySendError { kind: refused.into(), value: () })
    }

    /// Claims room for one message, as [`poll_ready`](Sender::poll_ready) does, if there is
    /// some.
    ///
    /// # Errors
    ///
    /// If there is none, or the receiver is gone or has closed the channel.
    pub fn try_ready(&mut self) -> Result<(), TrySendError<()>> {
        let tried = self.claim.try_now(&self.shared.permits);
        tried.map_err(|refused| TrySendError { kind: refused.into(), value: () })
    }

    /// Gives back room that was claimed, or the place in the queue for it. Returns whether
    /// [`poll_ready`](Sender::poll_ready) had said that there is room.
    pub fn unready(&mut self) -> bool {
        let had_room = self.claim.is_held();
        if self.claim.release(&self.shared.permits) {
            self.shared.look_for_end();
        }
        had_room
    }

    /// Returns a sender that does not keep the channel from ending.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::mpsc;
    ///
    /// let (tx, _rx) = mpsc::channel::<u32>(1);
    /// let weak = tx.downgrade();
    /// assert!(weak.upgrade().is_some());
    /// drop(tx);
    /// assert!(weak.upgrade().is_none());
    /// ```
    pub fn downgrade(&self) -> WeakSender<T> {
        self.shared.chan.add_weak_sender();
        WeakSender { shared: self.shared.clone() }
    }

    /// Returns the number of senders.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::mpsc;
    ///
    /// let (tx, _rx) = mpsc::channel::<u32>(1);
    /// let _other = tx.clone();
    /// assert_eq!(tx.strong_count(), 2);
    /// ```
    pub fn strong_count(&self) -> usize {
        self.shared.chan.sender_count()
    }

    /// Returns the number of senders that do not keep the channel from ending.
    pub fn weak_count(&self) -> usize {
        self.shared.chan.weak_sender_count()
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
    /// use tokio::runtime::current_thread::block_on_all_std;
    /// use tokio::sync::mpsc;
    ///
    /// let (tx, rx) = mpsc::channel::<u32>(1);
    /// drop(rx);
    /// block_on_all_std(tx.closed());
    /// ```
    pub async fn closed(&self) {
        self.shared.chan.until_told(|| self.is_closed()).await;
    }

    /// Returns the messages for which there is room at this moment, and nobody has claimed it.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::mpsc;
    ///
    /// let (mut tx, _rx) = mpsc::channel(3);
    /// tx.try_send(1).unwrap();
    /// assert_eq!((tx.capacity(), tx.max_capacity()), (2, 3));
    /// ```
    pub fn capacity(&self) -> usize {
        self.shared.permits.available()
    }

    /// Returns the messages for which there is room when the channel is empty.
    pub fn max_capacity(&self) -> usize {
        self.shared.buffer
    }

    /// Returns whether both are of one channel.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::mpsc;
    ///
    /// let (tx, _rx) = mpsc::channel::<u32>(1);
    /// assert!(tx.same_channel(&tx.clone()));
    /// ```
    pub fn same_channel(&self, other: &Sender<T>) -> bool {
        Arc::ptr_eq(&self.shared, &other.shared)
    }

    /// Sends `message` if there is room; waits for nothing.
    ///
    /// # Errors
    ///
    /// Has the message, if the channel is full, or the receiver is gone or has closed it.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::mpsc;
    ///
    /// let (mut tx, rx) = mpsc::channel(1);
    /// tx.try_send(1).unwrap();
    /// assert!(tx.try_send(2).unwrap_err().is_full());
    /// drop(rx);
    /// assert!(tx.try_send(3).unwrap_err().is_closed());
    /// ```
    pub fn try_send(&mut self, message: T) -> Result<(), TrySendError<T>> {
        if let Err(refused) = self.claim.try_now(&self.shared.permits) {
            return Err(TrySendError { kind: refused.into(), value: message });
        }
        // The receiver returns the permit, unless the message does not get there. Marked
        // first: the send may wake a task, and the waker may panic.
        self.claim.spend();
        self.shared.chan.send(message).map_err(|value| {
            self.shared.permits.give(1);
            TrySendError { kind: Kind::Closed, value }
        })
    }
}

impl<T> Sink for Sender<T> {
    type SinkItem = T;
    type SinkError = SendError;

    fn start_send(&mut self, msg: T) -> StartSend<T, SendError> {
        if self.poll_ready()?.is_not_ready() {
            return Ok(AsyncSink::NotReady(msg));
        }
        match self.try_send(msg) {
            Ok(()) => Ok(AsyncSink::Ready),
            Err(_) => Err(SendError(())),
        }
    }

    fn poll_complete(&mut self) -> Poll<(), SendError> {
        Ok(Async::Ready(()))
    }

    fn close(&mut self) -> Poll<(), SendError> {
        Ok(Async::Ready(()))
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Sender<T> {
        self.shared.chan.add_sender();
        Sender { shared: self.shared.clone(), claim: Claim::new() }
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        // Counted out even if a waker panics below.
        let _going = Going(&self.shared.chan);
        if self.claim.release(&self.shared.permits) {
            self.shared.look_for_end();
        }
    }
}

struct Going<'a, T>(&'a Chan<T>);

impl<T> Drop for Going<'_, T> {
    fn drop(&mut self) {
        self.0.remove_sender();
    }
}

/// A sender that does not keep the channel from ending; see [`Sender::downgrade`].
///
/// # Dropping
///
/// Has no effect on the channel.
///
/// # Examples
///
/// ```
/// use tokio::sync::mpsc;
///
/// let (tx, mut rx) = mpsc::channel(1);
/// let weak = tx.downgrade();
/// if let Some(mut tx) = weak.upgrade() {
///     tx.try_send("message").unwrap();
/// }
/// assert_eq!(rx.try_recv(), Some("message"));
/// ```
pub struct WeakSender<T> {
    pub(super) shared: Arc<Shared<T>>,
}

impl<T> WeakSender<T> {
    /// Returns a sender, unless the last one has gone.
    pub fn upgrade(&self) -> Option<Sender<T>> {
        let added = self.shared.chan.try_add_sender();
        added.then(|| Sender { shared: self.shared.clone(), claim: Claim::new() })
    }

    /// Returns the number of senders.
    pub fn strong_count(&self) -> usize {
        self.shared.chan.sender_count()
    }

    /// Returns the number of senders that do not keep the channel from ending.
    pub fn weak_count(&self) -> usize {
        self.shared.chan.weak_sender_count()
    }
}

impl<T> Clone for WeakSender<T> {
    fn clone(&self) -> WeakSender<T> {
        self.shared.chan.add_weak_sender();
        WeakSender { shared: self.shared.clone() }
    }
}

impl<T> Drop for WeakSender<T> {
    fn drop(&mut self) {
        self.shared.chan.remove_weak_sender();
    }
}
