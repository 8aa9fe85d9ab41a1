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
    /// As long as the longest read: a buffer that is used again need not be zeroed again.
    bytes: Vec<u8>,
    start: usize,
    end: usize,
}

impl Chunk {
    pub(crate) fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// Moves as much as fits to `buf`.
    pub(crate) fn copy_to(&mut self, buf: &mut ReadBuf<'_>) {
        let n = (self.end - self.start).min(buf.remaining());
        buf.put_slice(&self.bytes[self.start..self.start + n]);
        self.start += n;
    }

    /// Takes at most `max` bytes from `bufs`; returns how many.
    pub(crate) fn copy_from(&mut self, bufs: &[IoSlice<'_>], max: usize) -> usize {
        self.bytes.clear();
        for buf in bufs {
            let n = buf.len().min(max - self.bytes.len());
            self.bytes.extend_from_slice(&buf[..n]);
        }
        (self.start, self.end) = (0, self.bytes.len());
        self.end
    }

    /// Drops what is left; returns how many bytes that was.
    pub(crate) fn clear(&mut self) -> usize {
        let rest = self.end - self.start;
        self.start = self.end;
        rest
    }

    /// Reads once, at most `max` bytes. This blocks.
    pub(crate) fn read_from(&mut self, reader: &mut impl Read, max: usize) -> io::Result<usize> {
        self.clear();
        if self.bytes.len() < max {
            self.bytes.resize(max, 0);
        }
        let n = retry(|| reader.read(&mut self.bytes[..max]))?;
        (self.start, self.end) = (0, n);
        Ok(n)
    }

    /// Writes everything, and leaves nothing. This blocks.
    pub(crate) fn write_to(&mut self, writer: &mut impl Write) -> io::Result<()> {
        let result = writer.write_all(&self.bytes[self.start..self.end]);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn rest(chunk: &mut Chunk) -> Vec<u8> {
        let mut bytes = [0; 8];
        let mut buf = ReadBuf::new(&mut bytes);
        chunk.copy_to(&mut buf);
        buf.filled().to_vec()
    }

    #[test]
    fn a_chunk_that_is_used_again_has_nothing_of_before() {
        let mut chunk = Chunk::default();
        assert_eq!(chunk.read_from(&mut &b"abcdef"[..], 6).unwrap(), 6);
        assert_eq!(rest(&mut chunk), b"abcdef");
        assert_eq!(chunk.read_from(&mut &b"gh"[..], 4).unwrap(), 2);
        assert_eq!(rest(&mut chunk), b"gh");
        assert!(chunk.is_empty());
        assert_eq!(chunk.copy_from(&[IoSlice::new(b"ijk"), IoSlice::new(b"lmn")], 5), 5);
        let mut written = Vec::new();
        chunk.write_to(&mut written).unwrap();
        assert_eq!(written, b"ijklm");
        assert!(chunk.is_empty());
        assert_eq!(chunk.read_from(&mut &b"opqrst"[..], 6).unwrap(), 6);
        assert_eq!(chunk.clear(), 6);
        assert_eq!(rest(&mut chunk), b"");
        assert!(chunk.read_from(&mut Broken, 4).is_err());
        assert_eq!(rest(&mut chunk), b"");
    }

    struct Broken;

    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("broken"))
        }
    }
}
