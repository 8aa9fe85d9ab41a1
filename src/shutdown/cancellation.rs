//! How tasks are notified that they are to end.
//!
//! A [`Token`] is a flag and those who wait for it. Called by programs, and by `signals`.
//!
//! Always true: a token that is cancelled stays so. Who waits enters the queue before the last
//! look at the flag, so that no wake is missed.
//!
//! Why not a `watch` channel? Its waits borrow a receiver each; these are futures that own all.

use crate::compat::{Compat, Future03CompatExt};
use crate::sync::notify::{Notify, OwnedNotified};
use futures::{Async, Poll};
use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::Ordering::{Acquire, Release};
use std::sync::Arc;
use std::task;
use tokio_executor::internals::sys::AtomicBool;
use tokio_executor::task::Context;

/// Tells any number of tasks that they are to end. Clones are the same token.
///
/// # Examples
///
/// ```
/// use futures::{future, Future};
/// use tokio::shutdown::{Cancellable, Token};
///
/// let token = Token::new();
/// let forever = future::empty::<(), ()>().with_cancellation(&token);
/// token.cancel();
/// assert_eq!(forever.wait(), Ok(None));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Token {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    is_cancelled: AtomicBool,
    /// Notified once the flag is set.
    notify: Arc<Notify>,
}

impl Token {
    /// Returns a token that is not cancelled.
    pub fn new() -> Token {
        Token::default()
    }

    /// Wakes everyone who waits for this. Again: does nothing.
    pub fn cancel(&self) {
        // Release: whoever sees the flag also sees what came before. A wait that was made before
        // the call below is ended by that, and one that is made after it sees the flag.
        self.shared.is_cancelled.store(true, Release);
        self.shared.notify.notify_waiters();
    }

    /// Returns whether [`cancel`](Token::cancel) was called.
    pub fn is_cancelled(&self) -> bool {
        // Acquire: see `cancel`.
        self.shared.is_cancelled.load(Acquire)
    }

    /// Returns a future of both kinds that is done once the token is cancelled.
    pub fn cancelled(&self) -> Cancelled {
        Cancelled { token: self.clone(), notified: self.shared.notify.clone().notified_owned() }
    }
}

/// Done once its token is cancelled; see [`Token::cancelled`].
///
/// # Dropping
///
/// Stops waiting. Nothing is lost.
#[must_use = "futures do nothing unless polled"]
#[derive(Debug)]
pub struct Cancelled {
    token: Token,
    notified: OwnedNotified,
}

impl Cancelled {
    pub(super) fn poll_cx(&mut self, cx: &Context<'_>) -> task::Poll<()> {
        if self.token.is_cancelled() {
            return task::Poll::Ready(());
        }
        let polled = self.notified.poll_cx(cx);
        // In between it may have been cancelled, with nobody in the queue.
        match self.token.is_cancelled() {
            true => task::Poll::Ready(()),
            false => polled,
        }
    }
}

impl Unpin for Cancelled {}

impl Future for Cancelled {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut task::Context<'_>) -> task::Poll<()> {
        self.get_mut().poll_cx(&Context::from(cx))
    }
}

impl futures::Future for Cancelled {
    type Item = ();
    type Error = ();

    fn poll(&mut self) -> Poll<(), ()> {
        Ok(match self.poll_cx(&Context::current()) {
            task::Poll::Ready(()) => Async::Ready(()),
            task::Poll::Pending => Async::NotReady,
        })
    }
}

/// What a future can be cancelled by: a [`Token`], or a closure that returns a std future which
/// is done when it is time.
///
/// `&|| token.clone().cancelled_owned()` makes one of the token of `tokio-util`.
pub trait Cancellation {
    /// Done when it is time to end.
    type Cancelled: Future<Output = ()>;

    /// Returns what is done when it is time to end.
    fn cancelled(&self) -> Self::Cancelled;
}

impl Cancellation for Token {
    type Cancelled = Cancelled;

    fn cancelled(&self) -> Cancelled {
        Token::cancelled(self)
    }
}

impl<F: Fn() -> C, C: Future<Output = ()>> Cancellation for F {
    type Cancelled = C;

    fn cancelled(&self) -> C {
        self()
    }
}

/// Lets futures of both kinds be cancelled.
pub trait Cancellable: Sized {
    /// Returns `Some` with what this future gives, or `None` once `by` is cancelled before that.
    ///
    /// The future is dropped with the result, not when `by` is cancelled. It is polled first, so
    /// that what is ready is not lost.
    fn with_cancellation<C: Cancellation>(self, by: &C) -> WithCancellation<Self, C::Cancelled> {
        let cancelled = Unfailing(Box::pin(by.cancelled())).compat();
        WithCancellation { future: Box::pin(self), cancelled }
    }
}

impl<F> Cancellable for F {}

/// A future that may be cancelled; see [`Cancellable::with_cancellation`].
///
/// # Dropping
///
/// Drops the future.
#[must_use = "futures do nothing unless polled"]
#[derive(Debug)]
pub struct WithCancellation<F, C> {
    future: Pin<Box<F>>,
    cancelled: Compat<Unfailing<C>>,
}

/// A future with an error that does not come, for the adapter.
#[derive(Debug)]
struct Unfailing<C>(Pin<Box<C>>);

impl<C: Future<Output = ()>> Future for Unfailing<C> {
    type Output = Result<(), Infallible>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut task::Context<'_>) -> task::Poll<Self::Output> {
        self.0.as_mut().poll(cx).map(Ok)
    }
}

impl<F: futures::Future + Unpin, C: Future<Output = ()>> futures::Future
    for WithCancellation<F, C>
{
    type Item = Option<F::Item>;
    type Error = F::Error;

    fn poll(&mut self) -> Poll<Option<F::Item>, F::Error> {
        if let Async::Ready(item) = futures::Future::poll(&mut *self.future)? {
            return Ok(Async::Ready(Some(item)));
        }
        match futures::Future::poll(&mut self.cancelled) {
            Ok(cancelled) => Ok(cancelled.map(|()| None)),
            Err(never) => match never {},
        }
    }
}

impl<F: Future, C: Future<Output = ()>> Future for WithCancellation<F, C> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut task::Context<'_>) -> task::Poll<Self::Output> {
        if let task::Poll::Ready(output) = self.future.as_mut().poll(cx) {
            return task::Poll::Ready(Some(output));
        }
        Pin::new(self.cancelled.get_mut()).poll(cx).map(|_| None)
    }
}
