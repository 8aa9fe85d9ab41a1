//! Reading and writing without blocking.
//!
//! [`AsyncRead`] and [`AsyncWrite`] are implemented by our sockets and files, by slices
//! and cursors, and by `tokio::compat::Compat01` around any reader or writer of futures
//! 0.1. [`AsyncReadExt`] and [`AsyncWriteExt`] have what programs call.

mod buffered;
mod copy;
mod ext;
mod read_buf;
mod split;
mod traits;

pub use self::buffered::{AsyncBufRead, AsyncBufReadExt, BufReader, Lines};
pub use self::copy::{copy, copy_bidirectional};
pub use self::ext::{AsyncReadExt, AsyncWriteExt};
pub use self::read_buf::ReadBuf;
pub use self::split::{split, ReadHalf, WriteHalf};
pub use self::traits::{AsyncRead, AsyncWrite};
pub use std::io::{Error, ErrorKind, Result};
