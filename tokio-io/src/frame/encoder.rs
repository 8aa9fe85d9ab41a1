//! What makes bytes of frames.

use bytes::BytesMut;
use std::io;

/// Appends frames to the bytes that are to be sent.
///
/// Used by [`FramedWrite`](super::FramedWrite) and [`Framed`](super::Framed).
pub trait Encoder {
    /// A frame.
    type Item;

    /// Why a frame cannot be sent.
    ///
    /// It is made from the writer's errors, too.
    type Error: From<io::Error>;

    /// Appends `item` to `dst`.
    ///
    /// `dst` may still hold frames that are waiting to be written; it must be given
    /// room (`reserve`) before bytes are `put` into it.
    ///
    /// # Errors
    ///
    /// `item` has no encoding. What has been appended by then is sent nevertheless, so
    /// check first.
    fn encode(&mut self, item: Self::Item, dst: &mut BytesMut) -> Result<(), Self::Error>;
}
