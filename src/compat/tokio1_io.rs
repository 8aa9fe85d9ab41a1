//! Readers and writers of tokio 1.x.
//!
//! Why an adapter of its own in one direction? A type of tokio 1.x may also implement
//! the traits of futures-io, and [`Compat`](super::Compat) could not tell which to use.

use super::{from_async, into_async, or_blocked, Compat01};
use std::io::{self, Read, Write};
use std::pin::Pin;
use std::task::{ready, Context, Poll};
use tokio1::io::{AsyncRead as AsyncRead1, AsyncWrite as AsyncWrite1, ReadBuf};
use tokio_executor::cross::AsStd;
use tokio_io::{AsyncRead, AsyncWrite};

impl<R: AsyncRead> AsyncRead1 for Compat01<R> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let Compat01 { inner, crossing } = self.get_mut();
        // A reader of ours may look at what it is given, so that must be initialised;
        // `ReadBuf` remembers up to where it is.
        let free = buf.initialize_unfilled();
        let n = ready!(from_async(crossing.enter(cx, || inner.poll_read(free))))?;
        buf.advance(n);
        Poll::Ready(Ok(()))
    }
}

impl<W: AsyncWrite> AsyncWrite1 for Compat01<W> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let Compat01 { inner, crossing } = self.get_mut();
        from_async(crossing.enter(cx, || inner.poll_write(buf)))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Compat01 { inner, crossing } = self.get_mut();
        from_async(crossing.enter(cx, || inner.poll_flush()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Compat01 { inner, crossing } = self.get_mut();
        from_async(crossing.enter(cx, || inner.shutdown()))
    }
}

/// A reader or writer of tokio 1.x, with our `AsyncRead` and `AsyncWrite`.
///
/// Sockets of tokio 1.x themselves need a runtime of tokio 1.x around them; this adapter
/// does not make one.
///
/// # Dropping
///
/// Drops what is inside.
#[derive(Debug, Default)]
pub struct CompatTokio1<T> {
    inner: T,
    crossing: AsStd,
}

impl<T> CompatTokio1<T> {
    /// An adapter around `inner`.
    pub const fn new(inner: T) -> CompatTokio1<T> {
        CompatTokio1 { inner, crossing: AsStd::new() }
    }

    /// What is inside.
    pub fn get_ref(&self) -> &T {
        &self.inner
    }

    /// What is inside.
    pub fn get_mut(&mut self) -> &mut T {
        &mut self.inner
    }

    /// What is inside, without the adapter.
    pub fn into_inner(self) -> T {
        self.inner
    }
}

impl<R: AsyncRead1 + Unpin> Read for CompatTokio1<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let CompatTokio1 { inner, crossing } = self;
        let mut buf = ReadBuf::new(buf);
        or_blocked(crossing.enter(|cx| Pin::new(inner).poll_read(cx, &mut buf)))?;
        Ok(buf.filled().len())
    }
}

impl<R: AsyncRead1 + Unpin> AsyncRead for CompatTokio1<R> {}

impl<W: AsyncWrite1 + Unpin> Write for CompatTokio1<W> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        let CompatTokio1 { inner, crossing } = self;
        or_blocked(crossing.enter(|cx| Pin::new(inner).poll_write(cx, buf)))
    }

    fn flush(&mut self) -> io::Result<()> {
        let CompatTokio1 { inner, crossing } = self;
        or_blocked(crossing.enter(|cx| Pin::new(inner).poll_flush(cx)))
    }
}

impl<W: AsyncWrite1 + Unpin> AsyncWrite for CompatTokio1<W> {
    fn shutdown(&mut self) -> futures::Poll<(), io::Error> {
        let CompatTokio1 { inner, crossing } = self;
        into_async(crossing.enter(|cx| Pin::new(inner).poll_shutdown(cx)))
    }
}
