//! Length-delimited frames of any buffer type, written without being copied together.
//!
//! Reading is today's codec. Writing differs: a frame is any `IntoBuf` and stays where
//! it is, behind its length field, until it has been written.
//!
//! Called by programs and libraries that still use `tokio_io::codec`.
//!
//! Always true: at most one frame is held, and the next is accepted only after it.
//!
//! Why not today's codec alone? It takes `Bytes`; here a frame is any `IntoBuf`, which is part of
//! the type, and is written from where it lies.

use crate::frame::head::{head_settings, Head};
use crate::frame::{self, LengthDelimitedCodec};
use crate::{AsyncRead, AsyncWrite};
use bytes::buf::Chain;
use bytes::{Buf, BufMut, Bytes, BytesMut, IntoBuf};
use futures::{try_ready, Async, AsyncSink, Poll, Sink, StartSend, Stream};
use std::fmt;
use std::io::{self, Cursor, Read, Write};

pub use crate::frame::length_delimited::FrameTooBig;

/// Settings for length-delimited frames.
///
/// # Examples
///
/// ```
/// use futures::{Future, Stream};
/// use tokio_io::codec::length_delimited::Builder;
///
/// let frames = Builder::new().length_field_length(1).new_read(&b"\x03abc\x01d"[..]);
/// let frames = frames.collect().wait()?;
/// assert_eq!(frames, [&b"abc"[..], b"d"]);
/// # Ok::<(), std::io::Error>(())
/// ```
#[deprecated(since = "0.1.8", note = "moved to tokio-codec")]
#[derive(Debug, Clone, Copy)]
pub struct Builder {
    head: Head,
}

/// A stream and sink of frames.
#[deprecated(since = "0.1.8", note = "moved to tokio-codec")]
pub struct Framed<T, B: IntoBuf = BytesMut> {
    pub(crate) inner: FramedRead<FramedWrite<T, B>>,
}

/// A stream of frames.
///
/// # Examples
///
/// ```
/// use futures::{Future, Stream};
/// use tokio_io::codec::length_delimited::FramedRead;
///
/// let frames = FramedRead::new(&b"\0\0\0\x03abc"[..]).collect().wait()?;
/// assert_eq!(frames, [&b"abc"[..]]);
/// # Ok::<(), std::io::Error>(())
/// ```
#[deprecated(since = "0.1.8", note = "moved to tokio-codec")]
#[derive(Debug)]
pub struct FramedRead<T> {
    pub(crate) inner: frame::FramedRead<T, LengthDelimitedCodec>,
}

/// A sink of frames.
///
/// # Examples
///
/// ```
/// use futures::{Future, Sink};
/// use std::io::Cursor;
/// use tokio_io::codec::length_delimited::FramedWrite;
///
/// let frames = FramedWrite::new(Cursor::new(Vec::new())).send("abc").wait()?;
/// assert_eq!(frames.into_inner().into_inner(), b"\0\0\0\x03abc");
/// # Ok::<(), std::io::Error>(())
/// ```
#[deprecated(since = "0.1.8", note = "moved to tokio-codec")]
pub struct FramedWrite<T, B: IntoBuf = BytesMut> {
    inner: T,
    head: Head,
    /// The frame that is being written.
    frame: Option<Chain<Cursor<Bytes>, B::Buf>>,
}

impl Builder {
    /// Returns the default settings.
    #[allow(clippy::new_without_default)]
    pub fn new() -> Builder {
        Builder { head: Head::DEFAULT }
    }

    head_settings!();

    /// Returns a stream of the frames that arrive from `upstream`.
    pub fn new_read<T>(&self, upstream: T) -> FramedRead<T>
    where
        T: AsyncRead,
    {
        let codec = LengthDelimitedCodec::with_head(self.head);
        FramedRead { inner: frame::FramedRead::new(upstream, codec) }
    }

    /// Returns a sink that writes frames into `inner`.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::{Future, Sink};
    /// use std::io::Cursor;
    /// use tokio_io::codec::length_delimited::Builder;
    ///
    /// let frames = Builder::new().length_field_length(2).new_write(Cursor::new(Vec::new()));
    /// let frames = frames.send(vec![7; 3]).wait()?;
    /// assert_eq!(frames.into_inner().into_inner(), [0, 3, 7, 7, 7]);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn new_write<T, B>(&self, inner: T) -> FramedWrite<T, B>
    where
        T: AsyncWrite,
        B: IntoBuf,
    {
        FramedWrite { inner, head: self.head, frame: None }
    }

    /// Returns a stream and sink of frames over `inner`.
    pub fn new_framed<T, B>(&self, inner: T) -> Framed<T, B>
    where
        T: AsyncRead + AsyncWrite,
        B: IntoBuf,
    {
        Framed { inner: self.new_read(self.new_write(inner)) }
    }
}

impl<T: AsyncRead + AsyncWrite, B: IntoBuf> Framed<T, B> {
    /// Frames over `inner`, with the default settings.
    pub fn new(inner: T) -> Framed<T, B> {
        Builder::new().new_framed(inner)
    }
}

impl<T, B: IntoBuf> Framed<T, B> {
    /// Returns the stream of bytes.
    pub fn get_ref(&self) -> &T {
        self.inner.get_ref().get_ref()
    }

    /// Returns the stream of bytes, to be changed.
    pub fn get_mut(&mut self) -> &mut T {
        self.inner.get_mut().get_mut()
    }

    /// Takes the stream of bytes out. What was buffered is lost.
    pub fn into_inner(self) -> T {
        self.inner.into_inner().into_inner()
    }
}

impl<T: AsyncRead, B: IntoBuf> Stream for Framed<T, B> {
    type Item = BytesMut;
    type Error = io::Error;

    fn poll(&mut self) -> Poll<Option<BytesMut>, io::Error> {
        self.inner.poll()
    }
}

impl<T: AsyncWrite, B: IntoBuf> Sink for Framed<T, B> {
    type SinkItem = B;
    type SinkError = io::Error;

    fn start_send(&mut self, item: B) -> StartSend<B, io::Error> {
        self.inner.start_send(item)
    }

    fn poll_complete(&mut self) -> Poll<(), io::Error> {
        self.inner.poll_complete()
    }

    fn close(&mut self) -> Poll<(), io::Error> {
        self.inner.close()
    }
}

impl<T, B> fmt::Debug for Framed<T, B>
where
    T: fmt::Debug,
    B: IntoBuf,
    B::Buf: fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Framed").field("inner", &self.inner).finish()
    }
}

impl<T: AsyncRead> FramedRead<T> {
    /// Frames from `inner`, with the default settings.
    pub fn new(inner: T) -> FramedRead<T> {
        Builder::new().new_read(inner)
    }
}

impl<T> FramedRead<T> {
    /// Returns the greatest length allowed, in bytes.
    pub fn max_frame_length(&self) -> usize {
        self.inner.decoder().max_frame_length()
    }

    /// Sets the greatest length allowed, in bytes, for the next frame.
    pub fn set_max_frame_length(&mut self, val: usize) {
        self.inner.decoder_mut().set_max_frame_length(val);
    }

    /// Returns the reader.
    pub fn get_ref(&self) -> &T {
        self.inner.get_ref()
    }

    /// Returns the reader, to be changed.
    pub fn get_mut(&mut self) -> &mut T {
        self.inner.get_mut()
    }

    /// Takes the reader out. What was buffered is lost.
    pub fn into_inner(self) -> T {
        self.inner.into_inner()
    }
}

impl<T: AsyncRead> Stream for FramedRead<T> {
    type Item = BytesMut;
    type Error = io::Error;

    fn poll(&mut self) -> Poll<Option<BytesMut>, io::Error> {
        self.inner.poll()
    }
}

impl<T: Sink> Sink for FramedRead<T> {
    type SinkItem = T::SinkItem;
    type SinkError = T::SinkError;

    fn start_send(&mut self, item: T::SinkItem) -> StartSend<T::SinkItem, T::SinkError> {
        self.inner.start_send(item)
    }

    fn poll_complete(&mut self) -> Poll<(), T::SinkError> {
        self.inner.poll_complete()
    }

    fn close(&mut self) -> Poll<(), T::SinkError> {
        self.inner.close()
    }
}

impl<T: Write> Write for FramedRead<T> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.get_mut().write(buf)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.get_mut().flush()
    }
}

impl<T: AsyncWrite> AsyncWrite for FramedRead<T> {
    fn poll_write(&mut self, buf: &[u8]) -> Poll<usize, io::Error> {
        self.get_mut().poll_write(buf)
    }

    fn poll_flush(&mut self) -> Poll<(), io::Error> {
        self.get_mut().poll_flush()
    }

    fn shutdown(&mut self) -> Poll<(), io::Error> {
        self.get_mut().shutdown()
    }

    fn write_buf<B: Buf>(&mut self, buf: &mut B) -> Poll<usize, io::Error> {
        self.get_mut().write_buf(buf)
    }
}

impl<T: AsyncWrite, B: IntoBuf> FramedWrite<T, B> {
    /// Frames into `inner`, with the default settings.
    pub fn new(inner: T) -> FramedWrite<T, B> {
        Builder::new().new_write(inner)
    }

    /// Writes the frame that is held, if any, to its end.
    fn poll_written(&mut self) -> Poll<(), io::Error> {
        while let Some(frame) = self.frame.as_mut().filter(|frame| frame.has_remaining()) {
            if try_ready!(self.inner.write_buf(frame)) == 0 {
                return Err(io::Error::new(
                    io::ErrorKind::WriteZero,
                    format!(
                        "failed to write frame to transport: the writer took none of its {} bytes",
                        frame.remaining()
                    ),
                ));
            }
        }
        self.frame = None;
        Ok(Async::Ready(()))
    }
}

impl<T, B: IntoBuf> FramedWrite<T, B> {
    /// Returns the greatest length allowed, in bytes.
    pub fn max_frame_length(&self) -> usize {
        self.head.max_frame_len
    }

    /// Sets the greatest length allowed, in bytes, for the next frame.
    pub fn set_max_frame_length(&mut self, val: usize) {
        self.head.max_frame_len = val;
    }

    /// Returns the writer.
    pub fn get_ref(&self) -> &T {
        &self.inner
    }

    /// Returns the writer, to be changed.
    pub fn get_mut(&mut self) -> &mut T {
        &mut self.inner
    }

    /// Takes the writer out. What was not written is lost.
    pub fn into_inner(self) -> T {
        self.inner
    }
}

impl<T: AsyncWrite, B: IntoBuf> Sink for FramedWrite<T, B> {
    type SinkItem = B;
    type SinkError = io::Error;

    fn start_send(&mut self, item: B) -> StartSend<B, io::Error> {
        if self.poll_written()?.is_not_ready() {
            return Ok(AsyncSink::NotReady(item));
        }
        let payload = item.into_buf();
        let field = self.head.field(payload.remaining())?;
        self.frame = Some(Buf::chain(Bytes::from(field.as_ref()).into_buf(), payload));
        Ok(AsyncSink::Ready)
    }

    fn poll_complete(&mut self) -> Poll<(), io::Error> {
        try_ready!(self.poll_written());
        self.inner.poll_flush()
    }

    fn close(&mut self) -> Poll<(), io::Error> {
        try_ready!(self.poll_complete());
        self.inner.shutdown()
    }
}

impl<T: Stream, B: IntoBuf> Stream for FramedWrite<T, B> {
    type Item = T::Item;
    type Error = T::Error;

    fn poll(&mut self) -> Poll<Option<T::Item>, T::Error> {
        self.inner.poll()
    }
}

impl<T: Read, B: IntoBuf> Read for FramedWrite<T, B> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.get_mut().read(buf)
    }
}

impl<T: AsyncRead, U: IntoBuf> AsyncRead for FramedWrite<T, U> {
    fn poll_read(&mut self, buf: &mut [u8]) -> Poll<usize, io::Error> {
        self.get_mut().poll_read(buf)
    }

    fn read_buf<B: BufMut>(&mut self, buf: &mut B) -> Poll<usize, io::Error> {
        AsyncRead::read_buf(self.get_mut(), buf)
    }
}

impl<T, B> fmt::Debug for FramedWrite<T, B>
where
    T: fmt::Debug,
    B: IntoBuf,
    B::Buf: fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FramedWrite")
            .field("inner", &self.inner)
            .field("head", &self.head)
            .field("frame", &self.frame)
            .finish()
    }
}
