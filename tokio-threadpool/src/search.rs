//! Where a worker looks for tasks beyond its own queue.
//!
//! Called by `worker` before it sleeps. First what came from outside the pool, then what other
//! workers have queued, of which it takes a half. And called between polls, for what is queued
//! behind a worker that is stuck.
//!
//! Always true: what is queued is found, unless its own worker gets it done meanwhile. A worker
//! that leaves another one's queue alone searches on, for [`PATIENCE`] at most, and then takes
//! from it.
//!
//! Why does it ever leave a queue alone? Tasks that wake each other have short polls. The worker
//! that runs them all has their data in its cache; shared out, each of their steps moves cache
//! lines to and fro, and costs both workers more than one of them needs alone. Such tasks are told
//! by the time that their worker would need for what it has queued: if that is less than a theft
//! takes, the thief is late anyway.

use crate::monitor::PERIOD;
use crate::queue;
use crate::shared::{Shared, WorkerState};
use crate::worker::{Core, BACKLOG};
use std::cell::Cell;
use std::hint;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_executor::task::Runnable;

/// A worker that gets its queue done in this time keeps it, and wakes nobody for it. About what it
/// costs to move a few tasks to another processor.
pub(crate) const SOON: Duration = Duration::from_micros(2);

/// Between two looks at a queue that is left alone.
const PAUSE: Duration = Duration::from_micros(1);

/// How long a queue is left alone that is never found empty.
const PATIENCE: Duration = Duration::from_micros(30);

/// A worker that is in one poll for so long, or off its processor, has its queue taken by those
/// that are busy, too. Many polls, and less than the kernel lets a thread run on.
const STUCK: Duration = Duration::from_micros(200);

/// What a worker has of its searches.
pub(crate) struct Search {
    /// Where the next theft starts.
    start: Cell<usize>,
    /// How far each worker was when this one last found tasks in its queue.
    seen: Box<[Cell<Option<Seen>>]>,
}

#[derive(Clone, Copy)]
struct Seen {
    polls: u64,
    at: Instant,
}

impl Search {
    /// Has the worker `index` of so many `workers` start with its neighbour.
    pub(crate) fn new(index: usize, workers: usize) -> Search {
        let seen = (0..workers).map(|_| Cell::new(None)).collect();
        Search { start: Cell::new(index + 1), seen }
    }

    /// Whether `worker` will be through with its queue before a thief could be of use, or is
    /// through.
    fn leaves(&self, worker: usize, state: &WorkerState) -> bool {
        let now = Instant::now();
        // Relaxed: compared over time only.
        let polls = state.stats.polls.load(Relaxed);
        let queued = state.remote.len();
        let Some(seen) = self.seen[worker].replace(Some(Seen { polls, at: now })) else {
            return queued == 0;
        };
        let spent = now.saturating_duration_since(seen.at);
        is_soon_done(queued, polls.wrapping_sub(seen.polls), spent)
    }
}

/// Whether a worker that polled `polls` times in the time `spent`, its sleep included, will be
/// through with the `queued` tasks in the time [`SOON`].
fn is_soon_done(queued: usize, polls: u64, spent: Duration) -> bool {
    let would_take = spent.as_nanos().saturating_mul(queued as u128);
    would_take == 0 || would_take <= SOON.as_nanos() * u128::from(polls)
}

impl Core {
    /// Looks for a task beyond this worker's own queue.
    #[cold]
    pub(crate) fn find(&self, shared: &Arc<Shared>) -> Option<Runnable> {
        self.record_if_asked();
        if let Some(task) = self.take_injected(shared) {
            return Some(task);
        }
        if !self.searching.get() && !shared.idle.search() {
            return None;
        }
        self.searching.set(true);
        let start = Instant::now();
        let mut waited = Duration::ZERO;
        loop {
            let left_alone = match self.steal(shared, waited) {
                Ok(task) => return Some(task),
                Err(left_alone) => left_alone,
            };
            if let Some(task) = self.take_injected(shared) {
                return Some(task);
            }
            if !left_alone || shared.phase.is_stopped() {
                return None;
            }
            let until = waited + PAUSE;
            while waited < until {
                hint::spin_loop();
                waited = start.elapsed();
            }
        }
    }

    /// Takes tasks from another worker's queue, and returns one of them; else says whether it
    /// left some alone, which depends on how long it has `waited` for them.
    fn steal(&self, shared: &Shared, waited: Duration) -> Result<Runnable, bool> {
        let workers = &shared.workers;
        let start = self.search.start.get();
        self.search.start.set(start.wrapping_add(1));
        let mut left_alone = false;
        for i in 0..workers.len() {
            let victim = (start + i) % workers.len();
            let state = &workers[victim];
            if victim == self.index || state.remote.is_empty() {
                continue;
            }
            if waited < PATIENCE && self.search.leaves(victim, state) {
                left_alone = true;
                continue;
            }
            if let Some(task) = state.remote.steal(&self.queue) {
                workers[self.index].stats.stole(self.queue.len() + 1);
                return Ok(task);
            }
        }
        Err(left_alone)
    }

    /// Takes half of the queue of another worker, another one at each call, if that has begun no
    /// poll for as long as [`STUCK`], or as [`PERIOD`] if many are queued here. `now` may be a
    /// little before the call.
    pub(crate) fn relieve(&self, shared: &Shared, now: Instant) {
        let workers = &shared.workers;
        let start = self.search.start.get();
        self.search.start.set(start.wrapping_add(1));
        let victim = start % workers.len();
        let state = &workers[victim];
        // Relaxed: compared over time only.
        let polls = state.stats.polls.load(Relaxed);
        let seen = &self.search.seen[victim];
        let Some(since) = seen.get().filter(|seen| seen.polls == polls).map(|seen| seen.at) else {
            return seen.set(Some(Seen { polls, at: now }));
        };
        // Behind many others they would wait longer than for their own worker to come back.
        let patience = if self.queue.len() > BACKLOG { PERIOD } else { STUCK };
        let is_stuck = now.saturating_duration_since(since) >= patience;
        if victim == self.index || !is_stuck || state.remote.is_empty() {
            return;
        }
        let before = self.queue.len();
        if let Some(task) = state.remote.steal(&self.queue) {
            // Thieves may have been here meanwhile, as in `take_injected`.
            let taken = self.queue.len().saturating_sub(before) + 1;
            workers[self.index].stats.stole(taken);
            self.queue.push(task);
        }
    }

    /// Takes tasks that came from outside the workers, and returns one of them.
    pub(crate) fn take_injected(&self, shared: &Shared) -> Option<Runnable> {
        let before = self.queue.len();
        let task = queue::take_injected(&shared.injector, &self.queue)?;
        // Thieves may have been there meanwhile: a statistic, then, that is a little off.
        let taken = self.queue.len().saturating_sub(before) + 1;
        shared.workers[self.index].stats.took_injected(taken);
        Some(task)
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::builder::Builder;
    use futures::future;
    use tokio_executor::task::NewTask;

    /// The queue of a busy server got tasks of another worker that was off its processor for a
    /// moment only; behind hundreds of its own they waited longer than for that one.
    #[test]
    fn a_worker_with_a_long_queue_takes_from_a_stuck_one_later() {
        let pool = Builder::new().pool_size(2).build();
        let shared = pool.sender().shared();
        let core = |worker: usize| shared.workers[worker].parked_core.lock().unwrap().take();
        let (stuck, busy) = (core(1).unwrap(), core(0).unwrap());
        let queue = |core: &Core, tasks: usize| {
            for _ in 0..tasks {
                shared.workers[core.index].counters.spawned_here();
                core.queue.push(shared.bind(NewTask::new(future::ok(()))));
            }
        };
        let start = Instant::now();
        let taken_until = |passed: Duration| {
            let before = busy.queue.len();
            // One of its looks is at the other one.
            (0..2).for_each(|_| busy.relieve(shared, start + passed));
            busy.queue.len() - before
        };
        let just_before = |time: Duration| time - Duration::from_nanos(1);
        queue(&stuck, 4);
        queue(&busy, BACKLOG - 2);
        assert_eq!(taken_until(Duration::ZERO), 0);
        assert_eq!(taken_until(just_before(STUCK)), 0);
        assert_eq!(taken_until(STUCK), 2, "half of them");
        queue(&busy, 1);
        assert_eq!(taken_until(just_before(PERIOD)), 0, "there are too many");
        assert_eq!(taken_until(PERIOD), 1);
    }

    #[test]
    fn a_short_queue_is_left_to_a_worker_with_short_polls_only() {
        let (short, long) = (Duration::from_micros(10), Duration::from_millis(10));
        // A tenth of a microsecond each.
        assert!(is_soon_done(7, 100, short));
        assert!(!is_soon_done(50, 100, short), "more than a thief would be late for");
        assert!(!is_soon_done(7, 100, long), "longer polls");
        assert!(!is_soon_done(1, 0, short), "stuck in one poll");
        assert!(is_soon_done(0, 0, long), "nothing to take");
        assert!(!is_soon_done(usize::MAX, u64::MAX, Duration::MAX), "without overflow");
    }
}
