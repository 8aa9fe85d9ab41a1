//! hyper 0.12, hyper 1 and reqwest in one process, on our workers, and one end for all.

#![cfg(target_os = "linux")]

use bytes1::Bytes;
use futures::{future, Future, Sink, Stream};
use http_body_util::{BodyExt, Full};
use hyper::service::service_fn;
use hyper::{Body, Request, Response, Server};
use hyper_util::client::legacy::{connect::HttpConnector, Client};
use hyper_util::rt::TokioExecutor;
use std::net::{SocketAddr, TcpStream};
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};
use tokio::compat::{Future01CompatExt, Stream01CompatExt};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

/// How long anything may take that should happen at once.
const PATIENCE: Duration = Duration::from_secs(60);

/// A question that the server's chain puts to the `async fn`, and where the answer goes.
type Question = (String, oneshot::Sender<String>);

/// Answers what comes over the channel, in capitals, until nobody can ask any more.
/// Returns how many questions there were.
async fn answer(questions: mpsc::Receiver<Question>) -> usize {
    let mut questions = Stream01CompatExt::compat(questions);
    let mut count = 0;
    while let Some(Ok((text, reply))) = questions.next().await {
        assert_on_worker();
        let _ = reply.send(text.to_uppercase());
        count += 1;
    }
    count
}

/// A chain of futures 0.1: the body goes over the channel, the answer is the response.
fn serve(
    request: Request<Body>,
    ask: mpsc::Sender<Question>,
) -> impl Future<Item = Response<Body>, Error = hyper::Error> + Send {
    assert_on_worker();
    let (reply, answer) = oneshot::channel();
    request.into_body().concat2().and_then(move |body| {
        let text = String::from_utf8_lossy(&body).into_owned();
        ask.send((text, reply)).map_err(drop).and_then(|_| answer.map_err(drop)).then(|answer| {
            match answer {
                Ok(text) => Ok(Response::new(Body::from(text))),
                Err(()) => Ok(Response::builder().status(503).body(Body::empty()).unwrap()),
            }
        })
    })
}

type Hyper1 = Client<HttpConnector, Full<Bytes>>;

async fn call_with_hyper_1(client: Hyper1, url: String, text: String) -> String {
    assert_on_worker();
    let request = hyper1::Request::post(url).body(Full::new(Bytes::from(text))).unwrap();
    let response = client.request(request).await.unwrap();
    assert_eq!(response.status(), 200);
    let body = response.into_body().collect().await.unwrap();
    assert_on_worker();
    String::from_utf8(body.to_bytes().into()).unwrap()
}

async fn call_with_reqwest(client: reqwest::Client, url: String, text: String) -> String {
    assert_on_worker();
    let response = client.post(url).body(text).send().await.unwrap();
    assert_eq!(response.status(), 200);
    let body = response.text().await.unwrap();
    assert_on_worker();
    body
}

fn assert_on_worker() {
    let thread = thread::current();
    assert!(thread.name().is_some_and(|name| name.starts_with("ours-")), "{thread:?}");
}

/// Threads of this process whose names start with `prefix`.
fn threads(prefix: &str) -> usize {
    let tasks = std::fs::read_dir("/proc/self/task").unwrap();
    let names =
        tasks.filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("comm")).ok());
    names.filter(|name| name.starts_with(prefix)).count()
}

/// A thread that has said that it ends needs a moment to be gone for the system.
fn assert_gone(prefix: &str) {
    let deadline = Instant::now() + PATIENCE;
    while threads(prefix) > 0 {
        assert!(Instant::now() < deadline, "{} threads {prefix}* are left", threads(prefix));
        thread::yield_now();
    }
}

/// The threads of each test are to be gone at its end, so they come one at a time.
fn alone() -> impl Drop {
    static TESTS: Mutex<()> = Mutex::new(());
    TESTS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A runtime with a server on hyper 0.12.
struct Serving {
    runtime: Runtime,
    address: SocketAddr,
    /// How many questions were passed on, in the end.
    answered: JoinHandle<usize>,
    /// The server ends when this is dropped, once its connections are closed.
    stop: oneshot::Sender<()>,
}

fn start() -> Serving {
    let mut runtime = Builder::new().core_threads(2).name_prefix("ours-").build().unwrap();
    let (ask, questions) = mpsc::channel(4);
    let answered = runtime.spawn_handle_std(answer(questions));
    let server = Server::bind(&([127, 0, 0, 1], 0).into()).serve(move || {
        let ask = ask.clone();
        service_fn(move |request| serve(request, ask.clone()))
    });
    let address = server.local_addr();
    let (stop, stopped) = oneshot::channel();
    let served = server.with_graceful_shutdown(stopped);
    runtime.spawn(served.map_err(|e| panic!("the server ended: {e}")));
    Serving { runtime, address, answered, stop }
}

/// `count` calls at a time, `rounds` times over, so that connections are used again.
/// Some bodies are longer than any buffer on the way.
async fn call_often<F>(call: impl Fn(String) -> F, rounds: usize, count: usize)
where
    F: std::future::Future<Output = String> + Send + 'static,
{
    for round in 0..rounds {
        let text = |i: usize| format!("{round} {i} ").repeat(1 + i * 4_000);
        let calls: Vec<_> = (0..count).map(|i| tokio::spawn_handle_std(call(text(i)))).collect();
        for (i, answer) in calls.into_iter().enumerate() {
            assert!(answer.await.unwrap() == text(i).to_uppercase(), "answer {round} {i}");
        }
    }
}

#[test]
fn hyper_1_and_reqwest_call_hyper_0_12_on_our_workers_and_one_shutdown_ends_all() {
    let _alone = alone();
    let Serving { mut runtime, address, answered, stop } = start();
    let url = format!("http://{address}/");
    // A name has to be looked up, which blocks.
    let by_name = format!("http://localhost:{}/", address.port());

    runtime.block_on_std(async move {
        let hyper: Hyper1 = Client::builder(TokioExecutor::new()).build_http();
        let reqwest = reqwest::Client::builder().no_proxy().build().unwrap();
        let both = Arc::new((hyper, reqwest));
        let of_hyper = {
            let (both, url) = (both.clone(), url.clone());
            call_often(move |text| call_with_hyper_1(both.0.clone(), url.clone(), text), 5, 8)
        };
        let of_reqwest =
            call_often(move |text| call_with_reqwest(both.1.clone(), by_name.clone(), text), 5, 8);
        let ((), ()) = futures03::join!(of_hyper, of_reqwest);
    });

    // Server and idle connections of both kinds are still there; all of it goes.
    assert!(threads("ours-") > 0);
    runtime.shutdown_now().wait().unwrap();
    assert_gone("ours-");
    // A child that another test has started has a copy until it runs its own program.
    let deadline = Instant::now() + PATIENCE;
    while TcpStream::connect(address).is_ok() {
        assert!(Instant::now() < deadline, "somebody listens at {address}");
    }
    // The `async fn` was dropped, too, and the handle says so.
    assert!(answered.wait().unwrap_err().is_cancelled());
    drop(stop);
}

#[test]
fn a_runtime_of_both_worlds_ends_when_it_is_idle() {
    let _alone = alone();
    let Serving { mut runtime, address, answered, stop } = start();
    let url = format!("http://{address}/");

    // A chain of futures 0.1 waits for a future of reqwest, and an `async` block for the
    // chain.
    let asked = future::lazy(move || {
        tokio::spawn_handle_std(async move {
            let client = reqwest::Client::builder().no_proxy().build().unwrap();
            call_with_reqwest(client, url, "by and by".into()).await
        })
    });
    let answer = runtime.block_on_std(async move {
        let answer = Future01CompatExt::compat(asked).await.unwrap();
        drop(stop);
        answer
    });
    assert_eq!(answer, "BY AND BY");
    runtime.shutdown_on_idle().wait().unwrap();
    assert_gone("ours-");
    // With the server, the last one to ask had gone.
    assert_eq!(answered.wait().unwrap(), 1);
}

#[test]
fn the_example_says_what_the_one_has_answered_to_the_other() {
    let example = Command::new(env!("CARGO_BIN_EXE_mixed")).output().unwrap();
    assert!(example.status.success(), "{example:?}");
    assert_eq!(String::from_utf8_lossy(&example.stdout), "FROM ONE WORLD TO THE OTHER\n");
}
