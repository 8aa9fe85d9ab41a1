//! Our own futures in code that has the adapters of both directions in scope.
#![cfg(all(feature = "rt-full", feature = "tcp", feature = "sync"))]

use std::time::{Duration, Instant};
use tokio::compat::{Future01CompatExt, Future03CompatExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio::timer::{Delay, Timeout};

/// A future of both kinds used to make `.compat()` ambiguous, here and likewise with the
/// two traits of futures 0.3, where upstream's, of one kind, compiled.
#[test]
fn compat_of_our_own_futures_is_not_ambiguous() {
    let listener = TcpListener::bind(&"127.0.0.1:0".parse().unwrap()).unwrap();
    let address = listener.local_addr().unwrap();
    let (tx, rx) = oneshot::channel();
    tx.send("sent").unwrap();
    let waited = async move {
        Delay::new(Instant::now()).compat().await.unwrap();
        Delay::new(Instant::now()).await;
        assert_eq!(rx.compat().await.unwrap(), "sent");
        let connect = Timeout::new(TcpStream::connect(&address), Duration::from_secs(60));
        // As upstream's: the outcome of the future itself, not one result in another.
        let stream: TcpStream = connect.compat().await.unwrap();
        stream.peer_addr().map_err(drop)
    };
    let peer = Runtime::new().unwrap().block_on(waited.boxed_compat()).unwrap();
    assert_eq!(peer, address);
    let not_ours = async { futures::future::ok::<_, ()>(1).compat().await };
    assert_eq!(futures::Future::wait(not_ours.boxed_compat()), Ok(1));
}
