//! Local tasks, task-local values, sets of tasks, and blocking in place.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::pin;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{mpsc, Arc};
use std::task::{Context, Wake, Waker};
use tokio::runtime::Builder;
use tokio::sync::oneshot;
use tokio::task::{block_in_place, spawn_local, yield_now, JoinSet, LocalSet};
use tokio_await as tokio;

#[tokio::test(crate = "tokio_await")]
async fn local_tasks_share_what_is_not_send() {
    let local = LocalSet::new();
    let log = Rc::new(RefCell::new(Vec::new()));
    let (a, b) = (log.clone(), log.clone());
    local
        .run_until(async move {
            let task = spawn_local(async move {
                a.borrow_mut().push(1);
                // From within a task of the set, into the set.
                spawn_local(async move { a.borrow_mut().push(2) }).await.unwrap();
            });
            task.await.unwrap();
            b.borrow_mut().push(3);
        })
        .await;
    assert_eq!(*log.borrow(), [1, 2, 3]);
}

/// A task that gave way to the driver of the one runtime has its turn on the other.
#[test]
fn a_local_set_goes_on_where_it_is_polled_next() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (first, second) = (runtime(), runtime());
    let local = LocalSet::new();
    let steps = Rc::new(Cell::new(0));
    let counted = steps.clone();
    let task = local.spawn_local(async move {
        for _ in 0..10 {
            yield_now().await;
            counted.set(counted.get() + 1);
        }
    });
    first.block_on(local.run_until(while_below(&steps, 2)));
    second.block_on(local.run_until(task)).unwrap();
    assert_eq!(steps.get(), 10);
}

#[tokio::test(crate = "tokio_await")]
#[should_panic(expected = "JoinHandle polled after completion")]
async fn a_join_handle_that_gave_its_result_panics_in_tokios_words() {
    let mut task = tokio::spawn(async {});
    (&mut task).await.unwrap();
    let _ = task.await;
}

/// Notes that it was woken.
#[derive(Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, SeqCst);
    }
}

/// Who measures the time from a task's wake to its poll relies on it: a task that has yielded
/// waits from then on, not from some later round on.
#[tokio::test(crate = "tokio_await")]
async fn tasks_that_yield_one_after_another_are_woken_together() {
    let woken = Arc::new(Woken::default());
    let waker = Waker::from(woken.clone());
    tokio::spawn(async move {
        let mut yields = pin!(yield_now());
        assert!(yields.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    });
    assert!(!woken.0.load(SeqCst));
    yield_now().await;
    assert!(woken.0.load(SeqCst));
}

async fn while_below(steps: &Cell<u32>, limit: u32) {
    while steps.get() < limit {
        yield_now().await;
    }
}

#[tokio::test(crate = "tokio_await", flavor = "multi_thread", worker_threads = 1)]
async fn a_local_set_is_done_with_its_last_task() {
    let done = Rc::new(Cell::new(0));
    let local = LocalSet::new();
    for _ in 0..3 {
        let done = done.clone();
        local.spawn_local(async move {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
            spawn_local(async move { done.set(done.get() + 1) });
        });
    }
    local.await;
    assert_eq!(done.get(), 3);
}

#[tokio::test(crate = "tokio_await")]
async fn a_dropped_local_set_ends_its_tasks() {
    let alive = Rc::new(());
    let local = LocalSet::new();
    let kept = alive.clone();
    let task = local.spawn_local(async move {
        std::future::pending::<()>().await;
        drop(kept);
    });
    yield_now().await;
    drop(local);
    assert!(task.await.unwrap_err().is_cancelled());
    assert_eq!(Rc::strong_count(&alive), 1);
}

#[test]
fn a_local_set_blocks_on_a_runtime_of_its_thread() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let seven = Rc::new(7);
    let local = LocalSet::new();
    let got = local.block_on(&runtime, async move { spawn_local(async move { *seven }).await });
    assert_eq!(got.unwrap(), 7);
}

#[tokio::test(crate = "tokio_await", flavor = "multi_thread")]
async fn a_local_task_on_a_worker_is_refused() {
    let refused = tokio::spawn(async { drop(spawn_local(async {})) }).await;
    let panic = refused.unwrap_err().into_panic();
    let message = panic.downcast_ref::<&str>().copied().unwrap_or_default();
    assert!(message.contains("from outside of a `task::LocalSet`"), "{message}");
}

tokio::task_local! {
    static DEPTH: u32;
    pub(crate) static NAME: String
}

#[tokio::test(crate = "tokio_await", flavor = "multi_thread", worker_threads = 2)]
async fn a_value_goes_with_its_task_and_shadows_the_outer_one() {
    let task = |n: u32| {
        DEPTH.scope(n, async move {
            for _ in 0..20 {
                assert_eq!(DEPTH.get(), n);
                yield_now().await;
            }
            let inner = DEPTH.scope(n + 1, async {
                yield_now().await;
                DEPTH.get()
            });
            (inner.await, DEPTH.get())
        })
    };
    let (a, b) = tokio::join!(tokio::spawn(task(1)), tokio::spawn(task(5)));
    assert_eq!((a.unwrap(), b.unwrap()), ((2, 1), (6, 5)));
    assert!(DEPTH.try_with(|_| ()).is_err());
    assert_eq!(NAME.sync_scope("x".into(), || NAME.with(String::len)), 1);
    // A panic takes the value out of place as well.
    let panics = tokio::spawn(DEPTH.scope(1, async { panic!("on purpose") }));
    assert!(panics.await.unwrap_err().is_panic());
    let after = tokio::spawn(async { DEPTH.try_with(|n| *n).is_err() });
    assert!(after.await.unwrap());
}

#[tokio::test(crate = "tokio_await")]
async fn a_set_takes_tasks_of_all_kinds() {
    let mut set: JoinSet<u32> = (1..=3).map(|n| async move { n }).collect();
    let here = Rc::new(10);
    let local = LocalSet::new();
    set.spawn_local_on(async move { *here }, &local);
    set.spawn_blocking(|| 100);
    set.spawn_on(async { 1000 }, &tokio::runtime::Handle::current());
    let mut results = local.run_until(set.join_all()).await;
    results.sort_unstable();
    assert_eq!(results, [1, 2, 3, 10, 100, 1000]);
}

#[tokio::test(crate = "tokio_await")]
async fn a_set_is_asked_without_waiting() {
    let mut set = JoinSet::new();
    let (tx, rx) = oneshot::channel::<u32>();
    set.spawn(async move { rx.await.unwrap_or(0) });
    assert!(set.try_join_next().is_none());
    yield_now().await;
    assert!(set.try_join_next().is_none());
    tx.send(7).unwrap();
    yield_now().await;
    assert_eq!(set.try_join_next().unwrap().unwrap(), 7);
    assert!(set.try_join_next().is_none() && set.is_empty());
}

/// The one worker goes to another thread, so its tasks go on.
#[tokio::test(crate = "tokio_await", flavor = "multi_thread", worker_threads = 1)]
async fn what_blocks_in_place_does_not_hold_up_the_worker() {
    let (tx, rx) = mpsc::channel();
    let blocks = tokio::spawn(async move {
        let got = block_in_place(move || rx.recv().unwrap());
        yield_now().await;
        got
    });
    let sends = tokio::spawn(async move { tx.send(7).unwrap() });
    sends.await.unwrap();
    assert_eq!(blocks.await.unwrap(), 7);
    // On the thread that blocks on this, it is just called.
    assert_eq!(block_in_place(|| 8), 8);
}

/// A task wakes it first, then the others; those come to the end of what they do, and what they
/// spawn comes to its end, before it sees that.
#[test]
fn the_future_of_block_on_is_polled_after_the_tasks_that_are_woken_with_it() {
    const TASKS: usize = 3;
    let runtime = Builder::new_current_thread().build().unwrap();
    let passed = Arc::new(AtomicUsize::new(0));
    let barrier = Arc::new(tokio::sync::Barrier::new(TASKS + 1));
    let seen = runtime.block_on(async {
        for _ in 0..TASKS {
            let (passed, barrier) = (passed.clone(), barrier.clone());
            tokio::spawn(async move {
                barrier.wait().await;
                passed.fetch_add(1, SeqCst);
                tokio::spawn(async move { passed.fetch_add(10, SeqCst) });
            });
        }
        // The first to come: the last one wakes them in this order.
        barrier.wait().await;
        passed.load(SeqCst)
    });
    assert_eq!(seen, TASKS * 11);
}

/// Tasks that are never done do not keep it from its turn.
#[test]
fn the_future_of_block_on_has_its_turn_among_tasks_that_are_always_ready() {
    let runtime = Builder::new_current_thread().build().unwrap();
    let polls = Arc::new(AtomicUsize::new(0));
    runtime.block_on(async {
        for _ in 0..2 {
            let polls = polls.clone();
            tokio::spawn(std::future::poll_fn(move |cx| {
                polls.fetch_add(1, SeqCst);
                cx.waker().wake_by_ref();
                std::task::Poll::<()>::Pending
            }));
        }
        for turn in 0..10 {
            let (done, is_done) = tokio::sync::oneshot::channel();
            tokio::spawn(async { done.send(()) });
            is_done.await.unwrap();
            assert!(polls.load(SeqCst) < (turn + 1) * 200, "polled {polls:?} times by {turn}");
        }
    });
}
