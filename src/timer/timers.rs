//! All the wheels of a runtime, and the thread that sleeps for them.
//!
//! [`Timers`] has one shard for each worker, and whichever thread drives the reactor drives the
//! timers too: it sleeps in [`Timers::sleep`], which says for how long, and afterwards wakes the
//! tasks whose time has come. Called by `driver::Timer`, for a parker with one shard, and by the
//! thread pool's runtime, for its shared reactor.
//!
//! On a clock that is paused there is no sleeping until a deadline: the driver looks for
//! events, and if there are none moves the clock on to the next deadline. If the clock is
//! held, it sleeps until a [`Watcher`] reports that this has changed.
//!
//! # Setting a timer while the driver goes to sleep
//!
//! Each shard publishes the tick at which it has to be looked at, `next_due`. The driver
//! publishes the tick at which it will wake up by itself, `sleeping_until`, zero being
//! awake. Either side writes its own word, fences, and reads the other's:
//!
//! ```text
//!   who sets a timer                    the driver
//!   ----------------                    ----------
//!   next_due := d  (if d is sooner)     sleeping_until := min(next_due)
//!   fence                               fence
//!   d < sleeping_until?                 min(next_due) sooner by now?
//!     then unpark                         then once more, else sleep
//! ```
//!
//! At least one of the two sees the other's word, so that a timer is never slept over,
//! and a timer that is not its shard's first fences nothing and disturbs nobody.
//!
//! Always true: one thread at a time sleeps for the timers. Waiters are woken without a
//! lock, in the order of their deadlines.
//!
//! Why not one wheel? Its lock would be taken by every worker for every timeout, and
//! nearly all timeouts are cancelled.

use super::entry::Wake;
use super::handle::Handle;
use super::shard::Shard;
use super::shared::Shared;
use super::tick::{Epoch, Tick, NEVER};
use crate::clock::{Clock, Flow, Watcher};
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_executor::internals::unwind;
use tokio_executor::park::Unpark;

/// The timing wheels of a runtime.
///
/// # Dropping
///
/// As [`shutdown`](Timers::shutdown).
pub struct Timers {
    all: Arc<All>,
}

/// All shards, which a clock that is moved by hand has looked at.
struct All {
    shared: Arc<Shared>,
    shards: Box<[Arc<Shard>]>,
}

impl Timers {
    /// Returns `shards` wheels that go by `clock`; `unpark` ends the sleep of the thread that
    /// sleeps for them.
    ///
    /// # Panics
    ///
    /// If `shards` is zero.
    pub fn new(shards: usize, clock: Clock, unpark: Arc<dyn Unpark>) -> Timers {
        let start = clock.now();
        Timers::with_start(shards, start, Some(clock), unpark)
    }

    pub(super) fn with_start(
        shards: usize,
        start: Instant,
        clock: Option<Clock>,
        unpark: Arc<dyn Unpark>,
    ) -> Timers {
        assert!(shards > 0, "timers need at least one shard");
        // A clock that can be paused stops at whole milliseconds of its own.
        let made = clock.as_ref().and_then(Clock::as_pausable).map(|clock| clock.made());
        let epoch = Epoch::new(made.unwrap_or(start));
        let shared = Arc::new(Shared::new(epoch, start, clock, unpark));
        let shards = (0..shards).map(|_| Arc::new(Shard::new(shared.clone()))).collect();
        let all = Arc::new(All { shared, shards });
        if let Some(clock) = all.shared.pausable() {
            let all: Arc<dyn Watcher> = all.clone();
            clock.watch(Arc::downgrade(&all));
        }
        Timers { all }
    }

    /// Returns a handle that sets timers in the given shard.
    ///
    /// # Panics
    ///
    /// If there is no such shard.
    pub fn handle(&self, shard: usize) -> Handle {
        Handle::to(self.all.shards[shard].clone())
    }

    /// Returns how many timers are set.
    pub fn armed(&self) -> usize {
        self.all.shards.iter().map(|shard| shard.armed()).sum()
    }

    /// Returns when somebody has to look after the timers: not later than the next deadline, but
    /// maybe earlier.
    pub fn next_due(&self) -> Option<Instant> {
        match self.all.earliest() {
            NEVER => None,
            due => Some(self.all.shared.instant_of(due)),
        }
    }

    /// Ends the waits whose deadline is not after `now`, and returns how many of them
    /// woke a task.
    ///
    /// Locks only the shards in which something is due.
    pub fn process(&self, now: Instant) -> usize {
        self.all.process(now)
    }

    /// Sleeps in `park` until the next deadline, or for `limit` at most, and then wakes those
    /// whose time has come.
    ///
    /// `park` is given the time for which to sleep, if anything but an event is to end that,
    /// and returns whether something happened. On a clock that stands still it is not to
    /// sleep; if nothing happened, the clock is moved on to the next deadline, unless
    /// `limit` is zero.
    ///
    /// # Errors
    ///
    /// That of `park`.
    pub fn sleep<E>(
        &self,
        limit: Option<Duration>,
        mut now: impl FnMut() -> Instant,
        park: impl FnOnce(Option<Duration>) -> Result<bool, E>,
    ) -> Result<(), E> {
        let sleep = self.prepare_sleep();
        let (mut wait, mut skip) = (limit, None);
        if let Some(due) = sleep.due() {
            let left = due.saturating_duration_since(now());
            match self.all.shared.pausable().map_or(Flow::Runs, |clock| clock.flow()) {
                Flow::Held if !left.is_zero() => {}
                Flow::Skips if limit != Some(Duration::ZERO) => {
                    (wait, skip) = (Some(Duration::ZERO), Some(due));
                }
                _ => wait = Some(limit.map_or(left, |limit| limit.min(left))),
            }
        }
        let found = park(wait)?;
        drop(sleep);
        if let (Some(due), false, Some(clock)) = (skip, found, self.all.shared.pausable()) {
            clock.skip_to(due);
        }
        self.process(now());
        Ok(())
    }

    /// From here on until the result is dropped, whoever sets a timer that is due earlier
    /// than that says unparks the driver.
    pub(super) fn prepare_sleep(&self) -> Sleeping<'_> {
        Sleeping { all: &self.all, until: self.all.announce_sleep() }
    }

    /// Ends every wait with [`Error::shutdown`](super::Error::shutdown), as it does all
    /// those that begin later.
    pub fn shutdown(&self) {
        let mut wake = Vec::new();
        for shard in &self.all.shards {
            shard.lock().close(&mut wake);
        }
        self.all.shared.forget_driver();
        wake_all(wake);
    }
}

/// The driver sleeps, or is about to.
///
/// # Dropping
///
/// The sleep is over.
pub(super) struct Sleeping<'a> {
    all: &'a All,
    until: Tick,
}

impl Sleeping<'_> {
    /// When it has to be over, if ever.
    pub(super) fn due(&self) -> Option<Instant> {
        Some(self.until)
            .filter(|&until| until != NEVER)
            .map(|until| self.all.shared.instant_of(until))
    }
}

impl Drop for Sleeping<'_> {
    fn drop(&mut self) {
        self.all.shared.set_awake();
    }
}

impl All {
    fn process(&self, now: Instant) -> usize {
        let now = self.shared.advance_to(now);
        let mut wake = Vec::new();
        for shard in &self.shards {
            // A timer set meanwhile may be missed; whoever sleeps next looks again.
            if shard.next_due() <= now {
                shard.lock().expire(now, &mut wake);
            }
        }
        wake_all(wake)
    }

    fn announce_sleep(&self) -> Tick {
        let mut until = self.relink_postponed();
        loop {
            self.shared.sleep_until(until);
            // After the fence in there: see the head of this file.
            let earliest = self.earliest();
            if earliest >= until {
                return until;
            }
            until = earliest;
        }
    }

    /// When the next bucket comes up, not counting those that hold only what was put off.
    fn relink_postponed(&self) -> Tick {
        loop {
            let first = self.shards.iter().min_by_key(|shard| shard.next_due());
            let first = first.expect("there is at least one shard");
            if first.next_due() == NEVER {
                return NEVER;
            }
            let due = first.lock().relink_postponed();
            if due <= self.earliest() {
                return due;
            }
        }
    }

    fn earliest(&self) -> Tick {
        self.shards.iter().map(|shard| shard.next_due()).min().unwrap_or(NEVER)
    }
}

impl Watcher for All {
    fn clock_changed(&self) {
        if let Some(clock) = self.shared.pausable() {
            self.process(clock.now());
        }
        // The driver sleeps for another time now, or not at all.
        self.shared.unpark();
    }
}

impl Drop for Timers {
    fn drop(&mut self) {
        self.shutdown();
    }
}

/// Wakes in the order of the deadlines; returns how many.
fn wake_all(mut wake: Vec<Wake>) -> usize {
    let count = wake.len();
    // Each shard hands them over nearly sorted.
    wake.sort_by_key(|wake| wake.tick);
    for Wake { waiter, .. } in wake {
        // A waker that panics must not keep the others from being woken. The panic hook
        // has reported it.
        unwind::quietly(|| waiter.wake());
    }
    count
}

impl fmt::Debug for Timers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Timers")
            .field("shards", &self.all.shards.len())
            .field("now_ms", &self.all.shared.now())
            .field("next_due_ms", &self.all.earliest())
            .finish_non_exhaustive()
    }
}
