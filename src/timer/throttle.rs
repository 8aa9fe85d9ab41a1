//! A bound on the rate of a stream.
//!
//! Programs wrap a stream in it.
//!
//! Always true: two items are at least the duration apart; nothing is taken from the stream
//! during that time, so nothing is held here.
//!
//! Why not an interval beside the stream? An item that comes late would be followed at once by the
//! next one, on the interval's beat.

use super::delay::Delay;
use super::error::Error;
use crate::clock;
use futures::future::Either;
use futures::{try_ready, Async, Stream};
use std::error;
use std::fmt;
use std::task::{ready, Poll};
use std::time::Duration;
use tokio_executor::task::Context;

/// Yields the items of a stream, with at least a given time between two.
///
/// The inner stream is not polled while that time runs.
///
/// # Errors
///
/// Those of the inner stream, or of the timer as for [`Delay`], which differ by
/// [`ThrottleError`].
///
/// # Examples
///
/// ```
/// use futures::{stream, Stream};
/// use std::time::Duration;
/// use tokio::runtime::current_thread::block_on_all;
/// use tokio::timer::throttle::Throttle;
///
/// let slowly = Throttle::new(stream::iter_ok::<_, ()>(0..3), Duration::from_millis(1));
/// assert_eq!(block_on_all(slowly.collect()).unwrap(), [0, 1, 2]);
/// ```
#[derive(Debug)]
#[must_use = "streams do nothing unless polled"]
pub struct Throttle<T> {
    /// Runs from an item until the next may come. Kept from item to item.
    delay: Option<Delay>,
    resting: bool,
    duration: Duration,
    stream: T,
}

/// What went wrong with a [`Throttle`].
///
/// # Examples
///
/// ```
/// use tokio::timer::throttle::ThrottleError;
///
/// let error = ThrottleError::from_stream_err("broken");
/// assert!(error.is_stream_error());
/// assert_eq!(error.into_stream_error(), Some("broken"));
/// ```
#[derive(Debug)]
pub struct ThrottleError<T>(
    /// Of the stream, or of the timer; named as upstream prints them.
    Either<T, Error>,
);

impl<T> Throttle<T> {
    /// Lets an item of `stream` through every `duration` at most.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::stream;
    /// use std::time::Duration;
    /// use tokio::timer::throttle::Throttle;
    ///
    /// let numbers = stream::iter_ok::<_, ()>(1..);
    /// let ten_a_second = Throttle::new(numbers, Duration::from_millis(100));
    /// # drop(ten_a_second);
    /// ```
    pub fn new(stream: T, duration: Duration) -> Throttle<T> {
        Throttle { delay: None, resting: false, duration, stream }
    }

    /// Returns the inner stream.
    pub fn get_ref(&self) -> &T {
        &self.stream
    }

    /// Returns the inner stream.
    ///
    /// What is taken from it directly does not count for the rate.
    pub fn get_mut(&mut self) -> &mut T {
        &mut self.stream
    }

    /// Gives back the inner stream.
    pub fn into_inner(self) -> T {
        self.stream
    }

    /// Begins the time in which no further item may come.
    fn rest(&mut self) {
        let until = clock::after(clock::now(), self.duration);
        match &mut self.delay {
            Some(delay) => delay.reset(until),
            None => self.delay = Some(Delay::new(until)),
        }
        self.resting = true;
    }

    /// Whether a further item may come.
    fn poll_gap<E>(&mut self, cx: &Context<'_>) -> Poll<Result<(), ThrottleError<E>>> {
        if let Some(delay) = self.delay.as_mut().filter(|_| self.resting) {
            ready!(delay.poll_within_budget(cx)).map_err(ThrottleError::from_timer_err)?;
            self.resting = false;
        }
        Poll::Ready(Ok(()))
    }
}

impl<T: Stream> Stream for Throttle<T> {
    type Item = T::Item;
    type Error = ThrottleError<T::Error>;

    fn poll(&mut self) -> futures::Poll<Option<T::Item>, ThrottleError<T::Error>> {
        try_ready!(tokio_executor::internals::convert::into_async(
            self.poll_gap(&Context::current())
        ));
        let item = try_ready!(self.stream.poll().map_err(ThrottleError::from_stream_err));
        if item.is_some() {
            self.rest();
        }
        Ok(Async::Ready(item))
    }
}

crate::compat::std_stream! {
    [T: futures_core::Stream + Unpin] Throttle<T>
        => Result<T::Item, ThrottleError<std::convert::Infallible>>,
    |this, cx| {
        if let Err(e) = ready!(this.poll_gap(&Context::from(&*cx))) {
            return Poll::Ready(Some(Err(e)));
        }
        let item = ready!(std::pin::Pin::new(&mut this.stream).poll_next(cx));
        if item.is_some() {
            this.rest();
        }
        Poll::Ready(item.map(Ok))
    }
}

impl<T> ThrottleError<T> {
    /// Returns the error of an inner stream that failed.
    pub fn from_stream_err(err: T) -> ThrottleError<T> {
        ThrottleError(Either::A(err))
    }

    /// Returns the error of a timer that failed.
    pub fn from_timer_err(err: Error) -> ThrottleError<T> {
        ThrottleError(Either::B(err))
    }

    /// Returns the error of the inner stream, if it failed.
    pub fn get_stream_error(&self) -> Option<&T> {
        match &self.0 {
            Either::A(err) => Some(err),
            Either::B(_) => None,
        }
    }

    /// Returns the error of the timer, if it failed.
    pub fn get_timer_error(&self) -> Option<&Error> {
        match &self.0 {
            Either::A(_) => None,
            Either::B(err) => Some(err),
        }
    }

    /// Returns the error of the inner stream, if it failed.
    pub fn into_stream_error(self) -> Option<T> {
        match self.0 {
            Either::A(err) => Some(err),
            Either::B(_) => None,
        }
    }

    /// Returns the error of the timer, if it failed.
    pub fn into_timer_error(self) -> Option<Error> {
        match self.0 {
            Either::A(_) => None,
            Either::B(err) => Some(err),
        }
    }

    /// Returns whether the inner stream failed.
    pub fn is_stream_error(&self) -> bool {
        self.get_stream_error().is_some()
    }

    /// Returns whether the timer failed.
    pub fn is_timer_error(&self) -> bool {
        self.get_timer_error().is_some()
    }
}

impl<T: error::Error> fmt::Display for ThrottleError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Either::A(err) => write!(f, "stream error: {err}"),
            Either::B(err) => write!(f, "timer error: {err}"),
        }
    }
}

impl<T: error::Error + 'static> error::Error for ThrottleError<T> {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match &self.0 {
            Either::A(err) => Some(err),
            Either::B(err) => Some(err),
        }
    }
}
