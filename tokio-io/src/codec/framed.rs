//! `Framed` with the codec apart from the other parts.

use crate::frame::{self, Decoder, Encoder};
use crate::{AsyncRead, AsyncWrite};
use bytes::BytesMut;
use futures::{Poll, Sink, StartSend, Stream};
use std::{fmt, io};

/// A stream and sink of frames, from [`AsyncRead::framed`].
///
/// # Examples
///
/// ```
/// use futures::{Future, Stream};
/// use std::io::Cursor;
/// use tokio_io::codec::LinesCodec;
/// use tokio_io::AsyncRead;
///
/// #[allow(deprecated)]
/// let lines = Cursor::new(b"one\n".to_vec()).framed(LinesCodec::new());
/// let (line, lines) = lines.into_future().wait().map_err(|(error, _)| error)?;
/// assert_eq!(line.unwrap(), "one");
/// assert_eq!(lines.get_ref().position(), 4);
/// # Ok::<(), std::io::Error>(())
/// ```
#[deprecated(since = "0.1.7", note = "moved to tokio-codec")]
pub struct Framed<T, U> {
    pub(crate) framed: frame::Framed<T, U>,
}

/// What a [`Framed`] is made of, but for the codec.
#[derive(Debug)]
pub struct FramedParts<T> {
    /// The stream of bytes.
    pub inner: T,
    /// Bytes that have been read and have become no frame so far.
    pub readbuf: BytesMut,
    /// Frames that have not been written, encoded.
    pub writebuf: BytesMut,
}

impl<T: AsyncRead + AsyncWrite, U: Decoder + Encoder> Framed<T, U> {
    pub(crate) fn new(inner: T, codec: U) -> Framed<T, U> {
        Framed { framed: frame::Framed::new(inner, codec) }
    }
}

impl<T, U> Framed<T, U> {
    /// Puts the parts together.
    pub fn from_parts(parts: FramedParts<T>, codec: U) -> Framed<T, U> {
        let mut today = frame::FramedParts::new(parts.inner, codec);
        today.read_buf = parts.readbuf;
        today.write_buf = parts.writebuf;
        Framed { framed: frame::Framed::from_parts(today) }
    }

    /// Returns the stream of bytes.
    pub fn get_ref(&self) -> &T {
        self.framed.get_ref()
    }

    /// Returns the stream of bytes, to be changed.
    pub fn get_mut(&mut self) -> &mut T {
        self.framed.get_mut()
    }

    /// Takes the stream of bytes out.
    pub fn into_inner(self) -> T {
        self.framed.into_inner()
    }

    /// Takes everything apart and drops the codec.
    pub fn into_parts(self) -> FramedParts<T> {
        self.into_parts_and_codec().0
    }

    /// Takes everything apart.
    pub fn into_parts_and_codec(self) -> (FramedParts<T>, U) {
        let parts = self.framed.into_parts();
        let old =
            FramedParts { inner: parts.io, readbuf: parts.read_buf, writebuf: parts.write_buf };
        (old, parts.codec)
    }
}

impl<T: AsyncRead, U: Decoder> Stream for Framed<T, U> {
    type Item = U::Item;
    type Error = U::Error;

    fn poll(&mut self) -> Poll<Option<U::Item>, U::Error> {
        self.framed.poll()
    }
}

impl<T: AsyncWrite, U: Encoder> Sink for Framed<T, U>
where
    U::Error: From<io::Error>,
{
    type SinkItem = U::Item;
    type SinkError = U::Error;

    fn start_send(&mut self, item: U::Item) -> StartSend<U::Item, U::Error> {
        self.framed.start_send(item)
    }

    fn poll_complete(&mut self) -> Poll<(), U::Error> {
        self.framed.poll_complete()
    }

    fn close(&mut self) -> Poll<(), U::Error> {
        self.framed.close()
    }
}

impl<T: fmt::Debug, U: fmt::Debug> fmt::Debug for Framed<T, U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.framed.fmt(f)
    }
}
