//! Ticks at equal distances in time.
//!
//! Programs of tokio 1.x call it; it waits in one timer that is moved on after each tick.
//!
//! Always true: the first tick is due at `start`; a tick is never early. A future of `tick`
//! that is dropped while pending has taken no tick.
//!
//! Why not a `sleep` for each tick? Each would have to be made and registered; and only what keeps
//! the schedule can tell by how much a tick is late.

use super::{sleep_until, Instant, Sleep};
use std::future::{poll_fn, Future};
use std::pin::Pin;
use std::task::{ready, Context, Poll};
use std::time::Duration;

/// Ticks at once, and every `period` after that.
///
/// # Panics
///
/// If `period` is zero, if the thread belongs to no runtime, or if the runtime has no timer.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::time::{interval, Duration};
///
/// tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
///     let mut beat = interval(Duration::from_millis(2));
///     let first = beat.tick().await;
///     assert_eq!(beat.tick().await - first, Duration::from_millis(2));
/// });
/// # Ok::<(), std::io::Error>(())
/// ```
#[track_caller]
pub fn interval(period: Duration) -> Interval {
    interval_at(Instant::now(), period)
}

/// Ticks at `start`, and every `period` after that.
///
/// # Panics
///
/// As [`interval`].
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::time::{interval_at, Duration, Instant};
///
/// tokio::runtime::Runtime::new().unwrap().block_on(async {
///     let start = Instant::now() + Duration::from_millis(1);
///     let mut ticks = interval_at(start, Duration::from_millis(5));
///     assert_eq!(ticks.tick().await, start);
/// });
/// ```
#[track_caller]
pub fn interval_at(start: Instant, period: Duration) -> Interval {
    assert!(!period.is_zero(), "`period` must be non-zero.");
    Interval { sleep: Box::pin(sleep_until(start)), period, missed: MissedTickBehavior::Burst }
}

/// When an [`Interval`] ticks next, once it has been kept from ticking on time.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use std::time::Duration;
/// use tokio::runtime::Runtime;
/// use tokio::time::{interval, MissedTickBehavior};
///
/// Runtime::new().unwrap().block_on(async {
///     let mut ticks = interval(Duration::from_secs(1));
///     // After a pause, goes on from then, in place of making up for what was missed.
///     ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
///     ticks.tick().await;
/// });
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum MissedTickBehavior {
    /// Ticks that were missed are made up for, one right after the other: the count stays
    /// right.
    #[default]
    Burst,
    /// The next tick comes a whole period after the late one: the distance stays right.
    Delay,
    /// Ticks that were missed are left out: the beat stays right.
    Skip,
}

/// Ticks regularly; see [`interval`].
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use std::time::Duration;
/// use tokio::runtime::Runtime;
/// use tokio::time::interval;
///
/// Runtime::new().unwrap().block_on(async {
///     let mut ticks = interval(Duration::from_millis(1));
///     // The first tick is at once.
///     let first = ticks.tick().await;
///     assert!(ticks.tick().await > first);
/// });
/// ```
#[derive(Debug)]
pub struct Interval {
    sleep: Pin<Box<Sleep>>,
    period: Duration,
    missed: MissedTickBehavior,
}

impl MissedTickBehavior {
    /// When to tick after the tick that was due at `due` and came at `now`.
    fn next(self, due: Instant, now: Instant, period: Duration) -> Instant {
        let next = match self {
            MissedTickBehavior::Burst => due.checked_add(period),
            MissedTickBehavior::Delay => now.checked_add(period),
            MissedTickBehavior::Skip => {
                let late_ns = (now - due).as_nanos() % period.as_nanos();
                // The remainder is below the period, so its seconds fit.
                let late = Duration::new(
                    (late_ns / 1_000_000_000) as u64,
                    (late_ns % 1_000_000_000) as u32,
                );
                now.checked_add(period - late)
            }
        };
        next.unwrap_or_else(Instant::far_future)
    }
}

/// A tick that comes no later than this is on time: the timer itself is no more exact.
const ON_TIME: Duration = Duration::from_millis(5);

impl Interval {
    /// Waits for the next tick, and returns when it was due.
    ///
    /// # Dropping
    ///
    /// Loses no tick.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::time::{interval, Duration};
    ///
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     let mut ticks = interval(Duration::from_millis(1));
    ///     // The first is due at once.
    ///     ticks.tick().await;
    ///     ticks.tick().await;
    /// });
    /// ```
    pub async fn tick(&mut self) -> Instant {
        poll_fn(|cx| self.poll_tick(cx)).await
    }

    /// Polls for the next tick; see [`tick`](Interval::tick).
    pub fn poll_tick(&mut self, cx: &mut Context<'_>) -> Poll<Instant> {
        ready!(self.sleep.as_mut().poll(cx));
        let due = self.sleep.deadline();
        let now = Instant::now();
        let behavior = match due.checked_add(ON_TIME) {
            Some(late) if now > late => self.missed,
            _ => MissedTickBehavior::Burst,
        };
        self.sleep.as_mut().reset(behavior.next(due, now, self.period));
        Poll::Ready(due)
    }

    /// Makes the next tick come a period from now.
    ///
    /// A period that no `Instant` can express ends in the far future.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::time::{interval, Duration, Instant};
    ///
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     let mut ticks = interval(Duration::from_millis(2));
    ///     ticks.tick().await;
    ///     let now = Instant::now();
    ///     ticks.reset();
    ///     assert!(ticks.tick().await >= now + Duration::from_millis(2));
    /// });
    /// ```
    pub fn reset(&mut self) {
        self.reset_at(Instant::after(self.period));
    }

    /// Makes the next tick come at once.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::time::{interval, Duration};
    ///
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     let mut ticks = interval(Duration::from_secs(60));
    ///     ticks.tick().await;
    ///     ticks.reset_immediately();
    ///     ticks.tick().await;
    /// });
    /// ```
    pub fn reset_immediately(&mut self) {
        self.reset_at(Instant::now());
    }

    /// Makes the next tick come after `after`, and the others every period from there.
    ///
    /// A time that no `Instant` can express ends in the far future.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::time::{interval, Duration};
    ///
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     let mut ticks = interval(Duration::from_secs(60));
    ///     ticks.tick().await;
    ///     ticks.reset_after(Duration::from_millis(1));
    ///     ticks.tick().await;
    /// });
    /// ```
    pub fn reset_after(&mut self, after: Duration) {
        self.reset_at(Instant::after(after));
    }

    /// Makes the next tick come at `deadline`, and the others every period from there.
    pub fn reset_at(&mut self, deadline: Instant) {
        self.sleep.as_mut().reset(deadline);
    }

    /// Returns what becomes of ticks that were missed; at first
    /// [`MissedTickBehavior::Burst`].
    pub fn missed_tick_behavior(&self) -> MissedTickBehavior {
        self.missed
    }

    /// Sets what becomes of ticks that were missed.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::time::{interval, Duration, MissedTickBehavior};
    ///
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let mut ticks = interval(Duration::from_secs(60));
    /// ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    /// assert_eq!(ticks.missed_tick_behavior(), MissedTickBehavior::Delay);
    /// # });
    /// ```
    pub fn set_missed_tick_behavior(&mut self, behavior: MissedTickBehavior) {
        self.missed = behavior;
    }

    /// Returns the time from one tick to the next.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::time::{interval, Duration};
    ///
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// assert_eq!(interval(Duration::from_secs(60)).period(), Duration::from_secs(60));
    /// # });
    /// ```
    pub fn period(&self) -> Duration {
        self.period
    }
}
