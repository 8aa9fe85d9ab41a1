//! Operations that make a thread wait, run on a thread of the runtime's blocking pool.
//!
//! The polling task never waits itself: a future that holds a file or a standard stream can
//! be raced, timed out and dropped like any other. Called by `fs` and by the standard
//! output streams.

use super::ReadBuf;
use crate::task::{spawn_blocking, JoinError, JoinHandle};
use std::future::Future;
use std::io::{self, IoSlice, Read, Write};
use std::pin::Pin;
use std::task::{ready, Context, Poll};

/// How much goes to or comes from a blocking thread at a time, in bytes, unless another
/// size is asked for.
pub(crate) const MAX_CHUNK: usize = 2 * 1024 * 1024;

/// Runs `operation` on a blocking thread.
pub(crate) async fn run<T, F>(operation: F) -> io::Result<T>
where
    T: Send + 'static,
    F: FnOnce() -> io::Result<T> + Send + 'static,
{
    spawn_blocking(operation).await.unwrap_or_else(|error| Err(failed(error)))
}

/// Polls for what an operation on a blocking thread returns.
///
/// # Errors
///
/// If it has panicked, or was never run because the runtime is gone.
pub(crate) fn poll_join<T>(task: &mut JoinHandle<T>, cx: &mut Context<'_>) -> Poll<io::Result<T>> {
    let joined = ready!(Pin::new(task).poll(cx));
    Poll::Ready(joined.map_err(failed))
}

/// The words are tokio's, and programs look at them.
fn failed(_: JoinError) -> io::Error {
    io::Error::other("background task failed")
}

/// Bytes on their way to or from a blocking thread.
#[derive(Debug, Default)]
pub(crate) struct Chunk {
    bytes: Vec<u8>,
    start: usize,
}

impl Chunk {
    pub(crate) fn is_empty(&self) -> bool {
        self.start == self.bytes.len()
    }

    /// Moves as much as fits to `buf`.
    pub(crate) fn copy_to(&mut self, buf: &mut ReadBuf<'_>) {
        let rest = &self.bytes[self.start..];
        let n = rest.len().min(buf.remaining());
        buf.put_slice(&rest[..n]);
        self.start += n;
        if self.is_empty() {
            self.clear();
        }
    }

    /// Takes at most `max` bytes from `bufs`; returns how many.
    pub(crate) fn copy_from(&mut self, bufs: &[IoSlice<'_>], max: usize) -> usize {
        self.clear();
        for buf in bufs {
            let n = buf.len().min(max - self.bytes.len());
            self.bytes.extend_from_slice(&buf[..n]);
        }
        self.bytes.len()
    }

    /// Drops what is left; returns how many bytes that was.
    pub(crate) fn clear(&mut self) -> usize {
        let rest = self.bytes.len() - self.start;
        self.bytes.clear();
        self.start = 0;
        rest
    }

    /// Reads once, at most `max` bytes. This blocks.
    pub(crate) fn read_from(&mut self, reader: &mut impl Read, max: usize) -> io::Result<usize> {
        self.clear();
        self.bytes.resize(max, 0);
        let result = retry(|| reader.read(&mut self.bytes));
        self.bytes.truncate(*result.as_ref().unwrap_or(&0));
        result
    }

    /// Writes everything, and leaves nothing. This blocks.
    pub(crate) fn write_to(&mut self, writer: &mut impl Write) -> io::Result<()> {
        let result = writer.write_all(&self.bytes[self.start..]);
        self.clear();
        result
    }
}

/// Calls again for as long as a signal interrupts.
fn retry<T>(mut call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match call() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}
