//! What finds frames in bytes.

use super::{Encoder, Framed};
use crate::{AsyncRead, AsyncWrite};
use bytes::BytesMut;
use std::io;

/// Cuts the bytes that arrive into frames.
///
/// Used by [`FramedRead`](super::FramedRead) and [`Framed`], which collect the bytes
/// and ask for frames. A decoder may keep what it has already learnt about the
/// unfinished frame in `self`.
///
/// # Examples
///
/// One byte for the length, then so many bytes:
///
/// ```
/// use bytes::BytesMut;
/// use std::io;
/// use tokio::codec::Decoder;
///
/// struct Short;
///
/// impl Decoder for Short {
///     type Item = BytesMut;
///     type Error = io::Error;
///
///     fn decode(&mut self, src: &mut BytesMut) -> io::Result<Option<BytesMut>> {
///         match src.first() {
///             Some(&n) if src.len() > n as usize => {
///                 src.advance(1);
///                 Ok(Some(src.split_to(n as usize)))
///             }
///             _ => Ok(None),
///         }
///     }
/// }
///
/// let mut arrived = BytesMut::from(&b"\x05hello\x05wor"[..]);
/// assert_eq!(Short.decode(&mut arrived).unwrap().unwrap(), b"hello"[..]);
/// assert!(Short.decode(&mut arrived).unwrap().is_none());
/// ```
pub trait Decoder {
    /// A frame.
    type Item;

    /// Why there is no frame.
    ///
    /// Meant for a stream that cannot be read on. A single bad frame among good ones
    /// is often better reported as an `Item`.
    type Error: From<io::Error>;

    /// Takes the next frame off the start of `src`.
    ///
    /// `Ok(None)` means that more bytes are needed. It is called again after each
    /// frame, so `src` may be empty. A decoder that knows how much is missing may
    /// `reserve` that, up to what it would trust an unknown peer with.
    ///
    /// # Errors
    ///
    /// The bytes are no frame. If the decoder has removed the bad part from `src`, the
    /// stream goes on behind it; one that fails again without having removed anything
    /// ends the stream.
    fn decode(&mut self, src: &mut BytesMut) -> Result<Option<Self::Item>, Self::Error>;

    /// Takes the next frame off `buf`, when no bytes will ever follow.
    ///
    /// Called until it returns `Ok(None)`, even with an empty `buf`, so a decoder can
    /// end with frames of its own making. By default it asks [`decode`](Decoder::decode).
    ///
    /// # Errors
    ///
    /// By default also if bytes remain that are no frame.
    fn decode_eof(&mut self, buf: &mut BytesMut) -> Result<Option<Self::Item>, Self::Error> {
        match self.decode(buf)? {
            None if !buf.is_empty() => Err(cut_off(buf.len()).into()),
            frame => Ok(frame),
        }
    }

    /// Returns a stream and sink of frames over `io`, with `self` for a codec both ways.
    ///
    /// `Stream::split` parts the result into its two directions.
    fn framed<T: AsyncRead + AsyncWrite + Sized>(self, io: T) -> Framed<T, Self>
    where
        Self: Encoder + Sized,
    {
        Framed::new(io, self)
    }
}

/// The stream ended with `left` bytes that are no frame.
pub(super) fn cut_off(left: usize) -> io::Error {
    io::Error::other(format!("bytes remaining on stream: it ended {left} bytes into a frame"))
}
