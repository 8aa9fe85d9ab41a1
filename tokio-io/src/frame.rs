//! Messages out of bytes, and bytes out of messages.
//!
//! A [`Decoder`] finds the frames in a buffer, an [`Encoder`] appends them to one.
//! [`FramedRead`], [`FramedWrite`] and [`Framed`] own such a buffer each way, move it
//! through a reader or writer, and are a `Stream` or `Sink` of frames. Three codecs
//! come with them.
//!
//! The root crate shows all this as `tokio::codec`; the paths of old live in
//! [`crate::codec`].
//!
//! The files follow a byte: `reading` holds what has arrived, a codec cuts it up,
//! `writing` holds what has yet to leave. The framed types only join those two to a
//! reader, a writer and a codec.

mod bytes_codec;
mod decoder;
mod encoder;
mod framed;
mod framed_read;
mod framed_write;
pub(crate) mod head;
pub mod length_delimited;
mod lines_codec;
mod reading;
mod writing;

pub use self::bytes_codec::BytesCodec;
pub use self::decoder::Decoder;
pub use self::encoder::Encoder;
pub use self::framed::{Framed, FramedParts};
pub use self::framed_read::FramedRead;
pub use self::framed_write::FramedWrite;
pub use self::length_delimited::LengthDelimitedCodec;
pub use self::lines_codec::LinesCodec;

use bytes::{BufMut, BytesMut};

/// Bytes that a buffer begins with, and that it grows by.
const CAPACITY: usize = 8 * 1024;

/// With less room than this a read or an encoder is given a new stretch.
const LEAST_ROOM: usize = 1024;

/// Sees to it that `buffer` has room for a worthwhile read, or a small frame.
///
/// A new buffer owns no memory until it comes here, so an idle connection costs none.
fn make_room(buffer: &mut BytesMut) {
    if buffer.remaining_mut() < LEAST_ROOM {
        buffer.reserve(CAPACITY);
    }
}

/// A buffer of a caller's, brought to the size ours begin with.
fn adopt(mut buffer: BytesMut) -> BytesMut {
    if buffer.capacity() < CAPACITY {
        buffer.reserve(CAPACITY - buffer.len());
    }
    buffer
}
