//! What the tests of sockets share: servers and futures without a runtime.
#![allow(dead_code, reason = "each test file uses some of it")]

use futures::stream::FuturesUnordered;
use futures::{Async, Future, Stream};
use std::io::{self, Read, Write};
use std::net::{self, SocketAddr};
use std::pin::pin;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use tokio::net::{TcpListener, TcpStream};
use tokio_io::{AsyncRead, AsyncWrite};

/// Runs a std future on this thread.
pub(crate) fn block_on<F: std::future::Future>(future: F) -> F::Output {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Unpark>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut cx = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut cx) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}

/// Serves every connection of `incoming` with the future that `serve` makes for it, all
/// in one task, until `count` are served or the stream fails.
pub(crate) fn serve<S, F>(
    mut incoming: S,
    count: usize,
    mut serve: impl FnMut(S::Item) -> F,
) -> impl Future<Item = (), Error = io::Error>
where
    S: Stream<Error = io::Error>,
    F: Future<Item = (), Error = io::Error>,
{
    let mut connections = FuturesUnordered::new();
    let mut served = 0;
    futures::future::poll_fn(move || {
        while let Async::Ready(Some(connection)) = incoming.poll()? {
            connections.push(serve(connection));
        }
        while let Async::Ready(Some(())) = connections.poll()? {
            served += 1;
        }
        Ok(if served == count { Async::Ready(()) } else { Async::NotReady })
    })
}

/// Sends everything back.
pub(crate) fn echo<T>(connection: T) -> impl Future<Item = (), Error = io::Error>
where
    T: AsyncRead + AsyncWrite,
{
    let (reader, writer) = connection.split();
    tokio_io::io::copy(reader, writer).map(drop)
}

/// In the child: runs `body` and ends the process. In the test: runs the test called
/// `name` in a process of its own, with `name` in its environment.
pub(crate) fn child_process(name: &str) -> Child {
    let exe = std::env::current_exe().expect("the test knows its own program");
    Command::new(exe)
        .args(["--exact", name, "--nocapture", "--test-threads=1"])
        .env("NET_TEST_CHILD", name)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the test can start itself")
}

/// Whether this process is the child that the test called `name` has started.
pub(crate) fn is_child(name: &str) -> bool {
    std::env::var_os("NET_TEST_CHILD").is_some_and(|child| child == name)
}

/// A listener of ours on a free port, and its address.
pub(crate) fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind(&"127.0.0.1:0".parse().unwrap()).unwrap();
    let addr = listener.local_addr().unwrap();
    (listener, addr)
}

/// Has `client` echoed something.
pub(crate) fn ping(client: &mut net::TcpStream) {
    client.write_all(b"ping").unwrap();
    let mut answer = [0; 4];
    client.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"ping");
}

/// A stream of ours, and its peer of std's.
pub(crate) fn pair() -> (TcpStream, net::TcpStream) {
    let listener = net::TcpListener::bind("127.0.0.1:0").unwrap();
    let ours = TcpStream::connect(&listener.local_addr().unwrap());
    let theirs = thread::spawn(move || listener.accept().unwrap().0);
    (ours.wait().unwrap(), theirs.join().unwrap())
}
