//! Tasks of one thread that run while somebody polls the set of them.
//!
//! Called by what `tokio-await` calls a `LocalSet`. It is the executor of this module with a
//! task in place of a parker: what would unpark a thread wakes whoever has polled the set.
//!
//! Always true: a set does not leave its thread. A task that became ready after the last
//! poll of the set has woken who polled it. No task is left once the set is closed, which is put
//! off while one of them is polled.

use super::here::{Here, Own};
use super::home::Parking;
use std::cell::Cell;
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
    /// Polls of the set that are under way, one in a task of another.
    turns: Cell<usize>,
    /// To be closed once none is.
    closing: Cell<bool>,
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

/// A poll of the set is under way.
struct Turn<'a>(&'a TaskSet);

impl<'a> Turn<'a> {
    fn begin(set: &'a TaskSet) -> Turn<'a> {
        set.turns.set(set.turns.get() + 1);
        Turn(set)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let left = self.0.turns.get() - 1;
        self.0.turns.set(left);
        if left == 0 && self.0.closing.get() {
            self.0.own.close();
        }
    }
}

impl TaskSet {
    /// Returns an empty set.
    pub fn new() -> TaskSet {
        let waiter = Arc::new(Waits(WaiterCell::new()));
        let unpark: Arc<dyn Unpark> = waiter.clone();
        let own = Own::new(Box::new(unpark));
        own.here().home().set_parking(Parking::MaySleep);
        TaskSet { own, waiter, turns: Cell::new(0), closing: Cell::new(false) }
    }

    /// Spawns `future`; the handle gets its result.
    #[track_caller]
    pub fn spawn<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        self.own.here().spawn_handle_bridged(future)
    }

    /// Runs tasks that are ready, for one turn. Done once there are no tasks.
    pub fn poll(&self, cx: &Context<'_>) -> Poll<()> {
        // First this, then the look at the queue: a wake in between is one or the other's.
        self.waiter.0.register(cx);
        let more = self.take_turn();
        if self.is_empty() {
            return Poll::Ready(());
        }
        if more {
            cx.wake();
        }
        Poll::Pending
    }

    /// Runs tasks that are ready, and says whether more are.
    fn take_turn(&self) -> bool {
        let _turn = Turn::begin(self);
        self.own.run(|here| {
            let _asleep = Asleep(here);
            here.home().set_parking(Parking::Awake);
            here.fetch();
            let ran_all = (0..POLLS_PER_TURN).any(|_| !here.run_next());
            !ran_all || here.has_ready()
        })
    }

    /// Returns whether there are no tasks.
    pub fn is_empty(&self) -> bool {
        self.own.here().is_idle()
    }

    /// Drops all tasks; from then on new ones are dropped unpolled.
    ///
    /// Called by one of the tasks, it drops them when the poll of the set is over.
    pub fn close(&self) {
        if self.turns.get() == 0 {
            return self.own.close();
        }
        self.own.refuse_tasks();
        self.closing.set(true);
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
