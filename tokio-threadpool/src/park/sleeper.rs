//! A worker that sleeps, and where: in a driver that it shares with others, or aside.
//!
//! Used by a runtime whose workers share one reactor, or several, for its
//! [`WorkerPark`](super::WorkerPark). With several it sleeps in one at a time ([`OneOf`]).
//!
//! Always true: an `unpark` ends the sleep it is meant for. It leaves its mark in the
//! token first and then looks whether the sleeper is in the driver; the sleeper says
//! that it is, and then looks at the token.

use std::fmt;
use std::sync::atomic::Ordering::{Relaxed, SeqCst};
use std::sync::Arc;
use std::time::Duration;
use tokio_executor::internals::sys::{fence, AtomicBool, AtomicUsize};
use tokio_executor::park::{Token, Unpark};

/// One worker's sleep. `U` ends the sleep of whoever is in the driver.
pub struct Sleeper<U> {
    token: Token,
    /// It is in the driver, or about to be.
    drives: AtomicBool,
    driver: U,
}

impl<U: Unpark> Sleeper<U> {
    /// Returns a sleeper that nobody has woken yet.
    pub fn new(driver: U) -> Sleeper<U> {
        Sleeper { token: Token::new(), drives: AtomicBool::new(false), driver }
    }

    /// Returns what ends the sleep of `sleeper`.
    pub fn unpark(sleeper: &Arc<Sleeper<U>>) -> Box<dyn Unpark> {
        Box::new(SleeperUnpark(sleeper.clone()))
    }

    /// Sleeps in the driver, by calling `sleep`, unless woken already. The caller has the
    /// driver to itself.
    pub fn drive(&self, sleep: impl FnOnce()) {
        // Relaxed, and ordered by the fence: see the head of this file.
        self.drives.store(true, Relaxed);
        fence(SeqCst);
        if !self.token.take_notification() {
            sleep();
        }
        // Relaxed: an unpark that still finds it set wakes the next sleeper for nothing.
        self.drives.store(false, Relaxed);
        self.token.take_notification();
    }

    /// Returns what ends the sleep of whoever is in the driver.
    pub fn driver(&self) -> &U {
        &self.driver
    }

    /// Sleeps without the driver, for `timeout` at most.
    pub fn park(&self, timeout: Option<Duration>) {
        self.token.park(timeout);
    }
}

/// Ends the sleep of one worker.
struct SleeperUnpark<U>(Arc<Sleeper<U>>);

impl<U: Unpark> Unpark for SleeperUnpark<U> {
    fn unpark(&self) {
        let sleeper = &*self.0;
        sleeper.token.unpark();
        fence(SeqCst);
        // Relaxed: ordered by the fence, see the head of this file.
        if sleeper.drives.load(Relaxed) {
            sleeper.driver.unpark();
        }
    }
}

/// The driver that a sleeper is in, of several.
#[derive(Debug)]
pub struct OneOf<U> {
    drivers: Box<[U]>,
    chosen: AtomicUsize,
}

impl<U> OneOf<U> {
    /// Returns the first of `drivers` as the chosen one.
    pub fn new(drivers: Box<[U]>) -> OneOf<U> {
        OneOf { drivers, chosen: AtomicUsize::new(0) }
    }

    /// Chooses the driver that the sleeper goes to next. Called by the sleeper, before
    /// [`Sleeper::drive`].
    pub fn choose(&self, driver: usize) {
        // Relaxed: `drive` has a fence next. An unpark that comes before it in the order of the
        // fences leaves its mark in the token in time, and one that comes after it reads this, or
        // a later choice: then the sleep that it was meant for is over.
        self.chosen.store(driver, Relaxed);
    }
}

impl<U: Unpark> Unpark for OneOf<U> {
    fn unpark(&self) {
        // Relaxed: see `choose`.
        if let Some(driver) = self.drivers.get(self.chosen.load(Relaxed)) {
            driver.unpark();
        }
    }
}

impl<U> fmt::Debug for Sleeper<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sleeper").field("drives", &self.drives).finish_non_exhaustive()
    }
}
