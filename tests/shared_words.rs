#![cfg(tokio_count_atomics)]
//! What `docs/SCALING.md` says that each operation does to words that threads share.
//!
//! `.ci/shared-words` runs it in a build of its own, in which every atomic operation of these
//! crates is recorded. The table in the page is what is expected: a row says how many
//! read-modify-writes and fences an operation makes at most. `SHOW=1` prints where each is.

use futures::{future, Async, Future, Sink, Stream};
use std::collections::BTreeMap;
use std::sync::mpsc as std_mpsc;
use std::time::{Duration, Instant};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc;
use tokio::timer::Delay;
use tokio_executor::internals::sys::counted::{start, stop, Kind, Operation};

fn runtime() -> Runtime {
    Builder::new().core_threads(1).build().unwrap()
}

/// Records `f`, on this thread.
fn recorded<R>(f: impl FnOnce() -> R) -> (R, Vec<Operation>) {
    start();
    let result = f();
    (result, stop())
}

/// What `f` finds out in a task of a runtime with one worker.
fn in_task<R: Send + 'static>(f: impl FnOnce() -> R + Send + 'static) -> R {
    let (tx, rx) = std_mpsc::channel();
    let mut runtime = runtime();
    runtime.spawn(future::lazy(move || {
        tx.send(f()).unwrap();
        Ok(())
    }));
    rx.recv().unwrap()
}

/// What the worker does from one poll to the next, both in one task: the first poll returns
/// what it is to be woken by, and then is pending. The fifth time counts: by then all is warm.
fn in_turn(mut between: impl FnMut() + Send + 'static) -> Vec<Operation> {
    let (tx, rx) = std_mpsc::channel();
    let mut runtime = runtime();
    let mut polls = 0;
    runtime.spawn(future::poll_fn(move || {
        polls += 1;
        if polls == 6 {
            tx.send(stop()).unwrap();
            return Ok(Async::Ready(()));
        }
        start();
        between();
        Ok(Async::NotReady)
    }));
    rx.recv().unwrap()
}

fn spawn_by_a_worker() -> Vec<Operation> {
    in_task(|| {
        tokio::spawn(future::ok(()));
        recorded(|| tokio::spawn(future::ok(()))).1
    })
}

fn spawn_from_outside() -> Vec<Operation> {
    let mut runtime = runtime();
    runtime.spawn(future::ok(()));
    recorded(|| runtime.spawn(future::ok(()))).1
}

/// A task that waits for ever, and its handle.
fn waiting(runtime: &mut Runtime) -> futures::task::Task {
    let (tx, rx) = std_mpsc::channel();
    runtime.spawn(future::poll_fn(move || {
        let _ = tx.send(futures::task::current());
        Ok(Async::NotReady)
    }));
    rx.recv().unwrap()
}

fn wake_by_a_worker() -> Vec<Operation> {
    let mut runtime = runtime();
    let task = waiting(&mut runtime);
    let (tx, rx) = std_mpsc::channel();
    runtime.spawn(future::lazy(move || {
        tx.send(recorded(|| task.notify()).1).unwrap();
        Ok(())
    }));
    rx.recv().unwrap()
}

fn wake_from_outside() -> Vec<Operation> {
    let mut runtime = runtime();
    let task = waiting(&mut runtime);
    // A worker that is awake: waking a sleeper is a row of its own.
    let (running, ran) = std_mpsc::channel();
    let (go_on, gone_on) = std_mpsc::channel::<()>();
    runtime.spawn(future::lazy(move || {
        running.send(()).unwrap();
        let _ = gone_on.recv();
        Ok(())
    }));
    ran.recv().unwrap();
    let operations = recorded(|| task.notify()).1;
    drop(go_on);
    operations
}

fn yields() -> Vec<Operation> {
    in_turn(|| futures::task::current().notify())
}

fn unbounded_send() -> Vec<Operation> {
    in_task(|| {
        let (mut tx, rx) = mpsc::unbounded_channel();
        tx.try_send(1).unwrap();
        let operations = recorded(|| tx.try_send(2).unwrap()).1;
        drop(rx);
        operations
    })
}

fn unbounded_receive() -> Vec<Operation> {
    in_task(|| {
        let (mut tx, mut rx) = mpsc::unbounded_channel();
        tx.try_send(1).unwrap();
        tx.try_send(2).unwrap();
        assert!(rx.poll().unwrap().is_ready());
        recorded(|| assert!(rx.poll().unwrap().is_ready())).1
    })
}

fn bounded_send() -> Vec<Operation> {
    in_task(|| {
        let (mut tx, rx) = mpsc::channel(8);
        assert!(tx.start_send(1).unwrap().is_ready());
        let operations = recorded(|| assert!(tx.start_send(2).unwrap().is_ready())).1;
        drop(rx);
        operations
    })
}

fn bounded_receive() -> Vec<Operation> {
    in_task(|| {
        let (mut tx, mut rx) = mpsc::channel(8);
        assert!(tx.start_send(1).unwrap().is_ready());
        assert!(tx.start_send(2).unwrap().is_ready());
        assert!(rx.poll().unwrap().is_ready());
        recorded(|| assert!(rx.poll().unwrap().is_ready())).1
    })
}

fn timer_made_and_dropped() -> Vec<Operation> {
    let make = || {
        let mut delay = Delay::new(Instant::now() + Duration::from_secs(60));
        assert!(delay.poll().unwrap().is_not_ready());
    };
    in_task(move || {
        make();
        recorded(make).1
    })
}

fn timer_put_off() -> Vec<Operation> {
    in_task(|| {
        let mut delay = Delay::new(Instant::now() + Duration::from_secs(60));
        assert!(delay.poll().unwrap().is_not_ready());
        recorded(|| {
            delay.reset(Instant::now() + Duration::from_secs(90));
            assert!(delay.poll().unwrap().is_not_ready());
        })
        .1
    })
}

/// From a read that would block to the one that has the bytes, with one worker that sleeps in
/// between: the turn of the reactor, the wake and the way to the task.
fn socket_event() -> Vec<Operation> {
    use std::io::{Read, Write};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut client = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let server = listener.accept().unwrap().0;
    let (tx, rx) = std_mpsc::channel();
    let (waits, waiting) = std_mpsc::channel();
    let mut runtime = runtime();
    runtime.spawn(future::lazy(move || {
        let mut server =
            tokio::net::TcpStream::from_std(server, &tokio::reactor::Handle::default()).unwrap();
        let mut messages = 0;
        future::poll_fn(move || {
            let operations = stop();
            while server.read(&mut [0]).is_ok() {
                messages += 1;
            }
            if messages == 5 {
                tx.send(operations).unwrap();
                return Ok(Async::Ready(()));
            }
            start();
            waits.send(()).unwrap();
            Ok(Async::NotReady)
        })
    }));
    for () in waiting.iter() {
        // The worker is on its way to sleep, or asleep.
        std::thread::sleep(Duration::from_millis(20));
        let _ = client.write(&[1]);
    }
    rx.recv().unwrap()
}

const OPERATIONS: &[(&str, fn() -> Vec<Operation>)] = &[
    ("spawn, by a worker", spawn_by_a_worker),
    ("spawn, from outside", spawn_from_outside),
    ("wake, by a worker", wake_by_a_worker),
    ("wake, from outside", wake_from_outside),
    ("yield", yields),
    ("`mpsc` send, unbounded", unbounded_send),
    ("`mpsc` receive, unbounded", unbounded_receive),
    ("`mpsc` send, bounded", bounded_send),
    ("`mpsc` receive, bounded", bounded_receive),
    ("timer, made and dropped", timer_made_and_dropped),
    ("timer, put off", timer_put_off),
    ("socket event, with a sleep", socket_event),
];

fn count(operations: &[Operation], kind: Kind) -> usize {
    operations.iter().filter(|operation| operation.kind == kind).count()
}

/// The row of the page: read-modify-writes, and fences.
fn expected(name: &str) -> Option<(usize, usize)> {
    let page = include_str!("../docs/SCALING.md");
    let row = page.lines().find(|line| line.starts_with(&format!("| {name} |")))?;
    let cells: Vec<_> = row.split('|').map(str::trim).collect();
    Some((cells.get(2)?.parse().ok()?, cells.get(3)?.parse().ok()?))
}

/// Where an operation touches shared words: kind and place, with how often.
fn places(operations: &[Operation]) -> String {
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for operation in operations {
        let (file, line) = (operation.location.file(), operation.location.line());
        *places.entry(format!("    {:?} at {file}:{line}", operation.kind)).or_default() += 1;
    }
    places.iter().map(|(place, n)| format!("{place}: {n}\n")).collect()
}

#[test]
fn each_operation_touches_shared_words_no_more_often_than_the_page_says() {
    let mut wrong = String::new();
    for (name, operation) in OPERATIONS {
        let operations = operation();
        let found = [Kind::ReadModifyWrite, Kind::Fence].map(|kind| count(&operations, kind));
        if std::env::var_os("SHOW").is_some() {
            let others = [Kind::Store, Kind::Load].map(|kind| count(&operations, kind));
            println!("{name}: {found:?}, stores and loads {others:?}\n{}", places(&operations));
        }
        let expected = expected(name);
        if !expected.is_some_and(|(rmw, fences)| found[0] <= rmw && found[1] <= fences) {
            wrong.push_str(&format!(
                "{name}: {} read-modify-writes and {} fences, the page says {expected:?}\n{}",
                found[0],
                found[1],
                places(&operations)
            ));
        }
    }
    assert!(wrong.is_empty(), "docs/SCALING.md says otherwise:\n{wrong}");
}
