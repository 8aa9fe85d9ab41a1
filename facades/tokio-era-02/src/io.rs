//! Reading and writing without blocking, with tokio 0.2's traits.
//!
//! The traits differ from 1.x's in what a read is given (a slice, or a `BufMut` of `bytes`
//! 0.5), in vectored writes (of a `Buf`), and in how a seek begins. `modern` makes a reader
//! or writer of one era one of the other; by that, all helpers are `tokio-await`'s: each file
//! here is a newtype around one, or the futures of an extension trait.

#[allow(unsafe_code, reason = "reads into memory that was never written")]
mod traits;

#[allow(unsafe_code, reason = "takes a reference to a value for one to its transparent wrapper")]
mod modern;

mod forward;

#[allow(unsafe_code, reason = "moves futures that are pinned in name only")]
mod future;

mod buf_read_ext;
mod read_ext;
mod seek;
mod write_ext;

mod buffered;
mod chain;
mod copy;
mod duplex;
mod lines;
mod split;
mod standard;
mod take;
mod util;

mod reader_stream;
mod stream_reader;

mod poll_evented;
mod registration;

pub use self::buf_read_ext::AsyncBufReadExt;
pub use self::buffered::{BufReader, BufStream, BufWriter};
pub use self::copy::{copy, Copy};
pub use self::duplex::{duplex, DuplexStream};
pub use self::lines::{Lines, Split};
pub use self::poll_evented::PollEvented;
pub use self::read_ext::AsyncReadExt;
pub use self::reader_stream::{reader_stream, ReaderStream};
pub use self::registration::Registration;
pub use self::seek::{AsyncSeekExt, Seek};
pub use self::split::{split, ReadHalf, WriteHalf};
pub use self::standard::{stderr, stdin, stdout, Stderr, Stdin, Stdout};
pub use self::stream_reader::{stream_reader, StreamReader};
pub use self::take::Take;
pub use self::traits::{AsyncBufRead, AsyncRead, AsyncSeek, AsyncWrite};
pub use self::util::{empty, repeat, sink, Empty, Repeat, Sink};
pub use self::write_ext::AsyncWriteExt;
pub use std::io::{Error, ErrorKind, Result, SeekFrom};

pub(crate) use self::forward::{forward_buf_reads, forward_reads, forward_seeks, forward_writes};
pub(crate) use self::modern::start_seek;
pub(crate) use self::modern::{poll_read, poll_read_buf, poll_write_buf, put_uninit};
