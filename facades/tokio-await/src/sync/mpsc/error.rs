//! What a message came back with, or why there is none.

use std::error::Error;
use std::fmt;

/// The receiver is gone; the message comes back.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// let (tx, rx) = tokio::sync::mpsc::unbounded_channel();
/// drop(rx);
/// assert_eq!(tx.send("unseen").unwrap_err().0, "unseen");
/// ```
#[derive(PartialEq, Eq, Clone, Copy)]
pub struct SendError<T>(pub T);

impl<T> fmt::Debug for SendError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendError").finish_non_exhaustive()
    }
}

impl<T> fmt::Display for SendError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("channel closed")
    }
}

impl<T> Error for SendError<T> {}

/// Declares an error with a message, and how its variants print.
macro_rules! with_message {
    ($(#[$meta:meta])* $error:ident { $($(#[$doc:meta])* $variant:ident: $text:literal,)* }) => {
        $(#[$meta])*
        #[derive(PartialEq, Eq, Clone, Copy)]
        pub enum $error<T> {
            $($(#[$doc])* $variant(T),)*
        }

        impl<T> $error<T> {
            /// Returns the message.
            pub fn into_inner(self) -> T {
                match self {
                    $($error::$variant(message) => message,)*
                }
            }
        }

        impl<T> fmt::Debug for $error<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                // In quotes, as tokio prints it.
                let variant = match self {
                    $($error::$variant(_) => concat!(stringify!($variant), "(..)"),)*
                };
                variant.fmt(f)
            }
        }

        impl<T> fmt::Display for $error<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self {
                    $($error::$variant(_) => $text,)*
                })
            }
        }

        impl<T> Error for $error<T> {}
    };
}

with_message! {
    /// The message could not be sent at once, and comes back.
    TrySendError {
        /// There is no room now.
        Full: "no available capacity",
        /// The receiver is gone.
        Closed: "channel closed",
    }
}

with_message! {
    /// The message could not be sent in time, and comes back.
    SendTimeoutError {
        /// There was no room.
        Timeout: "timed out waiting on send operation",
        /// The receiver is gone.
        Closed: "channel closed",
    }
}

impl<T> From<SendError<T>> for TrySendError<T> {
    fn from(SendError(message): SendError<T>) -> TrySendError<T> {
        TrySendError::Closed(message)
    }
}

/// There is no message at this moment.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::sync::mpsc;
/// use tokio::sync::mpsc::error::TryRecvError;
///
/// let (tx, mut rx) = mpsc::channel::<u32>(1);
/// assert_eq!(rx.try_recv(), Err(TryRecvError::Empty));
/// drop(tx);
/// assert_eq!(rx.try_recv(), Err(TryRecvError::Disconnected));
/// ```
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
pub enum TryRecvError {
    /// None was sent.
    Empty,
    /// All senders are gone, and all messages are taken.
    Disconnected,
}

impl fmt::Display for TryRecvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            TryRecvError::Empty => "receiving on an empty channel",
            TryRecvError::Disconnected => "receiving on a closed channel",
        })
    }
}

impl Error for TryRecvError {}

/// Receiving failed. This does not happen: `recv` gives `None` at the end.
#[deprecated(note = "nothing gives this error: `recv` gives an `Option`")]
#[doc(hidden)]
#[derive(Debug, Clone)]
pub struct RecvError(());

#[expect(deprecated, reason = "it is there for its name")]
impl fmt::Display for RecvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("channel closed")
    }
}

#[expect(deprecated, reason = "it is there for its name")]
impl Error for RecvError {}
