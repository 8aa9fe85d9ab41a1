//! How a worker sleeps, and who drives meanwhile.
//!
//! A worker that found no task lists itself as idle and parks. The parkers of a runtime
//! share one driver: the first to come sleeps in it, for I/O and timers, the others sleep
//! aside. Called by `worker`; calls `idle`, `monitor` and the parker.
//!
//! Always true: if a worker sleeps, I/O and timers do not wait for a poll that is longer
//! than the monitor's period. In steps:
//!
//! 1. A worker that goes to sleep takes the driver, if it is free. Step 2 is the exception.
//! 2. A worker that ran no task since its last sleep, and has the monitor's duty, sleeps aside
//!    at first. The worker that it monitors will be back at the driver sooner than the two could
//!    hand it over twice.
//! 3. The monitor takes the driver as soon as it finds, at one of its looks, that nobody is
//!    in it and that it was rarely turned since the last look. It keeps the driver while it
//!    sleeps on, and comes back to it by step 1 after it has run tasks. So once a task holds up
//!    one worker, another one waits in the driver.
//! 4. A worker that was away from the driver for long (`SLOW`), and now leaves it for a
//!    task, first hands it to a sleeper: it may be away for long again.
//!
//! Why is a sleeper not always in the driver? With one request after the other, each event
//! would cost a wake-up more, for a worker that finds nothing to do.

use crate::monitor::{Monitor, PERIOD};
use crate::shared::{Shared, WorkerState};
use crate::worker::{self, Core, SLOW};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_executor::internals::inspect::is_on;

/// What a worker does after it slept.
pub(crate) enum Awoken {
    /// Look for tasks.
    Again,
    /// Nothing came for as long as `keep_alive`: give up the thread.
    Retire,
}

impl Core {
    pub(crate) fn sleep(&self, shared: &Arc<Shared>, state: &WorkerState) -> Awoken {
        let worked = !self.just_unparked.replace(true);
        self.unwatched.set(true);
        state.stats.looked_without_task();
        if !worked {
            state.stats.woke_for_nothing();
        }
        // The last to search looks once more, for what came while it searched; so does
        // everyone else, being about to lose far more time in the kernel.
        shared.idle.sleep(self.index, self.searching.replace(false));
        // A stop that came before this worker was listed did not wake it.
        if shared.has_queued() || shared.phase.is_stopped() {
            self.leave_idle(shared);
            return Awoken::Again;
        }
        shared.stop_if_idle();
        let then = Instant::now();
        let busy = then.saturating_duration_since(self.awake_since.get());
        state.stats.parks_after(busy);
        self.count_yields();
        let awoken = self.park(shared, worked, busy > SLOW);
        if state.stats.poll_times.scale.every_poll || is_on() {
            self.measure_next();
        }
        state.stats.unparks();
        let now = Instant::now();
        self.slept(then, now);
        self.begin_backlog(shared, || now);
        awoken
    }

    fn park(&self, shared: &Arc<Shared>, worked: bool, was_long: bool) -> Awoken {
        let state = &shared.workers[self.index];
        let mut monitor = Monitor::new(shared, self.index);
        let keep_alive = shared.config.keep_alive;
        let mut idle = keep_alive.map(Idleness::starting_now);
        let mut drives = worked;
        loop {
            let on_duty = monitor.is_needed();
            let wanted = shared.driver_call.answer();
            if on_duty && !drives && !wanted {
                drives = self.lend_park(|park| park.park_aside(PERIOD)).unwrap_or(false);
            } else {
                let left = idle.as_ref().map(Idleness::left);
                let timeout = if on_duty { Some(PERIOD) } else { left };
                drives = self.lend_park(|park| park.park(timeout)).unwrap_or(true);
            }
            self.hands_over.set(drives && was_long);
            if !self.queue.is_empty() || !state.remote.lifo.is_empty() {
                self.leave_idle(shared);
                return Awoken::Again;
            }
            if !shared.idle.is_asleep(self.index) {
                self.searching.set(true);
                return Awoken::Again;
            }
            if shared.phase.is_stopped() || on_duty && monitor.sees_trouble() {
                self.leave_idle(shared);
                return Awoken::Again;
            }
            if on_duty {
                idle = keep_alive.map(Idleness::starting_now);
            } else if idle.as_ref().is_some_and(|idle| idle.left().is_zero()) {
                if shared.may_retire() {
                    return Awoken::Retire;
                }
                idle = keep_alive.map(Idleness::starting_now);
            }
        }
    }

    /// Leaves the sleepers.
    fn leave_idle(&self, shared: &Arc<Shared>) {
        // If somebody woke this worker meanwhile, it counts as searching.
        self.searching.set(!shared.idle.remove(self.index));
    }
}

/// For how long a sleeper has had nothing to do. A park may end before its time, for an
/// event that makes no task runnable.
struct Idleness {
    since: Instant,
    keep_alive: Duration,
}

impl Idleness {
    fn starting_now(keep_alive: Duration) -> Idleness {
        Idleness { since: Instant::now(), keep_alive }
    }

    /// How long until the thread may end.
    fn left(&self) -> Duration {
        self.keep_alive.saturating_sub(self.since.elapsed())
    }
}

/// Leaves this thread's core parked in its `WorkerState`; false if it was woken at the last moment.
pub(crate) fn retire(shared: &Arc<Shared>) -> bool {
    let Some(core) = worker::detach() else { unreachable!("a sleeper has its core") };
    core.lend_park(|park| park.retire());
    let index = core.index;
    let mut parked = shared.workers[index].parked_core.lock().unwrap_or_else(|e| e.into_inner());
    if shared.idle.move_to_bottom(index) {
        *parked = Some(core);
        drop(parked);
        shared.hand_over_driver();
        // Whoever called a monitor just before may have called this worker.
        if shared.idle.awake() > 0 && !shared.monitor.is_surely_held() {
            shared.call_monitor();
        }
        return true;
    }
    drop(parked);
    shared.stays();
    core.searching.set(true);
    worker::attach(core);
    false
}
