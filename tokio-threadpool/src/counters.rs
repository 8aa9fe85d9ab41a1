//! How many tasks came into a pool, and how many of them are done.
//!
//! Called by whoever spawns or runs a task; read when a pool that is to stop looks whether
//! a task is left. Each worker has counters of its own, so that counting takes no shared
//! cache line; one more pair counts what happens away from the workers.
//!
//! Always true: who reads the completion of a task also reads its spawn, and the spawns of
//! all tasks that it spawned. In steps:
//!
//! 1. A task is counted as spawned before it is queued.
//! 2. It is counted as completed after its last poll, with Release.
//! 3. The reader sums up what is completed, with Acquire, and after that what was spawned.
//!
//! Say the sums are equal, and some task U lives that was not seen as spawned. It was
//! spawned from outside after the look began, or by a task V. Had V been seen as completed,
//! U would have been seen as spawned, by 2 and 3. So V lives and, the sums being equal, was
//! not seen as spawned either; and so on up to a task that came from outside. Without such
//! a newcomer the pool is empty.
//!
//! Why not one counter of live tasks? Every spawn and completion would write it.

use crate::phase::Phase;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release, SeqCst};
use tokio_executor::internals::sys::{fence, in_total_order, AtomicU64};

/// Tasks spawned and completed. Each side is written by one thread at a time, or by atomic
/// addition where many share it.
#[derive(Default, Debug)]
pub(crate) struct Counters {
    spawned: AtomicU64,
    completed: AtomicU64,
}

impl Counters {
    /// A task was spawned, counted by the one thread that writes these counters.
    #[inline]
    pub(crate) fn spawned_here(&self) {
        // Relaxed: the Release of a completion that follows carries it along.
        self.spawned.store(self.spawned.load(Relaxed) + 1, Relaxed);
    }

    /// A task was completed, counted by the one thread that writes these counters.
    #[inline]
    pub(crate) fn completed_here(&self) {
        // Release: pairs with the Acquire in `all_completed`, which then sees what the task
        // spawned.
        self.completed.store(self.completed.load(Relaxed) + 1, Release);
    }

    /// Counts a task in that comes from outside the workers; false if the pool takes no
    /// more. Then `completed_elsewhere` must follow.
    #[must_use]
    pub(crate) fn admit(&self, phase: &Phase) -> bool {
        // SeqCst: the count first, then `closed`. Whoever empties the pool reads the counts after
        // a fence, before which `closed` was set. One of the two sees the other.
        self.spawned.fetch_add(1, SeqCst);
        in_total_order();
        !phase.closed.load(SeqCst)
    }

    /// A task was completed on a thread that is not a worker, or was not admitted.
    ///
    /// It may have been all that a pool waits for that is to stop, so the caller looks for
    /// that next.
    pub(crate) fn completed_elsewhere(&self) {
        // Release: as in `completed_here`.
        self.completed.fetch_add(1, Release);
        // SeqCst: the count before the phase; see `all_completed`.
        fence(SeqCst);
    }

    /// How many were spawned and how many of these are completed; for statistics.
    pub(crate) fn read(&self) -> (u64, u64) {
        // Acquire: as in `all_completed`, so that no more are completed than spawned.
        let completed = self.completed.load(Acquire);
        (self.spawned.load(Relaxed), completed)
    }

    /// Whether no task is left of those that these counters count.
    ///
    /// What is completed is read before what was spawned. Both only grow, and nothing is
    /// completed that was not spawned: if they are equal, there was a moment without tasks.
    pub(crate) fn all_completed<'a>(counters: impl Iterator<Item = &'a Counters> + Clone) -> bool {
        // SeqCst: the caller read or set the phase; then come the counts. Whoever completes a
        // task counts it, and reads the phase after a fence (in `Idle::sleep`, or in
        // `completed_elsewhere`). One of the two sees the other.
        fence(SeqCst);
        // Acquire: pairs with the Release of a completion.
        let completed: u64 = counters.clone().map(|c| c.completed.load(Acquire)).sum();
        // Relaxed: after the fence, and after what is completed.
        let spawned: u64 = counters.map(|c| c.spawned.load(Relaxed)).sum();
        debug_assert!(completed <= spawned, "{completed} tasks completed of {spawned} spawned");
        completed == spawned
    }
}
