//! The channel with a bound.
//!
//! A message takes a permit from the time its sender claims one until the receiver has
//! taken the message. There are as many permits as the channel has room.
//!
//! Always true: messages on the way, messages in the list and permits claimed ahead are
//! together never more than the bound. The receiver returns a permit only after it has
//! the message, and before the caller gets it.

use super::chan::{chan, Chan};
use super::error::{Kind, RecvError, SendError, TrySendError};
use super::list::Rx;
use crate::sync::permits::{Claim, Permits, Refused};
use futures::{Async, AsyncSink, Poll, Sink, StartSend, Stream};
use std::fmt;
use std::task;
use tokio_executor::sys::Arc;
use tokio_executor::task::Context;

/// A channel that holds at most `buffer` messages.
///
/// # Panics
///
/// If `buffer` is zero, or exceeds `usize::MAX >> 3`.
///
/// # Examples
///
/// ```
/// let (mut tx, _rx) = tokio::sync::mpsc::channel(1);
/// tx.try_send("one").unwrap();
/// let error = tx.try_send("two").unwrap_err();
/// assert!(error.is_full());
/// assert_eq!(error.into_inner(), "two");
/// ```
pub fn channel<T>(buffer: usize) -> (Sender<T>, Receiver<T>) {
    assert!(buffer > 0, "the bound of a channel must be at least 1, got 0");
    let permits = Permits::new(buffer);
    let (chan, rx) = chan();
    let shared = Arc::new(Shared { chan, permits, buffer });
    let sender = Sender { shared: shared.clone(), claim: Claim::new() };
    (sender, Receiver { shared, rx, closed: false })
}

struct Shared<T> {
    chan: Chan<T>,
    permits: Permits,
    buffer: usize,
}

/// An end that sends messages. Each clone claims room for itself.
///
/// # Dropping
///
/// Gives back room that [`poll_ready`](Sender::poll_ready) claimed, or the place in the
/// queue for it. The last sender ends the channel.
pub struct Sender<T> {
    shared: Arc<Shared<T>>,
    claim: Claim,
}

/// The end that gets the messages: a stream.
///
/// # Dropping
///
/// Closes the channel and drops all messages that were sent. Messages on the way stay
/// with their senders.
pub struct Receiver<T> {
    shared: Arc<Shared<T>>,
    rx: Rx<T>,
    closed: bool,
}

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
    pub fn poll_ready(&mut self) -> Poll<(), SendError> {
        match self.poll_ready_cx(&Context::current()) {
            task::Poll::Ready(ready) => ready.map(Async::Ready),
            task::Poll::Pending => Ok(Async::NotReady),
        }
    }

    /// As [`poll_ready`](Sender::poll_ready), for a task of either kind.
    ///
    /// # Errors
    ///
    /// If the receiver is gone or has closed the channel, and no room was claimed before.
    pub fn poll_ready_cx(&mut self, cx: &Context<'_>) -> task::Poll<Result<(), SendError>> {
        self.claim.poll(&self.shared.permits, cx).map_err(|_| SendError(()))
    }

    /// Whether the receiver is gone or has closed the channel.
    pub fn is_closed(&self) -> bool {
        self.shared.permits.is_closed()
    }

    /// Waits until the receiver is gone or has closed the channel.
    ///
    /// # Dropping
    ///
    /// Loses nothing.
    pub async fn closed(&self) {
        self.shared.chan.until_told(|| self.is_closed()).await;
    }

    /// The messages for which there is room at this moment, and nobody has claimed it.
    pub fn capacity(&self) -> usize {
        self.shared.permits.available()
    }

    /// The messages for which there is room when the channel is empty.
    pub fn max_capacity(&self) -> usize {
        self.shared.buffer
    }

    /// Whether both are of one channel.
    pub fn same_channel(&self, other: &Sender<T>) -> bool {
        Arc::ptr_eq(&self.shared, &other.shared)
    }

    /// Sends `message` if there is room; waits for nothing.
    ///
    /// # Errors
    ///
    /// Has the message, if the channel is full, or the receiver is gone or has closed it.
    pub fn try_send(&mut self, message: T) -> Result<(), TrySendError<T>> {
        if let Err(refused) = self.claim.try_now(&self.shared.permits) {
            let closed = refused == Refused::Closed;
            let kind = if closed { Kind::Closed } else { Kind::NoCapacity };
            return Err(TrySendError { kind, value: message });
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
            // A receiver that has closed the channel waits for the last permit.
            self.shared.chan.wake_receiver();
        }
    }
}

struct Going<'a, T>(&'a Chan<T>);

impl<T> Drop for Going<'_, T> {
    fn drop(&mut self) {
        self.0.remove_sender();
    }
}

impl<T> Receiver<T> {
    /// Refuses all further messages, and wakes the senders that wait for room.
    ///
    /// Messages that were sent, and those for which room was claimed before, are still to
    /// be received; after them the stream ends.
    pub fn close(&mut self) {
        if !self.closed {
            self.closed = true;
            self.shared.permits.close();
            self.shared.chan.tell_senders();
        }
    }

    /// The next message, `None` at the end; otherwise the task is woken when there is
    /// either.
    ///
    /// What the `Stream` calls; serves a task of either kind.
    #[inline]
    pub fn poll_recv_cx(&mut self, cx: &Context<'_>) -> task::Poll<Option<T>> {
        match self.rx.poll(&self.shared.chan, cx) {
            task::Poll::Ready(Some(message)) => {
                self.shared.permits.give(1);
                task::Poll::Ready(Some(message))
            }
            task::Poll::Pending
                if self.closed && self.shared.permits.available() == self.shared.buffer =>
            {
                task::Poll::Ready(None)
            }
            other => other,
        }
    }
}

impl<T> Stream for Receiver<T> {
    type Item = T;
    type Error = RecvError;

    #[inline]
    fn poll(&mut self) -> Poll<Option<T>, RecvError> {
        match self.poll_recv_cx(&Context::current()) {
            task::Poll::Ready(message) => Ok(Async::Ready(message)),
            task::Poll::Pending => Ok(Async::NotReady),
        }
    }
}

crate::compat::std_stream! {
    [T] Receiver<T> => T, |this, cx| this.poll_recv_cx(&Context::from(cx))
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        // The messages go even if the waker of a sender panics.
        let retiring = Retiring { shared: &self.shared, rx: &mut self.rx };
        self.shared.permits.close();
        drop(retiring);
    }
}

struct Retiring<'a, T> {
    shared: &'a Shared<T>,
    rx: &'a mut Rx<T>,
}

impl<T> Drop for Retiring<'_, T> {
    fn drop(&mut self) {
        self.rx.retire(&self.shared.chan);
    }
}

impl<T> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender")
            .field("permits", &self.shared.permits)
            .field("claim", &self.claim)
            .finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver")
            .field("permits", &self.shared.permits)
            .field("closed", &self.closed)
            .finish_non_exhaustive()
    }
}
