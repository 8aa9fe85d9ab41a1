//! Time that a program stops and moves by hand, in runtimes of both kinds.

use futures::sync::oneshot;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::mpsc;
use std::time::{Duration, Instant};
use tokio::clock::{self, Clock};
use tokio::prelude::*;
use tokio::runtime::{current_thread, Builder, Runtime};
use tokio::timer::{sleep, Delay, Interval, Timeout};

const HOUR: Duration = Duration::from_secs(3600);

fn paused_thread() -> current_thread::Runtime {
    let clock = Clock::pausable();
    clock.pause();
    current_thread::Builder::new().clock(clock).build().unwrap()
}

fn paused_pool(workers: usize) -> Runtime {
    let clock = Clock::pausable();
    clock.pause();
    Builder::new().core_threads(workers).clock(clock).build().unwrap()
}

/// Should auto-advance fail, the test would take an hour.
#[test]
fn a_paused_thread_with_nothing_to_do_goes_on_to_the_next_deadline() {
    let mut runtime = paused_thread();
    let order = Rc::new(RefCell::new(Vec::new()));
    for hours in [3, 1, 2] {
        let order = order.clone();
        runtime.spawn_std(async move {
            sleep(hours * HOUR).await;
            order.borrow_mut().push(hours);
        });
    }
    let start = Instant::now();
    let passed = runtime.block_on_std(async {
        let before = clock::now();
        sleep(4 * HOUR).await;
        clock::now() - before
    });
    assert_eq!(passed, 4 * HOUR);
    assert_eq!(*order.borrow(), [1, 2, 3]);
    assert!(start.elapsed() < HOUR);
}

/// Whenever in a millisecond the clock was paused: a wait begun then has a whole number of
/// them before it, so that moving the clock by as much ends it, without a skip besides.
#[test]
fn a_clock_moved_by_as_much_as_a_wait_takes_ends_the_wait() {
    for microseconds in [0, 1, 250, 999, 1001] {
        let clock = Clock::pausable();
        let mut runtime = current_thread::Builder::new().clock(clock.clone()).build().unwrap();
        let begin = Instant::now();
        while begin.elapsed() < Duration::from_micros(microseconds) {}
        runtime.block_on_std(async {
            clock.pause();
            let mut wait = std::pin::pin!(sleep(HOUR));
            // Always something to do, so that nothing skips; the timers have turns all the same.
            let mut polls = 0;
            let ended = std::future::poll_fn(|cx| {
                let ended = std::future::Future::poll(wait.as_mut(), cx).is_ready();
                if polls == 0 {
                    assert!(!ended);
                    clock.advance(HOUR);
                }
                polls += 1;
                if ended || polls > 1000 {
                    return std::task::Poll::Ready(ended);
                }
                cx.waker().wake_by_ref();
                std::task::Poll::Pending
            });
            assert!(ended.await, "paused after {microseconds} us");
        });
    }
}

/// What is due at once is so in a runtime whose clock was paused before it.
#[test]
fn a_deadline_that_has_come_is_ready_where_the_clock_was_paused_first() {
    let clock = Clock::pausable();
    let begin = Instant::now();
    while begin.elapsed() < Duration::from_micros(1500) {}
    clock.pause();
    let mut runtime = current_thread::Builder::new().clock(clock).build().unwrap();
    runtime.block_on_std(async {
        let mut wait = std::pin::pin!(Delay::new(clock::now()));
        let polled = std::future::poll_fn(|cx| {
            std::task::Poll::Ready(std::future::Future::poll(wait.as_mut(), cx))
        });
        assert!(polled.await.is_ready());
    });
}

/// In the combinators of futures 0.1 as well: a timeout over something that never happens.
#[test]
fn a_timeout_of_combinators_ends_in_paused_time() {
    let mut runtime = paused_thread();
    let never = future::empty::<(), ()>();
    assert!(runtime.block_on(Timeout::new(never, HOUR)).unwrap_err().is_elapsed());
}

#[test]
fn a_paused_pool_with_nothing_to_do_goes_on_to_the_next_deadline() {
    for workers in [1, 3] {
        let runtime = paused_pool(workers);
        let passed = runtime.block_on_here(async {
            let before = clock::now();
            // All deadlines first: once a task waits, the time may go on.
            let waits = [1, 2, 3].map(|hours| Delay::new(before + hours * HOUR));
            let tasks = waits.map(|wait| {
                tokio::spawn_handle_std(async move {
                    wait.await;
                    clock::now()
                })
            });
            let mut passed = Vec::new();
            for task in tasks {
                passed.push(task.await.unwrap() - before);
            }
            passed
        });
        // Whoever drives may go on before a task that it woke looks at the clock elsewhere.
        assert!(passed.iter().zip([1, 2, 3]).all(|(passed, hours)| *passed >= hours * HOUR));
        assert_eq!(passed[2], 3 * HOUR);
    }
}

#[test]
fn advancing_ends_what_is_due_and_nothing_else() {
    paused_thread().block_on_std(async {
        let now = clock::now();
        let mut near = Delay::new(now + Duration::from_millis(5));
        let mut far = Delay::new(now + Duration::from_millis(6));
        future::poll_fn(|| {
            assert!(near.poll().unwrap().is_not_ready() && far.poll().unwrap().is_not_ready());
            clock::advance(Duration::from_micros(4999));
            assert!(!near.is_elapsed());
            clock::advance(Duration::from_micros(1));
            assert!(near.is_elapsed() && !far.is_elapsed());
            assert_eq!(clock::now() - now, Duration::from_millis(5));
            Ok::<_, ()>(Async::Ready(()))
        })
        .wait()
        .unwrap();
    });
}

/// A driver that already sleeps for a deadline by the system's clock is woken.
#[test]
fn advancing_from_another_thread_ends_a_sleep() {
    let clock = Clock::pausable();
    let mut runtime = current_thread::Builder::new().clock(clock.clone()).build().unwrap();
    let _held = clock.hold();
    let (slept, has_slept) = oneshot::channel();
    let (ready, is_ready) = mpsc::channel();
    let mover = std::thread::spawn(move || {
        is_ready.recv().unwrap();
        clock.pause();
        clock.advance(2 * HOUR);
        clock.resume();
    });
    runtime.spawn_std(async move {
        sleep(HOUR).await;
        slept.send(()).unwrap();
    });
    runtime.spawn_std(async move { ready.send(()).unwrap() });
    runtime.block_on(has_slept).unwrap();
    mover.join().unwrap();
}

#[test]
fn an_interval_keeps_its_beat_in_paused_time() {
    paused_thread().block_on_std(async {
        let start = clock::now();
        let mut interval = Interval::new(start + HOUR, HOUR);
        for beat in 1..=1000 {
            assert_eq!(interval.tick().await.unwrap() - start, beat * HOUR);
            assert_eq!(clock::now() - start, beat * HOUR);
        }
    });
}

/// What comes in by the reactor is done before time goes on. Both sockets wait for their
/// first event: the byte is written, and read, while the paused thread looks for events.
#[cfg(unix)]
#[test]
fn time_does_not_go_on_while_events_come_in() {
    use tokio::net::UnixStream;

    let (left, right) = UnixStream::pair().unwrap();
    let mut runtime = paused_thread();
    let write = runtime.spawn_handle(tokio::io::write_all(left, [1]));
    let read = runtime
        .spawn_handle(tokio::io::read_exact(right, [0; 1]).map(|(_, byte)| (byte, clock::now())));
    let (start, end, read) = runtime.block_on_std(async move {
        let start = clock::now();
        sleep(HOUR).await;
        let end = clock::now();
        write.await.unwrap().unwrap();
        (start, end, read.await.unwrap().unwrap())
    });
    assert_eq!(read, ([1], start));
    assert_eq!(end, start + HOUR);
}
