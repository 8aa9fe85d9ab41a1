//! Wakers that count, and wakers that misbehave, for the tests of `tokio::sync`.
#![allow(dead_code, unreachable_pub, reason = "each test file uses its part")]

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::task::{Poll, RawWaker, RawWakerVTable, Wake, Waker};
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

/// Where a waker does its evil.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    Clone,
    Wake,
    Drop,
}

pub const EVERYWHERE: [On; 3] = [On::Clone, On::Wake, On::Drop];

/// A waker that runs `deed` when it is cloned, woken or dropped, and counts its clones.
pub struct Evil {
    on: On,
    deed: Mutex<Option<Box<dyn FnMut() + Send>>>,
    done: AtomicUsize,
    alive: AtomicUsize,
}

impl Evil {
    pub fn new(on: On, deed: impl FnMut() + Send + 'static) -> Arc<Evil> {
        let deed: Box<dyn FnMut() + Send> = Box::new(deed);
        let (done, alive) = (AtomicUsize::new(0), AtomicUsize::new(0));
        Arc::new(Evil { on, deed: Mutex::new(Some(deed)), done, alive })
    }

    /// How often the deed was begun.
    pub fn done(&self) -> usize {
        self.done.load(SeqCst)
    }

    /// Wakers that exist.
    pub fn alive(&self) -> usize {
        self.alive.load(SeqCst)
    }

    /// From now on it is a waker like any other.
    pub fn repent(&self) {
        drop(self.deed.lock().unwrap().take());
    }

    fn act(&self, on: On) {
        if self.on != on {
            return;
        }
        // Taken out, so that a deed that leads back here runs once.
        let deed = self.deed.lock().unwrap().take();
        if let Some(mut deed) = deed {
            self.done.fetch_add(1, SeqCst);
            deed();
        }
    }

    pub fn waker(self: &Arc<Self>) -> Waker {
        self.alive.fetch_add(1, SeqCst);
        // SAFETY: the functions of the table keep the contract of a waker whose data is a
        // counted pointer to an `Evil`.
        unsafe { Waker::from_raw(RawWaker::new(Arc::into_raw(self.clone()).cast(), &TABLE)) }
    }
}

static TABLE: RawWakerVTable = RawWakerVTable::new(
    |data| {
        // SAFETY: `data` is a counted pointer that the waker owns; it is lent here.
        let evil = unsafe { &*data.cast::<Evil>() };
        evil.act(On::Clone);
        evil.alive.fetch_add(1, SeqCst);
        // SAFETY: as above; the new waker owns one more count.
        unsafe { Arc::increment_strong_count(data.cast::<Evil>()) };
        RawWaker::new(data, &TABLE)
    },
    |data| {
        // SAFETY: waking by value takes the waker's count.
        let evil = unsafe { Arc::from_raw(data.cast::<Evil>()) };
        evil.alive.fetch_sub(1, SeqCst);
        evil.act(On::Wake);
    },
    |data| {
        // SAFETY: as for the clone.
        unsafe { &*data.cast::<Evil>() }.act(On::Wake);
    },
    |data| {
        // SAFETY: dropping takes the waker's count.
        let evil = unsafe { Arc::from_raw(data.cast::<Evil>()) };
        evil.alive.fetch_sub(1, SeqCst);
        evil.act(On::Drop);
    },
);

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
