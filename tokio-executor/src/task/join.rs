//! The handle of a task whose result somebody waits for.
//!
//! Made by functions that spawn, through [`NewTask::joined`] and its kind, and given to the
//! program.
//!
//! Always true: the result (`result_cell`) is the runner's until the task is done, and the join
//! handle's from then on; if the handle is gone by then, the run has dropped the result before.
//!
//! Why not a oneshot channel? The cell is in the task's own block: a join allocates nothing.

use super::header::Header;
use super::join_error::JoinError;
use super::new_task::NewTask;
use super::result_cell::{Join, ResultCell};
use super::side_01::{BelowBridges, InEachPoll};
use super::task_ref::TaskRef;
use super::{Context, Id};
use crate::coop;
use crate::inspect::{Detail, Wait};
use futures::Future;
use std::fmt;
use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::panic::{Location, RefUnwindSafe, UnwindSafe};
use std::pin::Pin;
use std::ptr::NonNull;
use std::task::Poll;

/// A task for the futures 0.1 future `F`, and the handle that gets its result.
type Joined<F> = (NewTask, JoinHandle<Result<<F as Future>::Item, <F as Future>::Error>>);

/// Waits for a task to end, and gets its result.
///
/// It is a future of both kinds: of futures 0.1, with [`JoinError`] as its error, and
/// of std.
///
/// # Dropping
///
/// Detaches the task, which goes on; its result is dropped as soon as it ends, by the thread
/// that ran it.
///
/// # Examples
///
/// ```
/// use futures::{future, Future};
/// use tokio_executor::task::NewTask;
///
/// let (task, handle) = NewTask::joined(future::ok::<_, ()>(7));
/// task.into_future().wait().unwrap();
/// assert_eq!(handle.wait().unwrap(), Ok(7));
/// ```
pub struct JoinHandle<T> {
    /// Given up together with the interest in the result.
    task: ManuallyDrop<TaskRef>,
    /// The cell inside the task's block, which `task` keeps.
    cell: NonNull<Join<T>>,
    result: PhantomData<T>,
}

// SAFETY: the handle takes the result to where it is, and shares nothing else of `T`.
unsafe impl<T: Send> Send for JoinHandle<T> {}
// SAFETY: a shared handle gives access to no `T`.
unsafe impl<T: Send> Sync for JoinHandle<T> {}

/// A task is kept whole whatever panics: a panic of its future is the task's result.
impl<T> UnwindSafe for JoinHandle<T> {}
impl<T> RefUnwindSafe for JoinHandle<T> {}

/// Cancels a task from elsewhere.
///
/// # Dropping
///
/// Does nothing to the task.
///
/// # Examples
///
/// ```
/// use futures::{future, Future};
/// use tokio_executor::task::NewTask;
///
/// let (task, handle) = NewTask::joined(future::empty::<(), ()>());
/// let abort = handle.abort_handle();
/// drop(task);
/// assert!(abort.is_finished());
/// assert!(handle.wait().unwrap_err().is_cancelled());
/// ```
#[derive(Clone)]
pub struct AbortHandle {
    task: TaskRef,
}

impl NewTask {
    /// Returns a task for a futures 0.1 future, and the handle that gets its result.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::{future, Future};
    /// use tokio_executor::task::NewTask;
    ///
    /// let (task, handle) = NewTask::joined(future::err::<(), _>("no luck"));
    /// task.into_future().wait().unwrap();
    /// assert_eq!(handle.wait().unwrap(), Err("no luck"));
    /// ```
    #[track_caller]
    pub fn joined<F>(future: F) -> Joined<F>
    where
        F: Future + Send + 'static,
        F::Item: Send + 'static,
        F::Error: Send + 'static,
    {
        // SAFETY: future and result may go to any thread.
        unsafe { NewTask::joined_local(future) }
    }

    /// Returns a task for a std future, and the handle that gets its result.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::Future;
    /// use tokio_executor::task::NewTask;
    ///
    /// let (task, handle) = NewTask::joined_std(async { 7 });
    /// task.into_future().wait().unwrap();
    /// assert_eq!(handle.wait().unwrap(), 7);
    /// ```
    #[track_caller]
    pub fn joined_std<F>(future: F) -> (NewTask, JoinHandle<F::Output>)
    where
        F: std::future::Future + Send + 'static,
        F::Output: Send + 'static,
    {
        // SAFETY: future and result may go to any thread.
        unsafe { NewTask::joined_std_local(future) }
    }

    /// Works like [`joined`](NewTask::joined), for a future that stays on one thread.
    ///
    /// # Safety
    ///
    /// If `F` is not `Send`, the task must be run and dropped on the current thread; if
    /// its result is not, the handle must stay there too.
    #[track_caller]
    pub unsafe fn joined_local<F>(future: F) -> Joined<F>
    where
        F: Future + 'static,
    {
        JoinHandle::over(NewTask::allocate_joined(future, Join::new()))
    }

    /// Works like [`joined_std`](NewTask::joined_std), for a future that stays on one thread.
    ///
    /// # Safety
    ///
    /// If `F` is not `Send`, the task must be run and dropped on the current thread; if
    /// its result is not, the handle must stay there too.
    #[track_caller]
    pub unsafe fn joined_std_local<F>(future: F) -> (NewTask, JoinHandle<F::Output>)
    where
        F: std::future::Future + 'static,
    {
        // SAFETY: passed on.
        unsafe { NewTask::joined_std_local_at(future, Location::caller()) }
    }

    /// Does what [`joined_std_local`](NewTask::joined_std_local) does, as if called at `at`.
    ///
    /// # Safety
    ///
    /// As for that.
    // Hidden: for the crates above this one.
    #[doc(hidden)]
    pub unsafe fn joined_std_local_at<F>(
        future: F,
        at: &'static Location<'static>,
    ) -> (NewTask, JoinHandle<F::Output>)
    where
        F: std::future::Future + 'static,
    {
        JoinHandle::over(NewTask::allocate_joined_std::<F, InEachPoll, _>(future, Join::new(), at))
    }

    /// Works like [`joined_std`](NewTask::joined_std), for a program that polls futures 0.1 code
    /// through a bridge: elsewhere in the task, futures 0.1 has no current one. Such a task is
    /// smaller, and spawned and polled faster.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::{task, Future};
    /// use tokio_executor::cross::As01;
    /// use tokio_executor::task::NewTask;
    ///
    /// let (task, handle) = NewTask::joined_bridged(std::future::poll_fn(|cx| {
    ///     std::task::Poll::Ready(As01::new().enter(cx, task::is_in_task))
    /// }));
    /// task.into_future().wait().unwrap();
    /// assert_eq!(handle.wait().unwrap(), true);
    /// ```
    #[track_caller]
    pub fn joined_bridged<F>(future: F) -> (NewTask, JoinHandle<F::Output>)
    where
        F: std::future::Future + Send + 'static,
        F::Output: Send + 'static,
    {
        // SAFETY: future and result may go to any thread.
        unsafe { NewTask::joined_bridged_local_at(future, Location::caller()) }
    }

    /// Works like [`joined_bridged`](NewTask::joined_bridged), for a future that stays on one
    /// thread, as if called at `at`.
    ///
    /// # Safety
    ///
    /// If `F` is not `Send`, the task must be run and dropped on the current thread; if
    /// its result is not, the handle must stay there too.
    // Hidden: for the crates above this one.
    #[doc(hidden)]
    pub unsafe fn joined_bridged_local_at<F>(
        future: F,
        at: &'static Location<'static>,
    ) -> (NewTask, JoinHandle<F::Output>)
    where
        F: std::future::Future + 'static,
    {
        JoinHandle::over(NewTask::allocate_joined_std::<F, BelowBridges, _>(
            future,
            Join::new(),
            at,
        ))
    }
}

impl NewTask {
    /// Returns a task for a closure that may block its thread, and the handle that gets its result.
    ///
    /// It is called once, without a budget, wherever the task is run.
    #[track_caller]
    pub fn joined_blocking<F, R>(f: F) -> (NewTask, JoinHandle<R>)
    where
        F: FnOnce() -> R + Send + 'static,
        R: Send + 'static,
    {
        JoinHandle::over(NewTask::allocate_joined_blocking(f, Join::new()))
    }
}

impl<T> JoinHandle<T> {
    fn over((header, cell): (NonNull<Header>, NonNull<Join<T>>)) -> (NewTask, JoinHandle<T>) {
        let task = ManuallyDrop::new(TaskRef::adopt(header));
        let handle = JoinHandle { task, cell, result: PhantomData };
        (NewTask::from_header(header), handle)
    }

    fn cell(&self) -> &Join<T> {
        // SAFETY: `task` keeps the block.
        unsafe { self.cell.as_ref() }
    }

    /// Returns the result, if the task has ended; otherwise `cx` is woken when it has.
    ///
    /// Takes nothing from the budget of the task that asks.
    ///
    /// # Panics
    ///
    /// If called again after it returned the result.
    pub fn poll_join(&mut self, cx: &Context<'_>) -> Poll<Result<T, JoinError>> {
        if !self.task.is_done() && self.waits(cx) {
            return Poll::Pending;
        }
        // SAFETY: the task is done and this is its join handle.
        let result = unsafe { self.cell().take() };
        match result.expect("JoinHandle polled after completion") {
            Ok(output) => Poll::Ready(Ok(output)),
            Err(e) => Poll::Ready(Err(e.of_task(self.id()))),
        }
    }

    /// Has `cx` woken when the task ends, unless that comes first. Out of line, so that callers
    /// are no longer for it.
    #[inline(never)]
    fn waits(&self, cx: &Context<'_>) -> bool {
        self.cell().waiter.register_noting(cx, || Wait {
            kind: "join handle",
            address: self.task.address(),
            detail: Detail::Task(self.task.id()),
        });
        let done = self.task.await_done();
        if done {
            // What was left above may not be woken any more.
            drop(self.cell().waiter.take());
        }
        !done
    }

    /// The same, within the budget: a loop over tasks that have ended yields.
    fn poll_within_budget(&mut self, cx: &Context<'_>) -> Poll<Result<T, JoinError>> {
        if self.task.is_done() && !coop::proceed(cx) {
            return Poll::Pending;
        }
        self.poll_join(cx)
    }

    /// Cancels the task: its future is dropped in place of its next poll.
    ///
    /// The handle then reports [`JoinError::is_cancelled`], unless the task ends first.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::{future, Future};
    /// use tokio_executor::task::NewTask;
    ///
    /// let (task, handle) = NewTask::joined(future::empty::<(), ()>());
    /// handle.abort();
    /// task.into_future().wait().unwrap();
    /// assert!(handle.wait().unwrap_err().is_cancelled());
    /// ```
    pub fn abort(&self) {
        self.task.cancel();
    }

    /// Tells the task apart from others.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::future;
    /// use tokio_executor::task::NewTask;
    ///
    /// let (_first, one) = NewTask::joined(future::ok::<(), ()>(()));
    /// let (_second, other) = NewTask::joined(future::ok::<(), ()>(()));
    /// assert_ne!(one.id(), other.id());
    /// ```
    pub fn id(&self) -> Id {
        Id::of(&self.task)
    }

    /// Returns a handle that cancels the task and outlives this one.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::{future, Future};
    /// use tokio_executor::task::NewTask;
    ///
    /// let (task, handle) = NewTask::joined(future::empty::<(), ()>());
    /// let abort = handle.abort_handle();
    /// assert_eq!(abort.id(), handle.id());
    /// abort.abort();
    /// drop(task);
    /// assert!(handle.wait().is_err());
    /// ```
    pub fn abort_handle(&self) -> AbortHandle {
        AbortHandle { task: TaskRef::clone(&self.task) }
    }

    /// Returns whether the task has ended.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::{future, Future};
    /// use tokio_executor::task::NewTask;
    ///
    /// let (task, handle) = NewTask::joined(future::ok::<_, ()>(7));
    /// assert!(!handle.is_finished());
    /// task.into_future().wait().unwrap();
    /// assert!(handle.is_finished());
    /// ```
    pub fn is_finished(&self) -> bool {
        self.task.is_done()
    }

    /// Returns the task itself: who it is, and where it was spawned.
    // Hidden: for the crates above this one.
    #[doc(hidden)]
    pub fn task(&self) -> &TaskRef {
        &self.task
    }
}

impl<T> Drop for JoinHandle<T> {
    fn drop(&mut self) {
        // SAFETY: the handle goes, and with it what would use this again.
        unsafe { ManuallyDrop::take(&mut self.task) }.drop_join_handle();
    }
}

impl<T> Unpin for JoinHandle<T> {}

impl<T> Future for JoinHandle<T> {
    type Item = T;
    type Error = JoinError;

    fn poll(&mut self) -> futures::Poll<T, JoinError> {
        crate::convert::into_async(self.poll_within_budget(&Context::current()))
    }
}

impl<T> std::future::Future for JoinHandle<T> {
    type Output = Result<T, JoinError>;

    fn poll(self: Pin<&mut Self>, cx: &mut std::task::Context<'_>) -> Poll<Self::Output> {
        self.get_mut().poll_within_budget(&Context::from(cx))
    }
}

impl<T> fmt::Debug for JoinHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinHandle").field("id", &self.id()).finish()
    }
}

impl fmt::Debug for AbortHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AbortHandle").field("id", &self.id()).finish()
    }
}

impl AbortHandle {
    /// Tells the task apart from others.
    pub fn id(&self) -> Id {
        Id::of(&self.task)
    }

    /// Cancels the task: its future is dropped in place of its next poll.
    pub fn abort(&self) {
        self.task.cancel();
    }

    /// Returns whether the task has ended.
    pub fn is_finished(&self) -> bool {
        self.task.is_done()
    }

    /// Returns the task itself: who it is, and where it was spawned.
    // Hidden: for the crates above this one.
    #[doc(hidden)]
    pub fn task(&self) -> &TaskRef {
        &self.task
    }
}
