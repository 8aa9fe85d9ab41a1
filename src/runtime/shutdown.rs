//! The end of a runtime, and of what a layer above keeps with it.
//!
//! Always true: a companion is stopped once no task is left that could use it, or when the tasks
//! are dropped; never while they are waited for.

use futures::{Future, Poll};
use std::any::Any;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// A companion, made when a task first asks for it.
pub(super) type CompanionCell = Arc<OnceLock<Arc<dyn Companion>>>;

/// What a layer above keeps with a runtime.
pub trait Companion: Any + Send + Sync {
    /// The runtime has stopped, or drops its tasks now.
    fn stop(&self);

    /// Waits for what was begun to end, for `limit` at most. False if something has not.
    fn wait(&self, limit: Duration) -> bool;

    /// This, to be made of its own type again.
    fn as_any(self: Arc<Self>) -> Arc<dyn Any + Send + Sync>;
}

/// Waits for what tasks left behind on other threads, for `limit` at most. False if it goes on.
pub(super) fn wait_for_companion(companion: &CompanionCell, limit: Duration) -> bool {
    companion.get().is_none_or(|companion| companion.wait(limit))
}

/// Completes once a runtime has stopped and all of its threads have left it.
///
/// Of futures 0.1 and of std.
///
/// # Dropping
///
/// Changes nothing: the runtime goes on stopping.
///
/// # Examples
///
/// ```
/// use futures::{future, Future};
/// use tokio::runtime::Runtime;
///
/// let mut runtime = Runtime::new()?;
/// runtime.spawn(future::lazy(|| Ok(println!("before the end"))));
/// runtime.shutdown_on_idle().wait().unwrap();
/// # Ok::<(), std::io::Error>(())
/// ```
#[must_use = "to wait for the runtime to stop, wait for this future"]
pub struct Shutdown {
    pool: tokio_threadpool::Shutdown,
    /// Made by a task as late as its last poll. Stopped after that.
    companion: CompanionCell,
}

impl Shutdown {
    pub(super) fn new(pool: tokio_threadpool::Shutdown, companion: CompanionCell) -> Shutdown {
        Shutdown { pool, companion }
    }

    pub(super) fn companion(&self) -> &CompanionCell {
        &self.companion
    }

    /// Tasks are dropped, and no longer waited for.
    pub(super) fn now(self) -> Shutdown {
        self.stop_companion();
        self
    }

    pub(super) fn stop_companion(&self) {
        if let Some(companion) = self.companion.get() {
            companion.stop();
        }
    }
}

impl fmt::Debug for Shutdown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shutdown").field("pool", &self.pool).finish_non_exhaustive()
    }
}

impl Future for Shutdown {
    type Item = ();
    type Error = ();

    fn poll(&mut self) -> Poll<(), ()> {
        let end = Future::poll(&mut self.pool)?;
        if end.is_ready() {
            self.stop_companion();
        }
        Ok(end)
    }
}

impl std::future::Future for Shutdown {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut std::task::Context<'_>) -> std::task::Poll<()> {
        let end = std::future::Future::poll(Pin::new(&mut self.pool), cx);
        if end.is_ready() {
            self.stop_companion();
        }
        end
    }
}
