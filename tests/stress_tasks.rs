//! Many tasks, some of them hostile, on more workers than processors.
#![cfg(all(feature = "rt-full", feature = "sync", not(loom)))]

use futures::{future, task, Async, Future, Stream};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{mpsc, Arc};
use std::time::{Duration, Instant};
use test_support::stress::{scale, Dice, PATIENCE};
use tokio::runtime::Builder;
use tokio::timer::Delay;

/// Panics in its `poll_at`-th poll if it has one, and in its drop if it is asked to.
struct Bomb {
    alive: Arc<AtomicUsize>,
    poll_at: Option<usize>,
    polls: usize,
    in_drop: bool,
}

impl Future for Bomb {
    type Item = ();
    type Error = ();

    fn poll(&mut self) -> futures::Poll<(), ()> {
        self.polls += 1;
        if self.poll_at == Some(self.polls) {
            // Quietly: the panic hook would write thousands of reports.
            std::panic::resume_unwind(Box::new("in poll"));
        }
        if self.polls > 5 {
            return Ok(Async::Ready(()));
        }
        task::current().notify();
        Ok(Async::NotReady)
    }
}

impl Drop for Bomb {
    fn drop(&mut self) {
        self.alive.fetch_sub(1, SeqCst);
        if self.in_drop && !std::thread::panicking() {
            std::panic::resume_unwind(Box::new("in drop"));
        }
    }
}

/// Tasks that panic in a poll, in their drop, or in both: each is dropped once, no worker
/// is lost, and tasks that behave are none the worse for it.
#[test]
fn fault_t02_fault_t03_tasks_that_panic_hurt_nobody() {
    let count = scale(4_000, 200_000);
    let panics = Arc::new(AtomicUsize::new(0));
    let counted = panics.clone();
    let mut runtime = Builder::new()
        .core_threads(4)
        .panic_handler(move |_| {
            counted.fetch_add(1, SeqCst);
        })
        .build()
        .unwrap();
    let alive = Arc::new(AtomicUsize::new(0));
    let good = Arc::new(AtomicUsize::new(0));
    let mut dice = Dice::new(7);
    let (mut in_poll, mut in_drop, mut behaving) = (0, 0, 0);
    for _ in 0..count {
        let bomb = Bomb {
            alive: alive.clone(),
            poll_at: if dice.roll(3) == 0 { Some(1 + dice.roll(5)) } else { None },
            polls: 0,
            in_drop: dice.roll(4) == 0,
        };
        alive.fetch_add(1, SeqCst);
        match (bomb.poll_at, bomb.in_drop) {
            (Some(_), _) => in_poll += 1,
            (None, true) => in_drop += 1,
            (None, false) => behaving += 1,
        }
        let good = good.clone();
        let fine = bomb.poll_at.is_none() && !bomb.in_drop;
        runtime.spawn(bomb.map(move |()| {
            if fine {
                good.fetch_add(1, SeqCst);
            }
        }));
    }
    runtime.shutdown_on_idle().wait().unwrap();
    assert_eq!(alive.load(SeqCst), 0, "a future was leaked, or dropped twice");
    assert_eq!(good.load(SeqCst), behaving);
    let panics = panics.load(SeqCst);
    assert!(panics >= in_poll, "{panics} panics for {in_poll} in poll and {in_drop} in drop");
}

/// Eight workers on however many processors: messages, timers and spawns all go on.
#[test]
fn fault_s01_fault_s02_eight_workers_stay_alive() {
    let rounds = scale(20, 400);
    let mut runtime = Builder::new().core_threads(8).build().unwrap();
    for round in 0..rounds {
        let (done, wait) = mpsc::channel();
        let mut chains = 0;
        for chain in 0..16 {
            // A ring of three tasks that pass a message on, and a timer now and then.
            let (mut first, mut rx) = tokio::sync::mpsc::unbounded_channel::<u32>();
            let head = first.clone();
            for _ in 0..2 {
                let (mut tx, next) = tokio::sync::mpsc::unbounded_channel::<u32>();
                let from = std::mem::replace(&mut rx, next);
                runtime.spawn(from.map_err(drop).for_each(move |n| tx.try_send(n).map_err(drop)));
            }
            let (mut head, done) = (Some(head), done.clone());
            let passed = rx.map_err(drop).for_each(move |n| {
                let Some(to) = &mut head else { return Ok(()) };
                if n == 0 {
                    head = None;
                    return done.send(()).map_err(drop);
                }
                to.try_send(n - 1).map_err(drop)
            });
            if (round + chain) % 4 == 0 {
                let wait = Delay::new(Instant::now() + Duration::from_millis(1));
                runtime.spawn(wait.map_err(drop).and_then(|()| passed));
            } else {
                runtime.spawn(passed);
            }
            first.try_send(50).unwrap();
            chains += 1;
        }
        for _ in 0..chains {
            wait.recv_timeout(PATIENCE).expect("a message is stuck");
        }
    }
    runtime.shutdown_on_idle().wait().unwrap();
}

/// Spawns from outside, one at a time, with the pool falling asleep in between: each one
/// races a worker that goes to sleep.
#[test]
fn fault_s02_no_task_from_outside_is_left_to_sleepers() {
    for workers in [1, 2, 8] {
        let mut runtime = Builder::new().core_threads(workers).build().unwrap();
        let (ran, wait) = mpsc::channel();
        let mut dice = Dice::new(3);
        for i in 0..scale(3_000, 100_000) {
            let ran = ran.clone();
            runtime.spawn(future::lazy(move || ran.send(i).map_err(drop)));
            // Now and then at once, now and then when the worker is about to sleep.
            for _ in 0..dice.roll(200) {
                std::hint::spin_loop();
            }
            assert_eq!(wait.recv_timeout(PATIENCE), Ok(i));
        }
        runtime.shutdown_on_idle().wait().unwrap();
    }
}
