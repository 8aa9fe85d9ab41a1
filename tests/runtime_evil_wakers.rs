//! Wakers that come back or panic, put where a runtime keeps them: with its sockets and
//! timers, with the handles of its tasks, and with its end.
//!
//! Such wakers come from the caller's own executors and sets of futures. The threads that
//! wake them are the runtime's: whatever a waker does, no thread may be lost by it.
#![cfg(all(
    feature = "fs",
    feature = "rt-full",
    feature = "sync",
    feature = "tcp",
    feature = "udp",
    feature = "uds",
    unix,
    not(loom)
))]

#[path = "evil_support/runtime.rs"]
mod evil_runtime;

use evil_runtime::{come_back, is_sound, try_all, wake_evil_once, Kind, Subject, SOON};
use futures::{future, Future};
use std::io::{Read, Write};
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{mpsc, Arc};
use std::task::{Poll, Waker};
use std::time::{Duration, Instant};
use test_support::evil::{Asking, Evil, On, EVERYWHERE, WORLDS};
use test_support::stress::PATIENCE;
use tokio::compat::{Compat, Compat01};
use tokio::net::{TcpListener, TcpStream, UdpSocket, UnixDatagram, UnixListener, UnixStream};
use tokio::reactor::Handle;
use tokio::runtime::{current_thread, Builder, Runtime};
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio::timer::{Delay, DelayQueue, Interval, Timeout};
use tokio_executor::task::Context;

// ------------------------------------------------------------ tasks, and their ends

fn a_join_handle(runtime: &mut Runtime) -> Vec<Subject> {
    let (tx, rx) = oneshot::channel::<u8>();
    let mut handle = runtime.spawn_handle_std(rx);
    vec![Subject::new("a join handle", move |a| a.poll(&mut handle), || tx.send(7).unwrap())]
}

fn a_set_of_tasks(runtime: &mut Runtime) -> Vec<Subject> {
    let (tx, rx) = oneshot::channel::<u8>();
    let mut set = runtime.block_on_std(async {
        let mut set = JoinSet::new();
        set.spawn_std(rx);
        set
    });
    let wait = move |a: &Asking<'_>| set.poll_join_next(&a.cx()).is_ready();
    vec![Subject::new("a set of tasks", wait, || tx.send(7).unwrap())]
}

fn the_bridges(_: &mut Runtime) -> Vec<Subject> {
    let (tx, rx) = oneshot::channel::<u8>();
    let mut across = Compat::new(Compat01::new(Compat::new(Compat01::new(rx))));
    let wait = move |a: &Asking<'_>| match a {
        Asking::Std(waker) => {
            let across = std::pin::Pin::new(across.get_mut());
            let mut cx = std::task::Context::from_waker(waker);
            std::future::Future::poll(across, &mut cx).is_ready()
        }
        Asking::Futures01 => across.poll().unwrap().is_ready(),
    };
    vec![Subject::new("the bridges", wait, || tx.send(7).unwrap())]
}

fn the_end_of_a_pool(_: &mut Runtime) -> Vec<Subject> {
    let pool = tokio_threadpool::Builder::new().pool_size(1).build();
    let (tx, rx) = oneshot::channel::<()>();
    pool.spawn(rx.map_err(drop));
    let mut end = pool.shutdown_on_idle();
    vec![Subject::new("the end of a pool", move |a| a.poll(&mut end), || tx.send(()).unwrap())]
}

fn the_end_of_a_reactor(_: &mut Runtime) -> Vec<Subject> {
    let background = tokio_reactor::Reactor::new().unwrap().background().unwrap();
    let (mut background, mut end) = (Some(background), None);
    let wait = move |a: &Asking<'_>| {
        let background = &mut background;
        a.poll(end.get_or_insert_with(|| background.take().unwrap().shutdown_now()))
    };
    vec![Subject::new("the end of a background reactor", wait, || {})]
}

// ------------------------------------------------------------ timers

/// Has `poll` called where timers are the runtime's, so that its own is tied to them.
fn on_timers<T: Send + 'static>(
    runtime: &mut Runtime,
    make: impl Fn() -> T + Send + 'static,
    poll: fn(&mut T, &Asking<'_>) -> bool,
) -> impl FnMut(&Asking<'_>) -> bool + Send {
    let mut timer = runtime.block_on_std(async move {
        loop {
            let mut timer = make();
            // A thread that does not get its turn finds the time over.
            if !poll(&mut timer, &Asking::Std(Waker::noop())) {
                break timer;
            }
        }
    });
    move |asking| poll(&mut timer, asking)
}

fn a_delay(runtime: &mut Runtime) -> Vec<Subject> {
    let make = || Delay::new(Instant::now() + SOON);
    let wait = on_timers(runtime, make, |delay, a| a.poll(delay));
    vec![Subject::new("a delay", wait, || {})]
}

fn an_interval(runtime: &mut Runtime) -> Vec<Subject> {
    let make = || Interval::new(Instant::now() + SOON, PATIENCE);
    let wait = on_timers(runtime, make, |ticks, a| ticks.poll_tick(&a.cx()).is_ready());
    vec![Subject::new("an interval", wait, || {})]
}

fn a_timeout(runtime: &mut Runtime) -> Vec<Subject> {
    let make = || Timeout::new(Delay::new(Instant::now() + PATIENCE), SOON);
    let wait = on_timers(runtime, make, |timeout, a| a.poll(timeout));
    vec![Subject::new("a timeout", wait, || {})]
}

fn a_queue_of_delays(runtime: &mut Runtime) -> Vec<Subject> {
    let make = || {
        let mut queue = DelayQueue::new();
        queue.insert((), SOON);
        queue
    };
    let wait = on_timers(runtime, make, |queue, a| queue.poll_expired(&a.cx()).is_ready());
    vec![Subject::new("a queue of delays", wait, || {})]
}

// ------------------------------------------------------------ sockets

/// What holds a waker in a cell of a source.
fn sockets(runtime: &mut Runtime) -> Vec<Subject> {
    /// Calls `poll` where the workers drive, so that its source is registered there.
    fn register(runtime: &mut Runtime, mut poll: impl FnMut(&Context<'_>) -> bool) {
        let ready = runtime.block_on_here(async { poll(&Context::from_waker(Waker::noop())) });
        assert!(!ready, "there is nothing to wait for");
    }

    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let theirs = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let ours = listener.accept().unwrap().0;
    let stream = TcpStream::from_std(ours, &Handle::default()).unwrap();
    register(runtime, |cx| stream.poll_peek_cx(cx, &mut [0]).is_ready());
    let wait = move |a: &Asking<'_>| stream.poll_peek_cx(&a.cx(), &mut [0]).is_ready();
    let reader = Subject::new("the reader of a socket", wait, move || {
        (&theirs).write_all(b"x").unwrap();
        // Open until the test has seen the byte.
        std::mem::forget(theirs);
    });

    let (ours, mut theirs) = std::os::unix::net::UnixStream::pair().unwrap();
    let stream = UnixStream::from_std(ours, &Handle::default()).unwrap();
    let read = Arc::new(AtomicBool::new(false));
    let reading = read.clone();
    let mut fill = move |cx: &Context<'_>| loop {
        // What the first event says may be left from before there was a byte.
        let polled = stream.poll_write_cx(cx, &[0; 4096]);
        if polled.is_pending() || reading.load(SeqCst) {
            return polled.is_ready();
        }
    };
    register(runtime, &mut fill);
    let writer = Subject::new(
        "the writer of a socket",
        move |a| fill(&a.cx()),
        move || {
            read.store(true, SeqCst);
            std::thread::spawn(move || while theirs.read(&mut [0; 65536]).unwrap() > 0 {});
        },
    );

    let listener = TcpListener::bind(&"127.0.0.1:0".parse().unwrap()).unwrap();
    let address = listener.local_addr().unwrap();
    register(runtime, |cx| listener.poll_accept_cx(cx).is_ready());
    let wait = move |a: &Asking<'_>| listener.poll_accept_cx(&a.cx()).is_ready();
    let tcp_listener = Subject::new("a TCP listener", wait, move || {
        std::mem::forget(std::net::TcpStream::connect(address).unwrap());
    });

    let path = std::env::temp_dir().join(format!(
        "evil-wakers-{}-{:?}",
        std::process::id(),
        std::thread::current().id()
    ));
    drop(std::fs::remove_file(&path));
    let listener = UnixListener::bind(&path).unwrap();
    register(runtime, |cx| listener.poll_accept_cx(cx).is_ready());
    let wait = move |a: &Asking<'_>| listener.poll_accept_cx(&a.cx()).is_ready();
    let unix_listener = Subject::new("a Unix listener", wait, move || {
        std::mem::forget(std::os::unix::net::UnixStream::connect(&path).unwrap());
        std::fs::remove_file(&path).unwrap();
    });

    let socket = UdpSocket::bind(&"127.0.0.1:0".parse().unwrap()).unwrap();
    let address = socket.local_addr().unwrap();
    let theirs = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.connect(&theirs.local_addr().unwrap()).unwrap();
    register(runtime, |cx| socket.poll_recv_cx(cx, &mut [0]).is_ready());
    let wait = move |a: &Asking<'_>| socket.poll_recv_cx(&a.cx(), &mut [0]).is_ready();
    let udp = Subject::new("a UDP socket", wait, move || {
        theirs.send_to(b"x", address).unwrap();
    });

    let (ours, theirs) = std::os::unix::net::UnixDatagram::pair().unwrap();
    let socket = UnixDatagram::from_std(ours, &Handle::default()).unwrap();
    register(runtime, |cx| socket.poll_recv_cx(cx, &mut [0]).is_ready());
    let wait = move |a: &Asking<'_>| socket.poll_recv_cx(&a.cx(), &mut [0]).is_ready();
    let datagram = Subject::new("a Unix datagram socket", wait, move || {
        theirs.send(b"x").unwrap();
        std::mem::forget(theirs);
    });

    vec![reader, writer, tcp_listener, unix_listener, udp, datagram]
}

// ------------------------------------------------------------ blocking

/// What waits for a place in `blocking`: the runtime has one, and somebody has it.
fn in_line_to_block(runtime: &mut Runtime) -> Vec<Subject> {
    let mut subject = |name, mut ask: Box<dyn FnMut(&Asking<'_>) -> bool + Send>| {
        let (release, released) = mpsc::channel::<()>();
        let (begun, has_begun) = mpsc::channel();
        runtime.spawn(future::poll_fn(move || {
            tokio_threadpool::blocking(|| {
                begun.send(()).unwrap();
                let _ = released.recv();
            })
            .map_err(drop)
        }));
        has_begun.recv().unwrap();
        let mut subject = Subject::new(name, move |a| ask(a), move || drop(release));
        subject.on_worker = true;
        subject
    };
    let blocking = subject(
        "a place to block",
        Box::new(|a| {
            let polled = tokio_threadpool::internals::blocking_cx(&a.cx(), || {});
            polled.expect("on a worker").is_ready()
        }),
    );
    vec![blocking]
}

/// One that is not there until the one before has given the place back.
fn file_in_line(runtime: &mut Runtime) -> Vec<Subject> {
    let mut subjects = in_line_to_block(runtime);
    let mut metadata = tokio::fs::metadata(".");
    subjects[0].name = "a file";
    subjects[0].wait = Box::new(move |a| a.poll(&mut metadata));
    subjects
}

const KINDS: [Kind; 12] = [
    a_join_handle,
    a_set_of_tasks,
    the_bridges,
    the_end_of_a_pool,
    the_end_of_a_reactor,
    a_delay,
    an_interval,
    a_timeout,
    a_queue_of_delays,
    sockets,
    in_line_to_block,
    file_in_line,
];

#[test]
fn fault_t06_a_waker_that_comes_back_stops_no_runtime() {
    try_all(&KINDS, |runtime| Box::new(come_back(runtime)), false);
}

#[test]
fn fault_t07_a_waker_that_panics_costs_no_thread() {
    try_all(&KINDS, |_| Box::new(|| panic!("a waker panics")), true);
}

/// The event itself wakes the waker that panics; the others of the same turn are served.
#[test]
fn fault_t07_a_turn_goes_on_after_a_waker_that_panics() {
    for world in WORLDS {
        let mut runtime = Builder::new().core_threads(1).build().unwrap();
        for _ in 0..10 {
            let subjects = KINDS.iter().flat_map(|kind| kind(&mut runtime));
            let here: Vec<_> = subjects.filter(|subject| !subject.on_worker).collect();
            here.into_iter().for_each(|subject| wake_evil_once(subject, world));
            is_sound(&mut runtime, 1);
        }
        runtime.shutdown_on_idle().wait().unwrap();
    }
}

/// The payload of a waker's panic, which panics in its turn when it is dropped.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("a payload panics");
    }
}

/// Those who wait for the same tick are woken all the same.
#[test]
fn fault_t07_the_others_of_a_turn_are_woken_whatever_a_payload_does() {
    let mut runtime = Builder::new().core_threads(1).build().unwrap();
    let (woken_tx, woken) = mpsc::channel();
    let (kept_tx, kept) = mpsc::channel();
    runtime.spawn_std(async move {
        let waits_until = |at: Instant, n: u32| {
            let woken = woken_tx.clone();
            let evil = Evil::new(On::Wake, move || match n % 2 {
                0 => std::panic::panic_any(Bomb),
                _ => woken.send(n).unwrap(),
            });
            let mut delay = Delay::new(at);
            (!Asking::Std(&evil.waker()).poll(&mut delay)).then_some(delay)
        };
        // A thread that does not get its turn finds the time over.
        let waiting = loop {
            let at = Instant::now() + SOON;
            if let Some(all) = (0..6).map(|n| waits_until(at, n)).collect::<Option<Vec<_>>>() {
                break all;
            }
        };
        kept_tx.send(waiting).unwrap();
    });
    let waiting = kept.recv_timeout(PATIENCE).unwrap();
    let mut numbers: Vec<_> = (0..3).map(|_| woken.recv_timeout(PATIENCE).unwrap()).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, [1, 3, 5]);
    drop(waiting);
    is_sound(&mut runtime, 1);
    runtime.shutdown_on_idle().wait().unwrap();
}

/// A runtime of one thread has but the one; it polls, drives, and wakes.
#[test]
fn fault_t07_a_runtime_of_one_thread_goes_on_whatever_a_waker_does() {
    for (on, panics) in EVERYWHERE.into_iter().flat_map(|on| [(on, false), (on, true)]) {
        let mut runtime = current_thread::Runtime::new().unwrap();
        let evil = Evil::new(on, move || assert!(!panics, "a waker panics"));
        let waker = evil.waker();
        let (tx, rx) = oneshot::channel::<()>();
        let mut handle = runtime.spawn_handle_std(rx);
        // Both wakers are woken by the runtime's thread, from inside its loop.
        let waiting = std::future::poll_fn({
            let mut delay = Delay::new(Instant::now() + Duration::from_millis(5));
            move |cx| {
                let evil = Asking::Std(&waker);
                drop(catch_unwind(AssertUnwindSafe(|| evil.poll(&mut handle))));
                drop(catch_unwind(AssertUnwindSafe(|| evil.poll(&mut delay))));
                cx.waker().wake_by_ref();
                if delay.is_elapsed() {
                    Poll::Ready(())
                } else {
                    Poll::Pending
                }
            }
        });
        drop(catch_unwind(AssertUnwindSafe(|| runtime.block_on_std(waiting))));
        tx.send(()).unwrap();
        drop(catch_unwind(AssertUnwindSafe(|| runtime.run().unwrap())));
        evil.repent();
        // It works as before.
        let later = Delay::new(Instant::now() + Duration::from_millis(1));
        runtime.block_on(later).unwrap();
        runtime.run().unwrap();
    }
}
