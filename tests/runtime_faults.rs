//! Sockets, timers and channels on a runtime, beside tasks that behave badly.
#![cfg(all(feature = "rt-full", feature = "sync", feature = "tcp", feature = "udp", not(loom)))]

use futures::stream::FuturesUnordered;
use futures::sync::oneshot;
use futures::{future, task, Async, Future, Stream};
use std::io::{Read, Write};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{mpsc, Arc, Mutex};
use std::time::{Duration, Instant};
use test_support::stress::PATIENCE;
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::runtime::{Builder, Runtime};
use tokio::timer::Delay;
use tokio_io::io::{copy, read_exact};
use tokio_io::AsyncRead;

fn runtime(workers: usize) -> Runtime {
    Builder::new().core_threads(workers).build().unwrap()
}

/// A stream on the runtime of the task that uses it, and its peer outside.
fn pair() -> (TcpStream, std::net::TcpStream) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let theirs = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    theirs.set_read_timeout(Some(PATIENCE)).unwrap();
    let ours = listener.accept().unwrap().0;
    (TcpStream::from_std(ours, &tokio::reactor::Handle::default()).unwrap(), theirs)
}

/// Whichever worker last polled the reactor: what blocks its thread must not keep
/// sockets and timers waiting that it would have served next.
#[test]
fn fault_s12_a_blocked_worker_that_drove_the_reactor_does_not_stop_io() {
    for workers in [2, 3] {
        let mut runtime = runtime(workers);
        for _ in 0..10 {
            let (blocker, mut to_blocker) = pair();
            let (echo, mut to_echo) = pair();
            let (inside, wait) = mpsc::channel();
            let (release, released) = mpsc::channel::<()>();
            runtime.spawn(
                read_exact(blocker, [0])
                    .map(move |_| {
                        // On the thread of the worker that saw the event, or was woken.
                        inside.send(()).unwrap();
                        released.recv().unwrap();
                    })
                    .map_err(|e| panic!("{e}")),
            );
            let (reader, writer) = echo.split();
            runtime.spawn(copy(reader, writer).map(drop).map_err(|e| panic!("{e}")));
            to_blocker.write_all(&[1]).unwrap();
            wait.recv_timeout(PATIENCE).unwrap();

            for byte in 0..5 {
                to_echo.write_all(&[byte]).unwrap();
                let mut back = [0];
                to_echo.read_exact(&mut back).expect("the socket waits for the blocked worker");
                assert_eq!(back, [byte]);
            }
            let (fired, wait) = mpsc::channel();
            runtime.spawn(
                Delay::new(Instant::now() + Duration::from_millis(5))
                    .map(move |()| fired.send(()).unwrap())
                    .map_err(|e| panic!("{e}")),
            );
            wait.recv_timeout(PATIENCE).expect("the timer waits for the blocked worker");
            release.send(()).unwrap();
        }
        runtime.shutdown_now().wait().unwrap();
    }
}

/// A leaf inside a set of futures that is refused for want of budget used to be put back
/// into the set's ready queue at once: the one poll of the task never ended.
#[test]
fn fault_s14_a_refused_leaf_in_a_set_does_not_spin() {
    const CHILDREN: usize = 20;
    const MESSAGES: usize = 500;
    let polls = Arc::new(AtomicUsize::new(0));
    let child_polls = Arc::new(AtomicUsize::new(0));
    let mut set = FuturesUnordered::new();
    for _ in 0..CHILDREN {
        let (mut tx, mut rx) = tokio::sync::mpsc::unbounded_channel();
        for i in 0..MESSAGES {
            tx.try_send(i).unwrap();
        }
        drop(tx);
        let child_polls = child_polls.clone();
        let mut seen = 0;
        set.push(future::poll_fn(move || {
            child_polls.fetch_add(1, SeqCst);
            while let Async::Ready(message) = rx.poll().unwrap() {
                match message {
                    Some(_) => seen += 1,
                    None => return Ok::<_, ()>(Async::Ready(seen)),
                }
            }
            Ok(Async::NotReady)
        }));
    }
    let count = polls.clone();
    let mut total = 0;
    let sum = future::poll_fn(move || {
        count.fetch_add(1, SeqCst);
        while let Async::Ready(one) = set.poll()? {
            match one {
                Some(seen) => total += seen,
                None => return Ok::<_, ()>(Async::Ready(total)),
            }
        }
        Ok(Async::NotReady)
    });
    let mut runtime = runtime(1);
    assert_eq!(runtime.block_on(sum), Ok(CHILDREN * MESSAGES));
    let (polls, child_polls) = (polls.load(SeqCst), child_polls.load(SeqCst));
    assert!(polls > 1, "the budget was never refused");
    assert!(polls <= CHILDREN * MESSAGES / 32, "{polls} polls of the task");
    assert!(child_polls <= CHILDREN * (polls + 1), "{child_polls} polls of children");
}

/// Runs `step` for ever, in a task that goes on as long as it is ready, and wants another
/// task to get its turn on the only worker.
fn assert_yields(what: &str, mut step: impl FnMut() -> Async<()> + Send + 'static) {
    let mut runtime = runtime(1);
    let stop = Arc::new(AtomicBool::new(false));
    let stopped = stop.clone();
    runtime.spawn(future::poll_fn(move || {
        if stopped.load(SeqCst) {
            return Ok(Async::Ready(()));
        }
        while step().is_ready() {}
        Ok(Async::NotReady)
    }));
    let (ran, wait) = mpsc::channel();
    runtime.spawn(future::lazy(move || {
        stop.store(true, SeqCst);
        ran.send(()).map_err(drop)
    }));
    assert!(wait.recv_timeout(PATIENCE).is_ok(), "{what} never yields");
    runtime.shutdown_now().wait().unwrap();
}

fn ready<T, E: std::fmt::Debug>(poll: Result<Async<T>, E>) -> Async<()> {
    poll.unwrap().map(drop)
}

#[test]
fn fault_s15_channels_that_are_always_ready_yield() {
    let (mut tx, mut rx) = tokio::sync::mpsc::unbounded_channel();
    assert_yields("an unbounded channel", move || {
        tx.try_send(1).unwrap();
        ready(rx.poll())
    });
    let (mut tx, mut rx) = tokio::sync::mpsc::channel(1);
    assert_yields("a bounded channel", move || {
        if ready(tx.poll_ready()).is_ready() {
            tx.try_send(1).unwrap();
            return ready(rx.poll());
        }
        Async::NotReady
    });
    let (mut tx, mut rx) = tokio::sync::watch::channel(0);
    assert_yields("a watch", move || {
        tx.broadcast(1).unwrap();
        rx.poll_ref().unwrap().map(drop)
    });
    let mut lock = tokio::sync::lock::Lock::new(());
    assert_yields("a lock", move || lock.poll_lock().map(drop));
    let semaphore = tokio::sync::semaphore::Semaphore::new(1);
    let mut permit = tokio::sync::semaphore::Permit::new();
    assert_yields("a semaphore", move || {
        let polled = ready(permit.poll_acquire(&semaphore));
        if polled.is_ready() {
            permit.release(&semaphore);
        }
        polled
    });
}

#[test]
fn fault_s15_datagrams_that_always_leave_yield() {
    let nowhere = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let to = nowhere.local_addr().unwrap();
    let mut socket = UdpSocket::bind(&"127.0.0.1:0".parse().unwrap()).unwrap();
    assert_yields("sending datagrams", move || ready(socket.poll_send_to(b"x", &to)));
    // To itself, so that there is always one to receive.
    let mut socket = UdpSocket::bind(&"127.0.0.1:0".parse().unwrap()).unwrap();
    let own = socket.local_addr().unwrap();
    assert_yields("receiving datagrams", move || {
        let _ = socket.poll_send_to(b"x", &own).unwrap();
        ready(socket.poll_recv_from(&mut [0; 8]))
    });
}

#[test]
fn fault_s15_connections_that_always_come_yield() {
    let mut listener = TcpListener::bind(&"127.0.0.1:0".parse().unwrap()).unwrap();
    let address = listener.local_addr().unwrap();
    assert_yields("accepting", move || {
        let _came = std::net::TcpStream::connect(address).unwrap();
        ready(listener.poll_accept())
    });
}

/// The two ends of a socket in one task, so that there is always something to read.
#[test]
fn fault_s15_a_socket_that_always_has_data_yields() {
    let (mut ours, mut theirs) = pair();
    assert_yields("reading", move || {
        theirs.write_all(b"x").unwrap();
        ready(ours.poll_read(&mut [0; 8]))
    });
}

/// A thread that retires used to be able to leave timers and sockets to nobody.
#[test]
fn fault_s19_io_goes_on_when_threads_have_retired() {
    let (gone, wait) = mpsc::channel();
    let gone = Mutex::new(gone);
    let mut runtime = Builder::new()
        .core_threads(3)
        .keep_alive(Some(Duration::from_millis(20)))
        .before_stop(move || {
            let _ = gone.lock().unwrap().send(());
        })
        .build()
        .unwrap();
    for _ in 0..10 {
        let (echo, mut to_echo) = pair();
        let (reader, writer) = echo.split();
        runtime.spawn(copy(reader, writer).map(drop).map_err(|e| panic!("{e}")));
        let start = Arc::new(std::sync::Barrier::new(3));
        for _ in 0..3 {
            let start = start.clone();
            runtime.spawn(future::lazy(move || {
                start.wait();
                Ok(())
            }));
        }
        for _ in 0..2 {
            wait.recv_timeout(PATIENCE).unwrap();
        }
        to_echo.write_all(&[7]).unwrap();
        let mut back = [0];
        to_echo.read_exact(&mut back).expect("nobody drives the reactor");
        let (fired, wait) = mpsc::channel();
        runtime.spawn(
            Delay::new(Instant::now() + Duration::from_millis(1))
                .map(move |()| fired.send(()).unwrap())
                .map_err(|e| panic!("{e}")),
        );
        wait.recv_timeout(PATIENCE).expect("nobody drives the timers");
    }
    runtime.shutdown_now().wait().unwrap();
}

#[test]
fn fault_s18_a_runtime_that_gets_no_thread_says_so() {
    let runtime = Builder::new().stack_size(usize::MAX / 4).build().unwrap();
    let refused = runtime.executor().spawn_checked();
    assert!(refused, "a task was taken that nobody can run");
    runtime.shutdown_on_idle().wait().unwrap();
}

trait SpawnChecked {
    fn spawn_checked(self) -> bool;
}

impl SpawnChecked for tokio::runtime::TaskExecutor {
    /// Whether a spawn is refused.
    fn spawn_checked(mut self) -> bool {
        tokio_executor::Executor::spawn(&mut self, Box::new(future::ok(()))).is_err()
    }
}

/// Tasks that wait for sockets, timers and channels are all dropped with their runtime,
/// whatever holds their wakers.
#[test]
fn fault_t09_waiting_tasks_of_every_kind_go_with_the_runtime() {
    struct Alive(Arc<AtomicUsize>);

    impl Drop for Alive {
        fn drop(&mut self) {
            self.0.fetch_sub(1, SeqCst);
        }
    }

    for _ in 0..20 {
        let alive = Arc::new(AtomicUsize::new(0));
        let mut runtime = runtime(2);
        let (polled, wait) = mpsc::channel();
        let mut spawn = |mut waiting: Box<dyn FnMut() + Send>| {
            alive.fetch_add(1, SeqCst);
            let (guard, polled) = (Alive(alive.clone()), polled.clone());
            runtime.spawn(future::poll_fn(move || {
                let _keep = &guard;
                waiting();
                polled.send(()).unwrap();
                Ok(Async::NotReady)
            }));
        };
        let (mut ours, _theirs) = pair();
        spawn(Box::new(move || assert!(ours.poll_read(&mut [0]).unwrap().is_not_ready())));
        let mut delay = Delay::new(Instant::now() + Duration::from_secs(3600));
        spawn(Box::new(move || assert!(delay.poll().unwrap().is_not_ready())));
        let (_tx, mut rx) = tokio::sync::mpsc::unbounded_channel::<()>();
        spawn(Box::new(move || assert!(rx.poll().unwrap().is_not_ready())));
        let (_tx, mut rx) = oneshot::channel::<()>();
        spawn(Box::new(move || assert!(rx.poll().unwrap().is_not_ready())));
        // One that is its own waker's only holder.
        let mut own = Vec::new();
        spawn(Box::new(move || own.push(task::current())));
        for _ in 0..5 {
            wait.recv_timeout(PATIENCE).unwrap();
        }
        runtime.shutdown_now().wait().unwrap();
        assert_eq!(alive.load(SeqCst), 0);
    }
}

/// Futures that are dropped with their runtime may make timers and sockets of their own.
#[test]
fn fault_t10_a_drop_at_the_end_may_set_a_timer() {
    struct TimerOnDrop(mpsc::Sender<()>);

    impl Drop for TimerOnDrop {
        fn drop(&mut self) {
            drop(Delay::new(Instant::now() + Duration::from_secs(1)));
            drop(TcpListener::bind(&"127.0.0.1:0".parse().unwrap()).unwrap());
            let _ = self.0.send(());
        }
    }

    let mut runtime = runtime(1);
    let (tell, told) = mpsc::channel();
    let (polled, wait) = mpsc::channel();
    let guard = TimerOnDrop(tell);
    runtime.spawn(future::poll_fn(move || {
        let _keep = &guard;
        polled.send(()).unwrap();
        Ok(Async::NotReady)
    }));
    wait.recv_timeout(PATIENCE).unwrap();
    runtime.shutdown_now().wait().unwrap();
    told.recv_timeout(PATIENCE).expect("the drop panicked");
}

/// Tasks that hold handles of their own runtime, and of one another, keep nothing alive.
#[test]
fn fault_d02_tasks_that_hold_their_runtime_are_dropped() {
    let alive = Arc::new(());
    let mut runtime = runtime(2);
    let executor = runtime.executor();
    let (polled, wait) = mpsc::channel();
    for _ in 0..10 {
        let (executor, alive, polled) = (executor.clone(), alive.clone(), polled.clone());
        let (tx, mut rx) = oneshot::channel::<()>();
        runtime.spawn(future::poll_fn(move || {
            let _keep = (&executor, &alive, &tx);
            polled.send(()).unwrap();
            rx.poll().map_err(drop)
        }));
    }
    for _ in 0..10 {
        wait.recv_timeout(PATIENCE).unwrap();
    }
    drop(runtime);
    assert_eq!(Arc::strong_count(&alive), 1);
    assert!(executor.spawn_checked());
}

/// Dropping a runtime inside a task of its own, or of another, neither hangs nor panics.
#[test]
fn fault_d04_a_runtime_dropped_inside_its_own_task_stops_behind_it() {
    let mut inner = runtime(1);
    let (dropped, wait) = mpsc::channel();
    let (give, given) = mpsc::channel::<Runtime>();
    let told = dropped.clone();
    inner.spawn(future::lazy(move || {
        drop(given.recv().unwrap());
        told.send(()).map_err(drop)
    }));
    give.send(inner).unwrap();
    wait.recv_timeout(PATIENCE).unwrap();

    let mut outer = runtime(1);
    let inner = runtime(1);
    outer.spawn(future::lazy(move || {
        drop(inner);
        dropped.send(()).map_err(drop)
    }));
    wait.recv_timeout(PATIENCE).unwrap();
    outer.shutdown_on_idle().wait().unwrap();
}

/// A spawn through any handle, after the end, is an error and drops the future.
#[test]
fn fault_d06_every_handle_refuses_after_the_end() {
    let runtime = runtime(2);
    let executor = runtime.executor();
    runtime.shutdown_on_idle().wait().unwrap();
    assert!(executor.clone().spawn_checked());
    let alive = Arc::new(());
    let guard = alive.clone();
    let refused = executor.clone();
    let spawned = std::panic::catch_unwind(std::panic::AssertUnwindSafe(move || {
        refused.spawn(future::lazy(move || {
            drop(guard);
            Ok(())
        }));
    }));
    drop(spawned);
    assert_eq!(Arc::strong_count(&alive), 1);
}

/// An idle runtime sleeps; it does not turn its reactor over and over.
#[test]
#[cfg(target_os = "linux")]
fn fault_d07_an_idle_runtime_sleeps() {
    fn switches() -> u64 {
        let tasks = std::fs::read_dir("/proc/self/task").unwrap();
        tasks
            .filter_map(|task| {
                let path = task.unwrap().path();
                let name = std::fs::read_to_string(path.join("comm")).ok()?;
                if !name.starts_with("idle-") {
                    return None;
                }
                let status = std::fs::read_to_string(path.join("status")).ok()?;
                let line = status.lines().find(|l| l.starts_with("voluntary_ctxt_switches"))?;
                line.split_whitespace().nth(1)?.parse::<u64>().ok()
            })
            .sum()
    }

    let mut runtime = Builder::new().core_threads(2).name_prefix("idle-").build().unwrap();
    let (ran, wait) = mpsc::channel();
    for _ in 0..10 {
        let ran = ran.clone();
        runtime.spawn(future::lazy(move || ran.send(()).map_err(drop)));
        wait.recv_timeout(PATIENCE).unwrap();
    }
    // The clock of the test is a timer of another runtime.
    let mut clock = self::runtime(1);
    // Its threads may need some time until they sleep; then they do.
    let patience = Instant::now() + PATIENCE;
    loop {
        let before = switches();
        clock.block_on(Delay::new(Instant::now() + Duration::from_millis(300))).unwrap();
        let woken = switches().saturating_sub(before);
        if woken <= 4 {
            break;
        }
        assert!(Instant::now() < patience, "an idle runtime woke up {woken} times in 300 ms");
    }
    runtime.shutdown_on_idle().wait().unwrap();
}
