//! What needs a runtime of tokio 1.x works in our tasks.

#![cfg(feature = "tokio1")]

use futures::Future;
use std::io::{Read, Write};
use std::time::Duration;
use tokio::compat::{shutdown_tokio1, tokio1 as in_tokio1, Future03CompatExt};
use tokio1::io::{AsyncReadExt, AsyncWriteExt};

/// One test, for the driver is one for the process.
#[test]
fn sockets_timers_and_spawns_of_tokio_1_work_in_our_tasks() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let echo = std::thread::spawn(move || {
        let (mut peer, _) = listener.accept().unwrap();
        let mut buf = [0; 4];
        peer.read_exact(&mut buf).unwrap();
        peer.write_all(&buf).unwrap();
    });
    let mut runtime = tokio::runtime::Runtime::new().unwrap();
    // A task of ours, with our channels and timers, and tokio 1.x's sockets.
    let (tx, rx) = tokio::sync::oneshot::channel();
    let client = in_tokio1(async move {
        tokio1::time::sleep(Duration::from_millis(2)).await;
        tokio::timer::sleep(Duration::from_millis(2)).await;
        let mut socket = tokio1::net::TcpStream::connect(address).await.unwrap();
        socket.write_all(b"ping").await.unwrap();
        let mut buf = [0; 4];
        socket.read_exact(&mut buf).await.unwrap();
        let there = tokio1::spawn(async move { buf }).await.unwrap();
        tx.send(there).unwrap();
        Ok::<_, ()>(())
    });
    // Its end is waited for by a chain of futures 0.1.
    let chain = client.compat().and_then(|()| rx.map_err(drop));
    assert_eq!(runtime.block_on(chain), Ok(*b"ping"));
    echo.join().unwrap();

    shutdown_tokio1(Duration::from_secs(5));
    // The next starts another.
    runtime.block_on_std(in_tokio1(async {
        tokio1::time::sleep(Duration::from_millis(1)).await;
    }));
    shutdown_tokio1(Duration::from_secs(5));
}
