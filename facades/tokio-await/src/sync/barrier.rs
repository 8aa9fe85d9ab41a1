//! A place where tasks wait until enough of them have come.
//!
//! It counts arrivals, and a `Notify` of the root crate wakes the tasks. The round is compared
//! after each wake: a task of the next round may have received the notification of this one.

use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::notify::Notify;

/// A place where tasks wait until a number of them have come.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use std::sync::Arc;
/// use tokio::sync::Barrier;
///
/// tokio::runtime::Runtime::new().unwrap().block_on(async {
///     let barrier = Arc::new(Barrier::new(2));
///     let other = barrier.clone();
///     let other = tokio::spawn(async move { other.wait().await.is_leader() });
///     let leads = barrier.wait().await.is_leader();
///     assert!(leads ^ other.await.unwrap());
/// });
/// ```
#[derive(Debug)]
pub struct Barrier {
    /// How many make a round.
    n: usize,
    /// Held to count; never while waking anyone.
    state: Mutex<State>,
    released: Notify,
}

#[derive(Debug)]
struct State {
    arrived: usize,
    round: usize,
}

/// What [`Barrier::wait`] gives.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::runtime::Runtime;
/// use tokio::sync::Barrier;
///
/// let alone = Barrier::new(1);
/// assert!(Runtime::new().unwrap().block_on(alone.wait()).is_leader());
/// ```
#[derive(Debug, Clone)]
pub struct BarrierWaitResult(bool);

impl BarrierWaitResult {
    /// Returns whether this task was the one that completed the round. One of each round is.
    pub fn is_leader(&self) -> bool {
        self.0
    }
}

impl Barrier {
    /// Returns a barrier that `n` tasks pass together. For 0 it is as for 1: nobody waits.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let barrier = tokio::sync::Barrier::new(2);
    /// # drop(barrier);
    /// ```
    pub fn new(n: usize) -> Barrier {
        let state = Mutex::new(State { arrived: 0, round: 0 });
        Barrier { n: n.max(1), state, released: Notify::new() }
    }

    /// Waits until as many tasks have come as make a round.
    ///
    /// # Dropping
    ///
    /// It has come all the same: the others do not wait for another in its place.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     let barrier = tokio::sync::Barrier::new(2);
    ///     let (first, second) = tokio::join!(barrier.wait(), barrier.wait());
    ///     assert!(first.is_leader() != second.is_leader());
    /// });
    /// ```
    pub async fn wait(&self) -> BarrierWaitResult {
        let Some(round) = self.arrive() else {
            self.released.notify_waiters();
            return BarrierWaitResult(true);
        };
        loop {
            // Made first: a notification after the look ends the wait.
            let released = self.released.notified();
            if self.state().round != round {
                return BarrierWaitResult(false);
            }
            released.await;
        }
    }

    /// Counts one more. The round it is part of, or none if it completes the round.
    fn arrive(&self) -> Option<usize> {
        let mut state = self.state();
        state.arrived += 1;
        if state.arrived < self.n {
            return Some(state.round);
        }
        state.arrived = 0;
        state.round = state.round.wrapping_add(1);
        None
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing that can panic halfway runs under the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
