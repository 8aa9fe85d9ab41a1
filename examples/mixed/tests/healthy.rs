//! A load of both worlds that is well: nothing is found wrong with it, however often it is asked.
//!
//! hyper 0.12 and axum serve, hyper 0.12 and hyper 1 call, and beside them tasks use timers,
//! channels, locks and `blocking`, all on one runtime. `HEALTHY_SECONDS=1200` has it go on for
//! longer, and `HEALTHY_DUMP=FILE` keeps the last dump.

#![cfg(target_os = "linux")]

use axum::routing::get;
use bytes1::Bytes;
use futures::{future, Future, Sink, Stream};
use http_body_util::{BodyExt, Full};
use hyper::service::service_fn;
use hyper::{Body, Request, Response, Server};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::inspect::{self, Inspect};
use tokio::runtime::{Builder, Runtime};
use tokio::timer::Delay;

/// What all tasks share: whether to stop, and how much was done.
#[derive(Clone, Default)]
struct Work {
    stop: Arc<AtomicBool>,
    done: Arc<AtomicU64>,
}

impl Work {
    /// Whether there is more to do, one piece of it being done.
    fn goes_on(&self) -> bool {
        self.done.fetch_add(1, Relaxed);
        !self.stop.load(Relaxed)
    }
}

fn in_ms(ms: u64) -> Delay {
    Delay::new(tokio::clock::now() + Duration::from_millis(ms))
}

/// A server of hyper 0.12, which waits before it answers, and clients of the same.
fn hyper_0_12(runtime: &mut Runtime, work: &Work) -> String {
    let answer = |request: Request<Body>| {
        let body = request.into_body().concat2();
        body.and_then(|body| in_ms(1).then(|_| Ok(Response::new(Body::from(body)))))
    };
    let address = ([127, 0, 0, 1], 0).into();
    let server = Server::bind(&address).serve(move || service_fn(answer));
    let url = format!("http://{}/", server.local_addr());
    runtime.spawn(server.map_err(drop).named("hyper 0.12"));
    for _ in 0..8 {
        let (work, url) = (work.clone(), url.clone());
        let client = hyper::Client::new();
        let calls = future::loop_fn((), move |()| {
            let request = Request::post(&url[..]).body(Body::from("x".repeat(5000))).unwrap();
            let work = work.clone();
            client.request(request).and_then(|answer| answer.into_body().concat2()).map(
                move |body| {
                    assert_eq!(body.len(), 5000);
                    match work.goes_on() {
                        true => future::Loop::Continue(()),
                        false => future::Loop::Break(()),
                    }
                },
            )
        });
        runtime.spawn(calls.map_err(|e| panic!("{e}")).named("client of hyper 0.12"));
    }
    url
}

/// Today's servers and clients.
async fn hyper_1(work: Work, url: String) {
    let listener = tokio1::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let axums = format!("http://{}/", listener.local_addr().unwrap());
    let routes = axum::Router::new().route(
        "/",
        get(|| async {
            tokio1::time::sleep(Duration::from_millis(2)).await;
            "answer"
        }),
    );
    tokio1::spawn(async move { axum::serve(listener, routes).await.unwrap() }.named("axum"));
    for n in 0..8 {
        let (work, axums, url) = (work.clone(), axums.clone(), url.clone());
        let client = Client::builder(TokioExecutor::new()).build_http::<Full<Bytes>>();
        let calls = async move {
            while work.goes_on() {
                let to = if n % 2 == 0 {
                    hyper1::Request::get(&axums)
                } else {
                    hyper1::Request::post(&url)
                };
                let request = to.body(Full::new(Bytes::from_static(b"question"))).unwrap();
                let answer = client.request(request).await.unwrap();
                answer.into_body().collect().await.unwrap();
            }
        };
        tokio1::spawn(calls.named("client of hyper 1"));
    }
}

/// Channels, locks, semaphores and timers of both worlds, and calls that block.
fn others(runtime: &mut Runtime, work: &Work) {
    use tokio::sync::{mpsc, mutex::Mutex, semaphore::Semaphore};

    let lock = Arc::new(Mutex::new(0));
    let other = Arc::new(tokio1::sync::Mutex::new(0));
    let few = Arc::new(Semaphore::new(3));
    for n in 0..8 {
        let (work, lock, other, few) = (work.clone(), lock.clone(), other.clone(), few.clone());
        let locks = async move {
            while work.goes_on() {
                let permit = few.acquire().await;
                let mut first = lock.lock().await;
                *first += 1;
                let mut second = other.lock().await;
                *second += 1;
                in_ms(n % 2).await;
                drop((permit, first, second));
                tokio1::task::yield_now().await;
            }
        };
        runtime.spawn_std(locks.named("locks"));
    }
    for _ in 0..4 {
        let (sender, receiver) = mpsc::channel(4);
        let sends = work.clone();
        let messages =
            futures::stream::unfold((), move |()| sends.goes_on().then_some(Ok((1, ()))));
        let sends = messages.forward(sender.sink_map_err(drop)).map(drop);
        runtime.spawn(sends.named("sends"));
        let receives = receiver.map_err(drop).for_each(|_| in_ms(1).map_err(drop));
        runtime.spawn(receives.named("receives"));
    }
    // Longer than what is found in a poll that may not block.
    let blocks = work.clone();
    runtime.spawn(
        future::loop_fn((), move |()| {
            let blocks = blocks.clone();
            let call = || std::thread::sleep(Duration::from_millis(1500));
            future::poll_fn(move || tokio_threadpool::blocking(call)).map_err(drop).map(move |()| {
                match blocks.goes_on() {
                    true => future::Loop::Continue(()),
                    false => future::Loop::Break(()),
                }
            })
        })
        .named("blocks"),
    );
}

#[test]
fn nothing_is_found_wrong_with_a_mixed_load_that_is_well() {
    let seconds = std::env::var("HEALTHY_SECONDS").ok().and_then(|s| s.parse().ok());
    let until = Instant::now() + Duration::from_secs(seconds.unwrap_or(5));
    let _recording = inspect::Recording::start();
    let mut runtime = Builder::new().core_threads(2).build().unwrap();
    let work = Work::default();
    let url = hyper_0_12(&mut runtime, &work);
    others(&mut runtime, &work);
    runtime.block_on_std(hyper_1(work.clone(), url));
    let (mut asked, mut last) = (0, String::new());
    while Instant::now() < until {
        std::thread::sleep(Duration::from_millis(200));
        asked += 1;
        let findings = match asked % 10 {
            0 => {
                let dump = inspect::dump(1000);
                last = dump.to_string();
                dump.findings
            }
            _ => inspect::diagnose(),
        };
        assert!(findings.is_empty(), "asked {asked} times: {findings:#?}\n{last}");
    }
    if let Some(file) = std::env::var_os("HEALTHY_DUMP") {
        std::fs::write(file, last).unwrap();
    }
    work.stop.store(true, Relaxed);
    println!("asked {asked} times, while {} pieces of work were done", work.done.load(Relaxed));
    runtime.shutdown_now().wait().unwrap();
}
