//! Waiting for a time.
//!
//! These wait on the timers of the runtime; outside of one they panic.

use std::future::{poll_fn, Future, IntoFuture};
use std::pin::{pin, Pin};
use std::task::{ready, Context, Poll};
use tokio::timer;

pub use std::time::{Duration, Instant};
pub use timer::MissedTickBehavior;

pub mod error {
    //! What can go wrong with time.

    use std::error::Error;
    use std::fmt;
    use std::io;

    /// The time was up.
    #[derive(Debug, PartialEq, Eq)]
    pub struct Elapsed(pub(super) ());

    impl fmt::Display for Elapsed {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("the time for this was up before it was done")
        }
    }

    impl Error for Elapsed {}

    impl From<Elapsed> for io::Error {
        fn from(elapsed: Elapsed) -> io::Error {
            io::Error::new(io::ErrorKind::TimedOut, elapsed)
        }
    }
}

use self::error::Elapsed;

/// Waits for `duration`, rounded up to a whole millisecond.
///
/// # Examples
///
/// ```
/// use tokio_await::time::{sleep, Duration};
///
/// # tokio_await::runtime::Runtime::new().unwrap().block_on(async {
/// sleep(Duration::from_millis(5)).await;
/// # });
/// ```
pub fn sleep(duration: Duration) -> Sleep {
    Sleep { delay: timer::sleep(duration) }
}

/// Waits until `deadline`, rounded up to a whole millisecond.
pub fn sleep_until(deadline: Instant) -> Sleep {
    Sleep { delay: timer::Delay::new(deadline) }
}

/// The future of [`sleep`].
///
/// # Panics
///
/// When polled outside of a runtime, or after the runtime has shut down.
///
/// # Dropping
///
/// Frees the timer entry at once. Nothing is woken.
#[must_use = "futures do nothing unless polled"]
#[derive(Debug)]
pub struct Sleep {
    delay: timer::Delay,
}

impl Sleep {
    /// When it ends.
    pub fn deadline(&self) -> Instant {
        self.delay.deadline()
    }

    /// Whether it has ended.
    pub fn is_elapsed(&self) -> bool {
        self.delay.is_elapsed()
    }

    /// Waits until `deadline` from now on, whether it has ended or not.
    pub fn reset(self: Pin<&mut Self>, deadline: Instant) {
        self.get_mut().delay.reset(deadline);
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        Future::poll(Pin::new(&mut self.get_mut().delay), cx)
    }
}

/// Waits for `future`, for `duration` at most.
///
/// # Errors
///
/// If `future` is not done by then. It is dropped.
///
/// # Dropping
///
/// Drops `future`.
///
/// # Examples
///
/// ```
/// use tokio_await::time::{timeout, Duration};
///
/// # tokio_await::runtime::Runtime::new().unwrap().block_on(async {
/// let never = std::future::pending::<()>();
/// assert!(timeout(Duration::from_millis(5), never).await.is_err());
/// # });
/// ```
pub async fn timeout<F: IntoFuture>(duration: Duration, future: F) -> Result<F::Output, Elapsed> {
    within(sleep(duration), future.into_future()).await
}

/// Waits for `future`, until `deadline` at most.
///
/// # Errors
///
/// As [`timeout`].
pub async fn timeout_at<F: IntoFuture>(deadline: Instant, future: F) -> Result<F::Output, Elapsed> {
    within(sleep_until(deadline), future.into_future()).await
}

async fn within<F: Future>(mut sleep: Sleep, future: F) -> Result<F::Output, Elapsed> {
    let mut future = pin!(future);
    poll_fn(|cx| {
        // The future first: what is done in time counts, even if nobody looked in time.
        if let Poll::Ready(output) = future.as_mut().poll(cx) {
            return Poll::Ready(Ok(output));
        }
        Pin::new(&mut sleep).poll(cx).map(|()| Err(Elapsed(())))
    })
    .await
}

/// Ticks now, and every `period` after that.
///
/// # Panics
///
/// If `period` is zero.
pub fn interval(period: Duration) -> Interval {
    interval_at(Instant::now(), period)
}

/// Ticks at `start`, and every `period` after that.
///
/// # Panics
///
/// If `period` is zero.
pub fn interval_at(start: Instant, period: Duration) -> Interval {
    Interval { interval: timer::Interval::new(start, period), period }
}

/// Ticks regularly; see [`interval`].
///
/// # Panics
///
/// As [`Sleep`].
#[derive(Debug)]
pub struct Interval {
    interval: timer::Interval,
    period: Duration,
}

impl Interval {
    /// Waits for the next tick, and says when it was due.
    ///
    /// # Dropping
    ///
    /// Loses no tick.
    pub async fn tick(&mut self) -> Instant {
        poll_fn(|cx| self.poll_tick(cx)).await
    }

    /// [`tick`](Interval::tick), by hand.
    pub fn poll_tick(&mut self, cx: &mut Context<'_>) -> Poll<Instant> {
        let tick = ready!(self.interval.poll_tick(&cx.into()));
        Poll::Ready(tick.unwrap_or_else(|e| panic!("cannot tick: {e}")))
    }

    /// Ticks next after a period from now.
    pub fn reset(&mut self) {
        self.reset_at(Instant::now() + self.period);
    }

    /// Ticks next at once.
    pub fn reset_immediately(&mut self) {
        self.reset_at(Instant::now());
    }

    /// Ticks next after `duration`, and every period after that.
    pub fn reset_after(&mut self, duration: Duration) {
        self.reset_at(Instant::now() + duration);
    }

    /// Ticks next at `deadline`, and every period after that.
    pub fn reset_at(&mut self, deadline: Instant) {
        let behavior = self.missed_tick_behavior();
        self.interval = timer::Interval::new(deadline, self.period);
        self.set_missed_tick_behavior(behavior);
    }

    /// The time from one tick to the next.
    pub fn period(&self) -> Duration {
        self.period
    }

    /// What becomes of ticks that nobody waited for.
    pub fn missed_tick_behavior(&self) -> MissedTickBehavior {
        self.interval.missed_tick_behavior()
    }

    /// Sets what becomes of ticks that nobody waited for.
    pub fn set_missed_tick_behavior(&mut self, behavior: MissedTickBehavior) {
        self.interval.set_missed_tick_behavior(behavior);
    }
}
