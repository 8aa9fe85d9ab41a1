//! What an executor of one thread counts, for whoever asks.

use std::cell::Cell;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicU64, AtomicUsize};
use tokio_executor::internals::forced_yields;

/// What an executor of one thread counts.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Numbers {
    /// Tasks that were spawned, but for those that `block_on` made.
    pub spawned: u64,
    /// Polls of tasks.
    pub polls: u64,
    /// Tasks that came from other threads, spawned or woken there.
    pub injected: u64,
    /// Tasks that were ready at the last poll.
    pub queued: usize,
    /// Operations put off since their task had spent its budget.
    pub forced_yields: u64,
}

/// Adds to a statistic with one writer.
#[inline]
fn add(number: &AtomicU64, by: u64) {
    // Relaxed: nobody acts on it.
    number.store(number.load(Relaxed).wrapping_add(by), Relaxed);
}

/// What the executor's own thread counts, one thread at a time.
#[derive(Default)]
pub(super) struct Counts {
    spawned: AtomicU64,
    polls: AtomicU64,
    injected: AtomicU64,
    queued: AtomicUsize,
    forced_yields: AtomicU64,
    /// What the thread's count of forced yields was when the executor was last awake.
    yields_seen: Cell<u64>,
}

impl Counts {
    #[inline]
    pub(super) fn spawned(&self) {
        add(&self.spawned, 1);
    }

    /// What was spawned last is the task of a `block_on`.
    pub(super) fn is_root(&self) {
        add(&self.spawned, u64::MAX);
    }

    /// A poll begins, with so many tasks ready beside it.
    #[inline]
    pub(super) fn polls(&self, queued: usize) {
        add(&self.polls, 1);
        // Relaxed: a statistic.
        self.queued.store(queued, Relaxed);
    }

    pub(super) fn took_in(&self) {
        add(&self.injected, 1);
    }

    /// The executor runs, or has woken up.
    pub(super) fn awake(&self) {
        self.yields_seen.set(forced_yields());
    }

    /// The executor sleeps, or runs no more.
    pub(super) fn rests(&self) {
        let yields = forced_yields();
        add(&self.forced_yields, yields.wrapping_sub(self.yields_seen.replace(yields)));
    }

    /// With the tasks that handles have submitted.
    pub(super) fn read(&self, submitted: u64) -> Numbers {
        // Relaxed: statistics.
        Numbers {
            spawned: self.spawned.load(Relaxed) + submitted,
            polls: self.polls.load(Relaxed),
            injected: self.injected.load(Relaxed),
            queued: self.queued.load(Relaxed),
            forced_yields: self.forced_yields.load(Relaxed),
        }
    }
}
