//! A semaphore: a number of permits that tasks take and give back.
//!
//! A [`Semaphore`] knows how many permits are left and who waits for one; a [`Permit`]
//! is one task's share in it. [`Semaphore::acquire`] waits with a future of either kind,
//! and gives a [`SemaphorePermit`], which goes back when it is dropped. Those who wait are
//! served in the order in which they came.
//!
//! Built on the claims and counters that the locks and the bounded channel use as well
//! (`permits`). Programs call it.
//!
//! Always true: a permit that comes back goes to the task that waits longest; no task that comes
//! later overtakes it.
//!
//! Why are the permits made late? `const_new` may stand in a `static`, where nothing can be
//! allocated; and `Permit`s of futures 0.1 have to share them.
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

mod error;
mod permit;

pub use self::error::{AcquireError, TryAcquireError};
pub use self::permit::Permit;

use super::acquire::{try_acquire, Acquire, Guard};
use super::permits::{Permits, MAX_PERMITS};
use std::fmt;
use std::sync::{Arc, OnceLock};
use tokio_executor::internals::inspect::Place;
use tokio_executor::internals::sys;

/// A number of permits, and a queue of tasks that wait for one.
///
/// # Dropping
///
/// Nobody is woken: a [`Permit`] that waits would need the semaphore to go on.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use tokio::runtime::current_thread::block_on_all_std;
/// use tokio::sync::semaphore::Semaphore;
///
/// // At most two downloads at a time, however many tasks ask for one.
/// async fn download(limit: Arc<Semaphore>, name: &str) -> usize {
///     let _permit = limit.acquire().await.unwrap();
///     name.len()
/// }
///
/// let limit = Arc::new(Semaphore::new(2));
/// assert_eq!(block_on_all_std(download(limit.clone(), "index")), 5);
/// assert_eq!(limit.available_permits(), 2);
/// ```
pub struct Semaphore {
    /// Shared with permits that wait, so that one which is dropped can pass on what it
    /// was just given. Made by the first use of a semaphore that is `const`.
    permits: OnceLock<sys::Arc<Permits>>,
    /// How many there are when `permits` is made.
    initial: usize,
    /// Where this was made.
    made: Place,
}

impl Semaphore {
    /// The most permits that may be available at once: `usize::MAX >> 3`.
    pub const MAX_PERMITS: usize = MAX_PERMITS;

    /// Returns a semaphore with `permits` permits available. Zero is allowed.
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
    /// let semaphore = Semaphore::new(3);
    /// assert_eq!(semaphore.available_permits(), 3);
    /// ```
    #[track_caller]
    pub fn new(permits: usize) -> Semaphore {
        let made = sys::Arc::new(Permits::new(permits));
        Semaphore { permits: OnceLock::from(made), initial: permits, made: Place::here() }
    }

    /// Works like [`new`](Semaphore::new), for a `static`. The semaphore allocates when it is first
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
        Semaphore { permits: OnceLock::new(), initial: permits, made: Place::here() }
    }

    fn permits(&self) -> &sys::Arc<Permits> {
        self.permits.get_or_init(|| sys::Arc::new(Permits::new_unchecked(self.initial, self.made)))
    }

    /// Returns how many permits could be acquired at this moment.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::semaphore::Semaphore;
    ///
    /// let semaphore = Semaphore::new(2);
    /// let permit = semaphore.try_acquire().unwrap();
    /// assert_eq!(semaphore.available_permits(), 1);
    /// drop(permit);
    /// assert_eq!(semaphore.available_permits(), 2);
    /// ```
    pub fn available_permits(&self) -> usize {
        self.permits().available()
    }

    /// Refuses all further permits and wakes every task that waits for one.
    ///
    /// Permits that are out stay valid and may still be released. A closed semaphore
    /// stays closed.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::semaphore::Semaphore;
    ///
    /// let semaphore = Semaphore::new(1);
    /// semaphore.close();
    /// assert!(semaphore.is_closed());
    /// assert!(semaphore.try_acquire().unwrap_err().is_closed());
    /// ```
    pub fn close(&self) {
        self.permits().close();
    }

    /// Adds `n` permits: first to those who wait, the rest to those available.
    ///
    /// # Panics
    ///
    /// If more than [`MAX_PERMITS`](Semaphore::MAX_PERMITS) permits would be available. Nothing
    /// is added then.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::semaphore::Semaphore;
    ///
    /// // Grows with the number of connections.
    /// let semaphore = Semaphore::new(0);
    /// semaphore.add_permits(2);
    /// assert_eq!(semaphore.available_permits(), 2);
    /// ```
    #[track_caller]
    pub fn add_permits(&self, n: usize) {
        self.permits().add(n);
    }

    /// Returns whether the semaphore is closed.
    pub fn is_closed(&self) -> bool {
        self.permits().is_closed()
    }

    /// Takes up to `n` permits that nobody has out of circulation. Says how many.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::semaphore::Semaphore;
    ///
    /// let semaphore = Semaphore::new(3);
    /// assert_eq!(semaphore.forget_permits(5), 3);
    /// assert_eq!(semaphore.available_permits(), 0);
    /// ```
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
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::runtime::current_thread::block_on_all_std;
    /// use tokio::sync::semaphore::{AcquireError, Semaphore};
    ///
    /// async fn once_at_a_time(semaphore: &Semaphore) -> Result<usize, AcquireError> {
    ///     let _permit = semaphore.acquire().await?;
    ///     Ok(semaphore.available_permits())
    /// }
    ///
    /// let semaphore = Semaphore::new(1);
    /// assert_eq!(block_on_all_std(once_at_a_time(&semaphore)).unwrap(), 0);
    /// ```
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
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::runtime::current_thread::block_on_all_std;
    /// use tokio::sync::semaphore::Semaphore;
    ///
    /// let bytes = Semaphore::new(4096);
    /// block_on_all_std(async {
    ///     let buffer = bytes.acquire_many(1024).await.unwrap();
    ///     assert_eq!(buffer.num_permits(), 1024);
    ///     assert_eq!(bytes.available_permits(), 3072);
    /// });
    /// ```
    #[track_caller]
    pub fn acquire_many(&self, n: u32) -> Acquire<SemaphorePermit<'_>> {
        Acquire::new(self, not_too_many(n))
    }

    /// Works like [`acquire`](Semaphore::acquire), with a permit that owns its share of the
    /// semaphore.
    ///
    /// # Errors
    ///
    /// If the semaphore is closed.
    ///
    /// # Dropping
    ///
    /// Gives up the place in the queue.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use tokio::runtime::current_thread::{block_on_all_std, spawn_std};
    /// use tokio::sync::semaphore::Semaphore;
    ///
    /// let semaphore = Arc::new(Semaphore::new(1));
    /// block_on_all_std(async {
    ///     // The permit goes into the task, and comes back when the task ends.
    ///     let permit = semaphore.clone().acquire_owned().await.unwrap();
    ///     spawn_std(async move { drop(permit) });
    /// });
    /// assert_eq!(semaphore.available_permits(), 1);
    /// ```
    #[track_caller]
    pub fn acquire_owned(self: Arc<Self>) -> Acquire<OwnedSemaphorePermit> {
        self.acquire_many_owned(1)
    }

    /// Works like [`acquire_many`](Semaphore::acquire_many), with a permit that owns its share of
    /// the semaphore.
    ///
    /// # Errors
    ///
    /// If the semaphore is closed.
    ///
    /// # Dropping
    ///
    /// Gives up the place in the queue.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use tokio::runtime::current_thread::block_on_all_std;
    /// use tokio::sync::semaphore::Semaphore;
    ///
    /// let semaphore = Arc::new(Semaphore::new(3));
    /// let both = block_on_all_std(semaphore.clone().acquire_many_owned(2)).unwrap();
    /// assert_eq!(both.num_permits(), 2);
    /// ```
    #[track_caller]
    pub fn acquire_many_owned(self: Arc<Self>, n: u32) -> Acquire<OwnedSemaphorePermit> {
        Acquire::new(self, not_too_many(n))
    }

    /// Works like [`acquire`](Semaphore::acquire) for a thread without a task; it sleeps until its
    /// turn.
    ///
    /// # Errors
    ///
    /// If the semaphore is closed.
    ///
    /// # Panics
    ///
    /// If the thread runs tasks, which would wait, too.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::semaphore::Semaphore;
    ///
    /// // On a thread of the program's own.
    /// let semaphore = Semaphore::new(1);
    /// let permit = semaphore.blocking_acquire().unwrap();
    /// assert_eq!(permit.num_permits(), 1);
    /// ```
    #[track_caller]
    pub fn blocking_acquire(&self) -> Result<SemaphorePermit<'_>, AcquireError> {
        self.acquire().block()
    }

    /// Works like [`acquire_many`](Semaphore::acquire_many) for a thread without a task.
    ///
    /// # Errors
    ///
    /// If the semaphore is closed.
    #[track_caller]
    pub fn blocking_acquire_many(&self, n: u32) -> Result<SemaphorePermit<'_>, AcquireError> {
        self.acquire_many(n).block()
    }

    /// Works like [`acquire_owned`](Semaphore::acquire_owned) for a thread without a task.
    ///
    /// # Errors
    ///
    /// If the semaphore is closed.
    #[track_caller]
    pub fn blocking_acquire_owned(self: Arc<Self>) -> Result<OwnedSemaphorePermit, AcquireError> {
        self.acquire_owned().block()
    }

    /// Works like [`acquire_many_owned`](Semaphore::acquire_many_owned) for a thread without a
    /// task.
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

    /// Takes a permit, if there is one.
    ///
    /// # Errors
    ///
    /// If there is none, or the semaphore is closed.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::semaphore::Semaphore;
    ///
    /// let semaphore = Semaphore::new(1);
    /// let permit = semaphore.try_acquire().unwrap();
    /// assert!(semaphore.try_acquire().unwrap_err().is_no_permits());
    /// drop(permit);
    /// assert!(semaphore.try_acquire().is_ok());
    /// ```
    #[track_caller]
    pub fn try_acquire(&self) -> Result<SemaphorePermit<'_>, TryAcquireError> {
        self.try_acquire_many(1)
    }

    /// Takes `n` permits, if there are so many.
    ///
    /// # Errors
    ///
    /// If there are fewer, or the semaphore is closed.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::sync::semaphore::Semaphore;
    ///
    /// let semaphore = Semaphore::new(3);
    /// let two = semaphore.try_acquire_many(2).unwrap();
    /// assert!(semaphore.try_acquire_many(2).is_err());
    /// assert_eq!(two.num_permits(), 2);
    /// ```
    #[track_caller]
    pub fn try_acquire_many(&self, n: u32) -> Result<SemaphorePermit<'_>, TryAcquireError> {
        try_acquire(self, not_too_many(n)).map_err(TryAcquireError::from)
    }

    /// Works like [`try_acquire`](Semaphore::try_acquire), with a permit that owns its share of the
    /// semaphore.
    ///
    /// # Errors
    ///
    /// If there is none, or the semaphore is closed.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::sync::Arc;
    /// use tokio::sync::semaphore::Semaphore;
    ///
    /// let semaphore = Arc::new(Semaphore::new(1));
    /// let permit = semaphore.clone().try_acquire_owned().unwrap();
    /// std::thread::spawn(move || drop(permit)).join().unwrap();
    /// assert_eq!(semaphore.available_permits(), 1);
    /// ```
    #[track_caller]
    pub fn try_acquire_owned(self: Arc<Self>) -> Result<OwnedSemaphorePermit, TryAcquireError> {
        self.try_acquire_many_owned(1)
    }

    /// Works like [`try_acquire_many`](Semaphore::try_acquire_many), with a permit that owns its
    /// share of the semaphore.
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
///
/// # Examples
///
/// ```
/// use tokio::sync::semaphore::Semaphore;
///
/// let semaphore = Semaphore::new(1);
/// {
///     let _permit = semaphore.try_acquire().unwrap();
///     assert_eq!(semaphore.available_permits(), 0);
/// }
/// assert_eq!(semaphore.available_permits(), 1);
/// ```
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
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use tokio::sync::semaphore::{OwnedSemaphorePermit, Semaphore};
///
/// // A connection that counts against a limit for as long as it exists.
/// struct Connection {
///     _permit: OwnedSemaphorePermit,
/// }
///
/// let limit = Arc::new(Semaphore::new(1));
/// let connection = Connection { _permit: limit.clone().try_acquire_owned().unwrap() };
/// assert_eq!(limit.available_permits(), 0);
/// drop(connection);
/// assert_eq!(limit.available_permits(), 1);
/// ```
#[derive(Debug)]
#[must_use = "a permit that is dropped goes back"]
pub struct OwnedSemaphorePermit {
    semaphore: Arc<Semaphore>,
    permits: usize,
}

impl<'a> SemaphorePermit<'a> {
    /// Returns where the permits are of.
    pub fn semaphore(&self) -> &'a Semaphore {
        self.semaphore
    }
}

impl OwnedSemaphorePermit {
    /// Returns where the permits are of.
    pub fn semaphore(&self) -> &Arc<Semaphore> {
        &self.semaphore
    }
}

macro_rules! permits {
    ($($permit:ident $(<$a:lifetime>)?: $home:ty, $same:path;)*) => { $(
        impl<$($a)?> $permit<$($a)?> {
            /// Keeps the permits for ever: the semaphore has so many less.
            ///
            /// # Examples
            ///
            /// ```
            /// use tokio::sync::semaphore::Semaphore;
            ///
            /// let semaphore = Semaphore::new(2);
            /// semaphore.try_acquire().unwrap().forget();
            /// assert_eq!(semaphore.available_permits(), 1);
            /// ```
            pub fn forget(mut self) {
                self.permits = 0;
            }

            /// Adds those of `other` to these.
            ///
            /// # Panics
            ///
            /// If they are of another semaphore.
            ///
            /// # Examples
            ///
            /// ```
            /// use tokio::sync::semaphore::Semaphore;
            ///
            /// let semaphore = Semaphore::new(2);
            /// let mut first = semaphore.try_acquire().unwrap();
            /// first.merge(semaphore.try_acquire().unwrap());
            /// assert_eq!(first.num_permits(), 2);
            /// ```
            #[track_caller]
            pub fn merge(&mut self, mut other: Self) {
                assert!(
                    $same(&self.semaphore, &other.semaphore),
                    "merging permits from different semaphore instances"
                );
                self.permits += std::mem::take(&mut other.permits);
            }

            /// Parts `n` of these permits from the others; `None` if there are fewer.
            ///
            /// # Examples
            ///
            /// ```
            /// use tokio::sync::semaphore::Semaphore;
            ///
            /// let semaphore = Semaphore::new(3);
            /// let mut all = semaphore.try_acquire_many(3).unwrap();
            /// let one = all.split(1).unwrap();
            /// assert_eq!((all.num_permits(), one.num_permits()), (2, 1));
            /// ```
            pub fn split(&mut self, n: usize) -> Option<Self> {
                self.permits = self.permits.checked_sub(n)?;
                Some($permit { semaphore: self.semaphore.clone(), permits: n })
            }

            /// Returns how many these are.
            ///
            /// # Examples
            ///
            /// ```
            /// use tokio::sync::semaphore::Semaphore;
            ///
            /// let semaphore = Semaphore::new(3);
            /// assert_eq!(semaphore.try_acquire_many(2).unwrap().num_permits(), 2);
            /// ```
            pub fn num_permits(&self) -> usize {
                self.permits
            }
        }

        impl<$($a)?> Guard for $permit<$($a)?> {
            type Home = $home;
            type Error = AcquireError;
            type Output = Result<Self, AcquireError>;

            const IS_ALONE: bool = false;

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

impl fmt::Debug for Semaphore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Semaphore").field("permits", self.permits()).finish()
    }
}
