//! What no task may suffer from another, and no worker from its own.

use futures::sync::oneshot;
use futures::task;
use futures::{future, Async, Future};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::mpsc;
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};
use test_support::stress::PATIENCE;
use tokio_executor::park::Park;
use tokio_threadpool::internals::worker_index;
use tokio_threadpool::park::DefaultPark;
use tokio_threadpool::{blocking, Builder, PoolMetrics, ThreadPool};

/// Keeps a worker in one poll until told otherwise.
struct BlockedWorker {
    release: mpsc::Sender<()>,
}

impl BlockedWorker {
    fn start(pool: &ThreadPool) -> BlockedWorker {
        let (started, wait) = mpsc::channel();
        let (release, released) = mpsc::channel::<()>();
        pool.spawn(future::lazy(move || {
            started.send(()).unwrap();
            let _ = released.recv();
            Ok(())
        }));
        wait.recv_timeout(PATIENCE).unwrap();
        BlockedWorker { release }
    }

    fn release(self) {
        self.release.send(()).unwrap();
    }
}

/// Has a worker queue tasks behind the very poll that it stays in, and sees them run elsewhere.
/// What is returned ends the poll.
fn tasks_behind_a_blocked_worker_run(pool: &ThreadPool) -> mpsc::Sender<()> {
    let (ran, wait) = mpsc::channel();
    let (release, released) = mpsc::channel::<()>();
    pool.spawn(future::lazy(move || {
        for i in 0..10 {
            let ran = ran.clone();
            tokio_executor::spawn(future::lazy(move || ran.send(i).map_err(drop)));
        }
        let _ = released.recv();
        Ok(())
    }));
    let mut seen: Vec<i32> = (0..10).map(|_| wait.recv_timeout(PATIENCE).unwrap()).collect();
    seen.sort_unstable();
    assert_eq!(seen, (0..10).collect::<Vec<_>>());
    release
}

/// A task used to wait in the private queue of a worker that was stuck in a long poll.
#[test]
fn fault_s03_an_idle_worker_takes_what_waits_behind_a_blocked_worker() {
    let pool = Builder::new().pool_size(2).build();
    let release = tasks_behind_a_blocked_worker_run(&pool);
    release.send(()).unwrap();
    pool.shutdown_on_idle().wait().unwrap();
}

/// With no worker asleep, nobody took what a blocked worker had queued.
#[test]
fn a_busy_worker_takes_what_waits_behind_a_blocked_worker() {
    let pool = Builder::new().pool_size(2).build();
    let busy = Arc::new(AtomicBool::new(true));
    let (began, begun) = mpsc::channel();
    let is_busy = busy.clone();
    let mut polls = 0;
    pool.spawn(future::poll_fn(move || {
        polls += 1;
        if polls == 2 {
            began.send(()).unwrap();
        }
        if !is_busy.load(SeqCst) {
            return Ok(Async::Ready(()));
        }
        task::current().notify();
        Ok(Async::NotReady)
    }));
    begun.recv_timeout(PATIENCE).unwrap();
    let release = tasks_behind_a_blocked_worker_run(&pool);
    busy.store(false, SeqCst);
    release.send(()).unwrap();
    pool.shutdown_on_idle().wait().unwrap();
}

/// What a busy worker took from a blocked one was counted together with its own tasks.
#[test]
fn a_worker_counts_what_it_takes_between_its_polls() {
    const BUSY: u64 = 50;
    let pool = Builder::new().pool_size(2).build();
    let busy = Arc::new(AtomicBool::new(true));
    let is_busy = busy.clone();
    pool.spawn(future::lazy(move || {
        for _ in 0..BUSY {
            let is_busy = is_busy.clone();
            tokio_executor::spawn(future::poll_fn(move || {
                if !is_busy.load(SeqCst) {
                    return Ok(Async::Ready(()));
                }
                task::current().notify();
                Ok(Async::NotReady)
            }));
        }
        Ok(())
    }));
    let stolen = |metrics: &PoolMetrics| metrics.workers.iter().map(|w| w.stolen).sum::<u64>();
    let (blocks, blocked) = mpsc::channel();
    let (release, released) = mpsc::channel::<()>();
    let sender = pool.sender().clone();
    pool.spawn(future::lazy(move || {
        let before = stolen(&sender.metrics());
        tokio_executor::spawn(future::lazy(|| Ok(())));
        blocks.send((before, worker_index().unwrap())).unwrap();
        let _ = released.recv();
        Ok(())
    }));
    let (before, blocked) = blocked.recv_timeout(PATIENCE).unwrap();
    let start = Instant::now();
    while pool.metrics().workers[blocked].local_depth > 0 {
        assert!(start.elapsed() < PATIENCE, "the other worker takes all");
        thread::yield_now();
    }
    let taken = stolen(&pool.metrics()) - before;
    assert!(taken <= BUSY + 1, "{taken} of {BUSY} tasks and one");
    busy.store(false, SeqCst);
    release.send(()).unwrap();
    pool.shutdown_on_idle().wait().unwrap();
}

/// The one task in the LIFO slot of a worker used to be beyond everyone's reach.
#[test]
fn fault_s06_the_slot_of_a_blocked_worker_is_emptied_by_others() {
    let pool = Builder::new().pool_size(2).build();
    let (tx, rx) = oneshot::channel::<()>();
    let (ran, wait) = mpsc::channel();
    let (waiting, is_waiting) = mpsc::channel();
    let mut rx = rx;
    pool.spawn(future::poll_fn(move || match rx.poll() {
        Ok(Async::NotReady) => {
            waiting.send(()).unwrap();
            Ok(Async::NotReady)
        }
        _ => {
            ran.send(()).unwrap();
            Ok(Async::Ready(()))
        }
    }));
    is_waiting.recv_timeout(PATIENCE).unwrap();
    let (release, released) = mpsc::channel::<()>();
    pool.spawn(future::lazy(move || {
        // Woken by this worker: it goes to this worker's LIFO slot.
        tx.send(()).unwrap();
        let _ = released.recv();
        Ok(())
    }));
    wait.recv_timeout(PATIENCE).expect("the woken task waits for the blocked worker");
    release.send(()).unwrap();
    pool.shutdown_on_idle().wait().unwrap();
}

/// Two tasks that wake each other through the LIFO slot used to starve the queue.
#[test]
fn fault_s05_a_ping_pong_does_not_starve_the_queue() {
    let pool = Builder::new().pool_size(1).build();
    let stop = Arc::new(AtomicBool::new(false));
    let tasks: Arc<[std::sync::Mutex<Option<task::Task>>; 2]> = Arc::default();
    let start = Arc::new(Barrier::new(2));
    let gate = start.clone();
    pool.spawn(future::lazy(move || {
        gate.wait();
        Ok(())
    }));
    for me in 0..2 {
        let (tasks, stop) = (tasks.clone(), stop.clone());
        pool.spawn(future::poll_fn(move || {
            if stop.load(SeqCst) {
                if let Some(other) = tasks[1 - me].lock().unwrap().take() {
                    other.notify();
                }
                return Ok(Async::Ready(()));
            }
            *tasks[me].lock().unwrap() = Some(task::current());
            if let Some(other) = tasks[1 - me].lock().unwrap().take() {
                other.notify();
            }
            Ok(Async::NotReady)
        }));
    }
    let ender = stop.clone();
    pool.spawn(future::lazy(move || {
        ender.store(true, SeqCst);
        Ok(())
    }));
    start.wait();
    // Hangs if the third task is never run.
    let (done, wait) = mpsc::channel();
    pool.spawn(future::lazy(move || done.send(()).map_err(drop)));
    wait.recv_timeout(PATIENCE).unwrap();
    assert!(stop.load(SeqCst));
    pool.shutdown_now().wait().unwrap();
}

/// A task that spawns its successor, and so on, through the LIFO slot.
#[test]
fn fault_s05_a_chain_of_spawns_does_not_starve_the_queue() {
    fn link(stop: Arc<AtomicBool>) -> Box<dyn Future<Item = (), Error = ()> + Send> {
        Box::new(future::lazy(move || {
            if !stop.load(SeqCst) {
                tokio_executor::spawn(link(stop));
            }
            Ok(())
        }))
    }

    let pool = Builder::new().pool_size(1).build();
    let stop = Arc::new(AtomicBool::new(false));
    let ender = stop.clone();
    pool.spawn(future::lazy(move || {
        tokio_executor::spawn(link(ender.clone()));
        // Queued behind the chain, which is in the LIFO slot.
        tokio_executor::spawn(future::lazy(move || {
            ender.store(true, SeqCst);
            Ok(())
        }));
        Ok(())
    }));
    // Hangs if the last task is never run.
    pool.shutdown_on_idle().wait().unwrap();
    assert!(stop.load(SeqCst));
}

#[test]
fn a_child_runs_next_to_its_parent() {
    let pool = Builder::new().pool_size(1).build();
    let (ran, order) = mpsc::channel();
    pool.spawn(future::lazy(move || {
        for name in ["first", "second", "third"] {
            let ran = ran.clone();
            tokio_executor::spawn(future::lazy(move || {
                ran.send(name).unwrap();
                if name == "first" {
                    let child = future::lazy(move || ran.send("child of the first").map_err(drop));
                    tokio_executor::spawn(child);
                }
                Ok(())
            }));
        }
        Ok(())
    }));
    pool.shutdown_on_idle().wait().unwrap();
    let order: Vec<_> = order.try_iter().collect();
    assert_eq!(order, ["first", "child of the first", "second", "third"]);
}

/// Each of many tasks wakes the one that collects: it is polled for all of them, not for each.
#[test]
fn a_task_that_many_wake_is_polled_for_all_of_them() {
    const CHILDREN: usize = 50;
    let pool = Builder::new().pool_size(1).build();
    let polls = Arc::new(AtomicUsize::new(0));
    let counted = polls.clone();
    let mut children = Vec::new();
    pool.spawn_handle(future::poll_fn(move || {
        if counted.fetch_add(1, SeqCst) == 0 {
            for _ in 0..CHILDREN {
                let (tx, rx) = oneshot::channel();
                tokio_executor::spawn(future::lazy(move || tx.send(())));
                children.push(rx);
            }
        }
        while let Some(child) = children.first_mut() {
            match child.poll() {
                Ok(Async::NotReady) => return Ok(Async::NotReady),
                Ok(Async::Ready(())) => drop(children.remove(0)),
                Err(e) => return Err(e),
            }
        }
        Ok(Async::Ready(()))
    }))
    .wait()
    .unwrap();
    // At first, next to the child that woke it first, and behind them all.
    assert_eq!(polls.load(SeqCst), 3);
    pool.shutdown_on_idle().wait().unwrap();
}

/// Injected work used to wait for ever behind tasks that keep a worker's own queue busy.
#[test]
fn fault_s10_injected_work_runs_beside_a_busy_queue() {
    let pool = Builder::new().pool_size(1).build();
    let stop = Arc::new(AtomicBool::new(false));
    for _ in 0..10 {
        let stop = stop.clone();
        pool.spawn(future::poll_fn(move || {
            if stop.load(SeqCst) {
                return Ok(Async::Ready(()));
            }
            task::current().notify();
            Ok(Async::NotReady)
        }));
    }
    let (done, wait) = mpsc::channel();
    pool.spawn(future::lazy(move || done.send(()).map_err(drop)));
    wait.recv_timeout(PATIENCE).unwrap();
    stop.store(true, SeqCst);
    pool.shutdown_on_idle().wait().unwrap();
}

/// A parker that counts how often it is asked to drive.
struct CountingPark {
    park: DefaultPark,
    turns: Arc<AtomicUsize>,
}

impl Park for CountingPark {
    type Unpark = <DefaultPark as Park>::Unpark;
    type Error = <DefaultPark as Park>::Error;

    fn unpark(&self) -> Self::Unpark {
        self.park.unpark()
    }

    fn park(&mut self) -> Result<(), Self::Error> {
        self.turns.fetch_add(1, SeqCst);
        self.park.park()
    }

    fn park_timeout(&mut self, duration: Duration) -> Result<(), Self::Error> {
        self.turns.fetch_add(1, SeqCst);
        self.park.park_timeout(duration)
    }
}

/// Work from outside waited for 61 polls, however long they took: 3 ms where each took 50 us.
#[test]
fn injected_work_runs_after_a_few_polls_that_take_long() {
    let pool = Builder::new().pool_size(1).build();
    let polls = Arc::new(AtomicUsize::new(0));
    let (ready, is_ready) = mpsc::channel();
    let (injected, is_injected) = mpsc::channel::<()>();
    let stop = Arc::new(AtomicBool::new(false));
    let (counted, stopped) = (polls.clone(), stop.clone());
    pool.spawn(future::poll_fn(move || {
        // Far longer than the time between two looks; and long enough to have looked once.
        std::thread::sleep(Duration::from_millis(1));
        if counted.fetch_add(1, SeqCst) == 200 {
            ready.send(()).unwrap();
            // Injected while this poll goes on: from here on polls count.
            is_injected.recv_timeout(PATIENCE).unwrap();
        }
        if stopped.load(SeqCst) {
            return Ok(Async::Ready(()));
        }
        task::current().notify();
        Ok(Async::NotReady)
    }));
    is_ready.recv_timeout(PATIENCE).unwrap();
    let (ran, wait) = mpsc::channel();
    pool.spawn(future::lazy(move || {
        ran.send(polls.load(SeqCst)).unwrap();
        Ok(())
    }));
    injected.send(()).unwrap();
    let after = wait.recv_timeout(PATIENCE).unwrap() - 201;
    stop.store(true, SeqCst);
    assert!(after <= 3, "{after} polls were before it");
    pool.shutdown_on_idle().wait().unwrap();
}

/// Tasks that wake themselves used to keep the reactor from being polled.
#[test]
fn fault_s11_the_parker_is_driven_every_few_dozen_polls() {
    let turns = Arc::new(AtomicUsize::new(0));
    let count = turns.clone();
    let pool = Builder::new()
        .pool_size(1)
        .custom_park(move |_| CountingPark { park: DefaultPark::new(), turns: count.clone() })
        .build();
    let handle = pool.spawn_handle(future::lazy(move || {
        let before = turns.load(SeqCst);
        let mut polls = 0;
        future::poll_fn(move || {
            polls += 1;
            if polls == 1000 {
                return Ok::<_, ()>(Async::Ready(turns.load(SeqCst) - before));
            }
            task::current().notify();
            Ok(Async::NotReady)
        })
    }));
    let driven = handle.wait().unwrap();
    assert!(driven >= 1000 / 64, "driven {driven} times in 1000 polls");
    pool.shutdown_on_idle().wait().unwrap();
}

#[test]
fn fault_s17_one_worker_is_enough() {
    let pool = Builder::new().pool_size(1).build();
    let (tx, rx) = oneshot::channel::<u8>();
    let a = pool.spawn_handle(rx);
    pool.spawn(future::lazy(move || tx.send(1).map_err(drop)));
    assert_eq!(a.wait(), Ok(1));
    pool.shutdown_on_idle().wait().unwrap();
}

#[test]
#[should_panic(expected = "pool size must be 1 to 32768, got 0")]
fn fault_s17_no_worker_is_refused() {
    Builder::new().pool_size(0);
}

/// A thread that retired for want of work comes back when there is some.
#[test]
fn fault_s19_retired_threads_come_back() {
    let started = Arc::new(AtomicUsize::new(0));
    let stopped = Arc::new(AtomicUsize::new(0));
    let (up, down) = (started.clone(), stopped.clone());
    let (gone, wait) = mpsc::channel();
    let gone = std::sync::Mutex::new(gone);
    let pool = Builder::new()
        .pool_size(3)
        .keep_alive(Some(Duration::from_millis(1)))
        .after_start(move || {
            up.fetch_add(1, SeqCst);
        })
        .before_stop(move || {
            down.fetch_add(1, SeqCst);
            let _ = gone.lock().unwrap().send(());
        })
        .build();
    for _ in 0..3 {
        let blocked: Vec<BlockedWorker> = (0..3).map(|_| BlockedWorker::start(&pool)).collect();
        blocked.into_iter().for_each(BlockedWorker::release);
        // All but the last thread retire.
        wait.recv_timeout(PATIENCE).unwrap();
        wait.recv_timeout(PATIENCE).unwrap();
    }
    pool.shutdown_on_idle().wait().unwrap();
    assert_eq!(started.load(SeqCst), stopped.load(SeqCst));
}

/// Blocking threads on top of the workers used to stay, or to be counted twice.
#[test]
fn fault_b07_spare_threads_end() {
    let alive = Arc::new(AtomicUsize::new(0));
    let (up, down) = (alive.clone(), alive.clone());
    let pool = Builder::new()
        .pool_size(2)
        .after_start(move || {
            up.fetch_add(1, SeqCst);
        })
        .before_stop(move || {
            down.fetch_sub(1, SeqCst);
        })
        .build();
    let handles: Vec<_> =
        (0..200).map(|i| pool.spawn_handle(future::poll_fn(move || blocking(|| i)))).collect();
    for (i, handle) in handles.into_iter().enumerate() {
        assert_eq!(handle.wait().unwrap(), i);
    }
    pool.shutdown_on_idle().wait().unwrap();
    assert_eq!(alive.load(SeqCst), 0);
}

/// Blocking inside blocking, and running an executor inside that, used to hang.
#[test]
fn fault_b06_blocking_nests() {
    let pool = Builder::new().pool_size(1).max_blocking(1).build();
    let sender = pool.sender().clone();
    let handle = pool.spawn_handle(future::poll_fn(move || {
        blocking(|| {
            let inner = match blocking(|| 2).unwrap() {
                Async::Ready(n) => n,
                Async::NotReady => panic!("this thread blocks already"),
            };
            // The worker's queue was handed over: this task runs elsewhere.
            let (tx, rx) = oneshot::channel();
            sender.spawn(future::lazy(move || tx.send(3).map_err(drop))).unwrap();
            let mut enter = tokio_executor::enter().unwrap();
            inner + enter.block_on(rx).unwrap()
        })
    }));
    assert_eq!(handle.wait().unwrap(), 5);
    pool.shutdown_on_idle().wait().unwrap();
}

/// A panic in a future, in its drop, or in its result's drop ends that task alone.
#[test]
fn fault_t03_bombs_do_not_hurt_the_pool() {
    struct Bomb(Arc<AtomicUsize>);

    impl Drop for Bomb {
        fn drop(&mut self) {
            self.0.fetch_add(1, SeqCst);
            panic!("on purpose, in drop");
        }
    }

    let drops = Arc::new(AtomicUsize::new(0));
    let panics = Arc::new(AtomicUsize::new(0));
    let count = panics.clone();
    let pool = Builder::new()
        .pool_size(1)
        .panic_handler(move |_| {
            count.fetch_add(1, SeqCst);
        })
        .build();
    // In the drop of a future that is done.
    let bomb = Bomb(drops.clone());
    pool.spawn(future::lazy(move || {
        let _keep = bomb;
        Ok(())
    }));
    // In the drop of a future that is cancelled.
    let bomb = Bomb(drops.clone());
    drop(pool.spawn_handle(future::empty::<(), ()>().map(move |()| drop(bomb))));
    // In the drop of a result that nobody takes.
    let bomb = Bomb(drops.clone());
    let (go, gone) = oneshot::channel::<()>();
    let handle = pool.spawn_handle(gone.map_err(drop).map(move |()| bomb));
    drop(handle);
    let _ = go.send(());
    assert_eq!(pool.spawn_handle(future::ok::<_, ()>(1)).wait(), Ok(1));
    pool.shutdown_on_idle().wait().unwrap();
    assert_eq!(drops.load(SeqCst), 3);
    assert!(panics.load(SeqCst) >= 1);
}

/// Whatever a drop does to the pool that drops it: no lock is held, and nothing nests.
#[test]
fn fault_t05_a_drop_may_spawn_and_wake() {
    struct OnDrop(Option<Box<dyn FnOnce() + Send>>);

    impl Drop for OnDrop {
        fn drop(&mut self) {
            if let Some(f) = self.0.take() {
                f();
            }
        }
    }

    let pool = Builder::new().pool_size(2).build();
    let refused = Arc::new(AtomicUsize::new(0));
    let (ready, wait) = mpsc::channel();
    for _ in 0..20 {
        let (sender, refused, ready) = (pool.sender().clone(), refused.clone(), ready.clone());
        let guard = OnDrop(Some(Box::new(move || {
            if sender.spawn(future::ok(())).is_err() {
                refused.fetch_add(1, SeqCst);
            }
        })));
        let mut ready = Some(ready);
        pool.spawn(future::poll_fn(move || {
            let _keep = &guard;
            if let Some(ready) = ready.take() {
                ready.send(task::current()).unwrap();
            }
            Ok(Async::NotReady)
        }));
    }
    let tasks: Vec<task::Task> = (0..20).map(|_| wait.recv_timeout(PATIENCE).unwrap()).collect();
    pool.shutdown_now().wait().unwrap();
    assert_eq!(refused.load(SeqCst), 20, "a stopped pool takes no tasks");
    // T08: handles of tasks whose pool is gone.
    for task in tasks {
        task.clone().notify();
    }
}

/// A megabyte of future is polled and dropped in place, on a stack of two.
#[test]
fn fault_t13_a_large_future_stays_on_the_heap() {
    // Building it takes a larger stack: a moved value is copied at every call.
    let builder = std::thread::Builder::new().stack_size(64 << 20);
    let built = builder.spawn(|| {
        let pool = Builder::new().pool_size(1).stack_size(2 << 20).build();
        let big = [1u8; 1 << 20];
        let sum = pool.spawn_handle(future::poll_fn(move || {
            let sum: usize = big.iter().map(|b| usize::from(*b)).sum();
            Ok::<_, ()>(Async::Ready(sum))
        }));
        assert_eq!(sum.wait(), Ok(1 << 20));
        pool.shutdown_on_idle().wait().unwrap();
    });
    built.unwrap().join().unwrap();
}

/// A pool dropped by one of its own tasks stops in the background.
#[test]
fn fault_d04_a_pool_may_be_dropped_by_its_own_task() {
    let pool = Builder::new().pool_size(1).build();
    let (dropped, wait) = mpsc::channel();
    let sender = pool.sender().clone();
    sender
        .spawn(future::lazy(move || {
            drop(pool);
            dropped.send(()).map_err(drop)
        }))
        .unwrap();
    wait.recv_timeout(PATIENCE).unwrap();
    assert!(sender.spawn(future::ok(())).is_err());
}

#[test]
#[should_panic = "blocking capacity must be greater than zero"]
fn a_pool_in_which_nothing_may_block_is_refused() {
    Builder::new().max_blocking(0).build();
}
