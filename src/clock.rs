//! What time it is, and where that comes from.
//!
//! Called by everything of ours that needs the time: it asks [`now`], which reads the thread's
//! default [`Clock`]: the system's, unless [`set_default`] or [`with_default`] put another in its
//! place. A runtime sets the clock it was built with on all of its threads. Unless that is a
//! [`Now`] of yours, a test can [`pause`] it and [`advance`] it; a paused runtime with nothing to
//! do advances it to the next deadline by itself.
//!
//! Always true: a thread has one default clock at a time, and a guard that is dropped puts back
//! the one before.
//!
//! Why not the system's clock everywhere? A test of a timeout would then have to wait for it; and
//! a program of tokio 0.1 may bring a [`Now`] of its own.
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

#[cfg(feature = "rt-full")]
mod of_runtime;
mod pausable;

pub(crate) use self::pausable::{Flow, Pausable, Watcher};

use self::pausable::{Holding, Refused};
use std::cell::{Cell, RefCell};
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_executor::Enter;

/// A source of the present time.
///
/// # Examples
///
/// ```
/// use std::time::{Duration, Instant};
/// use tokio::clock::{Clock, Now};
///
/// // An hour ahead of everybody else.
/// struct Ahead;
///
/// impl Now for Ahead {
///     fn now(&self) -> Instant {
///         Instant::now() + Duration::from_secs(3600)
///     }
/// }
///
/// let clock = Clock::new_with_now(Ahead);
/// assert!(clock.now() > Instant::now());
/// ```
pub trait Now: Send + Sync + 'static {
    /// Returns the present time.
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
    source: Source,
}

#[derive(Clone, Default)]
enum Source {
    #[default]
    System,
    Custom(Arc<dyn Now>),
    Pausable(Arc<Pausable>),
}

/// Keeps a thread's default clock in place; see [`set_default`].
///
/// # Dropping
///
/// The thread goes back to the clock that it had before.
///
/// # Examples
///
/// ```
/// use tokio::clock::{self, Clock};
///
/// let default = clock::set_default(&Clock::system());
/// // From here the thread's clock is what it was before.
/// drop(default);
/// ```
#[derive(Debug)]
pub struct DefaultGuard {
    former: Option<Clock>,
    was_set: bool,
}

/// Keeps a paused clock from advancing by itself; see [`Clock::hold`].
///
/// # Dropping
///
/// The clock may advance again.
// Hidden: for the interfaces of tokio 1.x and 0.2.
#[doc(hidden)]
pub struct Hold {
    _holding: Option<Holding>,
}

thread_local! {
    /// The default is one of `set_default`, which refuses to cover another such one.
    static IS_SET: Cell<bool> = const { Cell::new(false) };
    static CURRENT: RefCell<Option<Clock>> = const { RefCell::new(None) };
}

/// Returns the present time by the thread's default clock.
///
/// # Examples
///
/// ```
/// let before = tokio::clock::now();
/// assert!(before <= tokio::clock::now());
/// ```
pub fn now() -> Instant {
    let custom =
        CURRENT.with(|current| match current.borrow().as_ref().map(|clock| &clock.source) {
            None | Some(Source::System) => Err(Instant::now()),
            Some(Source::Pausable(clock)) => Err(clock.now()),
            Some(Source::Custom(now)) => Ok(now.clone()),
        });
    // A user's clock is called after the borrow has ended: it may set another.
    custom.map_or_else(|now| now, |custom| custom.now())
}

/// Stops the time of this thread's runtime: [`now`] tells the same instant from here on.
///
/// [`advance`] moves it, and so does the runtime itself: when it has nothing to do and no event
/// has come in, it goes to the next deadline of a timer. Events from outside the process are
/// thus outrun by timers. In a pool it is the worker that waits for events that has nothing to
/// do; what the others run, or block in, does not keep time from going on. For a test that
/// counts on that, a current-thread runtime is the better place.
///
/// # Panics
///
/// If time is paused already, or if the thread's clock is not one that can be paused: on
/// threads that no runtime runs, and with a [`Now`] of your own.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use tokio::clock;
/// use tokio::runtime::current_thread::Runtime;
/// use tokio::timer::sleep;
///
/// Runtime::new()?.block_on_std(async {
///     clock::pause();
///     let before = clock::now();
///     // Takes no time at all.
///     sleep(Duration::from_secs(3600)).await;
///     assert!(clock::now() - before >= Duration::from_secs(3600));
/// });
/// # Ok::<(), std::io::Error>(())
/// ```
#[track_caller]
pub fn pause() {
    Clock::new().pause();
}

/// Lets the time of this thread's runtime go on, from where it is.
///
/// # Panics
///
/// If it is not paused.
#[track_caller]
pub fn resume() {
    Clock::new().resume();
}

/// Moves the paused time of this thread's runtime on by `duration`, in one step.
///
/// Timers that are due by then have ended when this returns, and their tasks are woken.
///
/// # Panics
///
/// If time is not paused, or if there is no instant so late.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use tokio::clock;
/// use tokio::runtime::current_thread::Runtime;
///
/// Runtime::new()?.block_on_std(async {
///     clock::pause();
///     let before = clock::now();
///     clock::advance(Duration::from_secs(60));
///     assert_eq!(clock::now() - before, Duration::from_secs(60));
///     clock::resume();
/// });
/// # Ok::<(), std::io::Error>(())
/// ```
#[track_caller]
pub fn advance(duration: Duration) {
    Clock::new().advance(duration);
}

/// Returns whether the default clock of this thread stands still.
// Hidden: for the interfaces of tokio 1.x and 0.2.
#[doc(hidden)]
pub fn is_paused() -> bool {
    CURRENT.with(|current| current.borrow().as_ref().is_some_and(Clock::is_paused))
}

/// `from` plus `duration`, or an instant a hundred years away if no `Instant` can be that late.
pub(crate) fn after(from: Instant, duration: Duration) -> Instant {
    const FAR: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);
    from.checked_add(duration).or_else(|| from.checked_add(FAR)).unwrap_or(from)
}

impl Clock {
    /// Returns the thread's default clock, as it is now.
    pub fn new() -> Clock {
        CURRENT.with(|current| current.borrow().clone()).unwrap_or_default()
    }

    /// Returns a clock that asks `now`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Instant;
    /// use tokio::clock::{Clock, Now};
    ///
    /// struct Stopped(Instant);
    ///
    /// impl Now for Stopped {
    ///     fn now(&self) -> Instant {
    ///         self.0
    ///     }
    /// }
    ///
    /// let start = Instant::now();
    /// assert_eq!(Clock::new_with_now(Stopped(start)).now(), start);
    /// ```
    pub fn new_with_now<T: Now>(now: T) -> Clock {
        Clock { source: Source::Custom(Arc::new(now)) }
    }

    /// Returns the system's clock.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Instant;
    /// use tokio::clock::Clock;
    ///
    /// assert!(Clock::system().now() <= Instant::now());
    /// ```
    pub fn system() -> Clock {
        Clock { source: Source::System }
    }

    /// Returns a clock of its own that goes with the system's until it is paused.
    ///
    /// # Examples
    ///
    /// A runtime whose time stands still from the start:
    ///
    /// ```
    /// use std::time::Duration;
    /// use tokio::clock::Clock;
    /// use tokio::runtime::current_thread::Builder;
    /// use tokio::timer::sleep;
    ///
    /// let clock = Clock::pausable();
    /// clock.pause();
    /// let before = clock.now();
    /// let mut runtime = Builder::new().clock(clock.clone()).build()?;
    /// runtime.block_on_std(sleep(Duration::from_secs(5)));
    /// // Rounded up to a whole millisecond of the runtime's time.
    /// let slept = clock.now() - before;
    /// assert!(slept.as_millis() == 5_000 || slept.as_millis() == 5_001, "{slept:?}");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn pausable() -> Clock {
        Clock { source: Source::Pausable(Arc::new(Pausable::new())) }
    }

    /// Returns the present time by this clock.
    #[inline]
    pub fn now(&self) -> Instant {
        match &self.source {
            Source::System => Instant::now(),
            Source::Custom(now) => now.now(),
            Source::Pausable(clock) => clock.now(),
        }
    }

    /// Returns whether this clock is paused. A [`Now`] of your own never is.
    pub fn is_paused(&self) -> bool {
        self.as_pausable().is_some_and(|clock| clock.is_paused())
    }

    /// Stops this clock; see [`pause`].
    ///
    /// # Panics
    ///
    /// As there.
    #[track_caller]
    pub fn pause(&self) {
        // Not in a closure: the caller is the one to be named.
        if let Err(refused) = self.expect_pausable("pause").pause() {
            refused.panic();
        }
    }

    /// Sets this clock going again; see [`resume`].
    ///
    /// # Panics
    ///
    /// As there.
    #[track_caller]
    pub fn resume(&self) {
        // Not in a closure: the caller is the one to be named.
        if let Err(refused) = self.expect_pausable("resume").resume() {
            refused.panic();
        }
    }

    /// Moves this clock on by `duration`; see [`advance`].
    ///
    /// # Panics
    ///
    /// As there.
    #[track_caller]
    pub fn advance(&self, duration: Duration) {
        // Not in a closure: the caller is the one to be named.
        if let Err(refused) = self.expect_pausable("advance").advance(duration) {
            refused.panic();
        }
    }

    /// Keeps a paused clock from advancing by itself while something runs that no driver of
    /// timers sees.
    // Hidden: for the interfaces of tokio 1.x and 0.2.
    #[doc(hidden)]
    pub fn hold(&self) -> Hold {
        Hold { _holding: self.as_pausable().cloned().map(Holding::new) }
    }

    pub(crate) fn as_pausable(&self) -> Option<&Arc<Pausable>> {
        match &self.source {
            Source::Pausable(clock) => Some(clock),
            _ => None,
        }
    }

    #[track_caller]
    fn expect_pausable(&self, what: &str) -> &Pausable {
        match self.as_pausable() {
            Some(clock) => clock,
            None => panic!("cannot {what} the clock: no runtime runs on this thread"),
        }
    }
}

impl Refused {
    #[track_caller]
    fn panic(self) -> ! {
        match self {
            Refused::Paused => panic!("time is already frozen"),
            Refused::Running => panic!("time is not frozen"),
        }
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = f.debug_struct("Clock");
        match &self.source {
            Source::System => f.field("source", &"system"),
            Source::Custom(_) => f.field("source", &"custom"),
            Source::Pausable(clock) => f.field("source", clock),
        };
        f.finish()
    }
}

impl fmt::Debug for Hold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hold").finish_non_exhaustive()
    }
}

/// Runs `f` with `clock` as the thread's default.
///
/// # Panics
///
/// If the thread has a default clock already that was set by this or by [`set_default`].
///
/// # Examples
///
/// ```
/// use tokio::clock::{self, Clock};
/// use tokio_executor::enter;
///
/// let seen = clock::with_default(&Clock::system(), &mut enter().unwrap(), |_| clock::now());
/// assert!(seen <= std::time::Instant::now());
/// ```
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
/// If the thread has a default clock already that was set by this or by [`with_default`].
pub fn set_default(clock: &Clock) -> DefaultGuard {
    // One of a runtime around us, which upstream's set none for, may be covered.
    assert!(!IS_SET.get(), "default clock already set for execution context");
    let guard = replace_default(Some(clock));
    IS_SET.set(true);
    guard
}

/// Makes `clock`, or none, the thread's default in place of the present one until the result
/// is dropped: contexts nest.
// Hidden: for the interfaces of tokio 1.x and 0.2.
#[doc(hidden)]
pub fn replace_default(clock: Option<&Clock>) -> DefaultGuard {
    let clock = clock.cloned();
    let former = CURRENT.with(|current| current.replace(clock));
    DefaultGuard { former, was_set: IS_SET.replace(false) }
}

impl Drop for DefaultGuard {
    fn drop(&mut self) {
        // The thread may be ending, and its default be gone. The clock itself is dropped
        // after the borrow has ended: it may be a user's.
        let former = self.former.take();
        IS_SET.set(self.was_set);
        let _ = CURRENT.try_with(|current| current.replace(former));
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
    fn defaults_nest_and_end_in_reverse_order() {
        let (first, second) = (Instant::now(), Instant::now() + Duration::from_secs(1));
        let _first = set_default(&Clock::new_with_now(Fixed(first)));
        let inner = replace_default(Some(&Clock::new_with_now(Fixed(second))));
        assert_eq!(now(), second);
        {
            let _none = replace_default(None);
            assert!(format!("{:?}", Clock::new()).contains("system"));
        }
        assert_eq!(now(), second);
        drop(inner);
        assert_eq!(now(), first);
    }

    #[test]
    fn a_paused_clock_moves_only_by_hand_and_goes_on_from_there() {
        let clock = Clock::pausable();
        let before = clock.now();
        assert!(!clock.is_paused());
        clock.pause();
        let paused = clock.now();
        assert!(clock.is_paused() && paused >= before);
        assert_eq!(clock.now(), paused);
        clock.advance(Duration::from_secs(9));
        assert_eq!(clock.now(), paused + Duration::from_secs(9));
        clock.resume();
        let resumed = clock.now();
        assert!(resumed >= paused + Duration::from_secs(9));
        clock.pause();
        assert!(clock.now() >= resumed && clock.now() < resumed + Duration::from_secs(9));
    }

    #[test]
    #[should_panic(expected = "time is already frozen")]
    fn a_paused_clock_cannot_be_paused() {
        let clock = Clock::pausable();
        clock.pause();
        clock.pause();
    }

    #[test]
    #[should_panic(expected = "time is not frozen")]
    fn a_running_clock_cannot_be_advanced() {
        Clock::pausable().advance(Duration::from_secs(1));
    }

    #[test]
    #[should_panic(expected = "no runtime runs on this thread")]
    fn the_systems_clock_cannot_be_paused() {
        pause();
    }

    /// The clock stays of use after the panic: no lock is poisoned for good.
    #[test]
    fn an_advance_past_all_time_panics_and_changes_nothing() {
        let clock = Clock::pausable();
        clock.pause();
        let now = clock.now();
        let far = std::panic::AssertUnwindSafe(|| clock.advance(Duration::MAX));
        assert!(std::panic::catch_unwind(far).is_err());
        assert_eq!(clock.now(), now);
    }

    /// Every look at it panicked then, and with it the runtime's driver.
    #[test]
    fn a_clock_that_is_set_going_at_the_end_of_time_can_be_asked() {
        let clock = Clock::pausable();
        clock.pause();
        let seconds = (0..64).rev().map(|shift| Duration::from_secs(1 << shift));
        let parts = (0..30).rev().map(|shift| Duration::from_nanos(1 << shift));
        for step in seconds.chain(parts) {
            if clock.now().checked_add(step).is_some() {
                clock.advance(step);
            }
        }
        let end = clock.now();
        assert!(end.checked_add(Duration::from_nanos(1)).is_none());
        clock.resume();
        let resumed = Instant::now();
        while resumed.elapsed().is_zero() {}
        assert_eq!(clock.now(), end);
    }

    #[test]
    fn fault_m04_a_maximal_duration_ends_in_the_far_future() {
        let now = Instant::now();
        let year = Duration::from_secs(365 * 24 * 60 * 60);
        assert!(after(now, Duration::MAX) > now + 50 * year);
        assert_eq!(after(now, year), now + year);
    }
}
