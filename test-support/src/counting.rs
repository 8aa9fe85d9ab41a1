//! Wakers that count, and messages that do, for the tests of `tokio::sync`.

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::Arc;
use std::task::{Poll, Wake, Waker};
use tokio_executor::task::Context;

/// Counts its wakes.
#[derive(Default)]
pub struct Counter(AtomicUsize);

impl Counter {
    pub fn new() -> Arc<Counter> {
        Arc::default()
    }

    pub fn wakes(&self) -> usize {
        self.0.load(SeqCst)
    }

    /// Polls `poll` as the task behind this counter.
    pub fn poll<R>(self: &Arc<Self>, mut poll: impl FnMut(&Context<'_>) -> Poll<R>) -> Poll<R> {
        let waker = Waker::from(self.clone());
        poll(&Context::from_waker(&waker))
    }
}

impl Wake for Counter {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, SeqCst);
    }
}

/// Polls as a task of futures 0.1.
pub fn in_task<R>(f: impl FnOnce() -> R) -> R {
    struct Nobody;
    impl futures::executor::Notify for Nobody {
        fn notify(&self, _id: usize) {}
    }
    let notify = futures::executor::NotifyHandle::from(Arc::new(Nobody));
    let mut f = Some(f);
    let mut spawned = futures::executor::spawn(futures::future::lazy(move || {
        Ok::<_, ()>(f.take().expect("a lazy future runs once")())
    }));
    match spawned.poll_future_notify(&notify, 0) {
        Ok(futures::Async::Ready(result)) => result,
        _ => unreachable!("a lazy future is ready at once"),
    }
}

/// Something to be dropped, that is counted and may panic.
pub struct Bomb {
    alive: Arc<AtomicUsize>,
    armed: bool,
}

impl Bomb {
    pub fn new(alive: &Arc<AtomicUsize>, armed: bool) -> Bomb {
        alive.fetch_add(1, SeqCst);
        Bomb { alive: alive.clone(), armed }
    }
}

impl Drop for Bomb {
    fn drop(&mut self) {
        self.alive.fetch_sub(1, SeqCst);
        assert!(!self.armed, "the destructor of a message panics");
    }
}
