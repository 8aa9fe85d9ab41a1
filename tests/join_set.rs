//! Sets of tasks: results in the order of the ends, of either kind, and none is lost.
#![cfg(all(feature = "rt-full", feature = "sync", not(loom)))]

use futures::{future, Future, Stream};
use std::future::Future as StdFuture;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::Arc;
use std::task::{Context, Poll};
use test_support::evil::{everywhere, Evil, Poller};
use test_support::Alive;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;
use tokio::task::JoinSet;

fn runtime(workers: usize) -> Runtime {
    Builder::new().core_threads(workers).build().unwrap()
}

#[test]
fn results_come_in_the_order_in_which_tasks_end() {
    runtime(2).block_on_std(async {
        let mut set = JoinSet::new();
        let mut senders: Vec<_> = (0..10)
            .map(|n| {
                let (tx, rx) = oneshot::channel();
                set.spawn_std(async move {
                    rx.await.unwrap();
                    n
                });
                Some(tx)
            })
            .collect();
        assert_eq!(set.len(), 10);
        for n in [3, 9, 0, 1, 8, 2, 7, 4, 6, 5] {
            senders[n].take().unwrap().send(()).unwrap();
            assert_eq!(set.join_next().await.unwrap().unwrap(), n);
        }
        assert!(set.is_empty());
        assert!(set.join_next().await.is_none());
    });
}

#[test]
fn tasks_that_ended_before_anybody_asked_are_joined() {
    runtime(2).block_on_std(async {
        let mut set = JoinSet::new();
        for n in 0..100 {
            set.spawn_std(async move { n });
        }
        let mut all = Vec::new();
        while let Some(n) = set.join_next().await {
            all.push(n.unwrap());
        }
        all.sort_unstable();
        assert_eq!(all, (0..100).collect::<Vec<_>>());
    });
}

#[test]
fn both_worlds_spawn_into_a_set_and_join_it() {
    let sum = runtime(2).block_on(future::lazy(|| {
        let mut set = JoinSet::new();
        set.spawn(future::ok::<u32, ()>(1));
        set.spawn_std(async { Ok(2) });
        set.spawn(future::err(()));
        // As a stream of futures 0.1.
        set.map(|result| result.unwrap_or(10)).fold(0, |sum, n| Ok::<_, _>(sum + n))
    }));
    assert_eq!(sum.unwrap(), 13);
}

/// T04: a panic is reported with its message, and the others go on.
#[test]
fn fault_t04_a_panic_is_reported_and_costs_no_other_task() {
    runtime(1).block_on_std(async {
        let mut set = JoinSet::new();
        set.spawn_std(async { panic!("as planned") });
        let bad = set.join_next().await.unwrap().unwrap_err();
        assert!(bad.is_panic());
        assert_eq!(*bad.into_panic().downcast::<&str>().unwrap(), "as planned");
        set.spawn_std(async {});
        set.join_next().await.unwrap().unwrap();
    });
}

#[test]
fn abort_all_ends_all_and_each_is_still_to_be_joined() {
    let alive = Arc::new(AtomicUsize::new(0));
    runtime(2).block_on_std({
        let alive = alive.clone();
        async move {
            let mut set = JoinSet::new();
            for _ in 0..5 {
                let here = Alive::new(&alive);
                set.spawn_std(async move {
                    std::future::pending::<()>().await;
                    drop(here);
                });
            }
            set.abort_all();
            assert_eq!(set.len(), 5);
            while let Some(end) = set.join_next().await {
                assert!(end.unwrap_err().is_cancelled());
            }
            assert_eq!(alive.load(SeqCst), 0, "an end was reported before its future was dropped");
        }
    });
}

#[test]
fn one_can_be_aborted_alone() {
    runtime(2).block_on_std(async {
        let mut set = JoinSet::new();
        let doomed = set.spawn_std(std::future::pending::<()>());
        let (tx, rx) = oneshot::channel();
        set.spawn_std(async move { rx.await.unwrap() });
        doomed.abort();
        assert!(set.join_next().await.unwrap().unwrap_err().is_cancelled());
        tx.send(()).unwrap();
        set.join_next().await.unwrap().unwrap();
    });
}

#[test]
fn dropping_a_set_ends_its_tasks_and_detaching_does_not() {
    let alive = Arc::new(AtomicUsize::new(0));
    let mut runtime = runtime(2);
    let kept = runtime.block_on_std({
        let alive = alive.clone();
        async move {
            let mut set = JoinSet::new();
            let (tx, rx) = oneshot::channel::<()>();
            let (told, tell) = oneshot::channel();
            set.spawn_std(async move {
                rx.await.unwrap();
                told.send(()).unwrap();
            });
            set.detach_all();
            let here = Alive::new(&alive);
            set.spawn_std(async move {
                std::future::pending::<()>().await;
                drop(here);
            });
            drop(set);
            tx.send(()).unwrap();
            tell.await
        }
    });
    kept.expect("a detached task goes on");
    runtime.shutdown_on_idle().wait().unwrap();
    assert_eq!(alive.load(SeqCst), 0);
}

#[test]
fn shutdown_waits_until_each_task_has_ended() {
    let alive = Arc::new(AtomicUsize::new(0));
    runtime(2).block_on_std({
        let alive = alive.clone();
        async move {
            let mut set = JoinSet::new();
            for _ in 0..5 {
                let here = Alive::new(&alive);
                set.spawn_std(async move {
                    let _here = here;
                    loop {
                        tokio::task::yield_now().await;
                    }
                });
            }
            set.shutdown().await;
            assert_eq!(alive.load(SeqCst), 0);
        }
    });
}

/// The runtime goes with all tasks; whoever holds the set gets the end of each.
#[test]
fn fault_t06_a_set_outlives_its_runtime() {
    let mut runtime = runtime(1);
    let mut set = runtime.block_on_std(async {
        let mut set = JoinSet::new();
        set.spawn_std(std::future::pending::<()>());
        set.spawn_std(std::future::pending::<()>());
        set
    });
    runtime.shutdown_now().wait().unwrap();
    for _ in 0..2 {
        let end = Stream::into_future(set).wait();
        let (error, rest) = end.expect_err("it did not end by itself");
        assert!(error.is_cancelled());
        set = rest;
    }
    assert!(set.is_empty());
}

/// Panics in a poll, when it is dropped, or in both.
struct Bomb {
    alive: Alive,
    polled: bool,
    dropped: bool,
}

impl StdFuture for Bomb {
    type Output = Alive;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Alive> {
        assert!(!self.polled, "panics when polled");
        cx.waker().wake_by_ref();
        drop(cx.waker().clone());
        Poll::Ready(self.alive.another())
    }
}

impl Drop for Bomb {
    fn drop(&mut self) {
        assert!(!self.dropped || std::thread::panicking(), "panics when dropped");
    }
}

#[test]
fn fault_t02_futures_that_panic_wherever_they_can_leave_nothing_behind() {
    let alive = Arc::new(AtomicUsize::new(0));
    let mut runtime = runtime(2);
    for joined in [true, false] {
        runtime.block_on_std({
            let alive = alive.clone();
            async move {
                let mut set = JoinSet::new();
                for at in 0..4 {
                    let (polled, dropped) = (at & 1 != 0, at & 2 != 0);
                    set.spawn_std(Bomb { alive: Alive::new(&alive), polled, dropped });
                }
                let mut ended = 0;
                while joined && set.join_next().await.is_some() {
                    ended += 1;
                }
                assert_eq!(ended, if joined { 4 } else { 0 });
            }
        });
    }
    // The workers are all there.
    let all = Arc::new(std::sync::Barrier::new(2));
    for _ in 0..2 {
        let all = all.clone();
        runtime.spawn(future::lazy(move || {
            all.wait();
            Ok(())
        }));
    }
    runtime.shutdown_on_idle().wait().unwrap();
    assert_eq!(alive.load(SeqCst), 0);
}

/// Many tasks end at once while the set is asked with wakers that misbehave.
#[test]
fn fault_t07_no_end_is_lost_whatever_wakers_do() {
    for (world, on) in everywhere() {
        let mut runtime = runtime(2);
        let (mut set, senders) = runtime.block_on_std(async {
            let mut set = JoinSet::new();
            let senders: Vec<_> = (0..20)
                .map(|_| {
                    let (tx, rx) = oneshot::channel::<()>();
                    set.spawn_std(rx);
                    tx
                })
                .collect();
            (set, senders)
        });
        let mut evils = Vec::new();
        let mut joined = 0;
        for tx in senders {
            let evil = Evil::new(on, || panic!("a waker panics"));
            if evils.len() % 2 == 1 {
                // Where one is replaced by the next, a panic of both would end the process.
                evil.repent();
            }
            let poller = evil.poller(world);
            let polled = catch_unwind(AssertUnwindSafe(|| {
                poller.ask(|asking| set.poll_join_next(&asking.cx()))
            }));
            joined += usize::from(matches!(polled, Ok(Poll::Ready(Some(_)))));
            tx.send(()).unwrap();
            evils.push((evil, poller));
        }
        // What misbehaves from here on would do so in the middle of the counting.
        evils.iter().for_each(|(evil, _)| evil.repent());
        let rest = futures03::executor::block_on(async {
            let mut rest = 0;
            while let Some(end) = set.join_next().await {
                end.unwrap().unwrap();
                rest += 1;
            }
            rest
        });
        assert_eq!(joined + rest, 20, "{on:?} in {world:?}");
        runtime.shutdown_on_idle().wait().unwrap();
        for (evil, poller) in evils {
            drop(poller);
            assert_eq!(evil.alive(), 0);
        }
    }
}

/// A set may be asked by one task and then by another.
#[test]
fn a_set_may_move_between_tasks() {
    let mut runtime = runtime(2);
    let (tx, rx) = oneshot::channel();
    let mut set = runtime.block_on_std(async {
        let mut set = JoinSet::new();
        set.spawn_std(rx);
        set
    });
    let first = Poller::Std(std::task::Waker::noop().clone());
    assert!(first.ask(|asking| set.poll_join_next(&asking.cx())).is_pending());
    let second = runtime.spawn_handle_std(async move { set.join_next().await });
    tx.send(7).unwrap();
    let joined = runtime.block_on_std(second).unwrap();
    assert_eq!(joined.unwrap().unwrap().unwrap(), 7);
}
