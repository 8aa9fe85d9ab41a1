//! Each future-like type of the family is of both kinds.
//!
//! The lists are the promise, so a new future or stream is added here: what is missing
//! on either side does not compile. The tests at the end poll those that are generic over
//! readers and writers of futures 0.1 in the other world.
#![cfg(all(
    feature = "codec",
    feature = "fs",
    feature = "rt-full",
    feature = "sync",
    feature = "tcp",
    feature = "timer",
    feature = "udp",
    feature = "uds",
    unix
))]

use std::io::Cursor;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use tokio::io::{AsyncRead, AsyncWrite};

fn future<T: futures::Future + std::future::Future>() {}

type Buf = Vec<u8>;
type Path = &'static str;

#[test]
fn every_future_is_of_both_kinds() {
    use tokio::net::{TcpStream, UdpSocket};
    use tokio::{fs, io, net, reactor, runtime, sync, task, timer};

    future::<io::Copy<TcpStream, TcpStream>>();
    future::<io::Flush<TcpStream>>();
    future::<tokio_io::io::Read<TcpStream, Buf>>();
    future::<io::ReadExact<TcpStream, Buf>>();
    future::<io::ReadToEnd<TcpStream>>();
    future::<io::ReadUntil<std::io::BufReader<TcpStream>>>();
    future::<io::Shutdown<TcpStream>>();
    future::<io::WriteAll<TcpStream, Buf>>();

    future::<net::tcp::ConnectFuture>();
    future::<net::udp::RecvDgram<Buf>>();
    future::<net::udp::SendDgram<Buf>>();
    future::<net::unix::ConnectFuture>();
    future::<net::unix::RecvDgram<Buf>>();
    future::<net::unix::SendDgram<Buf, Path>>();
    let _: fn(UdpSocket, Buf) -> net::udp::RecvDgram<Buf> = UdpSocket::recv_dgram;

    future::<timer::Delay>();
    future::<timer::Timeout<timer::Delay>>();
    #[allow(deprecated)]
    future::<timer::Deadline<timer::Delay>>();
    future::<sync::oneshot::Receiver<()>>();
    future::<task::JoinHandle<()>>();
    future::<task::YieldNow>();

    future::<fs::file::OpenFuture<Path>>();
    future::<fs::file::CreateFuture<Path>>();
    future::<fs::file::SeekFuture>();
    future::<fs::file::MetadataFuture>();
    future::<fs::file::CloneFuture>();
    future::<fs::CreateDirFuture<Path>>();
    future::<fs::CreateDirAllFuture<Path>>();
    future::<fs::RemoveDirFuture<Path>>();
    future::<fs::RemoveFileFuture<Path>>();
    future::<fs::RenameFuture<Path, Path>>();
    future::<fs::HardLinkFuture<Path, Path>>();
    future::<fs::ReadLinkFuture<Path>>();
    future::<fs::SetPermissionsFuture<Path>>();
    future::<fs::MetadataFuture<Path>>();
    future::<fs::SymlinkMetadataFuture<Path>>();
    future::<fs::ReadDirFuture<Path>>();
    future::<fs::ReadFile<Path>>();
    future::<fs::WriteFile<Path, Buf>>();
    future::<fs::os::unix::SymlinkFuture<Path, Path>>();

    future::<runtime::Shutdown>();
    future::<reactor::Shutdown>();
    future::<tokio_threadpool::Shutdown>();
    future::<tokio_threadpool::SpawnHandle<(), ()>>();
}

#[cfg(feature = "process")]
#[test]
fn every_future_of_children_is_of_both_kinds() {
    use tokio::process;
    future::<process::Child>();
    future::<process::StatusAsync>();
    future::<process::OutputAsync>();
    future::<process::WaitWithOutput>();
}

#[cfg(feature = "buf-util")]
#[test]
fn every_future_of_buffers_is_of_both_kinds() {
    future::<tokio::buf::util::Collect<&'static str, Buf>>();
}

#[cfg(feature = "futures03")]
mod streams {
    use super::*;
    use futures03::StreamExt;
    use tokio::codec::{BytesCodec, Framed, FramedRead, FramedWrite, LinesCodec};
    use tokio::net::TcpStream;

    fn stream<T: futures::Stream + futures03::Stream>() {}

    #[test]
    fn every_stream_is_of_both_kinds() {
        use tokio::util::Enumerate;
        use tokio::{fs, io, net, sync, task, timer};

        stream::<io::Lines<std::io::BufReader<TcpStream>>>();
        stream::<Framed<TcpStream, BytesCodec>>();
        stream::<FramedRead<TcpStream, BytesCodec>>();
        stream::<FramedWrite<sync::mpsc::Receiver<()>, BytesCodec>>();
        #[allow(deprecated)]
        {
            use tokio_io::codec::{length_delimited, Framed};
            stream::<Framed<TcpStream, BytesCodec>>();
            stream::<length_delimited::Framed<TcpStream>>();
            stream::<length_delimited::FramedRead<TcpStream>>();
            stream::<length_delimited::FramedWrite<sync::mpsc::Receiver<()>>>();
        }

        stream::<net::tcp::Incoming>();
        stream::<net::UdpFramed<BytesCodec>>();
        stream::<net::unix::Incoming>();
        stream::<net::UnixDatagramFramed<Path, BytesCodec>>();

        stream::<timer::DelayQueue<()>>();
        stream::<timer::Interval>();
        stream::<timer::throttle::Throttle<timer::Interval>>();
        stream::<timer::Timeout<timer::Interval>>();
        stream::<Enumerate<timer::Interval>>();

        stream::<sync::mpsc::Receiver<()>>();
        stream::<sync::mpsc::UnboundedReceiver<()>>();
        stream::<sync::watch::Receiver<()>>();
        stream::<task::JoinSet<()>>();
        stream::<fs::ReadDir>();
    }

    #[cfg(feature = "signal")]
    #[test]
    fn every_stream_of_signals_is_of_both_kinds() {
        stream::<tokio::signal::unix::Signal>();
    }

    #[cfg(feature = "buf-util")]
    #[test]
    fn every_stream_of_buffers_is_of_both_kinds() {
        stream::<tokio::buf::util::IntoStream<&'static str>>();
    }

    #[test]
    fn frames_and_lines_are_read_with_await() {
        let (ours, peer) = tokio::net::UnixStream::pair().unwrap();
        tokio::run_std(async move {
            tokio::io::write_all(peer, "one\ntwo\n").await.unwrap();
            let frames: Vec<_> = Framed::new(ours, LinesCodec::new()).collect().await;
            let frames: Result<Vec<_>, _> = frames.into_iter().collect();
            assert_eq!(frames.unwrap(), ["one", "two"]);
        });
        let lines: Vec<_> = futures03::executor::block_on(tokio::io::lines(&b"a\nb"[..]).collect());
        assert_eq!(lines.into_iter().map(Result::unwrap).collect::<Vec<_>>(), ["a", "b"]);
    }

    /// The pass of an item gives the next one the whole time again, in this world too.
    #[test]
    fn a_timeout_of_a_stream_elapses_and_goes_on() {
        use std::time::Duration;

        let (mut tx, rx) = tokio::sync::mpsc::channel(1);
        tokio::runtime::current_thread::Runtime::new().unwrap().block_on_std(async {
            let mut rx = tokio::timer::Timeout::new(rx, Duration::from_millis(5));
            assert!(rx.next().await.unwrap().unwrap_err().is_elapsed());
            tx.try_send(7).unwrap();
            assert_eq!(rx.next().await.unwrap().unwrap(), 7);
            drop(tx);
            assert!(rx.next().await.is_none());
        });
    }

    #[test]
    fn throttled_and_counted_items_all_come() {
        use std::time::{Duration, Instant};
        use tokio::util::StreamExt as _;

        let (mut tx, rx) = tokio::sync::mpsc::unbounded_channel();
        (0..3).for_each(|n| tx.try_send(n).unwrap());
        drop(tx);
        let begun = Instant::now();
        let items = tokio::runtime::current_thread::Runtime::new().unwrap().block_on_std(
            tokio::util::StreamExt::enumerate(rx)
                .throttle(Duration::from_millis(10))
                .map(Result::unwrap)
                .collect::<Vec<_>>(),
        );
        assert_eq!(items, [(0, 0), (1, 1), (2, 2)]);
        assert!(begun.elapsed() >= Duration::from_millis(20), "two rests between three items");
    }
}

/// A reader and writer of futures 0.1, which looks for its task: pending every other time.
#[derive(Debug)]
struct Halting<T> {
    inner: T,
    go: bool,
}

impl<T> Halting<T> {
    fn new(inner: T) -> Halting<T> {
        Halting { inner, go: false }
    }

    fn halt(&mut self) -> std::io::Result<&mut T> {
        self.go = !self.go;
        if self.go {
            futures::task::current().notify();
            return Err(std::io::ErrorKind::WouldBlock.into());
        }
        Ok(&mut self.inner)
    }
}

impl<T: std::io::Read> std::io::Read for Halting<T> {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        self.halt()?.read(buf)
    }
}

impl<T: std::io::BufRead> std::io::BufRead for Halting<T> {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        self.halt()?.fill_buf()
    }

    fn consume(&mut self, n: usize) {
        self.inner.consume(n);
    }
}

impl<T: std::io::Read> AsyncRead for Halting<T> {}

impl<T: std::io::Write> std::io::Write for Halting<T> {
    fn write(&mut self, buf: &[u8]) -> std::io::Result<usize> {
        self.halt()?.write(buf)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.halt()?.flush()
    }
}

impl<T: std::io::Write> AsyncWrite for Halting<T> {
    fn shutdown(&mut self) -> futures::Poll<(), std::io::Error> {
        Ok(futures::Async::Ready(()))
    }
}

async fn every_helper() {
    use tokio::io;

    let reader = || Halting::new(&b"some bytes"[..]);
    let writer = || Halting::new(Cursor::new(Vec::new()));

    let (n, _, written) = io::copy(reader(), writer()).await.unwrap();
    assert_eq!((n, &written.inner.get_ref()[..]), (10, &b"some bytes"[..]));
    let (_, buf, n) = io::read(reader(), [0; 4]).await.unwrap();
    assert_eq!((n, &buf), (4, b"some"));
    let (_, buf) = io::read_exact(reader(), [0; 6]).await.unwrap();
    assert_eq!(&buf, b"some b");
    let (_, buf) = io::read_to_end(reader(), Vec::new()).await.unwrap();
    assert_eq!(buf, b"some bytes");
    let (_, buf) = io::read_until(reader(), b' ', Vec::new()).await.unwrap();
    assert_eq!(buf, b"some ");
    let (written, _) = io::write_all(writer(), "text").await.unwrap();
    let written = io::flush(written).await.unwrap();
    let written = io::shutdown(written).await.unwrap();
    assert_eq!(written.inner.get_ref(), b"text");
    let failed = io::read_exact(reader(), [0; 60]).await.unwrap_err();
    assert_eq!(failed.kind(), std::io::ErrorKind::UnexpectedEof);
}

#[test]
fn the_io_helpers_are_awaited_in_our_tasks() {
    let mut runtime = tokio::runtime::Runtime::new().unwrap();
    let spawned = runtime.spawn_handle_std(every_helper());
    runtime.block_on_std(spawned).unwrap();
    tokio::runtime::current_thread::Runtime::new().unwrap().block_on_std(every_helper());
}

#[test]
fn the_io_helpers_are_awaited_in_foreign_executors() {
    futures03::executor::block_on(every_helper());
    let all = futures03::future::join(every_helper(), every_helper());
    futures03::executor::block_on(all);
}

/// Dropped in the middle, or polled by another executor than at first.
#[test]
fn an_io_helper_may_move_between_executors() {
    let (ours, peer) = tokio::net::UnixStream::pair().unwrap();
    let mut read = Box::pin(tokio::io::read_exact(ours, [0; 2]));
    let first = std::future::Future::poll(read.as_mut(), &mut Context::from_waker(Waker::noop()));
    assert!(first.is_pending());
    let mut runtime = tokio::runtime::Runtime::new().unwrap();
    let reading = runtime.spawn_handle_std(read);
    runtime.block_on_std(async {
        tokio::io::write_all(peer, b"ok").await.unwrap();
        let (_, got) = reading.await.unwrap().unwrap();
        assert_eq!(&got, b"ok");
    });
}

/// `compat` was for this; it must neither be ambiguous now nor change what comes out.
#[test]
fn compat_of_an_io_helper_is_not_ambiguous() {
    use tokio::compat::{Future01CompatExt, Future03CompatExt};

    let read = pin!(async { tokio::io::read_exact(&b"ab"[..], [0; 2]).compat().await });
    let Poll::Ready(read) =
        std::future::Future::poll(read, &mut Context::from_waker(Waker::noop()))
    else {
        panic!("there was nothing to wait for");
    };
    assert_eq!(read.unwrap().1, *b"ab");
    let other = futures::future::ok::<_, ()>(1).compat();
    assert_eq!(futures::Future::wait(other.compat()), Ok(1));
}

/// Whoever shared one, or sent one to another thread, still does.
#[test]
fn the_io_helpers_go_to_other_threads_as_upstream() {
    fn shared<T: Send + Sync>() {}
    fn unwound<T: std::panic::UnwindSafe + std::panic::RefUnwindSafe>() {}
    shared::<tokio::io::Copy<Cursor<Buf>, Cursor<Buf>>>();
    shared::<tokio::io::ReadExact<Cursor<Buf>, Buf>>();
    unwound::<tokio::io::ReadExact<Cursor<Buf>, Buf>>();
    shared::<tokio::io::Lines<Cursor<Buf>>>();
    shared::<tokio::codec::Framed<Cursor<Buf>, tokio::codec::BytesCodec>>();
    shared::<tokio::codec::FramedRead<Cursor<Buf>, tokio::codec::BytesCodec>>();
}
