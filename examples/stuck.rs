//! A service with four faults, to be found by looking inside; see `docs/STUCK.md`.
//!
//! 1. *lost sender*: a request waits for an answer whose sender is kept and forgotten.
//! 2. *lock cycle*: two tasks take the same two locks, each in its own order.
//! 3. *blocked worker*: a task waits by blocking, not inside `blocking`.
//! 4. *leaked task*: a future says "not ready" and has left its waker nowhere.
//!
//! ```sh
//! TOKIO_INSPECT=127.0.0.1:6669 cargo run --example stuck
//! cargo run --example tokio-inspect 127.0.0.1:6669 dump
//! ```

use futures::{future, Async};
use std::sync::{mpsc, Arc};
use std::thread;
use std::time::Duration;
use tokio::inspect::Inspect;
use tokio::net::{TcpListener, TcpStream};
use tokio::prelude::*;
use tokio::runtime::Runtime;
use tokio::sync::{mutex::Mutex, oneshot};
use tokio::timer::Delay;

/// What keeps the faults as they are; dropping it mends the first and the third.
pub(crate) struct Faults {
    _forgotten: oneshot::Sender<u32>,
    _release: mpsc::Sender<()>,
    pub(crate) server: std::net::SocketAddr,
}

/// Spawns four tasks that never end, among some that are well.
pub(crate) fn spawn(runtime: &mut Runtime) -> Faults {
    let (forgotten, answer) = oneshot::channel();
    runtime.spawn(answer.map(|n| println!("answer: {n}")).map_err(drop).named("lost sender"));

    let (accounts, audit) = (Arc::new(Mutex::new(0)), Arc::new(Mutex::new(0)));
    runtime.spawn_std(transfer(accounts.clone(), audit.clone()).named("transfer"));
    runtime.spawn_std(transfer(audit, accounts).named("audit"));

    let (release, blocked) = mpsc::channel::<()>();
    let blocks = future::lazy(move || blocked.recv().map_err(drop));
    runtime.spawn(blocks.named("blocked worker"));

    let leaks = future::poll_fn(|| Ok::<_, ()>(Async::NotReady));
    runtime.spawn(leaks.named("leaked task"));

    // These two are well: they wait for what may come.
    let listener = TcpListener::bind(&"127.0.0.1:0".parse().unwrap()).unwrap();
    let server = listener.local_addr().unwrap();
    let serve = listener.incoming().map_err(drop).for_each(|socket| {
        let (reader, writer) = socket.split();
        tokio::spawn(tokio::io::copy(reader, writer).map(drop).map_err(drop).named("echo"))
    });
    runtime.spawn(serve.named("accept"));
    let client = TcpStream::connect(&server).map_err(drop);
    let client = client.and_then(|socket| tokio::io::read_exact(socket, [0; 1]).map_err(drop));
    runtime.spawn(client.map(drop).named("client"));
    Faults { _forgotten: forgotten, _release: release, server }
}

async fn transfer(first: Arc<Mutex<i32>>, second: Arc<Mutex<i32>>) {
    let mut first = first.lock().await;
    tokio::task::yield_now().await;
    // So that the other one has its first lock by now.
    Delay::new(tokio::clock::now() + Duration::from_millis(50)).await;
    let mut second = second.lock().await;
    *first += 1;
    *second -= 1;
}

#[allow(dead_code, reason = "the test that drives this has a `main` of its own")]
fn main() {
    let mut runtime = tokio::runtime::Builder::new().core_threads(3).build().unwrap();
    let faults = spawn(&mut runtime);
    log::debug!("the server listens at {}", faults.server);
    println!("stuck; look inside");
    loop {
        thread::sleep(Duration::from_secs(3600));
    }
}
