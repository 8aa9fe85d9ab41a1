//! A worker's own numbers.
//!
//! Called by the worker, which writes them with plain stores, and by `metrics`, which adds up
//! those of all workers. Nothing here is read by the pool itself, but for `polls`, by which the
//! stall monitor sees progress.
//!
//! Always true: a number is written by the thread that runs its worker, and by no other.
//!
//! Why not counters by `fetch_add`? There is one writer, and a locked instruction in each poll
//! would buy nothing.

use std::panic::Location;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicPtr, AtomicUsize};
use std::sync::Mutex;
use std::thread::ThreadId;
use std::time::Duration;
use tokio_executor::internals::poll_times::{PollTimes, Scale};
use tokio_executor::internals::sys::AtomicU64;
use tokio_executor::task::Runnable;

/// A task's number, if it has waited before, and the place of its spawn.
pub(crate) type LastPoll = (Option<u64>, &'static Location<'static>);

/// A worker's own numbers.
#[derive(Debug)]
pub(crate) struct Stats {
    /// Looks for a task: one for each poll, and one before each sleep.
    pub(crate) polls: AtomicU64,
    /// Looks that found none.
    pub(crate) looks_without_task: AtomicU64,
    pub(crate) steals: AtomicU64,
    pub(crate) stolen: AtomicU64,
    pub(crate) injected: AtomicU64,
    pub(crate) idle_wakes: AtomicU64,
    pub(crate) parks: AtomicU64,
    pub(crate) unparks: AtomicU64,
    pub(crate) busy_ns: AtomicU64,
    pub(crate) forced_yields: AtomicU64,
    /// The task of its last poll.
    last_polled: LastPolled,
    pub(crate) poll_times: PollTimes,
    /// The thread that ran the worker last. Held to change and copy it.
    pub(crate) thread: Mutex<Option<ThreadId>>,
    /// What was answered: numbers made of two others, which change one after the other, would
    /// fall at times.
    pub(crate) shown_polls: Shown,
    pub(crate) shown_local: Shown,
}

/// The highest number that was answered. Of std also in a model: it orders nothing.
#[derive(Debug, Default)]
pub(crate) struct Shown(std::sync::atomic::AtomicU64);

impl Shown {
    pub(crate) fn at_least(&self, number: u64) -> u64 {
        // Relaxed: a statistic.
        self.0.fetch_max(number, Relaxed).max(number)
    }
}

/// The task that a worker polls now, or polled last, for others to read.
#[derive(Default, Debug)]
struct LastPolled {
    /// Its address, only to be compared.
    address: AtomicUsize,
    /// Where it was spawned, as an address; null before the first poll. Of std also in a
    /// model: it orders nothing.
    spawned_at: AtomicPtr<Location<'static>>,
}

impl Stats {
    pub(crate) fn new(poll_times: Scale) -> Stats {
        Stats {
            polls: AtomicU64::new(0),
            looks_without_task: AtomicU64::new(0),
            steals: AtomicU64::new(0),
            stolen: AtomicU64::new(0),
            injected: AtomicU64::new(0),
            idle_wakes: AtomicU64::new(0),
            parks: AtomicU64::new(0),
            unparks: AtomicU64::new(0),
            busy_ns: AtomicU64::new(0),
            forced_yields: AtomicU64::new(0),
            last_polled: LastPolled::default(),
            poll_times: PollTimes::new(poll_times),
            thread: Mutex::new(None),
            shown_polls: Shown::default(),
            shown_local: Shown::default(),
        }
    }

    /// This thread runs the worker from now on.
    pub(crate) fn runs_here(&self) {
        let here = Some(std::thread::current().id());
        *self.thread.lock().unwrap_or_else(|e| e.into_inner()) = here;
    }

    /// A poll of `task` begins.
    #[inline]
    pub(crate) fn polls_task(&self, task: &Runnable) {
        // Relaxed: for who looks at a worker that is stuck; that one changes neither.
        self.last_polled.address.store(task.address(), Relaxed);
        let spawned_at = std::ptr::from_ref(task.spawned_at()).cast_mut();
        self.last_polled.spawned_at.store(spawned_at, Relaxed);
    }

    /// The address of the task of the last poll, and where it was spawned. If the worker goes on
    /// meanwhile, the two may be of different tasks.
    pub(crate) fn last_polled(&self) -> Option<(usize, &'static Location<'static>)> {
        // Relaxed: see `polls_task`.
        let spawned_at = self.last_polled.spawned_at.load(Relaxed);
        // SAFETY: null, or the address of a place that is there for ever, see `polls_task`.
        let spawned_at: &'static Location<'static> = unsafe { spawned_at.as_ref() }?;
        Some((self.last_polled.address.load(Relaxed), spawned_at))
    }

    #[inline]
    fn add(number: &AtomicU64, by: u64) {
        // Relaxed: a statistic with one writer; nobody acts on it.
        number.store(number.load(Relaxed).wrapping_add(by), Relaxed);
    }

    /// The worker took `tasks` from another one.
    pub(crate) fn stole(&self, tasks: usize) {
        Stats::add(&self.steals, 1);
        Stats::add(&self.stolen, tasks as u64);
    }

    /// The worker took `tasks` that came from outside the workers.
    pub(crate) fn took_injected(&self, tasks: usize) {
        Stats::add(&self.injected, tasks as u64);
    }

    /// The worker looked for a task, and there was none.
    pub(crate) fn looked_without_task(&self) {
        Stats::add(&self.looks_without_task, 1);
    }

    /// The worker has slept, found no task, and goes to sleep again.
    pub(crate) fn woke_for_nothing(&self) {
        Stats::add(&self.idle_wakes, 1);
    }

    pub(crate) fn parks_after(&self, busy: Duration) {
        Stats::add(&self.parks, 1);
        Stats::add(&self.busy_ns, busy.as_nanos() as u64);
    }

    pub(crate) fn unparks(&self) {
        Stats::add(&self.unparks, 1);
    }

    pub(crate) fn yielded(&self, times: u64) {
        Stats::add(&self.forced_yields, times);
    }
}
