//! Many values from many tasks to one.
//!
//! [`channel`] has a bound: a [`Sender`] that finds it full waits until the receiver has
//! taken a message. [`unbounded_channel`] has none, and its senders never wait.
//!
//! # The end of a channel
//!
//! Once all senders are gone and all messages are taken, the receiver's stream ends. Once
//! the receiver is gone, sending fails. To stop without losing messages, a receiver calls
//! `close` and then takes what is left.
//!
//! # Examples
//!
//! ```
//! use futures::{stream, Future, Sink, Stream};
//! use tokio::sync::mpsc;
//!
//! let (tx, rx) = mpsc::channel(2);
//! std::thread::spawn(move || tx.sink_map_err(drop).send_all(stream::iter_ok(0..5)).wait());
//! assert_eq!(rx.collect().wait().unwrap(), [0, 1, 2, 3, 4]);
//! ```

mod bounded;
pub mod error;
mod unbounded;

mod chan;
#[expect(unsafe_code, reason = "senders write into blocks that the receiver recycles")]
mod list;

pub use self::bounded::{channel, Receiver, Room, Sender, WeakSender};
pub use self::unbounded::{
    unbounded_channel, UnboundedReceiver, UnboundedSender, WeakUnboundedSender,
};
