//! What polls above the crossings: tasks of either kind, which ask a leaf again and again.

use crate::load::MESSAGE;
use futures::{try_ready, Async, AsyncSink};
use futures03::io::{AsyncRead as AsyncRead03, AsyncWrite as AsyncWrite03};
use futures03::{Sink as Sink03, Stream as Stream03};
use std::fmt::Debug;
use std::future::{poll_fn, Future};
use std::io::{self, Read, Write};
use std::pin::Pin;
use tokio::runtime::current_thread::Runtime;

/// A task that asks a leaf, in either world.
pub enum Task {
    Chain(Box<dyn futures::Future<Item = (), Error = ()>>),
    Block(Pin<Box<dyn Future<Output = ()>>>),
}

/// A task of futures 0.1.
pub fn chain(task: impl futures::Future<Item = (), Error = ()> + 'static) -> Task {
    Task::Chain(Box::new(task))
}

/// A task of std.
pub fn block(task: impl Future<Output = ()> + 'static) -> Task {
    Task::Block(Box::pin(task))
}

impl Task {
    /// Runs it to its end.
    pub fn run(self) {
        let mut runtime = Runtime::new().expect("cannot start");
        match self {
            Task::Chain(task) => runtime.spawn(task),
            Task::Block(task) => runtime.spawn_std(task),
        };
        runtime.run().expect("the runtime failed");
    }
}

pub async fn once_std(leaf: impl Future<Output = Result<(), ()>>) {
    leaf.await.expect("no leaf fails");
}

/// One leaf after the other.
pub fn many_01<F>(
    n: u64,
    mut leaf: impl FnMut() -> F,
) -> impl futures::Future<Item = (), Error = ()>
where
    F: futures::Future<Item = (), Error = ()>,
{
    let mut left = n;
    futures::future::poll_fn(move || {
        while left > 0 {
            try_ready!(leaf().poll());
            left -= 1;
        }
        Ok(Async::Ready(()))
    })
}

/// One leaf after the other.
pub async fn many_std<F>(n: u64, mut leaf: impl FnMut() -> F)
where
    F: Future<Output = Result<(), ()>>,
{
    for _ in 0..n {
        leaf().await.expect("no leaf fails");
    }
}

pub fn drain_01(
    n: u64,
    mut stream: impl futures::Stream<Item = u64, Error = ()>,
) -> impl futures::Future<Item = (), Error = ()> {
    let mut left = n;
    futures::future::poll_fn(move || {
        while left > 0 {
            left -= try_ready!(stream.poll()).expect("it is endless");
        }
        Ok(Async::Ready(()))
    })
}

pub async fn drain_std(n: u64, mut stream: impl Stream03<Item = Result<u64, ()>> + Unpin) {
    let mut left = n;
    while left > 0 {
        let item = poll_fn(|cx| Pin::new(&mut stream).poll_next(cx)).await;
        left -= item.expect("it is endless").expect("no leaf fails");
    }
}

pub fn feed_01(
    n: u64,
    mut sink: impl futures::Sink<SinkItem = u64, SinkError = ()>,
) -> impl futures::Future<Item = (), Error = ()> {
    let mut left = n;
    futures::future::poll_fn(move || {
        while left > 0 {
            match sink.start_send(left)? {
                AsyncSink::Ready => left -= 1,
                AsyncSink::NotReady(_) => return Ok(Async::NotReady),
            }
        }
        sink.poll_complete()
    })
}

pub async fn feed_std<S>(n: u64, mut sink: S)
where
    S: Sink03<u64> + Unpin,
    S::Error: Debug,
{
    for item in 0..n {
        poll_fn(|cx| Pin::new(&mut sink).poll_ready(cx)).await.expect("no leaf fails");
        Pin::new(&mut sink).start_send(item).expect("no leaf fails");
    }
    poll_fn(|cx| Pin::new(&mut sink).poll_flush(cx)).await.expect("no leaf fails");
}

/// Reads and writes in turn. A reader of futures 0.1 is std's `Read` that would block.
pub fn exchange_01(
    n: u64,
    mut socket: impl Read + Write,
) -> impl futures::Future<Item = (), Error = ()> {
    let mut left = n;
    let mut buf = [0; MESSAGE];
    let mut has_read = false;
    futures::future::poll_fn(move || {
        while left > 0 {
            if !has_read {
                try_ready!(blocked(socket.read(&mut buf)));
                has_read = true;
            }
            try_ready!(blocked(socket.write(&buf)));
            has_read = false;
            left -= 1;
        }
        Ok(Async::Ready(()))
    })
}

fn blocked(answer: io::Result<usize>) -> futures::Poll<(), ()> {
    match answer {
        Ok(n) => {
            assert_eq!(n, MESSAGE);
            Ok(Async::Ready(()))
        }
        Err(e) if e.kind() == io::ErrorKind::WouldBlock => Ok(Async::NotReady),
        Err(e) => panic!("no leaf fails: {e}"),
    }
}

pub async fn exchange_std(n: u64, mut socket: impl AsyncRead03 + AsyncWrite03 + Unpin) {
    let mut buf = [0; MESSAGE];
    for _ in 0..n {
        let read = poll_fn(|cx| Pin::new(&mut socket).poll_read(cx, &mut buf)).await;
        let written = poll_fn(|cx| Pin::new(&mut socket).poll_write(cx, &buf)).await;
        assert_eq!((read.expect("no leaf fails"), written.expect("no leaf fails")), (64, 64));
    }
}
