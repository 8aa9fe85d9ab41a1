//! Signals that come while the reactor waits. In a process of their own, for a handler
//! is the whole process's.
#![cfg(unix)]
#![expect(unsafe_code, reason = "signals are handled and sent through libc")]

use std::io::{Read, Write};
use std::os::unix::net::UnixStream as StdUnix;
use std::ptr;
use std::sync::mpsc;
use std::task::Poll;
use std::thread;
use tokio_executor::task::Context;
use tokio_reactor::{PollEvented, Reactor};

extern "C" fn do_nothing(_: libc::c_int) {}

#[test]
fn fault_r10_signals_neither_fail_a_turn_nor_lose_an_event() {
    let handler: extern "C" fn(libc::c_int) = do_nothing;
    // SAFETY: all zeros is a valid `sigaction`: no flags, so nothing is restarted.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    action.sa_sigaction = handler as libc::sighandler_t;
    // SAFETY: the handler does nothing, which it may at any time.
    let installed = unsafe { libc::sigaction(libc::SIGUSR1, &action, ptr::null_mut()) };
    assert_eq!(installed, 0);

    let mut reactor = Reactor::new().unwrap();
    let (ours, mut theirs) = StdUnix::pair().unwrap();
    ours.set_nonblocking(true).unwrap();
    let ours = mio1::net::UnixStream::from_std(ours);
    let ours = PollEvented::new_with_handle(ours, &reactor.handle()).unwrap();

    let (starting, started) = mpsc::channel();
    let waiting = thread::spawn(move || {
        // SAFETY: always allowed.
        starting.send(unsafe { libc::pthread_self() }).unwrap();
        let waker = std::task::Waker::noop();
        loop {
            let cx = Context::from_waker(waker);
            let mut buf = [0; 8];
            match ours.poll_read_io(&cx, |mut io| io.read(&mut buf)) {
                Poll::Ready(count) => return buf[..count.unwrap()].to_vec(),
                Poll::Pending => drop(reactor.turn(None).unwrap()),
            }
        }
    });
    let thread_id = started.recv().unwrap();
    for _ in 0..1000 {
        // SAFETY: the thread has not been joined, so its id is valid.
        assert_eq!(unsafe { libc::pthread_kill(thread_id, libc::SIGUSR1) }, 0);
        thread::yield_now();
    }
    theirs.write_all(b"x").unwrap();
    assert_eq!(waiting.join().unwrap(), b"x");
}
