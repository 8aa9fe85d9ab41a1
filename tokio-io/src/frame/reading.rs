//! The bytes that have arrived, on their way to being frames.
//!
//! ```text
//!           bytes arrived              no frame (yet)
//!   FILLING -------------> DECODING -----------------> FILLING
//!      |                      | ^
//!      | end of stream        +-+ a frame, or an error
//!      v
//!   ENDING ---- nothing left ----> DONE
//!      | ^
//!      +-+ a frame, or an error
//! ```
//!
//! An error leaves the stage and the bytes as they are, so that a decoder which has
//! stepped over the bad part goes on behind it. But nobody is to read the same error
//! for ever: if the very next attempt fails as well, and not a byte has been consumed
//! in between, the second error is not reported and the stream is DONE.
//!
//! Always true: in DONE neither reader nor decoder is touched. The reader never gets
//! an empty buffer, so 0 bytes mean the end of the stream. Bytes that became no frame
//! stay in `buffer`.
//!
//! Why not end the stream at the first error? Line and packet decoders recover, and
//! programs written for the upstream crate count on it.

use super::{adopt, make_room, Decoder};
use crate::AsyncRead;
use bytes::BytesMut;
use futures::{Async, Poll};

#[derive(Debug)]
pub(super) struct Reading {
    buffer: BytesMut,
    stage: Stage,
    /// Whether the last attempt failed and consumed nothing.
    failed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Stage {
    Filling,
    Decoding,
    Ending,
    Done,
}

impl Reading {
    pub(super) fn new() -> Reading {
        Reading { buffer: BytesMut::new(), stage: Stage::Filling, failed: false }
    }

    /// Starts with bytes that have been read elsewhere.
    pub(super) fn with_buffer(buffer: BytesMut) -> Reading {
        let stage = if buffer.is_empty() { Stage::Filling } else { Stage::Decoding };
        Reading { buffer: adopt(buffer), stage, failed: false }
    }

    /// The bytes that have become no frame so far.
    pub(super) fn into_buffer(self) -> BytesMut {
        self.buffer
    }

    /// The next frame from `io`, as `decoder` sees it.
    pub(super) fn poll_frame<T, D>(
        &mut self,
        io: &mut T,
        decoder: &mut D,
    ) -> Poll<Option<D::Item>, D::Error>
    where
        T: AsyncRead,
        D: Decoder,
    {
        loop {
            let before = self.buffer.len();
            let attempt = match self.stage {
                Stage::Filling => {
                    make_room(&mut self.buffer);
                    match AsyncRead::read_buf(io, &mut self.buffer) {
                        Ok(Async::Ready(n)) => {
                            self.stage = if n == 0 { Stage::Ending } else { Stage::Decoding };
                            continue;
                        }
                        Ok(Async::NotReady) => {
                            self.failed = false;
                            return Ok(Async::NotReady);
                        }
                        Err(error) => Err(error.into()),
                    }
                }
                Stage::Decoding => decoder.decode(&mut self.buffer),
                Stage::Ending => decoder.decode_eof(&mut self.buffer),
                Stage::Done => return Ok(Async::Ready(None)),
            };
            match attempt {
                Ok(Some(frame)) => {
                    self.failed = false;
                    return Ok(Async::Ready(Some(frame)));
                }
                Ok(None) if self.stage == Stage::Ending => self.stage = Stage::Done,
                Ok(None) => {
                    self.failed = false;
                    self.stage = Stage::Filling;
                }
                Err(_) if self.failed && self.buffer.len() == before => self.stage = Stage::Done,
                Err(error) => {
                    self.failed = self.buffer.len() == before;
                    return Err(error);
                }
            }
        }
    }
}
