//! What makes bytes of frames.

use bytes::BytesMut;
use std::io;

/// Appends frames to the bytes that are to be sent.
///
/// Used by [`FramedWrite`](super::FramedWrite) and [`Framed`](super::Framed).
///
/// # Examples
///
/// ```
/// use bytes::{BufMut, BytesMut};
/// use futures::{Future, Sink};
/// use std::io::{self, Cursor};
/// use tokio::codec::{Encoder, FramedWrite};
///
/// /// Numbers, each in four bytes.
/// struct Numbers;
///
/// impl Encoder for Numbers {
///     type Item = u32;
///     type Error = io::Error;
///
///     fn encode(&mut self, number: u32, dst: &mut BytesMut) -> io::Result<()> {
///         dst.reserve(4);
///         dst.put_u32_be(number);
///         Ok(())
///     }
/// }
///
/// let numbers = FramedWrite::new(Cursor::new(Vec::new()), Numbers).send(7).wait()?;
/// assert_eq!(numbers.into_inner().into_inner(), [0, 0, 0, 7]);
/// # Ok::<(), std::io::Error>(())
/// ```
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
