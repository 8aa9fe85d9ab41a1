//! Streams of nothing, and without end.
//!
//! They are always ready, and so take from the task's budget: a loop over them would
//! otherwise keep its worker for ever. Programs of tokio 1.x call them.
//!
//! Always true: nothing here waits for an event; "pending" means that the budget is spent.
//!
//! Why a budget for what does nothing? A `copy` from `repeat` to `sink` is always ready on both
//! sides, and no socket is there that would make its task yield.

use super::{AsyncBufRead, AsyncRead, AsyncSeek, AsyncWrite, ReadBuf};
use std::fmt;
use std::io::{self, IoSlice, SeekFrom};
use std::pin::Pin;
use std::task::{ready, Context, Poll};
use tokio_executor::coop;

/// Is at its end, and takes everything that is written; see [`empty`].
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::io::{empty, AsyncReadExt};
///
/// #[tokio::main]
/// async fn main() -> std::io::Result<()> {
///     assert_eq!(empty().read(&mut [0; 8]).await?, 0);
///     Ok(())
/// }
/// ```
pub struct Empty(());

/// Creates a reader that is at its end, and a sink that takes everything.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::io::AsyncReadExt;
///
/// tokio::runtime::Runtime::new().unwrap().block_on(async {
///     let mut got = Vec::new();
///     assert_eq!(tokio::io::empty().read_to_end(&mut got).await.unwrap(), 0);
/// });
/// ```
pub fn empty() -> Empty {
    Empty(())
}

/// Reads one byte over and over; see [`repeat`].
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::io::{repeat, AsyncReadExt};
///
/// #[tokio::main]
/// async fn main() -> std::io::Result<()> {
///     let mut sevens = [0; 3];
///     repeat(7).read_exact(&mut sevens).await?;
///     assert_eq!(sevens, [7, 7, 7]);
///     Ok(())
/// }
/// ```
pub struct Repeat(u8);

/// Creates a reader of `byte`, over and over.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::io::AsyncReadExt;
///
/// tokio::runtime::Runtime::new().unwrap().block_on(async {
///     let mut got = [0; 3];
///     tokio::io::repeat(7).read_exact(&mut got).await.unwrap();
///     assert_eq!(got, [7; 3]);
/// });
/// ```
pub fn repeat(byte: u8) -> Repeat {
    Repeat(byte)
}

/// Takes everything that is written; see [`sink`].
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::io::{sink, AsyncWriteExt};
///
/// #[tokio::main]
/// async fn main() -> std::io::Result<()> {
///     sink().write_all(b"into nothing").await?;
///     Ok(())
/// }
/// ```
pub struct Sink(());

/// Creates a sink that takes everything.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::io::AsyncWriteExt;
///
/// tokio::runtime::Runtime::new().unwrap().block_on(async {
///     tokio::io::sink().write_all(b"to nowhere").await.unwrap();
/// });
/// ```
pub fn sink() -> Sink {
    Sink(())
}

/// Takes one operation off the budget; pending if none is left.
fn poll_budget(cx: &mut Context<'_>) -> Poll<()> {
    if coop::proceed(&cx.into()) {
        Poll::Ready(())
    } else {
        Poll::Pending
    }
}

impl AsyncRead for Empty {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        _: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        ready!(poll_budget(cx));
        Poll::Ready(Ok(()))
    }
}

impl AsyncBufRead for Empty {
    fn poll_fill_buf(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<&[u8]>> {
        ready!(poll_budget(cx));
        Poll::Ready(Ok(&[]))
    }

    fn consume(self: Pin<&mut Self>, _: usize) {}
}

impl AsyncSeek for Empty {
    fn start_seek(self: Pin<&mut Self>, _: SeekFrom) -> io::Result<()> {
        Ok(())
    }

    fn poll_complete(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<u64>> {
        ready!(poll_budget(cx));
        Poll::Ready(Ok(0))
    }
}

impl AsyncRead for Repeat {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        ready!(poll_budget(cx));
        let n = buf.remaining();
        bytes1::BufMut::put_bytes(buf, self.0, n);
        Poll::Ready(Ok(()))
    }
}

macro_rules! takes_everything {
    ($($sink:ident),*) => { $(
        impl AsyncWrite for $sink {
            fn poll_write(
                self: Pin<&mut Self>,
                cx: &mut Context<'_>,
                buf: &[u8],
            ) -> Poll<io::Result<usize>> {
                ready!(poll_budget(cx));
                Poll::Ready(Ok(buf.len()))
            }

            fn poll_write_vectored(
                self: Pin<&mut Self>,
                cx: &mut Context<'_>,
                bufs: &[IoSlice<'_>],
            ) -> Poll<io::Result<usize>> {
                ready!(poll_budget(cx));
                Poll::Ready(Ok(bufs.iter().map(|buf| buf.len()).sum()))
            }

            fn is_write_vectored(&self) -> bool {
                true
            }

            fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
                ready!(poll_budget(cx));
                Poll::Ready(Ok(()))
            }

            fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
                self.poll_flush(cx)
            }
        }
    )* };
}

takes_everything!(Sink, Empty);

macro_rules! named {
    ($($type:ident),*) => { $(
        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(concat!(stringify!($type), " { .. }"))
            }
        }
    )* };
}

named!(Empty, Sink);

impl fmt::Debug for Repeat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Repeat").field("byte", &self.0).finish()
    }
}
