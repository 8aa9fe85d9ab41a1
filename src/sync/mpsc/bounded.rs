//! The channel with a bound.
//!
//! A message takes a permit from the time its sender claims one until the receiver has
//! taken the message. There are as many permits as the channel has room.
//!
//! Called by programs; the channels of tokio 1.x and 0.2 wrap this one.
//!
//! Always true: messages on the way, messages in the list and permits claimed ahead are
//! together never more than the bound. The receiver returns a permit only after it has
//! the message, and before the caller gets it.
//!
//! Why permits, and not the length of the list? A sender that waits for room must have it for
//! certain when it is woken, in the order in which senders came.

mod sender;

pub use self::sender::WeakSender;

use super::chan::{chan, Chan};
use super::error::{Kind, RecvError, SendError};
use super::list::Rx;
use crate::sync::acquire::Guard;
use crate::sync::permits::{Apart, Claim, Permits, Refused};
use futures::{Poll, Stream};
use std::fmt;
use std::task;
use tokio_executor::internals::sys::Arc;
use tokio_executor::task::Context;

/// Returns a channel that holds at most `buffer` messages.
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
    let permits = Apart::new(Permits::new(buffer));
    let (chan, rx) = chan();
    let shared = Arc::new(Shared { chan, permits, buffer });
    let sender = Sender { shared: shared.clone(), claim: Claim::new() };
    (sender, Receiver { shared, rx, closed: false })
}

struct Shared<T> {
    chan: Chan<T>,
    permits: Apart,
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
///
/// # Examples
///
/// ```
/// use futures::{Future, Sink, Stream};
/// use tokio::sync::mpsc;
///
/// let (tx, rx) = mpsc::channel(8);
/// for worker in 0..2 {
///     let tx = tx.clone();
///     std::thread::spawn(move || tx.send(worker).wait());
/// }
/// drop(tx);
/// let mut all = rx.collect().wait().unwrap();
/// all.sort_unstable();
/// assert_eq!(all, [0, 1]);
/// ```
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
///
/// # Examples
///
/// ```
/// use futures::{Future, Stream};
/// use tokio::sync::mpsc;
///
/// let (mut tx, rx) = mpsc::channel(2);
/// tx.try_send(1).unwrap();
/// tx.try_send(2).unwrap();
/// // Without senders the stream ends.
/// drop(tx);
/// assert_eq!(rx.collect().wait().unwrap(), [1, 2]);
/// ```
pub struct Receiver<T> {
    shared: Arc<Shared<T>>,
    rx: Rx<T>,
    closed: bool,
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
///
/// # Examples
///
/// ```
/// use tokio::sync::mpsc;
///
/// let (tx, mut rx) = mpsc::channel(2);
/// let mut room = tx.try_reserve(2).unwrap();
/// room.send("one").unwrap();
/// assert_eq!(room.left(), 1);
/// drop(room);
/// assert_eq!(tx.capacity(), 1);
/// assert_eq!(rx.try_recv(), Some("one"));
/// ```
#[must_use = "room that is dropped goes to the next in line"]
pub struct Room<'a, T> {
    sender: &'a Sender<T>,
    left: usize,
}

impl<'a, T> Room<'a, T> {
    /// Returns how many messages there is room for.
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

    const IS_ALONE: bool = false;

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

impl<T> Receiver<T> {
    /// Refuses all further messages, and wakes the senders that wait for room.
    ///
    /// Messages that were sent, and those for which room was claimed before, are still to
    /// be received; after them the stream ends.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::mpsc;
    ///
    /// let (mut tx, mut rx) = mpsc::channel(2);
    /// tx.try_send(1).unwrap();
    /// rx.close();
    /// // What was sent before is still received.
    /// assert!(tx.try_send(2).unwrap_err().is_closed());
    /// assert_eq!(rx.try_recv(), Some(1));
    /// ```
    pub fn close(&mut self) {
        if !self.closed {
            self.closed = true;
            self.shared.permits.close();
            self.shared.chan.tell_senders();
        }
    }

    /// Returns the next message, `None` at the end; otherwise the task is woken when there is
    /// either.
    ///
    /// What the `Stream` calls; serves a task of either kind.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::future::poll_fn;
    /// use tokio_executor::task::Context;
    /// use tokio::runtime::current_thread::block_on_all_std;
    /// use tokio::sync::mpsc;
    ///
    /// let (mut tx, mut rx) = mpsc::channel(1);
    /// tx.try_send("message").unwrap();
    /// let received = block_on_all_std(poll_fn(|cx| rx.poll_recv_cx(&Context::from(cx))));
    /// assert_eq!(received, Some("message"));
    /// ```
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
    /// Works like [`poll_recv_cx`](Receiver::poll_recv_cx), for `most` messages that are there,
    /// which are added to `buffer`. Ready with how many; with 0 at the end, or if `most` is 0.
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

    /// Returns the next message, if one was sent. `None` says nothing about the end.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::mpsc;
    ///
    /// let (mut tx, mut rx) = mpsc::channel(1);
    /// assert_eq!(rx.try_recv(), None);
    /// tx.try_send(1).unwrap();
    /// assert_eq!(rx.try_recv(), Some(1));
    /// ```
    pub fn try_recv(&mut self) -> Option<T> {
        let message = self.rx.try_recv(&self.shared.chan)?;
        self.shared.permits.give(1);
        Some(message)
    }

    /// Returns whether all messages were taken, and none will come.
    pub fn is_ended(&self) -> bool {
        // A permit goes back after its message was sent.
        let silent = self.closed && self.shared.permits.available() == self.shared.buffer;
        self.rx.is_ended(&self.shared.chan) || silent
    }

    /// Returns whether this receiver has closed the channel, or the last sender is gone.
    ///
    /// # Examples
    ///
    /// ```
    /// let (tx, rx) = tokio::sync::mpsc::channel::<u32>(1);
    /// assert!(!rx.is_closed());
    /// drop(tx);
    /// assert!(rx.is_closed());
    /// ```
    pub fn is_closed(&self) -> bool {
        self.closed || self.shared.chan.is_closed()
    }

    /// Returns the number of messages sent that were not taken.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::mpsc;
    ///
    /// let (mut tx, rx) = mpsc::channel(2);
    /// assert!(rx.is_empty());
    /// tx.try_send(1).unwrap();
    /// assert_eq!(rx.len(), 1);
    /// ```
    pub fn len(&self) -> usize {
        self.shared.chan.len(&self.rx)
    }

    /// Returns whether there is no message.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the number of messages for which there is room that no sender has claimed.
    ///
    /// # Examples
    ///
    /// ```
    /// let (mut tx, rx) = tokio::sync::mpsc::channel(2);
    /// tx.try_send(1).unwrap();
    /// assert_eq!((rx.capacity(), rx.max_capacity()), (1, 2));
    /// ```
    pub fn capacity(&self) -> usize {
        self.shared.permits.available()
    }

    /// Returns the number of messages for which there is room when the channel is empty.
    pub fn max_capacity(&self) -> usize {
        self.shared.buffer
    }

    /// Returns the number of senders.
    pub fn sender_strong_count(&self) -> usize {
        self.shared.chan.sender_count()
    }

    /// Returns the number of senders that do not keep the channel from ending.
    pub fn sender_weak_count(&self) -> usize {
        self.shared.chan.weak_sender_count()
    }
}

impl<T> Stream for Receiver<T> {
    type Item = T;
    type Error = RecvError;

    #[inline]
    fn poll(&mut self) -> Poll<Option<T>, RecvError> {
        tokio_executor::internals::convert::into_async(
            self.poll_recv_cx(&Context::current()).map(Ok),
        )
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
            .field("permits", &*self.shared.permits)
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
            .field("permits", &*self.shared.permits)
            .field("closed", &self.closed)
            .finish_non_exhaustive()
    }
}
