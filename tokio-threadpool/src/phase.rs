//! How far a pool has come towards its end, and the signal that it has got there.
//!
//! ```text
//!   RUNNING ---> UNTIL_IDLE ---> STOPPED
//!      |                            ^
//!      +----------------------------+
//! ```
//!
//! `shutdown` moves a pool along, and says what each phase means; every thread reads the phase
//! at each step. [`Trigger`] fires once the threads have let go of the pool.
//!
//! Called by `shutdown`, by `worker` at each step, and by `shared` for each spawn.
//!
//! Always true: a pool that is stopped is closed, and neither is ever undone.
//!
//! Why not one word for all of it? `closed` and `no_thread` are read on other paths than the
//! phase, and are set in other orders.

use std::fmt;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};
use tokio_executor::internals::inspect::note_wait;
use tokio_executor::internals::sys::{AtomicBool, AtomicU32, AtomicUsize};
use tokio_executor::internals::unwind;
use tokio_executor::task::Context;
use tokio_executor::waiter::WaiterCell;

const RUNNING: u32 = 0;
const UNTIL_IDLE: u32 = 1;
const STOPPED: u32 = 2;

/// How far a pool has come, and what that forbids. Read at every step, written a few
/// times in a pool's life.
pub(crate) struct Phase {
    phase: AtomicU32,
    /// New tasks are refused. Read by `Counters::admit` as well.
    pub(crate) closed: AtomicBool,
    /// Not one thread runs: the next task has to start one.
    no_thread: AtomicBool,
}

impl Phase {
    pub(crate) fn new() -> Phase {
        Phase {
            phase: AtomicU32::new(RUNNING),
            closed: AtomicBool::new(false),
            no_thread: AtomicBool::new(true),
        }
    }

    #[inline]
    pub(crate) fn is_closed(&self) -> bool {
        // Relaxed: a spawn from outside looks again; one by a worker is counted before
        // that worker leaves.
        self.closed.load(Relaxed)
    }

    #[inline]
    pub(crate) fn is_stopped(&self) -> bool {
        // Relaxed: a worker that does not see it yet will, and is woken if it sleeps.
        self.phase.load(Relaxed) == STOPPED
    }

    #[inline]
    pub(crate) fn has_no_thread(&self) -> bool {
        // Relaxed: a hint. `start_first` looks again under its lock, and a task that finds the
        // threads gone starts one as any task does that finds all workers asleep.
        self.no_thread.load(Relaxed)
    }

    /// Has the pool stop once no task is left. The caller must look for that next.
    pub(crate) fn wait_for_idle(&self) {
        // Relaxed: ordered by the fence in `Counters::all_completed`.
        let _ = self.phase.compare_exchange(RUNNING, UNTIL_IDLE, Relaxed, Relaxed);
    }

    /// Whether the pool stops once no task is left.
    pub(crate) fn waits_for_idle(&self) -> bool {
        // Relaxed: whoever has completed a task comes here by way of a fence.
        self.phase.load(Relaxed) == UNTIL_IDLE
    }

    /// Refuses new tasks.
    pub(crate) fn close(&self) {
        // Relaxed: the caller reads the counts after a fence, or hands on to who does.
        self.closed.store(true, Relaxed);
    }

    /// Stops everything; false if somebody did so before.
    #[must_use]
    pub(crate) fn stop(&self) -> bool {
        self.close();
        // Release: whoever empties the pool has read this, and reads the counts after a fence.
        // So it comes after `closed`, and sees each task that was admitted.
        self.phase.swap(STOPPED, Release) != STOPPED
    }

    pub(crate) fn set_no_thread(&self, none: bool) {
        // Relaxed: see `has_no_thread`.
        self.no_thread.store(none, Relaxed);
    }
}

impl fmt::Debug for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Relaxed: for reading by people.
        f.write_str(match self.phase.load(Relaxed) {
            RUNNING => "Running",
            UNTIL_IDLE => "UntilIdle",
            _ => "Stopped",
        })
    }
}

/// Fires when a pool has ended and its threads have let go of it.
#[derive(Debug)]
pub(crate) struct Trigger {
    begun: AtomicBool,
    /// The threads that hold the pool, and one for the pool as long as it is not empty.
    holders: AtomicUsize,
    fired: AtomicBool,
    waiter: WaiterCell,
}

impl Trigger {
    pub(crate) fn new() -> Trigger {
        Trigger {
            begun: AtomicBool::new(false),
            holders: AtomicUsize::new(1),
            fired: AtomicBool::new(false),
            waiter: WaiterCell::new(),
        }
    }

    pub(crate) fn begin(&self) -> bool {
        // Relaxed: only picks one of two.
        !self.begun.swap(true, Relaxed)
    }

    /// A thread starts to hold the pool.
    pub(crate) fn enter(&self) {
        // Relaxed: whoever starts a thread holds the pool, so the count is not zero.
        self.holders.fetch_add(1, Relaxed);
    }

    /// A thread has let go of the pool, or the pool is empty.
    pub(crate) fn leave(&self) {
        // AcqRel: the last one to leave passes on what the others did before.
        if self.holders.fetch_sub(1, AcqRel) == 1 {
            // Release: pairs with the load in `poll`.
            self.fired.store(true, Release);
            // A waker that panics must not cut short how a thread ends. The panic hook has
            // reported it.
            unwind::quietly(|| self.waiter.wake());
        }
    }

    pub(crate) fn poll(&self, cx: &Context<'_>) -> bool {
        note_wait("shutdown of a pool", self);
        self.waiter.register(cx);
        // Acquire: pairs with `leave`.
        self.fired.load(Acquire)
    }
}
