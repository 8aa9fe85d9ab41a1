//! Why there is no permit.

use crate::sync::permits::Refused;
use std::fmt;

/// The semaphore is closed: no permit will come.
///
/// # Examples
///
/// ```
/// use tokio::runtime::current_thread::block_on_all_std;
/// use tokio::sync::semaphore::Semaphore;
///
/// let semaphore = Semaphore::new(0);
/// semaphore.close();
/// assert!(block_on_all_std(semaphore.acquire()).is_err());
/// ```
#[derive(Debug)]
pub struct AcquireError(pub(super) ());

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

/// Why [`Permit::try_acquire`](super::Permit::try_acquire) or
/// [`Semaphore::try_acquire`](super::Semaphore::try_acquire) had no permit.
///
/// # Examples
///
/// ```
/// use tokio::sync::semaphore::Semaphore;
///
/// let semaphore = Semaphore::new(0);
/// assert!(semaphore.try_acquire().unwrap_err().is_no_permits());
/// semaphore.close();
/// assert!(semaphore.try_acquire().unwrap_err().is_closed());
/// ```
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
    /// Returns whether the semaphore is closed: no permit will come.
    pub fn is_closed(&self) -> bool {
        *self == TryAcquireError::Closed
    }

    /// Returns whether all permits are out.
    ///
    /// # Examples
    ///
    /// ```
    /// let semaphore = tokio::sync::semaphore::Semaphore::new(0);
    /// assert!(semaphore.try_acquire().unwrap_err().is_no_permits());
    /// ```
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
