//! What a runtime gives to the threads that belong to it.
//!
//! Put in place by [`Context::enter`], on top of what was there before, and taken away by its
//! guard. The async/await interface keeps one beside its own handle, so that a thread can
//! belong to a runtime without running its tasks.
//!
//! Called by the runtimes around each of their threads.

use crate::clock::{self, Clock};
use crate::timer::driver as timer;
use std::fmt;
use tokio_reactor::Handle;

/// The reactor, timers and clock of a runtime.
#[derive(Clone)]
pub struct Context {
    pub(super) reactor: Handle,
    pub(super) timers: timer::Handle,
    pub(super) clock: Clock,
}

/// The thread has what a runtime gives it, until this is dropped.
///
/// # Dropping
///
/// The thread has what it had before.
#[must_use = "a guard that is dropped leaves the runtime"]
pub struct ContextGuard {
    _reactor: tokio_reactor::DefaultGuard,
    _timers: timer::DefaultGuard,
    _clock: clock::DefaultGuard,
}

impl Context {
    /// Returns a context of these three.
    pub fn new(reactor: Handle, timers: timer::Handle, clock: Clock) -> Context {
        Context { reactor, timers, clock }
    }

    /// Makes all of it the thread's default until the guard is dropped.
    pub fn enter(&self) -> ContextGuard {
        self.enter_with(true, true)
    }

    /// Works like [`enter`](Context::enter), without a reactor or without timers.
    pub fn enter_with(&self, io: bool, time: bool) -> ContextGuard {
        ContextGuard {
            _reactor: tokio_reactor::internals::replace_default(io.then_some(&self.reactor)),
            _timers: timer::replace_default(time.then_some(&self.timers)),
            _clock: clock::replace_default(Some(&self.clock)),
        }
    }

    /// Returns the runtime's reactor.
    pub fn reactor(&self) -> &Handle {
        &self.reactor
    }

    /// Returns the clock.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context").field("clock", &self.clock).finish_non_exhaustive()
    }
}

impl fmt::Debug for ContextGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ContextGuard").finish_non_exhaustive()
    }
}
