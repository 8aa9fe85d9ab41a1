//! A clock that can be stopped, moved by hand, and set going again.
//!
//! Every runtime has one unless it was built with a clock of its own. Until somebody
//! pauses it, it is the system's clock and costs one load more. While it is paused, a
//! driver of timers that has nothing to do moves it on to the next deadline, so that a
//! test need not wait. Called by `clock` for users, and by `timer::timers` for drivers.
//!
//! Always true: the time never goes back. Watchers are called without a lock.
//!
//! Why not a `Now`? Timers have to know that a clock stands still, and must be looked at
//! when it is moved.

use std::fmt;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release, SeqCst};
use std::sync::{Arc, PoisonError, Weak};
use std::time::{Duration, Instant};
use tokio_executor::internals::sys::{fence, AtomicBool, AtomicUsize, Mutex, MutexGuard};

#[cfg(all(test, loom))]
#[expect(unsafe_code, reason = "models share data whose ordering they check")]
mod models;

/// Tells the system's time, or a time of its own.
pub(crate) struct Pausable {
    /// Whether it was ever paused. Until then the system's time is right.
    ever_paused: AtomicBool,
    /// How many blocking operations run during which time must not advance by itself.
    holds: AtomicUsize,
    /// Held to read or change it; never while calling a watcher.
    state: Mutex<State>,
    /// Held to add or copy them; never while calling one.
    watchers: Mutex<Vec<Weak<dyn Watcher>>>,
    /// When it was made. Timers count their milliseconds from here, and it is paused on one.
    made: Instant,
}

/// Must know when a clock was moved, stopped or set going.
pub(crate) trait Watcher: Send + Sync {
    /// Looks at the clock again.
    fn clock_changed(&self);
}

struct State {
    /// The time at `running_since`, and all the time while paused.
    shown: Instant,
    /// The system's time since when the clock runs on. None while paused.
    running_since: Option<Instant>,
}

/// How time passes, for somebody about to sleep until a deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flow {
    /// By itself.
    Runs,
    /// Not at all: the clock is paused, and held there.
    Held,
    /// The clock is paused, and moved by whoever has nothing to do.
    Skips,
}

/// The clock is not in the state that was asked to be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    Paused,
    Running,
}

/// Keeps a paused clock from advancing by itself; see `Clock::hold`.
pub(crate) struct Holding {
    clock: Arc<Pausable>,
}

impl State {
    fn now(&self) -> Instant {
        match self.running_since {
            None => self.shown,
            // It may have been moved on to the end of all time.
            Some(since) => {
                super::after(self.shown, Instant::now().saturating_duration_since(since))
            }
        }
    }
}

impl Pausable {
    pub(crate) fn new() -> Pausable {
        let now = Instant::now();
        Pausable {
            ever_paused: AtomicBool::new(false),
            holds: AtomicUsize::new(0),
            state: Mutex::new(State { shown: now, running_since: Some(now) }),
            watchers: Mutex::new(Vec::new()),
            made: now,
        }
    }

    /// The instant from which timers that go by this clock count milliseconds. Since the clock
    /// is paused on a whole one, a wait that begins then ends exactly as long after.
    pub(crate) fn made(&self) -> Instant {
        self.made
    }

    #[inline]
    pub(crate) fn now(&self) -> Instant {
        if self.was_ever_paused() {
            self.state().now()
        } else {
            Instant::now()
        }
    }

    #[inline]
    fn was_ever_paused(&self) -> bool {
        // Relaxed: the lock hands over the time itself.
        self.ever_paused.load(Relaxed)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Each change is one assignment.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn is_paused(&self) -> bool {
        self.was_ever_paused() && self.state().running_since.is_none()
    }

    pub(crate) fn flow(&self) -> Flow {
        if !self.is_paused() {
            Flow::Runs
        } else if self.is_held() {
            Flow::Held
        } else {
            Flow::Skips
        }
    }

    fn is_held(&self) -> bool {
        // Acquire: pairs with the release in `drop`; what was done while it was held is done.
        self.holds.load(Acquire) > 0
    }

    pub(crate) fn pause(&self) -> Result<(), Refused> {
        // Relaxed: as in `was_ever_paused`. First, so that others read the time under the lock
        // from here on.
        self.ever_paused.store(true, Relaxed);
        let mut state = self.state();
        if state.running_since.is_none() {
            return Err(Refused::Paused);
        }
        state.shown = whole_millisecond(self.made, state.now());
        state.running_since = None;
        drop(state);
        // SeqCst: the flag is set before a driver that is notified here looks for holds. Whoever
        // gives up a hold takes it off first, and then looks at the flag. One of the two sees
        // the other.
        fence(SeqCst);
        self.tell_watchers();
        Ok(())
    }

    pub(crate) fn resume(&self) -> Result<(), Refused> {
        let mut state = self.state();
        if state.running_since.is_some() {
            return Err(Refused::Running);
        }
        state.running_since = Some(Instant::now());
        drop(state);
        self.tell_watchers();
        Ok(())
    }

    /// Moves a paused clock on.
    ///
    /// # Panics
    ///
    /// If there is no such time.
    #[track_caller]
    pub(crate) fn advance(&self, by: Duration) -> Result<(), Refused> {
        let mut state = self.state();
        if state.running_since.is_some() {
            return Err(Refused::Running);
        }
        let Some(then) = state.shown.checked_add(by) else {
            drop(state);
            panic!("cannot advance the clock by {by:?}: overflow when adding duration to instant");
        };
        state.shown = then;
        drop(state);
        self.tell_watchers();
        Ok(())
    }

    /// Moves the clock on to `then`, as there is nothing to do before. Not if it was set
    /// going meanwhile, or held.
    pub(crate) fn skip_to(&self, then: Instant) {
        let mut state = self.state();
        if state.running_since.is_none() && !self.is_held() {
            state.shown = state.shown.max(then);
        }
    }

    /// Calls `watcher` from now on, for as long as it exists.
    pub(crate) fn watch(&self, watcher: Weak<dyn Watcher>) {
        let mut watchers = self.watchers();
        watchers.retain(|watcher| watcher.strong_count() > 0);
        watchers.push(watcher);
    }

    fn watchers(&self) -> MutexGuard<'_, Vec<Weak<dyn Watcher>>> {
        self.watchers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell_watchers(&self) {
        let watchers: Vec<_> = self.watchers().iter().filter_map(Weak::upgrade).collect();
        watchers.iter().for_each(|watcher| watcher.clock_changed());
    }
}

/// The first instant not before `now` that is whole milliseconds after `made`.
fn whole_millisecond(made: Instant, now: Instant) -> Instant {
    let part = now.saturating_duration_since(made).subsec_nanos() % 1_000_000;
    let rest = if part == 0 { 0 } else { 1_000_000 - part };
    super::after(now, Duration::from_nanos(rest.into()))
}

impl Holding {
    pub(crate) fn new(clock: Arc<Pausable>) -> Holding {
        // Relaxed: whoever holds the clock does so before what must be waited for begins.
        clock.holds.fetch_add(1, Relaxed);
        Holding { clock }
    }
}

impl Drop for Holding {
    fn drop(&mut self) {
        // Release: pairs with the Acquire in `is_held`.
        let before = self.clock.holds.fetch_sub(1, Release);
        if before == 1 {
            // SeqCst: see `pause`.
            fence(SeqCst);
            if self.clock.was_ever_paused() {
                // A driver that slept for want of a flow of time looks again.
                self.clock.tell_watchers();
            }
        }
    }
}

impl fmt::Debug for Pausable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pausable").field("flow", &self.flow()).finish_non_exhaustive()
    }
}
