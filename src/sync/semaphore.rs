//! A semaphore: a number of permits that tasks take and give back.
//!
//! A [`Semaphore`] knows how many permits are left and who waits for one; a [`Permit`]
//! is one task's share in it. [`Semaphore::acquire`] waits with a future of either kind,
//! and gives a [`SemaphorePermit`], which goes back when it is dropped. Those who wait are
//! served in the order in which they came.
//!
//! Built on the claims and counters that the locks and the bounded channel use as well.
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
//!
//! Several at once, until the end of a block:
//!
//! ```
//! use tokio::sync::semaphore::Semaphore;
//!
//! let semaphore = Semaphore::new(3);
//! tokio::current_thread::block_on_all_std(async {
//!     let two = semaphore.acquire_many(2).await?;
//!     assert_eq!((two.num_permits(), semaphore.available_permits()), (2, 1));
//!     drop(two);
//!     assert_eq!(semaphore.available_permits(), 3);
//!     Ok::<_, tokio::sync::semaphore::AcquireError>(())
//! })
//! .unwrap();
//! ```

use super::acquire::{try_acquire, Acquire, Guard};
use super::permits::{Claim, Permits, Refused, MAX_PERMITS};
use futures::{Async, Poll};
use std::fmt;
use std::sync::{Arc, OnceLock};
use std::task;
use tokio_executor::sys;
use tokio_executor::task::Context;

/// A number of permits, and a queue of tasks that wait for one.
///
/// # Dropping
///
/// Nobody is woken: a [`Permit`] that waits would need the semaphore to go on.
pub struct Semaphore {
    /// Shared with permits that wait, so that one which is dropped can pass on what it
    /// was just given. Made by the first use of a semaphore that is `const`.
    permits: OnceLock<sys::Arc<Permits>>,
    /// How many there are when `permits` is made.
    initial: usize,
}

impl Semaphore {
    /// The most permits that may be available at once: `usize::MAX >> 3`.
    pub const MAX_PERMITS: usize = MAX_PERMITS;

    /// A semaphore with `permits` permits available. Zero is allowed.
    ///
    /// # Panics
    ///
    /// If `permits` exceeds [`MAX_PERMITS`](Semaphore::MAX_PERMITS).
    #[track_caller]
    pub fn new(permits: usize) -> Semaphore {
        let made = sys::Arc::new(Permits::new(permits));
        Semaphore { permits: OnceLock::from(made), initial: permits }
    }

    /// As [`new`](Semaphore::new), for a `static`. The semaphore allocates when it is first
    /// used.
    ///
    /// # Panics
    ///
    /// If `permits` exceeds [`MAX_PERMITS`](Semaphore::MAX_PERMITS).
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::semaphore::Semaphore;
    ///
    /// static TWO_AT_ONCE: Semaphore = Semaphore::const_new(2);
    /// assert_eq!(TWO_AT_ONCE.available_permits(), 2);
    /// ```
    #[track_caller]
    pub const fn const_new(permits: usize) -> Semaphore {
        assert!(permits <= MAX_PERMITS, "a semaphore may not have more than MAX_PERMITS permits");
        Semaphore { permits: OnceLock::new(), initial: permits }
    }

    fn permits(&self) -> &sys::Arc<Permits> {
        self.permits.get_or_init(|| sys::Arc::new(Permits::new(self.initial)))
    }

    /// How many permits could be acquired at this moment.
    pub fn available_permits(&self) -> usize {
        self.permits().available()
    }

    /// Refuses all further permits and wakes every task that waits for one.
    ///
    /// Permits that are out stay valid and may still be released. A closed semaphore
    /// stays closed.
    pub fn close(&self) {
        self.permits().close();
    }

    /// Adds `n` permits: first to those who wait, the rest to those available.
    ///
    /// # Panics
    ///
    /// If more than [`MAX_PERMITS`](Semaphore::MAX_PERMITS) permits would be available. Nothing
    /// is added then.
    #[track_caller]
    pub fn add_permits(&self, n: usize) {
        self.permits().add(n);
    }

    /// Whether the semaphore is closed.
    pub fn is_closed(&self) -> bool {
        self.permits().is_closed()
    }

    /// Takes up to `n` permits that nobody has out of circulation. Says how many.
    pub fn forget_permits(&self, n: usize) -> usize {
        self.permits().take_up_to(n)
    }

    /// Waits for a permit.
    ///
    /// # Errors
    ///
    /// If the semaphore is closed.
    ///
    /// # Dropping
    ///
    /// Gives up the place in the queue.
    #[track_caller]
    pub fn acquire(&self) -> Acquire<SemaphorePermit<'_>> {
        self.acquire_many(1)
    }

    /// Waits for `n` permits, and takes them at once.
    ///
    /// Those that come back meanwhile are kept for it: claims for fewer do not overtake
    /// it.
    ///
    /// # Errors
    ///
    /// If the semaphore is closed.
    ///
    /// # Dropping
    ///
    /// Gives up the place in the queue.
    #[track_caller]
    pub fn acquire_many(&self, n: u32) -> Acquire<SemaphorePermit<'_>> {
        Acquire::new(self, not_too_many(n))
    }

    /// [`acquire`](Semaphore::acquire), with a permit that owns its share of the
    /// semaphore.
    ///
    /// # Errors
    ///
    /// If the semaphore is closed.
    ///
    /// # Dropping
    ///
    /// Gives up the place in the queue.
    #[track_caller]
    pub fn acquire_owned(self: Arc<Self>) -> Acquire<OwnedSemaphorePermit> {
        self.acquire_many_owned(1)
    }

    /// [`acquire_many`](Semaphore::acquire_many), with a permit that owns its share of the
    /// semaphore.
    ///
    /// # Errors
    ///
    /// If the semaphore is closed.
    ///
    /// # Dropping
    ///
    /// Gives up the place in the queue.
    #[track_caller]
    pub fn acquire_many_owned(self: Arc<Self>, n: u32) -> Acquire<OwnedSemaphorePermit> {
        Acquire::new(self, not_too_many(n))
    }

    /// [`acquire`](Semaphore::acquire) for a thread without a task; it sleeps until its turn.
    ///
    /// # Errors
    ///
    /// If the semaphore is closed.
    ///
    /// # Panics
    ///
    /// If the thread runs tasks, which would wait, too.
    #[track_caller]
    pub fn blocking_acquire(&self) -> Result<SemaphorePermit<'_>, AcquireError> {
        self.acquire().block()
    }

    /// [`acquire_many`](Semaphore::acquire_many) for a thread without a task.
    ///
    /// # Errors
    ///
    /// If the semaphore is closed.
    #[track_caller]
    pub fn blocking_acquire_many(&self, n: u32) -> Result<SemaphorePermit<'_>, AcquireError> {
        self.acquire_many(n).block()
    }

    /// [`acquire_owned`](Semaphore::acquire_owned) for a thread without a task.
    ///
    /// # Errors
    ///
    /// If the semaphore is closed.
    #[track_caller]
    pub fn blocking_acquire_owned(self: Arc<Self>) -> Result<OwnedSemaphorePermit, AcquireError> {
        self.acquire_owned().block()
    }

    /// [`acquire_many_owned`](Semaphore::acquire_many_owned) for a thread without a task.
    ///
    /// # Errors
    ///
    /// If the semaphore is closed.
    #[track_caller]
    pub fn blocking_acquire_many_owned(
        self: Arc<Self>,
        n: u32,
    ) -> Result<OwnedSemaphorePermit, AcquireError> {
        self.acquire_many_owned(n).block()
    }

    /// A permit, if there is one.
    ///
    /// # Errors
    ///
    /// If there is none, or the semaphore is closed.
    #[track_caller]
    pub fn try_acquire(&self) -> Result<SemaphorePermit<'_>, TryAcquireError> {
        self.try_acquire_many(1)
    }

    /// `n` permits, if there are so many.
    ///
    /// # Errors
    ///
    /// If there are fewer, or the semaphore is closed.
    #[track_caller]
    pub fn try_acquire_many(&self, n: u32) -> Result<SemaphorePermit<'_>, TryAcquireError> {
        try_acquire(self, not_too_many(n)).map_err(TryAcquireError::from)
    }

    /// [`try_acquire`](Semaphore::try_acquire), with a permit that owns its share of the
    /// semaphore.
    ///
    /// # Errors
    ///
    /// If there is none, or the semaphore is closed.
    #[track_caller]
    pub fn try_acquire_owned(self: Arc<Self>) -> Result<OwnedSemaphorePermit, TryAcquireError> {
        self.try_acquire_many_owned(1)
    }

    /// [`try_acquire_many`](Semaphore::try_acquire_many), with a permit that owns its share
    /// of the semaphore.
    ///
    /// # Errors
    ///
    /// If there are fewer, or the semaphore is closed.
    #[track_caller]
    pub fn try_acquire_many_owned(
        self: Arc<Self>,
        n: u32,
    ) -> Result<OwnedSemaphorePermit, TryAcquireError> {
        try_acquire(self, not_too_many(n)).map_err(TryAcquireError::from)
    }
}

/// One or several permits of a [`Semaphore`].
///
/// # Dropping
///
/// Gives them back.
#[derive(Debug)]
#[must_use = "a permit that is dropped goes back"]
pub struct SemaphorePermit<'a> {
    semaphore: &'a Semaphore,
    permits: usize,
}

/// One or several permits of a [`Semaphore`], which they keep alive.
///
/// # Dropping
///
/// Gives them back.
#[derive(Debug)]
#[must_use = "a permit that is dropped goes back"]
pub struct OwnedSemaphorePermit {
    semaphore: Arc<Semaphore>,
    permits: usize,
}

impl<'a> SemaphorePermit<'a> {
    /// Where the permits are of.
    pub fn semaphore(&self) -> &'a Semaphore {
        self.semaphore
    }
}

impl OwnedSemaphorePermit {
    /// Where the permits are of.
    pub fn semaphore(&self) -> &Arc<Semaphore> {
        &self.semaphore
    }
}

macro_rules! permits {
    ($($permit:ident $(<$a:lifetime>)?: $home:ty, $same:path;)*) => { $(
        impl<$($a)?> $permit<$($a)?> {
            /// Keeps the permits for ever: the semaphore has so many less.
            pub fn forget(mut self) {
                self.permits = 0;
            }

            /// Adds those of `other` to these.
            ///
            /// # Panics
            ///
            /// If they are of another semaphore.
            #[track_caller]
            pub fn merge(&mut self, mut other: Self) {
                assert!(
                    $same(&self.semaphore, &other.semaphore),
                    "merging permits from different semaphore instances"
                );
                self.permits += std::mem::take(&mut other.permits);
            }

            /// Parts `n` of these permits from the others; `None` if there are fewer.
            pub fn split(&mut self, n: usize) -> Option<Self> {
                self.permits = self.permits.checked_sub(n)?;
                Some($permit { semaphore: self.semaphore.clone(), permits: n })
            }

            /// How many these are.
            pub fn num_permits(&self) -> usize {
                self.permits
            }
        }

        impl<$($a)?> Guard for $permit<$($a)?> {
            type Home = $home;
            type Error = AcquireError;
            type Output = Result<Self, AcquireError>;

            fn permits(home: &Self::Home) -> &Permits {
                home.permits()
            }

            fn new(semaphore: $home, permits: usize) -> Self {
                $permit { semaphore, permits }
            }

            fn closed() -> AcquireError {
                AcquireError(())
            }

            fn output(acquired: Result<Self, AcquireError>) -> Self::Output {
                acquired
            }
        }

        impl<$($a)?> Drop for $permit<$($a)?> {
            fn drop(&mut self) {
                self.semaphore.permits().give_back(self.permits);
            }
        }
    )* };
}

permits! {
    SemaphorePermit<'a>: &'a Semaphore, same;
    OwnedSemaphorePermit: Arc<Semaphore>, Arc::ptr_eq;
}

/// `n`, for a claim of so many permits.
///
/// # Panics
///
/// If there can never be so many.
#[track_caller]
fn not_too_many(n: u32) -> usize {
    let n = n as usize;
    assert!(
        n <= MAX_PERMITS,
        "a semaphore may not have more than MAX_PERMITS permits ({MAX_PERMITS}), wanted {n}"
    );
    n
}

fn same(a: &&Semaphore, b: &&Semaphore) -> bool {
    std::ptr::eq(*a, *b)
}

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
#[derive(Debug)]
pub struct Permit {
    claim: Claim,
    /// Where `claim` waits, if it does.
    home: Option<sys::Arc<Permits>>,
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
        // A wait goes on where it began.
        let permits = self.home.as_ref().unwrap_or(semaphore.permits());
        let polled = self.claim.poll(permits, cx);
        self.settle(semaphore);
        polled.map_err(|_| AcquireError(()))
    }

    /// Acquires the permit if one is available; waits for nothing.
    ///
    /// # Errors
    ///
    /// If the semaphore is closed, or no permit is available. A wait that
    /// [`poll_acquire`](Permit::poll_acquire) began keeps its place in the queue.
    #[track_caller]
    pub fn try_acquire(&mut self, semaphore: &Semaphore) -> Result<(), TryAcquireError> {
        let permits = self.home.as_ref().unwrap_or(semaphore.permits());
        let tried = self.claim.try_now(permits);
        self.settle(semaphore);
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

/// Why [`Permit::try_acquire`] or [`Semaphore::try_acquire`] had no permit.
#[derive(Debug, PartialEq, Eq)]
pub enum TryAcquireError {
    /// The semaphore is closed: no permit will come.
    Closed,
    /// Too few permits are available.
    NoPermits,
}

impl From<Refused> for TryAcquireError {
    fn from(refused: Refused) -> TryAcquireError {
        match refused {
            Refused::Closed => TryAcquireError::Closed,
            Refused::NoPermits | Refused::Budget => TryAcquireError::NoPermits,
        }
    }
}

impl TryAcquireError {
    /// Whether the semaphore is closed: no permit will come.
    pub fn is_closed(&self) -> bool {
        *self == TryAcquireError::Closed
    }

    /// Whether all permits are out.
    pub fn is_no_permits(&self) -> bool {
        *self == TryAcquireError::NoPermits
    }

    fn reason(&self) -> &'static str {
        match self {
            TryAcquireError::Closed => "semaphore closed",
            TryAcquireError::NoPermits => "no permits available",
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

impl fmt::Debug for Semaphore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Semaphore").field("permits", self.permits()).finish()
    }
}
