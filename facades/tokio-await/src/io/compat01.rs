//! Readers and writers of futures 0.1, through the root crate's `Compat01`.

use super::{AsyncRead, AsyncWrite, ReadBuf};
use std::io;
use std::pin::Pin;
use std::task::{ready, Context, Poll};
use tokio::compat::Compat01;

impl<T: tokio_io::AsyncRead> AsyncRead for Compat01<T> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let free = buf.initialize_unfilled();
        let n = ready!(self.get_mut().poll_with(cx, |inner| inner.poll_read(free)))?;
        buf.advance(n);
        Poll::Ready(Ok(()))
    }
}

impl<T: tokio_io::AsyncWrite> AsyncWrite for Compat01<T> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.get_mut().poll_with(cx, |inner| inner.poll_write(buf))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.get_mut().poll_with(cx, |inner| inner.poll_flush())
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.get_mut().poll_with(cx, |inner| inner.shutdown())
    }
}
