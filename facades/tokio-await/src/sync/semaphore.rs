//! A number of permits.

use std::future::poll_fn;
use tokio::sync::semaphore as engine;

pub use engine::{AcquireError, TryAcquireError};

/// A number of permits, handed out in turn.
///
/// # Examples
///
/// ```
/// use tokio_await::sync::Semaphore;
///
/// # tokio_await::runtime::Runtime::new().unwrap().block_on(async {
/// let doors = Semaphore::new(1);
/// let inside = doors.acquire().await.unwrap();
/// assert!(doors.try_acquire().is_err());
/// drop(inside);
/// assert_eq!(doors.available_permits(), 1);
/// # });
/// ```
#[derive(Debug)]
pub struct Semaphore {
    inner: engine::Semaphore,
}

impl Semaphore {
    /// A semaphore with `permits` permits.
    ///
    /// # Panics
    ///
    /// If that is more than the engine can count.
    pub fn new(permits: usize) -> Semaphore {
        Semaphore { inner: engine::Semaphore::new(permits) }
    }

    /// The permits that nobody has.
    pub fn available_permits(&self) -> usize {
        self.inner.available_permits()
    }

    /// Adds permits.
    ///
    /// # Panics
    ///
    /// If they are more than the engine can count.
    pub fn add_permits(&self, n: usize) {
        self.inner.add_permits(n);
    }

    /// Hands out no more permits: whoever waits gets an error.
    pub fn close(&self) {
        self.inner.close();
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
    pub async fn acquire(&self) -> Result<SemaphorePermit<'_>, AcquireError> {
        // Made first: if this future is dropped, the permit goes back where it was meant
        // to come from.
        let mut permit = SemaphorePermit { semaphore: self, permit: engine::Permit::new() };
        poll_fn(|cx| permit.permit.poll_acquire_cx(&cx.into(), &self.inner)).await?;
        Ok(permit)
    }

    /// A permit, if there is one.
    ///
    /// # Errors
    ///
    /// If there is none, or the semaphore is closed.
    pub fn try_acquire(&self) -> Result<SemaphorePermit<'_>, TryAcquireError> {
        let mut permit = engine::Permit::new();
        permit.try_acquire(&self.inner)?;
        Ok(SemaphorePermit { semaphore: self, permit })
    }
}

/// A permit of a [`Semaphore`].
///
/// # Dropping
///
/// Gives it back.
#[derive(Debug)]
#[must_use = "dropping a permit gives it back"]
pub struct SemaphorePermit<'a> {
    semaphore: &'a Semaphore,
    permit: engine::Permit,
}

impl SemaphorePermit<'_> {
    /// Keeps the permit for ever: there is one less.
    pub fn forget(mut self) {
        self.permit.forget();
    }
}

impl Drop for SemaphorePermit<'_> {
    fn drop(&mut self) {
        self.permit.release(&self.semaphore.inner);
    }
}
