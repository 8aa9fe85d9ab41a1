//! Nothing to read, the same byte for ever, and nowhere to write to: `tokio-await`'s.

use super::{forward_buf_reads, forward_reads, forward_writes};
use std::fmt;
use std::pin::Pin;
use tokio_await::io as modern;

/// Defines a newtype around one of 1.x's, and what makes it.
macro_rules! wrapped {
    ($( $(#[$doc:meta])* $type:ident = $(#[$make_doc:meta])* $make:ident($($arg:ident: $of:ty)?); )*) => { $(
        $(#[$doc])*
        pub struct $type {
            inner: modern::$type,
        }

        $(#[$make_doc])*
        pub fn $make($($arg: $of)?) -> $type {
            $type { inner: modern::$make($($arg)?) }
        }

        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(concat!(stringify!($type), " { .. }"))
            }
        }
    )* };
}

wrapped! {
    /// Reads nothing; see [`empty`].
    Empty =
    /// Creates a reader that is at its end.
    empty();
    /// Reads a byte again and again; see [`repeat`].
    Repeat =
    /// Creates a reader of `byte`, again and again, without an end.
    repeat(byte: u8);
    /// Takes all that is written; see [`sink`].
    Sink =
    /// Creates a writer that takes all, and keeps nothing.
    sink();
}

forward_reads!(leaf [] Empty, |this| Pin::new(&mut this.get_mut().inner));
forward_buf_reads!([] Empty, |this| Pin::new(&mut this.get_mut().inner));
forward_reads!(leaf [] Repeat, |this| Pin::new(&mut this.get_mut().inner));
forward_writes!([] Sink, |this| Pin::new(&mut this.get_mut().inner));
