//! What the pool's other workers do while one is held up: I/O goes on, and a burst is shared.

use futures::{future, Async, Future, Stream};
use std::collections::HashMap;
use std::io::{Read, Write};
use std::sync::{mpsc, Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};
use test_support::stress::PATIENCE;
use tokio::io::AsyncRead;
use tokio::reactor::Handle;
use tokio::runtime::{Builder, Runtime};
use tokio::timer::{Delay, Interval};

/// The stall monitor's period.
const PERIOD: Duration = Duration::from_millis(10);

/// Sends back to whoever connects what they send; returns a connection to that.
fn echo(rt: &Runtime) -> std::net::TcpStream {
    let listener = tokio::net::TcpListener::bind(&"127.0.0.1:0".parse().unwrap()).unwrap();
    let address = listener.local_addr().unwrap();
    rt.executor().spawn(listener.incoming().map_err(drop).for_each(|socket| {
        let (reader, writer) = socket.split();
        tokio::spawn(tokio::io::copy(reader, writer).map(drop).map_err(drop))
    }));
    let client = std::net::TcpStream::connect(address).unwrap();
    client.set_nodelay(true).unwrap();
    client
}

fn round_trip(client: &mut std::net::TcpStream) -> Duration {
    let (start, mut byte) = (Instant::now(), [0]);
    client.write_all(&byte).unwrap();
    client.read_exact(&mut byte).unwrap();
    start.elapsed()
}

/// The last sleeper slept aside for a whole period before it drove, at each event: none was
/// quick. How many are quick is up to the machine.
#[test]
fn io_goes_on_while_all_other_workers_are_in_long_polls() {
    let rt = Builder::new().core_threads(2).build().unwrap();
    let mut client = echo(&rt);
    for _ in 0..10 {
        round_trip(&mut client);
    }
    let (begun, has_begun) = mpsc::channel();
    let (release, released) = mpsc::channel::<()>();
    rt.executor().spawn(future::lazy(move || {
        begun.send(()).unwrap();
        released.recv().map_err(drop)
    }));
    has_begun.recv().unwrap();
    let (start, mut quick) = (Instant::now(), 0);
    while quick < 20 {
        quick += u32::from(round_trip(&mut client) < PERIOD / 2);
        assert!(start.elapsed() < PATIENCE, "each event waits for the monitor: {quick} did not");
    }
    release.send(()).unwrap();
    drop(client);
    rt.shutdown_now().wait().unwrap();
}

/// Whoever went into a long poll had called a sleeper to watch it, if there was one with a thread:
/// else nobody did I/O until the poll was over.
#[test]
fn io_goes_on_though_the_worker_that_is_not_busy_has_no_thread_yet() {
    let rt = Builder::new().core_threads(4).build().unwrap();
    let mut client = echo(&rt);
    client.set_read_timeout(Some(PATIENCE)).unwrap();
    let (begun, has_begun) = mpsc::channel();
    let mut held = Vec::new();
    for _ in 0..3 {
        let (release, released) = mpsc::channel::<()>();
        let begun = begun.clone();
        rt.executor().spawn(future::lazy(move || {
            begun.send(()).unwrap();
            released.recv().map_err(drop)
        }));
        held.push(release);
        has_begun.recv().unwrap();
    }
    for _ in 0..10 {
        round_trip(&mut client);
    }
    drop((client, held));
    rt.shutdown_now().wait().unwrap();
}

/// A worker whose very first task kept it called nobody to drive: its thread was new, and it had
/// not slept before.
#[test]
fn io_goes_on_while_the_first_task_of_all_keeps_its_worker() {
    let rt = Builder::new().core_threads(2).build().unwrap();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let client = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (mut peer, _) = listener.accept().unwrap();
    let (begun, has_begun) = mpsc::channel();
    let (release, released) = mpsc::channel::<()>();
    rt.executor().spawn(future::lazy(move || {
        begun.send(Handle::entered().unwrap()).unwrap();
        released.recv().map_err(drop)
    }));
    let reactor = has_begun.recv().unwrap();
    let mut client = tokio::net::TcpStream::from_std(client, &reactor).unwrap();
    // Outside of the workers, so that none is woken for it.
    let (polled, polls) = mpsc::channel();
    let reader = thread::spawn(move || {
        let read = future::poll_fn(move || {
            let read = client.poll_read(&mut [0]);
            polled.send(read.as_ref().is_ok_and(Async::is_ready)).unwrap();
            read
        });
        read.wait().unwrap()
    });
    assert!(!polls.recv().unwrap(), "nothing has come yet");
    peer.write_all(&[7]).unwrap();
    assert!(polls.recv_timeout(PATIENCE).expect("somebody drives"));
    reader.join().unwrap();
    release.send(()).unwrap();
    rt.shutdown_on_idle().wait().unwrap();
}

/// Sixty tasks that one turn woke ran on one thread, as long as something kept a monitor on
/// duty, for whom polls of 4 ms were progress: no burst was shared. How many are is up to the
/// machine, which may leave all threads but one without a processor for a while.
#[test]
fn a_burst_is_shared_while_a_monitor_is_on_duty() {
    let rt = Builder::new().core_threads(4).build().unwrap();
    rt.executor().spawn(
        Interval::new(Instant::now(), Duration::from_millis(3)).map_err(drop).for_each(|_| Ok(())),
    );
    let (start, mut shared) = (Instant::now(), 0);
    while shared < 5 {
        let ran = Arc::new(Mutex::new(HashMap::new()));
        let at = Instant::now() + Duration::from_millis(50);
        let (done, all_done) = mpsc::channel();
        for _ in 0..60 {
            let (ran, done) = (ran.clone(), done.clone());
            rt.executor().spawn(Delay::new(at).map_err(drop).map(move |()| {
                *ran.lock().unwrap().entry(thread::current().id()).or_insert(0) += 1;
                thread::sleep(Duration::from_millis(4));
                done.send(()).unwrap();
            }));
        }
        drop(done);
        assert_eq!(all_done.iter().count(), 60);
        let ran = ran.lock().unwrap();
        shared += u32::from(*ran.values().max().unwrap() < 50);
        assert!(start.elapsed() < PATIENCE, "tasks by thread: {ran:?}");
    }
    rt.shutdown_now().wait().unwrap();
}

/// A socket whose peer has sent `sent` bytes, all of which have arrived.
fn arrived(sent: usize) -> std::net::TcpStream {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut peer = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (socket, _) = listener.accept().unwrap();
    peer.write_all(&vec![0; sent]).unwrap();
    drop(peer);
    let mut seen = vec![0; sent];
    while socket.peek(&mut seen).unwrap() < sent {}
    socket.set_nonblocking(true).unwrap();
    socket
}

/// A connection's task used to read all that had arrived before the task that worked on it
/// ran: with HTTP/2, credit came back in one piece, after a delayed acknowledgement.
#[test]
fn a_task_that_reads_and_hands_on_lets_the_other_run_before_it_reads_on() {
    let log = Arc::new(Mutex::new(String::new()));
    let mut rt = Builder::new().core_threads(1).build().unwrap();
    let mut socket = tokio::net::TcpStream::from_std(arrived(40), &Handle::default()).unwrap();
    let (tx, rx) = tokio::sync::mpsc::unbounded_channel();
    let taken = log.clone();
    rt.spawn(rx.for_each(move |()| Ok(taken.lock().unwrap().push('t'))).map_err(drop));
    let (read, mut tx) = (log.clone(), Some(tx));
    rt.spawn(future::poll_fn(move || {
        let mut buf = [0; 10];
        while futures::try_ready!(socket.poll_read(&mut buf).map_err(drop)) > 0 {
            read.lock().unwrap().push('r');
            tx.as_mut().unwrap().try_send(()).unwrap();
        }
        tx = None;
        Ok(().into())
    }));
    rt.shutdown_on_idle().wait().unwrap();
    assert_eq!(*log.lock().unwrap(), "rtrtrtrt");
}

/// Whoever wakes another task in each poll comes to read nevertheless.
#[test]
fn a_task_that_wakes_another_before_each_read_still_reads() {
    let mut rt = Builder::new().core_threads(1).build().unwrap();
    let mut socket = tokio::net::TcpStream::from_std(arrived(100), &Handle::default()).unwrap();
    let (mut tx, rx) = tokio::sync::mpsc::unbounded_channel();
    rt.spawn(rx.for_each(|()| Ok(())).map_err(drop));
    let mut reads = 0;
    let all_read = future::poll_fn(move || loop {
        tx.try_send(()).unwrap();
        if futures::try_ready!(socket.poll_read(&mut [0; 10])) == 0 {
            return Ok::<_, std::io::Error>(reads.into());
        }
        reads += 1;
    });
    assert_eq!(rt.block_on(all_read).unwrap(), 10);
    rt.shutdown_on_idle().wait().unwrap();
}
