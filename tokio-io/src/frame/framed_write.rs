//! Frames into a writer.

use super::writing::Writing;
use super::Encoder;
use crate::AsyncWrite;
use futures::{Poll, Sink, StartSend, Stream};
use std::fmt;

/// A `Sink` that writes frames into `T`.
///
/// It accepts frames until 8 KiB wait to be written. `poll_complete` writes and flushes
/// them; `close` shuts the writer down after that. If `T` is a `Stream`, so is this: it
/// passes items on as they are.
///
/// # Errors
///
/// Those of the writer and of the encoder; `WriteZero` if the writer takes nothing.
///
/// # Examples
///
/// ```
/// use futures::{Future, Sink};
/// use std::io::Cursor;
/// use tokio::codec::{FramedWrite, LinesCodec};
///
/// let lines = FramedWrite::new(Cursor::new(Vec::new()), LinesCodec::new());
/// let lines = lines.send("one".to_owned()).wait()?;
/// assert_eq!(lines.into_inner().into_inner(), b"one\n");
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct FramedWrite<T, E> {
    inner: T,
    encoder: E,
    writing: Writing,
}

impl<T: AsyncWrite, E: Encoder> FramedWrite<T, E> {
    /// Frames into `inner`, as `encoder` writes them.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::{Future, Sink};
    /// use std::io::Cursor;
    /// use tokio::codec::{FramedWrite, LinesCodec};
    ///
    /// let lines = FramedWrite::new(Cursor::new(Vec::new()), LinesCodec::new());
    /// let lines = lines.send("one".to_owned()).wait()?;
    /// assert_eq!(lines.into_inner().into_inner(), b"one\n");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn new(inner: T, encoder: E) -> FramedWrite<T, E> {
        FramedWrite { inner, encoder, writing: Writing::new() }
    }
}

impl<T, E> FramedWrite<T, E> {
    /// Returns the writer.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::Cursor;
    /// use tokio::codec::{FramedWrite, LinesCodec};
    ///
    /// let lines = FramedWrite::new(Cursor::new(Vec::new()), LinesCodec::new());
    /// assert!(lines.get_ref().get_ref().is_empty());
    /// ```
    pub fn get_ref(&self) -> &T {
        &self.inner
    }

    /// Returns the writer, to be changed. Bytes that others write to it come between the frames.
    pub fn get_mut(&mut self) -> &mut T {
        &mut self.inner
    }

    /// Takes the writer out. What has not been written yet is lost.
    pub fn into_inner(self) -> T {
        self.inner
    }

    /// Returns the encoder.
    pub fn encoder(&self) -> &E {
        &self.encoder
    }

    /// Returns the encoder, to be changed.
    pub fn encoder_mut(&mut self) -> &mut E {
        &mut self.encoder
    }
}

impl<T: AsyncWrite, E: Encoder> Sink for FramedWrite<T, E> {
    type SinkItem = E::Item;
    type SinkError = E::Error;

    fn start_send(&mut self, item: E::Item) -> StartSend<E::Item, E::Error> {
        self.writing.accept(&mut self.inner, &mut self.encoder, item)
    }

    fn poll_complete(&mut self) -> Poll<(), E::Error> {
        Ok(self.writing.poll_sent(&mut self.inner)?)
    }

    fn close(&mut self) -> Poll<(), E::Error> {
        Ok(self.writing.poll_closed(&mut self.inner)?)
    }
}

impl<T: Stream, E> Stream for FramedWrite<T, E> {
    type Item = T::Item;
    type Error = T::Error;

    fn poll(&mut self) -> Poll<Option<T::Item>, T::Error> {
        self.inner.poll()
    }
}

impl<T: fmt::Debug, E: fmt::Debug> fmt::Debug for FramedWrite<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FramedWrite")
            .field("inner", &self.inner)
            .field("encoder", &self.encoder)
            .field("writing", &self.writing)
            .finish()
    }
}
