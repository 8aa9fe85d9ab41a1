//! When a worker looks beyond the task that comes next: at the clock, for what has to wait here,
//! and at what is outside.
//!
//! Called by the loop of `worker`, before the poll that [`Core::check`] chose last; calls the
//! parker, `search` and `idle`.
//!
//! Always true: the next look is at a later poll than the one that chooses it.
//!
//! Why are polls counted, and not timed? A look at the clock takes as long as a short poll.

use super::{Core, BACKLOG, POLLS_PER_LOOK, SLOW, TIME_PER_LOOK};
use crate::search::SOON;
use crate::shared::Shared;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_executor::task::Runnable;

/// How often a poll is measured that nobody asks for: the clock takes as long as a short poll.
const LOOKS_PER_MEASURED_POLL: u64 = 4;

/// Tasks in a worker's queue, and how long they have waited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Backlog {
    since: Instant,
    /// The poll before that.
    start: u64,
    /// They have all had their turn when so many polls were of queued tasks.
    until: u64,
}

impl Backlog {
    /// What was there, or if all of that has had its turn, what is there `now`: that came later.
    fn or_later(self, now: Backlog, queued_polls: u64) -> Backlog {
        match queued_polls > self.until {
            true => now,
            false => self,
        }
    }
}

impl Core {
    /// A turn of the driver queued tasks here. Whoever wakes them leaves the others asleep;
    /// so help is called once for all.
    pub(crate) fn begin_backlog(&self, shared: &Shared, now: impl FnOnce() -> Instant) {
        match self.queue.len() {
            0 | 1 => {}
            n if n > BACKLOG => self.notify_idle_worker(shared),
            _ => self.watch_backlog(now),
        }
    }

    /// Looks soon whether what is queued has to wait, unless it does so already: what is there
    /// waits no longer for what comes after it.
    pub(super) fn watch_backlog(&self, now: impl FnOnce() -> Instant) {
        if self.backlog.get().is_some() {
            return;
        }
        let start = self.polls.get();
        self.backlog.set(Some(self.backlog_at(now(), start)));
        self.next_check.set(self.next_look.get().min(start + 2));
    }

    fn backlog_at(&self, since: Instant, start: u64) -> Backlog {
        Backlog { since, start, until: self.queued_polls() + self.queue.len() as u64 }
    }

    /// Polls of tasks from the front of its queue, and looks that found none.
    fn queued_polls(&self) -> u64 {
        self.polls.get() - self.past_queue.get()
    }

    /// Every few dozen polls, and more often while there is a backlog.
    #[cold]
    pub(super) fn check(&self, shared: &Arc<Shared>, polls: u64) -> Option<Runnable> {
        self.record_if_asked();
        let mut next = u64::MAX;
        if let Some(backlog) = self.backlog.take().filter(|_| !self.queue.is_empty()) {
            let now = Instant::now();
            let left = backlog.or_later(self.backlog_at(now, polls), self.queued_polls());
            if now.saturating_duration_since(left.since) > SLOW {
                self.notify_idle_worker(shared);
            } else {
                // After 1, 2, 4 .. polls, so that the clock is read a few times only.
                next = polls + (polls - left.start).max(1);
                self.backlog.set(Some(left));
            }
        }
        let looks = polls >= self.next_look.get();
        if looks {
            let to_look = self.polls_to_look(polls, Instant::now());
            self.next_look.set(polls + to_look);
            if self.next_measured.get() < polls {
                self.next_measured.set(polls + LOOKS_PER_MEASURED_POLL * to_look);
            }
        }
        self.next_check.set(next.min(self.next_look.get()));
        if looks {
            self.poll_driver_and_injector(shared)
        } else {
            None
        }
    }

    /// Polls until the next look, as long as those since the last one were.
    fn polls_to_look(&self, polls: u64, now: Instant) -> u64 {
        let (then, before) = self.last_look.replace((now, polls));
        let ns = |time: Duration| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        let spent = ns(now.saturating_duration_since(then)).max(1);
        let polls_in = |time: Duration| (polls - before).saturating_mul(ns(time)) / spent;
        self.polls_soon.set(polls_in(SOON).min(BACKLOG as u64) as usize);
        // Two at least: what is taken from outside runs before our own.
        polls_in(TIME_PER_LOOK).clamp(2, POLLS_PER_LOOK)
    }

    /// It slept from `then` to `now`, after a look that found nothing.
    pub(crate) fn slept(&self, then: Instant, now: Instant) {
        self.awake_since.set(now);
        // What was queued is done.
        self.backlog.set(None);
        let (looked, polls) = self.last_look.get();
        let slept = now.saturating_duration_since(then);
        self.last_look.set((looked + slept, self.polls.get().min(polls + 1)));
    }

    /// Has the driver polled after `polls` more: some task yields.
    pub(super) fn look_after(&self, polls: usize) {
        let look = self.polls.get() + (polls as u64).max(1);
        if look < self.next_look.get() {
            self.next_look.set(look);
            self.next_check.set(self.next_check.get().min(look));
        }
    }

    /// Every few dozen polls: I/O and timers, what is queued behind a worker that is stuck, and a
    /// task from outside before our own.
    fn poll_driver_and_injector(&self, shared: &Arc<Shared>) -> Option<Runnable> {
        let before = self.queue.len();
        self.lend_park(|park| park.turn());
        self.relieve(shared, self.last_look.get().0);
        if self.queue.len() > before.max(1) {
            self.begin_backlog(shared, Instant::now);
        }
        self.count_yields();
        let task = self.take_injected(shared)?;
        self.found(shared, task)
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::park::WorkerPark;
    use crate::queue::Local;
    use tokio_executor::park::Unpark;

    struct NoPark;

    impl WorkerPark for NoPark {
        fn park(&mut self, _: Option<Duration>) -> bool {
            false
        }

        fn park_aside(&mut self, _: Duration) -> bool {
            false
        }

        fn turn(&mut self) {}

        fn unpark(&self) -> Box<dyn Unpark> {
            unreachable!("nobody wakes it")
        }
    }

    /// The polls before a sleep counted, and their time did not: a worker with long polls left
    /// its tasks to itself.
    #[test]
    fn polls_between_sleeps_are_as_long_as_they_are() {
        let core = Core::new(0, 1, Local::new_fifo(), Box::new(NoPark), true);
        let poll = || core.polls.set(core.polls.get() + 1);
        let mut now = core.last_look.get().0;
        for _ in 0..POLLS_PER_LOOK {
            poll();
            now += Duration::from_micros(200);
            // Finds nothing.
            poll();
            core.slept(now, now);
        }
        poll();
        assert_eq!(core.polls_to_look(core.polls.get(), now), 2);
        assert_eq!(core.polls_soon.get(), 0);
        // And as short as they are, however long it slept.
        for _ in 0..1000 {
            poll();
            now += Duration::from_nanos(100);
        }
        let wakes = now + Duration::from_secs(1);
        core.slept(now, wakes);
        poll();
        assert_eq!(core.polls_to_look(core.polls.get(), wakes), POLLS_PER_LOOK);
        assert_eq!(core.polls_soon.get(), 20);
    }

    /// A worker that always had something queued called for help, however short the waits were.
    #[test]
    fn a_backlog_ends_with_the_turn_of_its_last_task() {
        let since = Instant::now();
        let backlog = Backlog { since, start: 10, until: 15 };
        let now = Backlog { since: since + SLOW, start: 20, until: 25 };
        assert_eq!(backlog.or_later(now, 15), backlog, "the last one comes next");
        assert_eq!(backlog.or_later(now, 16), now);
    }

    /// Its watch went on in its sleep: a sleeper was woken for the first task afterwards.
    #[test]
    fn a_backlog_ends_with_a_sleep() {
        let core = Core::new(0, 1, Local::new_fifo(), Box::new(NoPark), true);
        let now = Instant::now();
        core.watch_backlog(|| now);
        // Not begun anew by what comes later.
        core.watch_backlog(|| now + SLOW);
        assert_eq!(core.backlog.get(), Some(Backlog { since: now, start: 0, until: 0 }));
        core.slept(now, now);
        assert_eq!(core.backlog.get(), None);
    }
}
