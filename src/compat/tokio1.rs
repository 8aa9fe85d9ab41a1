//! Libraries of tokio 1.x in our tasks.
//!
//! Their sockets and timers look for a runtime of tokio 1.x in a thread-local, which
//! [`tokio1()`] puts in place around each poll. The task stays ours, on our workers; only
//! what those libraries spawn, and their I/O, is served by one thread of tokio 1.x.
//!
//! Always true: that thread starts with the first poll that needs it, and there is one
//! for the whole process.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio1::runtime::{Builder, Handle, Runtime};

/// The runtime of tokio 1.x, once started. Held to start it, take it, or get its handle;
/// never while polling.
static DRIVER: Mutex<Option<Runtime>> = Mutex::new(None);

/// Polls `future` inside a runtime context of tokio 1.x.
///
/// # Panics
///
/// When first polled, if the thread of tokio 1.x cannot be started.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// tokio::run_std(tokio::compat::tokio1(async {
///     tokio1::time::sleep(Duration::from_millis(5)).await;
/// }));
/// tokio::compat::shutdown_tokio1(Duration::from_secs(1));
/// ```
pub fn tokio1<F: Future>(future: F) -> Tokio1<F> {
    Tokio1 { future: Some(Box::pin(future)), handle: None }
}

/// Stops the thread of tokio 1.x, if it runs: what was spawned there is dropped. Waits
/// for `timeout` at most for what blocks. The next [`tokio1()`] starts another.
pub fn shutdown_tokio1(timeout: Duration) {
    let driver = DRIVER.lock().unwrap_or_else(PoisonError::into_inner).take();
    // After unlocking: what is dropped may come back here.
    if let Some(driver) = driver {
        driver.shutdown_timeout(timeout);
    }
}

fn handle() -> Handle {
    let mut driver = DRIVER.lock().unwrap_or_else(PoisonError::into_inner);
    let driver = driver.get_or_insert_with(|| {
        Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("tokio-1-driver")
            .enable_all()
            .build()
            .unwrap_or_else(|e| panic!("cannot start the driver of tokio 1.x: {e}"))
    });
    driver.handle().clone()
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
        let _context = handle.get_or_insert_with(self::handle).enter();
        let future = future.as_mut().expect("it is only taken in `drop`");
        future.as_mut().poll(cx)
    }
}

impl<F> Drop for Tokio1<F> {
    fn drop(&mut self) {
        // A socket or timer of tokio 1.x looks for its driver when dropped, too.
        let _context = self.handle.as_ref().map(Handle::enter);
        self.future = None;
    }
}

impl<F> fmt::Debug for Tokio1<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokio1").field("entered", &self.handle.is_some()).finish_non_exhaustive()
    }
}
