//! What time it is, and where that comes from.
//!
//! Everything of ours that needs the time asks [`now`], which reads the thread's default
//! [`Clock`]: the system's, unless [`set_default`] or [`with_default`] put another in its
//! place. A runtime sets the clock it was built with on all of its threads, so that a
//! test can pause time, or move it by hand.
//!
//! # Examples
//!
//! A clock that a test moves by hand:
//!
//! ```
//! use std::sync::{Arc, Mutex};
//! use std::time::{Duration, Instant};
//! use tokio::clock::{self, Clock, Now};
//!
//! #[derive(Clone)]
//! struct ByHand(Arc<Mutex<Instant>>);
//!
//! impl Now for ByHand {
//!     fn now(&self) -> Instant {
//!         *self.0.lock().unwrap()
//!     }
//! }
//!
//! let hand = ByHand(Arc::new(Mutex::new(Instant::now())));
//! let _clock = clock::set_default(&Clock::new_with_now(hand.clone()));
//! let before = clock::now();
//! *hand.0.lock().unwrap() += Duration::from_secs(60);
//! assert_eq!(clock::now() - before, Duration::from_secs(60));
//! ```

use std::cell::RefCell;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_executor::Enter;

/// A source of the present time.
pub trait Now: Send + Sync + 'static {
    /// The present time.
    fn now(&self) -> Instant;
}

/// Tells the time: the system's, or that of a [`Now`].
///
/// # Examples
///
/// ```
/// use std::time::Instant;
/// use tokio::clock::{Clock, Now};
///
/// struct Paused(Instant);
///
/// impl Now for Paused {
///     fn now(&self) -> Instant {
///         self.0
///     }
/// }
///
/// let start = Instant::now();
/// let clock = Clock::new_with_now(Paused(start));
/// assert_eq!(clock.now(), start);
/// ```
#[derive(Clone, Default)]
pub struct Clock {
    /// Nothing stands for the system's clock.
    now: Option<Arc<dyn Now>>,
}

/// Keeps a thread's default clock in place; see [`set_default`].
///
/// # Dropping
///
/// The thread goes back to the system's clock.
#[derive(Debug)]
pub struct DefaultGuard {
    _private: (),
}

thread_local! {
    static CURRENT: RefCell<Option<Clock>> = const { RefCell::new(None) };
}

/// The present time by the thread's default clock.
///
/// # Examples
///
/// ```
/// let before = tokio::clock::now();
/// assert!(before <= tokio::clock::now());
/// ```
pub fn now() -> Instant {
    // The clock is called after the borrow has ended: it may be a user's, and set another.
    match CURRENT.with(|current| current.borrow().clone()) {
        Some(clock) => clock.now(),
        None => Instant::now(),
    }
}

/// `from` plus `duration`, or an instant a hundred years away if that cannot be told.
pub(crate) fn after(from: Instant, duration: Duration) -> Instant {
    const FAR: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);
    from.checked_add(duration).or_else(|| from.checked_add(FAR)).unwrap_or(from)
}

impl Clock {
    /// The thread's default clock, as it is now.
    pub fn new() -> Clock {
        CURRENT.with(|current| current.borrow().clone()).unwrap_or_default()
    }

    /// A clock that asks `now`.
    pub fn new_with_now<T: Now>(now: T) -> Clock {
        Clock { now: Some(Arc::new(now)) }
    }

    /// The system's clock.
    pub fn system() -> Clock {
        Clock { now: None }
    }

    /// The present time by this clock.
    pub fn now(&self) -> Instant {
        match &self.now {
            Some(now) => now.now(),
            None => Instant::now(),
        }
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let source = if self.now.is_some() { "custom" } else { "system" };
        f.debug_struct("Clock").field("source", &source).finish()
    }
}

/// Runs `f` with `clock` as the thread's default.
///
/// # Panics
///
/// If the thread has a default clock already.
pub fn with_default<F, R>(clock: &Clock, enter: &mut Enter, f: F) -> R
where
    F: FnOnce(&mut Enter) -> R,
{
    let _guard = set_default(clock);
    f(enter)
}

/// Makes `clock` the thread's default until the result is dropped.
///
/// # Panics
///
/// If the thread has a default clock already.
pub fn set_default(clock: &Clock) -> DefaultGuard {
    CURRENT.with(|current| {
        let mut current = current.borrow_mut();
        assert!(current.is_none(), "default clock already set for execution context");
        *current = Some(clock.clone());
    });
    DefaultGuard { _private: () }
}

impl Drop for DefaultGuard {
    fn drop(&mut self) {
        // The thread may be ending, and its default be gone. The clock itself is dropped
        // after the borrow has ended: it may be a user's.
        let _ = CURRENT.try_with(|current| current.take());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed(Instant);

    impl Now for Fixed {
        fn now(&self) -> Instant {
            self.0
        }
    }

    #[test]
    fn the_default_clock_is_the_systems() {
        let before = Instant::now();
        let between = now();
        let after = Clock::new().now();
        assert!(before <= between && between <= after);
    }

    #[test]
    fn a_custom_clock_rules_until_its_guard_is_dropped() {
        let past = Instant::now();
        let guard = set_default(&Clock::new_with_now(Fixed(past)));
        assert_eq!(now(), past);
        assert_eq!(Clock::new().now(), past);
        drop(guard);
        assert!(Clock::system().now() >= past);
        assert!(format!("{:?}", Clock::new()).contains("system"));
    }

    #[test]
    #[should_panic(expected = "default clock already")]
    fn a_second_default_clock_is_refused() {
        let _first = set_default(&Clock::system());
        let _second = set_default(&Clock::system());
    }

    #[test]
    fn fault_m04_a_maximal_duration_ends_in_the_far_future() {
        let now = Instant::now();
        let year = Duration::from_secs(365 * 24 * 60 * 60);
        assert!(after(now, Duration::MAX) > now + 50 * year);
        assert_eq!(after(now, year), now + year);
    }
}
