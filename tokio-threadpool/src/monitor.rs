//! The stall monitor: a sleeper that looks after the workers that are awake.
//!
//! A task may keep its worker for long. What is queued behind it, and the I/O that its
//! worker would have driven, must not wait for that. So one sleeper, while any worker is
//! awake, sleeps for [`PERIOD`] at a time and looks whether the others make progress. An
//! idle pool has no monitor and does not wake up at all. (Go's `sysmon` thread has the
//! same task; here it is whoever sleeps anyway.)
//!
//! Called by `sleep`, which runs the monitor, and by `worker`, which makes sure that there
//! is one.
//!
//! Always true: while a worker is awake and another one sleeps, a sleeper has the duty, or
//! is about to take it, or was woken to do so. In steps, with the `awake` count of `Idle`:
//!
//! 1. A worker that finds work after a sleep, or for the first time, is counted as awake. Then
//!    comes a fence, then it reads `held` (`Duty::is_surely_held`), and wakes a sleeper if that
//!    is false.
//! 2. A monitor that ends its duty stores `held = false`. Then comes a fence, then it reads
//!    the `awake` count (`Duty::release`, `Monitor::is_needed`), and takes the duty again
//!    unless the count is zero.
//! 3. Of two fences one comes first. If it is the worker's, the monitor reads a count that
//!    has the worker in it, and stays. If it is the monitor's, the worker reads `false`, and
//!    wakes a sleeper. `models` has this as a model.
//!
//! Why not read `held` in this way at each task? A worker that stays awake was seen by the
//! monitor when it woke up; later looks only repair what a monitor that left for work of
//! its own left behind, and that one makes step 1 itself.

use crate::shared::Shared;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::Arc;
use std::time::Duration;

/// How long a task may keep its worker before the monitor steps in.
pub(crate) const PERIOD: Duration = Duration::from_millis(10);

/// Polls that a worker with a queue gets done in a [`PERIOD`], or else others help it.
const POLLS_PER_PERIOD: u64 = 61;

/// A worker's progress, as seen at one look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Progress {
    polls: u64,
    has_queued: bool,
}

/// A sleeper's part in the monitoring.
///
/// # Dropping
///
/// Ends the duty, if this sleeper has it.
pub(crate) struct Monitor<'a> {
    shared: &'a Arc<Shared>,
    worker: usize,
    on_duty: bool,
    /// Somebody polled between the last two looks. A pool that is busy on and off, as
    /// with one request after the other, keeps its monitor: calling it anew costs a
    /// wake-up each time.
    active: bool,
    /// Each worker at the last look.
    seen: Vec<Progress>,
}

impl<'a> Monitor<'a> {
    pub(crate) fn new(shared: &'a Arc<Shared>, worker: usize) -> Monitor<'a> {
        Monitor { shared, worker, on_duty: false, active: false, seen: Vec::new() }
    }

    /// Whether this sleeper has to monitor the others for the next while.
    pub(crate) fn is_needed(&mut self) -> bool {
        let busy = self.shared.idle.awake() > 0;
        if self.on_duty {
            if !busy && !self.active {
                self.stand_down();
                // Somebody may have woken up before the duty was free again, and found
                // it taken.
                return self.shared.idle.awake() > 0 && self.take_duty();
            }
            return true;
        }
        busy && self.take_duty()
    }

    fn take_duty(&mut self) -> bool {
        self.on_duty = self.shared.monitor.take();
        if self.on_duty {
            self.seen = self.look();
            self.active = true;
        }
        self.on_duty
    }

    fn stand_down(&mut self) {
        if self.on_duty {
            self.on_duty = false;
            self.shared.monitor.release();
        }
    }

    fn look(&self) -> Vec<Progress> {
        let progress = |state: &crate::shared::WorkerState| Progress {
            // Relaxed: compared over time only.
            polls: state.stats.polls.load(Relaxed),
            has_queued: !state.remote.is_empty(),
        };
        self.shared.workers.iter().map(|state| progress(state)).collect()
    }

    /// Whether tasks wait behind a worker that has been in one poll since the last look,
    /// or that gets on slowly.
    pub(crate) fn sees_trouble(&mut self) -> bool {
        let now = self.look();
        let stalled = |(i, (before, now)): (usize, (&Progress, &Progress))| {
            let polls = now.polls.wrapping_sub(before.polls);
            i != self.worker
                && now.has_queued
                && (polls == 0 || before.has_queued && polls < POLLS_PER_PERIOD)
        };
        let trouble = self.seen.iter().zip(&now).enumerate().any(stalled);
        self.active = now.iter().zip(&self.seen).any(|(now, before)| now.polls != before.polls);
        self.seen = now;
        trouble || !self.shared.injector.is_empty()
    }
}

impl Drop for Monitor<'_> {
    fn drop(&mut self) {
        self.stand_down();
    }
}
