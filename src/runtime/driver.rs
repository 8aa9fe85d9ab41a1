//! What a runtime's workers sleep in: one reactor and the timers of all, which one of
//! them drives at a time.
//!
//! A worker without tasks parks here. The first to come takes the reactor and sleeps in
//! it until an event, a deadline or an `unpark`; the others sleep aside. A busy worker
//! looks in from time to time without sleeping.
//!
//! Always true: an `unpark` ends the sleep it is meant for, wherever that is: see
//! [`Sleeper`].
//!
//! Why one reactor for all? With one for each worker, what a worker stuck in a long
//! poll would have served waits for it, and a connection is tied to the worker that
//! happened to accept it. Events found by one worker are shared out through the pool's
//! queues instead.

use crate::clock::Clock;
use crate::timer::Timers;
use std::convert::Infallible;
use std::fmt;
use std::io;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, MutexGuard, TryLockError};
use std::time::Duration;
use tokio_executor::park::{Park, Unpark};
use tokio_reactor::{Handle, Reactor};
use tokio_threadpool::park::{Sleeper, WorkerPark};

/// A reactor and the timers, for all workers of a runtime.
pub(super) struct Driver {
    /// Held by the worker that drives, also while it sleeps. Everyone else only tries.
    reactor: Mutex<Reactor>,
    timers: Timers,
    clock: Clock,
    /// Times that somebody drove: a watcher sees whether anyone does.
    turns: AtomicU64,
    handle: Handle,
}

impl Driver {
    /// A driver whose timers have a shard for each worker, and one for all others.
    pub(super) fn new(workers: usize, clock: Clock) -> io::Result<Arc<Driver>> {
        let reactor = Reactor::new()?;
        let handle = reactor.handle();
        let unpark: Arc<dyn Unpark> = Arc::new(handle.clone());
        Ok(Arc::new(Driver {
            reactor: Mutex::new(reactor),
            timers: Timers::new(workers + 1, clock.clone(), unpark),
            clock,
            turns: AtomicU64::new(0),
            handle,
        }))
    }

    /// Registers I/O sources.
    pub(super) fn reactor(&self) -> &Handle {
        &self.handle
    }

    /// Sets timers on behalf of one worker.
    pub(super) fn timers(&self, worker: usize) -> crate::timer::driver::Handle {
        self.timers.handle(worker)
    }

    fn try_lock(&self) -> Option<MutexGuard<'_, Reactor>> {
        match self.reactor.try_lock() {
            Ok(reactor) => Some(reactor),
            // A waker panicked in a turn; the reactor is none the worse for it.
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    /// Sleeps for `timeout` at most, and wakes the tasks of whatever happens.
    fn sleep(&self, reactor: &mut Reactor, timeout: Option<Duration>) {
        let park = |wait| {
            self.turn(reactor, wait);
            Ok::<_, Infallible>(reactor.has_found_something())
        };
        let Ok(()) = self.timers.sleep(timeout, || self.clock.now(), park);
    }

    /// Waits for events and wakes their tasks.
    fn turn(&self, reactor: &mut Reactor, wait: Option<Duration>) {
        if let Err(e) = reactor.turn(wait) {
            // Nothing can be waited for any more; the pool still runs what is queued.
            log::error!("the reactor cannot poll: {e}");
            std::thread::yield_now();
        }
        // Relaxed: compared over time only.
        self.turns.fetch_add(1, Relaxed);
    }

    /// Wakes the tasks whose timers are due.
    fn expire(&self) {
        if self.timers.next_due().is_some() {
            self.timers.process(self.clock.now());
        }
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
}

impl DriverPark {
    pub(super) fn new(driver: Arc<Driver>) -> DriverPark {
        let sleeper = Arc::new(Sleeper::new(driver.handle.clone()));
        DriverPark { driver, sleeper }
    }
}

impl WorkerPark for DriverPark {
    fn park(&mut self, timeout: Option<Duration>) {
        let Some(mut reactor) = self.driver.try_lock() else {
            return self.sleeper.park(timeout);
        };
        self.sleeper.drive(|| self.driver.sleep(&mut reactor, timeout));
    }

    fn watch(&mut self, timeout: Duration) -> bool {
        // Relaxed: compared over time only.
        let turns = self.driver.turns.load(Relaxed);
        self.sleeper.park(Some(timeout));
        turns == self.driver.turns.load(Relaxed) && self.driver.try_lock().is_some()
    }

    fn turn(&mut self) {
        if let Some(mut reactor) = self.driver.try_lock() {
            if !reactor.is_idle() {
                self.driver.turn(&mut reactor, Some(Duration::ZERO));
            }
            self.driver.expire();
        }
    }

    fn unpark(&self) -> Box<dyn Unpark> {
        Sleeper::unpark(&self.sleeper)
    }
}
