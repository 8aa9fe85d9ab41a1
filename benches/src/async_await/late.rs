//! How late things come while the workers are busy.

use super::engine::{pass_turn, Countdown};
use super::rt;
use super::rt::sync::{mpsc, oneshot};
use super::rt::time::{sleep, sleep_until};
use crate::measured::{spin, Samples};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

const FAILED: &str = "a task failed";
const CLOSED: &str = "the receiver is there";

/// Woken together by one task; each notes when it runs, and then takes 4 ms.
pub async fn burst(tasks: u64, rounds: u64, late: &'static Samples) {
    for _ in 0..rounds {
        let (countdown, end) = Countdown::new(tasks);
        let mut senders = Vec::new();
        for _ in 0..tasks {
            let (tx, rx) = oneshot::channel::<Instant>();
            senders.push(tx);
            rt::spawn(async move {
                late.add(rx.await.expect(FAILED).elapsed());
                spin(Duration::from_millis(4));
                countdown.arrive();
            });
        }
        // All of them wait by then.
        sleep(Duration::from_millis(20)).await;
        let woken = Instant::now();
        for tx in senders {
            let _ = tx.send(woken);
        }
        end.await.expect(FAILED);
    }
}

/// Tasks that are always ready, two a worker, until the flag is set.
fn keep_all_busy(workers: usize) -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    for _ in 0..2 * workers {
        let stop = stop.clone();
        rt::spawn(async move {
            // Relaxed: it orders nothing.
            while !stop.load(Relaxed) {
                spin(Duration::from_micros(50));
                pass_turn().await;
            }
        });
    }
    stop
}

pub async fn timers_busy(workers: usize, tasks: u64, each: u64, late: &'static Samples) {
    let stop = keep_all_busy(workers);
    let (countdown, end) = Countdown::new(tasks);
    for task in 0..tasks {
        rt::spawn(async move {
            for n in 0..each {
                let due = Instant::now() + Duration::from_millis(3 + (task + n) % 11);
                sleep_until(due.into()).await;
                late.add(due.elapsed());
            }
            countdown.arrive();
        });
    }
    end.await.expect(FAILED);
    stop.store(true, Relaxed);
}

/// A thread outside sends to a task.
pub async fn wake_outside(workers: usize, times: u64, late: &'static Samples) {
    let stop = keep_all_busy(workers);
    let (tx, mut rx) = mpsc::unbounded_channel::<Instant>();
    let outside = thread::spawn(move || {
        for _ in 0..times {
            thread::sleep(Duration::from_micros(500));
            tx.send(Instant::now()).expect(CLOSED);
        }
    });
    while let Some(sent) = rx.recv().await {
        late.add(sent.elapsed());
    }
    stop.store(true, Relaxed);
    outside.join().expect(FAILED);
}

/// Now and then a message through a channel, while four tasks fill another.
pub async fn trickle(times: u64, late: &'static Samples) {
    let stop = Arc::new(AtomicBool::new(false));
    let (tx, mut rx) = mpsc::channel::<u64>(128);
    for _ in 0..4 {
        let (mut tx, stop) = (tx.clone(), stop.clone());
        rt::spawn(async move {
            while !stop.load(Relaxed) {
                tx.send(1).await.expect(CLOSED);
            }
        });
    }
    drop(tx);
    rt::spawn(async move { while rx.recv().await.is_some() {} });
    let (mut tx, mut rx) = mpsc::channel::<Instant>(1);
    rt::spawn(async move {
        for _ in 0..times {
            sleep(Duration::from_millis(1)).await;
            tx.send(Instant::now()).await.expect(CLOSED);
        }
    });
    while let Some(sent) = rx.recv().await {
        late.add(sent.elapsed());
    }
    stop.store(true, Relaxed);
}
