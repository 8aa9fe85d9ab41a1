//! A bound on the time that a future may take.
//!
//! Unlike 1.x's, this may be moved if the future may.

use super::{delay_until, Delay, Elapsed, Instant};
use pin_project_lite::pin_project;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

/// Waits for `future`, for `duration` from this call on at most.
///
/// The future is polled first: if it is done, it does not matter how late. A duration
/// that no `Instant` can express is no bound.
///
/// # Errors
///
/// If `future` is not done by then.
///
/// # Panics
///
/// If the thread belongs to no runtime with timers.
///
/// # Dropping
///
/// Drops `future`.
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// use tokio::time::{timeout, Duration};
///
/// tokio::runtime::Runtime::new()?.block_on(async {
///     let never = std::future::pending::<()>();
///     assert!(timeout(Duration::from_millis(5), never).await.is_err());
/// });
/// # Ok::<(), std::io::Error>(())
/// ```
#[track_caller]
pub fn timeout<T: Future>(duration: Duration, future: T) -> Timeout<T> {
    let deadline = Instant::now().checked_add(duration);
    Timeout { value: future, delay: deadline.map(delay_until) }
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
/// # use tokio_era_02 as tokio;
/// use tokio::time::{timeout_at, Duration, Instant};
///
/// #[tokio::main]
/// async fn main() {
///     let deadline = Instant::now() + Duration::from_millis(1);
///     assert!(timeout_at(deadline, std::future::pending::<()>()).await.is_err());
/// }
/// ```
#[track_caller]
pub fn timeout_at<T: Future>(deadline: Instant, future: T) -> Timeout<T> {
    Timeout { value: future, delay: Some(delay_until(deadline)) }
}

pin_project! {
    /// The future of [`timeout`] and [`timeout_at`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::time::{timeout, Duration};
    ///
    /// #[tokio::main]
    /// async fn main() {
    ///     assert_eq!(timeout(Duration::from_secs(5), async { 42 }).await, Ok(42));
    /// }
    /// ```
    #[must_use = "futures do nothing unless you `.await` or poll them"]
    #[derive(Debug)]
    pub struct Timeout<T> {
        #[pin]
        value: T,
        delay: Option<Delay>,
    }
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
    pub fn into_inner(self) -> T {
        self.value
    }
}

impl<T: Future> Future for Timeout<T> {
    type Output = Result<T::Output, Elapsed>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        if let Poll::Ready(output) = this.value.poll(cx) {
            return Poll::Ready(Ok(output));
        }
        match this.delay {
            Some(delay) => delay.poll_elapsed(cx).map(|()| Err(Elapsed::new())),
            None => Poll::Pending,
        }
    }
}
