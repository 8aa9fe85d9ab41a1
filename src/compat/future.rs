//! Futures, in both directions.
//!
//! Called by programs that await futures 0.1, or chain std's.
//!
//! Always true: a future is polled for the task that polls its adapter, of whichever kind.
//!
//! Why does `poll_fn_01` stand beside the adapters? A `poll_*` method of futures 0.1 is no future
//! that could be wrapped: it looks for the current task, which must be in place around the call.

use super::{Compat, Compat01};
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio_executor::cross::As01;
use tokio_executor::internals::convert::{from_async, into_async};

/// Lets std code wait for a future of futures 0.1.
///
/// # Examples
///
/// ```
/// use futures::{future, Future};
/// use tokio::compat::Future01CompatExt;
/// use tokio::runtime::current_thread::block_on_all_std;
///
/// let sum = future::ok::<u32, ()>(1).map(|one| one + 1);
/// assert_eq!(block_on_all_std(sum.compat()), Ok(2));
/// ```
pub trait Future01CompatExt: futures::Future + Sized {
    /// This future as one of std, whose output is a `Result`.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::sync::oneshot;
    /// use tokio::compat::Future01CompatExt;
    ///
    /// tokio::run_std(async {
    ///     let (tx, rx) = oneshot::channel();
    ///     tx.send("of futures 0.1").unwrap();
    ///     assert_eq!(rx.compat().await, Ok("of futures 0.1"));
    /// });
    /// ```
    fn compat(self) -> Compat01<Self> {
        Compat01::new(self)
    }
}

impl<F: futures::Future> Future01CompatExt for F {}

impl<F: futures::Future> Future for Compat01<F> {
    type Output = Result<F::Item, F::Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Compat01 { inner, bridge } = self.get_mut();
        from_async(bridge.enter(cx, || inner.poll()))
    }
}

/// Lets futures 0.1 code wait for a std future whose output is a `Result`.
///
/// # Examples
///
/// ```
/// use futures::Future;
/// use tokio::compat::Future03CompatExt;
/// use tokio::runtime::current_thread::block_on_all;
///
/// let sum = Box::pin(async { Ok::<u32, ()>(1) }).compat().map(|one| one + 1);
/// assert_eq!(block_on_all(sum), Ok(2));
/// ```
pub trait Future03CompatExt<T, E>: Future<Output = Result<T, E>> + Sized {
    /// This future as one of futures 0.1.
    ///
    /// An `async` block is not `Unpin`: see [`boxed_compat`](Future03CompatExt::boxed_compat),
    /// or pin it first.
    fn compat(self) -> Compat<Self>
    where
        Self: Unpin,
    {
        Compat::new(self)
    }

    /// This future, in a box, as one of futures 0.1.
    ///
    /// A future of futures 0.1 may be moved between polls, a std future may not: so it
    /// needs a place of its own, which is one allocation when it is made. None follows.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::Future;
    /// use tokio::compat::Future03CompatExt;
    ///
    /// let chain = async { Ok::<_, ()>(6) }.boxed_compat().map(|n| n * 7);
    /// assert_eq!(chain.wait(), Ok(42));
    /// ```
    fn boxed_compat(self) -> Compat<Pin<Box<Self>>> {
        Compat::new(Box::pin(self))
    }
}

impl<F: Future<Output = Result<T, E>>, T, E> Future03CompatExt<T, E> for F {}

impl<F, T, E> futures::Future for Compat<F>
where
    F: Future<Output = Result<T, E>> + Unpin,
{
    type Item = T;
    type Error = E;

    fn poll(&mut self) -> futures::Poll<T, E> {
        let Compat { inner, bridge } = self;
        into_async(bridge.enter(|cx| Pin::new(inner).poll(cx)))
    }
}

/// Returns a std future of a closure that polls as futures 0.1 does: one that looks for its task
/// by itself.
///
/// # Examples
///
/// ```
/// use futures::Sink;
/// use tokio::compat::poll_fn_01;
///
/// tokio::run_std(async {
///     let (mut tx, rx) = futures::sync::mpsc::channel::<()>(1);
///     poll_fn_01(|| tx.poll_complete()).await.unwrap();
///     drop(rx);
/// });
/// ```
pub fn poll_fn_01<F, T, E>(poll: F) -> PollFn01<F>
where
    F: FnMut() -> futures::Poll<T, E>,
{
    PollFn01 { poll, bridge: As01::new() }
}

/// The future of [`poll_fn_01`].
///
/// # Dropping
///
/// Drops the closure.
#[must_use = "futures do nothing unless polled"]
pub struct PollFn01<F> {
    poll: F,
    bridge: As01,
}

impl<F> Unpin for PollFn01<F> {}

impl<F, T, E> Future for PollFn01<F>
where
    F: FnMut() -> futures::Poll<T, E>,
{
    type Output = Result<T, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let PollFn01 { poll, bridge } = self.get_mut();
        from_async(bridge.enter(cx, poll))
    }
}

impl<F> fmt::Debug for PollFn01<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PollFn01").field("bridge", &self.bridge).finish_non_exhaustive()
    }
}
