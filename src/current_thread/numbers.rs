//! What an executor of one thread counts, for whoever asks.
//!
//! Called by `here`, `home` and `movable` as things happen, and by `Spawner::numbers`.
//!
//! Always true: the thread that runs the executor is the only one that writes a number, and a
//! number that counts never falls but for `spawned`, from which the task of a `block_on` is taken
//! back at once.
//!
//! Why not count in the pool's way, a row of numbers for each worker? There is one worker, and its
//! loop knows the future of a `block_on`, which is a task to it and none to whoever asks.

use std::cell::Cell;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicU64, AtomicUsize};
use std::sync::{Mutex, OnceLock};
use std::thread::{self, ThreadId};
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
    /// Polls of tasks, but for those that `block_on` made.
    pub polls: u64,
    /// Tasks that came from other threads, spawned or woken there, but for those that `block_on`
    /// made.
    pub injected: u64,
    /// Tasks that are ready, if its own thread asks; otherwise those that were at the last poll.
    pub queued: usize,
    /// Sleeps that began with no task polled since the one before.
    pub idle_sleeps: u64,
    /// The thread that runs it, or ran it last.
    pub thread: Option<ThreadId>,
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
    idle_sleeps: AtomicU64,
    /// The number of polls when the last sleep began.
    polls_before_sleep: Cell<u64>,
    /// Whether the poll that goes on, or was the last, is one of the future of a `block_on`.
    of_root: Cell<bool>,
    thread: Mutex<Option<ThreadId>>,
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
            idle_sleeps: AtomicU64::new(0),
            polls_before_sleep: Cell::new(0),
            of_root: Cell::new(false),
            thread: Mutex::new(None),
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
    pub(super) fn poll_begins(&self, queued: usize) {
        self.of_root.set(false);
        // Relaxed: a statistic.
        self.queued.store(queued, Relaxed);
    }

    /// The poll that is about to end is one of the future of a `block_on`.
    pub(super) fn is_of_root(&self) {
        self.of_root.set(true);
    }

    /// A poll has ended.
    #[inline]
    pub(super) fn poll_ended(&self) {
        add(&self.polls, u64::from(!self.of_root.get()));
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
        if self.next_measured.get() == NEVER || self.of_root.get() {
            return;
        }
        // Relaxed: this thread writes it.
        self.next_measured.set(self.polls.load(Relaxed) + POLLS_PER_MEASURED);
        self.poll_times.get_or_init(|| PollTimes::new(Scale::sampled())).add(took);
    }

    pub(super) fn took_in(&self) {
        add(&self.injected, 1);
    }

    /// This thread runs the executor from now on.
    pub(super) fn is_run_here(&self) {
        *self.thread.lock().unwrap_or_else(|e| e.into_inner()) = Some(thread::current().id());
    }

    /// A sleep begins.
    pub(super) fn falls_asleep(&self) {
        // Relaxed: this thread writes it.
        let polls = self.polls.load(Relaxed);
        add(&self.idle_sleeps, u64::from(self.polls_before_sleep.replace(polls) == polls));
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
            idle_sleeps: self.idle_sleeps.load(Relaxed),
            thread: *self.thread.lock().unwrap_or_else(|e| e.into_inner()),
            forced_yields: self.forced_yields.load(Relaxed),
            poll_times: self.poll_times.get().map(PollTimes::read),
        }
    }
}
