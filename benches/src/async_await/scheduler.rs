//! Spawning, yielding, waking, blocking, starting.

use super::super::in_place;
use super::engine::{Countdown, Engine};
use super::rt;
use super::rt::sync::oneshot;
use std::future::poll_fn;
use std::hint::black_box;
use std::task::Poll;

const FAILED: &str = "a task failed";

pub fn spawn_outside(engine: &mut impl Engine, tasks: u64) {
    let (countdown, end) = Countdown::new(tasks);
    for _ in 0..tasks {
        engine.add(async { countdown.arrive() });
    }
    engine.run(async { end.await.expect(FAILED) });
}

pub async fn spawn_inside(tasks: u64) {
    let (countdown, end) = Countdown::new(tasks);
    for _ in 0..tasks {
        rt::spawn(async { countdown.arrive() });
    }
    end.await.expect(FAILED);
}

/// `size` at a time: a spawn without the cost of much memory.
pub async fn spawn_batch(batches: u64, size: u64) {
    for _ in 0..batches {
        spawn_inside(size).await;
    }
}

pub async fn yields(tasks: u64, each: u64) {
    let (countdown, end) = Countdown::new(tasks);
    for _ in 0..tasks {
        let mut left = each;
        // Wakes itself, as the chains do; a runtime's `yield_now` may do more.
        rt::spawn(poll_fn(move |cx| {
            if left == 0 {
                countdown.arrive();
                return Poll::Ready(());
            }
            left -= 1;
            cx.waker().wake_by_ref();
            Poll::Pending
        }));
    }
    end.await.expect(FAILED);
}

/// A message there and back, through two oneshots made for it.
pub async fn ping_pong(pairs: u64, n: u64) {
    for _ in 0..n {
        let (countdown, end) = Countdown::new(pairs);
        for _ in 0..pairs {
            rt::spawn(async {
                let (ping, pinged) = oneshot::channel::<()>();
                let (pong, ponged) = oneshot::channel::<()>();
                rt::spawn(async {
                    pinged.await.expect(FAILED);
                    let _ = pong.send(());
                });
                let _ = ping.send(());
                ponged.await.expect(FAILED);
                countdown.arrive();
            });
        }
        end.await.expect(FAILED);
    }
}

pub async fn chained_spawn(links: u64) {
    fn next(left: u64, countdown: &'static Countdown) {
        match left {
            0 => countdown.arrive(),
            _ => drop(rt::spawn(async move { next(left - 1, countdown) })),
        }
    }
    let (countdown, end) = Countdown::new(1);
    next(links, countdown);
    end.await.expect(FAILED);
}

pub async fn fan_out(children: u64, n: u64) {
    for _ in 0..n {
        let handles: Vec<_> = (0..children).map(|child| rt::spawn(async move { child })).collect();
        let mut sum = 0;
        for handle in handles {
            sum += handle.await.expect(FAILED);
        }
        assert_eq!(sum, children * (children - 1) / 2);
    }
}

pub async fn blocking_in_place(tasks: u64, each: u64) {
    let (countdown, end) = Countdown::new(tasks);
    for _ in 0..tasks {
        rt::spawn(async move {
            let mut left = each;
            while left > 0 {
                left = in_place(|| black_box(left) - 1).await;
            }
            countdown.arrive();
        });
    }
    end.await.expect(FAILED);
}

pub async fn spawn_blocking(tasks: u64, each: u64) {
    let (countdown, end) = Countdown::new(tasks);
    for _ in 0..tasks {
        rt::spawn(async move {
            let mut left = each;
            while left > 0 {
                let blocked = rt::task::spawn_blocking(move || black_box(left) - 1);
                left = blocked.await.expect(FAILED);
            }
            countdown.arrive();
        });
    }
    end.await.expect(FAILED);
}

pub fn start_stop<E: Engine>(times: u64, workers: usize) {
    for _ in 0..times {
        E::start(workers).run(async {});
    }
}
