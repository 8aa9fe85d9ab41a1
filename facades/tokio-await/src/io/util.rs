//! Streams of nothing, and streams made of others.

use super::{AsyncBufRead, AsyncRead, AsyncWrite, ReadBuf};
use std::io;
use std::pin::Pin;
use std::task::{ready, Context, Poll};
use tokio_executor::coop;

/// A source at its end, and a sink that takes everything.
#[derive(Debug)]
pub struct Empty(());

/// A source at its end.
pub fn empty() -> Empty {
    Empty(())
}

/// A source without end.
#[derive(Debug)]
pub struct Repeat(u8);

/// A source of one byte, over and over.
pub fn repeat(byte: u8) -> Repeat {
    Repeat(byte)
}

/// A sink that takes everything.
#[derive(Debug)]
pub struct Sink(());

/// A sink that takes everything.
pub fn sink() -> Sink {
    Sink(())
}

impl AsyncRead for Empty {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        _: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

impl AsyncBufRead for Empty {
    fn poll_fill_buf(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<&[u8]>> {
        Poll::Ready(Ok(&[]))
    }

    fn consume(self: Pin<&mut Self>, _: usize) {}
}

impl AsyncRead for Repeat {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        // It has no end, and so must give way now and then.
        if !coop::proceed(&cx.into()) {
            return Poll::Pending;
        }
        buf.initialize_unfilled().fill(self.0);
        buf.advance(buf.remaining());
        Poll::Ready(Ok(()))
    }
}

macro_rules! takes_everything {
    ($($sink:ident),*) => { $(
        impl AsyncWrite for $sink {
            fn poll_write(
                self: Pin<&mut Self>,
                cx: &mut Context<'_>,
                buf: &[u8],
            ) -> Poll<io::Result<usize>> {
                if !coop::proceed(&cx.into()) {
                    return Poll::Pending;
                }
                Poll::Ready(Ok(buf.len()))
            }

            fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
                Poll::Ready(Ok(()))
            }

            fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
                Poll::Ready(Ok(()))
            }
        }
    )* };
}

takes_everything!(Sink, Empty);

/// The beginning of a stream; see [`AsyncReadExt::take`](super::AsyncReadExt::take).
#[derive(Debug)]
pub struct Take<R> {
    inner: R,
    limit: u64,
}

impl<R> Take<R> {
    pub(super) fn new(inner: R, limit: u64) -> Take<R> {
        Take { inner, limit }
    }

    /// The bytes that can still be read.
    pub fn limit(&self) -> u64 {
        self.limit
    }

    /// Sets how many bytes can still be read.
    pub fn set_limit(&mut self, limit: u64) {
        self.limit = limit;
    }

    /// What is read from.
    pub fn get_ref(&self) -> &R {
        &self.inner
    }

    /// What is read from.
    pub fn get_mut(&mut self) -> &mut R {
        &mut self.inner
    }

    /// What is read from.
    pub fn into_inner(self) -> R {
        self.inner
    }

    /// `n` bytes, or as many as may be read.
    fn limited(&self, n: usize) -> usize {
        n.min(self.limit.try_into().unwrap_or(usize::MAX))
    }
}

impl<R: AsyncRead + Unpin> AsyncRead for Take<R> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let room = self.limited(buf.remaining());
        if room == 0 {
            return Poll::Ready(Ok(()));
        }
        let mut part = ReadBuf::new(buf.initialize_unfilled_to(room));
        ready!(Pin::new(&mut self.inner).poll_read(cx, &mut part))?;
        let n = part.filled().len();
        buf.advance(n);
        self.limit -= n as u64;
        Poll::Ready(Ok(()))
    }
}

impl<R: AsyncBufRead + Unpin> AsyncBufRead for Take<R> {
    fn poll_fill_buf(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<&[u8]>> {
        if self.limit == 0 {
            return Poll::Ready(Ok(&[]));
        }
        let most = self.limited(usize::MAX);
        let there = ready!(Pin::new(&mut self.get_mut().inner).poll_fill_buf(cx))?;
        Poll::Ready(Ok(&there[..there.len().min(most)]))
    }

    fn consume(mut self: Pin<&mut Self>, n: usize) {
        let n = self.limited(n);
        self.limit -= n as u64;
        Pin::new(&mut self.inner).consume(n);
    }
}

/// Two streams, one after the other; see
/// [`AsyncReadExt::chain`](super::AsyncReadExt::chain).
#[derive(Debug)]
pub struct Chain<A, B> {
    first: A,
    second: B,
    first_ended: bool,
}

impl<A, B> Chain<A, B> {
    pub(super) fn new(first: A, second: B) -> Chain<A, B> {
        Chain { first, second, first_ended: false }
    }

    /// What is read from.
    pub fn get_ref(&self) -> (&A, &B) {
        (&self.first, &self.second)
    }

    /// What is read from.
    pub fn into_inner(self) -> (A, B) {
        (self.first, self.second)
    }
}

impl<A: AsyncRead + Unpin, B: AsyncRead + Unpin> AsyncRead for Chain<A, B> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if !this.first_ended {
            let before = buf.filled().len();
            ready!(Pin::new(&mut this.first).poll_read(cx, buf))?;
            if buf.filled().len() > before || buf.remaining() == 0 {
                return Poll::Ready(Ok(()));
            }
            this.first_ended = true;
        }
        Pin::new(&mut this.second).poll_read(cx, buf)
    }
}
