//! Waiting until an instant.
//!
//! Called by programs, and by `timeout` and `interval`. Wraps the root crate's `Delay`.
//!
//! Always true: it is registered with the timer at its first poll, and not before.
//!
//! Why not `Delay` itself? It may be moved once polled, and it is of an instant of std's; tokio's
//! must be pinned, and says its deadline by the runtime's clock.

use super::Instant;
use crate::runtime::Handle;
use std::future::Future;
use std::marker::PhantomPinned;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::timer::{driver, Delay};

/// Waits until `duration` has passed from this call on.
///
/// The wait is rounded up to a whole millisecond of the runtime's timer. A duration that
/// no `Instant` can express ends in the far future.
///
/// # Panics
///
/// If the thread belongs to no runtime, or the runtime has no timer.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::time::{sleep, Duration};
///
/// tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
///     sleep(Duration::from_millis(5)).await;
/// });
/// # Ok::<(), std::io::Error>(())
/// ```
#[track_caller]
pub fn sleep(duration: Duration) -> Sleep {
    sleep_until(Instant::after(duration))
}

/// Waits until `deadline`, rounded up to a whole millisecond of the runtime's timer.
///
/// # Panics
///
/// As [`sleep`].
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::time::{sleep_until, Duration, Instant};
///
/// tokio::runtime::Runtime::new().unwrap().block_on(async {
///     let deadline = Instant::now() + Duration::from_millis(1);
///     sleep_until(deadline).await;
///     assert!(Instant::now() >= deadline);
/// });
/// ```
#[track_caller]
pub fn sleep_until(deadline: Instant) -> Sleep {
    Sleep { delay: timer().delay_lazily(deadline.into_std()), _pinned: PhantomPinned }
}

/// The timer of the runtime to which the thread belongs.
#[track_caller]
fn timer() -> driver::Handle {
    // Not in a closure: the caller is the one to be named.
    let Some(timer) = driver::Handle::try_current() else {
        // Panics if there is no runtime.
        let _runtime = Handle::current();
        panic!(
            "A Tokio 1.x context was found, but timers are disabled. Call `enable_time` on the \
             runtime builder to enable timers."
        )
    };
    timer
}

/// The future of [`sleep`] and [`sleep_until`].
///
/// It belongs to the runtime in whose context it was made, wherever it is polled.
///
/// # Panics
///
/// When polled after that runtime has shut down.
///
/// # Dropping
///
/// Frees the timer entry at once. Nothing is woken.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use std::time::Duration;
/// use tokio::runtime::Runtime;
/// use tokio::time::{sleep, Instant};
///
/// Runtime::new().unwrap().block_on(async {
///     let mut idle = std::pin::pin!(sleep(Duration::from_secs(60)));
///     // Something has happened: wait less.
///     idle.as_mut().reset(Instant::now() + Duration::from_millis(1));
///     idle.await;
/// });
/// ```
#[must_use = "futures do nothing unless you `.await` or poll them"]
#[derive(Debug)]
pub struct Sleep {
    delay: Delay,
    /// Nobody is to rely on it being `Unpin`: tokio's is not.
    _pinned: PhantomPinned,
}

impl Sleep {
    /// Returns when the wait ends.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::time::{sleep_until, Duration, Instant};
    ///
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let deadline = Instant::now() + Duration::from_secs(60);
    /// assert_eq!(sleep_until(deadline).deadline(), deadline);
    /// # });
    /// ```
    pub fn deadline(&self) -> Instant {
        Instant::from_std(self.delay.deadline())
    }

    /// Returns whether the wait is over. One that was never polled has not begun.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::time::{sleep, Duration};
    ///
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// assert!(!sleep(Duration::from_secs(60)).is_elapsed());
    /// # });
    /// ```
    pub fn is_elapsed(&self) -> bool {
        self.delay.is_elapsed()
    }

    /// Moves the deadline, whether or not it has passed.
    ///
    /// The task that polled last is woken at the new deadline, unless the wait was over; then
    /// it must be polled to begin again.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::time::{sleep, Duration, Instant};
    ///
    /// tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    ///     let sleep = sleep(Duration::from_millis(1));
    ///     tokio::pin!(sleep);
    ///     sleep.as_mut().await;
    ///     sleep.as_mut().reset(Instant::now() + Duration::from_millis(1));
    ///     sleep.await;
    /// });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn reset(self: Pin<&mut Self>, deadline: Instant) {
        self.delay().reset(deadline.into_std());
    }

    fn delay(self: Pin<&mut Self>) -> &mut Delay {
        // SAFETY: nothing but the marker is pinned: a `Delay` may be moved at any time, and
        // is never lent as pinned by this one.
        unsafe { &mut self.get_unchecked_mut().delay }
    }

    /// Polls without asking the budget of the task: for a timeout, whose future may have
    /// spent it.
    pub(super) fn poll_elapsed(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        tokio_executor::coop::unlimited(|| self.poll(cx))
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.delay().poll_wait(&(&*cx).into()).map(|waited| {
            waited.unwrap_or_else(|_| panic!("{}", crate::runtime::SHUT_DOWN));
        })
    }
}
