//! What TCP streams and those of Unix have in common: their faces, and their halves.

use crate::io::{AsyncRead, AsyncWrite, ReadBuf};
use std::error::Error;
use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

/// The half of a socket that reads.
///
/// # Dropping
///
/// Closes the socket if the other half is gone.
#[derive(Debug)]
pub struct OwnedReadHalf<S> {
    socket: Arc<S>,
}

/// The half of a socket that writes.
///
/// # Dropping
///
/// Says to the peer that nothing follows, and closes the socket if the other half is
/// gone.
#[derive(Debug)]
pub struct OwnedWriteHalf<S: EndWriting> {
    socket: Arc<S>,
    /// The halves are joined again; the socket goes on.
    rejoined: bool,
}

/// A stream that can end in one direction.
#[doc(hidden)]
pub trait EndWriting {
    #[doc(hidden)]
    fn end_writing(&self) -> io::Result<()>;
}

/// These halves are not of one socket; they come back.
#[derive(Debug)]
pub struct ReuniteError<S: EndWriting>(pub OwnedReadHalf<S>, pub OwnedWriteHalf<S>);

impl<S: EndWriting> fmt::Display for ReuniteError<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cannot join halves of two sockets")
    }
}

impl<S: EndWriting + fmt::Debug> Error for ReuniteError<S> {}

pub(super) fn halves<S: EndWriting>(socket: S) -> (OwnedReadHalf<S>, OwnedWriteHalf<S>) {
    let socket = Arc::new(socket);
    (OwnedReadHalf { socket: socket.clone() }, OwnedWriteHalf { socket, rejoined: false })
}

impl<S: EndWriting> OwnedReadHalf<S> {
    /// Joins the halves of a socket again.
    ///
    /// # Errors
    ///
    /// If `write` is half of another socket.
    pub fn reunite(self, mut write: OwnedWriteHalf<S>) -> Result<S, ReuniteError<S>> {
        if !Arc::ptr_eq(&self.socket, &write.socket) {
            return Err(ReuniteError(self, write));
        }
        write.rejoined = true;
        drop(write);
        Ok(Arc::into_inner(self.socket).expect("a socket has two halves"))
    }
}

impl<S> AsRef<S> for OwnedReadHalf<S> {
    fn as_ref(&self) -> &S {
        &self.socket
    }
}

impl<S: EndWriting> AsRef<S> for OwnedWriteHalf<S> {
    fn as_ref(&self) -> &S {
        &self.socket
    }
}

impl<S> AsyncRead for OwnedReadHalf<S>
where
    for<'a> &'a S: AsyncRead,
{
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut &*self.socket).poll_read(cx, buf)
    }
}

impl<S: EndWriting> AsyncWrite for OwnedWriteHalf<S>
where
    for<'a> &'a S: AsyncWrite,
{
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut &*self.socket).poll_write(cx, buf)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut &*self.socket).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut &*self.socket).poll_shutdown(cx)
    }
}

impl<S: EndWriting> Drop for OwnedWriteHalf<S> {
    fn drop(&mut self) {
        if !self.rejoined {
            // A peer that has gone already needs no end.
            let _ = self.socket.end_writing();
        }
    }
}

/// The face of a stream socket of the root crate.
macro_rules! stream {
    ($stream:ident) => {
        impl $stream {
            /// Parts the socket into a half that reads and a half that writes, which can
            /// go to different tasks. They do not wait for each other.
            pub fn into_split(
                self,
            ) -> ($crate::net::OwnedReadHalf<$stream>, $crate::net::OwnedWriteHalf<$stream>) {
                $crate::net::streams::halves(self)
            }

            /// The socket as a half that reads and a half that writes, for one task.
            pub fn split(&mut self) -> (&$stream, &$stream) {
                (&*self, &*self)
            }
        }

        impl From<tokio::net::$stream> for $stream {
            fn from(inner: tokio::net::$stream) -> $stream {
                $stream { inner }
            }
        }

        impl From<$stream> for tokio::net::$stream {
            fn from(stream: $stream) -> tokio::net::$stream {
                stream.inner
            }
        }

        impl $crate::net::streams::EndWriting for $stream {
            fn end_writing(&self) -> io::Result<()> {
                self.inner.shutdown(std::net::Shutdown::Write)
            }
        }

        stream!(@poll $stream, $stream);
        stream!(@poll $stream, &$stream);
    };
    (@poll $stream:ident, $type:ty) => {
        impl AsyncRead for $type {
            fn poll_read(
                self: Pin<&mut Self>,
                cx: &mut Context<'_>,
                buf: &mut ReadBuf<'_>,
            ) -> Poll<io::Result<()>> {
                let free = buf.initialize_unfilled();
                let n = ready!(self.inner.poll_read_cx(&cx.into(), free))?;
                buf.advance(n);
                Poll::Ready(Ok(()))
            }
        }

        impl AsyncWrite for $type {
            fn poll_write(
                self: Pin<&mut Self>,
                cx: &mut Context<'_>,
                buf: &[u8],
            ) -> Poll<io::Result<usize>> {
                self.inner.poll_write_cx(&cx.into(), buf)
            }

            // The kernel has it once it is written.
            fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
                Poll::Ready(Ok(()))
            }

            fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
                Poll::Ready(match self.inner.shutdown(std::net::Shutdown::Write) {
                    // The peer has ended it already.
                    Err(e) if e.kind() == io::ErrorKind::NotConnected => Ok(()),
                    result => result,
                })
            }
        }
    };
}

pub(super) use stream;
