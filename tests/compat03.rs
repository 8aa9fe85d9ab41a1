//! The adapters to futures 0.3 and futures-io.

#![cfg(feature = "futures03")]

use futures::{Future, Sink, Stream};
use futures03::channel::mpsc as mpsc03;
use futures03::executor::{block_on, ThreadPool};
use futures03::task::SpawnExt;
use futures03::{SinkExt, StreamExt};
use std::io;
use tokio::compat::{Compat, Compat01, CompatSink};
use tokio::compat::{Future01CompatExt, Sink01CompatExt, Stream01CompatExt};
use tokio::net::{TcpListener, TcpStream};

#[test]
fn streams_and_sinks_of_futures_01_are_those_of_03() {
    block_on(async {
        let (tx, rx) = futures::sync::mpsc::channel(1);
        let send = async {
            let mut numbers = futures03::stream::iter((0..50).map(Ok));
            let mut tx = tx.sink_compat();
            SinkExt::send_all(&mut tx, &mut numbers).await.unwrap();
            SinkExt::close(&mut tx).await.unwrap();
        };
        let receive = StreamExt::collect::<Vec<_>>(rx.compat());
        let ((), got) = futures03::join!(send, receive);
        assert_eq!(got, (0..50).map(Ok).collect::<Vec<_>>());
    });
}

#[test]
fn streams_and_sinks_of_futures_03_are_those_of_01() {
    let (tx, rx) = mpsc03::channel::<u32>(1);
    let numbers = futures::stream::iter_ok::<_, mpsc03::SendError>(0..50);
    let send = CompatSink::new(tx).send_all(numbers).map(drop).map_err(|e| panic!("{e}"));
    let receive = Compat::new(rx.map(Ok::<_, ()>)).collect();
    let ((), got) = tokio::runtime::Runtime::new().unwrap().block_on(send.join(receive)).unwrap();
    assert_eq!(got, (0..50).collect::<Vec<_>>());
}

#[test]
fn executors_serve_the_other_kind() {
    // Ours, for futures 0.3.
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let ours = Compat01::new(runtime.executor());
    let seven = ours.spawn_with_handle(async { 7 }).unwrap();
    assert_eq!(block_on(seven), 7);
    // One of futures 0.3, for futures 0.1.
    let theirs = Compat::new(ThreadPool::new().unwrap());
    let (tx, rx) = futures::sync::oneshot::channel();
    let task = futures::future::lazy(move || tx.send(8).map_err(drop));
    assert!(futures::future::Executor::execute(&theirs, task).is_ok());
    assert_eq!(block_on(rx.compat()), Ok(8));
}

/// Two ends of a connection.
async fn connected() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind(&"127.0.0.1:0".parse().unwrap()).unwrap();
    let client = TcpStream::connect(&listener.local_addr().unwrap());
    let accept = std::future::poll_fn(|cx| listener.poll_accept_cx(&(&*cx).into()));
    let (client, accepted) = futures03::join!(client, accept);
    let (client, (accepted, _)) = (client.unwrap(), accepted.unwrap());
    // As upstream, a shutdown of the writer leaves the socket open unless that is asked for.
    client.set_close_on_shutdown(true);
    (client, accepted)
}

#[test]
fn sockets_are_readers_and_writers_of_futures_io() {
    use futures03::io::{AsyncReadExt, AsyncWriteExt};

    async fn talk() -> io::Result<()> {
        let (a, b) = connected().await;
        let (mut a, mut b) = (Compat01::new(a), Compat01::new(b));
        a.write_all(b"futures-io").await?;
        a.close().await?;
        let mut text = String::new();
        b.read_to_string(&mut text).await?;
        assert_eq!(text, "futures-io");
        Ok(())
    }

    tokio::run_std(async { talk().await.unwrap() });
    // On an executor that is not ours, with the reactor in the background.
    block_on(talk()).unwrap();
}

/// To our traits and back: bytes of futures-io through a copy of ours.
#[test]
fn readers_and_writers_of_the_others_are_ours() {
    tokio::run_std(async {
        let reader = Compat::new(futures03::io::Cursor::new(vec![8; 100]));
        let writer = Compat::new(futures03::io::AllowStdIo::new(Vec::new()));
        let (n, ..) = tokio::io::copy(reader, writer).compat().await.unwrap();
        assert_eq!(n, 100);
    });
}
