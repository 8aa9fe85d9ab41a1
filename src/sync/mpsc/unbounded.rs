//! The channel without a bound.
//!
//! Only memory limits it: whoever sends must know that the receiver keeps up.
//!
//! Programs call it; `mpsc::list` is the channel. Always true: a message of one sender comes
//! before its later ones; the receiver sees the end once all senders are gone and the list is
//! empty.
//!
//! Why not a bounded one with a great bound? Each message would take and return a permit for
//! nothing.

use super::chan::{chan, Chan};
use super::error::{UnboundedRecvError, UnboundedSendError, UnboundedTrySendError};
use super::list::Rx;
use futures::{Async, AsyncSink, Poll, Sink, StartSend, Stream};
use std::fmt;
use std::task;
use tokio_executor::internals::sys::Arc;
use tokio_executor::task::Context;

/// Returns a channel that holds any number of messages.
///
/// # Examples
///
/// ```
/// use futures::Stream;
///
/// let (mut tx, rx) = tokio::sync::mpsc::unbounded_channel();
/// tx.try_send(1).unwrap();
/// tx.try_send(2).unwrap();
/// drop(tx);
/// assert_eq!(rx.wait().map(Result::unwrap).sum::<i32>(), 3);
/// ```
#[track_caller]
pub fn unbounded_channel<T>() -> (UnboundedSender<T>, UnboundedReceiver<T>) {
    let (chan, rx) = chan();
    let chan = Arc::new(chan);
    (UnboundedSender { chan: chan.clone() }, UnboundedReceiver { chan, rx })
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
/// use futures::{Future, Sink, Stream};
/// use tokio::sync::mpsc;
///
/// let (tx, rx) = mpsc::unbounded_channel();
/// let other = tx.clone();
/// std::thread::spawn(move || other.send("from a thread").wait());
/// drop(tx);
/// assert_eq!(rx.collect().wait().unwrap(), ["from a thread"]);
/// ```
pub struct UnboundedSender<T> {
    chan: Arc<Chan<T>>,
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
/// let (mut tx, rx) = mpsc::unbounded_channel();
/// tx.try_send(1).unwrap();
/// drop(tx);
/// assert_eq!(rx.collect().wait().unwrap(), [1]);
/// ```
pub struct UnboundedReceiver<T> {
    chan: Arc<Chan<T>>,
    rx: Rx<T>,
}

impl<T> UnboundedSender<T> {
    /// Returns whether the receiver is gone or has closed the channel.
    pub fn is_closed(&self) -> bool {
        self.chan.is_closed()
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
    /// let (tx, rx) = mpsc::unbounded_channel::<u32>();
    /// drop(rx);
    /// block_on_all_std(tx.closed());
    /// ```
    pub async fn closed(&self) {
        self.chan.until_told(|| self.is_closed()).await;
    }

    /// Works like [`try_send`](UnboundedSender::try_send), for a sender that is shared.
    ///
    /// # Errors
    ///
    /// As there.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::mpsc;
    ///
    /// // One sender, shared by reference.
    /// let (tx, mut rx) = mpsc::unbounded_channel();
    /// tx.send_ref("message").unwrap();
    /// assert_eq!(rx.try_recv(), Some("message"));
    /// ```
    #[inline]
    pub fn send_ref(&self, message: T) -> Result<(), UnboundedTrySendError<T>> {
        self.chan.send(message).map_err(UnboundedTrySendError)
    }

    /// Returns a sender that does not keep the channel from ending.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::mpsc;
    ///
    /// let (tx, _rx) = mpsc::unbounded_channel::<u32>();
    /// let weak = tx.downgrade();
    /// drop(tx);
    /// assert!(weak.upgrade().is_none());
    /// ```
    pub fn downgrade(&self) -> WeakUnboundedSender<T> {
        self.chan.add_weak_sender();
        WeakUnboundedSender { chan: self.chan.clone() }
    }

    /// Returns the number of senders.
    pub fn strong_count(&self) -> usize {
        self.chan.sender_count()
    }

    /// Returns the number of senders that do not keep the channel from ending.
    pub fn weak_count(&self) -> usize {
        self.chan.weak_sender_count()
    }

    /// Returns whether both are of one channel.
    pub fn same_channel(&self, other: &UnboundedSender<T>) -> bool {
        Arc::ptr_eq(&self.chan, &other.chan)
    }

    /// Sends `message`.
    ///
    /// # Errors
    ///
    /// Has the message, if the receiver is gone or has closed the channel.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::mpsc;
    ///
    /// let (mut tx, rx) = mpsc::unbounded_channel();
    /// tx.try_send(1).unwrap();
    /// drop(rx);
    /// assert_eq!(tx.try_send(2).unwrap_err().into_inner(), 2);
    /// ```
    #[inline]
    pub fn try_send(&mut self, message: T) -> Result<(), UnboundedTrySendError<T>> {
        self.send_ref(message)
    }
}

/// A sender that does not keep the channel from ending; see [`UnboundedSender::downgrade`].
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
/// let (tx, mut rx) = mpsc::unbounded_channel();
/// let weak = tx.downgrade();
/// if let Some(tx) = weak.upgrade() {
///     tx.send_ref("message").unwrap();
/// }
/// assert_eq!(rx.try_recv(), Some("message"));
/// ```
pub struct WeakUnboundedSender<T> {
    chan: Arc<Chan<T>>,
}

impl<T> WeakUnboundedSender<T> {
    /// Returns a sender, unless the last one has gone.
    pub fn upgrade(&self) -> Option<UnboundedSender<T>> {
        let added = self.chan.try_add_sender();
        added.then(|| UnboundedSender { chan: self.chan.clone() })
    }

    /// Returns the number of senders.
    pub fn strong_count(&self) -> usize {
        self.chan.sender_count()
    }

    /// Returns the number of senders that do not keep the channel from ending.
    pub fn weak_count(&self) -> usize {
        self.chan.weak_sender_count()
    }
}

impl<T> Clone for WeakUnboundedSender<T> {
    fn clone(&self) -> WeakUnboundedSender<T> {
        self.chan.add_weak_sender();
        WeakUnboundedSender { chan: self.chan.clone() }
    }
}

impl<T> Drop for WeakUnboundedSender<T> {
    fn drop(&mut self) {
        self.chan.remove_weak_sender();
    }
}

impl<T> Sink for UnboundedSender<T> {
    type SinkItem = T;
    type SinkError = UnboundedSendError;

    /// Always takes the message, so a sender alone does not make its task yield.
    fn start_send(&mut self, msg: T) -> StartSend<T, UnboundedSendError> {
        match self.chan.send(msg) {
            Ok(()) => Ok(AsyncSink::Ready),
            Err(_) => Err(UnboundedSendError(())),
        }
    }

    fn poll_complete(&mut self) -> Poll<(), UnboundedSendError> {
        Ok(Async::Ready(()))
    }

    fn close(&mut self) -> Poll<(), UnboundedSendError> {
        Ok(Async::Ready(()))
    }
}

impl<T> Clone for UnboundedSender<T> {
    fn clone(&self) -> UnboundedSender<T> {
        self.chan.add_sender();
        UnboundedSender { chan: self.chan.clone() }
    }
}

impl<T> Drop for UnboundedSender<T> {
    fn drop(&mut self) {
        self.chan.remove_sender();
    }
}

impl<T> UnboundedReceiver<T> {
    /// Refuses all further messages. Those that were sent are still to be received; after
    /// them the stream ends.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::mpsc;
    ///
    /// let (mut tx, mut rx) = mpsc::unbounded_channel();
    /// tx.try_send(1).unwrap();
    /// rx.close();
    /// assert!(tx.try_send(2).is_err());
    /// assert_eq!(rx.try_recv(), Some(1));
    /// ```
    pub fn close(&mut self) {
        self.chan.close();
        self.chan.tell_senders();
    }

    /// Returns the next message, `None` at the end; otherwise the task is woken when there is
    /// either.
    ///
    /// What the `Stream` calls; serves a task of either kind.
    #[inline]
    pub fn poll_recv_cx(&mut self, cx: &Context<'_>) -> task::Poll<Option<T>> {
        self.rx.poll(&self.chan, cx)
    }
}

impl<T> UnboundedReceiver<T> {
    /// Works like [`poll_recv_cx`](UnboundedReceiver::poll_recv_cx), for `most` messages that are
    /// there, which are added to `buffer`. Ready with how many; with 0 at the end, or if
    /// `most` is 0.
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
                task::Poll::Ready(1 + self.rx.drain(&self.chan, buffer, most - 1))
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
    /// let (mut tx, mut rx) = mpsc::unbounded_channel();
    /// assert_eq!(rx.try_recv(), None);
    /// tx.try_send(1).unwrap();
    /// assert_eq!(rx.try_recv(), Some(1));
    /// ```
    pub fn try_recv(&mut self) -> Option<T> {
        self.rx.try_recv(&self.chan)
    }

    /// Returns whether all messages were taken, and none will come.
    pub fn is_ended(&self) -> bool {
        self.rx.is_ended(&self.chan)
    }

    /// Returns whether this receiver has closed the channel, or the last sender is gone.
    pub fn is_closed(&self) -> bool {
        self.chan.is_closed()
    }

    /// Returns the number of messages sent that were not taken.
    ///
    /// # Examples
    ///
    /// ```
    /// let (mut tx, rx) = tokio::sync::mpsc::unbounded_channel();
    /// assert!(rx.is_empty());
    /// tx.try_send(1).unwrap();
    /// assert_eq!(rx.len(), 1);
    /// ```
    pub fn len(&self) -> usize {
        self.chan.len(&self.rx)
    }

    /// Returns whether there is no message.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the number of senders.
    pub fn sender_strong_count(&self) -> usize {
        self.chan.sender_count()
    }

    /// Returns the number of senders that do not keep the channel from ending.
    pub fn sender_weak_count(&self) -> usize {
        self.chan.weak_sender_count()
    }
}

impl<T> Stream for UnboundedReceiver<T> {
    type Item = T;
    type Error = UnboundedRecvError;

    #[inline]
    fn poll(&mut self) -> Poll<Option<T>, UnboundedRecvError> {
        tokio_executor::internals::convert::into_async(
            self.poll_recv_cx(&Context::current()).map(Ok),
        )
    }
}

crate::compat::std_stream! {
    [T] UnboundedReceiver<T> => T, |this, cx| this.poll_recv_cx(&Context::from(cx))
}

impl<T> Drop for UnboundedReceiver<T> {
    fn drop(&mut self) {
        self.rx.retire(&self.chan);
    }
}

impl<T> fmt::Debug for UnboundedSender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnboundedSender").finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for UnboundedReceiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnboundedReceiver").finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for WeakUnboundedSender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WeakUnboundedSender").finish_non_exhaustive()
    }
}
