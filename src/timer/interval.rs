//! A stream that yields at equal distances in time.
//!
//! Programs poll it; it waits in one `Delay` that is moved on after each tick.
//!
//! Always true: the first tick is at `at`, and none is early; what a late tick does to the next
//! one is [`MissedTickBehavior`].
//!
//! Why not a `Delay` for each tick? Its entry in the timer would be made and freed each time, and
//! a late tick would move all that follow.

use super::delay::Delay;
use super::error::Error;
use super::handle::Handle;
use crate::clock;
use futures::Stream;
use std::task::{ready, Poll};
use std::time::{Duration, Instant};
use tokio_executor::task::Context;

/// Yields at a start, and then again and again after a fixed time.
///
/// Each item is the instant for which the tick was planned. The stream never ends.
///
/// What happens after a stall, when several ticks are overdue, is for
/// [`set_missed_tick_behavior`](Interval::set_missed_tick_behavior) to say.
///
/// # Errors
///
/// As for [`Delay`]. An error stays.
///
/// # Examples
///
/// ```
/// use futures::{Future, Stream};
/// use std::time::Duration;
/// use tokio::timer::Interval;
///
/// let task = Interval::new_interval(Duration::from_secs(1))
///     .take(10)
///     .for_each(|at| {
///         println!("tick at {at:?}");
///         Ok(())
///     })
///     .map_err(|e| eprintln!("no timer: {e}"));
/// # drop(task);
/// ```
#[derive(Debug)]
pub struct Interval {
    delay: Delay,
    duration: Duration,
    missed: MissedTickBehavior,
}

/// When an [`Interval`] ticks next, once it has been kept from ticking on time.
///
/// Say the ticks are 100 ms apart, and after the one at 200 ms nobody polls until 450 ms:
///
/// | | ticks planned for |
/// | --- | --- |
/// | `Burst` | 200, 300 (at 450), 400 (at 450), 500, 600 |
/// | `Delay` | 200, 300 (at 450), 550, 650 |
/// | `Skip` | 200, 300 (at 450), 500, 600 |
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use tokio::timer::{Interval, MissedTickBehavior};
///
/// // After a pause, goes on from then, in place of making up for what was missed.
/// let mut ticks = Interval::new_interval(Duration::from_secs(1));
/// ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
/// assert_eq!(ticks.missed_tick_behavior(), MissedTickBehavior::Delay);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum MissedTickBehavior {
    /// Every tick is made up for, one right after the other: the count stays right.
    #[default]
    Burst,
    /// The next tick is a whole period after the late one: the distance stays right.
    Delay,
    /// Missed ticks are left out: the beat stays right.
    Skip,
}

impl Interval {
    /// Yields at `at`, and from then on every `duration`.
    ///
    /// # Panics
    ///
    /// If `duration` is zero.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::{Future, Stream};
    /// use std::time::{Duration, Instant};
    /// use tokio::runtime::current_thread::block_on_all;
    /// use tokio::timer::Interval;
    ///
    /// let ticks = Interval::new(Instant::now(), Duration::from_millis(1)).take(3).collect();
    /// assert_eq!(block_on_all(ticks).unwrap().len(), 3);
    /// ```
    pub fn new(at: Instant, duration: Duration) -> Interval {
        assert!(duration > Duration::ZERO, "the period of an interval must not be zero");
        Interval::with_delay(Delay::new(at), duration)
    }

    /// Yields every `duration`, the first time after that time has passed.
    ///
    /// # Panics
    ///
    /// If `duration` is zero.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use tokio::runtime::current_thread::block_on_all_std;
    /// use tokio::timer::Interval;
    ///
    /// let mut ticks = Interval::new_interval(Duration::from_millis(1));
    /// block_on_all_std(async { ticks.tick().await.unwrap() });
    /// ```
    pub fn new_interval(duration: Duration) -> Interval {
        Interval::new(clock::after(clock::now(), duration), duration)
    }

    pub(super) fn with_delay(delay: Delay, duration: Duration) -> Interval {
        Interval { delay, duration, missed: MissedTickBehavior::default() }
    }

    /// Returns what happens to ticks that are overdue; at first [`MissedTickBehavior::Burst`].
    pub fn missed_tick_behavior(&self) -> MissedTickBehavior {
        self.missed
    }

    /// Chooses what happens to ticks that are overdue.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use tokio::timer::{Interval, MissedTickBehavior};
    ///
    /// let mut heartbeat = Interval::new_interval(Duration::from_secs(30));
    /// heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    /// ```
    pub fn set_missed_tick_behavior(&mut self, behavior: MissedTickBehavior) {
        self.missed = behavior;
    }

    /// Asks for the next tick, on behalf of a task of either kind.
    ///
    /// # Errors
    ///
    /// As for [`Delay`].
    pub fn poll_tick(&mut self, cx: &Context<'_>) -> Poll<Result<Instant, Error>> {
        ready!(self.delay.poll_within_budget(cx))?;
        let planned = self.delay.deadline();
        self.delay.reset(self.next(planned));
        Poll::Ready(Ok(planned))
    }

    /// Completes at the next tick.
    ///
    /// # Errors
    ///
    /// As for [`Delay`].
    ///
    /// # Dropping
    ///
    /// Loses no tick.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::{Duration, Instant};
    /// use tokio::runtime::current_thread::block_on_all_std;
    /// use tokio::timer::Interval;
    ///
    /// let mut ticks = Interval::new(Instant::now(), Duration::from_millis(2));
    /// block_on_all_std(async {
    ///     let first = ticks.tick().await.unwrap();
    ///     assert!(ticks.tick().await.unwrap() > first);
    /// });
    /// ```
    pub async fn tick(&mut self) -> Result<Instant, Error> {
        std::future::poll_fn(|cx| self.poll_tick(&Context::from(cx))).await
    }

    /// The tick after the one that was planned for `planned` and has just been made.
    fn next(&self, planned: Instant) -> Instant {
        let next = clock::after(planned, self.duration);
        if self.missed == MissedTickBehavior::Burst {
            return next;
        }
        let now = clock::now();
        if now <= next {
            return next;
        }
        match self.missed {
            MissedTickBehavior::Burst => next,
            MissedTickBehavior::Delay => clock::after(now, self.duration),
            MissedTickBehavior::Skip => {
                // A period of zero, which `Handle::interval` lets through, has its beat now.
                let since_beat = (now - planned).as_nanos() % self.duration.as_nanos().max(1);
                // The remainder is below the period, so its seconds fit.
                let since_beat = Duration::new(
                    (since_beat / 1_000_000_000) as u64,
                    (since_beat % 1_000_000_000) as u32,
                );
                clock::after(now, self.duration - since_beat)
            }
        }
    }
}

impl Handle {
    /// Returns an [`Interval`] that starts at `at` and then yields every `duration`.
    pub fn interval(&self, at: Instant, duration: Duration) -> Interval {
        Interval::with_delay(self.delay(at), duration)
    }
}

impl Stream for Interval {
    type Item = Instant;
    type Error = Error;

    fn poll(&mut self) -> futures::Poll<Option<Instant>, Error> {
        let polled =
            tokio_executor::internals::convert::into_async(self.poll_tick(&Context::current()))?;
        Ok(polled.map(Some))
    }
}

crate::compat::std_stream! {
    [] Interval => Result<Instant, Error>, |this, cx| this.poll_tick(&Context::from(cx)).map(Some)
}
