//! One task's share in a semaphore, for those who poll by hand.
//!
//! Called by programs of tokio 0.1 that build primitives of their own.
//!
//! Always true: a claim is given up when the permit is dropped, and one that was on its way to it
//! goes to the next in line.
//!
//! Why not `Acquire`? A `Permit` is made before there is a semaphore to wait for, and is given the
//! semaphore at each poll.

use super::{AcquireError, Semaphore, TryAcquireError};
use crate::sync::permits::{Claim, Permits};
use futures::Poll;
use std::task;
use tokio_executor::internals::sys;
use tokio_executor::task::Context;

/// One task's share in a [`Semaphore`]: nothing, a place in the queue, or a permit.
///
/// Use it with one semaphore only. A wait goes on at the semaphore where it began, whichever
/// is given meanwhile.
///
/// # Dropping
///
/// A permit that was acquired is *not* given back: call
/// [`release`](Permit::release) first. A place in the queue is given up, and a permit
/// that was on its way to it goes to the next in line.
///
/// # Examples
///
/// ```
/// use futures::future::{poll_fn, Future};
/// use tokio::sync::semaphore::{Permit, Semaphore};
///
/// let semaphore = Semaphore::new(1);
/// let mut permit = Permit::new();
/// poll_fn(|| permit.poll_acquire(&semaphore)).wait().unwrap();
/// assert!(permit.is_acquired());
///
/// permit.release(&semaphore);
/// assert_eq!(semaphore.available_permits(), 1);
/// ```
#[derive(Debug)]
pub struct Permit {
    claim: Claim,
    /// Where `claim` waits, if it does.
    home: Option<sys::Arc<Permits>>,
}

impl Permit {
    /// Returns a permit that is not acquired.
    pub fn new() -> Permit {
        Permit { claim: Claim::new(), home: None }
    }

    /// Returns whether the permit is acquired.
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
        tokio_executor::internals::convert::into_async(
            self.poll_acquire_cx(&Context::current(), semaphore),
        )
    }

    /// Works like [`poll_acquire`](Permit::poll_acquire), for a task of either kind.
    ///
    /// # Errors
    ///
    /// If the semaphore is closed and the permit is not acquired.
    pub fn poll_acquire_cx(
        &mut self,
        cx: &Context<'_>,
        semaphore: &Semaphore,
    ) -> task::Poll<Result<(), AcquireError>> {
        // A wait goes on where it began.
        let permits = self.home.as_ref().unwrap_or(semaphore.permits());
        let polled = self.claim.poll(permits, cx);
        self.remember_home(semaphore);
        polled.map_err(|_| AcquireError(()))
    }

    /// Acquires the permit if one is available; waits for nothing.
    ///
    /// # Errors
    ///
    /// If the semaphore is closed, or no permit is available. A wait that
    /// [`poll_acquire`](Permit::poll_acquire) began keeps its place in the queue.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::semaphore::{Permit, Semaphore};
    ///
    /// let semaphore = Semaphore::new(1);
    /// let (mut first, mut second) = (Permit::new(), Permit::new());
    /// first.try_acquire(&semaphore).unwrap();
    /// assert!(second.try_acquire(&semaphore).is_err());
    /// ```
    #[track_caller]
    pub fn try_acquire(&mut self, semaphore: &Semaphore) -> Result<(), TryAcquireError> {
        let permits = self.home.as_ref().unwrap_or(semaphore.permits());
        let tried = self.claim.try_now(permits);
        self.remember_home(semaphore);
        tried.map_err(TryAcquireError::from)
    }

    /// Gives the permit back, or gives up the wait for it. Does nothing if there is
    /// neither.
    pub fn release(&mut self, semaphore: &Semaphore) {
        self.claim.release(self.home.as_ref().unwrap_or(semaphore.permits()));
        self.home = None;
    }

    /// Gives the permit up without returning it: the semaphore has one less from now on.
    ///
    /// A wait is given up as well. A permit that was already on its way to it is lost
    /// with it, as one that had arrived would be.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::semaphore::{Permit, Semaphore};
    ///
    /// let semaphore = Semaphore::new(1);
    /// let mut permit = Permit::new();
    /// permit.try_acquire(&semaphore).unwrap();
    /// permit.forget();
    /// assert!(!permit.is_acquired());
    /// assert_eq!(semaphore.available_permits(), 0);
    /// ```
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
    fn remember_home(&mut self, semaphore: &Semaphore) {
        match (&self.home, self.claim.is_waiting()) {
            (None, true) => self.home = Some(semaphore.permits().clone()),
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
