//! Locks and channels for which several tasks contend.
//!
//! A lock that is let go in the same poll is contended only between workers; one that is
//! held while its task yields always has the other tasks in its queue.

use super::super::async_await::engine::{pass_turn, Countdown};
use super::rt;
use super::rt::sync::{broadcast, mpsc, watch, Mutex, Notify, RwLock, Semaphore};
use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering::AcqRel};
use std::sync::Arc;

const FAILED: &str = "a task failed";
const CLOSED: &str = "the other end is there";

/// So many tasks, each made from its number, to their end.
async fn all<F>(tasks: u64, mut task: impl FnMut(u64) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let (countdown, end) = Countdown::new(tasks);
    for n in 0..tasks {
        let task = task(n);
        rt::spawn(async {
            task.await;
            countdown.arrive();
        });
    }
    end.await.expect(FAILED);
}

pub async fn mutex(tasks: u64, each: u64, held: bool) {
    let count = Arc::new(Mutex::new(0));
    all(tasks, |_| {
        let count = count.clone();
        async move {
            for _ in 0..each {
                let mut count = count.lock().await;
                *count += 1;
                if held {
                    pass_turn().await;
                }
            }
        }
    })
    .await;
    assert_eq!(*count.lock().await, tasks * each);
}

/// Every eighth access writes. Each is held while its task yields.
pub async fn rwlock(tasks: u64, each: u64) {
    let count = Arc::new(RwLock::new(0));
    all(tasks, |task| {
        let count = count.clone();
        async move {
            for n in 0..each {
                if (n + task) % 8 == 0 {
                    let mut count = count.write().await;
                    *count += 1;
                    pass_turn().await;
                } else {
                    let _count = count.read().await;
                    pass_turn().await;
                }
            }
        }
    })
    .await;
    assert!(*count.read().await <= tasks * each);
}

/// A permit for every second task, held while the task yields.
pub async fn semaphore(tasks: u64, each: u64) {
    let permits = Arc::new(Semaphore::new((tasks / 2).max(1) as usize));
    all(tasks, |_| {
        let permits = permits.clone();
        async move {
            for _ in 0..each {
                let _permit = permits.acquire().await.expect(CLOSED);
                pass_turn().await;
            }
        }
    })
    .await;
}

/// Pairs of tasks, each of which wakes the other in turn.
pub async fn notify_one(pairs: u64, each: u64) {
    let ends: Vec<_> = (0..2 * pairs).map(|_| Arc::new(Notify::new())).collect();
    all(2 * pairs, |task| {
        let own = ends[task as usize].clone();
        let other = ends[(task ^ 1) as usize].clone();
        async move {
            for _ in 0..each {
                if task % 2 == 0 {
                    other.notify_one();
                    own.notified().await;
                } else {
                    own.notified().await;
                    other.notify_one();
                }
            }
        }
    })
    .await;
}

/// All wait for the last one to arrive, which wakes them together.
pub async fn notify_all(tasks: u64, each: u64) {
    let shared = Arc::new((Notify::new(), AtomicU64::new(0)));
    all(tasks, |_| {
        let shared = shared.clone();
        async move {
            let (notify, arrived) = &*shared;
            for _ in 0..each {
                let mut notified = pin!(notify.notified());
                notified.as_mut().enable();
                // AcqRel: the last one to arrive sees that the others are enabled.
                if arrived.fetch_add(1, AcqRel) % tasks == tasks - 1 {
                    notify.notify_waiters();
                }
                notified.await;
            }
        }
    })
    .await;
}

/// A batch of messages that all receivers take, then the next.
pub async fn broadcast(receivers: u64, batches: u64, size: u64) {
    let (tx, _) = broadcast::channel::<u64>(128);
    let (taken, mut all_taken) = mpsc::unbounded_channel();
    for _ in 0..receivers {
        let (mut rx, taken) = (tx.subscribe(), taken.clone());
        rt::spawn(async move {
            for n in 1..=batches * size {
                assert_eq!(rx.recv().await.expect(CLOSED), n);
                if n % size == 0 {
                    taken.send(()).expect(CLOSED);
                }
            }
        });
    }
    let mut sent = 0;
    for _ in 0..batches {
        for _ in 0..size {
            sent += 1;
            tx.send(sent).expect(CLOSED);
        }
        for _ in 0..receivers {
            all_taken.recv().await.expect(CLOSED);
        }
    }
}

/// A value that all receivers see, then the next.
pub async fn watch(receivers: u64, each: u64) {
    let (tx, _) = watch::channel(0);
    let shared = Arc::new((Notify::new(), AtomicU64::new(0)));
    for _ in 0..receivers {
        let (mut rx, shared) = (tx.subscribe(), shared.clone());
        rt::spawn(async move {
            for n in 1..=each {
                rx.changed().await.expect(CLOSED);
                assert_eq!(*rx.borrow_and_update(), n);
                // AcqRel: the last one lets go of the value after the others.
                if shared.1.fetch_add(1, AcqRel) % receivers == receivers - 1 {
                    shared.0.notify_one();
                }
            }
        });
    }
    for n in 1..=each {
        tx.send(n).expect(CLOSED);
        shared.0.notified().await;
    }
}
