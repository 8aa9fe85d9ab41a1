//! The executor that `spawn` uses on this thread.
//!
//! An executor lends itself to its thread for as long as it runs there; the slot keeps
//! a plain pointer, so that finding it costs one thread-local read.

use crate::task::NewTask;
use crate::{Enter, Executor, SpawnError, TypedExecutor};
use futures::future::{self, ExecuteError};
use futures::Future;
use std::cell::Cell;
use std::fmt;
use std::ptr::NonNull;

/// Hands futures to the executor of the current thread.
///
/// # Examples
///
/// Without an executor on this thread, a spawn fails:
///
/// ```
/// use tokio_executor::{DefaultExecutor, Executor};
///
/// assert!(DefaultExecutor::current().status().is_err());
/// ```
#[derive(Debug, Clone)]
pub struct DefaultExecutor {
    _private: (),
}

/// Keeps an executor installed on its thread; see [`set_default`].
///
/// # Dropping
///
/// Drops the executor and leaves the thread without one.
#[must_use = "dropping the guard uninstalls the executor"]
pub struct DefaultGuard {
    _private: (),
}

type Slot = Option<NonNull<dyn Executor>>;

thread_local! {
    static CURRENT: Cell<Slot> = const { Cell::new(None) };
}

/// Puts a former executor back, also when the code between panics.
struct Restore(Slot);

impl Drop for Restore {
    fn drop(&mut self) {
        CURRENT.set(self.0);
    }
}

impl DefaultExecutor {
    /// A handle to whichever executor the thread has when it is used.
    pub fn current() -> DefaultExecutor {
        DefaultExecutor { _private: () }
    }

    /// Calls `f` with the thread's executor, which is out of its slot meanwhile: an
    /// executor that spawns in its own `spawn` gets an error, not a second borrow.
    fn with_current<R>(f: impl FnOnce(&mut dyn Executor) -> R) -> Option<R> {
        let mut executor = CURRENT.try_with(Cell::take).ok()??;
        let _restore = Restore(Some(executor));
        // SAFETY: `with_default` and `set_default` keep the executor alive and unused
        // while it is in the slot, and `take` made this the only reference.
        Some(f(unsafe { executor.as_mut() }))
    }
}

impl Executor for DefaultExecutor {
    fn spawn(
        &mut self,
        future: Box<dyn Future<Item = (), Error = ()> + Send>,
    ) -> Result<(), SpawnError> {
        Self::with_current(|executor| executor.spawn(future))
            .unwrap_or_else(|| Err(SpawnError::shutdown()))
    }

    fn status(&self) -> Result<(), SpawnError> {
        Self::with_current(|executor| executor.status())
            .unwrap_or_else(|| Err(SpawnError::shutdown()))
    }

    fn spawn_task(&mut self, task: NewTask) -> Result<(), SpawnError> {
        Self::with_current(|executor| executor.spawn_task(task))
            .unwrap_or_else(|| Err(SpawnError::shutdown()))
    }
}

impl<T> TypedExecutor<T> for DefaultExecutor
where
    T: Future<Item = (), Error = ()> + Send + 'static,
{
    fn spawn(&mut self, future: T) -> Result<(), SpawnError> {
        self.spawn_task(NewTask::new(future))
    }

    fn status(&self) -> Result<(), SpawnError> {
        Executor::status(self)
    }
}

impl<T> future::Executor<T> for DefaultExecutor
where
    T: Future<Item = (), Error = ()> + Send + 'static,
{
    fn execute(&self, future: T) -> Result<(), ExecuteError<T>> {
        if let Err(e) = Executor::status(self) {
            let kind = if e.is_at_capacity() {
                future::ExecuteErrorKind::NoCapacity
            } else {
                future::ExecuteErrorKind::Shutdown
            };
            return Err(ExecuteError::new(kind, future));
        }
        // The status was a hint: a refusal past it drops the future, as stock does.
        let _ = DefaultExecutor::current().spawn_task(NewTask::new(future));
        Ok(())
    }
}

/// Spawns `future` on the executor of the current thread.
///
/// # Panics
///
/// If the thread has no executor, or if that has shut down.
///
/// # Examples
///
/// ```no_run
/// # // Needs an executor, which is a crate above this one.
/// use futures::future;
///
/// tokio_executor::spawn(future::lazy(|| {
///     println!("running on the executor");
///     Ok(())
/// }));
/// ```
pub fn spawn<T>(future: T)
where
    T: Future<Item = (), Error = ()> + Send + 'static,
{
    if let Err(e) = DefaultExecutor::current().spawn_task(NewTask::new(future)) {
        panic!("{e}");
    }
}

/// Makes `executor` the current thread's executor until the guard is dropped.
///
/// # Panics
///
/// If the thread has an executor already.
pub fn set_default<T: Executor + 'static>(executor: T) -> DefaultGuard {
    assert!(CURRENT.get().is_none(), "default executor already set for execution context");
    let executor: Box<dyn Executor> = Box::new(executor);
    CURRENT.set(Some(NonNull::from(Box::leak(executor))));
    DefaultGuard { _private: () }
}

/// Makes `executor` the current thread's executor while `f` runs.
///
/// Nested calls stack: the former executor is back once `f` returns.
pub fn with_default<T, F, R>(executor: &mut T, enter: &mut Enter, f: F) -> R
where
    T: Executor,
    F: FnOnce(&mut Enter) -> R,
{
    let executor: NonNull<dyn Executor + '_> = NonNull::from(executor as &mut dyn Executor);
    // SAFETY: only the lifetime changes; `_restore` empties the slot before this
    // function, and with it the borrow of `executor`, ends.
    let executor: NonNull<dyn Executor> = unsafe { std::mem::transmute(executor) };
    let _restore = Restore(CURRENT.replace(Some(executor)));
    f(enter)
}

impl Drop for DefaultGuard {
    fn drop(&mut self) {
        // A guard may be sent away and dropped on a thread whose slot is empty.
        let Ok(Some(executor)) = CURRENT.try_with(Cell::take) else { return };
        // SAFETY: `set_default` leaked this box, and a thread that has an executor by
        // `set_default` takes no other on top except for the span of `with_default`.
        drop(unsafe { Box::from_raw(executor.as_ptr()) });
    }
}

impl fmt::Debug for DefaultGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DefaultGuard").finish_non_exhaustive()
    }
}
