//! What a program has a pool call: what names its threads, hooks at their start and end, the log.

use futures::{future, Async, Future};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{mpsc, Arc, Mutex};
use std::thread;
use test_support::stress::PATIENCE;
use test_support::Alive;
use tokio_threadpool::{blocking, Builder, Sender};

/// A stack that no address space has room for.
const NO_STACK: usize = usize::MAX / 8 * 7;

/// The worker went with what names its thread, and the pool never ended.
#[test]
fn a_name_that_cannot_be_had_leaves_its_thread_without_one() {
    let calls = Arc::new(AtomicUsize::new(0));
    let named = calls.clone();
    let name = move || match named.fetch_add(1, SeqCst) {
        0 => panic!("no name"),
        _ => "a zero \0 within".to_owned(),
    };
    let pool = Builder::new().pool_size(2).name_fn(Arc::new(name)).build();
    let (tx, rx) = mpsc::channel();
    let tx = Arc::new(Mutex::new(tx));
    let blocks = move || {
        let tx = tx.clone();
        future::poll_fn(move || {
            let tx = tx.clone();
            blocking(move || tx.lock().unwrap().send(()).unwrap()).map_err(|_| ())
        })
    };
    (0..4).for_each(|_| pool.spawn(blocks()));
    (0..4).for_each(|_| rx.recv_timeout(PATIENCE).unwrap());
    pool.shutdown_on_idle().wait().unwrap();
    assert!(calls.load(SeqCst) > 1);
}

/// What names a thread was called with the lock held under which the first thread starts, and a
/// spawn of its own, or of a thread that it waited for, never returned.
#[test]
fn what_names_a_thread_may_spawn_on_its_pool() {
    for elsewhere in [false, true] {
        let home: Arc<Mutex<Option<Sender>>> = Arc::default();
        let (tx, rx) = mpsc::channel();
        let (found, named, calls) = (home.clone(), Mutex::new(tx.clone()), AtomicUsize::new(0));
        let name = move || {
            // Another thread's spawn may call it again.
            if calls.fetch_add(1, SeqCst) == 0 {
                let pool = found.lock().unwrap().clone().unwrap();
                let tx = named.lock().unwrap().clone();
                let spawn = move || pool.spawn(send(tx)).unwrap();
                match elsewhere {
                    false => spawn(),
                    true => thread::spawn(spawn).join().unwrap(),
                }
            }
            "named".to_owned()
        };
        let pool = Builder::new().pool_size(1).name_fn(Arc::new(name)).build();
        *home.lock().unwrap() = Some(pool.sender().clone());
        let sender = pool.sender().clone();
        thread::spawn(move || sender.spawn(send(tx)).unwrap());
        for _ in 0..2 {
            rx.recv_timeout(PATIENCE).expect("both tasks run");
        }
        pool.shutdown_on_idle().wait().unwrap();
        // The pool has the function, which has the pool.
        *home.lock().unwrap() = None;
    }
}

fn send(tx: mpsc::Sender<()>) -> impl Future<Item = (), Error = ()> + Send {
    future::lazy(move || {
        tx.send(()).unwrap();
        Ok(())
    })
}

/// The log was written with the same lock held.
#[test]
fn a_log_may_spawn_on_the_pool_whose_thread_is_refused() {
    /// Spawns on a pool, and says what came of it.
    struct Spawns(Mutex<Option<(Sender, mpsc::Sender<bool>)>>);

    impl log::Log for Spawns {
        fn enabled(&self, _: &log::Metadata<'_>) -> bool {
            true
        }

        fn log(&self, _: &log::Record<'_>) {
            // Other tests have threads refused, too.
            if thread::current().name() != Some("spawns") {
                return;
            }
            let spawn = self.0.lock().unwrap().take();
            if let Some((pool, tx)) = spawn {
                tx.send(pool.spawn(future::ok(())).is_ok()).unwrap();
            }
        }

        fn flush(&self) {}
    }

    static SPAWNS: Spawns = Spawns(Mutex::new(None));

    let pool = Builder::new().pool_size(1).stack_size(NO_STACK).build();
    let (tx, rx) = mpsc::channel();
    *SPAWNS.0.lock().unwrap() = Some((pool.sender().clone(), tx));
    log::set_logger(&SPAWNS).unwrap();
    log::set_max_level(log::LevelFilter::Error);
    let sender = pool.sender().clone();
    let spawner = thread::Builder::new().name("spawns".to_owned());
    let spawner = spawner.spawn(move || sender.spawn(future::ok(())).is_ok()).unwrap();
    assert!(!rx.recv_timeout(PATIENCE).expect("the spawn in the log returns"));
    assert!(!spawner.join().unwrap());
}

/// A task that never ends by itself.
fn waits_for_ever(alive: Alive) -> impl Future<Item = (), Error = ()> + Send {
    future::poll_fn(move || {
        let _kept = &alive;
        Ok(Async::NotReady)
    })
}

/// The hook ran before the last thread dropped the tasks that were left, which so came after what
/// a program ends in it.
#[test]
fn the_tasks_are_dropped_before_the_last_thread_calls_before_stop() {
    let alive = Arc::new(AtomicUsize::new(0));
    let (tx, rx) = mpsc::channel();
    let (seen, tx) = (alive.clone(), Mutex::new(tx));
    let before_stop = move || tx.lock().unwrap().send(seen.load(SeqCst)).unwrap();
    let pool = Builder::new().pool_size(1).before_stop(before_stop).build();
    for _ in 0..3 {
        pool.spawn(waits_for_ever(Alive::new(&alive)));
    }
    pool.spawn_handle(future::ok::<_, ()>(())).wait().unwrap();
    pool.shutdown_now().wait().unwrap();
    assert_eq!(rx.recv_timeout(PATIENCE).unwrap(), 0);
}

/// Nobody dropped the task before the hook's thread had ended.
#[test]
fn a_pool_ends_though_a_hook_waits_for_the_end_of_a_task() {
    for workers in [1, 2] {
        let (task_ends, ended) = mpsc::channel::<()>();
        let (starts, started) = mpsc::channel();
        let hook = Mutex::new(Some((starts, ended)));
        let after_start = move || {
            if let Some((starts, ended)) = { hook.lock().unwrap().take() } {
                starts.send(()).unwrap();
                assert!(ended.recv().is_err());
            }
        };
        let pool = Builder::new().pool_size(workers).after_start(after_start).build();
        let kept = Mutex::new(task_ends);
        pool.spawn(future::poll_fn(move || {
            let _kept = &kept;
            Ok(Async::NotReady)
        }));
        started.recv_timeout(PATIENCE).unwrap();
        let (tx, rx) = mpsc::channel();
        thread::spawn(move || tx.send(pool.shutdown_now().wait().is_ok()).unwrap());
        assert!(rx.recv_timeout(PATIENCE).expect("the pool ends"));
    }
}
