//! The workloads, as chains of futures 0.1.
//!
//! Included twice: `super::rt` is the tokio under test.

use super::rt;
use crate::{client, Measured};
use futures::future::{self, lazy, loop_fn, poll_fn, Loop};
use futures::sync::oneshot;
use futures::{Async, AsyncSink, Future, Poll, Sink, Stream};
use rt::io::{copy, AsyncRead};
use rt::net::TcpListener;
use rt::runtime::{Builder, Runtime};
use rt::sync::mpsc;
use rt::timer::Delay;
use std::sync::atomic::{AtomicU64, Ordering::AcqRel};
use std::sync::mpsc as std_mpsc;
use std::sync::Arc;
use std::time::{Duration, Instant};

const TASKS: u64 = 200_000;
const LONG: Duration = Duration::from_secs(60);

pub fn run(workload: &str, workers: usize) -> Option<Measured> {
    let rt = Builder::new().core_threads(workers).build().expect("cannot start");
    Some(match workload {
        "spawn_outside" => spawn_outside(rt),
        "spawn_inside" => spawn_inside(rt),
        "spawn_batch" => spawn_batch(rt),
        "yield" => yields(rt),
        "ping_pong" => ping_pong(rt),
        "mpsc_unbounded" => mpsc_unbounded(rt),
        "mpsc_bounded" => mpsc_bounded(rt, 1),
        "mpsc_bounded_4" => mpsc_bounded(rt, 4),
        "timer_create_drop" => timer_create_drop(rt),
        "timer_reset" => timer_reset(rt),
        "tcp_echo" => tcp_echo(rt),
        _ => return None,
    })
}

/// Runs `task` to its end, as a task of the runtime.
fn timed<F>(mut rt: Runtime, operations: u64, task: F) -> Measured
where
    F: Future<Item = (), Error = ()> + Send + 'static,
{
    let (done, wait) = std_mpsc::channel();
    let started = Instant::now();
    rt.spawn(task.map(move |()| done.send(()).expect("main waits")));
    wait.recv().expect("the task failed");
    Measured { elapsed: started.elapsed(), operations }
}

/// Counts tasks down; the last one reports.
struct Countdown {
    left: AtomicU64,
    done: std_mpsc::Sender<()>,
}

impl Countdown {
    fn new(left: u64) -> (Arc<Countdown>, std_mpsc::Receiver<()>) {
        let (done, wait) = std_mpsc::channel();
        (Arc::new(Countdown { left: AtomicU64::new(left), done }), wait)
    }

    fn arrive(&self) {
        if self.left.fetch_sub(1, AcqRel) == 1 {
            self.done.send(()).expect("main waits");
        }
    }
}

fn spawn_outside(mut rt: Runtime) -> Measured {
    let (countdown, wait) = Countdown::new(TASKS);
    let started = Instant::now();
    for _ in 0..TASKS {
        let countdown = countdown.clone();
        rt.spawn(lazy(move || {
            countdown.arrive();
            Ok(())
        }));
    }
    wait.recv().expect("a task failed");
    Measured { elapsed: started.elapsed(), operations: TASKS }
}

fn spawn_inside(mut rt: Runtime) -> Measured {
    let (countdown, wait) = Countdown::new(TASKS);
    let started = Instant::now();
    rt.spawn(lazy(move || {
        for _ in 0..TASKS {
            let countdown = countdown.clone();
            rt::spawn(lazy(move || {
                countdown.arrive();
                Ok(())
            }));
        }
        Ok(())
    }));
    wait.recv().expect("a task failed");
    Measured { elapsed: started.elapsed(), operations: TASKS }
}

fn spawn_batch(rt: Runtime) -> Measured {
    const BATCH: u64 = 1_000;
    // Lazily, since `loop_fn` takes its first step when it is made.
    let batches = lazy(|| {
        loop_fn(TASKS / BATCH, |left| {
            let (done, wait) = oneshot::channel();
            let shared = Arc::new((AtomicU64::new(BATCH), std::sync::Mutex::new(Some(done))));
            for _ in 0..BATCH {
                let shared = shared.clone();
                rt::spawn(lazy(move || {
                    if shared.0.fetch_sub(1, AcqRel) == 1 {
                        if let Some(done) = shared.1.lock().expect("nobody panics").take() {
                            let _ = done.send(());
                        }
                    }
                    Ok(())
                }));
            }
            wait.map_err(|_| ()).map(move |()| match left {
                1 => Loop::Break(()),
                _ => Loop::Continue(left - 1),
            })
        })
    });
    timed(rt, TASKS, batches)
}

fn yields(mut rt: Runtime) -> Measured {
    const YIELDS: u64 = 5_000;
    let (countdown, wait) = Countdown::new(200);
    let started = Instant::now();
    for _ in 0..200 {
        let countdown = countdown.clone();
        let mut left = YIELDS;
        rt.spawn(poll_fn(move || {
            if left == 0 {
                countdown.arrive();
                return Ok(Async::Ready(()));
            }
            left -= 1;
            futures::task::current().notify();
            Ok(Async::NotReady)
        }));
    }
    wait.recv().expect("a task failed");
    Measured { elapsed: started.elapsed(), operations: 200 * YIELDS }
}

fn ping_pong(mut rt: Runtime) -> Measured {
    const PAIRS: u64 = 1_000;
    const ROUNDS: u64 = 200;
    let (countdown, wait) = Countdown::new(PAIRS);
    let started = Instant::now();
    for _ in 0..PAIRS {
        let (mut ping, pings) = mpsc::unbounded_channel::<()>();
        let (mut pong, mut pongs) = mpsc::unbounded_channel::<()>();
        let countdown = countdown.clone();
        rt.spawn(pings.map_err(drop).for_each(move |()| {
            let _ = pong.try_send(());
            Ok(())
        }));
        let mut left = ROUNDS;
        let _ = ping.try_send(());
        rt.spawn(poll_fn(move || -> Poll<(), ()> {
            while let Async::Ready(answer) = pongs.poll().map_err(drop)? {
                answer.ok_or(())?;
                left -= 1;
                if left == 0 {
                    countdown.arrive();
                    return Ok(Async::Ready(()));
                }
                let _ = ping.try_send(());
            }
            Ok(Async::NotReady)
        }));
    }
    wait.recv().expect("a task failed");
    Measured { elapsed: started.elapsed(), operations: PAIRS * ROUNDS }
}

const MESSAGES: u64 = 1_000_000;

fn mpsc_unbounded(mut rt: Runtime) -> Measured {
    let (mut tx, rx) = mpsc::unbounded_channel::<u64>();
    rt.spawn(lazy(move || {
        for n in 0..MESSAGES {
            let _ = tx.try_send(n);
        }
        Ok(())
    }));
    timed(rt, MESSAGES, count(rx))
}

fn mpsc_bounded(mut rt: Runtime, senders: u64) -> Measured {
    let (tx, rx) = mpsc::channel::<u64>(256);
    for _ in 0..senders {
        let mut tx = tx.clone();
        let mut left = MESSAGES / senders;
        rt.spawn(poll_fn(move || {
            while left > 0 {
                match tx.start_send(left).map_err(drop)? {
                    AsyncSink::Ready => left -= 1,
                    AsyncSink::NotReady(_) => return Ok(Async::NotReady),
                }
            }
            Ok(Async::Ready(()))
        }));
    }
    drop(tx);
    timed(rt, MESSAGES, count(rx))
}

fn count<S>(stream: S) -> impl Future<Item = (), Error = ()>
where
    S: Stream<Item = u64>,
{
    let counted = stream.map_err(drop).fold(0, |count, _| future::ok::<u64, ()>(count + 1));
    counted.map(|count| assert_eq!(count, MESSAGES))
}

fn timer_create_drop(rt: Runtime) -> Measured {
    const TIMERS: u64 = 300_000;
    let task = lazy(|| {
        let deadline = Instant::now() + LONG;
        for n in 0..TIMERS {
            let mut delay = Delay::new(deadline + Duration::from_millis(n % 1_000));
            assert!(delay.poll().expect("there is a timer").is_not_ready());
        }
        Ok(())
    });
    timed(rt, TIMERS, task)
}

fn timer_reset(rt: Runtime) -> Measured {
    const RESETS: u64 = 1_000_000;
    let task = lazy(|| {
        let deadline = Instant::now() + LONG;
        let mut delay = Delay::new(deadline);
        for n in 0..RESETS {
            delay.reset(deadline + Duration::from_millis(n % 1_000));
            assert!(delay.poll().expect("there is a timer").is_not_ready());
        }
        Ok(())
    });
    timed(rt, RESETS, task)
}

fn tcp_echo(mut rt: Runtime) -> Measured {
    let any = "127.0.0.1:0".parse().expect("it is an address");
    let listener = TcpListener::bind(&any).expect("cannot listen");
    let address = listener.local_addr().expect("it is bound");
    let server = listener.incoming().map_err(|e| panic!("cannot accept: {e}")).for_each(|socket| {
        socket.set_nodelay(true).expect("it is a TCP socket");
        let (reader, writer) = socket.split();
        rt::spawn(copy(reader, writer).map(drop).map_err(drop))
    });
    rt.spawn(server);
    client::echo(address)
}
