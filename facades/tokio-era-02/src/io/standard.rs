//! The standard streams of the process: `tokio-await`'s.

use super::{forward_reads, forward_writes};
use crate::handles::has_handle;
use std::pin::Pin;
use tokio_await::io as modern;

/// Defines a newtype around one of 1.x's, and what makes it.
macro_rules! standard {
    ($( $(#[$doc:meta])* $type:ident = $(#[$make_doc:meta])* $make:ident; )*) => { $(
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $type {
            inner: modern::$type,
        }

        $(#[$make_doc])*
        pub fn $make() -> $type {
            $type { inner: modern::$make() }
        }

        has_handle!($type);
    )* };
}

standard! {
    /// The standard input; see [`stdin`].
    Stdin =
    /// Returns the standard input, read on a thread of its own.
    stdin;
    /// The standard output; see [`stdout`].
    Stdout =
    /// Returns the standard output, written to on threads that may block.
    stdout;
    /// The standard error output; see [`stderr`].
    Stderr =
    /// Returns the standard error output, written to on threads that may block.
    stderr;
}

forward_reads!(leaf [] Stdin, |this| Pin::new(&mut this.get_mut().inner));
forward_writes!([] Stdout, |this| Pin::new(&mut this.get_mut().inner));
forward_writes!([] Stderr, |this| Pin::new(&mut this.get_mut().inner));
