//! The budget of a task, for leaves and for whole futures.
//!
//! A poll of a task may complete 128 operations of this crate. Then they say that they are
//! not ready, and the task has its next turn after others. See `tokio_executor::coop`, which
//! does it; outside of tasks there is no budget.
//!
//! Called by programs and libraries that make leaves of their own.
//!
//! Always true: what is taken off the budget by `poll_proceed` is put back unless the leaf has got
//! on.
//!
//! Why not `tokio_executor::coop` itself? Its leaves call `refund` where they have done nothing;
//! in tokio's interface the drop of a value does that.

use pin_project_lite::pin_project;
use std::fmt;
use std::future::{poll_fn, Future};
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{ready, Context, Poll};
use tokio_executor::coop;

/// Gives other tasks a turn if this one has done as much in one poll as it may.
///
/// For loops that wait for nothing of ours.
///
/// # Dropping
///
/// Takes nothing off the budget.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// tokio::runtime::Runtime::new().unwrap().block_on(async {
///     let mut sum = 0u64;
///     for n in 0..1000 {
///         sum += n;
///         // Lets others run once in a while.
///         tokio::task::consume_budget().await;
///     }
///     assert_eq!(sum, 499_500);
/// });
/// ```
pub async fn consume_budget() {
    poll_fn(|cx| {
        let progress = ready!(poll_proceed(cx));
        progress.made_progress();
        Poll::Ready(())
    })
    .await;
}

/// Returns whether the next operation of this task would not be put off.
#[inline]
pub fn has_budget_remaining() -> bool {
    coop::has_remaining()
}

/// Takes one operation off the budget of the task; pending, with the task woken for its next
/// turn, if none is left.
///
/// The operation is put back when the result is dropped, unless
/// [`made_progress`](RestoreOnPending::made_progress) was called.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use std::task::{ready, Context, Poll};
/// use tokio::task::coop;
///
/// fn poll_next(count: &mut u64, cx: &mut Context<'_>) -> Poll<u64> {
///     let progress = ready!(coop::poll_proceed(cx));
///     *count += 1;
///     progress.made_progress();
///     Poll::Ready(*count)
/// }
///
/// let mut cx = Context::from_waker(std::task::Waker::noop());
/// assert_eq!(poll_next(&mut 0, &mut cx), Poll::Ready(1));
/// ```
#[inline]
pub fn poll_proceed(cx: &mut Context<'_>) -> Poll<RestoreOnPending> {
    if coop::proceed(&(&*cx).into()) {
        Poll::Ready(RestoreOnPending { restore: std::cell::Cell::new(true), place: PhantomData })
    } else {
        Poll::Pending
    }
}

/// An operation taken off the budget; see [`poll_proceed`].
///
/// # Dropping
///
/// Puts it back, unless there was progress.
#[derive(Debug)]
#[must_use = "dropped, it puts the operation back"]
pub struct RestoreOnPending {
    restore: std::cell::Cell<bool>,
    /// The budget is that of this thread's task.
    place: PhantomData<*const ()>,
}

impl RestoreOnPending {
    /// Notes that the operation was done.
    pub fn made_progress(&self) {
        self.restore.set(false);
    }
}

impl Drop for RestoreOnPending {
    fn drop(&mut self) {
        if self.restore.get() {
            coop::refund();
        }
    }
}

/// Returns `inner`, without a budget.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// tokio::runtime::Runtime::new().unwrap().block_on(async {
///     assert_eq!(tokio::task::unconstrained(async { 1 }).await, 1);
/// });
/// ```
pub fn unconstrained<F>(inner: F) -> Unconstrained<F> {
    Unconstrained { inner }
}

pin_project! {
    /// A future that is polled without a budget; see [`unconstrained`].
    ///
    /// # Dropping
    ///
    /// Drops what is inside.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::task::coop::unconstrained;
    ///
    /// #[tokio::main]
    /// async fn main() {
    ///     assert_eq!(unconstrained(async { 6 * 7 }).await, 42);
    /// }
    /// ```
    #[must_use = "futures do nothing unless polled"]
    pub struct Unconstrained<F> {
        #[pin]
        inner: F,
    }
}

impl<F: Future> Future for Unconstrained<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        coop::unlimited(|| self.project().inner.poll(cx))
    }
}

/// Returns `fut`, of which each completion takes one operation off the budget.
pub fn cooperative<F: Future>(fut: F) -> Coop<F> {
    Coop { inner: fut }
}

pin_project! {
    /// A future whose completion takes from the budget; see [`cooperative`].
    ///
    /// # Dropping
    ///
    /// Drops what is inside.
    #[must_use = "futures do nothing unless polled"]
    pub struct Coop<F: Future> {
        #[pin]
        inner: F,
    }
}

impl<F: Future> Future for Coop<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let progress = ready!(poll_proceed(cx));
        let output = ready!(self.project().inner.poll(cx));
        progress.made_progress();
        Poll::Ready(output)
    }
}

impl<F: Future + fmt::Debug> fmt::Debug for Coop<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Coop").field("fut", &self.inner).finish()
    }
}

impl<F> fmt::Debug for Unconstrained<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unconstrained").finish_non_exhaustive()
    }
}
