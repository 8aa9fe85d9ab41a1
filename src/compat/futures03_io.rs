//! Readers and writers of futures-io.

use super::{Compat, Compat01};
use futures_io::{AsyncRead as AsyncRead03, AsyncWrite as AsyncWrite03};
use std::io::{self, Read, Write};
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio_executor::internals::convert::{from_async, into_async, or_would_block};
use tokio_io::{AsyncRead, AsyncWrite};

impl<R: AsyncRead> AsyncRead03 for Compat01<R> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        let Compat01 { inner, bridge } = self.get_mut();
        from_async(bridge.enter(cx, || inner.poll_read(buf)))
    }
}

impl<W: AsyncWrite> AsyncWrite03 for Compat01<W> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let Compat01 { inner, bridge } = self.get_mut();
        from_async(bridge.enter(cx, || inner.poll_write(buf)))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Compat01 { inner, bridge } = self.get_mut();
        from_async(bridge.enter(cx, || inner.poll_flush()))
    }

    fn poll_close(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Compat01 { inner, bridge } = self.get_mut();
        from_async(bridge.enter(cx, || inner.shutdown()))
    }
}

impl<R: AsyncRead03 + Unpin> Read for Compat<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let Compat { inner, bridge } = self;
        or_would_block(bridge.enter(|cx| Pin::new(inner).poll_read(cx, buf)))
    }
}

impl<R: AsyncRead03 + Unpin> AsyncRead for Compat<R> {}

impl<W: AsyncWrite03 + Unpin> Write for Compat<W> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        let Compat { inner, bridge } = self;
        or_would_block(bridge.enter(|cx| Pin::new(inner).poll_write(cx, buf)))
    }

    fn flush(&mut self) -> io::Result<()> {
        let Compat { inner, bridge } = self;
        or_would_block(bridge.enter(|cx| Pin::new(inner).poll_flush(cx)))
    }
}

impl<W: AsyncWrite03 + Unpin> AsyncWrite for Compat<W> {
    fn shutdown(&mut self) -> futures::Poll<(), io::Error> {
        let Compat { inner, bridge } = self;
        into_async(bridge.enter(|cx| Pin::new(inner).poll_close(cx)))
    }
}
