//! Waiting for a future by making the thread wait.
//!
//! For threads without a task: `blocking_recv` and its like, and a runtime that stops.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};
use tokio_executor::internals::{enter_as, Era};

/// Unparks a thread.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// What `future` gives.
///
/// # Panics
///
/// If the thread runs tasks of tokio 1.x: they would all wait, and perhaps for one another.
#[track_caller]
pub(crate) fn wait<F: Future>(future: F) -> F::Output {
    let entered = enter_as(Era::Tokio1);
    assert!(
        entered.is_ok(),
        "Cannot block the current thread from within a runtime. This happens because a function \
         attempted to block the current thread while the thread is being used to drive \
         asynchronous tasks."
    );
    wait_entered(future)
}

/// What `future` gives, on a thread that is marked as blocked already.
pub(crate) fn wait_entered<F: Future>(future: F) -> F::Output {
    match poll(future, |_| Some(thread::park())) {
        Some(output) => output,
        None => unreachable!("a wait without limit goes on until the end"),
    }
}

/// What `future` gives, if it does so within `limit`. It is dropped otherwise.
pub(crate) fn wait_at_most<F: Future>(limit: Duration, future: F) -> Option<F::Output> {
    poll(future, |start| {
        let left = limit.checked_sub(start.elapsed()).filter(|left| !left.is_zero())?;
        Some(thread::park_timeout(left))
    })
}

/// Polls `future`; in between calls `sleep` with the time at which this began; it returns
/// whether to go on.
fn poll<F: Future>(future: F, sleep: impl Fn(Instant) -> Option<()>) -> Option<F::Output> {
    let start = Instant::now();
    let waker = Arc::new(Unpark(thread::current())).into();
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return Some(output);
        }
        sleep(start)?;
    }
}
