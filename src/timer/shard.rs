//! One wheel with a lock of its own.
//!
//! Every worker thread has a shard, to which the timers go that its tasks set, so that
//! nobody else has the lock when they come to link or unlink one. The driver takes it
//! when an entry is due, and looks at `next_due` to know that without taking it.
//!
//! Called by `entry/owned` for an owner, and by `timers` for the driver.
//!
//! Always true: `next_due` is not after the tick at which the next bucket of the wheel
//! comes up. It changes only under the lock. It may be before it, after an entry was
//! unlinked or postponed; then the driver looks once for nothing.
//!
//! Why not one wheel for all? Every timeout of every task takes and gives up an entry: workers
//! would wait for each other at its lock.

use super::entry::{Entries, Entry, Wake};
use super::shared::Shared;
use super::tick::{Tick, NEVER};

use super::wheel::Wheel;
use std::fmt;
use std::ptr::NonNull;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::Arc;
use std::time::Instant;
use tokio_executor::internals::sys::{AtomicU64, Mutex, MutexGuard};

/// One wheel, and what the driver and the other shards have to do with it.
// A line of its own (two, as they are fetched in pairs): the shards' owners are on
// different cores. Of the type, and not by crossbeam's `CachePadded` around it: a shard is
// shared by `Arc`, whose holders would all have to name the wrapper.
#[repr(align(128))]
pub(crate) struct Shard {
    /// Held to link, unlink and fire entries; never while waking or dropping a waiter.
    wheel: Mutex<State>,
    next_due: AtomicU64,
    shared: Arc<Shared>,
}

struct State {
    wheel: Wheel<NonNull<Entry>>,
    /// The timer is gone; the wheel is empty and stays so.
    closed: bool,
}

// SAFETY: the addresses in the wheel are of entries, which any thread may use as long as
// it holds the lock.
unsafe impl Send for State {}

/// A shard whose lock is held.
pub(super) struct Locked<'a> {
    state: MutexGuard<'a, State>,
    shard: &'a Shard,
}

impl Shard {
    pub(super) fn new(shared: Arc<Shared>) -> Shard {
        Shard {
            wheel: Mutex::new(State { wheel: Wheel::new(), closed: false }),
            next_due: AtomicU64::new(NEVER),
            shared,
        }
    }

    #[inline]
    pub(super) fn tick_of(&self, deadline: Instant) -> Tick {
        self.shared.tick_of(deadline)
    }

    /// Whether the driver has seen `tick` pass.
    ///
    /// The clock is not asked, whichever it is: a deadline is over from the driver's next
    /// turn on, so that tasks which were ready before that run first. Of a timer that is gone
    /// nothing has passed: what would be over at once fails, as what would have to wait does.
    #[inline]
    pub(super) fn has_passed(&self, tick: Tick) -> bool {
        tick <= self.shared.now() && !self.shared.is_shut_down()
    }

    /// The instant of `tick`.
    pub(super) fn instant_of(&self, tick: Tick) -> Instant {
        self.shared.instant_of(tick)
    }

    pub(super) fn lock(&self) -> Locked<'_> {
        // Nothing of a caller's runs under the lock, so a poisoned one is whole.
        Locked { state: self.wheel.lock().unwrap_or_else(|e| e.into_inner()), shard: self }
    }

    /// Makes a sleeping driver look again if this shard now has something for it sooner.
    /// To be called without the lock.
    pub(super) fn tell(&self, sooner: Option<Tick>) {
        if let Some(due) = sooner {
            self.shared.wake_sleeper(due);
        }
    }

    /// How many entries are in the wheel.
    pub(super) fn armed(&self) -> usize {
        self.lock().state.wheel.len()
    }

    /// No later than when the next bucket comes up.
    pub(super) fn next_due(&self) -> Tick {
        // Relaxed: the driver fences before it relies on it; see `timers`.
        self.next_due.load(Relaxed)
    }
}

impl Locked<'_> {
    fn entries(&self) -> Entries {
        // SAFETY: this is the lock, and it outlives the result in each method below.
        unsafe { Entries::of_locked_shard() }
    }

    pub(super) fn is_closed(&self) -> bool {
        self.state.closed
    }

    /// Adds an entry, due at `tick`. Returns when the driver has to look if that is
    /// sooner than before.
    #[must_use]
    pub(super) fn link(&mut self, entry: NonNull<Entry>, tick: Tick) -> Option<Tick> {
        let mut entries = self.entries();
        let next = self.shard.next_due();
        let now = self.shard.shared.now();
        if next > now {
            // The shard had nothing to do for a while: a present that lags would put the
            // entry on too high a level, from where it has farther to go.
            self.state.wheel.skip_to(now);
        }
        let due = self.state.wheel.link(&mut entries, entry, tick);
        if due >= next {
            return None;
        }
        self.publish(due);
        Some(due)
    }

    /// Takes an entry out if it is in.
    pub(super) fn unlink(&mut self, entry: NonNull<Entry>) {
        let mut entries = self.entries();
        self.state.wheel.unlink(&mut entries, entry);
    }

    /// Ends the waits that are due at `now`.
    pub(super) fn expire(&mut self, now: Tick, wake: &mut Vec<Wake>) {
        let mut entries = self.entries();
        self.state
            .wheel
            .advance(now, &mut entries, |entries, entry| entries.fire(entry, now, wake));
        self.publish(self.state.wheel.next().unwrap_or(NEVER));
    }

    /// Finds out anew when the driver has to look: entries may be gone, or put off.
    pub(super) fn relink_postponed(&mut self) -> Tick {
        let mut entries = self.entries();
        let due = self.state.wheel.relink_postponed(&mut entries).unwrap_or(NEVER);
        self.publish(due);
        due
    }

    /// Ends all waits with an error, and lets no new one begin.
    pub(super) fn close(&mut self, wake: &mut Vec<Wake>) {
        let mut entries = self.entries();
        self.state.closed = true;
        self.state.wheel.drain(&mut entries, |entries, entry| entries.close(entry, wake));
        self.publish(NEVER);
    }

    fn publish(&self, due: Tick) {
        // Relaxed: whoever lowers it fences before looking for a sleeper; see `timers`.
        self.shard.next_due.store(due, Relaxed);
    }
}

impl fmt::Debug for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shard").field("next_due_ms", &self.next_due()).finish_non_exhaustive()
    }
}
