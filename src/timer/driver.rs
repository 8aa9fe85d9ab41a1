//! A timer that one thread drives: a parker around another parker.
//!
//! Used by the single-threaded runtime, and by programs that put a runtime together
//! themselves. It is a [`Timers`] with one shard.
//!
//! Always true: a park ends once the next deadline has passed, and then the tasks whose deadlines
//! have passed are woken on this thread. Dropping the timer ends every wait with an error.
//!
//! Why not the runtime's driver? That one is shared by many workers, and takes turns; here the
//! thread that parks is the only one.

use super::timers::Timers;
use crate::clock::Clock;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_executor::park::{Park, ParkThread};

pub use super::handle::{replace_default, set_default, with_default, DefaultGuard, Handle};
pub use crate::clock::Clock as SystemNow;

/// A source of the present time.
#[doc(hidden)]
#[deprecated(since = "0.2.4", note = "use clock::Now instead")]
pub trait Now {
    /// Returns the present time.
    fn now(&mut self) -> Instant;

    /// Returns the same clock for other threads, if this is one that can be shared.
    // Hidden: part of a deprecated trait.
    #[doc(hidden)]
    fn shared(&self) -> Option<Clock> {
        None
    }
}

#[allow(deprecated)]
impl Now for Clock {
    fn now(&mut self) -> Instant {
        Clock::now(self)
    }

    fn shared(&self) -> Option<Clock> {
        Some(self.clone())
    }
}

/// Parks until the next deadline, and then wakes who waits for it.
///
/// Wraps another [`Park`], for instance a reactor, in which it sleeps. Whoever drives it
/// calls [`turn`](Timer::turn), or parks in it, again and again; the timers themselves
/// are set through its [`handle`](Timer::handle), from any thread.
///
/// Time is kept in milliseconds since the timer was made; deadlines are rounded up.
///
/// # Dropping
///
/// Everything that still waits ends with [`Error::shutdown`](super::Error::shutdown).
///
/// # Examples
///
/// ```
/// use futures::{future, Async, Future};
/// use std::time::{Duration, Instant};
/// use tokio::timer::driver::Timer;
///
/// let mut timer = Timer::default();
/// let mut delay = timer.handle().delay(Instant::now() + Duration::from_millis(5));
/// let done = future::poll_fn(|| loop {
///     match delay.poll()? {
///         Async::Ready(()) => return Ok::<_, tokio::timer::Error>(Async::Ready(())),
///         Async::NotReady => timer.turn(None).map(drop).unwrap(),
///     }
/// });
/// done.wait().unwrap();
/// ```
pub struct Timer<T, N = SystemNow> {
    timers: Timers,
    park: T,
    now: N,
}

/// What a [`turn`](Timer::turn) did; there is nothing to be learnt from it yet.
#[derive(Debug)]
pub struct Turn {
    _private: (),
}

impl<T: Park> Timer<T> {
    /// Returns a timer that sleeps in `park` and goes by the thread's default clock.
    pub fn new(park: T) -> Timer<T> {
        Timer::new_with_now(park, Clock::new())
    }
}

impl<T, N> Timer<T, N> {
    /// Returns the parker in which this one sleeps.
    pub fn get_park(&self) -> &T {
        &self.park
    }

    /// Returns the parker in which this one sleeps.
    pub fn get_park_mut(&mut self) -> &mut T {
        &mut self.park
    }
}

#[allow(deprecated)]
impl<T: Park, N: Now> Timer<T, N> {
    /// Returns a timer that sleeps in `park` and goes by `now`.
    pub fn new_with_now(park: T, mut now: N) -> Timer<T, N> {
        let start = now.now();
        let timers = Timers::with_start(1, start, now.shared(), Arc::new(park.unpark()));
        Timer { timers, park, now }
    }

    /// Returns a handle through which to set timers.
    pub fn handle(&self) -> Handle {
        self.timers.handle(0)
    }

    /// Sleeps until the next deadline, until unparked, or for `max_wait`, and then wakes
    /// those whose deadline has come.
    ///
    /// # Errors
    ///
    /// If the inner parker fails.
    pub fn turn(&mut self, max_wait: Option<Duration>) -> Result<Turn, T::Error> {
        self.sleep(max_wait)?;
        Ok(Turn { _private: () })
    }

    fn sleep(&mut self, max_wait: Option<Duration>) -> Result<(), T::Error> {
        let Timer { timers, park, now } = self;
        timers.sleep(
            max_wait,
            || now.now(),
            |wait| {
                match wait {
                    // Who has no time has work to do, so that a clock that stands still is not
                    // moved on by what is found.
                    Some(_) if max_wait == Some(Duration::ZERO) => park.look()?,
                    Some(wait) => park.park_timeout(wait)?,
                    None => park.park()?,
                }
                Ok(park.has_found_something())
            },
        )
    }
}

impl Default for Timer<ParkThread, SystemNow> {
    fn default() -> Self {
        Timer::new(ParkThread::new())
    }
}

#[allow(deprecated)]
impl<T: Park, N: Now> Park for Timer<T, N> {
    type Unpark = T::Unpark;
    type Error = T::Error;

    fn unpark(&self) -> T::Unpark {
        self.park.unpark()
    }

    fn park(&mut self) -> Result<(), T::Error> {
        self.sleep(None)
    }

    fn park_timeout(&mut self, duration: Duration) -> Result<(), T::Error> {
        self.sleep(Some(duration))
    }

    fn has_found_something(&self) -> bool {
        self.park.has_found_something()
    }
}

impl<T: fmt::Debug, N: fmt::Debug> fmt::Debug for Timer<T, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Timer")
            .field("timers", &self.timers)
            .field("park", &self.park)
            .field("now", &self.now)
            .finish()
    }
}
