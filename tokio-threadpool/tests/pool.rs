//! A pool runs what it is given, and ends as it is asked to.

use futures::sync::oneshot;
use futures::{future, Async, Future};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::mpsc;
use std::sync::Arc;
use std::time::Duration;
use test_support::Alive;
use tokio_executor::park::{Park, Unpark};
use tokio_executor::{DefaultExecutor, Executor};
use tokio_threadpool::park::{DefaultPark, DefaultUnpark};
use tokio_threadpool::{blocking, Builder, ThreadPool};

#[test]
fn every_spawned_task_runs_before_an_idle_shutdown() {
    for workers in [1, 2, 8] {
        let pool = Builder::new().pool_size(workers).build();
        let ran = Arc::new(AtomicUsize::new(0));
        for _ in 0..1000 {
            let ran = ran.clone();
            pool.spawn(future::lazy(move || {
                let inner = ran.clone();
                tokio_executor::spawn(future::lazy(move || {
                    inner.fetch_add(1, SeqCst);
                    Ok(())
                }));
                ran.fetch_add(1, SeqCst);
                Ok(())
            }));
        }
        pool.shutdown_on_idle().wait().unwrap();
        assert_eq!(ran.load(SeqCst), 2000, "with {workers} workers");
    }
}

#[test]
fn a_task_is_woken_from_another_thread() {
    let pool = ThreadPool::new();
    let (tx, rx) = oneshot::channel::<u32>();
    let handle = pool.spawn_handle(rx);
    let (started, wait) = mpsc::channel();
    std::thread::spawn(move || {
        wait.recv().unwrap();
        tx.send(5).unwrap();
    });
    started.send(()).unwrap();
    assert_eq!(handle.wait(), Ok(5));
    pool.shutdown_on_idle().wait().unwrap();
}

/// A pool that stopped used to be able to forget tasks that waited for ever.
#[test]
fn fault_t09_waiting_tasks_are_dropped_when_the_pool_stops() {
    let alive = Arc::new(AtomicUsize::new(0));
    let pool = Builder::new().pool_size(2).build();
    let (ready, wait) = mpsc::channel();
    for i in 0..100 {
        let guard = Alive::new(&alive);
        let ready = ready.clone();
        let mut first = true;
        pool.spawn(future::poll_fn(move || {
            let _keep = &guard;
            if std::mem::take(&mut first) {
                ready.send(i).unwrap();
            }
            Ok(Async::NotReady)
        }));
    }
    for _ in 0..100 {
        wait.recv().unwrap();
    }
    assert_eq!(alive.load(SeqCst), 100);
    pool.shutdown_now().wait().unwrap();
    assert_eq!(alive.load(SeqCst), 0);
}

#[test]
fn fault_t02_a_panic_ends_its_task_alone() {
    let panics = Arc::new(AtomicUsize::new(0));
    let count = panics.clone();
    let pool = Builder::new()
        .pool_size(1)
        .panic_handler(move |_| {
            count.fetch_add(1, SeqCst);
        })
        .build();
    for _ in 0..10 {
        pool.spawn(future::lazy(|| -> Result<(), ()> { panic!("on purpose") }));
    }
    assert_eq!(pool.spawn_handle(future::ok::<_, ()>(1)).wait(), Ok(1));
    pool.shutdown_on_idle().wait().unwrap();
    assert_eq!(panics.load(SeqCst), 10);
}

#[test]
fn fault_d06_a_spawn_after_shutdown_is_an_error() {
    let pool = ThreadPool::new();
    let mut sender = pool.sender().clone();
    pool.shutdown_now().wait().unwrap();
    let alive = Arc::new(AtomicUsize::new(0));
    let guard = Alive::new(&alive);
    let refused = sender.spawn(future::lazy(move || {
        drop(guard);
        Ok(())
    }));
    assert!(refused.unwrap_err().is_shutdown());
    assert_eq!(alive.load(SeqCst), 0);
    assert!(Executor::status(&sender).is_err());
    assert!(Executor::spawn(&mut sender, Box::new(future::ok(()))).is_err());
}

#[test]
fn blocking_lets_other_tasks_run() {
    let pool = Builder::new().pool_size(1).max_blocking(2).build();
    let (tx, rx) = mpsc::channel();
    let blocked = pool.spawn_handle(future::poll_fn(move || blocking(|| rx.recv().unwrap())));
    let other = pool.spawn_handle(future::lazy(move || tx.send(3).map_err(drop)));
    assert_eq!(other.wait(), Ok(()));
    assert_eq!(blocked.wait().unwrap(), 3);
    pool.shutdown_on_idle().wait().unwrap();
}

#[test]
fn blocking_tasks_beyond_the_limit_wait_in_line() {
    let pool = Builder::new().pool_size(2).max_blocking(1).build();
    let inside = Arc::new(AtomicUsize::new(0));
    let handles: Vec<_> = (0..50)
        .map(|i| {
            let inside = inside.clone();
            pool.spawn_handle(future::poll_fn(move || {
                blocking(|| {
                    assert_eq!(inside.fetch_add(1, SeqCst), 0);
                    std::thread::yield_now();
                    inside.fetch_sub(1, SeqCst);
                    i
                })
            }))
        })
        .collect();
    for (i, handle) in handles.into_iter().enumerate() {
        assert_eq!(handle.wait().unwrap(), i);
    }
    pool.shutdown_on_idle().wait().unwrap();
}

#[test]
fn blocking_outside_a_pool_is_an_error() {
    assert!(blocking(|| ()).is_err());
}

#[test]
fn fault_s16_a_spawn_for_another_pool_goes_there() {
    let a = Builder::new().pool_size(1).name_prefix("a-").build();
    let b = Builder::new().pool_size(1).name_prefix("b-").build();
    let sender = b.sender().clone();
    let (tx, rx) = mpsc::channel();
    a.spawn(future::lazy(move || {
        sender
            .spawn(future::lazy(move || {
                tx.send(std::thread::current().name().map(String::from)).map_err(drop)
            }))
            .map_err(drop)
    }));
    assert!(rx.recv().unwrap().unwrap().starts_with("b-"));
    a.shutdown_on_idle().wait().unwrap();
    b.shutdown_on_idle().wait().unwrap();
}

#[test]
fn a_task_has_the_pool_as_its_default_executor() {
    let pool = ThreadPool::new();
    let status =
        pool.spawn_handle(future::lazy(|| DefaultExecutor::current().status().map_err(|_| ())));
    assert_eq!(status.wait(), Ok(()));
    pool.shutdown().wait().unwrap();
}

#[test]
fn a_dropped_pool_waits_for_its_threads() {
    let alive = Arc::new(AtomicUsize::new(0));
    for _ in 0..100 {
        let pool = Builder::new().pool_size(3).build();
        for _ in 0..5 {
            let guard = Alive::new(&alive);
            pool.spawn(future::empty::<(), ()>().map(move |()| drop(guard)));
        }
        drop(pool);
        assert_eq!(alive.load(SeqCst), 0);
    }
}

/// The last thread used to say that the pool had ended while it still held what its
/// sleepers are woken with.
#[test]
fn a_pool_that_has_ended_has_dropped_its_parks_and_hooks() {
    for _ in 0..50 {
        let alive = Arc::new(AtomicUsize::new(0));
        let hook = Alive::new(&alive);
        let counted = alive.clone();
        let pool = Builder::new()
            .pool_size(2)
            .after_start(move || {
                let _ = &hook;
            })
            .custom_park(move |_| CountedPark {
                park: DefaultPark::new(),
                alive: Alive::new(&counted),
            })
            .build();
        let (ran, wait) = mpsc::channel();
        pool.spawn(future::lazy(move || ran.send(()).map_err(drop)));
        wait.recv().unwrap();
        pool.shutdown_now().wait().unwrap();
        assert_eq!(alive.load(SeqCst), 0);
    }
}

struct CountedPark {
    park: DefaultPark,
    alive: Alive,
}

struct CountedUnpark {
    unpark: DefaultUnpark,
    _alive: Alive,
}

impl Park for CountedPark {
    type Unpark = CountedUnpark;
    type Error = <DefaultPark as Park>::Error;

    fn unpark(&self) -> CountedUnpark {
        CountedUnpark { unpark: self.park.unpark(), _alive: self.alive.another() }
    }

    fn park(&mut self) -> Result<(), Self::Error> {
        self.park.park()
    }

    fn park_timeout(&mut self, duration: Duration) -> Result<(), Self::Error> {
        self.park.park_timeout(duration)
    }
}

impl Unpark for CountedUnpark {
    fn unpark(&self) {
        self.unpark.unpark();
    }
}

/// A task that was spawned by way of the pool used to name a line of the pool's.
#[test]
fn a_task_is_known_by_the_line_that_spawned_it() {
    let pool = ThreadPool::new();
    let (tell, told) = mpsc::channel();
    let where_spawned = move || {
        let task = tokio_executor::task::TaskRef::running().unwrap();
        tell.send(task.spawned_at()).unwrap();
        Ok::<_, ()>(())
    };
    let here = |line: u32, what: &str| {
        let at = told.recv().unwrap();
        assert_eq!((at.file(), at.line()), (file!(), line), "{what}");
    };
    pool.spawn(future::lazy(where_spawned.clone()));
    here(line!() - 1, "ThreadPool::spawn");
    let handle = pool.spawn_handle(future::lazy(where_spawned.clone()));
    here(line!() - 1, "ThreadPool::spawn_handle");
    handle.wait().unwrap();
    pool.sender().spawn(future::lazy(where_spawned.clone())).unwrap();
    here(line!() - 1, "Sender::spawn");
    future::Executor::execute(pool.sender(), future::lazy(where_spawned.clone())).unwrap();
    here(line!() - 1, "Executor::execute");
    let mut sender = pool.sender().clone();
    tokio_executor::TypedExecutor::spawn(&mut sender, future::lazy(where_spawned)).unwrap();
    here(line!() - 1, "TypedExecutor::spawn");
    pool.shutdown_on_idle().wait().unwrap();
}
