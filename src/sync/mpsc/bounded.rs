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
use crate::sync::acquire::{try_acquire, Acquire, Guard};
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
#[track_caller]
pub fn channel<T>(buffer: usize) -> (Sender<T>, Receiver<T>) {
    assert!(buffer > 0, "mpsc bounded channel requires buffer > 0");
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

impl<T> Shared<T> {
    /// Gives back `n` permits that were not used.
    fn give_back(&self, n: usize) {
        if n > 0 {
            self.permits.give(n);
            self.look_for_end();
        }
    }

    /// Permits went back: a receiver that has closed the channel waits for the last one.
    fn look_for_end(&self) {
        // Of two who give back at once, the second one sees both.
        if self.permits.available() == self.buffer {
            self.chan.wake_receiver();
        }
    }
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
    pub fn reserve(&self, n: usize) -> Acquire<Room<'_, T>> {
        Acquire::new(self, n)
    }

    /// Room for `n` messages, if there is so much.
    ///
    /// # Errors
    ///
    /// If there is less, or the receiver is gone or has closed the channel.
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

    /// A sender that does not keep the channel from ending.
    pub fn downgrade(&self) -> WeakSender<T> {
        self.shared.chan.add_weak_sender();
        WeakSender { shared: self.shared.clone() }
    }

    /// The number of senders.
    pub fn strong_count(&self) -> usize {
        self.shared.chan.sender_count()
    }

    /// The number of senders that do not keep the channel from ending.
    pub fn weak_count(&self) -> usize {
        self.shared.chan.weak_sender_count()
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

impl From<Refused> for Kind {
    fn from(refused: Refused) -> Kind {
        match refused {
            Refused::Closed => Kind::Closed,
            Refused::NoPermits | Refused::Budget => Kind::NoCapacity,
        }
    }
}

/// Room for a number of messages; see [`Sender::reserve`].
///
/// # Dropping
///
/// Gives back what was not used.
#[must_use = "room that is dropped goes to the next in line"]
pub struct Room<'a, T> {
    sender: &'a Sender<T>,
    left: usize,
}

impl<'a, T> Room<'a, T> {
    /// How many messages there is room for.
    pub fn left(&self) -> usize {
        self.left
    }

    /// Parts room for one message from this; `None` if there is none left.
    pub fn split_one(&mut self) -> Option<Room<'a, T>> {
        self.left = self.left.checked_sub(1)?;
        Some(Room { sender: self.sender, left: 1 })
    }

    /// Sends a message.
    ///
    /// # Errors
    ///
    /// Has the message if there is no room left, or the receiver is gone.
    pub fn send(&mut self, message: T) -> Result<(), T> {
        let Some(left) = self.left.checked_sub(1) else { return Err(message) };
        // First: the send may wake a task, and the waker may panic.
        self.left = left;
        self.sender.shared.chan.send(message).inspect_err(|_| self.sender.shared.give_back(1))
    }
}

impl<T> Drop for Room<'_, T> {
    fn drop(&mut self) {
        self.sender.shared.give_back(self.left);
    }
}

impl<'a, T> Guard for Room<'a, T> {
    type Home = &'a Sender<T>;
    type Error = SendError;
    type Output = Result<Self, SendError>;

    fn permits(home: &Self::Home) -> &Permits {
        &home.shared.permits
    }

    fn given_back(home: &Self::Home) {
        home.shared.look_for_end();
    }

    fn new(sender: &'a Sender<T>, left: usize) -> Self {
        Room { sender, left }
    }

    fn closed() -> SendError {
        SendError(())
    }

    fn output(acquired: Result<Self, SendError>) -> Self::Output {
        acquired
    }
}

/// A sender that does not keep the channel from ending; see [`Sender::downgrade`].
pub struct WeakSender<T> {
    shared: Arc<Shared<T>>,
}

impl<T> WeakSender<T> {
    /// A sender, unless the last one has gone.
    pub fn upgrade(&self) -> Option<Sender<T>> {
        let added = self.shared.chan.try_add_sender();
        added.then(|| Sender { shared: self.shared.clone(), claim: Claim::new() })
    }

    /// The number of senders.
    pub fn strong_count(&self) -> usize {
        self.shared.chan.sender_count()
    }

    /// The number of senders that do not keep the channel from ending.
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

impl<T> Receiver<T> {
    /// As [`poll_recv_cx`](Receiver::poll_recv_cx), for `most` messages that are there, which
    /// are added to `buffer`. Ready with how many; with 0 at the end, or if `most` is 0.
    pub fn poll_recv_many_cx(
        &mut self,
        cx: &Context<'_>,
        buffer: &mut Vec<T>,
        most: usize,
    ) -> task::Poll<usize> {
        if most == 0 {
            return task::Poll::Ready(0);
        }
        match self.poll_recv_cx(cx) {
            task::Poll::Ready(Some(message)) => {
                buffer.push(message);
                let more = self.rx.drain(&self.shared.chan, buffer, most - 1);
                self.shared.permits.give_back(more);
                task::Poll::Ready(1 + more)
            }
            task::Poll::Ready(None) => task::Poll::Ready(0),
            task::Poll::Pending => task::Poll::Pending,
        }
    }

    /// The next message, if one was sent. `None` says nothing about the end.
    pub fn try_recv(&mut self) -> Option<T> {
        let message = self.rx.try_recv(&self.shared.chan)?;
        self.shared.permits.give(1);
        Some(message)
    }

    /// Whether all messages were taken, and none will come.
    pub fn is_ended(&self) -> bool {
        // A permit goes back after its message was sent.
        let silent = self.closed && self.shared.permits.available() == self.shared.buffer;
        self.rx.is_ended(&self.shared.chan) || silent
    }

    /// Whether this receiver has closed the channel, or the last sender is gone.
    pub fn is_closed(&self) -> bool {
        self.closed || self.shared.chan.is_closed()
    }

    /// The number of messages sent that were not taken.
    pub fn len(&self) -> usize {
        self.shared.chan.len(&self.rx)
    }

    /// Whether there is no message.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The messages for which there is room at this moment, and nobody has claimed it.
    pub fn capacity(&self) -> usize {
        self.shared.permits.available()
    }

    /// The messages for which there is room when the channel is empty.
    pub fn max_capacity(&self) -> usize {
        self.shared.buffer
    }

    /// The number of senders.
    pub fn sender_strong_count(&self) -> usize {
        self.shared.chan.sender_count()
    }

    /// The number of senders that do not keep the channel from ending.
    pub fn sender_weak_count(&self) -> usize {
        self.shared.chan.weak_sender_count()
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

impl<T> fmt::Debug for WeakSender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WeakSender").finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for Room<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Room").field("left", &self.left).finish_non_exhaustive()
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
