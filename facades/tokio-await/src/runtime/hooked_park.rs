//! A parker that calls a program's hooks before it sleeps and after.
//!
//! The builder puts it around the driver of a runtime of one thread.

use super::blocking::Hook;
use std::time::Duration;
use tokio_executor::park::Park;

/// A parker with calls before it goes to sleep and after.
pub(super) struct HookedPark<P> {
    pub(super) park: P,
    pub(super) before: Option<Hook>,
    pub(super) after: Option<Hook>,
}

impl<P: Park> Park for HookedPark<P> {
    type Unpark = P::Unpark;
    type Error = P::Error;

    fn unpark(&self) -> P::Unpark {
        self.park.unpark()
    }

    fn park(&mut self) -> Result<(), P::Error> {
        self.before.iter().for_each(|before| before());
        let parked = self.park.park();
        self.after.iter().for_each(|after| after());
        parked
    }

    fn park_timeout(&mut self, duration: Duration) -> Result<(), P::Error> {
        // Without a sleep it is no park.
        self.park.park_timeout(duration)
    }
}
