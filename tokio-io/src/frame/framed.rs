//! Frames both ways over one stream.
//!
//! Programs of tokio 0.1 call it, by `Decoder::framed`.
//!
//! Always true: bytes that were read and not decoded stay in the read buffer, and `into_parts`
//! hands both buffers on. One buffer for each direction.
//!
//! Why not two halves behind a lock? A codec may share state between the directions; `split` of
//! futures locks for those who need it.

use super::reading::Reading;
use super::writing::Writing;
use super::{Decoder, Encoder};
use crate::{AsyncRead, AsyncWrite};
use bytes::BytesMut;
use futures::{Poll, Sink, StartSend, Stream};
use std::{fmt, io};
use tokio_executor::cross::As01;

/// A `Stream` of the frames that arrive on `T`, and a `Sink` for those to be sent.
///
/// [`Decoder::framed`] makes one. The sink accepts frames until 8 KiB wait to be
/// written; `poll_complete` writes and flushes them, and `close` shuts the stream down
/// after that.
///
/// # Errors
///
/// Those of `T` and of the codec. After an error the stream goes on if the decoder has
/// removed the bad bytes or the reader works again; if the next attempt fails as well
/// and nothing was consumed, the stream ends, and it stays at its end.
///
/// # Examples
///
/// ```
/// use futures::{Future, Sink, Stream};
/// use std::io::Cursor;
/// use tokio::codec::{Decoder, LinesCodec};
///
/// let mut transport = LinesCodec::new().framed(Cursor::new(b"one\ntwo\n".to_vec()));
/// let (first, transport) = transport.into_future().wait().map_err(|(error, _)| error)?;
/// assert_eq!(first.unwrap(), "one");
/// # let _: tokio::codec::Framed<_, _> = transport;
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Framed<T, U> {
    io: T,
    codec: U,
    reading: Reading,
    writing: Writing,
    pub(crate) bridge: As01,
}

/// What a [`Framed`] is made of.
///
/// For changing the codec, or the stream below it, without losing bytes.
///
/// # Examples
///
/// ```
/// use std::io::Cursor;
/// use tokio::codec::{BytesCodec, Decoder, Framed, FramedParts, LinesCodec};
///
/// let lines = LinesCodec::new().framed(Cursor::new(b"upgrade\nraw".to_vec()));
/// // From lines to bytes, with what was read already.
/// let lines = lines.into_parts();
/// let mut bytes = FramedParts::new(lines.io, BytesCodec::new());
/// bytes.read_buf = lines.read_buf;
/// bytes.write_buf = lines.write_buf;
/// let _bytes = Framed::from_parts(bytes);
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct FramedParts<T, U> {
    /// The stream of bytes.
    pub io: T,

    /// The codec.
    pub codec: U,

    /// Bytes that have been read and have become no frame so far.
    pub read_buf: BytesMut,

    /// Frames that have not been written, encoded.
    pub write_buf: BytesMut,
}

impl<T: AsyncRead + AsyncWrite, U: Decoder + Encoder> Framed<T, U> {
    /// Frames over `inner`, as `codec` sees them.
    pub fn new(inner: T, codec: U) -> Framed<T, U> {
        Framed {
            io: inner,
            codec,
            reading: Reading::new(),
            writing: Writing::new(),
            bridge: As01::new(),
        }
    }
}

impl<T, U> Framed<T, U> {
    /// Puts the parts together; bytes in their buffers are decoded and written first.
    pub fn from_parts(parts: FramedParts<T, U>) -> Framed<T, U> {
        Framed {
            io: parts.io,
            codec: parts.codec,
            reading: Reading::with_buffer(parts.read_buf),
            writing: Writing::with_buffer(parts.write_buf),
            bridge: As01::new(),
        }
    }

    /// Returns the stream of bytes.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::Cursor;
    /// use tokio::codec::{Decoder, LinesCodec};
    ///
    /// let lines = LinesCodec::new().framed(Cursor::new(b"one\n".to_vec()));
    /// assert_eq!(lines.get_ref().position(), 0, "nothing was read");
    /// ```
    pub fn get_ref(&self) -> &T {
        &self.io
    }

    /// Returns the stream of bytes, to be changed. Whoever reads from it or writes to it comes
    /// between the frames.
    pub fn get_mut(&mut self) -> &mut T {
        &mut self.io
    }

    /// Returns the codec.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::Cursor;
    /// use tokio::codec::{Decoder, LinesCodec};
    ///
    /// let lines = LinesCodec::new_with_max_length(80).framed(Cursor::new(Vec::new()));
    /// assert_eq!(lines.codec().max_length(), 80);
    /// ```
    pub fn codec(&self) -> &U {
        &self.codec
    }

    /// Returns the codec, to be changed.
    pub fn codec_mut(&mut self) -> &mut U {
        &mut self.codec
    }

    /// Takes the stream of bytes out. What was read but has become no frame, and what
    /// has not been written yet, is lost; [`into_parts`](Framed::into_parts) keeps it.
    pub fn into_inner(self) -> T {
        self.io
    }

    /// Takes everything apart.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::{Future, Stream};
    /// use std::io::Cursor;
    /// use tokio::codec::{Decoder, LinesCodec};
    ///
    /// let lines = LinesCodec::new().framed(Cursor::new(b"one\nmore".to_vec()));
    /// let (line, lines) = lines.into_future().wait().map_err(|(error, _)| error)?;
    /// assert_eq!(line.unwrap(), "one");
    /// assert_eq!(lines.into_parts().read_buf, b"more"[..]);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn into_parts(self) -> FramedParts<T, U> {
        FramedParts {
            io: self.io,
            codec: self.codec,
            read_buf: self.reading.into_buffer(),
            write_buf: self.writing.into_buffer(),
        }
    }
}

impl<T, U> FramedParts<T, U> {
    /// Parts with empty buffers.
    pub fn new(io: T, codec: U) -> FramedParts<T, U> {
        FramedParts { io, codec, read_buf: BytesMut::new(), write_buf: BytesMut::new() }
    }
}

impl<T: AsyncRead, U: Decoder> Stream for Framed<T, U> {
    type Item = U::Item;
    type Error = U::Error;

    fn poll(&mut self) -> Poll<Option<U::Item>, U::Error> {
        self.reading.poll_frame(&mut self.io, &mut self.codec)
    }
}

impl<T: AsyncWrite, U: Encoder> Sink for Framed<T, U>
where
    U::Error: From<io::Error>,
{
    type SinkItem = U::Item;
    type SinkError = U::Error;

    fn start_send(&mut self, item: U::Item) -> StartSend<U::Item, U::Error> {
        self.writing.accept(&mut self.io, &mut self.codec, item)
    }

    fn poll_complete(&mut self) -> Poll<(), U::Error> {
        Ok(self.writing.poll_sent(&mut self.io)?)
    }

    fn close(&mut self) -> Poll<(), U::Error> {
        Ok(self.writing.poll_closed(&mut self.io)?)
    }
}

impl<T: fmt::Debug, U: fmt::Debug> fmt::Debug for Framed<T, U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Framed").field("io", &self.io).field("codec", &self.codec).finish()
    }
}
