//! Libraries of tokio 1.x in our tasks.
//!
//! Their sockets and timers look for a runtime of tokio 1.x in a thread-local, which
//! [`tokio1()`] puts in place around each poll. The task stays ours, on our workers; only
//! what those libraries spawn, and their I/O, is served by one thread of tokio 1.x.
//!
//! That thread belongs to the runtime of ours that polls the future first, and ends with
//! it: see `guest`.

pub(crate) mod guest;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio1::runtime::Handle;

/// Polls `future` inside a runtime context of tokio 1.x.
///
/// The context is one beside the runtime of ours that polls it first: a thread that
/// starts then. It ends with our runtime, however that ends, once the tasks are done or
/// dropped: what was spawned there is dropped, what blocks there is waited for, and only
/// then is the shutdown complete.
///
/// Outside of our runtimes it is the context in which `tokio1` is polled, if there is
/// one; else that of a thread which serves the process until [`shutdown_tokio1`].
///
/// The future goes into a box, so that it can be dropped inside the context, too.
/// [`Builder::with_tokio1`](crate::runtime::Builder::with_tokio1) spares the tasks of a
/// runtime this wrapper.
///
/// # Panics
///
/// When first polled, if the thread cannot be started.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// tokio::run_std(tokio::compat::tokio1(async {
///     tokio1::time::sleep(Duration::from_millis(5)).await;
/// }));
/// ```
pub fn tokio1<F: Future>(future: F) -> Tokio1<F> {
    Tokio1 { future: Some(Box::pin(future)), handle: None }
}

/// Stops the thread of tokio 1.x that serves the process outside of our runtimes, if it
/// runs; those of runtimes end with them.
///
/// What was spawned there is dropped. Waits for `timeout` at most for what blocks there,
/// and not at all on that thread itself. The next [`tokio1()`] starts another.
pub fn shutdown_tokio1(timeout: Duration) {
    guest::stop_of_process(timeout);
}

/// The future of [`tokio1()`]; also of futures 0.1, by way of
/// [`compat`](super::Future03CompatExt::compat).
///
/// # Dropping
///
/// Drops the future, inside the runtime context of tokio 1.x if it was polled.
#[must_use = "futures do nothing unless polled"]
pub struct Tokio1<F> {
    /// `None` once it is dropped.
    future: Option<Pin<Box<F>>>,
    handle: Option<Handle>,
}

impl<F> Unpin for Tokio1<F> {}

impl<F: Future> Future for Tokio1<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let Tokio1 { future, handle } = self.get_mut();
        let _context = handle.get_or_insert_with(guest::handle).enter();
        let future = future.as_mut().expect("it is only taken in `drop`");
        future.as_mut().poll(cx)
    }
}

impl<F> Drop for Tokio1<F> {
    fn drop(&mut self) {
        // A pool's connection, for one, spawns when it is dropped.
        let _context = self.handle.as_ref().map(Handle::enter);
        self.future = None;
    }
}

impl<F> fmt::Debug for Tokio1<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokio1").field("entered", &self.handle.is_some()).finish_non_exhaustive()
    }
}
