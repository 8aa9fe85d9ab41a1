//! The frames that have yet to leave, as bytes.
//!
//! Always true: a frame is accepted whole or handed back; `poll_sent` is ready only when
//! everything accepted before has gone into the writer and the writer was flushed.

use super::{adopt, make_room, Encoder, CAPACITY};
use crate::{claim, AsyncWrite};
use bytes::BytesMut;
use futures::{try_ready, AsyncSink, Poll, StartSend};
use std::io;

/// With this many bytes waiting, no further frame is accepted.
const BACKPRESSURE: usize = CAPACITY;

#[derive(Debug)]
pub(super) struct Writing {
    buffer: BytesMut,
}

impl Writing {
    pub(super) fn new() -> Writing {
        Writing { buffer: BytesMut::new() }
    }

    /// Starts with bytes that wait to be sent already.
    pub(super) fn with_buffer(buffer: BytesMut) -> Writing {
        Writing { buffer: adopt(buffer) }
    }

    /// The bytes that have not been written.
    pub(super) fn into_buffer(self) -> BytesMut {
        self.buffer
    }

    /// `Sink::start_send`: accepts `item` unless too much is waiting already.
    pub(super) fn accept<T, E>(
        &mut self,
        io: &mut T,
        encoder: &mut E,
        item: E::Item,
    ) -> StartSend<E::Item, E::Error>
    where
        T: AsyncWrite,
        E: Encoder,
    {
        if self.buffer.len() >= BACKPRESSURE {
            self.poll_sent(io)?;
            if self.buffer.len() >= BACKPRESSURE {
                return Ok(AsyncSink::NotReady(item));
            }
        }
        make_room(&mut self.buffer);
        encoder.encode(item, &mut self.buffer)?;
        Ok(AsyncSink::Ready)
    }

    /// `Sink::poll_complete`: writes what is waiting, and flushes.
    pub(super) fn poll_sent<T: AsyncWrite>(&mut self, io: &mut T) -> Poll<(), io::Error> {
        while !self.buffer.is_empty() {
            let waiting = self.buffer.len();
            let n = try_ready!(claim::progressed(
                io.poll_write(&self.buffer),
                waiting,
                "failed to write frame to transport"
            ));
            self.buffer.advance(n);
        }
        io.poll_flush()
    }

    /// `Sink::close`: writes what is waiting, and shuts `io` down.
    pub(super) fn poll_closed<T: AsyncWrite>(&mut self, io: &mut T) -> Poll<(), io::Error> {
        try_ready!(self.poll_sent(io));
        io.shutdown()
    }
}
