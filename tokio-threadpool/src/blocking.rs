//! Code that blocks its thread, in the middle of a task.
//!
//! [`blocking`] gives the worker's place to a standby thread and then runs the closure
//! right here, on the task's own stack. The thread finishes the poll as an ordinary
//! thread and becomes a standby itself. Once given up, the place is not needed back:
//! more calls in the same poll cost next to nothing.
//!
//! At most `max_blocking` threads do so at a time. The others' tasks wait in line, and
//! a slot that comes free is *granted* to the task in front, so that nobody can slip in
//! between. A task that is polled and does not use its grant loses it to the next.
//!
//! # Examples
//!
//! ```
//! use futures::{future, Future};
//! use std::{thread, time::Duration};
//! use tokio_threadpool::{blocking, ThreadPool};
//!
//! let pool = ThreadPool::new();
//! let slept = pool.spawn_handle(future::poll_fn(|| {
//!     blocking(|| thread::sleep(Duration::from_millis(1)))
//! }));
//! assert!(slept.wait().is_ok());
//! pool.shutdown_on_idle().wait().unwrap();
//! ```

use crate::shared::Shared;
use crate::worker;
use futures::{Async, Poll};
use std::cell::Cell;
use std::collections::VecDeque;
use std::error::Error;
use std::fmt;
use std::marker::PhantomData;
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::Ordering::Relaxed;
use tokio_executor::sys::{AtomicUsize, Mutex, MutexGuard};
use tokio_executor::task::{AfterRun, Context, TaskRef};
use tokio_executor::waiter::Waiter;
use tokio_executor::Enter;

/// [`blocking`] was called where no thread may block: not on a thread of a pool.
pub struct BlockingError {
    _private: (),
}

impl BlockingError {
    /// The error of a `blocking` that was called outside a pool.
    #[doc(hidden)]
    pub fn new() -> BlockingError {
        BlockingError { _private: () }
    }
}

impl Default for BlockingError {
    fn default() -> BlockingError {
        BlockingError::new()
    }
}

/// How upstream tokio 0.1 reports it; logs and tests of its users match it.
const OUTSIDE: &str = "`blocking` annotation used from outside the context of a thread pool";

impl fmt::Debug for BlockingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BlockingError").field("reason", &OUTSIDE).finish()
    }
}

impl fmt::Display for BlockingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{OUTSIDE}: call it from a task that was spawned on one")
    }
}

impl Error for BlockingError {
    fn description(&self) -> &str {
        OUTSIDE
    }
}

/// What [`blocking`] calls in place of its own way, if one is set.
pub type BlockingImpl = fn(&mut dyn FnMut()) -> Poll<(), BlockingError>;

thread_local! {
    static REPLACED: Cell<Option<BlockingImpl>> = const { Cell::new(None) };

    /// This thread has given its worker away.
    static DETACHED: Cell<bool> = const { Cell::new(false) };

    /// This thread is inside the closure of a `blocking`.
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// Runs `f`, which may block the thread, without holding up other tasks.
///
/// Another thread takes over this worker's queue first. `f` runs in place, inside the
/// current poll of the current task: whatever else that task waits for has to wait.
///
/// If `max_blocking` threads block already, `f` is not called; the result is
/// `NotReady`, and the task is woken when its turn has come.
///
/// # Errors
///
/// [`BlockingError`] if the current thread is not a worker of a pool.
///
/// # Panics
///
/// If `f` does.
///
/// # Examples
///
/// ```
/// use futures::{future, Future};
/// use tokio_threadpool::{blocking, ThreadPool};
///
/// let pool = ThreadPool::new();
/// let sum = pool.spawn_handle(future::poll_fn(|| {
///     blocking(|| (1..=100u64).sum::<u64>())
/// }));
/// assert_eq!(sum.wait().unwrap(), 5050);
/// pool.shutdown_on_idle().wait().unwrap();
/// ```
pub fn blocking<F, T>(f: F) -> Poll<T, BlockingError>
where
    F: FnOnce() -> T,
{
    blocking_cx(&Context::current(), f)
}

/// [`blocking`] on behalf of a task of either kind.
///
/// # Errors
///
/// As for [`blocking`].
pub fn blocking_cx<F, T>(cx: &Context<'_>, f: F) -> Poll<T, BlockingError>
where
    F: FnOnce() -> T,
{
    if let Some(replaced) = REPLACED.get() {
        return call_replaced(replaced, f);
    }
    if !DETACHED.get() {
        match enter(cx)? {
            Async::Ready(()) => {}
            Async::NotReady => return Ok(Async::NotReady),
        }
    }
    Ok(Async::Ready(outside_executor(f)))
}

/// `f` may block, so it may also run an executor of its own to do so.
fn outside_executor<F: FnOnce() -> T, T>(f: F) -> T {
    /// Clears the mark, also when `f` panics.
    struct Inside;

    impl Drop for Inside {
        fn drop(&mut self) {
            INSIDE.set(false);
        }
    }

    if INSIDE.replace(true) {
        return f();
    }
    let _inside = Inside;
    tokio_executor::exit(f)
}

/// Gives this thread's worker to another thread.
#[cold]
fn enter(cx: &Context<'_>) -> Poll<(), BlockingError> {
    let Some(shared) = worker::current_pool() else { return Err(BlockingError::new()) };
    if !shared.capacity.take(cx) {
        return Ok(Async::NotReady);
    }
    let Some(core) = worker::detach() else { return Err(BlockingError::new()) };
    match shared.hand_over(core) {
        Ok(()) => DETACHED.set(true),
        Err(core) => {
            // No thread to be had: the closure runs all the same, and what is queued
            // here waits for it or is taken by the other workers.
            worker::attach(core);
            shared.capacity.give_back();
        }
    }
    Ok(Async::Ready(()))
}

/// This thread's task is over; it may be a worker again.
pub(crate) fn leave(shared: &Shared) {
    if DETACHED.replace(false) {
        shared.capacity.give_back();
    }
}

fn call_replaced<F, T>(replaced: BlockingImpl, f: F) -> Poll<T, BlockingError>
where
    F: FnOnce() -> T,
{
    let mut f = Some(f);
    let mut result = None;
    let done = replaced(&mut || {
        if let Some(f) = f.take() {
            result = Some(f());
        }
    })?;
    match (done, result) {
        (Async::Ready(()), Some(value)) => Ok(Async::Ready(value)),
        (Async::Ready(()), None) => panic!("the blocking implementation did not call the closure"),
        (Async::NotReady, None) => Ok(Async::NotReady),
        (Async::NotReady, Some(_)) => panic!("the blocking implementation called and gave up"),
    }
}

// ------------------------------------------------------------ another implementation

/// Keeps another implementation of [`blocking`] installed on its thread.
///
/// # Dropping
///
/// Brings the former one back.
#[must_use = "dropping the guard uninstalls the implementation"]
pub struct DefaultGuard<'a> {
    former: Option<BlockingImpl>,
    lifetime: PhantomData<&'a ()>,
}

impl Drop for DefaultGuard<'_> {
    fn drop(&mut self) {
        let _ = REPLACED.try_with(|replaced| replaced.set(self.former));
    }
}

impl fmt::Debug for DefaultGuard<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DefaultGuard").finish_non_exhaustive()
    }
}

/// Has [`blocking`] on this thread call `blocking` until the guard is dropped.
pub fn set_default<'a>(blocking: BlockingImpl) -> DefaultGuard<'a> {
    DefaultGuard { former: REPLACED.replace(Some(blocking)), lifetime: PhantomData }
}

/// Has [`blocking`] on this thread call `blocking` while `f` runs.
pub fn with_default<F, R>(blocking: BlockingImpl, enter: &mut Enter, f: F) -> R
where
    F: FnOnce(&mut Enter) -> R,
{
    let _guard = set_default(blocking);
    f(enter)
}

// --------------------------------------------------------------------------- slots

/// How many threads may block, and who waits for that.
#[derive(Debug)]
pub(crate) struct Capacity {
    /// Held to take, grant and return slots; nothing is woken under it.
    line: Mutex<Line>,
    /// Tasks that were granted a slot and have not come for it. Mirrors the line's
    /// list, so that a worker need not lock to learn that there is none.
    grants: AtomicUsize,
}

#[derive(Debug)]
struct Line {
    free: usize,
    waiting: VecDeque<(TaskRef, Waiter)>,
    granted: Vec<TaskRef>,
}

impl Capacity {
    pub(crate) fn new(max: usize) -> Capacity {
        let line = Line { free: max, waiting: VecDeque::new(), granted: Vec::new() };
        Capacity { line: Mutex::new(line), grants: AtomicUsize::new(0) }
    }

    fn line(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(|e| e.into_inner())
    }

    /// Takes a slot for the running task, or puts it in line.
    pub(crate) fn take(&self, cx: &Context<'_>) -> bool {
        let Some(task) = TaskRef::running() else { return false };
        {
            let mut line = self.line();
            if let Some(at) = line.granted.iter().position(|granted| *granted == task) {
                line.granted.swap_remove(at);
                self.note_grants(&line);
                return true;
            }
            if line.free > 0 {
                line.free -= 1;
                return true;
            }
        }
        // A waker's clone may run anyone's code: not under the lock.
        let waiter = cx.waiter();
        let mut line = self.line();
        if line.free > 0 {
            line.free -= 1;
            return true;
        }
        line.waiting.push_back((task, waiter));
        false
    }

    /// Returns a slot: to the task in front, if one waits.
    pub(crate) fn give_back(&self) {
        let mut gone = Vec::new();
        let next = {
            let mut line = self.line();
            loop {
                match line.waiting.pop_front() {
                    Some((task, waiter)) if task.is_done() => gone.push((task, waiter)),
                    Some((task, waiter)) => {
                        line.granted.push(task.clone());
                        self.note_grants(&line);
                        break Some((task, waiter));
                    }
                    None => {
                        line.free += 1;
                        break None;
                    }
                }
            }
        };
        drop(gone);
        if let Some((task, waiter)) = next {
            // A worker does this, and must not go with a waker that panics. The panic hook
            // has reported it.
            let _ = panic::catch_unwind(AssertUnwindSafe(|| waiter.wake()));
            // The branch of the task that waited may be gone, and its waiter with it.
            // The task is polled all the same, so that a grant without a taker goes on.
            task.wake();
        }
    }

    /// Slots that nobody has.
    #[cfg(all(loom, test))]
    pub(crate) fn free(&self) -> usize {
        self.line().free
    }

    fn note_grants(&self, line: &Line) {
        // Relaxed: the worker that polls a granted task was woken after this.
        self.grants.store(line.granted.len(), Relaxed);
    }

    #[inline]
    pub(crate) fn has_grants(&self) -> bool {
        // Relaxed: see `note_grants`.
        self.grants.load(Relaxed) != 0
    }

    /// `task` was polled and is not about to be polled again: a grant that it did not
    /// use goes to the next.
    #[cold]
    pub(crate) fn revoke(&self, task: usize, outcome: &AfterRun) {
        if matches!(outcome, AfterRun::Woken(_)) {
            return;
        }
        let mut revoked = Vec::new();
        {
            let mut line = self.line();
            while let Some(at) = line.granted.iter().position(|t| t.address() == task) {
                revoked.push(line.granted.swap_remove(at));
            }
            self.note_grants(&line);
        }
        for _ in &revoked {
            self.give_back();
        }
    }
}
