//! Frames from a reader.

use super::reading::Reading;
use super::Decoder;
use crate::AsyncRead;
use futures::{Poll, Sink, StartSend, Stream};
use std::fmt;
use tokio_executor::cross::As01;

/// A `Stream` of the frames that arrive from `T`.
///
/// If `T` is a `Sink`, so is this: it passes frames on as they are.
///
/// # Errors
///
/// As for [`Framed`](super::Framed).
///
/// # Examples
///
/// ```
/// use futures::Stream;
/// use tokio::codec::{FramedRead, LinesCodec};
///
/// let source = &b"one\ntwo\n"[..];
/// let lines = FramedRead::new(source, LinesCodec::new()).collect();
/// let lines = futures::Future::wait(lines)?;
/// assert_eq!(lines, ["one", "two"]);
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct FramedRead<T, D> {
    inner: T,
    decoder: D,
    reading: Reading,
    pub(crate) bridge: As01,
}

impl<T: AsyncRead, D: Decoder> FramedRead<T, D> {
    /// Frames from `inner`, as `decoder` sees them.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::{Future, Stream};
    /// use tokio::codec::{FramedRead, LinesCodec};
    ///
    /// let lines = FramedRead::new(&b"one\ntwo\n"[..], LinesCodec::new());
    /// assert_eq!(lines.collect().wait()?, ["one", "two"]);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn new(inner: T, decoder: D) -> FramedRead<T, D> {
        FramedRead { inner, decoder, reading: Reading::new(), bridge: As01::new() }
    }
}

impl<T, D> FramedRead<T, D> {
    /// Returns the reader.
    pub fn get_ref(&self) -> &T {
        &self.inner
    }

    /// Returns the reader, to be changed. Bytes that others read from it are missing here.
    pub fn get_mut(&mut self) -> &mut T {
        &mut self.inner
    }

    /// Takes the reader out. What was read but has become no frame is lost.
    pub fn into_inner(self) -> T {
        self.inner
    }

    /// Returns the decoder.
    pub fn decoder(&self) -> &D {
        &self.decoder
    }

    /// Returns the decoder, to be changed.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::codec::{FramedRead, LengthDelimitedCodec};
    ///
    /// let mut frames = FramedRead::new(&b""[..], LengthDelimitedCodec::new());
    /// frames.decoder_mut().set_max_frame_length(1024);
    /// assert_eq!(frames.decoder().max_frame_length(), 1024);
    /// ```
    pub fn decoder_mut(&mut self) -> &mut D {
        &mut self.decoder
    }
}

impl<T: AsyncRead, D: Decoder> Stream for FramedRead<T, D> {
    type Item = D::Item;
    type Error = D::Error;

    fn poll(&mut self) -> Poll<Option<D::Item>, D::Error> {
        self.reading.poll_frame(&mut self.inner, &mut self.decoder)
    }
}

impl<T: Sink, D> Sink for FramedRead<T, D> {
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

impl<T: fmt::Debug, D: fmt::Debug> fmt::Debug for FramedRead<T, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FramedRead")
            .field("inner", &self.inner)
            .field("decoder", &self.decoder)
            .field("reading", &self.reading)
            .finish()
    }
}
