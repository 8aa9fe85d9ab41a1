//! Whether the number of bytes that a reader or writer returned is possible.
//!
//! `Read` and `Write` are safe traits, so anyone may return any number. Whatever in
//! this crate adds such a number to an index has it checked here first.
//!
//! Why not let the slice index panic? It does so only in some callers, later, and in
//! others (a buffer whose length is set by hand) not at all.

use futures::{Async, Poll};
use std::io;

/// Passes on what `poll_read` answered for a buffer of `room` bytes.
pub(crate) fn read(answer: Poll<usize, io::Error>, room: usize) -> Poll<usize, io::Error> {
    match answer {
        Ok(Async::Ready(n)) if n > room => Err(io::Error::other(format!(
            "the reader claims to have read {n} bytes into a buffer of {room}"
        ))),
        answer => answer,
    }
}

/// Passes on what `poll_write` answered when `given` bytes were offered.
pub(crate) fn moved(answer: Poll<usize, io::Error>, given: usize) -> Poll<usize, io::Error> {
    match answer {
        Ok(Async::Ready(n)) if n > given => {
            Err(io::Error::other(format!("the writer claims to have written {n} bytes of {given}")))
        }
        answer => answer,
    }
}

/// As [`moved`], where at least one byte was offered and the caller would ask again
/// for ever if none was taken: that is the error `WriteZero`, whose text begins with
/// `words`.
pub(crate) fn progressed(
    answer: Poll<usize, io::Error>,
    given: usize,
    words: &str,
) -> Poll<usize, io::Error> {
    match moved(answer, given) {
        Ok(Async::Ready(0)) => Err(io::Error::new(
            io::ErrorKind::WriteZero,
            format!("{words}: the writer took none of the {given} bytes left to write"),
        )),
        answer => answer,
    }
}
