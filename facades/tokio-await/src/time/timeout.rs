//! A bound on the time that a future may take.

use super::error::Elapsed;
use super::{sleep, sleep_until, Instant, Sleep};
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

/// Waits for `future`, for `duration` from this call on at most.
///
/// The future is polled first: if it is done, it does not matter how late. The time counts
/// even when the future has spent the budget of its task.
///
/// # Errors
///
/// If `future` is not done by then.
///
/// # Panics
///
/// If the thread belongs to no runtime, or the runtime has no timer.
///
/// # Dropping
///
/// Drops `future`.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::time::{timeout, Duration};
///
/// tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
///     let never = std::future::pending::<()>();
///     assert!(timeout(Duration::from_millis(5), never).await.is_err());
/// });
/// # Ok::<(), std::io::Error>(())
/// ```
#[track_caller]
pub fn timeout<F: IntoFuture>(duration: Duration, future: F) -> Timeout<F::IntoFuture> {
    Timeout { value: future.into_future(), sleep: sleep(duration) }
}

/// Waits for `future`, until `deadline` at most.
///
/// # Errors
///
/// As [`timeout`].
///
/// # Panics
///
/// As [`timeout`].
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::time::{timeout_at, Duration, Instant};
///
/// tokio::runtime::Runtime::new().unwrap().block_on(async {
///     let deadline = Instant::now() + Duration::from_millis(1);
///     let late = timeout_at(deadline, std::future::pending::<()>()).await;
///     assert!(late.is_err());
/// });
/// ```
#[track_caller]
pub fn timeout_at<F: IntoFuture>(deadline: Instant, future: F) -> Timeout<F::IntoFuture> {
    Timeout { value: future.into_future(), sleep: sleep_until(deadline) }
}

/// The future of [`timeout`] and [`timeout_at`].
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use std::time::Duration;
/// use tokio::runtime::Runtime;
/// use tokio::time::timeout;
///
/// Runtime::new().unwrap().block_on(async {
///     let late = timeout(Duration::from_millis(1), std::future::pending::<()>());
///     assert!(late.await.is_err());
/// });
/// ```
#[must_use = "futures do nothing unless you `.await` or poll them"]
#[derive(Debug)]
pub struct Timeout<T> {
    value: T,
    sleep: Sleep,
}

impl<T> Timeout<T> {
    /// Lends what is inside.
    pub fn get_ref(&self) -> &T {
        &self.value
    }

    /// Lends what is inside.
    pub fn get_mut(&mut self) -> &mut T {
        &mut self.value
    }

    /// Gives back what is inside.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::time::{timeout, Duration};
    ///
    /// tokio::runtime::Runtime::new().unwrap().block_on(async {
    ///     let waits = timeout(Duration::from_secs(60), std::future::ready(1));
    ///     assert_eq!(waits.into_inner().await, 1);
    /// });
    /// ```
    pub fn into_inner(self) -> T {
        self.value
    }

    fn project(self: Pin<&mut Self>) -> (Pin<&mut T>, Pin<&mut Sleep>) {
        // SAFETY: neither field is moved out of a pinned timeout: `into_inner` and `get_mut`
        // take an unpinned one, there is no `Drop`, and the type is never `Unpin`, as `Sleep`
        // is not.
        let this = unsafe { self.get_unchecked_mut() };
        // SAFETY: as above.
        let value = unsafe { Pin::new_unchecked(&mut this.value) };
        // SAFETY: as above.
        (value, unsafe { Pin::new_unchecked(&mut this.sleep) })
    }
}

impl<T: Future> Future for Timeout<T> {
    type Output = Result<T::Output, Elapsed>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let (value, sleep) = self.project();
        if let Poll::Ready(output) = value.poll(cx) {
            return Poll::Ready(Ok(output));
        }
        sleep.poll_elapsed(cx).map(|()| Err(Elapsed::new()))
    }
}
