//! How a pool ends.
//!
//! ```text
//!   RUNNING ---> UNTIL_IDLE ---> STOPPED
//!      |                            ^
//!      +----------------------------+
//! ```
//!
//! In UNTIL_IDLE, whoever goes to sleep looks whether a task is left; if none is, it
//! moves on to STOPPED. In STOPPED, every thread leaves as soon as its current poll is
//! over, and the last one out drops what tasks there are: only then is nothing polled
//! any more. If some are left that block within a poll, the last of the others drops all
//! tasks but theirs, which may be what they wait for. The [`Trigger`] fires once the threads
//! have let go of the pool, too.

use crate::shared::Shared;
use futures::{Async, Future, Poll};
use std::fmt;
use std::pin::Pin;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};
use std::sync::Arc;
use tokio_executor::inspect::note_wait;
use tokio_executor::sys::{AtomicBool, AtomicU32, AtomicUsize};
use tokio_executor::task::Context;
use tokio_executor::unwind;
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

impl Shared {
    /// Refuses new tasks, and stops once those there are have ended.
    pub(crate) fn close(self: &Arc<Self>) {
        self.phase.close();
        self.stop_when_idle();
    }

    /// Stops once no task is left.
    pub(crate) fn stop_when_idle(self: &Arc<Self>) {
        self.phase.wait_for_idle();
        self.stop_if_idle();
    }

    /// In UNTIL_IDLE: stops if no task is left.
    pub(crate) fn stop_if_idle(self: &Arc<Self>) {
        if self.phase.waits_for_idle() && self.has_no_tasks() {
            self.stop();
        }
    }

    /// Stops now; what tasks there are get dropped.
    pub(crate) fn stop(self: &Arc<Self>) {
        if !self.phase.stop() {
            return;
        }
        while let Some(worker) = self.idle.wake_any() {
            self.wake_to_leave(worker);
        }
        let (alive, spare) = {
            let mut threads = self.threads();
            (threads.alive, threads.spare.dismiss())
        };
        for thread in spare {
            thread.token.unpark();
        }
        if alive == 0 {
            self.finish();
        }
    }

    /// Wakes a worker that has a thread; one without needs none to leave.
    fn wake_to_leave(self: &Arc<Self>, worker: usize) {
        let parked = self.slots[worker].parked_core.lock().unwrap_or_else(|e| e.into_inner());
        let has_thread = parked.is_none();
        drop(parked);
        if has_thread {
            self.unpark(worker);
        }
    }

    /// A thread ends. The last one of a stopped pool empties it.
    pub(crate) fn thread_ends(self: &Arc<Self>) {
        let (last, others_block) = {
            let mut threads = self.threads();
            threads.alive -= 1;
            self.phase.set_no_thread(threads.alive == 0);
            (threads.alive == 0, threads.alive > 0 && threads.alive == threads.blocked)
        };
        // The count before the phase; `stop` does it the other way round. Both hold the lock
        // for the count, which orders the rest: at least one of the two calls `finish`,
        // which runs once.
        if last && self.phase.is_stopped() {
            self.finish();
        }
        if others_block && self.phase.is_stopped() {
            self.drop_unblocked();
        }
    }

    fn finish(&self) {
        if self.trigger.begin() {
            self.empty_out();
            self.drop_parked_cores();
            self.trigger.leave();
        }
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

/// Completes once a pool has stopped and all of its threads have left it.
///
/// Of futures 0.1 and of std.
///
/// # Dropping
///
/// Changes nothing: the pool goes on stopping.
///
/// # Examples
///
/// ```
/// use futures::{future, Future};
/// use tokio_threadpool::ThreadPool;
///
/// let pool = ThreadPool::new();
/// pool.spawn(future::lazy(|| Ok(println!("before the end"))));
/// pool.shutdown_on_idle().wait().unwrap();
/// ```
#[must_use = "to wait for the pool to stop, wait for this future"]
#[derive(Debug)]
pub struct Shutdown {
    trigger: Arc<Trigger>,
}

impl Shutdown {
    pub(crate) fn new(shared: &Shared) -> Shutdown {
        Shutdown { trigger: shared.trigger.clone() }
    }
}

impl Future for Shutdown {
    type Item = ();
    type Error = ();

    fn poll(&mut self) -> Poll<(), ()> {
        if self.trigger.poll(&Context::current()) {
            Ok(Async::Ready(()))
        } else {
            Ok(Async::NotReady)
        }
    }
}

impl std::future::Future for Shutdown {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut std::task::Context<'_>) -> std::task::Poll<()> {
        if self.trigger.poll(&Context::from(cx)) {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    }
}
