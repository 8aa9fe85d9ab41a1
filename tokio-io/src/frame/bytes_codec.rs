//! Bytes as they come.

use super::{Decoder, Encoder};
use bytes::{Bytes, BytesMut};
use std::io;

/// Takes whatever has arrived for a frame, and sends frames as they are.
///
/// Where the frames begin and end is up to the transport and to chance; only their
/// concatenation means anything.
///
/// # Examples
///
/// ```
/// use futures::{Future, Stream};
/// use tokio::codec::{BytesCodec, FramedRead};
///
/// let source = &b"hello"[..];
/// let all = FramedRead::new(source, BytesCodec::new()).concat2().wait()?;
/// assert_eq!(all, b"hello"[..]);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Copy, Clone, Debug, Default, Eq, PartialEq, Ord, PartialOrd, Hash)]
pub struct BytesCodec(());

impl BytesCodec {
    /// Returns the codec; it has no settings.
    ///
    /// # Examples
    ///
    /// ```
    /// use bytes::BytesMut;
    /// use tokio::codec::{BytesCodec, Decoder};
    ///
    /// let mut received = BytesMut::from(&b"whatever came"[..]);
    /// assert_eq!(BytesCodec::new().decode(&mut received)?.unwrap(), b"whatever came"[..]);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn new() -> BytesCodec {
        BytesCodec(())
    }
}

impl Decoder for BytesCodec {
    type Item = BytesMut;
    type Error = io::Error;

    fn decode(&mut self, src: &mut BytesMut) -> io::Result<Option<BytesMut>> {
        Ok(Some(src.take()).filter(|frame| !frame.is_empty()))
    }
}

impl Encoder for BytesCodec {
    type Item = Bytes;
    type Error = io::Error;

    fn encode(&mut self, data: Bytes, dst: &mut BytesMut) -> io::Result<()> {
        dst.extend_from_slice(&data);
        Ok(())
    }
}
