//! Streams within the process: `tokio-await`'s.

use super::{forward_reads, forward_writes};
use std::pin::Pin;
use tokio_await::io as modern;

/// Creates the two ends of a stream: what is written to one is read from the other. Each way
/// there is room for `max_buf_size` bytes.
///
/// # Panics
///
/// If there is no room.
#[track_caller]
pub fn duplex(max_buf_size: usize) -> (DuplexStream, DuplexStream) {
    let (one, other) = modern::parts::duplex_02(max_buf_size);
    (DuplexStream { inner: one }, DuplexStream { inner: other })
}

/// One end of a stream within the process; see [`duplex`].
///
/// # Dropping
///
/// The other end reads what is left, and then the end. It can write as much as there is room
/// for; 1.x refuses all at once.
#[derive(Debug)]
pub struct DuplexStream {
    inner: modern::DuplexStream,
}

forward_reads!(leaf [] DuplexStream, |this| Pin::new(&mut this.get_mut().inner));
forward_writes!([] DuplexStream, |this| Pin::new(&mut this.get_mut().inner));
