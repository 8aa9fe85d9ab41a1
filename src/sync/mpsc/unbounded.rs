//! The channel without a bound.
//!
//! Only memory limits it: whoever sends must know that the receiver keeps up.

use super::chan::{chan, Chan};
use super::error::{UnboundedRecvError, UnboundedSendError, UnboundedTrySendError};
use super::list::Rx;
use futures::{Async, AsyncSink, Poll, Sink, StartSend, Stream};
use std::fmt;
use std::task;
use tokio_executor::sys::Arc;
use tokio_executor::task::Context;

/// A channel that holds any number of messages.
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
pub struct UnboundedSender<T> {
    chan: Arc<Chan<T>>,
}

/// The end that gets the messages: a stream.
///
/// # Dropping
///
/// Closes the channel and drops all messages that were sent. Messages on the way stay
/// with their senders.
pub struct UnboundedReceiver<T> {
    chan: Arc<Chan<T>>,
    rx: Rx<T>,
}

impl<T> UnboundedSender<T> {
    /// Whether the receiver is gone or has closed the channel.
    pub fn is_closed(&self) -> bool {
        self.chan.is_closed()
    }

    /// Waits until the receiver is gone or has closed the channel.
    ///
    /// # Dropping
    ///
    /// Loses nothing.
    pub async fn closed(&self) {
        self.chan.until_told(|| self.is_closed()).await;
    }

    /// Whether both are of one channel.
    pub fn same_channel(&self, other: &UnboundedSender<T>) -> bool {
        Arc::ptr_eq(&self.chan, &other.chan)
    }

    /// Sends `message`.
    ///
    /// # Errors
    ///
    /// Has the message, if the receiver is gone or has closed the channel.
    #[inline]
    pub fn try_send(&mut self, message: T) -> Result<(), UnboundedTrySendError<T>> {
        self.chan.send(message).map_err(UnboundedTrySendError)
    }
}

impl<T> Sink for UnboundedSender<T> {
    type SinkItem = T;
    type SinkError = UnboundedSendError;

    /// Always takes the message, so a sender alone does not make its task give way.
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
    pub fn close(&mut self) {
        self.chan.close();
        self.chan.tell_senders();
    }

    /// The next message, `None` at the end; otherwise the task is woken when there is
    /// either.
    ///
    /// What the `Stream` calls; serves a task of either kind.
    #[inline]
    pub fn poll_recv_cx(&mut self, cx: &Context<'_>) -> task::Poll<Option<T>> {
        self.rx.poll(&self.chan, cx)
    }
}

impl<T> Stream for UnboundedReceiver<T> {
    type Item = T;
    type Error = UnboundedRecvError;

    #[inline]
    fn poll(&mut self) -> Poll<Option<T>, UnboundedRecvError> {
        match self.poll_recv_cx(&Context::current()) {
            task::Poll::Ready(message) => Ok(Async::Ready(message)),
            task::Poll::Pending => Ok(Async::NotReady),
        }
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
