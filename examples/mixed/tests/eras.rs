//! Three eras in one process: hyper 0.12, hyper 0.13 and axum serve one port each, a client
//! of each era calls all three, and one shutdown ends them.

#![cfg(target_os = "linux")]

use axum::routing::get;
use bytes1::Bytes;
use futures::{Future, Stream};
use http_body_util::{BodyExt, Empty};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use std::collections::BTreeSet;
use std::convert::Infallible;
use std::fs;
use std::net::{SocketAddr, TcpStream};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};
use tokio::compat::{Future01CompatExt, Stream01CompatExt};
use tokio::runtime::Builder;
use tokio::sync::mpsc;

const PREFIX: &str = "three-";

/// How long anything may take that should happen at once.
const PATIENCE: Duration = Duration::from_secs(60);

/// The names of this process's threads.
fn threads() -> Vec<String> {
    fs::read_dir("/proc/self/task")
        .unwrap()
        .filter_map(|task| fs::read_to_string(task.ok()?.path().join("comm")).ok())
        .collect()
}

fn assert_on_worker() {
    let thread = thread::current();
    assert!(thread.name().is_some_and(|name| name.starts_with(PREFIX)), "{thread:?}");
}

/// Futures 0.1: serves until the runtime ends.
fn serve_0_12() -> SocketAddr {
    let server = hyper::Server::bind(&([127, 0, 0, 1], 0).into()).serve(|| {
        hyper::service::service_fn_ok(|_| {
            assert_on_worker();
            hyper::Response::new(hyper::Body::from("hyper 0.12"))
        })
    });
    let address = server.local_addr();
    tokio::spawn(server.map_err(|e| panic!("hyper 0.12 ended: {e}")));
    address
}

/// Async/await of tokio 0.2.
fn serve_0_13() -> SocketAddr {
    use hyper013::service::{make_service_fn, service_fn};
    use hyper013::{Body, Response};

    let make = make_service_fn(|_| async {
        Ok::<_, Infallible>(service_fn(|_| async {
            assert_on_worker();
            Ok::<_, Infallible>(Response::new(Body::from("hyper 0.13")))
        }))
    });
    let server = hyper013::Server::bind(&([127, 0, 0, 1], 0).into()).serve(make);
    let address = server.local_addr();
    tokio::spawn_std(async move { server.await.unwrap() });
    address
}

/// Async/await of tokio 1.x.
async fn serve_1() -> SocketAddr {
    let routes = axum::Router::new().route(
        "/",
        get(|| async {
            assert_on_worker();
            "axum"
        }),
    );
    let listener = tokio1::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio1::spawn(async move { axum::serve(listener, routes).await.unwrap() });
    address
}

async fn ask_by_0_12(url: &str) -> String {
    let answer = hyper::Client::new()
        .get(url.parse().unwrap())
        .and_then(|response| response.into_body().concat2())
        .map(|body| String::from_utf8(body.to_vec()).unwrap());
    Future01CompatExt::compat(answer).await.unwrap()
}

async fn ask_by_0_13(url: &str) -> String {
    let response = hyper013::Client::new().get(url.parse().unwrap()).await.unwrap();
    let body = hyper013::body::to_bytes(response.into_body()).await.unwrap();
    String::from_utf8(body.to_vec()).unwrap()
}

async fn ask_by_1(url: &str) -> String {
    let client = Client::builder(TokioExecutor::new()).build_http::<Empty<Bytes>>();
    let response = client.get(url.parse().unwrap()).await.unwrap();
    let body = response.into_body().collect().await.unwrap();
    String::from_utf8(body.to_bytes().into()).unwrap()
}

#[test]
fn each_era_serves_the_others_and_one_shutdown_ends_all() {
    let before = threads().len();
    let mut runtime = Builder::new().core_threads(2).name_prefix(PREFIX).build().unwrap();
    // One channel of 0.1, which tasks of all three eras send into.
    let (answers, received) = mpsc::unbounded_channel::<(&str, String)>();
    let served = runtime.spawn_handle_std(async move {
        let servers = [serve_0_12(), serve_0_13(), serve_1().await];
        for address in servers {
            let url = format!("http://{address}/");
            let (old, middle, new) = (answers.clone(), answers.clone(), answers.clone());
            let (a, b, c) = (url.clone(), url.clone(), url);
            tokio::spawn_std(async move {
                let _ = old.clone().try_send(("0.12", ask_by_0_12(&a).await));
            });
            tokio::spawn_std(async move {
                let _ = middle.clone().try_send(("0.13", ask_by_0_13(&b).await));
            });
            tokio1::spawn(async move {
                let _ = new.clone().try_send(("1", ask_by_1(&c).await));
            });
        }
        servers
    });
    let (servers, found) = runtime.block_on_std(async move {
        let servers = Future01CompatExt::compat(served).await.unwrap();
        let mut received = Stream01CompatExt::compat(received);
        let mut found = BTreeSet::new();
        while let Some(Ok(answer)) = received.next().await {
            found.insert(answer);
        }
        (servers, found)
    });
    let expected: BTreeSet<_> = ["0.12", "0.13", "1"]
        .into_iter()
        .flat_map(|client| {
            ["hyper 0.12", "hyper 0.13", "axum"].map(|server| (client, server.to_owned()))
        })
        .collect();
    assert_eq!(found, expected);

    // Two workers, and helpers that end by themselves: no runtime beside ours.
    // Each has a name of its own; a helper has that of the worker that starts it for a moment.
    let workers: BTreeSet<_> =
        threads().into_iter().filter(|name| name.starts_with(PREFIX)).collect();
    assert!((1..=2).contains(&workers.len()), "{workers:?}");
    runtime.shutdown_now().wait().unwrap();
    let deadline = Instant::now() + PATIENCE;
    while threads().iter().any(|name| name.starts_with(PREFIX)) {
        assert!(Instant::now() < deadline, "{:?} are left of {before}", threads());
        thread::yield_now();
    }
    for address in servers {
        // A child that another test has started has a copy until it runs its own program.
        while TcpStream::connect(address).is_ok() {
            assert!(Instant::now() < deadline, "somebody listens at {address}");
        }
    }
}

/// What the patch replaces comes from this checkout: a package of the registry stands
/// without a place behind it.
#[test]
fn no_published_runtime_is_in_the_tree() {
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "--prefix=none", "--edges=all", "--manifest-path"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        .output()
        .unwrap();
    assert!(tree.status.success(), "{tree:?}");
    let tree = String::from_utf8(tree.stdout).unwrap();
    let published: BTreeSet<&str> = tree
        .lines()
        .filter(|line| {
            ["tokio v", "mio v0.6", "net2 v", "tokio-reactor v", "tokio-threadpool v"]
                .iter()
                .any(|start| line.starts_with(start))
                && !line.contains('/')
        })
        .collect();
    assert!(published.is_empty(), "{published:?}");
    let eras = ["tokio v0.1.23", "tokio v0.2.26", "tokio v1.54.2"];
    assert!(eras.iter().all(|era| tree.contains(era)), "{tree}");
}
