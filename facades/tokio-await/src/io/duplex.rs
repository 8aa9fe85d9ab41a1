//! Streams within the process.
//!
//! Called by programs and their tests, in place of a socket.
//!
//! Always true: each direction is a `pipe` of its own, with its own limit.
//!
//! Why a type for each of the three streams? Tokio's differ in what a drop ends: an end of a
//! duplex stream ends both ways, a `SimplexStream` is both ends at once.

use super::pipe::Pipe;
use super::split::{split, ReadHalf, WriteHalf};
use super::{AsyncRead, AsyncWrite, ReadBuf};
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

/// Creates the two ends of a stream: what is written to one is read from the other. Each way
/// there is room for `max_buf_size` bytes.
///
/// # Panics
///
/// If there is no room.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::io::{duplex, AsyncReadExt, AsyncWriteExt};
///
/// tokio::runtime::Runtime::new().unwrap().block_on(async {
///     let (mut client, mut server) = duplex(64);
///     client.write_all(b"ping").await.unwrap();
///     let mut buf = [0; 4];
///     server.read_exact(&mut buf).await.unwrap();
///     assert_eq!(&buf, b"ping");
/// });
/// ```
#[track_caller]
pub fn duplex(max_buf_size: usize) -> (DuplexStream, DuplexStream) {
    ends(max_buf_size, Pipe::close)
}

/// Works like [`duplex`] as it was in tokio 0.2: once an end was dropped, the other can still write
/// as much as there is room for.
// Hidden: for the interface of tokio 0.2.
#[doc(hidden)]
#[track_caller]
pub fn duplex_02(max_buf_size: usize) -> (DuplexStream, DuplexStream) {
    ends(max_buf_size, Pipe::abandon)
}

#[track_caller]
fn ends(max_buf_size: usize, stop_reading: fn(&Pipe)) -> (DuplexStream, DuplexStream) {
    let (there, back) = (Pipe::new(max_buf_size), Pipe::new(max_buf_size));
    let (there, back) = (Arc::new(there), Arc::new(back));
    let (incoming, outgoing) = (back.clone(), there.clone());
    let first = DuplexStream { incoming, outgoing, stop_reading };
    (first, DuplexStream { incoming: there, outgoing: back, stop_reading })
}

/// One end of a stream within the process; see [`duplex`].
///
/// # Dropping
///
/// The other end reads what is left, and then the end; it can write no more.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::io::{duplex, AsyncReadExt, AsyncWriteExt};
/// use tokio::runtime::Runtime;
///
/// Runtime::new().unwrap().block_on(async {
///     let (mut here, mut there) = duplex(64);
///     here.write_all(b"hello").await.unwrap();
///     let mut buf = [0; 5];
///     there.read_exact(&mut buf).await.unwrap();
///     assert_eq!(&buf, b"hello");
/// });
/// ```
#[derive(Debug)]
pub struct DuplexStream {
    incoming: Arc<Pipe>,
    outgoing: Arc<Pipe>,
    /// What the drop does to the incoming pipe.
    stop_reading: fn(&Pipe),
}

impl Drop for DuplexStream {
    fn drop(&mut self) {
        self.outgoing.close();
        (self.stop_reading)(&self.incoming);
    }
}

/// Creates a pipe with room for `max_buf_size` bytes, as its two ends.
///
/// To end it, shut the writer down: to drop that is not enough.
///
/// # Panics
///
/// If there is no room.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::io::{simplex, AsyncReadExt, AsyncWriteExt};
///
/// tokio::runtime::Runtime::new().unwrap().block_on(async {
///     let (mut reader, mut writer) = simplex(64);
///     writer.write_all(b"abc").await.unwrap();
///     let mut got = [0; 3];
///     reader.read_exact(&mut got).await.unwrap();
///     assert_eq!(&got, b"abc");
/// });
/// ```
#[track_caller]
pub fn simplex(max_buf_size: usize) -> (ReadHalf<SimplexStream>, WriteHalf<SimplexStream>) {
    split(SimplexStream::new_unsplit(max_buf_size))
}

/// A pipe within the process; see [`simplex`].
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::io::{simplex, AsyncReadExt, AsyncWriteExt};
/// use tokio::runtime::Runtime;
///
/// Runtime::new().unwrap().block_on(async {
///     let (mut there, mut here) = simplex(64);
///     here.write_all(b"hello").await.unwrap();
///     let mut buf = [0; 5];
///     there.read_exact(&mut buf).await.unwrap();
///     assert_eq!(&buf, b"hello");
/// });
/// ```
#[derive(Debug)]
pub struct SimplexStream {
    pipe: Pipe,
}

impl SimplexStream {
    /// Creates a pipe with room for `max_buf_size` bytes, as one stream.
    ///
    /// # Panics
    ///
    /// If there is no room.
    #[track_caller]
    pub fn new_unsplit(max_buf_size: usize) -> SimplexStream {
        SimplexStream { pipe: Pipe::new(max_buf_size) }
    }
}

macro_rules! over_pipes {
    ($type:ident, $incoming:ident, $outgoing:ident) => {
        impl AsyncRead for $type {
            fn poll_read(
                self: Pin<&mut Self>,
                cx: &mut Context<'_>,
                buf: &mut ReadBuf<'_>,
            ) -> Poll<io::Result<()>> {
                self.$incoming.poll_read(cx, buf)
            }
        }

        impl AsyncWrite for $type {
            fn poll_write(
                self: Pin<&mut Self>,
                cx: &mut Context<'_>,
                buf: &[u8],
            ) -> Poll<io::Result<usize>> {
                self.$outgoing.poll_write(cx, &[IoSlice::new(buf)])
            }

            fn poll_write_vectored(
                self: Pin<&mut Self>,
                cx: &mut Context<'_>,
                bufs: &[IoSlice<'_>],
            ) -> Poll<io::Result<usize>> {
                self.$outgoing.poll_write(cx, bufs)
            }

            fn is_write_vectored(&self) -> bool {
                true
            }

            // What is written can be read.
            fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
                Poll::Ready(Ok(()))
            }

            fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
                self.$outgoing.close();
                Poll::Ready(Ok(()))
            }
        }
    };
}

over_pipes!(DuplexStream, incoming, outgoing);
over_pipes!(SimplexStream, pipe, pipe);
