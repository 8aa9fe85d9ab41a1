//! A number of permits, which tasks take and give back.
//!
//! The engine's, which is never closed here, so that acquiring cannot fail.
//!
//! Called by programs of tokio 0.2.
//!
//! Always true: a permit that comes back goes to the task that waits longest.
//!
//! Why not 1.x's semaphore? It can be closed, so that its futures give a `Result`.

use std::sync::Arc;
use tokio_await::sync::{self as modern, TryAcquireError};

pub use tokio_await::sync::SemaphorePermit;

/// A number of permits, which tasks take and give back.
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// use tokio::sync::Semaphore;
///
/// tokio::runtime::Runtime::new()?.block_on(async {
///     let semaphore = Semaphore::new(1);
///     let permit = semaphore.acquire().await;
///     assert!(semaphore.try_acquire().is_err());
///     drop(permit);
///     assert_eq!(semaphore.available_permits(), 1);
/// });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Semaphore {
    inner: modern::Semaphore,
}

/// A permit that holds its semaphore; see [`Semaphore::acquire_owned`].
///
/// # Dropping
///
/// Gives the permit back.
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// use std::sync::Arc;
/// use tokio::sync::Semaphore;
///
/// #[tokio::main]
/// async fn main() {
///     let semaphore = Arc::new(Semaphore::new(2));
///     let permit = semaphore.clone().acquire_owned().await;
///     let task = tokio::spawn(async move { drop(permit) });
///     task.await.unwrap();
///     assert_eq!(semaphore.available_permits(), 2);
/// }
/// ```
#[must_use = "a permit that is dropped goes to the next in line"]
#[derive(Debug)]
pub struct OwnedSemaphorePermit {
    /// None once the permit is forgotten.
    semaphore: Option<Arc<Semaphore>>,
}

impl Semaphore {
    /// Returns a semaphore with a number of permits.
    ///
    /// # Panics
    ///
    /// If there are more than `usize::MAX >> 3`.
    #[track_caller]
    pub fn new(permits: usize) -> Semaphore {
        Semaphore { inner: modern::Semaphore::new(permits) }
    }

    /// Returns the number of permits that nobody has.
    pub fn available_permits(&self) -> usize {
        self.inner.available_permits()
    }

    /// Adds `n` permits.
    ///
    /// # Panics
    ///
    /// If there would be more than `usize::MAX >> 3`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::sync::Semaphore;
    ///
    /// let semaphore = Semaphore::new(0);
    /// semaphore.add_permits(2);
    /// assert_eq!(semaphore.available_permits(), 2);
    /// ```
    pub fn add_permits(&self, n: usize) {
        self.inner.add_permits(n);
    }

    /// Waits for a permit.
    ///
    /// # Dropping
    ///
    /// Gives up the place in the queue.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::sync::Semaphore;
    ///
    /// #[tokio::main]
    /// async fn main() {
    ///     let semaphore = Semaphore::new(1);
    ///     let permit = semaphore.acquire().await;
    ///     assert!(semaphore.try_acquire().is_err());
    ///     drop(permit);
    ///     assert!(semaphore.try_acquire().is_ok());
    /// }
    /// ```
    #[expect(clippy::missing_panics_doc, reason = "never: nobody can close it")]
    pub async fn acquire(&self) -> SemaphorePermit<'_> {
        self.inner.acquire().await.expect("nobody can close it")
    }

    /// Takes a permit if there is one.
    ///
    /// # Errors
    ///
    /// If there is none.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::sync::Semaphore;
    ///
    /// let semaphore = Semaphore::new(1);
    /// let permit = semaphore.try_acquire();
    /// assert!(permit.is_ok());
    /// assert!(semaphore.try_acquire().is_err(), "it is out");
    /// ```
    pub fn try_acquire(&self) -> Result<SemaphorePermit<'_>, TryAcquireError> {
        self.inner.try_acquire()
    }

    /// Waits for a permit that holds this semaphore.
    ///
    /// # Dropping
    ///
    /// Gives up the place in the queue.
    pub async fn acquire_owned(self: Arc<Self>) -> OwnedSemaphorePermit {
        // What is forgotten here is given back by the drop of the result.
        self.acquire().await.forget();
        OwnedSemaphorePermit { semaphore: Some(self) }
    }

    /// Takes a permit that holds this semaphore, if there is one.
    ///
    /// # Errors
    ///
    /// If there is none.
    pub fn try_acquire_owned(self: Arc<Self>) -> Result<OwnedSemaphorePermit, TryAcquireError> {
        // As above.
        self.try_acquire()?.forget();
        Ok(OwnedSemaphorePermit { semaphore: Some(self) })
    }
}

impl OwnedSemaphorePermit {
    /// Drops this without giving the permit back: there is one less from here on.
    pub fn forget(mut self) {
        self.semaphore = None;
    }
}

impl Drop for OwnedSemaphorePermit {
    fn drop(&mut self) {
        if let Some(semaphore) = &self.semaphore {
            semaphore.add_permits(1);
        }
    }
}
