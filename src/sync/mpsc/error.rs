//! What can go wrong with a channel.

use std::fmt;

/// The receiver is gone or has closed the channel.
#[derive(Debug)]
pub struct SendError(pub(super) ());

/// Receiving failed. This does not happen: a channel without senders is at its end, which
/// is no error.
#[derive(Debug)]
pub struct RecvError(());

/// A message was not sent; has the message.
///
/// # Examples
///
/// ```
/// use tokio::sync::mpsc;
///
/// let (mut tx, _rx) = mpsc::channel(1);
/// tx.try_send("one").unwrap();
/// let error = tx.try_send("two").unwrap_err();
/// assert!(error.is_full() && !error.is_closed());
/// assert_eq!(error.into_inner(), "two");
/// ```
#[derive(Debug)]
pub struct TrySendError<T> {
    pub(super) kind: Kind,
    pub(super) value: T,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Closed,
    NoCapacity,
}

/// The receiver is gone or has closed the channel.
#[derive(Debug)]
pub struct UnboundedSendError(pub(super) ());

/// Receiving failed. This does not happen: a channel without senders is at its end, which
/// is no error.
#[derive(Debug)]
pub struct UnboundedRecvError(());

/// The receiver is gone or has closed the channel; has the message that was not sent.
///
/// # Examples
///
/// ```
/// use tokio::sync::mpsc;
///
/// let (mut sender, receiver) = mpsc::unbounded_channel();
/// drop(receiver);
/// let refused = sender.try_send("hello").unwrap_err();
/// assert_eq!(refused.into_inner(), "hello");
/// ```
#[derive(Debug)]
pub struct UnboundedTrySendError<T>(pub(super) T);

const CLOSED: &str = "channel closed";

impl<T> TrySendError<T> {
    /// Returns the message.
    pub fn into_inner(self) -> T {
        self.value
    }

    /// Returns whether the receiver is gone or has closed the channel.
    pub fn is_closed(&self) -> bool {
        self.kind == Kind::Closed
    }

    /// Returns whether the channel is full.
    pub fn is_full(&self) -> bool {
        self.kind == Kind::NoCapacity
    }

    fn reason(&self) -> &'static str {
        match self.kind {
            Kind::Closed => CLOSED,
            Kind::NoCapacity => "no available capacity",
        }
    }
}

impl<T> UnboundedTrySendError<T> {
    /// Returns the message.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T: fmt::Debug> fmt::Display for TrySendError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reason())
    }
}

impl<T: fmt::Debug> std::error::Error for TrySendError<T> {
    fn description(&self) -> &str {
        self.reason()
    }
}

impl<T: fmt::Debug> fmt::Display for UnboundedTrySendError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(CLOSED)
    }
}

impl<T: fmt::Debug> std::error::Error for UnboundedTrySendError<T> {
    fn description(&self) -> &str {
        CLOSED
    }
}

macro_rules! says_channel_closed {
    ($($error:ty),*) => {$(
        impl fmt::Display for $error {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(CLOSED)
            }
        }

        impl std::error::Error for $error {
            fn description(&self) -> &str {
                CLOSED
            }
        }
    )*};
}

says_channel_closed!(SendError, RecvError, UnboundedSendError, UnboundedRecvError);
