//! Many tasks wait for one source, by way of `&self`.
#![cfg(unix)]

use futures::executor::{spawn, Notify};
use std::future::Future;
use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;
use tokio_reactor::interest::{Interest, Ready};
use tokio_reactor::{PollEvented, Reactor};

#[derive(Default)]
struct Count(AtomicUsize);

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, SeqCst);
    }
}

impl Notify for Count {
    fn notify(&self, _: usize) {
        self.0.fetch_add(1, SeqCst);
    }
}

fn pair(reactor: &Reactor) -> (PollEvented<mio1::net::UnixStream>, UnixStream) {
    let (ours, theirs) = UnixStream::pair().unwrap();
    ours.set_nonblocking(true).unwrap();
    let ours = mio1::net::UnixStream::from_std(ours);
    (PollEvented::new_with_handle(ours, &reactor.handle()).unwrap(), theirs)
}

fn turn(reactor: &mut Reactor) {
    reactor.turn(Some(Duration::ZERO)).unwrap();
}

fn read_byte(mut socket: &mio1::net::UnixStream) -> io::Result<u8> {
    let mut byte = [0];
    socket.read_exact(&mut byte).map(|()| byte[0])
}

#[test]
fn every_task_that_waits_is_woken_and_each_gets_its_byte() {
    let mut reactor = Reactor::new().unwrap();
    let (ours, mut theirs) = pair(&reactor);
    let wakes: [Arc<Count>; 20] = Default::default();
    let wakers = wakes.clone().map(Waker::from);
    let mut reads: Vec<_> =
        wakers.iter().map(|_| Box::pin(ours.async_io(Interest::READABLE, read_byte))).collect();
    for (read, waker) in reads.iter_mut().zip(&wakers) {
        assert!(read.as_mut().poll(&mut Context::from_waker(waker)).is_pending());
    }
    theirs.write_all(&[9; 20]).unwrap();
    turn(&mut reactor);
    for (read, (waker, wakes)) in reads.iter_mut().zip(wakers.iter().zip(&wakes)) {
        assert_eq!(wakes.0.load(SeqCst), 1);
        let Poll::Ready(byte) = read.as_mut().poll(&mut Context::from_waker(waker)) else {
            panic!("there is a byte for each");
        };
        assert_eq!(byte.unwrap(), 9);
    }
}

/// A second waiter that was dropped used to deafen the first.
#[test]
fn a_waiter_that_gives_up_leaves_the_others_waiting() {
    let mut reactor = Reactor::new().unwrap();
    let (ours, mut theirs) = pair(&reactor);
    let wakes = Arc::new(Count::default());
    let waker = Waker::from(wakes.clone());
    let mut cx = Context::from_waker(&waker);
    let mut first = pin!(ours.ready(Interest::READABLE));
    assert!(first.as_mut().poll(&mut cx).is_pending());
    {
        let mut second = pin!(ours.ready(Interest::READABLE));
        assert!(second.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }
    theirs.write_all(&[1]).unwrap();
    turn(&mut reactor);
    assert_eq!(wakes.0.load(SeqCst), 1);
    assert!(matches!(first.as_mut().poll(&mut cx), Poll::Ready(Ok(Ready::READABLE))));
}

#[test]
fn the_task_of_a_poll_method_and_those_of_the_list_are_woken_by_one_event() {
    let mut reactor = Reactor::new().unwrap();
    let (ours, mut theirs) = pair(&reactor);
    let (listed, polled) = (Arc::new(Count::default()), Arc::new(Count::default()));
    let waker = Waker::from(listed.clone());
    let mut cx = Context::from_waker(&waker);
    let mut ready = pin!(ours.ready(Interest::READABLE));
    assert!(ready.as_mut().poll(&mut cx).is_pending());
    let mut task = spawn(futures::future::poll_fn(|| {
        ours.poll_read_ready(tokio_reactor::evented::Ready::readable())
    }));
    assert!(task.poll_future_notify(&polled, 0).unwrap().is_not_ready());
    theirs.write_all(&[1]).unwrap();
    turn(&mut reactor);
    assert_eq!((listed.0.load(SeqCst), polled.0.load(SeqCst)), (1, 1));
}

#[test]
fn who_waits_is_woken_with_an_error_when_the_reactor_goes() {
    let reactor = Reactor::new().unwrap();
    let (ours, _theirs) = pair(&reactor);
    let wakes = Arc::new(Count::default());
    let waker = Waker::from(wakes.clone());
    let mut cx = Context::from_waker(&waker);
    let mut ready = pin!(ours.ready(Interest::READABLE));
    assert!(ready.as_mut().poll(&mut cx).is_pending());
    drop(reactor);
    assert_eq!(wakes.0.load(SeqCst), 1);
    assert!(matches!(ready.as_mut().poll(&mut cx), Poll::Ready(Err(_))));
}

/// A future that is never dropped stays in the list of an entry; the entry's next source must not
/// wake it for ever, nor miss its own waiters.
#[test]
fn a_leaked_wait_is_forgotten_with_its_source() {
    let mut reactor = Reactor::new().unwrap();
    let (ours, _theirs) = pair(&reactor);
    let ours = Box::leak(Box::new(Some(ours)));
    let wakes = Arc::new(Count::default());
    let waker = Waker::from(wakes.clone());
    let mut leaked = Box::pin(ours.as_ref().unwrap().ready(Interest::READABLE));
    assert!(leaked.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    drop(waker);
    std::mem::forget(leaked);
    drop(ours.take());
    assert_eq!(Arc::strong_count(&wakes), 1, "its task is kept");
    let (next, mut theirs) = pair(&reactor);
    let mut ready = pin!(next.ready(Interest::READABLE));
    let mut cx = Context::from_waker(Waker::noop());
    assert!(ready.as_mut().poll(&mut cx).is_pending());
    theirs.write_all(&[1]).unwrap();
    turn(&mut reactor);
    assert!(ready.as_mut().poll(&mut cx).is_ready());
    assert_eq!(wakes.0.load(SeqCst), 0);
}
