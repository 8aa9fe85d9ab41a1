//! A worker that sleeps, and where: in a driver that it shares with others, or aside.
//!
//! Used by a runtime whose workers share one reactor, for its
//! [`WorkerPark`](super::WorkerPark).
//!
//! Always true: an `unpark` ends the sleep it is meant for. It leaves its mark in the
//! token first and then looks whether the sleeper is in the driver; the sleeper says
//! that it is, and then looks at the token.

use std::fmt;
use std::sync::atomic::Ordering::{Relaxed, SeqCst};
use std::sync::Arc;
use std::time::Duration;
use tokio_executor::internals::sys::{fence, AtomicBool};
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

impl<U> fmt::Debug for Sleeper<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sleeper").field("drives", &self.drives).finish_non_exhaustive()
    }
}
