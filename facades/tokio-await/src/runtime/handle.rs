//! What leads to a runtime from any thread.

use super::seat::Seat;
use super::{context, EnterGuard, JoinHandle};
use std::error::Error;
use std::fmt;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;
use tokio::runtime as engine;
use tokio_executor::task::NewTask;
use tokio_executor::Executor;

/// Spawns onto a [`Runtime`](super::Runtime), from any thread.
#[derive(Clone)]
pub struct Handle {
    shared: Arc<Shared>,
}

pub(super) struct Shared {
    kind: Kind,
}

/// What runs the tasks.
pub(super) enum Kind {
    Pool {
        executor: engine::TaskExecutor,
        /// None once it is shut down. Held to look, never while shutting down.
        pool: Mutex<Option<Arc<engine::Runtime>>>,
    },
    Seat(Seat),
}

/// How a runtime runs its tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RuntimeFlavor {
    /// On the thread that blocks on a future.
    CurrentThread,
    /// On a pool of workers.
    MultiThread,
}

impl Kind {
    pub(super) fn pool(engine: engine::Runtime) -> Kind {
        let executor = engine.executor();
        Kind::Pool { executor, pool: Mutex::new(Some(Arc::new(engine))) }
    }
}

impl Handle {
    pub(super) fn new(kind: Kind) -> Handle {
        Handle { shared: Arc::new(Shared { kind }) }
    }

    /// The handle to which `make`'s kind belongs: it may keep a weak reference, for
    /// threads that start later.
    pub(super) fn new_cyclic(make: impl FnOnce(&Weak<Shared>) -> Kind) -> Handle {
        Handle { shared: Arc::new_cyclic(|weak| Shared { kind: make(weak) }) }
    }

    pub(super) fn of(shared: Arc<Shared>) -> Handle {
        Handle { shared }
    }

    /// The runtime of this thread: that of the task, of the future that is blocked on, or
    /// that was [entered](Handle::enter).
    ///
    /// # Panics
    ///
    /// If there is none.
    pub fn current() -> Handle {
        Handle::try_current().unwrap_or_else(|e| panic!("{e}"))
    }

    /// The runtime of this thread.
    ///
    /// # Errors
    ///
    /// If there is none. A thread of a runtime that was not made by this crate has none.
    pub fn try_current() -> Result<Handle, TryCurrentError> {
        context::current().ok_or(TryCurrentError(()))
    }

    /// Spawns `future`; the handle gets its result.
    ///
    /// If the runtime has shut down, the future is dropped, and the result is an error that
    /// says so.
    pub fn spawn<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        match &self.shared.kind {
            Kind::Pool { executor, .. } => {
                let (task, handle) = NewTask::joined_std(future);
                // Refused, it is dropped, which is what its handle says then.
                let _ = executor.clone().spawn_task(task);
                handle
            }
            Kind::Seat(seat) => seat.spawn(future),
        }
    }

    /// Runs `f`, which may block, on a thread that no task waits for; the handle gets its
    /// result.
    ///
    /// If the runtime has shut down, `f` is dropped, and the result is an error that says so.
    pub fn spawn_blocking<F, R>(&self, f: F) -> JoinHandle<R>
    where
        F: FnOnce() -> R + Send + 'static,
        R: Send + 'static,
    {
        match &self.shared.kind {
            Kind::Pool { .. } => self.spawn(tokio::task::block(f)),
            Kind::Seat(seat) => seat.spawn_beside(tokio::task::block(f)),
        }
    }

    /// Runs `future` on this thread until it is done; see
    /// [`Runtime::block_on`](super::Runtime::block_on).
    ///
    /// # Panics
    ///
    /// As there; or if the runtime has shut down.
    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        match &self.shared.kind {
            Kind::Pool { pool, .. } => {
                let pool = locked(pool).clone();
                let pool = pool.expect("cannot block on a future: the runtime has shut down");
                let _entered = self.enter();
                pool.block_on_here(future)
            }
            Kind::Seat(seat) => {
                let _entered = self.enter();
                seat.block_on(future)
            }
        }
    }

    /// Makes this the runtime of the thread, for [`spawn`](crate::spawn) and
    /// [`Handle::current`], until the guard is dropped.
    ///
    /// Timers and sockets are served by the runtime whose task waits for them, wherever
    /// they were made.
    pub fn enter(&self) -> EnterGuard<'_> {
        context::enter(self.clone())
    }

    /// How the runtime runs its tasks.
    pub fn runtime_flavor(&self) -> RuntimeFlavor {
        if self.is_seat() {
            RuntimeFlavor::CurrentThread
        } else {
            RuntimeFlavor::MultiThread
        }
    }

    pub(super) fn is_seat(&self) -> bool {
        matches!(self.shared.kind, Kind::Seat(_))
    }

    /// Stops the runtime; waits for its threads for `limit`, or until they have ended.
    pub(super) fn stop(&self, limit: Option<Duration>) {
        let pool = match &self.shared.kind {
            Kind::Pool { pool, .. } => locked(pool).take(),
            Kind::Seat(seat) => seat.stop(),
        };
        // If somebody still blocks on a future there, the last to leave stops it.
        let Some(pool) = pool.and_then(Arc::into_inner) else { return };
        match limit {
            None => drop(pool),
            Some(limit) => {
                // Past the limit the threads go on to their end by themselves.
                let _ = crate::park::wait_at_most(limit, pool.shutdown_now());
            }
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing that can panic halfway runs under the lock.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle").field("flavor", &self.runtime_flavor()).finish()
    }
}

/// This thread belongs to no runtime.
#[derive(Debug)]
pub struct TryCurrentError(());

impl TryCurrentError {
    /// Whether the thread has never belonged to one. It is the one reason there is.
    pub fn is_missing_context(&self) -> bool {
        true
    }

    /// Whether the thread is about to end. Never: then it belongs to none.
    pub fn is_thread_local_destroyed(&self) -> bool {
        false
    }
}

impl fmt::Display for TryCurrentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no runtime on this thread: call this from a task, or enter a runtime")
    }
}

impl Error for TryCurrentError {}
