//! What is polled below the crossings: each leaf is future, stream, sink, reader and
//! writer of its world.

use futures::{Async, AsyncSink};
use futures03::io::{AsyncRead as AsyncRead03, AsyncWrite as AsyncWrite03};
use futures03::{Sink as Sink03, Stream as Stream03};
use std::future::Future;
use std::hint::black_box;
use std::io::{self, Read, Write};
use std::pin::Pin;
use std::task::{Context, Poll};

/// Whether the task that asks has to wait.
struct Turns {
    /// Waits left before the next answer.
    left: u64,
    /// Waits before every further answer.
    every_time: u64,
}

impl Turns {
    /// Whether the answer is there; otherwise `wake` is called.
    fn ready(&mut self, wake: impl FnOnce()) -> bool {
        if black_box(self.left) == 0 {
            self.left = self.every_time;
            return true;
        }
        self.left -= 1;
        wake();
        false
    }
}

/// A leaf of futures 0.1.
pub struct Leaf01(Turns);

/// A leaf of std and futures 0.3.
pub struct LeafStd(Turns);

impl Leaf01 {
    pub fn new(waits: bool) -> Leaf01 {
        Leaf01(Turns { left: waits.into(), every_time: waits.into() })
    }

    /// A future that lets its task wait so many times.
    pub fn pending(times: u64) -> Leaf01 {
        Leaf01(Turns { left: times, every_time: 0 })
    }

    fn ready(&mut self) -> bool {
        self.0.ready(|| futures::task::current().notify())
    }

    fn ready_or_blocked(&mut self) -> io::Result<()> {
        match self.ready() {
            true => Ok(()),
            false => Err(io::ErrorKind::WouldBlock.into()),
        }
    }
}

impl futures::Future for Leaf01 {
    type Item = ();
    type Error = ();

    fn poll(&mut self) -> futures::Poll<(), ()> {
        Ok(if self.ready() { Async::Ready(()) } else { Async::NotReady })
    }
}

impl futures::Stream for Leaf01 {
    type Item = u64;
    type Error = ();

    fn poll(&mut self) -> futures::Poll<Option<u64>, ()> {
        Ok(if self.ready() { Async::Ready(Some(1)) } else { Async::NotReady })
    }
}

impl futures::Sink for Leaf01 {
    type SinkItem = u64;
    type SinkError = ();

    fn start_send(&mut self, item: u64) -> futures::StartSend<u64, ()> {
        Ok(if self.ready() { AsyncSink::Ready } else { AsyncSink::NotReady(item) })
    }

    fn poll_complete(&mut self) -> futures::Poll<(), ()> {
        Ok(Async::Ready(()))
    }
}

impl Read for Leaf01 {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.ready_or_blocked()?;
        buf.fill(1);
        Ok(buf.len())
    }
}

impl Write for Leaf01 {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.ready_or_blocked()?;
        Ok(black_box(bytes).len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl tokio::io::AsyncRead for Leaf01 {}

impl tokio::io::AsyncWrite for Leaf01 {
    fn shutdown(&mut self) -> futures::Poll<(), io::Error> {
        Ok(Async::Ready(()))
    }
}

// The traits of the stock crate, which are those that futures 0.3 knows.
impl tokio_stock_io::AsyncRead for Leaf01 {}

impl tokio_stock_io::AsyncWrite for Leaf01 {
    fn shutdown(&mut self) -> futures::Poll<(), io::Error> {
        Ok(Async::Ready(()))
    }
}

impl LeafStd {
    pub fn new(waits: bool) -> LeafStd {
        LeafStd(Turns { left: waits.into(), every_time: waits.into() })
    }

    /// A future that lets its task wait so many times.
    pub fn pending(times: u64) -> LeafStd {
        LeafStd(Turns { left: times, every_time: 0 })
    }

    fn poll_ready<T>(&mut self, cx: &Context<'_>, answer: impl FnOnce() -> T) -> Poll<T> {
        let wake = || {
            // As if it had been kept, which is what leaves do.
            let waker = cx.waker().clone();
            waker.wake();
        };
        match self.0.ready(wake) {
            true => Poll::Ready(answer()),
            false => Poll::Pending,
        }
    }
}

impl Future for LeafStd {
    type Output = Result<(), ()>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), ()>> {
        self.get_mut().poll_ready(cx, || Ok(()))
    }
}

impl Stream03 for LeafStd {
    type Item = Result<u64, ()>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<u64, ()>>> {
        self.get_mut().poll_ready(cx, || Some(Ok(1)))
    }
}

impl Sink03<u64> for LeafStd {
    type Error = ();

    fn poll_ready(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), ()>> {
        self.get_mut().poll_ready(cx, || Ok(()))
    }

    fn start_send(self: Pin<&mut Self>, item: u64) -> Result<(), ()> {
        black_box(item);
        Ok(())
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), ()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), ()>> {
        Poll::Ready(Ok(()))
    }
}

impl AsyncRead03 for LeafStd {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        self.get_mut().poll_ready(cx, || {
            buf.fill(1);
            Ok(buf.len())
        })
    }
}

impl AsyncWrite03 for LeafStd {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.get_mut().poll_ready(cx, || Ok(black_box(bytes).len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
