//! Reading and writing without blocking.
//!
//! [`AsyncRead`] and [`AsyncWrite`] are `std::io`'s `Read` and `Write` for sources that
//! answer "not yet" instead of making the thread wait. The functions make futures that
//! move whole buffers, or whole streams, through them; [`AsyncRead::split`] parts a
//! stream into two halves. The code is tokio-io's.
//!
//! With the feature `fs` the streams of the process are here too: `stdin`, `stdout` and
//! `stderr`.
//!
//! The names of `std::io` that go with them are here too.
//!
//! # Examples
//!
//! ```
//! use futures::Future;
//! use std::io::Cursor;
//! use tokio::io;
//!
//! let copied = io::copy(&b"all of it"[..], Cursor::new(Vec::new()));
//! let (n, _reader, writer) = copied.wait()?;
//! assert_eq!(n, 9);
//! assert_eq!(writer.into_inner(), b"all of it");
//! # Ok::<(), std::io::Error>(())
//! ```

#[cfg(feature = "fs")]
pub use crate::fs::{stderr, stdin, stdout, Stderr, Stdin, Stdout};
pub use std::io::{Error, ErrorKind, Read, Result, Write};
pub use tokio_io::io::{
    copy, flush, lines, read, read_exact, read_to_end, read_until, shutdown, write_all, Copy,
    Flush, Lines, ReadExact, ReadHalf, ReadToEnd, ReadUntil, Shutdown, WriteAll, WriteHalf,
};
pub use tokio_io::{AsyncRead, AsyncWrite};
