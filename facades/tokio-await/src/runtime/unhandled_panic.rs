//! What becomes of a runtime, or of a set of local tasks, if a task of it panics.
//!
//! Unless its builder says otherwise, nothing: the panic is the result of the task. With
//! [`UnhandledPanic::ShutdownRuntime`] the first panic sets a [`Stop`]; whoever blocks on a future
//! of the runtime is woken, takes the executor, drops it and panics.
//!
//! Called by `instruments`, where tasks panic, and by `Handle` and `LocalSet`, where they are run.
//!
//! Always true: whoever asks for the stop registers first and then looks; who sets it, sets it
//! first and then wakes. So nobody waits for a future of a runtime that has stopped.
//!
//! Why does no task stop the runtime itself? Its executor is polling it.

use std::future::{poll_fn, Future};
use std::pin::pin;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::{Acquire, Release};
use std::task::Poll;
use tokio::sync::notify::Notify;

/// What a runtime does if a task panics.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::runtime::{Builder, UnhandledPanic};
///
/// let runtime = Builder::new_current_thread()
///     .unhandled_panic(UnhandledPanic::Ignore)
///     .build()
///     .unwrap();
/// let task = runtime.spawn(async { panic!("boom") });
/// runtime.block_on(async { assert!(task.await.is_err()) });
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum UnhandledPanic {
    /// Nothing: the panic is the result of the task. What is done unless a builder says otherwise.
    Ignore,
    /// It stops: all tasks are dropped, and what blocks on a future panics.
    ///
    /// # Examples
    ///
    /// ```should_panic
    /// # use tokio_await as tokio;
    /// use tokio::runtime::{Builder, UnhandledPanic};
    ///
    /// let runtime = Builder::new_current_thread()
    ///     .unhandled_panic(UnhandledPanic::ShutdownRuntime)
    ///     .build()
    ///     .unwrap();
    /// runtime.spawn(async { panic!("boom") });
    /// runtime.block_on(std::future::pending::<()>());
    /// ```
    ShutdownRuntime,
}

/// Set once a task has panicked, where that stops what runs the tasks.
#[derive(Debug)]
pub(super) struct Stop {
    is_set: AtomicBool,
    /// Those that block on a future.
    waiting: Notify,
}

impl Stop {
    pub(super) fn new() -> Stop {
        Stop { is_set: AtomicBool::new(false), waiting: Notify::new() }
    }

    pub(super) fn set(&self) {
        // Release: whoever finds it set sees what the task has done.
        self.is_set.store(true, Release);
        self.waiting.notify_waiters();
    }

    pub(super) fn is_set(&self) -> bool {
        // Acquire: pairs with `set`.
        self.is_set.load(Acquire)
    }

    /// Waits for `future`; `None` once this is set.
    pub(super) async fn or_output<F: Future>(&self, future: F) -> Option<F::Output> {
        let mut stopped = pin!(self.waiting.notified());
        let mut future = pin!(future);
        poll_fn(|cx| {
            // It may be refused for want of budget, and is looked at again then.
            let _ = stopped.as_mut().poll(cx);
            if self.is_set() {
                return Poll::Ready(None);
            }
            future.as_mut().poll(cx).map(Some)
        })
        .await
    }
}
