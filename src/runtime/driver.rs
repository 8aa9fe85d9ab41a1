//! What a runtime's workers sleep in: one reactor and the timers of all, which one of
//! them drives at a time.
//!
//! A worker without tasks parks here. The first to come takes the reactor and sleeps in
//! it until an event, a deadline or an `unpark`; the others sleep aside. A busy worker
//! looks in from time to time without sleeping, if nobody has been there since it last did.
//! `nested` has what several reactors add.
//!
//! Called by `builder`, which gives each worker of the pool a `DriverPark`, or a `NestedPark` if
//! there are several.
//!
//! Always true: an `unpark` ends the sleep it is meant for, wherever that is: see
//! [`Sleeper`]. The worker that drives has taken the reactor out: no lock is held while it
//! sleeps, and none while it wakes tasks.
//!
//! Why one reactor for all, unless a program asks for more? With one for each worker, what a
//! worker stuck in a long poll would have served must be watched by others, and a connection is
//! tied to the reactor of the worker that happened to accept it. Events found by one worker are
//! shared out through the pool's queues instead.
//!
//! Why does a busy worker leave the reactor to those that come by? What it takes waits behind its
//! own tasks, and with them for a processor: the kernel puts off a thread that is always busy. A
//! worker that sleeps in between is let in at once.

mod nested;

pub(super) use self::nested::NestedPark;

use super::metrics::DriverCounts;
use crate::clock::Clock;
use crate::timer::Timers;
use std::convert::Infallible;
use std::fmt;
use std::io;
use std::mem;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use tokio_executor::park::{Park, Unpark};
use tokio_reactor::internals::NestedReactor;
use tokio_reactor::{Handle, Reactor};
use tokio_threadpool::internals::{Sleeper, WorkerPark};

/// Turns in a period of the stall monitor from which on the driver counts as served by
/// workers between their polls: every 100 us in one of 10 ms.
const OFTEN: u64 = 100;

/// A reactor and the timers, for all workers of a runtime; and further reactors, if it has any.
pub(super) struct Driver {
    /// Empty while a worker drives: the reactor is with that worker. Held to take it and to
    /// put it back, for nothing else.
    reactor: Mutex<Option<Box<Reactor>>>,
    /// The further ones.
    nested: Box<[NestedReactor]>,
    /// Theirs.
    nested_handles: Box<[Handle]>,
    timers: Timers,
    clock: Clock,
    /// Times that somebody drove: the stall monitor sees how often that is.
    turns: AtomicU64,
    handle: Handle,
}

impl Driver {
    /// A driver of so many reactors, whose timers have a shard for each worker, and one for all
    /// others.
    pub(super) fn new(workers: usize, reactors: usize, clock: Clock) -> io::Result<Arc<Driver>> {
        let reactor = Reactor::new()?;
        let handle = reactor.handle();
        let mut nested = Box::default();
        if reactors > 1 {
            nested = NestedReactor::under(&reactor, reactors - 1)?;
        }
        let unpark: Arc<dyn Unpark> = Arc::new(handle.clone());
        Ok(Arc::new(Driver {
            reactor: Mutex::new(Some(Box::new(reactor))),
            nested,
            nested_handles: handle.siblings().into_iter().skip(1).collect(),
            timers: Timers::new(workers + 1, clock.clone(), unpark),
            clock,
            turns: AtomicU64::new(0),
            handle,
        }))
    }

    /// Registers I/O sources of threads that are no workers.
    pub(super) fn reactor(&self) -> &Handle {
        &self.handle
    }

    /// Registers those of one worker.
    pub(super) fn reactor_of(&self, worker: usize) -> &Handle {
        match worker % (1 + self.nested.len()) {
            0 => &self.handle,
            number => &self.nested_handles[number - 1],
        }
    }

    /// Whether there is more than one reactor.
    pub(super) fn has_nested(&self) -> bool {
        !self.nested.is_empty()
    }

    /// Sets timers on behalf of one worker.
    pub(super) fn timers(&self, worker: usize) -> crate::timer::driver::Handle {
        self.timers.handle(worker)
    }

    /// What it counts.
    pub(super) fn counts(&self) -> DriverCounts {
        let reactor = self.handle.counts();
        DriverCounts {
            turns: self.turns() + self.nested.iter().map(|n| n.turns()).sum::<u64>(),
            events: reactor.events,
            sources: reactor.sources,
            sources_registered: reactor.registered,
            timers: self.timers.armed(),
        }
    }

    fn place(&self) -> MutexGuard<'_, Option<Box<Reactor>>> {
        self.reactor.lock().unwrap_or_else(|e| e.into_inner())
    }

    /// The reactor, unless another worker has it.
    fn take(&self) -> Option<Lent<'_>> {
        let reactor = self.place().take()?;
        Some(Lent { driver: self, reactor: Some(reactor) })
    }

    fn is_driven(&self) -> bool {
        self.place().is_none()
    }

    fn turns(&self) -> u64 {
        // Relaxed: compared over time only.
        self.turns.load(Relaxed)
    }

    /// Whether nobody has turned it since there were `seen` turns; that becomes what there are
    /// now.
    fn is_unattended(&self, seen: &mut u64) -> bool {
        let turns = self.turns();
        turns == mem::replace(seen, turns)
    }

    /// Wakes the tasks whose timers are due.
    fn expire(&self) {
        if self.timers.next_due().is_some() {
            self.timers.process(self.clock.now());
        }
    }
}

/// The reactor, in the hands of one worker.
///
/// # Dropping
///
/// Puts it back, also when a waker panics in a turn.
struct Lent<'a> {
    driver: &'a Driver,
    reactor: Option<Box<Reactor>>,
}

impl Lent<'_> {
    /// Sleeps for `timeout` at most, and wakes the tasks of whatever happens.
    fn sleep(&mut self, timeout: Option<Duration>) {
        let driver = self.driver;
        let park = |wait| {
            self.turn(wait);
            Ok::<_, Infallible>(self.reactor.as_ref().is_some_and(|r| r.has_found_something()))
        };
        let Ok(()) = driver.timers.sleep(timeout, || driver.clock.now(), park);
    }

    /// Wakes the tasks of what has happened, without sleeping.
    fn poll(&mut self) {
        if self.reactor.as_ref().is_some_and(|reactor| !reactor.is_idle()) {
            self.turn(Some(Duration::ZERO));
        }
        self.driver.expire();
    }

    /// Waits for events and wakes their tasks.
    fn turn(&mut self, wait: Option<Duration>) {
        let Some(reactor) = &mut self.reactor else { return };
        if let Err(e) = reactor.turn(wait) {
            report(&e);
        }
        // Relaxed: compared over time only.
        self.driver.turns.fetch_add(1, Relaxed);
    }
}

/// Nothing can be waited for any more; the pool still runs what is queued.
#[cold]
fn report(error: &io::Error) {
    log::error!("the reactor cannot poll: {error}");
    std::thread::yield_now();
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        *self.driver.place() = self.reactor.take();
    }
}

impl fmt::Debug for Driver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Driver").field("timers", &self.timers).finish_non_exhaustive()
    }
}

/// One worker's place to sleep.
pub(super) struct DriverPark {
    driver: Arc<Driver>,
    sleeper: Arc<Sleeper<Handle>>,
    /// The driver's turns when this worker was there last.
    seen: u64,
}

impl DriverPark {
    pub(super) fn new(driver: Arc<Driver>) -> DriverPark {
        let sleeper = Arc::new(Sleeper::new(driver.handle.clone()));
        DriverPark { driver, sleeper, seen: 0 }
    }
}

impl WorkerPark for DriverPark {
    fn park(&mut self, timeout: Option<Duration>) -> bool {
        let Some(mut lent) = self.driver.take() else {
            self.sleeper.park(timeout);
            return false;
        };
        self.sleeper.drive(|| lent.sleep(timeout));
        self.seen = self.driver.turns();
        true
    }

    fn park_aside(&mut self, timeout: Duration) -> bool {
        let before = self.driver.turns();
        self.sleeper.park(Some(timeout));
        let turns = self.driver.turns().wrapping_sub(before);
        turns < OFTEN && !self.driver.is_driven()
    }

    fn turn(&mut self) {
        if !self.driver.is_unattended(&mut self.seen) {
            return;
        }
        if let Some(mut lent) = self.driver.take() {
            lent.poll();
            self.seen = self.driver.turns();
        }
    }

    fn unpark(&self) -> Box<dyn Unpark> {
        Sleeper::unpark(&self.sleeper)
    }
}

#[cfg(all(test, feature = "udp", not(loom)))]
mod tests {
    use super::*;
    use crate::net::UdpSocket;

    /// Two busy workers looked twice as often as one, and took each other's events.
    #[test]
    fn a_busy_worker_leaves_the_driver_to_another_one_that_was_there_meanwhile() {
        let driver = Driver::new(2, 1, Clock::new()).unwrap();
        // A reactor without sources is not turned.
        let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        let _source = UdpSocket::from_std(socket, driver.reactor()).unwrap();
        let mut parks = [0, 1].map(|_| DriverPark::new(driver.clone()));
        let mut turns_after = |worker: usize| {
            parks[worker].turn();
            driver.turns()
        };
        let turns = [0, 1, 0, 1, 1, 0, 0].map(&mut turns_after);
        assert_eq!(turns, [1, 1, 2, 2, 3, 3, 4]);
    }
}
