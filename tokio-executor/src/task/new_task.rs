//! A task before an executor has it.
//!
//! Made by whoever spawns, and bound to an [`Owner`](super::Owner) by the executor that takes
//! it.
//!
//! Always true: nobody else knows the task, but for its join handle.
//!
//! Why not a `Runnable` from the start? Without an owner, a wake would have nowhere to go.

use super::cell::Cell;
use super::header::Header;
use super::owner::{OwnerRef, SINGLE_RUN};
use super::result_cell::{NoJoin, ResultCell};
use super::runnable::Runnable;
use super::side_01::{InEachPoll, Side01};
use super::work::{Blocking, Fallible, Plain, Std};
use futures::Future;
use std::fmt;
use std::mem::ManuallyDrop;
use std::panic::Location;
use std::ptr::NonNull;

/// A task that no executor has taken yet.
///
/// # Dropping
///
/// Drops the future, unpolled; a join handle reports that the task was cancelled.
///
/// # Examples
///
/// ```
/// use futures::future;
/// use tokio_executor::task::NewTask;
/// use tokio_executor::{DefaultExecutor, Executor};
///
/// let task = NewTask::new(future::ok(()));
/// // No executor runs on this thread, so none takes it.
/// assert!(DefaultExecutor::current().spawn_task(task).is_err());
/// ```
#[must_use = "a task does nothing until an executor takes it"]
pub struct NewTask {
    task: ManuallyDrop<Runnable>,
}

impl NewTask {
    /// Returns a task for a futures 0.1 future whose result nobody waits for.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::{future, Future};
    /// use tokio_executor::task::NewTask;
    ///
    /// let task = NewTask::new(future::lazy(|| Ok(println!("in a task"))));
    /// task.into_future().wait().unwrap();
    /// ```
    #[inline]
    #[track_caller]
    pub fn new<F>(future: F) -> NewTask
    where
        F: Future<Item = (), Error = ()> + Send + 'static,
    {
        // SAFETY: the future may go to any thread.
        unsafe { NewTask::new_local(future) }
    }

    /// Does what [`new`](NewTask::new) does, as if called at `at`.
    // Hidden: for the crates above this one.
    #[doc(hidden)]
    pub fn new_at<F>(future: F, at: &'static Location<'static>) -> NewTask
    where
        F: Future<Item = (), Error = ()> + Send + 'static,
    {
        NewTask::from_header(Cell::allocate_at(Plain(future), NoJoin, at))
    }

    /// Returns a task for a std future whose result nobody waits for.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::Future;
    /// use tokio_executor::task::NewTask;
    ///
    /// let task = NewTask::new_std(async { println!("in a task") });
    /// task.into_future().wait().unwrap();
    /// ```
    #[inline]
    #[track_caller]
    pub fn new_std<F>(future: F) -> NewTask
    where
        F: std::future::Future<Output = ()> + Send + 'static,
    {
        // SAFETY: the future may go to any thread.
        unsafe { NewTask::new_std_local(future) }
    }

    /// Works like [`new`](NewTask::new), for a future that stays on one thread.
    ///
    /// # Safety
    ///
    /// If `F` is not `Send`, the task must be run and dropped on the current thread.
    #[inline]
    #[track_caller]
    pub unsafe fn new_local<F>(future: F) -> NewTask
    where
        F: Future<Item = (), Error = ()> + 'static,
    {
        NewTask::from_header(Cell::allocate(Plain(future), NoJoin))
    }

    /// Works like [`new_std`](NewTask::new_std), for a future that stays on one thread.
    ///
    /// # Safety
    ///
    /// If `F` is not `Send`, the task must be run and dropped on the current thread.
    #[inline]
    #[track_caller]
    pub unsafe fn new_std_local<F>(future: F) -> NewTask
    where
        F: std::future::Future<Output = ()> + 'static,
    {
        NewTask::from_header(Cell::allocate(Std::<F, InEachPoll>::new(future), NoJoin))
    }

    /// The block of a joined task, and the address of its result.
    #[track_caller]
    pub(super) fn allocate_joined<F, J>(future: F, join: J) -> (NonNull<Header>, NonNull<J>)
    where
        F: Future,
        J: ResultCell<Result<F::Item, F::Error>>,
    {
        Cell::allocate_joined(Fallible(future), join, Location::caller())
    }

    /// The block of a joined task that was spawned at `at`, and the address of its result. `S` is
    /// what futures 0.1 has of it.
    pub(super) fn allocate_joined_std<F, S, J>(
        future: F,
        join: J,
        at: &'static Location<'static>,
    ) -> (NonNull<Header>, NonNull<J>)
    where
        F: std::future::Future,
        S: Side01,
        J: ResultCell<F::Output>,
    {
        Cell::allocate_joined(Std::<F, S>::new(future), join, at)
    }

    /// The block of a joined closure, and the address of its result.
    #[track_caller]
    pub(super) fn allocate_joined_blocking<F, R, J>(f: F, join: J) -> (NonNull<Header>, NonNull<J>)
    where
        F: FnOnce() -> R,
        J: ResultCell<R>,
    {
        Cell::allocate_joined(Blocking(Some(f)), join, Location::caller())
    }

    #[inline]
    pub(super) fn from_header(header: NonNull<Header>) -> NewTask {
        NewTask { task: ManuallyDrop::new(Runnable { header }) }
    }

    /// Makes `owner` responsible for the task, and the caller for running it once.
    ///
    /// # Safety
    ///
    /// `owner` keeps the promise of [`Owner`](super::Owner).
    #[inline]
    pub unsafe fn bind(self, owner: OwnerRef) -> Runnable {
        let mut this = ManuallyDrop::new(self);
        // SAFETY: `this` is not used again.
        let task = unsafe { ManuallyDrop::take(&mut this.task) };
        // SAFETY: nobody else knows the task yet.
        unsafe { *task.header().owner.get() = Some(owner) };
        task
    }

    /// Returns the task for whoever runs it once, at a time of his own, and is no executor: it ends
    /// with that run, cancelled if its future is pending then.
    // Hidden: for the crates above this one.
    #[doc(hidden)]
    pub fn into_single_run(self) -> Runnable {
        // SAFETY: this owner stays for ever.
        unsafe { self.bind(OwnerRef::new(&raw const SINGLE_RUN)) }
    }
}

impl Drop for NewTask {
    fn drop(&mut self) {
        // SAFETY: `self` is not used again.
        drop(unsafe { ManuallyDrop::take(&mut self.task) });
    }
}

impl fmt::Debug for NewTask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("NewTask").field(&self.task.header().state.snapshot()).finish()
    }
}
