//! Tasks of one thread that run while somebody polls the set of them.
//!
//! Called by what `tokio-await` calls a `LocalSet`. It is the executor of this module with a
//! task in place of a parker: what would unpark a thread wakes whoever has polled the set.
//!
//! Always true: a set does not leave its thread. A task that became ready after the last
//! poll of the set has woken who polled it.

use super::here::{Here, Own};
use super::home::Parking;
use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::task::Poll;
use tokio_executor::park::Unpark;
use tokio_executor::task::{Context, JoinHandle};
use tokio_executor::waiter::WaiterCell;

/// Tasks polled in one poll of a set.
const POLLS_PER_TURN: usize = 61;

/// Tasks that need not be `Send`, which run while the set is polled.
///
/// # Dropping
///
/// Drops the tasks, on this thread.
pub struct TaskSet {
    own: Own,
    waiter: Arc<Waits>,
}

/// Who polled the set last.
struct Waits(WaiterCell);

impl Unpark for Waits {
    fn unpark(&self) {
        self.0.wake();
    }
}

/// Wakes of tasks wake who polls the set, until the next poll.
struct Asleep<'a>(Here<'a>);

impl Drop for Asleep<'_> {
    fn drop(&mut self) {
        self.0.home().set_parking(Parking::MaySleep);
    }
}

impl TaskSet {
    /// Returns an empty set.
    pub fn new() -> TaskSet {
        let waiter = Arc::new(Waits(WaiterCell::new()));
        let unpark: Arc<dyn Unpark> = waiter.clone();
        let own = Own::new(Box::new(unpark));
        own.here().home().set_parking(Parking::MaySleep);
        TaskSet { own, waiter }
    }

    /// Spawns `future`; the handle gets its result.
    #[track_caller]
    pub fn spawn<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        self.own.here().spawn_handle_std(future)
    }

    /// Runs tasks that are ready, for one turn. Done once there are no tasks.
    pub fn poll(&self, cx: &Context<'_>) -> Poll<()> {
        // First this, then the look at the queue: a wake in between is one or the other's.
        self.waiter.0.register(cx);
        let more = self.own.run(|here| {
            let _asleep = Asleep(here);
            here.home().set_parking(Parking::Awake);
            here.fetch();
            let ran_all = (0..POLLS_PER_TURN).any(|_| !here.run_next());
            !ran_all || here.has_ready()
        });
        if self.is_empty() {
            return Poll::Ready(());
        }
        if more {
            cx.wake();
        }
        Poll::Pending
    }

    /// Returns whether there are no tasks.
    pub fn is_empty(&self) -> bool {
        self.own.here().is_idle()
    }

    /// Drops all tasks; from then on new ones are dropped unpolled.
    pub fn close(&self) {
        self.own.close();
    }
}

impl Default for TaskSet {
    fn default() -> TaskSet {
        TaskSet::new()
    }
}

impl fmt::Debug for TaskSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TaskSet").field("tasks", &self.own.here().unfinished()).finish()
    }
}
