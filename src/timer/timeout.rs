//! A bound on the time that something else may take.
//!
//! Programs wrap a future or stream in it.
//!
//! Called by programs too as `FutureExt::timeout` and `StreamExt::timeout`.
//!
//! !Called by programs too as `FutureExt::timeout` and `StreamExt::timeout`. =>
//!
//! Always true: the value is polled first, so what is ready in time wins; the deadline of a
//! stream starts anew with each item.
//!
//! Why one type for futures and streams? It is upstream's; the two differ in whether the time
//! starts anew.

use super::delay::Delay;
use super::handle::Handle;
use crate::clock;
use futures::{Async, Future, Stream};
use std::convert::Infallible;
use std::error;
use std::fmt;
use std::future::Future as StdFuture;
use std::pin::Pin;
use std::task::Poll;
use std::time::{Duration, Instant};
use tokio_executor::coop;
use tokio_executor::task::Context;

/// Lets a future, or each item of a stream, take so much time and no more.
///
/// A future of futures 0.1 that is not done in time ends in [`Error::elapsed`]. A stream
/// that yields nothing for that time yields that error and gets the same time again; it
/// goes on. For a std future, the output is a `Result` with the future's output in it.
///
/// What is inside is polled first: if it is done, it does not matter how late. The time
/// is looked at even when the task has used up its budget.
///
/// # Errors
///
/// [`Error::elapsed`]; [`Error::inner`] with the error of what is inside; or
/// [`Error::timer`] as for [`Delay`].
///
/// # Dropping
///
/// Drops what is inside, which cancels it.
///
/// # Examples
///
/// ```
/// use futures::{future, Future};
/// use std::time::Duration;
/// use tokio::timer::Timeout;
///
/// let task = Timeout::new(future::empty::<(), ()>(), Duration::from_millis(10))
///     .map_err(|e| assert!(e.is_elapsed()));
/// # drop(task);
/// ```
#[derive(Debug)]
#[must_use = "futures do nothing unless polled"]
pub struct Timeout<T> {
    value: T,
    delay: Delay,
    /// What each further item of a stream may take.
    duration: Duration,
}

/// Why a [`Timeout`] ended without a result.
///
/// # Examples
///
/// ```
/// use futures::{future, Future};
/// use std::time::Duration;
/// use tokio::runtime::current_thread::Runtime;
/// use tokio::timer::Timeout;
///
/// let never = future::empty::<(), ()>();
/// let late = Timeout::new(never, Duration::from_millis(1));
/// let error = Runtime::new().unwrap().block_on(late).unwrap_err();
/// assert!(error.is_elapsed());
/// ```
#[derive(Debug)]
pub struct Error<T>(pub(super) Kind<T>);

#[derive(Debug)]
pub(super) enum Kind<T> {
    Inner(T),
    Elapsed,
    Timer(super::Error),
}

impl<T> Timeout<T> {
    /// Gives `value` the time `timeout`, beginning now.
    ///
    /// A timeout that no `Instant` can express ends in the far future.
    pub fn new(value: T, timeout: Duration) -> Timeout<T> {
        let deadline = clock::after(clock::now(), timeout);
        Timeout::with_delay(value, Delay::new(deadline), timeout)
    }

    pub(super) fn with_delay(value: T, delay: Delay, duration: Duration) -> Timeout<T> {
        Timeout { value, delay, duration }
    }

    /// Returns what is inside.
    pub fn get_ref(&self) -> &T {
        &self.value
    }

    /// Returns what is inside.
    pub fn get_mut(&mut self) -> &mut T {
        &mut self.value
    }

    /// Gives back what is inside.
    pub fn into_inner(self) -> T {
        self.value
    }
}

impl<T: Future> Timeout<T> {
    /// Gives `future` until `deadline`.
    pub fn new_at(future: T, deadline: Instant) -> Timeout<T> {
        Timeout::with_delay(future, Delay::new(deadline), Duration::ZERO)
    }
}

impl Handle {
    /// Returns a [`Timeout`] that ends `value` at `deadline`.
    ///
    /// Used as a stream, `value` gets as much time for each further item as there is
    /// left now until `deadline`.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::future;
    /// use std::time::{Duration, Instant};
    /// use tokio::compat::Future01CompatExt;
    /// use tokio::runtime::current_thread::block_on_all_std;
    /// use tokio::timer::driver::Handle;
    ///
    /// block_on_all_std(async {
    ///     let late = Instant::now() + Duration::from_millis(1);
    ///     let waited = Handle::current().timeout(future::empty::<(), ()>(), late);
    ///     assert!(waited.compat().await.unwrap_err().is_elapsed());
    /// });
    /// ```
    pub fn timeout<T>(&self, value: T, deadline: Instant) -> Timeout<T> {
        let duration = deadline.saturating_duration_since(clock::now());
        Timeout::with_delay(value, self.delay(deadline), duration)
    }
}

/// Fails if the time is up. The budget of the task is not asked: what is inside may have
/// spent it, and would go on for ever if that kept its timeout from being seen.
fn poll_time<E>(delay: &mut Delay, cx: &Context<'_>) -> Poll<Error<E>> {
    coop::unlimited(|| delay.poll_elapsed(cx)).map(|end| match end {
        Ok(()) => Error::elapsed(),
        Err(e) => Error::timer(e),
    })
}

crate::compat::own_compat!([T: Future + StdFuture] Timeout<T>);

impl<T: Future> Future for Timeout<T> {
    type Item = T::Item;
    type Error = Error<T::Error>;

    fn poll(&mut self) -> futures::Poll<T::Item, Error<T::Error>> {
        match self.value.poll() {
            Ok(Async::NotReady) => {}
            ended => return ended.map_err(Error::inner),
        }
        match poll_time(&mut self.delay, &Context::current()) {
            Poll::Ready(e) => Err(e),
            Poll::Pending => Ok(Async::NotReady),
        }
    }
}

impl<T: Stream> Stream for Timeout<T> {
    type Item = T::Item;
    type Error = Error<T::Error>;

    fn poll(&mut self) -> futures::Poll<Option<T::Item>, Error<T::Error>> {
        match self.value.poll() {
            Ok(Async::NotReady) => {}
            Ok(Async::Ready(Some(item))) => {
                self.restart();
                return Ok(Async::Ready(Some(item)));
            }
            ended => return ended.map_err(Error::inner),
        }
        match poll_time(&mut self.delay, &Context::current()) {
            Poll::Ready(e) => {
                self.restart();
                Err(e)
            }
            Poll::Pending => Ok(Async::NotReady),
        }
    }
}

impl<T> Timeout<T> {
    /// Gives the whole time again.
    fn restart(&mut self) {
        self.delay.reset(clock::after(clock::now(), self.duration));
    }

    /// The value stays where the timeout is pinned; the delay need not.
    fn project(self: Pin<&mut Self>) -> (Pin<&mut T>, &mut Delay) {
        // SAFETY: `value` is never moved out of a pinned timeout: `into_inner` takes an
        // unpinned one, there is no `Drop`, and the type is `Unpin` only if `T` is.
        let this = unsafe { self.get_unchecked_mut() };
        // SAFETY: as above.
        (unsafe { Pin::new_unchecked(&mut this.value) }, &mut this.delay)
    }
}

impl<T: StdFuture> StdFuture for Timeout<T> {
    /// The future cannot fail on its own account, so the error is about time alone.
    type Output = Result<T::Output, Error<Infallible>>;

    fn poll(self: Pin<&mut Self>, cx: &mut std::task::Context<'_>) -> Poll<Self::Output> {
        let (value, delay) = self.project();
        match value.poll(cx) {
            Poll::Ready(output) => Poll::Ready(Ok(output)),
            Poll::Pending => poll_time(delay, &Context::from(cx)).map(Err),
        }
    }
}

crate::compat::std_stream! {
    pinned [T: futures_core::Stream] Timeout<T> => Result<T::Item, Error<Infallible>>,
    |this, cx| {
        let mut this = this;
        let (value, delay) = this.as_mut().project();
        let item = match value.poll_next(cx) {
            Poll::Ready(Some(item)) => Ok(item),
            Poll::Ready(None) => return Poll::Ready(None),
            Poll::Pending => Err(std::task::ready!(poll_time(delay, &Context::from(cx)))),
        };
        // As for the stream of futures 0.1: the next item has the whole time again.
        let again = clock::after(clock::now(), this.duration);
        this.project().1.reset(again);
        Poll::Ready(Some(item))
    }
}

impl<T> Error<T> {
    /// Returns the error of what is inside.
    pub fn inner(err: T) -> Error<T> {
        Error(Kind::Inner(err))
    }

    /// Returns whether what is inside failed.
    pub fn is_inner(&self) -> bool {
        matches!(self.0, Kind::Inner(_))
    }

    /// Returns the error of what is inside, if it failed.
    pub fn into_inner(self) -> Option<T> {
        match self.0 {
            Kind::Inner(err) => Some(err),
            _ => None,
        }
    }

    /// Returns the error that says that the time is up.
    pub fn elapsed() -> Error<T> {
        Error(Kind::Elapsed)
    }

    /// Returns whether the time is up.
    pub fn is_elapsed(&self) -> bool {
        matches!(self.0, Kind::Elapsed)
    }

    /// Returns the error of a timer that failed.
    pub fn timer(err: super::Error) -> Error<T> {
        Error(Kind::Timer(err))
    }

    /// Returns whether the timer failed.
    pub fn is_timer(&self) -> bool {
        matches!(self.0, Kind::Timer(_))
    }

    /// Returns the error of the timer, if it failed.
    pub fn into_timer(self) -> Option<super::Error> {
        match self.0 {
            Kind::Timer(err) => Some(err),
            _ => None,
        }
    }
}

impl<T: fmt::Display> fmt::Display for Error<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Inner(e) => e.fmt(f),
            Kind::Elapsed => f.write_str("deadline has elapsed"),
            Kind::Timer(e) => e.fmt(f),
        }
    }
}

// No source: what is inside need not be 'static, and is printed as this error's own text.
impl<T: error::Error> error::Error for Error<T> {}
