//! What a pool makes of refused threads, retired threads, races of the end, and panics
//! where nobody expects them.

use futures::executor::{self, Notify};
use futures::sync::oneshot;
use futures::task::{self, Task};
use futures::{future, Async, Future};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{mpsc, Arc, Barrier, Mutex};
use std::thread;
use std::time::Duration;
use test_support::stress::PATIENCE;
use test_support::{until, Alive};
use tokio_executor::park::Park;
use tokio_executor::{DefaultExecutor, Executor};
use tokio_threadpool::park::DefaultPark;
use tokio_threadpool::{blocking, Builder, Sender, ThreadPool};

/// A stack that no address space has room for.
const NO_STACK: usize = usize::MAX / 8 * 7;

/// Has as many workers as the pool may have in one poll at the same time.
fn occupy(pool: &ThreadPool, workers: usize) -> Vec<mpsc::Sender<()>> {
    let (started, wait) = mpsc::channel();
    let blocked = (0..workers).map(|_| {
        let started = started.clone();
        let (release, released) = mpsc::channel::<()>();
        pool.spawn(future::lazy(move || {
            started.send(()).unwrap();
            let _ = released.recv();
            Ok(())
        }));
        release
    });
    let blocked = blocked.collect();
    for _ in 0..workers {
        wait.recv_timeout(PATIENCE).unwrap();
    }
    blocked
}

/// 32 KiB, which is in the example of tokio 0.2's documentation, did not do for the end of a thread
/// that had stolen, in a debug build: the process was killed.
#[test]
fn a_thread_that_was_given_a_small_stack_comes_to_its_end() {
    for _ in 0..20 {
        let pool = Builder::new().pool_size(4).stack_size(16 * 1024).build();
        let (ran, runs) = mpsc::channel();
        let spawner = pool.sender().clone();
        let spawns = future::lazy(move || {
            for _ in 0..200 {
                let ran = ran.clone();
                let task = future::lazy(move || ran.send(()).map_err(drop));
                spawner.spawn(task).unwrap();
            }
            Ok(())
        });
        pool.sender().spawn(spawns).unwrap();
        assert_eq!(runs.into_iter().count(), 200);
        pool.shutdown_on_idle().wait().unwrap();
    }
}

// -------------------------------------------------------------------- refused threads

#[test]
fn fault_s18_a_pool_that_gets_no_thread_refuses_the_task() {
    let pool = Builder::new().pool_size(2).stack_size(NO_STACK).build();
    let alive = Arc::new(AtomicUsize::new(0));
    for _ in 0..3 {
        let guard = Alive::new(&alive);
        let refused = pool.sender().spawn(future::lazy(move || {
            drop(guard);
            Ok(())
        }));
        let refused = refused.unwrap_err();
        assert!(refused.is_at_capacity());
        assert!(refused.to_string().ends_with("it start no thread"), "{refused}");
        assert_eq!(alive.load(SeqCst), 0);
    }
    pool.shutdown_on_idle().wait().unwrap();
}

/// Who came while another was about to start the first thread used to get the answer that all
/// was well, and its task to be forgotten when that thread was refused.
#[test]
fn fault_s18_spawns_that_race_for_the_first_thread_are_all_refused() {
    for _ in 0..50 {
        let pool = Builder::new().pool_size(1).stack_size(NO_STACK).build();
        let start = Arc::new(Barrier::new(4));
        let spawners: Vec<_> = (0..4)
            .map(|_| {
                let (sender, start) = (pool.sender().clone(), start.clone());
                std::thread::spawn(move || {
                    start.wait();
                    (0..5).filter(|_| sender.spawn(future::ok(())).is_err()).count()
                })
            })
            .collect();
        for spawner in spawners {
            assert_eq!(spawner.join().unwrap(), 5);
        }
        pool.shutdown_on_idle().wait().unwrap();
    }
}

/// A worker whose thread was refused used to stand before the one sleeper that could have
/// been woken, and every task from outside to wait behind it. In a process of its own,
/// whose address space has room for one stack.
#[test]
#[cfg(all(unix, target_pointer_width = "64"))]
fn fault_s18_one_thread_of_four_runs_everything() {
    const NAME: &str = "fault_s18_one_thread_of_four_runs_everything";
    if std::env::var_os("POOL_TEST_CHILD").is_none() {
        let exe = std::env::current_exe().unwrap();
        let output = std::process::Command::new("sh")
            .args(["-c", "ulimit -v 3500000; exec \"$0\" --exact \"$1\" --nocapture"])
            .arg(exe)
            .arg(NAME)
            .env("POOL_TEST_CHILD", NAME)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        return;
    }
    let started = Arc::new(AtomicUsize::new(0));
    let up = started.clone();
    let pool = Builder::new()
        .pool_size(4)
        .stack_size(2 << 30)
        .after_start(move || {
            up.fetch_add(1, SeqCst);
        })
        .build();
    let (ran, wait) = mpsc::channel();
    for i in 0..1000 {
        for j in 0..3 {
            let ran = ran.clone();
            pool.sender().spawn(future::lazy(move || ran.send(3 * i + j).map_err(drop))).unwrap();
        }
        let mut seen: Vec<i32> = (0..3).map(|_| wait.recv_timeout(PATIENCE).unwrap()).collect();
        seen.sort_unstable();
        assert_eq!(seen, [3 * i, 3 * i + 1, 3 * i + 2]);
    }
    pool.shutdown_on_idle().wait().unwrap();
    assert_eq!(started.load(SeqCst), 1, "the test is about threads that are refused");
}

// -------------------------------------------------------------------- retired threads

/// Two sleepers used to take each other for the one that stays.
#[test]
fn fault_s19_one_thread_stays_whoever_retires() {
    let started = Arc::new(AtomicUsize::new(0));
    let up = started.clone();
    let (gone, wait) = mpsc::channel();
    let gone = Mutex::new(gone);
    let pool = Builder::new()
        .pool_size(4)
        .keep_alive(Some(Duration::from_millis(1)))
        .after_start(move || {
            up.fetch_add(1, SeqCst);
        })
        .before_stop(move || {
            let _ = gone.lock().unwrap().send(());
        })
        .build();
    let mut stopped = 0;
    for _ in 0..50 {
        drop(occupy(&pool, 4));
        for _ in 0..3 {
            wait.recv_timeout(PATIENCE).unwrap();
        }
        assert_eq!(pool.spawn_handle(future::ok::<_, ()>(1)).wait(), Ok(1));
        // A thread that was about to retire when the task came may have started another one,
        // which is counted once it has begun to run.
        stopped += 3;
        until("a thread that stays", || {
            stopped += wait.try_iter().count();
            (started.load(SeqCst) > stopped).then_some(())
        });
    }
    pool.shutdown_on_idle().wait().unwrap();
}

/// A parker that tells of each of its sleeps.
struct Telling {
    park: DefaultPark,
    slept: mpsc::SyncSender<()>,
}

impl Park for Telling {
    type Unpark = <DefaultPark as Park>::Unpark;
    type Error = <DefaultPark as Park>::Error;

    fn unpark(&self) -> Self::Unpark {
        self.park.unpark()
    }

    fn park(&mut self) -> Result<(), Self::Error> {
        let _ = self.slept.try_send(());
        self.park.park()
    }

    fn park_timeout(&mut self, duration: Duration) -> Result<(), Self::Error> {
        let _ = self.slept.try_send(());
        self.park.park_timeout(duration)
    }
}

/// A thread in `blocking` used to be taken for one that drives I/O, and the last that
/// did so to retire.
#[test]
fn fault_s19_a_blocked_thread_is_not_the_one_that_stays() {
    let (slept, sleeps) = mpsc::sync_channel(1);
    let pool = Builder::new()
        .pool_size(1)
        .keep_alive(Some(Duration::from_millis(1)))
        .custom_park(move |_| Telling { park: DefaultPark::new(), slept: slept.clone() })
        .build();
    let (release, released) = mpsc::channel::<()>();
    let (inside, wait) = mpsc::channel();
    let blocked = pool.spawn_handle(future::poll_fn(move || {
        blocking(|| {
            inside.send(()).unwrap();
            released.recv().unwrap();
        })
    }));
    wait.recv_timeout(PATIENCE).unwrap();
    for _ in 0..100 {
        sleeps.recv_timeout(PATIENCE).expect("nobody drives any more");
    }
    release.send(()).unwrap();
    blocked.wait().unwrap();
    for _ in 0..100 {
        sleeps.recv_timeout(PATIENCE).expect("nobody drives any more");
    }
    pool.shutdown_on_idle().wait().unwrap();
}

// ------------------------------------------------------------------------------ order

/// A queue that grows, shrinks and wraps gives out what it took in, in that order.
#[test]
fn fault_s07_fault_s09_a_worker_runs_its_queue_in_order() {
    let pool = Builder::new().pool_size(1).build();
    let order = Arc::new(Mutex::new(Vec::new()));
    let sizes = [1, 7, 63, 64, 65, 500, 3, 2000, 1, 129];
    let (done, wait) = mpsc::channel();
    let log = order.clone();
    pool.spawn(future::lazy(move || {
        let mut next = 0;
        for _ in 0..20 {
            for size in sizes {
                for _ in 0..size {
                    let (log, number) = (log.clone(), next);
                    next += 1;
                    tokio_executor::spawn(future::lazy(move || {
                        log.lock().unwrap().push(number);
                        Ok(())
                    }));
                }
            }
        }
        tokio_executor::spawn(future::lazy(move || done.send(next).map_err(drop)));
        Ok(())
    }));
    let count: usize = wait.recv_timeout(PATIENCE).unwrap();
    assert_eq!(*order.lock().unwrap(), (0..count).collect::<Vec<_>>());
    pool.shutdown_on_idle().wait().unwrap();
}

/// Thieves and owners used to run one task at once, or to lose it.
#[test]
fn fault_s08_each_task_is_taken_once_per_wake() {
    const TASKS: usize = 64;
    const YIELDS: usize = 300;
    let pool = Builder::new().pool_size(8).build();
    let polls = Arc::new(AtomicUsize::new(0));
    for _ in 0..TASKS {
        let (polls, running) = (polls.clone(), AtomicBool::new(false));
        let mut left = YIELDS;
        pool.spawn(future::poll_fn(move || {
            assert!(!running.swap(true, SeqCst), "polled twice at once");
            polls.fetch_add(1, SeqCst);
            left -= 1;
            if left > 0 {
                task::current().notify();
            }
            assert!(running.swap(false, SeqCst));
            Ok(if left > 0 { Async::NotReady } else { Async::Ready(()) })
        }));
    }
    pool.shutdown_on_idle().wait().unwrap();
    assert_eq!(polls.load(SeqCst), TASKS * YIELDS);
}

// --------------------------------------------------------------------------- blocking

/// A permit granted to a branch of a task that had been dropped meanwhile used to stay
/// with that task.
#[test]
fn fault_b01_a_grant_to_a_branch_that_is_gone_goes_to_the_next() {
    struct Nobody;

    impl Notify for Nobody {
        fn notify(&self, _id: usize) {}
    }

    let pool = Builder::new().pool_size(2).max_blocking(1).build();
    let (release, released) = mpsc::channel::<()>();
    let (inside, wait) = mpsc::channel();
    let entered = inside.clone();
    let first = pool.spawn_handle(future::poll_fn(move || {
        blocking(|| {
            entered.send(()).unwrap();
            released.recv().unwrap();
        })
    }));
    wait.recv_timeout(PATIENCE).unwrap();
    // Waits in line with a branch whose waker leads nowhere any more.
    let mut branch = Some(executor::spawn(future::poll_fn(|| blocking(|| ()))));
    pool.spawn(future::poll_fn(move || {
        if let Some(mut branch) = branch.take() {
            let state = branch.poll_future_notify(&Arc::new(Nobody), 0).unwrap();
            assert!(state.is_not_ready());
            inside.send(()).unwrap();
        }
        Ok(Async::NotReady)
    }));
    wait.recv_timeout(PATIENCE).unwrap();
    let third = pool.spawn_handle(future::poll_fn(|| blocking(|| 3)));
    release.send(()).unwrap();
    first.wait().unwrap();
    let (done, wait) = mpsc::channel();
    std::thread::spawn(move || done.send(third.wait().unwrap()));
    assert_eq!(wait.recv_timeout(PATIENCE), Ok(3), "the permit stays with a task that left");
    pool.shutdown_now().wait().unwrap();
}

/// An idle spare thread used to be counted on without being woken.
#[test]
fn fault_b02_a_spare_thread_takes_the_next_worker_over() {
    let pool = Builder::new().pool_size(1).max_blocking(2).build();
    for i in 0..500 {
        let (tx, rx) = mpsc::channel();
        let blocked = pool.spawn_handle(future::poll_fn(move || blocking(|| rx.recv().unwrap())));
        // Runs on the thread that took over, while the other blocks.
        let other = pool.spawn_handle(future::lazy(move || tx.send(i).map_err(drop)));
        assert_eq!(other.wait(), Ok(()));
        assert_eq!(blocked.wait().unwrap(), i);
    }
    pool.shutdown_on_idle().wait().unwrap();
}

/// Jobs in line when the pool stops are dropped, and whoever waits for one gets an error.
#[test]
fn fault_b03_jobs_in_line_at_the_end_are_reported() {
    for _ in 0..20 {
        let pool = Builder::new().pool_size(2).max_blocking(1).build();
        let (release, released) = mpsc::channel::<()>();
        let (inside, wait) = mpsc::channel();
        let in_line = inside.clone();
        let running = pool.spawn_handle(future::poll_fn(move || {
            blocking(|| {
                inside.send(()).unwrap();
                released.recv().unwrap();
            })
        }));
        wait.recv_timeout(PATIENCE).unwrap();
        let ran = Arc::new(AtomicUsize::new(0));
        let (told, results) = mpsc::channel();
        for _ in 0..10 {
            struct Tells(mpsc::Sender<()>);
            impl Drop for Tells {
                fn drop(&mut self) {
                    let _ = self.0.send(());
                }
            }
            let (ran, tells, lined) = (ran.clone(), Tells(told.clone()), in_line.clone());
            pool.spawn(future::poll_fn(move || {
                let _ = &tells;
                let ran = ran.clone();
                let state = blocking(move || {
                    ran.fetch_add(1, SeqCst);
                });
                lined.send(()).unwrap();
                state.map_err(drop)
            }));
        }
        for _ in 0..10 {
            wait.recv_timeout(PATIENCE).unwrap();
        }
        let end = pool.shutdown_now();
        release.send(()).unwrap();
        end.wait().unwrap();
        drop(running);
        drop(told);
        assert_eq!(results.iter().count(), 10, "a job vanished");
        assert_eq!(ran.load(SeqCst), 0, "a stopped pool polls nothing");
    }
}

// ----------------------------------------------------------------------------- panics

/// A panic handler that panics used to take the worker with it.
#[test]
fn fault_t02_a_panic_in_the_panic_handler_ends_nothing() {
    let calls = Arc::new(AtomicUsize::new(0));
    let count = calls.clone();
    let pool = Builder::new()
        .pool_size(1)
        .panic_handler(move |_| {
            count.fetch_add(1, SeqCst);
            panic!("on purpose, in the handler");
        })
        .build();
    for _ in 0..5 {
        pool.spawn(future::lazy(|| -> Result<(), ()> { panic!("on purpose") }));
    }
    assert_eq!(pool.spawn_handle(future::ok::<_, ()>(1)).wait(), Ok(1));
    pool.shutdown_on_idle().wait().unwrap();
    assert_eq!(calls.load(SeqCst), 5);
}

/// What a panic carries may panic in its turn when it is dropped.
#[test]
fn fault_t03_a_payload_that_panics_ends_nothing() {
    struct Bomb;

    impl Drop for Bomb {
        fn drop(&mut self) {
            if !std::thread::panicking() {
                panic!("on purpose, in the payload");
            }
        }
    }

    let pool = Builder::new().pool_size(1).build();
    pool.spawn(future::lazy(|| -> Result<(), ()> { std::panic::panic_any(Bomb) }));
    drop(pool.spawn_handle(future::lazy(|| -> Result<(), ()> { std::panic::panic_any(Bomb) })));
    assert_eq!(pool.spawn_handle(future::ok::<_, ()>(1)).wait(), Ok(1));
    pool.shutdown_on_idle().wait().unwrap();
}

// -------------------------------------------------------------------------- task handles

/// A handle that moved from task to task used to wake the first, or to keep it.
#[test]
fn fault_t14_the_last_task_that_polled_a_handle_is_woken() {
    #[derive(Default)]
    struct Count(AtomicUsize, Mutex<Option<mpsc::Sender<()>>>);

    impl Notify for Count {
        fn notify(&self, _id: usize) {
            self.0.fetch_add(1, SeqCst);
            if let Some(tell) = &*self.1.lock().unwrap() {
                tell.send(()).unwrap();
            }
        }
    }

    let pool = Builder::new().pool_size(1).build();
    let (tx, rx) = oneshot::channel::<u8>();
    let mut handle = executor::spawn(pool.spawn_handle(rx));
    let (first, second) = (Arc::new(Count::default()), Arc::new(Count::default()));
    let (tell, told) = mpsc::channel();
    *second.1.lock().unwrap() = Some(tell);
    for notify in [&first, &second] {
        assert!(handle.poll_future_notify(notify, 0).unwrap().is_not_ready());
    }
    assert_eq!(Arc::strong_count(&first), 1, "the former task is kept");
    tx.send(9).unwrap();
    told.recv_timeout(PATIENCE).unwrap();
    assert_eq!(handle.poll_future_notify(&second, 0), Ok(Async::Ready(9)));
    assert_eq!(first.0.load(SeqCst), 0, "a task that has nothing to do with it is woken");
    pool.shutdown_on_idle().wait().unwrap();
}

// ---------------------------------------------------------------------------- the end

/// A task that waits, and hands out what wakes it.
fn waits(pool: &Sender, alive: &Arc<AtomicUsize>, hand_out: &mpsc::Sender<Task>) {
    let (guard, hand_out) = (Alive::new(alive), hand_out.clone());
    pool.spawn(future::poll_fn(move || {
        let _keep = &guard;
        hand_out.send(task::current()).unwrap();
        Ok(Async::NotReady)
    }))
    .unwrap();
}

/// Wakes that race the end of the pool, for tasks that are dropped at that moment.
#[test]
fn fault_d01_wakes_that_race_the_end_neither_revive_nor_leak() {
    for round in 0..100 {
        let pool = Builder::new().pool_size(1 + round % 3).build();
        let alive = Arc::new(AtomicUsize::new(0));
        let (hand_out, handed) = mpsc::channel();
        for _ in 0..8 {
            waits(pool.sender(), &alive, &hand_out);
        }
        let tasks: Vec<Task> = (0..8).map(|_| handed.recv_timeout(PATIENCE).unwrap()).collect();
        let start = Arc::new(Barrier::new(2));
        let waker = {
            let start = start.clone();
            std::thread::spawn(move || {
                start.wait();
                for _ in 0..10 {
                    tasks.iter().for_each(Task::notify);
                }
            })
        };
        start.wait();
        pool.shutdown_now().wait().unwrap();
        assert_eq!(alive.load(SeqCst), 0);
        waker.join().unwrap();
    }
}

/// No task is dropped while another is still being polled.
#[test]
fn fault_d03_tasks_are_dropped_when_polling_has_stopped() {
    struct Dropped(Arc<AtomicUsize>, mpsc::Sender<usize>);

    impl Drop for Dropped {
        fn drop(&mut self) {
            let _ = self.1.send(self.0.load(SeqCst));
        }
    }

    let pool = Builder::new().pool_size(2).build();
    let polling = Arc::new(AtomicUsize::new(0));
    let (seen, polled_at_drop) = mpsc::channel();
    let (hand_out, handed) = mpsc::channel();
    for _ in 0..20 {
        let (guard, hand_out) = (Dropped(polling.clone(), seen.clone()), hand_out.clone());
        pool.spawn(future::poll_fn(move || {
            let _keep = &guard;
            hand_out.send(()).unwrap();
            Ok(Async::NotReady)
        }));
    }
    for _ in 0..20 {
        handed.recv_timeout(PATIENCE).unwrap();
    }
    let (release, released) = mpsc::channel::<()>();
    let running = polling.clone();
    pool.spawn(future::lazy(move || {
        running.fetch_add(1, SeqCst);
        hand_out.send(()).unwrap();
        released.recv().unwrap();
        running.fetch_sub(1, SeqCst);
        Ok(())
    }));
    handed.recv_timeout(PATIENCE).unwrap();
    let end = pool.shutdown_now();
    assert_eq!(polled_at_drop.try_recv(), Err(mpsc::TryRecvError::Empty));
    release.send(()).unwrap();
    end.wait().unwrap();
    drop(seen);
    assert_eq!(polled_at_drop.iter().collect::<Vec<_>>(), vec![0; 20]);
}

/// A future that is dropped with its pool finds no executor, and gets that error.
#[test]
fn fault_t10_a_task_dropped_with_its_pool_cannot_spawn() {
    struct SpawnsOnDrop(mpsc::Sender<bool>);

    impl Drop for SpawnsOnDrop {
        fn drop(&mut self) {
            let refused = DefaultExecutor::current().spawn(Box::new(future::ok(()))).is_err();
            let _ = self.0.send(refused);
        }
    }

    let pool = Builder::new().pool_size(1).build();
    let (tell, told) = mpsc::channel();
    let (polled, wait) = mpsc::channel();
    let guard = SpawnsOnDrop(tell);
    pool.spawn(future::poll_fn(move || {
        let _keep = &guard;
        polled.send(()).unwrap();
        Ok(Async::NotReady)
    }));
    wait.recv_timeout(PATIENCE).unwrap();
    pool.shutdown_now().wait().unwrap();
    assert_eq!(told.recv_timeout(PATIENCE), Ok(true));
}

/// A chain of spawns that crosses threads is never taken for an idle pool.
#[test]
fn fault_t11_an_idle_shutdown_waits_for_a_chain_of_spawns() {
    fn link(sender: Sender, left: usize, ended: Arc<AtomicUsize>) {
        if left == 0 {
            ended.fetch_add(1, SeqCst);
            return;
        }
        let next = sender.clone();
        let spawned = sender.spawn(future::lazy(move || {
            if left % 3 == 0 {
                // Away from the workers; the task waits for it.
                std::thread::spawn(move || link(next, left - 1, ended)).join().unwrap();
            } else {
                link(next, left - 1, ended);
            }
            Ok(())
        }));
        spawned.unwrap();
    }

    for workers in [1, 2, 4] {
        let pool = Builder::new().pool_size(workers).build();
        let ended = Arc::new(AtomicUsize::new(0));
        for _ in 0..4 {
            link(pool.sender().clone(), 60, ended.clone());
        }
        pool.shutdown_on_idle().wait().unwrap();
        assert_eq!(ended.load(SeqCst), 4);
    }
}

/// T11: a spawn that races the request for the end is run or refused, and the pool ends either
/// way. (The model has it without luck: `models::last_task`.)
#[test]
fn fault_t11_a_refused_spawn_does_not_hold_up_the_end() {
    for _ in 0..300 {
        let pool = Builder::new().pool_size(1).build();
        let sender = pool.sender().clone();
        let start = Arc::new(Barrier::new(2));
        let spawner = {
            let start = start.clone();
            thread::spawn(move || {
                start.wait();
                while sender.spawn(future::ok::<_, ()>(())).is_ok() {}
            })
        };
        start.wait();
        pool.shutdown().wait().unwrap();
        spawner.join().unwrap();
    }
}
