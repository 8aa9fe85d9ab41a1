//! What the shards of a runtime have in common, and what they tell its driver.
//!
//! A shard asks it for the tick of a deadline, and has it unpark a driver that would sleep too
//! long; `timers` moves the present on, and publishes until when the driver sleeps.
//!
//! Always true: nobody is unparked after a shutdown, and a sleeper at most once a sleep by those
//! who set timers.
//!
//! The header of `timers` has the protocol between a thread that sets a timer and the driver that
//! goes to sleep. `wake_sleeper` is its left half, `sleep_until` a step of its right half.

use super::tick::{Epoch, Tick};
use crate::clock::{Clock, Pausable};
use std::sync::atomic::Ordering::{Relaxed, SeqCst};
use std::sync::Arc;
use std::time::Instant;
use tokio_executor::internals::sys::{fence, AtomicBool, AtomicU64, CachePadded, Mutex};
use tokio_executor::park::Unpark;

/// The driver is awake, and looks at every shard before it sleeps.
const AWAKE: Tick = 0;

/// The present, and the sleeper.
pub(super) struct Shared {
    epoch: Epoch,
    /// The driver's clock, if others may read it.
    clock: Option<Clock>,
    /// When the driver last looked at the clock.
    now: AtomicU64,
    /// There is no driver any more.
    shut_down: AtomicBool,
    /// Ends the driver's sleep. None once the timers have shut down, so that a handle
    /// somebody kept does not keep a reactor. Held to copy or remove it.
    unpark: Mutex<Option<Arc<dyn Unpark>>>,
    /// Written at every sleep of the driver, so kept from what is read at every timer.
    sleeping_until: CachePadded<AtomicU64>,
}

impl Shared {
    /// No driver sleeps yet. The present is `start`, in ticks since `epoch`.
    pub(super) fn new(
        epoch: Epoch,
        start: Instant,
        clock: Option<Clock>,
        unpark: Arc<dyn Unpark>,
    ) -> Shared {
        Shared {
            epoch,
            clock,
            now: AtomicU64::new(epoch.passed(start)),
            shut_down: AtomicBool::new(false),
            unpark: Mutex::new(Some(unpark)),
            sleeping_until: CachePadded::new(AtomicU64::new(AWAKE)),
        }
    }

    #[inline]
    pub(super) fn tick_of(&self, deadline: Instant) -> Tick {
        self.epoch.tick_of(deadline)
    }

    /// The instant of `tick`.
    pub(super) fn instant_of(&self, tick: Tick) -> Instant {
        self.epoch.instant(tick)
    }

    /// When the driver last looked at the clock.
    #[inline]
    pub(super) fn now(&self) -> Tick {
        // Relaxed: an old value means that the driver has yet to look.
        self.now.load(Relaxed)
    }

    /// The tick of `now`, which is the present from here on.
    pub(super) fn advance_to(&self, now: Instant) -> Tick {
        let now = self.epoch.passed(now);
        self.set_now(now);
        now
    }

    fn set_now(&self, now: Tick) {
        // Most turns come within the same millisecond: that leaves the line shared.
        if self.now() != now {
            // Relaxed: as in `now`. An older value of two that are stored at once only makes
            // a deadline wait for the next turn.
            self.now.store(now, Relaxed);
        }
    }

    /// The clock, if it can be paused.
    pub(super) fn pausable(&self) -> Option<&Arc<Pausable>> {
        self.clock.as_ref().and_then(Clock::as_pausable)
    }

    /// Publishes that the driver is to sleep until `until`, before it reads what is due once
    /// more: it sees what those wrote who found it awake.
    pub(super) fn sleep_until(&self, until: Tick) {
        // Relaxed: the fence orders it; see the head of `timers`.
        self.sleeping_until.store(until, Relaxed);
        // SeqCst: pairs with the fence in `wake_sleeper`.
        fence(SeqCst);
    }

    /// Publishes that the driver is awake.
    pub(super) fn set_awake(&self) {
        // Relaxed: who still finds the sleeper here unparks it once for nothing.
        self.sleeping_until.store(AWAKE, Relaxed);
    }

    /// Unparks the driver if it means to sleep past `due`.
    pub(super) fn wake_sleeper(&self, due: Tick) {
        // SeqCst: pairs with the fence in `sleep_until`.
        fence(SeqCst);
        // Relaxed, here and below: ordered by the fence, and no more than the number is
        // handed over.
        let mut until = self.sleeping_until.load(Relaxed);
        while due < until {
            // Only the first to find it asleep unparks it.
            match self.sleeping_until.compare_exchange(until, AWAKE, Relaxed, Relaxed) {
                Ok(_) => return self.unpark(),
                Err(actual) => until = actual,
            }
        }
    }

    /// Whether the driver has gone.
    #[inline]
    pub(super) fn is_shut_down(&self) -> bool {
        // Relaxed: an old value is as if the caller had come a little sooner.
        self.shut_down.load(Relaxed)
    }

    /// Lets go of the driver, which is not unparked any more.
    pub(super) fn forget_driver(&self) {
        // Relaxed: see `is_shut_down`.
        self.shut_down.store(true, Relaxed);
        let unpark = self.unpark.lock().unwrap_or_else(|e| e.into_inner()).take();
        drop(unpark);
    }

    /// Ends the driver's sleep, if it sleeps.
    pub(super) fn unpark(&self) {
        let unpark = self.unpark.lock().unwrap_or_else(|e| e.into_inner()).clone();
        if let Some(unpark) = unpark {
            unpark.unpark();
        }
    }
}
