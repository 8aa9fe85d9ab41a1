//! The ways in which futures 0.1 itself wakes tasks, on the published crate's own types.
//!
//! Called by `super`. Each keeps the runtime's part of a wake-up in every operation: what is
//! measured is the task's handle, its wake and its next poll.
//!
//! Always true: a workload ends by itself, and counts what arrived.

use super::channels::count;
use super::engine::{Countdown, Engine};
use crate::jobs::Futures;
use futures::future::{lazy, poll_fn, Either, Loop};
use futures::stream::{self, FuturesUnordered};
use futures::sync::{mpsc, oneshot, BiLock};
use futures::task::{self, AtomicTask};
use futures::{future, Async, AsyncSink, Future, Poll, Sink, Stream};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::Arc;

/// Runs a workload once.
pub fn run<E: Engine>(engine: &mut E, job: Futures) {
    match job {
        Futures::Oneshots { rounds, pairs } => engine.run(oneshots::<E>(rounds, pairs)),
        Futures::Unbounded { rounds, senders, each } => {
            engine.run(bursts::<E>(rounds, senders, each));
        }
        Futures::Bounded { senders, each } => engine.run(bounded::<E>(senders, each)),
        Futures::Echoes { pairs, rounds } => engine.run(echoes::<E>(pairs, rounds)),
        Futures::Locks { pairs, rounds } => engine.run(locks::<E>(pairs, rounds)),
        Futures::Shared { rounds } => engine.run(shared::<E>(rounds)),
        Futures::Unordered { rounds } => engine.run(unordered::<E>(rounds)),
        Futures::Selects { rounds } => engine.run(selects::<E>(rounds)),
        Futures::AtomicTasks { pairs, rounds } => engine.run(atomic_tasks::<E>(pairs, rounds)),
    }
}

/// A task sends a message that another one waits for, through a oneshot made for it.
fn oneshots<E: Engine>(rounds: u64, pairs: u64) -> impl Future<Item = (), Error = ()> + Send {
    stream::iter_ok(0..rounds).for_each(move |_| {
        let (countdown, end) = Countdown::new(pairs);
        for _ in 0..pairs {
            let (tx, rx) = oneshot::channel::<u64>();
            E::spawn(rx.map_err(drop).map(|_| countdown.arrive()));
            E::spawn(lazy(move || tx.send(1).map_err(drop)));
        }
        end
    })
}

/// `unbounded`, again and again.
fn bursts<E: Engine>(
    rounds: u64,
    senders: u64,
    each: u64,
) -> impl Future<Item = (), Error = ()> + Send {
    stream::iter_ok(0..rounds).for_each(move |_| unbounded::<E>(senders, each))
}

/// A task sends `each` messages in one poll, and another one receives them.
fn unbounded<E: Engine>(senders: u64, each: u64) -> impl Future<Item = (), Error = ()> + Send {
    lazy(move || {
        let (tx, rx) = mpsc::unbounded::<u64>();
        for _ in 0..senders {
            let tx = tx.clone();
            E::spawn(lazy(move || {
                for n in 0..each {
                    tx.unbounded_send(n).map_err(drop)?;
                }
                Ok(())
            }));
        }
        drop(tx);
        count(rx, senders * each)
    })
}

/// As above, with room for 128 messages.
fn bounded<E: Engine>(senders: u64, each: u64) -> impl Future<Item = (), Error = ()> + Send {
    lazy(move || {
        let (tx, rx) = mpsc::channel::<u64>(128);
        for _ in 0..senders {
            let mut tx = tx.clone();
            let mut left = each;
            E::spawn(poll_fn(move || {
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
        count(rx, senders * each)
    })
}

/// A message there and one back, through two unbounded channels, `rounds` times.
fn echoes<E: Engine>(pairs: u64, rounds: u64) -> impl Future<Item = (), Error = ()> + Send {
    lazy(move || {
        let (countdown, end) = Countdown::new(pairs);
        for _ in 0..pairs {
            let (there, requests) = mpsc::unbounded::<u64>();
            let (back, replies) = mpsc::unbounded::<u64>();
            E::spawn(requests.for_each(move |n| back.unbounded_send(n).map_err(drop)));
            there.unbounded_send(0).expect("the other task lives");
            E::spawn(
                replies
                    .take(rounds)
                    .for_each(move |n| {
                        let _ = there.unbounded_send(n + 1);
                        Ok(())
                    })
                    .map(|()| countdown.arrive()),
            );
        }
        end
    })
}

/// Two tasks take turns at a lock: each keeps it over a yield, so that the other waits.
fn locks<E: Engine>(pairs: u64, rounds: u64) -> impl Future<Item = (), Error = ()> + Send {
    lazy(move || {
        let (countdown, end) = Countdown::new(2 * pairs);
        for _ in 0..pairs {
            let (one, other) = BiLock::new(0_u64);
            for half in [one, other] {
                E::spawn(hold(half, rounds).map(|_| countdown.arrive()));
            }
        }
        end
    })
}

fn hold(half: BiLock<u64>, rounds: u64) -> impl Future<Item = (), Error = ()> + Send {
    future::loop_fn((half, 0), move |(half, round)| {
        half.lock()
            .and_then(|mut guard| {
                *guard += 1;
                Yield(false).map(move |()| guard.unlock())
            })
            .map(move |half| match round + 1 == rounds {
                true => Loop::Break(()),
                false => Loop::Continue((half, round + 1)),
            })
    })
}

/// Wakes its task, once.
struct Yield(bool);

impl Future for Yield {
    type Item = ();
    type Error = ();

    fn poll(&mut self) -> Poll<(), ()> {
        if std::mem::replace(&mut self.0, true) {
            return Ok(Async::Ready(()));
        }
        task::current().notify();
        Ok(Async::NotReady)
    }
}

/// Ten tasks wait for one shared future; an operation is one of them.
fn shared<E: Engine>(rounds: u64) -> impl Future<Item = (), Error = ()> + Send {
    const WAITERS: u64 = 10;
    stream::iter_ok(0..rounds).for_each(|_| {
        let (countdown, end) = Countdown::new(WAITERS);
        let (tx, rx) = oneshot::channel::<u64>();
        let shared = rx.shared();
        for _ in 0..WAITERS {
            E::spawn(shared.clone().map_err(drop).map(|_| countdown.arrive()));
        }
        E::spawn(lazy(move || tx.send(1).map_err(drop)));
        end
    })
}

/// A task waits for a hundred others, in whatever order they answer.
fn unordered<E: Engine>(rounds: u64) -> impl Future<Item = (), Error = ()> + Send {
    const CHILDREN: u64 = 100;
    stream::iter_ok(0..rounds).for_each(|_| {
        let mut children = FuturesUnordered::new();
        for n in 0..CHILDREN {
            let (tx, rx) = oneshot::channel::<u64>();
            E::spawn(lazy(move || tx.send(n).map_err(drop)));
            children.push(rx);
        }
        count(children, CHILDREN)
    })
}

/// A task waits for the first of two answers, and drops the other.
fn selects<E: Engine>(rounds: u64) -> impl Future<Item = (), Error = ()> + Send {
    stream::iter_ok(0..rounds).for_each(|_| {
        let (tx, rx) = oneshot::channel::<u64>();
        let (later, never) = oneshot::channel::<u64>();
        E::spawn(lazy(move || tx.send(1).map_err(drop)));
        rx.select2(never).then(move |first| match first {
            Ok(Either::A(_)) => {
                drop(later);
                Ok(())
            }
            _ => Err(()),
        })
    })
}

/// Two tasks wake each other by way of `AtomicTask`.
fn atomic_tasks<E: Engine>(pairs: u64, rounds: u64) -> impl Future<Item = (), Error = ()> + Send {
    lazy(move || {
        let (countdown, end) = Countdown::new(2 * pairs);
        for _ in 0..pairs {
            let table = Arc::new(Table::default());
            for side in 0..2 {
                let table = table.clone();
                E::spawn(poll_fn(move || table.play(side, rounds)).map(|()| countdown.arrive()));
            }
        }
        end
    })
}

/// Whose turn it is, and who waits for it.
#[derive(Default)]
struct Table {
    turn: AtomicU64,
    players: [AtomicTask; 2],
}

impl Table {
    /// Plays all that can be played: an even turn is the first player's.
    fn play(&self, side: u64, rounds: u64) -> Poll<(), ()> {
        self.players[side as usize].register();
        // Relaxed: registering and waking order it.
        let turn = self.turn.load(Relaxed);
        if turn % 2 == side {
            self.turn.store(turn + 1, Relaxed);
            self.players[1 - side as usize].notify();
        }
        match turn + 2 >= 2 * rounds {
            true => Ok(Async::Ready(())),
            false => Ok(Async::NotReady),
        }
    }
}
