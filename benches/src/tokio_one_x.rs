//! The latest tokio 1.x: the workloads with async/await.

use crate::{client, Measured};
use std::future::{poll_fn, Future};
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering::AcqRel};
use std::sync::mpsc as std_mpsc;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};
use tokio_one::net::TcpListener;
use tokio_one::runtime::{Builder, Runtime};
use tokio_one::sync::{mpsc, oneshot};
use tokio_one::time::{sleep_until, Instant as TokioInstant};

const TASKS: u64 = 200_000;
const LONG: Duration = Duration::from_secs(60);

pub fn run(workload: &str, workers: usize) -> Option<Measured> {
    let rt = Builder::new_multi_thread()
        .worker_threads(workers)
        .enable_all()
        .build()
        .expect("cannot start");
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
fn timed(
    rt: Runtime,
    operations: u64,
    task: impl Future<Output = ()> + Send + 'static,
) -> Measured {
    let (done, wait) = std_mpsc::channel();
    let started = Instant::now();
    rt.spawn(async move {
        task.await;
        done.send(()).expect("main waits");
    });
    wait.recv().expect("the task failed");
    let measured = Measured { elapsed: started.elapsed(), operations };
    rt.shutdown_background();
    measured
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

fn spawn_outside(rt: Runtime) -> Measured {
    let (countdown, wait) = Countdown::new(TASKS);
    let started = Instant::now();
    for _ in 0..TASKS {
        let countdown = countdown.clone();
        rt.spawn(async move { countdown.arrive() });
    }
    wait.recv().expect("a task failed");
    Measured { elapsed: started.elapsed(), operations: TASKS }
}

fn spawn_inside(rt: Runtime) -> Measured {
    let (countdown, wait) = Countdown::new(TASKS);
    let started = Instant::now();
    rt.spawn(async move {
        for _ in 0..TASKS {
            let countdown = countdown.clone();
            tokio_one::spawn(async move { countdown.arrive() });
        }
    });
    wait.recv().expect("a task failed");
    Measured { elapsed: started.elapsed(), operations: TASKS }
}

fn spawn_batch(rt: Runtime) -> Measured {
    const BATCH: u64 = 1_000;
    timed(rt, TASKS, async {
        for _ in 0..TASKS / BATCH {
            let (done, wait) = oneshot::channel();
            let shared = Arc::new((AtomicU64::new(BATCH), std::sync::Mutex::new(Some(done))));
            for _ in 0..BATCH {
                let shared = shared.clone();
                tokio_one::spawn(async move {
                    if shared.0.fetch_sub(1, AcqRel) == 1 {
                        if let Some(done) = shared.1.lock().expect("nobody panics").take() {
                            let _ = done.send(());
                        }
                    }
                });
            }
            wait.await.expect("a task failed");
        }
    })
}

fn yields(rt: Runtime) -> Measured {
    const YIELDS: u64 = 5_000;
    let (countdown, wait) = Countdown::new(200);
    let started = Instant::now();
    for _ in 0..200 {
        let countdown = countdown.clone();
        let mut left = YIELDS;
        // Wakes itself, as the others do; tokio's `yield_now` also visits the reactor.
        rt.spawn(poll_fn(move |cx| {
            if left == 0 {
                countdown.arrive();
                return Poll::Ready(());
            }
            left -= 1;
            cx.waker().wake_by_ref();
            Poll::Pending
        }));
    }
    wait.recv().expect("a task failed");
    Measured { elapsed: started.elapsed(), operations: 200 * YIELDS }
}

fn ping_pong(rt: Runtime) -> Measured {
    const PAIRS: u64 = 1_000;
    const ROUNDS: u64 = 200;
    let (countdown, wait) = Countdown::new(PAIRS);
    let started = Instant::now();
    for _ in 0..PAIRS {
        let (ping, mut pings) = mpsc::unbounded_channel::<()>();
        let (pong, mut pongs) = mpsc::unbounded_channel::<()>();
        let countdown = countdown.clone();
        rt.spawn(async move {
            while let Some(()) = pings.recv().await {
                let _ = pong.send(());
            }
        });
        rt.spawn(async move {
            for _ in 0..ROUNDS {
                let _ = ping.send(());
                pongs.recv().await.expect("the other task answers");
            }
            countdown.arrive();
        });
    }
    wait.recv().expect("a task failed");
    Measured { elapsed: started.elapsed(), operations: PAIRS * ROUNDS }
}

const MESSAGES: u64 = 1_000_000;

fn mpsc_unbounded(rt: Runtime) -> Measured {
    let (tx, mut rx) = mpsc::unbounded_channel::<u64>();
    rt.spawn(async move {
        for n in 0..MESSAGES {
            let _ = tx.send(n);
        }
    });
    timed(rt, MESSAGES, async move {
        let mut count = 0;
        while rx.recv().await.is_some() {
            count += 1;
        }
        assert_eq!(count, MESSAGES);
    })
}

fn mpsc_bounded(rt: Runtime, senders: u64) -> Measured {
    let (tx, mut rx) = mpsc::channel::<u64>(256);
    for _ in 0..senders {
        let tx = tx.clone();
        rt.spawn(async move {
            for n in 0..MESSAGES / senders {
                tx.send(n).await.expect("the receiver is there");
            }
        });
    }
    drop(tx);
    timed(rt, MESSAGES, async move {
        let mut count = 0;
        while rx.recv().await.is_some() {
            count += 1;
        }
        assert_eq!(count, MESSAGES);
    })
}

fn timer_create_drop(rt: Runtime) -> Measured {
    const TIMERS: u64 = 300_000;
    timed(rt, TIMERS, async {
        let deadline = TokioInstant::now() + LONG;
        for n in 0..TIMERS {
            let mut sleep = pin!(sleep_until(deadline + Duration::from_millis(n % 1_000)));
            poll_fn(|cx| {
                assert!(sleep.as_mut().poll(cx).is_pending());
                Poll::Ready(())
            })
            .await;
        }
    })
}

fn timer_reset(rt: Runtime) -> Measured {
    const RESETS: u64 = 1_000_000;
    timed(rt, RESETS, async {
        let deadline = TokioInstant::now() + LONG;
        let mut sleep = pin!(sleep_until(deadline));
        for n in 0..RESETS {
            sleep.as_mut().reset(deadline + Duration::from_millis(n % 1_000));
            poll_fn(|cx| {
                assert!(sleep.as_mut().poll(cx).is_pending());
                Poll::Ready(())
            })
            .await;
        }
    })
}

fn tcp_echo(rt: Runtime) -> Measured {
    let listener = rt.block_on(TcpListener::bind("127.0.0.1:0")).expect("cannot listen");
    let address = listener.local_addr().expect("it is bound");
    rt.spawn(async move {
        loop {
            let (mut socket, _) = listener.accept().await.expect("cannot accept");
            socket.set_nodelay(true).expect("it is a TCP socket");
            tokio_one::spawn(async move {
                let (mut reader, mut writer) = socket.split();
                let _ = tokio_one::io::copy(&mut reader, &mut writer).await;
            });
        }
    });
    let measured = client::echo(address);
    rt.shutdown_background();
    measured
}
