//! A clock that stands still, and a parker that moves it: time for tests.

use super::driver::{self, Timer};
use super::Delay;
use crate::clock::{self, Clock, Now};
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::{AcqRel, Relaxed};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::{Duration, Instant};
use tokio_executor::park::{Park, Unpark};

pub(super) fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// What time it is, and who was unparked.
#[derive(Clone, Debug)]
pub(super) struct Time {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    start: Instant,
    now: Mutex<Instant>,
    unparked: AtomicUsize,
}

impl Time {
    pub(super) fn new() -> Time {
        let start = Instant::now();
        let shared = Shared { start, now: Mutex::new(start), unparked: AtomicUsize::new(0) };
        Time { shared: Arc::new(shared) }
    }

    pub(super) fn now(&self) -> Instant {
        *self.shared.now.lock().unwrap()
    }

    pub(super) fn set(&self, since_start: Duration) {
        *self.shared.now.lock().unwrap() = self.shared.start + since_start;
    }

    pub(super) fn advance(&self, duration: Duration) {
        *self.shared.now.lock().unwrap() += duration;
    }

    pub(super) fn since_start(&self) -> Duration {
        self.now() - self.shared.start
    }

    pub(super) fn at(&self, since_start: Duration) -> Instant {
        self.shared.start + since_start
    }

    pub(super) fn clock(&self) -> Clock {
        Clock::new_with_now(self.clone())
    }

    /// How often somebody was unparked since this was asked last.
    pub(super) fn unparked(&self) -> usize {
        self.shared.unparked.swap(0, AcqRel)
    }
}

impl Now for Time {
    fn now(&self) -> Instant {
        Time::now(self)
    }
}

impl Unpark for Time {
    fn unpark(&self) {
        self.shared.unparked.fetch_add(1, Relaxed);
    }
}

/// Sleeping is moving the clock.
impl Park for Time {
    type Unpark = Time;
    type Error = ();

    fn unpark(&self) -> Time {
        self.clone()
    }

    fn park(&mut self) -> Result<(), ()> {
        panic!("a sleep without end");
    }

    fn park_timeout(&mut self, duration: Duration) -> Result<(), ()> {
        self.advance(duration);
        Ok(())
    }
}

/// Runs `f` with a timer and a clock of its own as the thread's defaults.
pub(super) fn with_timer<R>(f: impl FnOnce(&mut Timer<Time>, &Time) -> R) -> R {
    let time = Time::new();
    let _clock = clock::set_default(&time.clock());
    let mut timer = Timer::new(time.clone());
    let _timer = driver::set_default(&timer.handle());
    f(&mut timer, &time)
}

/// A task that counts how often it was woken.
#[derive(Default)]
pub(super) struct Task {
    wakes: AtomicUsize,
}

impl Wake for Task {
    fn wake(self: Arc<Self>) {
        self.wakes.fetch_add(1, Relaxed);
    }
}

impl Task {
    pub(super) fn new() -> Arc<Task> {
        Arc::default()
    }

    /// How often this was woken since it was asked last.
    pub(super) fn wakes(&self) -> usize {
        self.wakes.swap(0, AcqRel)
    }
}

/// Polls on behalf of `task`.
pub(super) fn poll<F: Future + Unpin>(task: &Arc<Task>, future: &mut F) -> Poll<F::Output> {
    let waker = Waker::from(task.clone());
    Pin::new(future).poll(&mut Context::from_waker(&waker))
}

/// Asks on behalf of `task`.
pub(super) fn ask<R>(
    task: &Arc<Task>,
    f: impl FnOnce(&tokio_executor::task::Context<'_>) -> R,
) -> R {
    let waker = Waker::from(task.clone());
    f(&tokio_executor::task::Context::from_waker(&waker))
}

/// Polls as both kinds of future do, but with the error that only one of them shows.
pub(super) fn poll_delay(task: &Arc<Task>, delay: &mut Delay) -> Poll<Result<(), super::Error>> {
    ask(task, |cx| delay.poll_within_budget(cx))
}
