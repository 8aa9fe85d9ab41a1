//! The name that `Timeout` had before 0.2.6, for dependents that still use it.
#![allow(deprecated)]

use super::delay::Delay;
use super::handle::Handle;
use super::timeout::{self, Timeout};
use futures::Future;
use std::convert::Infallible;
use std::error;
use std::fmt;
use std::future::Future as StdFuture;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

/// Gives a future until a deadline; now [`Timeout::new_at`].
#[deprecated(since = "0.2.6", note = "use Timeout instead")]
#[doc(hidden)]
#[derive(Debug)]
pub struct Deadline<T> {
    timeout: Timeout<T>,
}

/// Why a [`Deadline`] ended without a result; now [`timeout::Error`].
#[deprecated(since = "0.2.6", note = "use Timeout instead")]
#[doc(hidden)]
pub struct DeadlineError<T> {
    error: timeout::Error<T>,
}

impl<T> Deadline<T> {
    /// Gives `future` until `deadline`.
    pub fn new(future: T, deadline: Instant) -> Deadline<T> {
        Deadline::with_delay(future, Delay::new(deadline))
    }

    pub(super) fn with_delay(future: T, delay: Delay) -> Deadline<T> {
        Deadline { timeout: Timeout::with_delay(future, delay, Duration::ZERO) }
    }

    /// Returns the future inside.
    pub fn get_ref(&self) -> &T {
        self.timeout.get_ref()
    }

    /// Returns the future inside.
    pub fn get_mut(&mut self) -> &mut T {
        self.timeout.get_mut()
    }

    /// Gives back the future inside.
    pub fn into_inner(self) -> T {
        self.timeout.into_inner()
    }
}

impl Handle {
    /// Returns a future that ends at `deadline` at the latest.
    #[doc(hidden)]
    #[deprecated(since = "0.2.11", note = "use timeout instead")]
    pub fn deadline<T>(&self, future: T, deadline: Instant) -> Deadline<T> {
        Deadline::with_delay(future, self.delay(deadline))
    }
}

crate::compat::own_compat!([T: Future + StdFuture + Unpin] Deadline<T>);

impl<T: Future> Future for Deadline<T> {
    type Item = T::Item;
    type Error = DeadlineError<T::Error>;

    fn poll(&mut self) -> futures::Poll<T::Item, DeadlineError<T::Error>> {
        Future::poll(&mut self.timeout).map_err(|error| DeadlineError { error })
    }
}

impl<T: StdFuture + Unpin> StdFuture for Deadline<T> {
    type Output = Result<T::Output, DeadlineError<Infallible>>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let timeout = Pin::new(&mut self.get_mut().timeout);
        StdFuture::poll(timeout, cx).map_err(|error| DeadlineError { error })
    }
}

impl<T> DeadlineError<T> {
    /// Returns the error of a future that failed.
    pub fn inner(err: T) -> DeadlineError<T> {
        DeadlineError { error: timeout::Error::inner(err) }
    }

    /// Returns whether the future failed.
    pub fn is_inner(&self) -> bool {
        self.error.is_inner()
    }

    /// Returns the error of the future, if it failed.
    pub fn into_inner(self) -> Option<T> {
        self.error.into_inner()
    }

    /// Returns the error that says that the time is up.
    pub fn elapsed() -> DeadlineError<T> {
        DeadlineError { error: timeout::Error::elapsed() }
    }

    /// Returns whether the time is up.
    pub fn is_elapsed(&self) -> bool {
        self.error.is_elapsed()
    }

    /// Returns the error of a timer that failed.
    pub fn timer(err: super::Error) -> DeadlineError<T> {
        DeadlineError { error: timeout::Error::timer(err) }
    }

    /// Returns whether the timer failed.
    pub fn is_timer(&self) -> bool {
        self.error.is_timer()
    }

    /// Returns the error of the timer, if it failed.
    pub fn into_timer(self) -> Option<super::Error> {
        self.error.into_timer()
    }
}

// As upstream prints it, whose error has no error of a `Timeout` inside.
impl<T: fmt::Debug> fmt::Debug for DeadlineError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("DeadlineError").field(&self.error.0).finish()
    }
}

impl<T: fmt::Display> fmt::Display for DeadlineError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl<T: error::Error> error::Error for DeadlineError<T> {}
