//! A stream of lines.
//!
//! Why not `read_line` of the standard library? When it meets `WouldBlock` in the
//! middle of a character it drops the bytes it has already consumed. So bytes are
//! collected here, and read as UTF-8 only when the line is whole.

use crate::{utf8, AsyncRead};
use futures::{Async, Poll, Stream};
use std::io::{self, BufRead};
use std::mem;
use tokio_executor::cross::As01;

/// Returns the lines of `a`, without their `\n` or `\r\n`.
///
/// What follows the last line end is a line too, unless it is empty. A line may be of
/// any length; for readers that are not trusted, `tokio::codec::LinesCodec` has a
/// limit.
///
/// # Errors
///
/// Those of the reader. `InvalidData` for a line that is not UTF-8: it holds the line
/// with a [`FromUtf8Error`](std::string::FromUtf8Error) as its source, and the stream
/// goes on with the next line.
///
/// # Examples
///
/// ```
/// use futures::{Future, Stream};
/// use tokio_io::io::lines;
///
/// let all = lines(&b"one\ntwo\r\nthree"[..]).collect().wait()?;
/// assert_eq!(all, ["one", "two", "three"]);
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn lines<A>(a: A) -> Lines<A>
where
    A: AsyncRead + BufRead,
{
    Lines { io: a, line: Vec::new(), bridge: As01::new() }
}

/// The stream made by [`lines`].
///
/// # Examples
///
/// ```
/// use futures::{Future, Stream};
/// use tokio_io::io;
///
/// let lines = io::lines(&b"one\ntwo"[..]).collect().wait()?;
/// assert_eq!(lines, ["one", "two"]);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
#[must_use = "streams do nothing unless polled"]
pub struct Lines<A> {
    io: A,
    /// The line so far.
    line: Vec<u8>,
    pub(crate) bridge: As01,
}

impl<A> Lines<A> {
    /// Gives the reader back. The beginning of a line that has already been read is
    /// lost.
    pub fn into_inner(self) -> A {
        self.io
    }
}

impl<A: AsyncRead + BufRead> Stream for Lines<A> {
    type Item = String;
    type Error = io::Error;

    fn poll(&mut self) -> Poll<Option<String>, io::Error> {
        try_nb!(self.io.read_until(b'\n', &mut self.line));
        if self.line.is_empty() {
            return Ok(Async::Ready(None));
        }
        let mut line = mem::take(&mut self.line);
        if line.last() == Some(&b'\n') {
            line.pop();
            if line.last() == Some(&b'\r') {
                line.pop();
            }
        }
        let line = utf8::text(line, "stream did not contain valid UTF-8")?;
        Ok(Async::Ready(Some(line)))
    }
}
