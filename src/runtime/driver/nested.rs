//! How a worker sleeps in a runtime of several reactors.
//!
//! The first reactor is driven as the only one would be, with all timers (`super`), and all that
//! the pool knows of drivers is about that one. The others are nested in it (`nested` in
//! `tokio-reactor`), and each belongs to the workers whose index has its number as the remainder.
//! A worker that finds the first one taken sleeps in its own, and a busy one looks into its own
//! between polls; for the rest of the time the first reactor watches it.
//!
//! Called by the pool, as the parker of each worker.
//!
//! Always true: no reactor's events wait for a worker that is asleep or stuck, for longer than they
//! would with one reactor. In steps:
//!
//! 1. A worker that goes to sleep takes the first reactor if that is free, or else its own. It
//!    leaves no reactor of its own unwatched when it sleeps elsewhere, or gives up its thread.
//! 2. So while all sleep, each reactor is either slept in or watched by the first one, in which
//!    somebody sleeps.
//! 3. A worker that leaves its reactor to run tasks comes back soon, most often. If it was away for
//!    long the last time (`SLOW`), the reactor is watched until it comes back more often.
//! 4. If it stays away for the first time, others find that its reactor was not turned between
//!    two looks, and have it watched: busy workers, which look once in a while (`UNATTENDED`),
//!    and the monitor after each of its sleeps.
//! 5. A busy worker turns the first reactor if nobody has since its last look.
//!
//! Steps 3 and 4 are what `sleep` in `tokio-threadpool` does for the first one.
//!
//! Why does a worker not prefer its own reactor to the first? While few are asleep, or few have
//! been started, somebody has to be in the first one, for the timers and for all that it watches.

use super::{report, Driver, Lent, OFTEN};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_executor::park::{Park, Unpark};
use tokio_reactor::internals::{NestedReactor, Visit};
use tokio_reactor::Handle;
use tokio_threadpool::internals::{OneOf, Sleeper, WorkerPark};

/// A worker that was away from its reactor for longer may be so again.
const SLOW: Duration = Duration::from_micros(500);

/// A reactor that was not turned for this long, and in which nobody sleeps, has no worker that
/// attends to it: who does looks every 50 us, or after two polls.
const UNATTENDED: Duration = Duration::from_millis(1);

impl Lent<'_> {
    /// As `sleep`, for all reactors.
    fn sleep_in_all(&mut self, timeout: Option<Duration>) {
        let driver = self.driver;
        let park = |wait| {
            self.turn(wait);
            // An event of a nested reactor is one of the first as well.
            let found = self.reactor.as_ref().is_some_and(|r| r.has_found_something());
            self.turn_nested();
            Ok::<_, Infallible>(found)
        };
        let Ok(()) = driver.timers.sleep(timeout, || driver.clock.now(), park);
    }

    /// As `poll`, for all reactors.
    fn poll_all(&mut self) {
        self.turn(Some(Duration::ZERO));
        self.turn_nested();
        self.driver.expire();
    }

    /// Turns the nested reactors that the first one has found to have events.
    fn turn_nested(&mut self) {
        let Some(reactor) = &mut self.reactor else { return };
        while let Some(number) = reactor.next_nested() {
            if let Some(nested) = self.driver.nested.get(number) {
                look(nested, Visit::OnBehalf);
            }
        }
    }
}

/// Turns a nested reactor without sleeping, unless somebody has it.
fn look(nested: &NestedReactor, visit: Visit) {
    if let Some(mut taken) = nested.take(visit) {
        if let Err(error) = taken.turn(Some(Duration::ZERO)) {
            report(&error);
        }
    }
}

/// One worker's place to sleep.
pub(in crate::runtime) struct NestedPark {
    driver: Arc<Driver>,
    worker: Worker,
}

/// What a worker has found out.
struct Worker {
    sleeper: Arc<Sleeper<OneOf<Handle>>>,
    /// Its own reactor, among the nested ones; the first, if `None`.
    own: Option<usize>,
    /// When it was in its own reactor last.
    attended_at: Instant,
    /// The turns of the first reactor, and of the nested ones, at its last looks.
    first_turns: u64,
    nested_turns: Box<[u64]>,
    /// When it looked at the latter.
    checked_at: Instant,
}

impl NestedPark {
    pub(in crate::runtime) fn new(driver: Arc<Driver>, worker: usize) -> NestedPark {
        let handles = driver.handle.siblings().into();
        let now = Instant::now();
        let worker = Worker {
            sleeper: Arc::new(Sleeper::new(OneOf::new(handles))),
            own: (worker % (1 + driver.nested.len())).checked_sub(1),
            attended_at: now,
            first_turns: 0,
            nested_turns: vec![0; driver.nested.len()].into(),
            checked_at: now,
        };
        NestedPark { driver, worker }
    }
}

impl Worker {
    fn own<'a>(&self, driver: &'a Driver) -> Option<&'a NestedReactor> {
        self.own.map(|number| &driver.nested[number])
    }

    /// Whether it comes to its reactor now and has been away for long.
    fn comes_late(&mut self, now: Instant) -> bool {
        now.saturating_duration_since(std::mem::replace(&mut self.attended_at, now)) > SLOW
    }

    /// Leaves its reactor to the first one.
    fn hand_over(&self, driver: &Driver) {
        if let Some(own) = self.own(driver) {
            own.hand_over();
        }
    }

    /// Sleeps in its own reactor, if that is not the first and is free; or else in none.
    fn park_beside(&mut self, driver: &Driver, timeout: Option<Duration>) {
        let own = self.own.zip(self.own(driver).and_then(|own| own.take(Visit::Attend)));
        let Some((number, mut own)) = own else { return self.sleeper.park(timeout) };
        if self.comes_late(Instant::now()) {
            own.watch_afterwards();
        }
        self.sleeper.driver().choose(1 + number);
        self.sleeper.drive(|| {
            if let Err(error) = own.turn(timeout) {
                report(&error);
            }
        });
        drop(own);
        self.attended_at = Instant::now();
    }

    /// Has reactors watched whose workers are all away, if the last look was long enough ago.
    fn look_after_others(&mut self, driver: &Driver, now: Instant) {
        if now.saturating_duration_since(self.checked_at) < UNATTENDED {
            return;
        }
        self.checked_at = now;
        let own = self.own;
        let others = driver.nested.iter().zip(&mut self.nested_turns).enumerate();
        for (_, (nested, seen)) in others.filter(|(number, _)| Some(*number) != own) {
            let turns = nested.turns();
            if turns == std::mem::replace(seen, turns) {
                nested.hand_over();
            }
        }
    }
}

impl WorkerPark for NestedPark {
    fn park(&mut self, timeout: Option<Duration>) -> bool {
        let NestedPark { driver, worker } = self;
        let lent = driver.take();
        let drives = lent.is_some();
        match lent {
            Some(mut lent) => {
                worker.hand_over(driver);
                worker.sleeper.driver().choose(0);
                worker.sleeper.drive(|| lent.sleep_in_all(timeout));
            }
            None => worker.park_beside(driver, timeout),
        }
        if timeout.is_some() {
            worker.look_after_others(driver, Instant::now());
        }
        drives
    }

    fn park_aside(&mut self, timeout: Duration) -> bool {
        let NestedPark { driver, worker } = self;
        let before = driver.turns();
        worker.park_beside(driver, Some(timeout));
        worker.look_after_others(driver, Instant::now());
        let turns = driver.turns().wrapping_sub(before);
        turns < OFTEN && !driver.is_driven()
    }

    fn turn(&mut self) {
        let NestedPark { driver, worker } = self;
        let now = Instant::now();
        if let Some(own) = worker.own(driver) {
            let late = worker.comes_late(now);
            look(own, if late { Visit::Seldom } else { Visit::Attend });
        }
        if driver.is_unattended(&mut worker.first_turns) {
            if let Some(mut lent) = driver.take() {
                lent.poll_all();
                worker.first_turns = driver.turns();
            }
        }
        worker.look_after_others(driver, now);
    }

    fn unpark(&self) -> Box<dyn Unpark> {
        Sleeper::unpark(&self.worker.sleeper)
    }

    fn retire(&mut self) {
        self.worker.hand_over(&self.driver);
    }
}
