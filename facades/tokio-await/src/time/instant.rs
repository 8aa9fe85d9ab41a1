//! An instant by the clock of the runtime.
//!
//! Programs take it for `std::time::Instant`, and so do the timers here. Its numbers are std's;
//! only where the present comes from differs.
//!
//! Always true: on a clock that is paused, it changes only when that is moved.
//!
//! Why not a name for std's type? `now` and `elapsed` would tell the system's time while the
//! runtime's clock stands still.

use std::fmt;
use std::ops::{Add, AddAssign, Sub, SubAssign};
use std::time::Duration;
use tokio::clock;

/// An instant by the clock of the runtime, which a test can [pause](super::pause).
///
/// Outside of a runtime, that is the system's clock. Otherwise as [`std::time::Instant`],
/// which it converts to and from.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::time::{Duration, Instant};
///
/// let before = Instant::now();
/// let later = before + Duration::from_secs(1);
/// assert_eq!(later - before, Duration::from_secs(1));
/// assert_eq!(before - later, Duration::ZERO);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant {
    std: std::time::Instant,
}

impl Instant {
    /// Returns the present instant.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let start = tokio::time::Instant::now();
    /// assert!(tokio::time::Instant::now() >= start);
    /// ```
    pub fn now() -> Instant {
        Instant { std: clock::now() }
    }

    /// Returns the same instant, as this type.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::time::Instant;
    ///
    /// let std = std::time::Instant::now();
    /// assert_eq!(Instant::from_std(std).into_std(), std);
    /// ```
    pub fn from_std(std: std::time::Instant) -> Instant {
        Instant { std }
    }

    /// Returns an instant that does not come: some thirty years from now.
    pub(crate) fn far_future() -> Instant {
        Instant::now() + Duration::from_secs(30 * 365 * 24 * 60 * 60)
    }

    /// Returns the instant `duration` from now, or one that does not come.
    pub(super) fn after(duration: Duration) -> Instant {
        Instant::now().checked_add(duration).unwrap_or_else(Instant::far_future)
    }

    /// Returns the same instant, as std's type.
    pub fn into_std(self) -> std::time::Instant {
        self.std
    }

    /// Returns the time from `earlier` to this; zero if `earlier` is later.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::time::{Duration, Instant};
    ///
    /// let start = Instant::now();
    /// let later = start + Duration::from_secs(1);
    /// assert_eq!(later.duration_since(start), Duration::from_secs(1));
    /// ```
    pub fn duration_since(&self, earlier: Instant) -> Duration {
        self.std.saturating_duration_since(earlier.std)
    }

    /// Returns the time from `earlier` to this; none if `earlier` is later.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::time::{Duration, Instant};
    ///
    /// let start = Instant::now();
    /// let later = start + Duration::from_secs(1);
    /// assert_eq!(start.checked_duration_since(later), None);
    /// ```
    pub fn checked_duration_since(&self, earlier: Instant) -> Option<Duration> {
        self.std.checked_duration_since(earlier.std)
    }

    /// Returns the time from `earlier` to this; zero if `earlier` is later.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::time::{Duration, Instant};
    ///
    /// let start = Instant::now();
    /// let later = start + Duration::from_secs(1);
    /// assert_eq!(start.saturating_duration_since(later), Duration::ZERO);
    /// ```
    pub fn saturating_duration_since(&self, earlier: Instant) -> Duration {
        self.std.saturating_duration_since(earlier.std)
    }

    /// Returns the time from this instant to the present one; zero if this is yet to come.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let start = tokio::time::Instant::now();
    /// println!("it took {:?}", start.elapsed());
    /// ```
    pub fn elapsed(&self) -> Duration {
        Instant::now().duration_since(*self)
    }

    /// Returns the instant that is later by `duration`, if there is one.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::time::{Duration, Instant};
    ///
    /// assert!(Instant::now().checked_add(Duration::MAX).is_none());
    /// ```
    pub fn checked_add(&self, duration: Duration) -> Option<Instant> {
        self.std.checked_add(duration).map(Instant::from_std)
    }

    /// Returns the instant that is earlier by `duration`, if there is one.
    pub fn checked_sub(&self, duration: Duration) -> Option<Instant> {
        self.std.checked_sub(duration).map(Instant::from_std)
    }
}

impl From<std::time::Instant> for Instant {
    fn from(std: std::time::Instant) -> Instant {
        Instant::from_std(std)
    }
}

impl From<Instant> for std::time::Instant {
    fn from(instant: Instant) -> std::time::Instant {
        instant.into_std()
    }
}

impl Add<Duration> for Instant {
    type Output = Instant;

    fn add(self, duration: Duration) -> Instant {
        Instant { std: self.std + duration }
    }
}

impl AddAssign<Duration> for Instant {
    fn add_assign(&mut self, duration: Duration) {
        self.std += duration;
    }
}

impl Sub for Instant {
    type Output = Duration;

    fn sub(self, earlier: Instant) -> Duration {
        self.duration_since(earlier)
    }
}

impl Sub<Duration> for Instant {
    type Output = Instant;

    fn sub(self, duration: Duration) -> Instant {
        Instant { std: self.std - duration }
    }
}

impl SubAssign<Duration> for Instant {
    fn sub_assign(&mut self, duration: Duration) {
        self.std -= duration;
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.std.fmt(f)
    }
}
