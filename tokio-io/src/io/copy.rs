//! Everything from a reader into a writer.
//!
//! One poll of a copy is this, over and over:
//!
//! ```text
//!   +--> fill: read until the window is full, the reader is pending, or it ended
//!   |      |
//!   |      v
//!   |    drain: write all of that ----- writer pending ----> keep the rest, wait
//!   |      |
//!   |      v
//!   |    ended? ---- yes ----> flush, done
//!   |      | no
//!   +-- no v
//!        reader pending? ---- yes ----> flush, hand the buffer back, wait
//! ```
//!
//! The *window* is the part of the buffer that a fill may use. It starts small and
//! doubles each time a fill meets its end, so a connection that trickles never parks
//! much data before a stalled writer, while one that streams soon reads 64 KiB at once.
//!
//! Called by programs, as `tokio::io::copy`.
//!
//! Always true: a copy that waits for its reader owns no buffer and has flushed its
//! writer, or waits for that too; bytes read before an error are written before the
//! error is reported.
//!
//! Why not a read, then a write? A reader that delivers in crumbs (a decoder, a TLS
//! record) would cost a system call per crumb.

use super::scratch;
use crate::{claim, AsyncRead, AsyncWrite};
use futures::{task, try_ready, Async, Future, Poll};
use std::{cmp, fmt, io};
use tokio_executor::cross::As01;

/// Bytes of the first fill.
const FIRST_WINDOW: usize = 8 * 1024;

/// Fewer unwritten bytes than this move to a buffer of their own size when the writer
/// is pending; more keep the large one.
const SMALL_REST: usize = 8 * 1024;

/// Reads in one poll before other tasks get a turn, for readers and writers that are
/// always ready and keep no budget of their own.
const READS_PER_POLL: u32 = 256;

/// Copies everything from `reader` to `writer`, and flushes.
///
/// The future yields the number of bytes copied and both ends. Neither is shut down.
/// Whenever the reader has nothing for the moment, what was written so far is flushed.
///
/// # Errors
///
/// Those of the reader, once what came before them has been written; those of the
/// writer; `WriteZero` if the writer takes nothing.
///
/// # Dropping
///
/// Drops both ends, and up to 64 KiB that were read but not yet written.
///
/// # Examples
///
/// ```
/// use futures::Future;
/// use std::io::Cursor;
/// use tokio_io::io::copy;
///
/// let (n, _, writer) = copy(&b"hello"[..], Cursor::new(Vec::new())).wait()?;
/// assert_eq!((n, writer.into_inner()), (5, b"hello".to_vec()));
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn copy<R, W>(reader: R, writer: W) -> Copy<R, W>
where
    R: AsyncRead,
    W: AsyncWrite,
{
    Copy {
        ends: Some((reader, writer)),
        held: Held::none(),
        window: FIRST_WINDOW,
        source: Source::Open,
        unflushed: false,
        copied: 0,
        bridge: As01::new(),
    }
}

/// The future made by [`copy`].
///
/// # Examples
///
/// ```
/// use futures::Future;
/// use std::io::Cursor;
/// use tokio_io::io;
///
/// let (length, _, writer) = io::copy(&b"hello"[..], Cursor::new(Vec::new())).wait()?;
/// assert_eq!((length, &writer.into_inner()[..]), (5, &b"hello"[..]));
/// # Ok::<(), std::io::Error>(())
/// ```
#[must_use = "futures do nothing unless polled"]
pub struct Copy<R, W> {
    /// `None` once the future has completed.
    ends: Option<(R, W)>,
    held: Held,
    /// How much of the buffer the next fill may use.
    window: usize,
    source: Source,
    /// Whether the writer took bytes since it was last flushed.
    unflushed: bool,
    copied: u64,
    pub(crate) bridge: As01,
}

/// Bytes that were read and wait to be written: `buf[start..end]`.
struct Held {
    buf: Box<[u8]>,
    start: usize,
    end: usize,
}

/// How the reader ended, if it did.
enum Source {
    Open,
    Ended,
    /// To be reported when the bytes before it are written.
    Failed(io::Error),
}

/// What ended a fill.
enum Filled {
    /// There may be more to read.
    Window,
    /// The reader is going to notify the task.
    Pending,
    /// `source` says how.
    End,
}

impl<R: AsyncRead, W: AsyncWrite> Future for Copy<R, W> {
    type Item = (u64, R, W);
    type Error = io::Error;

    fn poll(&mut self) -> Poll<(u64, R, W), io::Error> {
        let (reader, writer) = self.ends.as_mut().expect("`Copy` polled after it completed");
        let mut reads_left = READS_PER_POLL;
        loop {
            let filled = match self.source {
                Source::Open if self.held.is_empty() => {
                    self.held.ensure_buffer();
                    fill(
                        reader,
                        &mut self.held,
                        &mut self.window,
                        &mut self.source,
                        &mut reads_left,
                    )
                }
                Source::Open => Filled::Window,
                _ => Filled::End,
            };

            while !self.held.is_empty() {
                let bytes = self.held.bytes();
                match claim::progressed(
                    writer.poll_write(bytes),
                    bytes.len(),
                    "write zero byte into writer",
                )? {
                    Async::Ready(n) => {
                        self.held.start += n;
                        self.copied += n as u64;
                        self.unflushed = true;
                    }
                    Async::NotReady => {
                        self.held.shrink();
                        return Ok(Async::NotReady);
                    }
                }
            }

            match filled {
                Filled::Window if reads_left > 0 || !task::is_in_task() => {}
                Filled::Window => {
                    self.held.release();
                    task::current().notify();
                    return Ok(Async::NotReady);
                }
                Filled::Pending => {
                    self.held.release();
                    if self.unflushed {
                        try_ready!(writer.poll_flush());
                        self.unflushed = false;
                    }
                    return Ok(Async::NotReady);
                }
                Filled::End => break,
            }
        }

        self.held.release();
        if let Source::Failed(error) = std::mem::replace(&mut self.source, Source::Open) {
            return Err(error);
        }
        self.source = Source::Ended;
        try_ready!(writer.poll_flush());
        let (reader, writer) = self.ends.take().expect("checked above");
        Ok(Async::Ready((self.copied, reader, writer)))
    }
}

/// Reads into the empty `held` until there is a reason to write.
fn fill<R: AsyncRead>(
    reader: &mut R,
    held: &mut Held,
    window: &mut usize,
    source: &mut Source,
    reads_left: &mut u32,
) -> Filled {
    let limit = cmp::min(*window, held.buf.len());
    while held.end < limit {
        let mut room = io::Cursor::new(&mut held.buf[held.end..limit]);
        // The buffer holds other copies' bytes. `read_buf` has them erased first if the
        // reader is one that might look at, or claim, what it did not write.
        match claim::read(AsyncRead::read_buf(reader, &mut room), limit - held.end) {
            Ok(Async::Ready(0)) => {
                *source = Source::Ended;
                return Filled::End;
            }
            Ok(Async::Ready(n)) => held.end += n,
            Ok(Async::NotReady) => return Filled::Pending,
            Err(error) => {
                *source = Source::Failed(error);
                return Filled::End;
            }
        }
        *reads_left = reads_left.saturating_sub(1);
        if *reads_left == 0 {
            return Filled::Window;
        }
    }
    *window = cmp::min(limit * 2, scratch::SIZE);
    Filled::Window
}

impl Held {
    fn none() -> Held {
        Held { buf: Box::default(), start: 0, end: 0 }
    }

    fn is_empty(&self) -> bool {
        self.start == self.end
    }

    fn bytes(&self) -> &[u8] {
        &self.buf[self.start..self.end]
    }

    /// Readies an empty one to be filled.
    fn ensure_buffer(&mut self) {
        debug_assert!(self.is_empty(), "{} bytes would be lost", self.bytes().len());
        if self.buf.len() != scratch::SIZE {
            self.buf = scratch::take();
        }
        self.start = 0;
        self.end = 0;
    }

    /// Keeps the bytes, in less space if they are few.
    fn shrink(&mut self) {
        if self.buf.len() == scratch::SIZE && self.bytes().len() < SMALL_REST {
            let rest = Held { buf: self.bytes().into(), start: 0, end: self.bytes().len() };
            scratch::give_back(std::mem::replace(self, rest).buf);
        }
    }

    /// Lets the buffer go, now that it is empty.
    fn release(&mut self) {
        debug_assert!(self.is_empty(), "{} bytes would be lost", self.bytes().len());
        let emptied = std::mem::replace(self, Held::none());
        if emptied.buf.len() == scratch::SIZE {
            scratch::give_back(emptied.buf);
        }
    }
}

impl<R: fmt::Debug, W: fmt::Debug> fmt::Debug for Copy<R, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Copy")
            .field("ends", &self.ends)
            .field("copied", &self.copied)
            .field("held", &self.held.bytes().len())
            .field("window", &self.window)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::VecDeque;
    use std::io::{Read, Write};

    /// Delivers its pieces, and is pending when it has none.
    struct Pieces(VecDeque<Vec<u8>>);

    impl Read for Pieces {
        fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
            let piece = self.0.pop_front().ok_or(io::ErrorKind::WouldBlock)?;
            buf[..piece.len()].copy_from_slice(&piece);
            Ok(piece.len())
        }
    }

    impl AsyncRead for Pieces {}

    /// Takes so many bytes, and is pending after them.
    struct Room(usize);

    impl Write for Room {
        fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
            let n = cmp::min(self.0, buf.len());
            self.0 -= n;
            if n == 0 {
                Err(io::ErrorKind::WouldBlock.into())
            } else {
                Ok(n)
            }
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl AsyncWrite for Room {
        fn shutdown(&mut self) -> Poll<(), io::Error> {
            Ok(Async::Ready(()))
        }
    }

    #[test]
    fn a_copy_that_waits_for_its_reader_owns_no_buffer() {
        let mut copy = copy(Pieces(VecDeque::from([vec![1; 100]])), Room(1000));
        assert!(copy.poll().unwrap().is_not_ready());
        assert_eq!((copy.copied, copy.held.buf.len()), (100, 0));
    }

    #[test]
    fn a_copy_that_waits_for_its_writer_owns_little_more_than_its_rest() {
        let mut copy = copy(Pieces(VecDeque::from([vec![1; 100], vec![2; 50]])), Room(30));
        assert!(copy.poll().unwrap().is_not_ready());
        assert_eq!((copy.copied, copy.held.buf.len()), (30, 120));
        copy.ends.as_mut().unwrap().1 .0 = 1000;
        assert!(copy.poll().unwrap().is_not_ready());
        assert_eq!((copy.copied, copy.held.buf.len()), (150, 0));
    }

    #[test]
    fn a_thread_keeps_few_buffers() {
        let taken: Vec<_> = (0..20).map(|_| scratch::take()).collect();
        taken.into_iter().for_each(scratch::give_back);
        assert_eq!(scratch::count::waiting(), scratch::SPARE);
    }
}
