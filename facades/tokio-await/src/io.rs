//! Reading and writing without blocking.
//!
//! [`AsyncRead`] and [`AsyncWrite`] are implemented by our sockets and files, by slices
//! and cursors, and by `tokio::compat::Compat01` around any reader or writer of futures
//! 0.1. [`AsyncReadExt`] and [`AsyncWriteExt`] have what programs call.

mod blocking;
mod buf_writer;
mod buffered;
mod copy;
mod duplex;
mod ext;
mod numbers;
mod read_buf;
mod seek;
mod split;
mod traits;
mod util;

#[cfg(unix)]
pub mod unix {
    //! Descriptors of Unix.

    pub use crate::net::async_fd::{
        AsyncFd, AsyncFdReadyGuard, AsyncFdReadyMutGuard, AsyncFdRegisterError, AsyncFdTryNewError,
        TryIoError,
    };
}

pub use tokio_reactor::interest::{Interest, Ready};

pub use self::blocking::{stderr, stdin, stdout, Stderr, Stdin, Stdout};
pub use self::buf_writer::{BufStream, BufWriter};
pub use self::buffered::{AsyncBufRead, AsyncBufReadExt, BufReader, Lines, Split};
pub use self::copy::{copy, copy_bidirectional, copy_buf};
pub use self::duplex::{duplex, DuplexStream};
pub use self::ext::{AsyncReadExt, AsyncWriteExt};
pub use self::read_buf::ReadBuf;
pub use self::seek::{AsyncSeek, AsyncSeekExt, SeekFrom};
pub use self::split::{split, ReadHalf, WriteHalf};
pub use self::traits::{AsyncRead, AsyncWrite};
pub use self::util::{empty, repeat, sink, Chain, Empty, Repeat, Sink, Take};
pub use std::io::{Error, ErrorKind, Result};

pub(crate) use self::blocking::{poll_blocking, poll_read_blocking};
