//! Traits, helpers and adapters for bytes that are waited for.

#[cfg(unix)]
pub use tokio_await::io::unix;
pub use tokio_await::io::{
    copy, copy_bidirectional, copy_bidirectional_with_sizes, copy_buf, duplex, empty, join, repeat,
    simplex, sink, split, stderr, stdin, stdout, AsyncBufRead, AsyncBufReadExt, AsyncRead,
    AsyncReadExt, AsyncSeek, AsyncSeekExt, AsyncWrite, AsyncWriteExt, BufReader, BufStream,
    BufWriter, Chain, DuplexStream, Empty, Error, ErrorKind, Interest, Join, Lines, ReadBuf,
    ReadHalf, Ready, Repeat, Result, SeekFrom, SimplexStream, Sink, Split, Stderr, Stdin, Stdout,
    Take, WriteHalf,
};
