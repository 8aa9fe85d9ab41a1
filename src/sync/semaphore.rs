//! A semaphore: a number of permits that tasks take and give back.
//!
//! A [`Semaphore`] knows how many permits are left and who waits for one; a [`Permit`]
//! is one task's share in it. Those who wait are served in the order in which they came.
//!
//! Built on the claims and counters that the lock and the bounded channel use as well.
//!
//! # Examples
//!
//! ```
//! use tokio::sync::semaphore::{Permit, Semaphore};
//!
//! let semaphore = Semaphore::new(1);
//! let (mut first, mut second) = (Permit::new(), Permit::new());
//! assert!(first.try_acquire(&semaphore).is_ok());
//! assert!(second.try_acquire(&semaphore).unwrap_err().is_no_permits());
//!
//! first.release(&semaphore);
//! assert!(second.try_acquire(&semaphore).is_ok());
//! ```

use super::permits::{Claim, Permits, Refused};
use futures::{Async, Poll};
use std::fmt;
use std::task;
use tokio_executor::sys::Arc;
use tokio_executor::task::Context;

/// A number of permits, and a queue of tasks that wait for one.
///
/// # Dropping
///
/// Nobody is woken: a [`Permit`] that waits would need the semaphore to go on.
#[derive(Debug)]
pub struct Semaphore {
    /// Shared with permits that wait, so that one which is dropped can pass on what it
    /// was just given.
    permits: Arc<Permits>,
}

impl Semaphore {
    /// A semaphore with `permits` permits available. Zero is allowed.
    ///
    /// # Panics
    ///
    /// If `permits` exceeds `usize::MAX >> 2`.
    pub fn new(permits: usize) -> Semaphore {
        Semaphore { permits: Arc::new(Permits::new(permits)) }
    }

    /// How many permits could be acquired at this moment.
    pub fn available_permits(&self) -> usize {
        self.permits.available()
    }

    /// Refuses all further permits and wakes every task that waits for one.
    ///
    /// Permits that are out stay valid and may still be released. A closed semaphore
    /// stays closed.
    pub fn close(&self) {
        self.permits.close();
    }

    /// Adds `n` permits: first to those who wait, the rest to those available.
    ///
    /// # Panics
    ///
    /// If more than `usize::MAX >> 2` permits would be available. Nothing is added then.
    pub fn add_permits(&self, n: usize) {
        self.permits.add(n);
    }
}

/// One task's share in a [`Semaphore`]: nothing, a place in the queue, or a permit.
///
/// Use it with one semaphore only. With another, methods may find that a wait has ended
/// although it has not, or wait for ever; memory stays sound.
///
/// # Dropping
///
/// A permit that was acquired is *not* given back: call
/// [`release`](Permit::release) first. A place in the queue is given up, and a permit
/// that was on its way to it goes to the next in line.
#[derive(Debug)]
pub struct Permit {
    claim: Claim,
    /// Where `claim` waits, if it does.
    home: Option<Arc<Permits>>,
}

impl Permit {
    /// A permit that is not acquired.
    pub fn new() -> Permit {
        Permit { claim: Claim::new(), home: None }
    }

    /// Whether the permit is acquired.
    pub fn is_acquired(&self) -> bool {
        self.claim.is_held()
    }

    /// Acquires the permit, or has the current futures 0.1 task woken when it is there.
    ///
    /// Ready at once if the permit is acquired already.
    ///
    /// # Errors
    ///
    /// If the semaphore is closed and the permit is not acquired.
    ///
    /// # Panics
    ///
    /// If it has to wait, and there is no current task.
    pub fn poll_acquire(&mut self, semaphore: &Semaphore) -> Poll<(), AcquireError> {
        match self.poll_acquire_cx(&Context::current(), semaphore) {
            task::Poll::Ready(Ok(())) => Ok(Async::Ready(())),
            task::Poll::Ready(Err(error)) => Err(error),
            task::Poll::Pending => Ok(Async::NotReady),
        }
    }

    /// As [`poll_acquire`](Permit::poll_acquire), for a task of either kind.
    ///
    /// # Errors
    ///
    /// If the semaphore is closed and the permit is not acquired.
    pub fn poll_acquire_cx(
        &mut self,
        cx: &Context<'_>,
        semaphore: &Semaphore,
    ) -> task::Poll<Result<(), AcquireError>> {
        let polled = self.claim.poll(&semaphore.permits, cx);
        self.settle(semaphore);
        polled.map_err(|_| AcquireError(()))
    }

    /// Acquires the permit if one is available; waits for nothing.
    ///
    /// # Errors
    ///
    /// If the semaphore is closed, or no permit is available. A wait that
    /// [`poll_acquire`](Permit::poll_acquire) began keeps its place in the queue.
    pub fn try_acquire(&mut self, semaphore: &Semaphore) -> Result<(), TryAcquireError> {
        let tried = self.claim.try_now(&semaphore.permits);
        self.settle(semaphore);
        tried.map_err(|refused| TryAcquireError { closed: refused == Refused::Closed })
    }

    /// Gives the permit back, or gives up the wait for it. Does nothing if there is
    /// neither.
    pub fn release(&mut self, semaphore: &Semaphore) {
        self.claim.release(self.home.as_ref().unwrap_or(&semaphore.permits));
        self.home = None;
    }

    /// Gives the permit up without returning it: the semaphore has one less from now on.
    ///
    /// A wait is given up as well. A permit that was already on its way to it is lost
    /// with it, as one that had arrived would be.
    pub fn forget(&mut self) {
        match self.home.take() {
            Some(home) => {
                let _lost = self.claim.give_up(&home);
            }
            None if self.claim.is_held() => self.claim.spend(),
            None => {}
        }
    }

    /// Remembers the semaphore for as long as the claim waits there.
    fn settle(&mut self, semaphore: &Semaphore) {
        match (&self.home, self.claim.is_waiting()) {
            (None, true) => self.home = Some(semaphore.permits.clone()),
            (Some(_), false) => self.home = None,
            _ => {}
        }
    }
}

impl Default for Permit {
    fn default() -> Permit {
        Permit::new()
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if let Some(home) = &self.home {
            self.claim.release(home);
        }
    }
}

/// The semaphore is closed: no permit will come.
#[derive(Debug)]
pub struct AcquireError(());

impl fmt::Display for AcquireError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("semaphore closed")
    }
}

impl std::error::Error for AcquireError {
    fn description(&self) -> &str {
        "semaphore closed"
    }
}

/// Why [`Permit::try_acquire`] had no permit.
#[derive(Debug)]
pub struct TryAcquireError {
    closed: bool,
}

impl TryAcquireError {
    /// Whether the semaphore is closed: no permit will come.
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// Whether all permits are out.
    pub fn is_no_permits(&self) -> bool {
        !self.closed
    }

    fn reason(&self) -> &'static str {
        if self.closed {
            "semaphore closed"
        } else {
            "no permits available"
        }
    }
}

impl fmt::Display for TryAcquireError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reason())
    }
}

impl std::error::Error for TryAcquireError {
    fn description(&self) -> &str {
        self.reason()
    }
}
