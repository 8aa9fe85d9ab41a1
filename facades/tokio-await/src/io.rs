//! Reading and writing without blocking.
//!
//! [`AsyncRead`] and [`AsyncWrite`] are implemented by sockets, files and pipes, by slices
//! and cursors, and by `tokio::compat::Compat01` around any reader or writer of futures 0.1.
//! [`AsyncReadExt`], [`AsyncWriteExt`], [`AsyncBufReadExt`] and [`AsyncSeekExt`] have what
//! programs call.

mod compat01;
mod traits;

#[allow(unsafe_code, reason = "reads into memory that was never written")]
mod read_buf;

mod forward;
mod retry;

#[allow(unsafe_code, reason = "borrows from one arm of a match only")]
mod fill_buf;
mod lines;
mod numbers;
mod read_ext;
mod seek_ext;
#[allow(unsafe_code, reason = "reads into memory that was never written")]
mod vec_buf;
mod write_ext;

mod buf_reader;
mod buf_stream;
mod buf_writer;

mod chain;
mod copy;
mod duplex;
mod join;
mod pipe;
#[allow(unsafe_code, reason = "pins a stream behind an `Arc`, which halves share")]
mod split;
mod take;
mod util;

mod blocking;
mod stdin;
mod stdout;

#[cfg(unix)]
pub mod unix {
    //! Descriptors of Unix.

    pub use crate::net::async_fd::{
        AsyncFd, AsyncFdReadyGuard, AsyncFdReadyMutGuard, AsyncFdRegisterError, AsyncFdTryNewError,
        TryIoError,
    };
}

/// What tokio 0.2's interface is built on, and cannot name otherwise.
// Hidden: for the interface of tokio 0.2.
#[doc(hidden)]
pub mod parts {
    pub use super::copy::Transfer;
    pub use super::duplex::duplex_02;
    pub use super::lines::{ReadLine, ReadUntil};
    pub use super::numbers::*;
    pub use super::read_ext::{Read, ReadExact, ReadToEnd, ReadToString};
    pub use super::write_ext::{Flush, Shutdown, Write, WriteAll};
}

pub use tokio_reactor::interest::{Interest, Ready};

pub use self::buf_reader::BufReader;
pub use self::buf_stream::BufStream;
pub use self::buf_writer::BufWriter;
pub use self::chain::Chain;
pub use self::copy::{copy, copy_bidirectional, copy_bidirectional_with_sizes, copy_buf};
pub use self::duplex::{duplex, simplex, DuplexStream, SimplexStream};
pub use self::join::{join, Join};
pub use self::lines::{AsyncBufReadExt, Lines, Split};
pub use self::read_buf::ReadBuf;
pub use self::read_ext::AsyncReadExt;
pub use self::seek_ext::AsyncSeekExt;
pub use self::split::{split, ReadHalf, WriteHalf};
pub use self::stdin::{stdin, Stdin};
pub use self::stdout::{stderr, stdout, Stderr, Stdout};
pub use self::take::Take;
pub use self::traits::{AsyncBufRead, AsyncRead, AsyncSeek, AsyncWrite};
pub use self::util::{empty, repeat, sink, Empty, Repeat, Sink};
pub use self::write_ext::AsyncWriteExt;
pub use std::io::{Error, ErrorKind, Result, SeekFrom};

pub(crate) use self::blocking::{poll_join, run, Chunk, MAX_CHUNK};
use self::forward::{forward_buf_reads, forward_reads, forward_seeks, forward_writes};
