//! What an executor of one thread counts, for whoever asks.

use std::cell::Cell;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicU64, AtomicUsize};
use std::sync::OnceLock;
use std::time::Duration;
use tokio_executor::internals::forced_yields;
use tokio_executor::internals::poll_times::{PollTimeHistogram, PollTimes, Scale};

/// What an executor of one thread counts.
// Hidden: for the interfaces of tokio 1.x and 0.2.
#[doc(hidden)]
#[derive(Clone, Debug)]
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
    /// How long its polls took; none if none was measured yet.
    pub poll_times: Option<PollTimeHistogram>,
}

/// Adds to a statistic with one writer.
#[inline]
fn add(number: &AtomicU64, by: u64) {
    // Relaxed: nobody acts on it.
    number.store(number.load(Relaxed).wrapping_add(by), Relaxed);
}

/// What the executor's own thread counts, one thread at a time.
pub(super) struct Counts {
    spawned: AtomicU64,
    polls: AtomicU64,
    injected: AtomicU64,
    queued: AtomicUsize,
    forced_yields: AtomicU64,
    /// What the thread's count of forced yields was when the executor was last awake.
    yields_seen: Cell<u64>,
    /// How long polls took. Made when the first one is measured: most executors that a
    /// `block_on` makes do not get there.
    poll_times: OnceLock<PollTimes>,
    /// The number of polls from which on the next one is measured, or [`NEVER`].
    next_measured: Cell<u64>,
}

/// Polls from one that is measured to the next: as in the pool.
const POLLS_PER_MEASURED: u64 = 61;

/// No poll is measured unless somebody looks: nobody can ask how long they took.
const NEVER: u64 = u64::MAX;

impl Counts {
    /// Counts that are zero; with samples of how long polls take, if somebody may ask for them.
    pub(super) fn new(takes_samples: bool) -> Counts {
        Counts {
            spawned: AtomicU64::new(0),
            polls: AtomicU64::new(0),
            injected: AtomicU64::new(0),
            queued: AtomicUsize::new(0),
            forced_yields: AtomicU64::new(0),
            yields_seen: Cell::new(0),
            poll_times: OnceLock::new(),
            next_measured: Cell::new(if takes_samples { 0 } else { NEVER }),
        }
    }

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

    /// Has every poll measured.
    pub(super) fn measure_every_poll(&self, ends: Vec<Duration>) {
        let _ = self.poll_times.set(PollTimes::new(Scale::of_every_poll(ends)));
    }

    /// Whether every poll is to be measured.
    #[inline]
    pub(super) fn measures_every_poll(&self) -> bool {
        self.poll_times.get().is_some_and(|times| times.scale.every_poll)
    }

    /// Whether it is time to measure the next poll.
    #[inline]
    pub(super) fn is_measure_due(&self) -> bool {
        // Relaxed: this thread writes it.
        self.polls.load(Relaxed) >= self.next_measured.get()
    }

    /// A poll took that long.
    pub(super) fn measured(&self, took: Duration) {
        if self.next_measured.get() == NEVER {
            return;
        }
        // Relaxed: this thread writes it.
        self.next_measured.set(self.polls.load(Relaxed) + POLLS_PER_MEASURED);
        self.poll_times.get_or_init(|| PollTimes::new(Scale::sampled())).add(took);
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
            poll_times: self.poll_times.get().map(PollTimes::read),
        }
    }
}
