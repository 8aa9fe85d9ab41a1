//! The two words by which sleepers share out what has to be done while others work: one of them
//! monitors the workers, and one may be called to drive.
//!
//! `monitor` and `worker` use [`Duty`], and its protocol is in the header of `monitor`; `sleep`
//! and whoever leaves the driver use [`DriverCall`].

use std::sync::atomic::Ordering::{Relaxed, SeqCst};
use tokio_executor::internals::sys::{fence, AtomicBool};

/// Whether a sleeper monitors the workers that are awake.
#[derive(Debug)]
pub(crate) struct Duty {
    held: AtomicBool,
}

impl Duty {
    pub(crate) fn new() -> Duty {
        Duty { held: AtomicBool::new(false) }
    }

    /// A hint, for a worker that was awake before.
    #[inline]
    pub(crate) fn is_held(&self) -> bool {
        // Relaxed: see the head of `monitor`.
        self.held.load(Relaxed)
    }

    /// For a worker that has just been counted as awake: if true, the monitor sees that.
    pub(crate) fn is_surely_held(&self) -> bool {
        // SeqCst: the count, then `held`; `release` does it the other way round.
        fence(SeqCst);
        // Relaxed: ordered by the fence.
        self.held.load(Relaxed)
    }

    /// Takes the duty, if nobody has it.
    pub(crate) fn take(&self) -> bool {
        // Relaxed: picks one of several; what the monitor looks at is atomic by itself.
        !self.held.load(Relaxed) && !self.held.swap(true, Relaxed)
    }

    /// Gives the duty up. The caller reads the `awake` count next, or is awake itself.
    pub(crate) fn release(&self) {
        // Relaxed: ordered by the fence.
        self.held.store(false, Relaxed);
        // SeqCst: `held`, then the count; see `is_surely_held`.
        fence(SeqCst);
    }
}

/// Asks for a sleeper to drive.
#[derive(Debug)]
pub(crate) struct DriverCall {
    wanted: AtomicBool,
}

impl DriverCall {
    pub(crate) fn new() -> DriverCall {
        DriverCall { wanted: AtomicBool::new(false) }
    }

    /// Has the next worker that is about to sleep drive. The caller unparks one.
    pub(crate) fn call(&self) {
        // Relaxed: the unpark that follows carries it along.
        self.wanted.store(true, Relaxed);
    }

    /// Whether a worker that is about to sleep has been called. If two are at once, both
    /// may get that answer: one of them finds the driver taken.
    pub(crate) fn answer(&self) -> bool {
        // Relaxed: see `call`.
        let wanted = self.wanted.load(Relaxed);
        if wanted {
            self.wanted.store(false, Relaxed);
        }
        wanted
    }
}
