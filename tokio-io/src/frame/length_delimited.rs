//! Frames that begin with their length.
//!
//! By default a frame is its payload behind four bytes that hold its length, the most
//! significant one first:
//!
//! ```text
//!   +----- n: u32 -----+------- payload -------+
//!   | \x00\x00\x00\x0b |      hello world      |
//!   +------------------+-----------------------+
//! ```
//!
//! ```
//! use bytes::Bytes;
//! use futures::{Future, Sink};
//! use std::io::Cursor;
//! use tokio::codec::{FramedWrite, LengthDelimitedCodec};
//!
//! let frames = FramedWrite::new(Cursor::new(Vec::new()), LengthDelimitedCodec::new());
//! let frames = frames.send(Bytes::from("hello world")).wait()?;
//! assert_eq!(frames.into_inner().into_inner(), b"\x00\x00\x00\x0bhello world");
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! Most other protocols of this kind are a matter of the [`Builder`]'s settings:
//!
//! | Head | Settings |
//! | --- | --- |
//! | two bytes of length | `length_field_length(2)` |
//! | the length comes after one byte of something else | `length_field_offset(1)` |
//! | the length counts its own four bytes too | `length_adjustment(-4)` |
//! | the frame is to include the head | `num_skip(0)`, and an adjustment by the head's length |
//!
//! Here the frame keeps its three bytes of head, one of type and two of length:
//!
//! ```
//! use futures::{Future, Stream};
//! use tokio::codec::length_delimited::Builder;
//!
//! let source = &b"T\x00\x05helloU\x00\x05world"[..];
//! let frames = Builder::new()
//!     .length_field_offset(1)
//!     .length_field_length(2)
//!     .length_adjustment(3)
//!     .num_skip(0)
//!     .new_read(source)
//!     .collect()
//!     .wait()?;
//! assert_eq!(frames[0], b"T\x00\x05hello"[..]);
//! assert_eq!(frames[1], b"U\x00\x05world"[..]);
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! Called by programs, by way of `tokio::codec`; `head` has the arithmetic.
//!
//! Always true: a head is taken once, and its frame is given out whole or not at all.
//!
//! Why are head and frame taken one by one? A decoder is given whatever has arrived, which may end
//! within either; a head that was taken is not read again.
//!
//! # Limits
//!
//! A frame whose length field exceeds [`Builder::max_frame_length`] is an error that
//! ends the stream. Memory is reserved as the frame arrives, not as it is announced.

use super::decoder::cut_off;
use super::head::{head_settings, Head};
use super::{Decoder, Encoder, Framed, FramedRead, FramedWrite};
use crate::{AsyncRead, AsyncWrite};
use bytes::{Bytes, BytesMut};
use std::io;

pub use super::head::FrameTooBig;

/// Settings for a [`LengthDelimitedCodec`].
///
/// # Examples
///
/// ```
/// use tokio::codec::length_delimited::Builder;
///
/// let codec = Builder::new().little_endian().max_frame_length(64 * 1024).new_codec();
/// assert_eq!(codec.max_frame_length(), 64 * 1024);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Builder {
    head: Head,
}

impl Builder {
    /// Returns the default settings.
    pub fn new() -> Builder {
        Builder { head: Head::DEFAULT }
    }

    head_settings!();

    /// Returns a codec with these settings.
    ///
    /// # Examples
    ///
    /// ```
    /// use bytes::BytesMut;
    /// use tokio::codec::length_delimited::Builder;
    /// use tokio::codec::Decoder;
    ///
    /// let mut codec = Builder::new().length_field_length(1).little_endian().new_codec();
    /// let mut received = BytesMut::from(&b"\x02ab\x05c"[..]);
    /// assert_eq!(codec.decode(&mut received)?.unwrap(), b"ab"[..]);
    /// assert!(codec.decode(&mut received)?.is_none(), "four bytes are missing");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn new_codec(&self) -> LengthDelimitedCodec {
        LengthDelimitedCodec::with_head(self.head)
    }

    /// Returns a stream of the frames that arrive from `upstream`.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::{Future, Stream};
    /// use tokio::codec::length_delimited::Builder;
    ///
    /// let frames = Builder::new().new_read(&b"\0\0\0\x03abc"[..]).collect().wait()?;
    /// assert_eq!(frames, [&b"abc"[..]]);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn new_read<T>(&self, upstream: T) -> FramedRead<T, LengthDelimitedCodec>
    where
        T: AsyncRead,
    {
        FramedRead::new(upstream, self.new_codec())
    }

    /// Returns a sink that writes frames into `inner`.
    ///
    /// # Examples
    ///
    /// ```
    /// use bytes::Bytes;
    /// use futures::{Future, Sink};
    /// use std::io::Cursor;
    /// use tokio::codec::length_delimited::Builder;
    ///
    /// let frames = Builder::new().length_field_length(1).new_write(Cursor::new(Vec::new()));
    /// let frames = frames.send(Bytes::from("abc")).wait()?;
    /// assert_eq!(frames.into_inner().into_inner(), b"\x03abc");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn new_write<T>(&self, inner: T) -> FramedWrite<T, LengthDelimitedCodec>
    where
        T: AsyncWrite,
    {
        FramedWrite::new(inner, self.new_codec())
    }

    /// Returns a stream and sink of frames over `inner`.
    pub fn new_framed<T>(&self, inner: T) -> Framed<T, LengthDelimitedCodec>
    where
        T: AsyncRead + AsyncWrite,
    {
        Framed::new(inner, self.new_codec())
    }
}

impl Default for Builder {
    fn default() -> Builder {
        Builder::new()
    }
}

/// Takes a number of bytes, and then as many bytes as the number says, for a frame.
///
/// The [module](self) describes the settings.
///
/// # Errors
///
/// When decoding: `InvalidData` with a [`FrameTooBig`] inside if the length field
/// exceeds the limit, `InvalidInput` if the length is negative after its adjustment, and
/// `Other` if the stream ends inside a frame. When encoding: `InvalidInput`, with a
/// [`FrameTooBig`] inside if the frame exceeds the limit, or what the length field can
/// hold.
///
/// # Examples
///
/// ```
/// use bytes::{Bytes, BytesMut};
/// use tokio::codec::{Encoder, LengthDelimitedCodec};
///
/// let mut sent = BytesMut::new();
/// LengthDelimitedCodec::new().encode(Bytes::from("abc"), &mut sent)?;
/// assert_eq!(sent, b"\0\0\0\x03abc"[..]);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct LengthDelimitedCodec {
    head: Head,
    /// Length of the frame whose head has been taken.
    announced: Option<usize>,
}

impl LengthDelimitedCodec {
    /// Returns a codec with the default settings.
    pub fn new() -> LengthDelimitedCodec {
        Builder::new().new_codec()
    }

    pub(crate) fn with_head(head: Head) -> LengthDelimitedCodec {
        LengthDelimitedCodec { head, announced: None }
    }

    /// Returns the greatest length allowed, in bytes.
    pub fn max_frame_length(&self) -> usize {
        self.head.max_frame_len
    }

    /// Sets the greatest length allowed, in bytes.
    ///
    /// A frame whose head has been read already is held to the former limit.
    ///
    /// # Examples
    ///
    /// ```
    /// use bytes::{Bytes, BytesMut};
    /// use tokio::codec::{Encoder, LengthDelimitedCodec};
    ///
    /// let mut codec = LengthDelimitedCodec::new();
    /// codec.set_max_frame_length(2);
    /// assert!(codec.encode(Bytes::from("abc"), &mut BytesMut::new()).is_err());
    /// ```
    pub fn set_max_frame_length(&mut self, val: usize) {
        self.head.max_frame_len = val;
    }
}

impl Decoder for LengthDelimitedCodec {
    type Item = BytesMut;
    type Error = io::Error;

    fn decode(&mut self, src: &mut BytesMut) -> io::Result<Option<BytesMut>> {
        if self.announced.is_none() {
            self.announced = self.head.take(src)?;
        }
        let Some(n) = self.announced else { return Ok(None) };
        let frame = self.head.take_frame(n, src);
        if frame.is_some() {
            self.announced = None;
        }
        Ok(frame)
    }

    fn decode_eof(&mut self, src: &mut BytesMut) -> io::Result<Option<BytesMut>> {
        let frame = self.decode(src)?;
        // A head whose frame never came is a cut as well, though no byte is left of it.
        if frame.is_none() && (self.announced.is_some() || !src.is_empty()) {
            return Err(cut_off(src.len()));
        }
        Ok(frame)
    }
}

impl Encoder for LengthDelimitedCodec {
    type Item = Bytes;
    type Error = io::Error;

    fn encode(&mut self, data: Bytes, dst: &mut BytesMut) -> io::Result<()> {
        let field = self.head.field(data.len())?;
        let field = field.as_ref();
        dst.reserve(field.len().saturating_add(data.len()));
        dst.extend_from_slice(field);
        dst.extend_from_slice(&data);
        Ok(())
    }
}

impl Default for LengthDelimitedCodec {
    fn default() -> LengthDelimitedCodec {
        LengthDelimitedCodec::new()
    }
}
