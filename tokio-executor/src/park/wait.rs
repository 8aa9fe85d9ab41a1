//! Blocking a thread on a future of futures 0.1, by the thread's own token.
//!
//! Called where a program waits from outside: for a pool's end, for a channel's message, for a
//! signal.

use super::{ParkThread, Token};
use crate::coop;
use futures::executor::{self, NotifyHandle};
use futures::{Async, Future};
use std::time::{Duration, Instant};

/// Blocks this thread until `future` is done, also where an executor runs on it.
///
/// `Future::wait` of futures 0.1 does the same, by a signal that it gives with the lock
/// held: the waiter wakes up twice.
///
/// # Errors
///
/// The error of `future`.
pub fn wait<F: Future>(future: F) -> Result<F::Item, F::Error> {
    wait_by(future, |token| token.park(None))
}

/// Works like [`wait`]; calls `look` whenever it has slept for all of `period`.
///
/// # Errors
///
/// The error of `future`.
pub fn wait_looking<F: Future>(
    future: F,
    period: Duration,
    mut look: impl FnMut(),
) -> Result<F::Item, F::Error> {
    wait_by(future, |token| {
        let asleep = Instant::now();
        token.park(Some(period));
        if asleep.elapsed() >= period {
            look();
        }
    })
}

/// Blocks this thread until `future` is done or has failed, for `limit` at most; false if it
/// still goes on.
pub fn wait_at_most<F: Future>(future: &mut F, limit: Duration) -> bool {
    let until = Instant::now().checked_add(limit);
    let park = ParkThread::new();
    let notify = NotifyHandle::from(park.token.clone());
    let mut task = executor::spawn(future);
    loop {
        let polled = coop::unlimited(|| task.poll_future_notify(&notify, 0));
        if !matches!(polled, Ok(Async::NotReady)) {
            return true;
        }
        let left = until.map(|until| until.saturating_duration_since(Instant::now()));
        if left.is_some_and(|left| left.is_zero()) {
            return false;
        }
        park.token.park(left);
    }
}

fn wait_by<F: Future>(future: F, mut sleep: impl FnMut(&Token)) -> Result<F::Item, F::Error> {
    let park = ParkThread::new();
    let notify = NotifyHandle::from(park.token.clone());
    let mut task = executor::spawn(future);
    loop {
        // Whoever blocks the thread has no other task to yield to.
        if let Async::Ready(item) = coop::unlimited(|| task.poll_future_notify(&notify, 0))? {
            return Ok(item);
        }
        sleep(&park.token);
    }
}
