//! Waiting until an instant.
//!
//! Called by programs of tokio 0.2, and by the timers here.
//!
//! Always true: it is never early.
//!
//! Why not 1.x's `Sleep`? A `Delay` may be moved once it was polled.

use super::Instant;
use std::future::Future;
use std::pin::Pin;
use std::sync::OnceLock;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::timer::driver;
use tokio_executor::coop;

/// No delay is longer than this, some two years and two months.
const LONGEST: Duration = Duration::from_millis((1 << 36) - 2);

/// Waits until `duration` has passed from this call on, rounded up to a whole millisecond.
///
/// # Panics
///
/// If the thread belongs to no runtime with timers, or if there is no instant so late.
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// use tokio::time::{delay_for, Duration};
///
/// tokio::runtime::Runtime::new()?.block_on(async {
///     delay_for(Duration::from_millis(5)).await;
/// });
/// # Ok::<(), std::io::Error>(())
/// ```
#[track_caller]
pub fn delay_for(duration: Duration) -> Delay {
    delay_until(Instant::now() + duration)
}

/// Waits until `deadline`, rounded up to a whole millisecond.
///
/// # Panics
///
/// If the thread belongs to no runtime with timers.
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// use tokio::time::{delay_until, Duration, Instant};
///
/// #[tokio::main]
/// async fn main() {
///     let deadline = Instant::now() + Duration::from_millis(1);
///     delay_until(deadline).await;
///     assert!(Instant::now() >= deadline);
/// }
/// ```
#[track_caller]
pub fn delay_until(deadline: Instant) -> Delay {
    let timer = driver::Handle::try_current().expect(
        "there is no timer running, must be called from the context of a runtime with timers",
    );
    Delay { inner: timer.delay_lazily(deadline.into_std()), checked: false }
}

/// The future of [`delay_for`] and [`delay_until`].
///
/// It belongs to the runtime in whose context it was made, wherever it is polled.
///
/// # Panics
///
/// When polled for the first time more than two years before its deadline, or after its
/// runtime has shut down.
///
/// # Dropping
///
/// Frees the timer entry at once. Nothing is woken.
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// use tokio::time::{delay_for, Duration};
///
/// #[tokio::main]
/// async fn main() {
///     let mut delay = delay_for(Duration::from_millis(1));
///     (&mut delay).await;
///     assert!(delay.is_elapsed());
/// }
/// ```
#[must_use = "futures do nothing unless you `.await` or poll them"]
#[derive(Debug)]
pub struct Delay {
    inner: tokio::timer::Delay,
    /// The deadline was found to be near enough.
    checked: bool,
}

impl Delay {
    /// Returns when the wait ends.
    pub fn deadline(&self) -> Instant {
        Instant::from_std(self.inner.deadline())
    }

    /// Returns whether the wait is over. One that was never polled has not begun.
    pub fn is_elapsed(&self) -> bool {
        self.inner.is_elapsed()
    }

    /// Moves the deadline, whether or not it has passed.
    ///
    /// The task that polled last is woken at the new deadline, unless the wait was over; then
    /// it must be polled to begin again.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::time::{delay_for, Duration, Instant};
    ///
    /// #[tokio::main]
    /// async fn main() {
    ///     let mut delay = delay_for(Duration::from_secs(3600));
    ///     delay.reset(Instant::now() + Duration::from_millis(1));
    ///     delay.await;
    /// }
    /// ```
    pub fn reset(&mut self, deadline: Instant) {
        self.inner.reset(deadline.into_std());
    }

    /// Polls without asking the budget of the task: for a bound on a future that may have
    /// spent it.
    pub(crate) fn poll_elapsed(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        coop::unlimited(|| Pin::new(self).poll(cx))
    }

    /// Panics if the deadline is too far away. Most are near enough even to the first of all
    /// checks, and need no look at the clock.
    fn check(&mut self) {
        static FIRST: OnceLock<std::time::Instant> = OnceLock::new();
        let first = Instant::from_std(*FIRST.get_or_init(std::time::Instant::now));
        let deadline = self.deadline();
        if is_too_long(deadline.saturating_duration_since(first)) {
            let wait = deadline.saturating_duration_since(Instant::now());
            assert!(
                !is_too_long(wait),
                "timer error: a delay of {wait:?} is longer than the timer can wait"
            );
        }
        self.checked = true;
    }
}

fn is_too_long(wait: Duration) -> bool {
    wait > LONGEST
}

impl Future for Delay {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if !self.checked {
            self.check();
        }
        let cx = (&*cx).into();
        match self.inner.poll_wait(&cx) {
            Poll::Ready(waited) => {
                waited.unwrap_or_else(|e| panic!("timer error: {e}"));
                Poll::Ready(())
            }
            // A paused clock may be there before the whole millisecond to which the timer
            // rounds up. If it was the budget that is spent, the task yields all the same.
            Poll::Pending
                if tokio::clock::is_paused()
                    && Instant::now() >= self.deadline()
                    && coop::is_left(&cx) =>
            {
                Poll::Ready(())
            }
            Poll::Pending => Poll::Pending,
        }
    }
}
