//! Moving all of one stream into another.
//!
//! `copy` for one direction, `copy_buf` for a reader with a buffer of its own,
//! `copy_bidirectional` for both directions of two streams. Called by programs; `Transfer` by
//! `tokio-era-02`, too.
//!
//! Always true: what was read is in the buffer until it is written, so a pending writer loses
//! nothing; a writer is flushed before the copy waits for its reader.
//!
//! Why not `tokio_io`'s `copy`? It takes the traits of tokio 0.1.

use super::retry::retry;
use super::{AsyncBufRead, AsyncRead, AsyncWrite, ReadBuf};
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{ready, Context, Poll};
use tokio_executor::coop;

/// What is moved at a time, in bytes.
const CHUNK: usize = 8 * 1024;

/// Writes all that follows in `reader` to `writer`, and returns how many bytes. Flushes
/// whenever the reader has to be waited for, and at the end. Goes on after `Interrupted`.
///
/// # Errors
///
/// Those of the reader and of the writer; `WriteZero` if that takes nothing more.
///
/// # Panics
///
/// If the writer claims more bytes than it was given.
///
/// # Dropping
///
/// Loses what was read and not written.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// tokio::runtime::Runtime::new()?.block_on(async {
///     let mut reader: &[u8] = b"hello";
///     let mut writer = Vec::new();
///     assert_eq!(tokio::io::copy(&mut reader, &mut writer).await?, 5);
///     assert_eq!(writer, b"hello");
///     Ok::<(), std::io::Error>(())
/// })?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub async fn copy<R, W>(reader: &mut R, writer: &mut W) -> io::Result<u64>
where
    R: AsyncRead + Unpin + ?Sized,
    W: AsyncWrite + Unpin + ?Sized,
{
    let mut transfer = Transfer::default();
    poll_fn(|cx| transfer.poll_copy(cx, Pin::new(&mut *reader), Pin::new(&mut *writer))).await
}

/// What was read and not written, and how much was written.
#[derive(Debug)]
pub struct Transfer {
    buffer: Box<[u8]>,
    start: usize,
    end: usize,
    read_all: bool,
    needs_flush: bool,
    copied: u64,
}

/// Takes one operation off the budget for a poll that gets somewhere, and not for one that
/// only waits: many of those in a task would use up the budget for nothing.
#[derive(Default)]
struct Progress {
    made: bool,
}

impl Progress {
    fn poll_made(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.made || coop::proceed(&cx.into()) {
            self.made = true;
            return Poll::Ready(());
        }
        Poll::Pending
    }
}

impl Default for Transfer {
    fn default() -> Transfer {
        Transfer::new(CHUNK)
    }
}

impl Transfer {
    fn new(size: usize) -> Transfer {
        let buffer = vec![0; size].into_boxed_slice();
        Transfer { buffer, start: 0, end: 0, read_all: false, needs_flush: false, copied: 0 }
    }

    /// Copies to the end, and flushes; returns how many bytes.
    ///
    /// # Errors
    ///
    /// As [`copy`].
    ///
    /// # Panics
    ///
    /// If the writer claims to have written more than it was given.
    pub fn poll_copy<R, W>(
        &mut self,
        cx: &mut Context<'_>,
        mut reader: Pin<&mut R>,
        mut writer: Pin<&mut W>,
    ) -> Poll<io::Result<u64>>
    where
        R: AsyncRead + ?Sized,
        W: AsyncWrite + ?Sized,
    {
        let mut progress = Progress::default();
        loop {
            if !self.read_all && self.end < self.buffer.len() {
                if self.poll_fill(cx, reader.as_mut())?.is_ready() {
                    ready!(progress.poll_made(cx));
                } else if self.start == self.end {
                    // The other side may be waiting for what is in the writer's buffer,
                    // and answer only then.
                    if self.needs_flush {
                        ready!(writer.as_mut().poll_flush(cx))?;
                        self.needs_flush = false;
                    }
                    return Poll::Pending;
                }
            }
            while self.start < self.end {
                let rest = &self.buffer[self.start..self.end];
                let Poll::Ready(written) = retry(|| writer.as_mut().poll_write(cx, rest)) else {
                    // What is there meanwhile goes into the same write.
                    if !self.read_all && self.end < self.buffer.len() {
                        ready!(self.poll_fill(cx, reader.as_mut()))?;
                    }
                    return Poll::Pending;
                };
                let n = written?;
                if n == 0 {
                    let message = "write zero byte into writer";
                    return Poll::Ready(Err(io::Error::new(io::ErrorKind::WriteZero, message)));
                }
                assert!(n <= rest.len(), "{n} bytes were written of {}", rest.len());
                self.start += n;
                self.copied += n as u64;
                self.needs_flush = true;
                ready!(progress.poll_made(cx));
            }
            if self.start == self.end {
                (self.start, self.end) = (0, 0);
                if self.read_all {
                    ready!(writer.as_mut().poll_flush(cx))?;
                    return Poll::Ready(Ok(self.copied));
                }
            }
        }
    }

    /// Reads once to the end of the buffer.
    fn poll_fill<R: AsyncRead + ?Sized>(
        &mut self,
        cx: &mut Context<'_>,
        mut reader: Pin<&mut R>,
    ) -> Poll<io::Result<()>> {
        let free = &mut self.buffer[self.end..];
        let room = free.len();
        let mut buf = ReadBuf::new(free);
        let (n, polled) =
            buf.with_limit(room, |part| retry(|| reader.as_mut().poll_read(cx, part)));
        ready!(polled)?;
        self.read_all = n == 0;
        self.end += n;
        Poll::Ready(Ok(()))
    }
}

/// Works like [`copy`] from a reader with a buffer of its own.
///
/// # Errors
///
/// As there.
///
/// # Dropping
///
/// Loses nothing: what was not written is in the reader's buffer.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// tokio::runtime::Runtime::new().unwrap().block_on(async {
///     let mut got = Vec::new();
///     let copied = tokio::io::copy_buf(&mut &b"abc"[..], &mut got).await.unwrap();
///     assert_eq!((copied, &got[..]), (3, &b"abc"[..]));
/// });
/// ```
pub async fn copy_buf<R, W>(reader: &mut R, writer: &mut W) -> io::Result<u64>
where
    R: AsyncBufRead + Unpin + ?Sized,
    W: AsyncWrite + Unpin + ?Sized,
{
    let mut copied = 0;
    let mut needs_flush = false;
    poll_fn(|cx| {
        let mut progress = Progress::default();
        let (mut reader, mut writer) = (Pin::new(&mut *reader), Pin::new(&mut *writer));
        loop {
            let written = match reader.as_mut().poll_fill_buf(cx) {
                Poll::Ready(Ok([])) => {
                    ready!(writer.as_mut().poll_flush(cx))?;
                    return Poll::Ready(Ok(copied));
                }
                Poll::Ready(Ok(there)) => ready!(retry(|| writer.as_mut().poll_write(cx, there)))?,
                Poll::Ready(Err(error)) if error.kind() == io::ErrorKind::Interrupted => continue,
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => {
                    if needs_flush {
                        ready!(writer.as_mut().poll_flush(cx))?;
                        needs_flush = false;
                    }
                    return Poll::Pending;
                }
            };
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            reader.as_mut().consume(written);
            copied += written as u64;
            needs_flush = true;
            ready!(progress.poll_made(cx));
        }
    })
    .await
}

/// Copies in both directions until both streams have ended, and returns how many bytes went
/// from `a` to `b`, and from `b` to `a`. Each end is passed on by a shutdown. Goes on after
/// `Interrupted`.
///
/// # Errors
///
/// The first of either direction.
///
/// # Dropping
///
/// Loses what was read and not written.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::io::{copy_bidirectional, duplex, AsyncReadExt, AsyncWriteExt};
///
/// tokio::runtime::Runtime::new().unwrap().block_on(async {
///     let (mut client, mut near) = duplex(64);
///     let (mut far, mut server) = duplex(64);
///     client.write_all(b"asked").await.unwrap();
///     client.shutdown().await.unwrap();
///     server.shutdown().await.unwrap();
///     assert_eq!(copy_bidirectional(&mut near, &mut far).await.unwrap(), (5, 0));
/// });
/// ```
pub async fn copy_bidirectional<A, B>(a: &mut A, b: &mut B) -> io::Result<(u64, u64)>
where
    A: AsyncRead + AsyncWrite + Unpin + ?Sized,
    B: AsyncRead + AsyncWrite + Unpin + ?Sized,
{
    copy_bidirectional_with_sizes(a, b, CHUNK, CHUNK).await
}

/// Works like [`copy_bidirectional`] with buffers of so many bytes.
///
/// # Errors
///
/// As there.
///
/// # Panics
///
/// If a buffer has no room.
///
/// # Dropping
///
/// As there.
pub async fn copy_bidirectional_with_sizes<A, B>(
    a: &mut A,
    b: &mut B,
    a_to_b_buf_size: usize,
    b_to_a_buf_size: usize,
) -> io::Result<(u64, u64)>
where
    A: AsyncRead + AsyncWrite + Unpin + ?Sized,
    B: AsyncRead + AsyncWrite + Unpin + ?Sized,
{
    assert!(a_to_b_buf_size > 0, "`a_to_b_buf_size` must be greater than 0");
    assert!(b_to_a_buf_size > 0, "`b_to_a_buf_size` must be greater than 0");
    let mut there = Direction::Copying(Transfer::new(a_to_b_buf_size));
    let mut back = Direction::Copying(Transfer::new(b_to_a_buf_size));
    poll_fn(|cx| {
        let there = there.poll(cx, Pin::new(&mut *a), Pin::new(&mut *b))?;
        let back = back.poll(cx, Pin::new(&mut *b), Pin::new(&mut *a))?;
        Poll::Ready(Ok((ready!(there), ready!(back))))
    })
    .await
}

/// How far one of two directions has come.
enum Direction {
    Copying(Transfer),
    ShuttingDown(u64),
    Done(u64),
}

impl Direction {
    fn poll<R, W>(
        &mut self,
        cx: &mut Context<'_>,
        mut reader: Pin<&mut R>,
        mut writer: Pin<&mut W>,
    ) -> Poll<io::Result<u64>>
    where
        R: AsyncRead + ?Sized,
        W: AsyncWrite + ?Sized,
    {
        loop {
            *self = match self {
                Direction::Copying(transfer) => {
                    let copied = transfer.poll_copy(cx, reader.as_mut(), writer.as_mut());
                    Direction::ShuttingDown(ready!(copied)?)
                }
                Direction::ShuttingDown(copied) => {
                    ready!(writer.as_mut().poll_shutdown(cx))?;
                    Direction::Done(*copied)
                }
                Direction::Done(copied) => return Poll::Ready(Ok(*copied)),
            };
        }
    }
}
