//! How late things come while the workers are busy.

use super::engine::{Countdown, Engine};
use super::rt::sync::mpsc;
use super::rt::timer::Delay;
use super::scheduler::rounds as repeat;
use crate::measured::{spin, Samples};
use futures::future::{lazy, loop_fn, poll_fn, Loop};
use futures::sync::oneshot;
use futures::{task, Async, AsyncSink, Future, Sink, Stream};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

const FAILED: &str = "a task failed";

fn sleep(length: Duration) -> impl Future<Item = (), Error = ()> + Send {
    Delay::new(Instant::now() + length).map_err(|e| panic!("there is a timer: {e}"))
}

/// Woken together by one task; each notes when it runs, and then takes 4 ms.
pub fn burst<E: Engine>(
    tasks: u64,
    rounds: u64,
    late: &'static Samples,
) -> impl Future<Item = (), Error = ()> + Send {
    repeat(rounds, move || {
        let (countdown, end) = Countdown::new(tasks);
        let mut senders = Vec::new();
        for _ in 0..tasks {
            let (tx, rx) = oneshot::channel::<Instant>();
            senders.push(tx);
            E::spawn(rx.map_err(drop).map(move |woken: Instant| {
                late.add(woken.elapsed());
                spin(Duration::from_millis(4));
                countdown.arrive();
            }));
        }
        // All of them wait by then.
        let waited = sleep(Duration::from_millis(20)).map(move |()| {
            let woken = Instant::now();
            for tx in senders {
                let _ = tx.send(woken);
            }
        });
        waited.and_then(|()| end)
    })
}

/// Tasks that are always ready, two a worker, until the flag is set.
fn keep_all_busy<E: Engine>(workers: usize) -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    for _ in 0..2 * workers {
        let stop = stop.clone();
        E::spawn(poll_fn(move || {
            // Relaxed: it orders nothing.
            if stop.load(Relaxed) {
                return Ok(Async::Ready(()));
            }
            spin(Duration::from_micros(50));
            task::current().notify();
            Ok(Async::NotReady)
        }));
    }
    stop
}

pub fn timers_busy<E: Engine>(
    workers: usize,
    tasks: u64,
    each: u64,
    late: &'static Samples,
) -> impl Future<Item = (), Error = ()> + Send {
    lazy(move || {
        let stop = keep_all_busy::<E>(workers);
        let (countdown, end) = Countdown::new(tasks);
        for task in 0..tasks {
            let sleeps = loop_fn(0, move |n| {
                let due = Instant::now() + Duration::from_millis(3 + (task + n) % 11);
                Delay::new(due).map(move |()| {
                    late.add(due.elapsed());
                    match n + 1 == each {
                        true => Loop::Break(()),
                        false => Loop::Continue(n + 1),
                    }
                })
            });
            let sleeps = sleeps.map_err(|e| panic!("there is a timer: {e}"));
            E::spawn(sleeps.map(move |()| countdown.arrive()));
        }
        end.map(move |()| stop.store(true, Relaxed))
    })
}

/// A thread outside sends to a task.
pub fn wake_outside<E: Engine>(
    workers: usize,
    times: u64,
    late: &'static Samples,
) -> impl Future<Item = (), Error = ()> + Send {
    lazy(move || {
        let stop = keep_all_busy::<E>(workers);
        let (mut tx, rx) = mpsc::unbounded_channel::<Instant>();
        let outside = thread::spawn(move || {
            for _ in 0..times {
                thread::sleep(Duration::from_micros(500));
                assert!(tx.try_send(Instant::now()).is_ok(), "the receiver is there");
            }
        });
        let received = rx.map_err(drop).for_each(move |sent: Instant| {
            late.add(sent.elapsed());
            Ok(())
        });
        received.map(move |()| {
            stop.store(true, Relaxed);
            outside.join().expect(FAILED);
        })
    })
}

/// Now and then a message through a channel, while four tasks fill another.
pub fn trickle<E: Engine>(
    times: u64,
    late: &'static Samples,
) -> impl Future<Item = (), Error = ()> + Send {
    lazy(move || {
        let stop = Arc::new(AtomicBool::new(false));
        let (tx, rx) = mpsc::channel::<u64>(128);
        for _ in 0..4 {
            let (mut tx, stop) = (tx.clone(), stop.clone());
            E::spawn(poll_fn(move || {
                while !stop.load(Relaxed) {
                    match tx.start_send(1).map_err(drop)? {
                        AsyncSink::Ready => {}
                        AsyncSink::NotReady(_) => return Ok(Async::NotReady),
                    }
                }
                Ok(Async::Ready(()))
            }));
        }
        drop(tx);
        E::spawn(rx.map_err(drop).for_each(|_| Ok(())));
        let (tx, rx) = mpsc::channel::<Instant>(1);
        E::spawn(loop_fn((times, tx), |(left, tx)| {
            let slept = sleep(Duration::from_millis(1));
            let sent = slept.and_then(move |()| tx.send(Instant::now()).map_err(drop));
            sent.map(move |tx| match left {
                1 => Loop::Break(()),
                _ => Loop::Continue((left - 1, tx)),
            })
        }));
        let received = rx.map_err(drop).for_each(move |sent: Instant| {
            late.add(sent.elapsed());
            Ok(())
        });
        received.map(move |()| stop.store(true, Relaxed))
    })
}
