//! Runtimes with several reactors: each one's events are served, whoever sleeps or is stuck.
#![cfg(all(target_os = "linux", feature = "rt-full", feature = "tcp", not(loom)))]

use futures::{future, Async, Future, Stream};
use std::io::{Read, Write};
use std::net::TcpStream as Client;
use std::panic;
use std::sync::{mpsc, Arc, Barrier};
use std::time::{Duration, Instant};
use test_support::stress::PATIENCE;
use tokio::io::AsyncRead;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio_reactor::evented::{Ready, Registration};
use tokio_reactor::{Handle, PollEvented};

/// The stall monitor's period.
const PERIOD: Duration = Duration::from_millis(10);

const REACTORS: usize = 4;

fn runtime() -> Runtime {
    let rt = Builder::new().core_threads(REACTORS).reactors(REACTORS).build().unwrap();
    // All workers have a thread from here on.
    drop(hold_up(&rt, REACTORS));
    rt
}

/// The reactors of `runtime`.
fn reactors(runtime: &mut Runtime) -> Vec<Handle> {
    let found = future::lazy(|| Ok::<_, ()>(Handle::entered().unwrap().siblings()));
    runtime.block_on(found).unwrap()
}

/// Two ends of a connection.
fn pair() -> (Client, Client) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let near = Client::connect(listener.local_addr().unwrap()).unwrap();
    near.set_nodelay(true).unwrap();
    near.set_read_timeout(Some(PATIENCE)).unwrap();
    (near, listener.accept().unwrap().0)
}

/// A connection to an echo on each reactor.
fn echoes(runtime: &mut Runtime) -> Vec<Client> {
    let reactors = reactors(runtime);
    assert_eq!(reactors.len(), REACTORS);
    let on_each = |reactor: &Handle| {
        let (near, far) = pair();
        let (reader, writer) = TcpStream::from_std(far, reactor).unwrap().split();
        runtime.executor().spawn(tokio::io::copy(reader, writer).map(drop).map_err(drop));
        near
    };
    reactors.iter().map(on_each).collect()
}

fn round_trip(client: &mut Client) -> Duration {
    let (start, mut byte) = (Instant::now(), [7]);
    client.write_all(&byte).unwrap();
    client.read_exact(&mut byte).unwrap();
    start.elapsed()
}

/// Keeps `count` workers in one poll each until the result is dropped.
fn hold_up(runtime: &Runtime, count: usize) -> Vec<mpsc::Sender<()>> {
    let (begun, has_begun) = mpsc::channel();
    let held = (0..count).map(|_| {
        let ((release, released), begun) = (mpsc::channel::<()>(), begun.clone());
        runtime.executor().spawn(future::lazy(move || {
            begun.send(()).unwrap();
            released.recv().map_err(drop)
        }));
        release
    });
    let held: Vec<_> = held.collect();
    has_begun.iter().take(count).for_each(drop);
    held
}

#[test]
fn each_reactor_serves() {
    let mut rt = runtime();
    let mut clients = echoes(&mut rt);
    for _ in 0..200 {
        clients.iter_mut().for_each(|client| _ = round_trip(client));
    }
    assert_eq!(rt.metrics().sources, REACTORS, "each connection is counted once");
    drop(clients);
    rt.shutdown_on_idle().wait().unwrap();
}

/// How many are quick is up to the machine.
#[test]
fn each_reactor_serves_while_all_other_workers_are_in_long_polls() {
    let mut rt = runtime();
    let mut clients = echoes(&mut rt);
    clients.iter_mut().for_each(|client| _ = round_trip(client));
    let held = hold_up(&rt, REACTORS - 1);
    for client in &mut clients {
        let (start, mut quick) = (Instant::now(), 0);
        while quick < 20 {
            quick += u32::from(round_trip(client) < PERIOD / 2);
            assert!(start.elapsed() < PATIENCE, "events wait for the monitor: {quick} did not");
        }
    }
    drop((held, clients));
    rt.shutdown_now().wait().unwrap();
}

/// Nobody sleeps, and nobody monitors.
#[test]
fn each_reactor_serves_while_the_only_worker_that_is_free_has_always_work() {
    let mut rt = runtime();
    let mut clients = echoes(&mut rt);
    let held = hold_up(&rt, REACTORS - 1);
    rt.spawn(future::poll_fn(|| {
        futures::task::current().notify();
        Ok(Async::NotReady)
    }));
    for _ in 0..20 {
        clients.iter_mut().for_each(|client| _ = round_trip(client));
    }
    drop((held, clients));
    rt.shutdown_now().wait().unwrap();
}

/// A worker that came and went used to be stuck again before others had noticed.
#[test]
fn each_reactor_serves_while_other_workers_go_from_one_long_poll_to_the_next() {
    let mut rt = runtime();
    let mut clients = echoes(&mut rt);
    for _ in 1..REACTORS {
        rt.spawn(future::poll_fn(|| {
            std::thread::sleep(3 * PERIOD);
            futures::task::current().notify();
            Ok(Async::NotReady)
        }));
    }
    for client in &mut clients {
        let (start, mut quick) = (Instant::now(), 0);
        while quick < 20 {
            quick += u32::from(round_trip(client) < PERIOD / 2);
            assert!(start.elapsed() < PATIENCE, "events wait for the monitor: {quick} did not");
        }
    }
    drop(clients);
    rt.shutdown_now().wait().unwrap();
}

/// The last thread stays, and drives for all.
#[test]
fn each_reactor_serves_after_threads_have_ended() {
    let mut builder = Builder::new();
    builder.core_threads(REACTORS).reactors(REACTORS).keep_alive(Some(PERIOD));
    let mut rt = builder.build().unwrap();
    let mut clients = echoes(&mut rt);
    for _ in 0..5 {
        // All are there, and have slept in their reactors.
        drop(hold_up(&rt, REACTORS));
        clients.iter_mut().for_each(|client| _ = round_trip(client));
        let start = Instant::now();
        while rt.metrics().threads > 1 {
            assert!(start.elapsed() < PATIENCE, "{} threads stay", rt.metrics().threads);
            std::thread::yield_now();
        }
        clients.iter_mut().for_each(|client| _ = round_trip(client));
    }
    drop(clients);
    rt.shutdown_on_idle().wait().unwrap();
}

#[test]
fn a_wake_from_outside_reaches_a_sleeper_in_whichever_reactor() {
    let rt = runtime();
    for _ in 0..500 {
        // All workers are needed at once.
        let (all, (done, all_done)) = (Arc::new(Barrier::new(REACTORS)), mpsc::channel());
        for _ in 0..REACTORS {
            let (all, done) = (all.clone(), done.clone());
            rt.executor().spawn(future::lazy(move || {
                all.wait();
                done.send(()).map_err(drop)
            }));
        }
        for _ in 0..REACTORS {
            all_done.recv_timeout(PATIENCE).expect("a worker sleeps on");
        }
    }
    rt.shutdown_on_idle().wait().unwrap();
}

/// What is no descriptor is queued beside the reactor, which whoever watches it has to see.
#[test]
fn readiness_that_the_program_sets_is_found_in_each_reactor() {
    let mut rt = runtime();
    let reactors = reactors(&mut rt);
    for _ in 0..50 {
        for reactor in &reactors {
            let (source, set_readiness) = Registration::new2();
            let source = PollEvented::new_with_handle(source, reactor).unwrap();
            let (ready, is_ready) = mpsc::channel();
            rt.spawn(future::poll_fn(move || {
                futures::try_ready!(source.poll_read_ready(Ready::readable()).map_err(drop));
                ready.send(()).map_err(drop).map(Async::Ready)
            }));
            set_readiness.set_readiness(Ready::readable()).unwrap();
            is_ready.recv_timeout(PATIENCE).expect("nobody looked");
        }
    }
    rt.shutdown_on_idle().wait().unwrap();
}

#[test]
fn many_connections_over_sharded_listeners_are_all_answered() {
    let mut rt = runtime();
    let listeners = rt.block_on(future::lazy(|| {
        let listeners = TcpListener::bind_sharded(&"127.0.0.1:0".parse().unwrap())?;
        let address = listeners[0].local_addr()?;
        for listener in &listeners {
            assert_eq!(listener.local_addr()?, address);
        }
        Ok::<_, std::io::Error>((listeners, address))
    }));
    let (listeners, address) = listeners.unwrap();
    assert_eq!(listeners.len(), REACTORS);
    for listener in listeners {
        rt.spawn(listener.incoming().map_err(drop).for_each(|stream| {
            let (reader, writer) = stream.split();
            tokio::spawn(tokio::io::copy(reader, writer).map(drop).map_err(drop))
        }));
    }
    let connect = |_| {
        let client = Client::connect(address).unwrap();
        client.set_read_timeout(Some(PATIENCE)).unwrap();
        client
    };
    let mut clients: Vec<_> = (0..200).map(connect).collect();
    for _ in 0..3 {
        clients.iter_mut().for_each(|client| _ = round_trip(client));
    }
    assert_eq!(rt.metrics().sources, 200 + REACTORS);
    drop(clients);
    rt.shutdown_now().wait().unwrap();
}

/// Seen from another runtime, whose reactor it would have been otherwise.
#[test]
fn a_connection_stays_with_the_reactor_of_its_shard() {
    let mut rt = Builder::new().core_threads(1).build().unwrap();
    let bind = || TcpListener::bind_sharded(&"127.0.0.1:0".parse().unwrap());
    let listener = rt.block_on(future::lazy(bind)).unwrap().pop().unwrap();
    let mut client = Client::connect(listener.local_addr().unwrap()).unwrap();
    let mut other = Builder::new().core_threads(1).build().unwrap();
    let (accepted, has_accepted) = mpsc::channel();
    other.spawn(listener.incoming().take(1).map_err(drop).for_each(move |stream| {
        let mut stream = Some(stream);
        let accepted = accepted.clone();
        future::poll_fn(move || {
            let mut byte = [0];
            let read = stream.as_mut().unwrap().poll_read(&mut byte).map_err(drop)?;
            accepted.send(read.is_ready()).map_err(drop)?;
            Ok(read.map(drop))
        })
    }));
    assert!(!has_accepted.recv().unwrap(), "nothing was sent yet");
    assert_eq!((rt.metrics().sources, other.metrics().sources), (2, 0));
    client.write_all(b"x").unwrap();
    assert!(has_accepted.recv_timeout(PATIENCE).unwrap());
    drop((rt, other));
}

#[test]
fn a_runtime_that_goes_takes_all_reactors_along() {
    let mut rt = runtime();
    let reactors = reactors(&mut rt);
    let sources = reactors.iter().map(|reactor| {
        let (near, far) = pair();
        (near, TcpStream::from_std(far, reactor).unwrap())
    });
    let sources: Vec<_> = sources.collect();
    drop(rt);
    for (_near, source) in sources {
        let read = tokio::io::read_exact(source, [0]).wait();
        let error = read.map(drop).unwrap_err().to_string();
        assert!(error.contains("reactor gone"), "{error}");
    }
    let (_near, far) = pair();
    assert!(
        TcpStream::from_std(far, &reactors[1]).is_err(),
        "registered with a reactor that is gone"
    );
}

#[test]
fn there_are_no_more_reactors_than_workers_and_one_at_least() {
    let mut rt = Builder::new().core_threads(1).reactors(9).build().unwrap();
    assert_eq!(reactors(&mut rt).len(), 1);
    let none = panic::catch_unwind(|| _ = Builder::new().reactors(0));
    let message = none.unwrap_err().downcast::<&str>().unwrap();
    assert_eq!(*message, "a runtime needs at least 1 reactor, got 0");
}

#[test]
fn listeners_are_not_sharded_outside_of_a_runtime() {
    let error = TcpListener::bind_sharded(&"127.0.0.1:0".parse().unwrap()).unwrap_err();
    assert!(error.to_string().contains("belongs to no runtime"), "{error}");
}
