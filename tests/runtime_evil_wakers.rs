//! Wakers that come back or panic, put where a runtime keeps them: with its sockets and
//! timers, with the handles of its tasks, and with its end.
//!
//! Such wakers come from the caller's own executors and sets of futures. The threads that
//! wake them are the runtime's: whatever a waker does, no thread may be lost by it.
#![cfg(all(feature = "rt-full", feature = "sync", feature = "tcp", not(loom)))]
#![allow(unsafe_code, reason = "wakers that misbehave are made by hand")]

mod sync_support;

use futures::sync::oneshot;
use futures::{future, Future};
use std::io::Write;
use std::panic::{catch_unwind, resume_unwind, AssertUnwindSafe};
use std::pin::Pin;
use std::sync::{mpsc, Arc, Mutex};
use std::task::{Wake, Waker};
use std::time::{Duration, Instant};
use sync_support::{Evil, On, EVERYWHERE};
use tokio::net::TcpStream;
use tokio::reactor::Handle;
use tokio::runtime::{Builder, Runtime};
use tokio::timer::Delay;
use tokio_executor::task::Context;

const PATIENCE: Duration = Duration::from_secs(20);

/// Something of a runtime that a task waits for.
struct Subject {
    name: &'static str,
    /// Waits as the task of the context; says whether the wait is over.
    wait: Box<dyn FnMut(&Context<'_>) -> bool>,
    /// Makes the event happen, sooner or later.
    happen: Box<dyn FnOnce()>,
    /// Does, from inside a waker, what another handle can do meanwhile.
    back: Box<dyn FnMut() + Send>,
}

/// Polls a std future with the waker of `cx`.
fn poll_std<F: std::future::Future + Unpin>(future: &mut F, cx: &Context<'_>) -> bool {
    let waker = cx.waiter();
    let waker = Waker::from(Arc::new(Relay(Mutex::new(Some(waker)))));
    Pin::new(future).poll(&mut std::task::Context::from_waker(&waker)).is_ready()
}

/// Hands a wake on.
struct Relay(Mutex<Option<tokio_executor::waiter::Waiter>>);

impl Wake for Relay {
    fn wake(self: Arc<Self>) {
        let waiter = self.0.lock().unwrap_or_else(|e| e.into_inner()).take();
        if let Some(waiter) = waiter {
            waiter.wake();
        }
    }
}

fn subjects(runtime: &mut Runtime) -> Vec<Subject> {
    let executor = runtime.executor();
    let spawning = move || {
        let executor = executor.clone();
        Box::new(move || executor.spawn(future::ok(())))
    };

    let (tx, rx) = oneshot::channel::<u8>();
    let mut handle = runtime.spawn_handle_std({
        let mut rx = rx;
        std::future::poll_fn(move |cx| {
            // Futures 0.1's oneshot under a std task, by way of a relay of our own.
            let mut polled = futures::executor::spawn(future::poll_fn(|| rx.poll()));
            let notify = Arc::new(Renotify(cx.waker().clone()));
            match polled.poll_future_notify(&notify, 0) {
                Ok(futures::Async::NotReady) => std::task::Poll::Pending,
                Ok(futures::Async::Ready(value)) => std::task::Poll::Ready(value),
                Err(_) => std::task::Poll::Ready(0),
            }
        })
    });
    let joined = Subject {
        name: "a join handle",
        wait: Box::new(move |cx| poll_std(&mut handle, cx)),
        happen: Box::new(move || tx.send(7).unwrap()),
        back: spawning(),
    };

    let mut delay = runtime
        .block_on(future::lazy(|| {
            // The first poll ties it to the runtime's timers.
            let mut delay = Delay::new(Instant::now() + Duration::from_millis(50));
            assert!(Future::poll(&mut delay).unwrap().is_not_ready());
            Ok::<_, ()>(delay)
        }))
        .unwrap();
    let timer = Subject {
        name: "a timer",
        wait: Box::new(move |cx| poll_std(&mut delay, cx)),
        happen: Box::new(|| {}),
        back: spawning(),
    };

    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let theirs = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let ours = listener.accept().unwrap().0;
    // Registered where the workers drive.
    let stream = runtime
        .block_on(future::lazy(move || {
            let stream = TcpStream::from_std(ours, &Handle::default()).unwrap();
            let pending = tokio_io::AsyncRead::poll_read(&mut { &stream }, &mut [0]);
            assert!(pending.unwrap().is_not_ready());
            Ok::<_, ()>(stream)
        }))
        .unwrap();
    let socket = Subject {
        name: "a socket",
        wait: Box::new(move |cx| stream.poll_peek_cx(cx, &mut [0]).is_ready()),
        happen: Box::new(move || {
            (&theirs).write_all(b"x").unwrap();
            // Open until the test has seen the byte.
            std::mem::forget(theirs);
        }),
        back: spawning(),
    };
    vec![joined, timer, socket]
}

struct Renotify(Waker);

impl futures::executor::Notify for Renotify {
    fn notify(&self, _id: usize) {
        self.0.wake_by_ref();
    }
}

struct Unpark(std::thread::Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Waits with `waker` again and again, then with one that behaves until it is over.
fn put_to_the_test(subject: Subject, waker: &Waker, may_panic: bool) {
    let Subject { name, mut wait, happen, .. } = subject;
    let cx = Context::from_waker(waker);
    let good = Waker::from(Arc::new(Unpark(std::thread::current())));
    for _ in 0..2 {
        match catch_unwind(AssertUnwindSafe(|| wait(&cx))) {
            Err(panic) if !may_panic => resume_unwind(panic),
            _ => {}
        }
        match catch_unwind(AssertUnwindSafe(|| wait(&Context::from_waker(&good)))) {
            Err(panic) if !may_panic => resume_unwind(panic),
            _ => {}
        }
    }
    match catch_unwind(AssertUnwindSafe(|| wait(&cx))) {
        Err(panic) if !may_panic => resume_unwind(panic),
        _ => {}
    }
    happen();
    let patience = Instant::now() + PATIENCE;
    // The evil waker is woken by a thread of the runtime, or is replaced before that.
    let mut over = || catch_unwind(AssertUnwindSafe(|| wait(&Context::from_waker(&good))));
    loop {
        match over() {
            Ok(true) => return,
            Err(panic) if !may_panic => resume_unwind(panic),
            _ => {}
        }
        assert!(Instant::now() < patience, "{name} is never ready");
        std::thread::park_timeout(Duration::from_millis(5));
    }
}

/// All threads of the runtime are there, and drive sockets and timers.
fn is_sound(runtime: &mut Runtime, workers: usize) {
    let all = Arc::new(std::sync::Barrier::new(workers));
    let (done, wait) = mpsc::channel();
    for _ in 0..workers {
        let (all, done) = (all.clone(), done.clone());
        runtime.spawn(future::lazy(move || {
            all.wait();
            done.send(()).map_err(drop)
        }));
    }
    for _ in 0..workers {
        wait.recv_timeout(PATIENCE).expect("a worker is lost");
    }
    runtime.spawn(
        Delay::new(Instant::now() + Duration::from_millis(1))
            .map(move |()| done.send(()).unwrap())
            .map_err(|e| panic!("{e}")),
    );
    wait.recv_timeout(PATIENCE).expect("nobody drives any more");
}

fn try_all(deed: impl Fn(&mut Subject) -> Box<dyn FnMut() + Send>, may_panic: bool) {
    const WORKERS: usize = 2;
    for on in EVERYWHERE {
        let mut runtime = Builder::new().core_threads(WORKERS).build().unwrap();
        for mut subject in subjects(&mut runtime) {
            let evil = Evil::new(on, deed(&mut subject));
            let waker = evil.waker();
            put_to_the_test(subject, &waker, may_panic);
            evil.repent();
        }
        is_sound(&mut runtime, WORKERS);
        // With one that waits for the very end.
        let mut end = runtime.shutdown_now();
        let subject = Subject {
            name: "the end",
            wait: Box::new(move |cx| poll_std(&mut end, cx)),
            happen: Box::new(|| {}),
            back: Box::new(|| {}),
        };
        let evil = Evil::new(on, move || assert!(!may_panic, "a waker panics"));
        let waker = evil.waker();
        put_to_the_test(subject, &waker, may_panic);
        evil.repent();
    }
}

#[test]
fn fault_t06_a_waker_that_comes_back_stops_no_runtime() {
    try_all(|subject| std::mem::replace(&mut subject.back, Box::new(|| {})), false);
}

#[test]
fn fault_t07_a_waker_that_panics_costs_no_thread() {
    try_all(|_| Box::new(|| panic!("a waker panics")), true);
}

/// The event itself wakes the waker that panics; the others of the same turn are served.
#[test]
fn fault_t07_a_turn_goes_on_after_a_waker_that_panics() {
    let mut runtime = Builder::new().core_threads(1).build().unwrap();
    for _ in 0..10 {
        for mut subject in subjects(&mut runtime) {
            let evil = Evil::new(On::Wake, || panic!("a waker panics"));
            let waker = evil.waker();
            assert!(!(subject.wait)(&Context::from_waker(&waker)), "{}", subject.name);
            (subject.happen)();
            let patience = Instant::now() + PATIENCE;
            while evil.done() == 0 {
                assert!(Instant::now() < patience, "{} does not wake", subject.name);
                std::thread::yield_now();
            }
            let good = Waker::from(Arc::new(Unpark(std::thread::current())));
            assert!((subject.wait)(&Context::from_waker(&good)));
        }
        is_sound(&mut runtime, 1);
    }
    runtime.shutdown_on_idle().wait().unwrap();
}
