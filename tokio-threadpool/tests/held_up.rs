//! Workers that are held up, or lost but for the pool's care: `blocking` where no task is
//! polled, the line for it, panics of hooks and wakers.

use futures::stream::FuturesUnordered;
use futures::{future, task, Async, Future, Poll, Stream};
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{mpsc, Arc, Mutex};
use std::thread;
use std::time::Duration;
use test_support::stress::PATIENCE;
use tokio_executor::park::Park;
use tokio_threadpool::park::{DefaultPark, DefaultUnpark};
use tokio_threadpool::{blocking, Builder, ThreadPool};

type Job = Box<dyn FnOnce() + Send>;

/// A driver: runs what it is given, in its park.
struct Driver {
    inner: DefaultPark,
    jobs: Arc<Mutex<Vec<Job>>>,
}

impl Driver {
    fn turn(&mut self) {
        let jobs: Vec<_> = self.jobs.lock().unwrap().drain(..).collect();
        jobs.into_iter().for_each(|job| job());
    }
}

impl Park for Driver {
    type Unpark = DefaultUnpark;
    type Error = io::Error;

    fn unpark(&self) -> DefaultUnpark {
        self.inner.unpark()
    }

    fn park(&mut self) -> io::Result<()> {
        self.turn();
        self.inner.park().map_err(io::Error::other)
    }

    fn park_timeout(&mut self, duration: Duration) -> io::Result<()> {
        self.turn();
        self.inner.park_timeout(duration).map_err(io::Error::other)
    }
}

/// A pool of one worker, and the list of what its driver runs next.
fn driven() -> (ThreadPool, Arc<Mutex<Vec<Job>>>) {
    let jobs = Arc::new(Mutex::new(Vec::new()));
    let theirs = jobs.clone();
    let pool = Builder::new()
        .pool_size(1)
        .custom_park(move |_| Driver { inner: DefaultPark::new(), jobs: theirs.clone() })
        .build();
    (pool, jobs)
}

fn runs(pool: &ThreadPool) {
    let (done, is_done) = mpsc::channel();
    pool.spawn(future::lazy(move || done.send(()).map_err(drop)));
    is_done.recv_timeout(PATIENCE).expect("a task runs");
}

// ------------------------------------------------------------------ inside the driver

/// A waker that the driver ran called `blocking`: a second thread got the core that was
/// lent to the first one's driver, and freed it there.
#[test]
fn blocking_inside_the_driver_gives_no_core_away() {
    let (pool, jobs) = driven();
    let sender = pool.sender().clone();
    let (done, is_done) = mpsc::channel();
    jobs.lock().unwrap().push(Box::new(move || {
        let here = thread::current().id();
        let (ran, has_run) = mpsc::channel();
        let poll = blocking(|| {
            assert_eq!(thread::current().id(), here);
            sender.spawn(future::lazy(move || ran.send(()).map_err(drop))).unwrap();
            // Another thread that has the core would run the task.
            has_run.recv_timeout(Duration::from_millis(50))
        });
        done.send((poll.unwrap(), has_run)).unwrap();
    }));
    // The worker starts, and parks.
    runs(&pool);
    let (poll, has_run) = is_done.recv_timeout(PATIENCE).unwrap();
    assert_eq!(poll, Async::Ready(Err(mpsc::RecvTimeoutError::Timeout)));
    has_run.recv_timeout(PATIENCE).expect("the task runs once the driver is back");
    pool.shutdown_on_idle().wait().unwrap();
}

/// A panic of a waker ended the worker that drove.
#[test]
fn a_panic_inside_the_driver_loses_no_worker() {
    let (pool, jobs) = driven();
    let (begun, has_begun) = mpsc::channel();
    jobs.lock().unwrap().push(Box::new(move || {
        begun.send(()).unwrap();
        panic!("a waker's");
    }));
    runs(&pool);
    has_begun.recv_timeout(PATIENCE).unwrap();
    runs(&pool);
    pool.shutdown_on_idle().wait().unwrap();
}

/// A panic handler runs between two polls, where nobody expects the core to go.
#[test]
fn blocking_in_the_panic_handler_gives_no_core_away() {
    let (done, is_done) = mpsc::channel();
    let done = Mutex::new(done);
    let pool = Builder::new()
        .pool_size(1)
        .panic_handler(move |_| {
            let poll = blocking(|| ()).unwrap();
            done.lock().unwrap().send(poll).unwrap();
        })
        .build();
    for _ in 0..3 {
        pool.spawn(future::lazy(|| -> Result<(), ()> { panic!("expected") }));
        assert_eq!(is_done.recv_timeout(PATIENCE).unwrap(), Async::Ready(()));
        runs(&pool);
    }
    pool.shutdown_on_idle().wait().unwrap();
}

// -------------------------------------------------------------------------- the line

/// Blocks until told to go on; says when it has begun.
fn blocks(pool: &ThreadPool) -> mpsc::Sender<()> {
    let (release, released) = mpsc::channel::<()>();
    let (begun, has_begun) = mpsc::channel();
    pool.spawn(future::poll_fn(move || {
        blocking(|| {
            begun.send(()).unwrap();
            let _ = released.recv();
        })
        .map_err(drop)
    }));
    has_begun.recv_timeout(PATIENCE).unwrap();
    release
}

/// Each poll of a waiting task made an entry more, which was granted a permit in its turn.
#[test]
fn a_task_is_in_the_line_once_however_often_it_is_polled() {
    let pool = Builder::new().pool_size(2).max_blocking(1).build();
    let release = blocks(&pool);
    let (polled, polls) = mpsc::channel();
    let mut left = 1000;
    let waits = pool.spawn_handle(future::poll_fn(move || -> Poll<(), ()> {
        let poll = blocking(|| ()).unwrap();
        left -= 1;
        if left > 0 {
            task::current().notify();
        } else {
            let _ = polled.send(());
        }
        Ok(poll)
    }));
    polls.recv_timeout(PATIENCE).unwrap();
    let metrics = pool.metrics();
    assert_eq!((metrics.blocking_threads, metrics.blocking_queue), (1, 1));
    release.send(()).unwrap();
    waits.wait().unwrap();
    pool.shutdown_on_idle().wait().unwrap();
}

#[test]
fn a_task_that_ends_leaves_the_line() {
    let pool = Builder::new().pool_size(2).max_blocking(1).build();
    let release = blocks(&pool);
    let fickle = pool.spawn_handle(future::lazy(|| {
        assert!(blocking(|| ()).unwrap().is_not_ready());
        Ok::<(), ()>(())
    }));
    fickle.wait().unwrap();
    // Behind the one that ended, for whose bookkeeping the worker may still need a moment.
    runs(&pool);
    runs(&pool);
    let deadline = std::time::Instant::now() + PATIENCE;
    while pool.metrics().blocking_queue > 0 {
        assert!(std::time::Instant::now() < deadline, "still in the line");
        thread::yield_now();
    }
    release.send(()).unwrap();
    pool.shutdown_on_idle().wait().unwrap();
}

/// Parts of one task that have wakers of their own wait at the same place.
#[test]
fn each_part_of_a_task_gets_its_turn() {
    let pool = Builder::new().pool_size(2).max_blocking(1).build();
    let release = blocks(&pool);
    let ran = Arc::new(AtomicUsize::new(0));
    let parts: FuturesUnordered<_> = (0..3)
        .map(|_| {
            let ran = ran.clone();
            future::poll_fn(move || {
                blocking(|| {
                    ran.fetch_add(1, SeqCst);
                })
            })
        })
        .collect();
    let all = pool.spawn_handle(parts.for_each(|()| Ok(())));
    release.send(()).unwrap();
    all.wait().unwrap();
    assert_eq!(ran.load(SeqCst), 3);
    pool.shutdown_on_idle().wait().unwrap();
}

// ---------------------------------------------------------------------- lost workers

/// Panics when it is dropped, unless that would end the process.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        if !thread::panicking() {
            panic!("in the drop of a payload");
        }
    }
}

/// The poll panics, the drop of the future panics, and so does what came with that.
#[test]
fn a_future_whose_drop_panics_twice_loses_no_worker() {
    struct Thrower;

    impl Drop for Thrower {
        fn drop(&mut self) {
            std::panic::panic_any(Bomb);
        }
    }

    let pool = Builder::new().pool_size(1).build();
    for _ in 0..3 {
        let thrower = Thrower;
        pool.spawn(future::poll_fn(move || -> Poll<(), ()> {
            let _thrower = &thrower;
            panic!("expected");
        }));
        runs(&pool);
    }
    let metrics = pool.metrics();
    assert_eq!(metrics.spawned, 6);
    pool.shutdown_on_idle().wait().unwrap();
}

#[test]
fn a_panic_in_after_start_loses_no_worker() {
    let pool = Builder::new().pool_size(1).after_start(|| panic!("expected")).build();
    runs(&pool);
    pool.shutdown_on_idle().wait().unwrap();
}

#[test]
fn a_worker_that_around_worker_does_not_run_runs_all_the_same() {
    let pool = Builder::new().pool_size(2).around_worker(|_, _| {}).build();
    runs(&pool);
    drop(pool);
}

#[test]
fn a_panic_in_around_worker_loses_no_worker() {
    let calls = Arc::new(AtomicUsize::new(0));
    let seen = calls.clone();
    let pool = Builder::new()
        .pool_size(1)
        .around_worker(move |worker, _| {
            if calls.fetch_add(1, SeqCst) == 0 {
                panic!("expected");
            }
            worker.run();
            panic!("expected, after the end");
        })
        .build();
    runs(&pool);
    assert_eq!(seen.load(SeqCst), 1);
    pool.shutdown_on_idle().wait().unwrap();
}

// -------------------------------------------------------------------------- numbers

#[test]
fn metrics_count_what_the_workers_did() {
    let pool = Builder::new().pool_size(2).build();
    for _ in 0..10 {
        runs(&pool);
    }
    let release = blocks(&pool);
    let metrics = pool.metrics();
    assert_eq!(metrics.workers.len(), 2);
    assert_eq!(metrics.spawned, 11);
    assert!(metrics.completed <= 10, "{metrics:?}");
    assert!(metrics.threads >= 2, "{metrics:?}");
    assert_eq!(metrics.blocking_threads, 1);
    let polls: u64 = metrics.workers.iter().map(|worker| worker.polls).sum();
    assert!(polls >= 11, "{metrics:?}");
    release.send(()).unwrap();
    pool.shutdown_on_idle().wait().unwrap();
}
