//! Tests of the listeners. Each test has a signal of its own: they share a process.

use super::unix::{libc, Signal, SIGALRM, SIGHUP, SIGTERM, SIGTRAP, SIGUSR1, SIGUSR2};
use super::*;

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{mpsc, Arc};
use std::task::{Poll, Wake, Waker};
use std::thread;
use std::time::Duration;
use test_support::stress::PATIENCE;
use tokio_executor::task::Context;
use tokio_reactor::Reactor;

fn send(signal: libc::c_int) {
    // To this very thread, so that the handler has run when the call returns.
    // SAFETY: a call without pointers; the tests have handlers for what they send.
    let sent = unsafe { libc::raise(signal) };
    assert_eq!(sent, 0);
}

/// The next signal of `signal`, in a thread of its own: with the fallback reactor.
fn next(signal: Signal) -> mpsc::Receiver<Option<libc::c_int>> {
    let (tx, rx) = mpsc::channel();
    thread::spawn(move || {
        let item = signal.into_future().map(|(item, _)| item).map_err(|(e, _)| e).wait();
        let _ = tx.send(item.unwrap());
    });
    rx
}

fn listen(signal: libc::c_int) -> Signal {
    Signal::listen(signal, &Handle::default()).unwrap()
}

fn is_quiet(signal: &mut Signal) -> bool {
    signal.poll_recv_cx(&Context::from_waker(Waker::noop())).is_pending()
}

#[test]
fn each_listener_receives_each_signal_once() {
    let (mut one, mut two) = (listen(SIGUSR1), listen(SIGUSR1));
    for _ in 0..3 {
        assert!(is_quiet(&mut one) && is_quiet(&mut two));
        send(SIGUSR1);
        for listener in [&mut one, &mut two] {
            match listener.poll_recv_cx(&Context::from_waker(Waker::noop())) {
                Poll::Ready(Ok(signal)) => assert_eq!(signal, SIGUSR1),
                other => panic!("a signal was sent, and not heard: {other:?}"),
            }
        }
    }
}

/// The signal comes before the listener is polled at all, and so before its descriptor
/// is registered anywhere.
#[test]
fn fault_p01_a_signal_before_the_first_poll_is_heard() {
    let listener = listen(SIGUSR2);
    send(SIGUSR2);
    assert_eq!(next(listener).recv_timeout(PATIENCE).unwrap(), Some(SIGUSR2));

    // And with nobody listening at the time.
    send(SIGUSR2);
    assert_eq!(next(listen(SIGUSR2)).recv_timeout(PATIENCE).unwrap(), Some(SIGUSR2));
}

/// The signals race the listener's way from its look at the count to the reactor.
#[test]
fn fault_p01_no_signal_is_lost_between_the_look_and_the_wait() {
    let (heard_tx, heard_rx) = mpsc::channel();
    let listener = listen(SIGALRM);
    let listening = thread::spawn(move || {
        listener
            .take(2000)
            .for_each(|_| {
                heard_tx.send(()).unwrap();
                Ok(())
            })
            .wait()
            .unwrap();
    });
    // More than the socket pair holds, so that the handler has to make room too.
    for _ in 0..2000 {
        send(SIGALRM);
        heard_rx.recv_timeout(PATIENCE).expect("a signal was lost");
    }
    listening.join().unwrap();
}

#[test]
fn fault_p02_dropping_one_listener_leaves_the_others() {
    let (first, middle, last) = (listen(SIGHUP), listen(SIGHUP), listen(SIGHUP));
    drop(first);
    drop(last);
    let heard = next(middle);
    send(SIGHUP);
    assert_eq!(heard.recv_timeout(PATIENCE).unwrap(), Some(SIGHUP));
}

/// The reactor that saw the first listener is gone, listener and all.
#[test]
fn fault_p02_losing_the_first_reactor_leaves_the_others() {
    let mut first_reactor = Reactor::new().unwrap();
    let mut first = Signal::listen(SIGTERM, &first_reactor.handle()).unwrap();
    let second = listen(SIGTERM);
    assert!(is_quiet(&mut first));
    first_reactor.turn(Some(Duration::ZERO)).unwrap();
    drop(first_reactor);

    let heard = next(second);
    send(SIGTERM);
    assert_eq!(heard.recv_timeout(PATIENCE).unwrap(), Some(SIGTERM));

    // What is left of the first still receives, but cannot wait.
    let waker = Context::from_waker(Waker::noop());
    assert!(matches!(first.poll_recv_cx(&waker), Poll::Ready(Ok(_))));
    assert!(matches!(first.poll_recv_cx(&waker), Poll::Ready(Err(_))));
}

/// The copy of the parent's epoll instance would steal the parent's events.
#[test]
fn fault_p07_a_fork_does_not_wait_on_its_parents_descriptors() {
    let mut listener = listen(SIGTRAP);
    assert!(is_quiet(&mut listener));
    // SAFETY: the child calls nothing that another thread's lock could hold up: the
    // allocator is prepared for forks. It leaves by `_exit`.
    let child = unsafe { libc::fork() };
    if child == 0 {
        let polled = listener.poll_recv_cx(&Context::from_waker(Waker::noop()));
        let refused = matches!(polled, Poll::Ready(Err(_)));
        // SAFETY: ends the child without running what belongs to the parent.
        unsafe { libc::_exit(if refused { 0 } else { 1 }) };
    }
    assert!(child > 0, "cannot fork");
    let mut status = 0;
    // SAFETY: `status` is there to be written.
    assert_eq!(unsafe { libc::waitpid(child, &mut status, 0) }, child);
    assert_eq!(status, 0, "the fork was not told that it is one");
    assert!(is_quiet(&mut listener), "the parent goes on");
}

/// Nobody reads the bytes; an event for each, and not for as long as they are there.
#[test]
fn a_ring_wakes_a_waiting_listener_once() {
    struct Count(AtomicUsize);
    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            // Relaxed: read on the same thread.
            self.0.fetch_add(1, Relaxed);
        }
    }
    let count = Arc::new(Count(AtomicUsize::new(0)));
    let waker = Waker::from(count.clone());
    let cx = Context::from_waker(&waker);
    let mut reactor = Reactor::new().unwrap();
    let mut listener = Signal::listen(libc::SIGWINCH, &reactor.handle()).unwrap();
    let mut wakes_in_turns = |listener: &mut Signal| {
        assert!(listener.poll_recv_cx(&cx).is_pending());
        let before = count.0.load(Relaxed);
        for _ in 0..5 {
            reactor.turn(Some(Duration::ZERO)).unwrap();
        }
        count.0.load(Relaxed) - before
    };
    assert_eq!(wakes_in_turns(&mut listener), 0);
    send(libc::SIGWINCH);
    assert!(matches!(listener.poll_recv_cx(&cx), Poll::Ready(Ok(_))));
    // The event of the delivery that was reported without it.
    assert_eq!(wakes_in_turns(&mut listener), 1);
    assert_eq!(wakes_in_turns(&mut listener), 0);
}

#[test]
fn a_signal_that_may_not_be_caught_is_an_error() {
    for signal in [libc::SIGKILL, libc::SIGSEGV, -1, 10_000] {
        let error = Signal::new(signal).wait().unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput, "signal {signal}: {error}");
    }
}

#[test]
fn ctrl_c_yields_units() {
    let mut interrupts = ctrl_c().wait().unwrap();
    send(unix::SIGINT);
    let mut task = futures::executor::spawn(futures::future::poll_fn(|| interrupts.poll()));
    match task.wait_future() {
        Ok(Some(())) => {}
        other => panic!("not an interrupt: {other:?}"),
    }
}

#[test]
fn types_go_to_other_threads() {
    fn check<T: Send + Sync>() {}
    check::<Signal>();
}
