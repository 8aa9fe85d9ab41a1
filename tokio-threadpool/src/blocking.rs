//! Code that blocks its thread, in the middle of a task.
//!
//! [`blocking`] gives the worker's place to a spare thread and then runs the closure
//! right here, on the task's own stack. The thread finishes the poll as an ordinary
//! thread and becomes a spare one itself. Once given up, the place is not needed back:
//! more calls in the same poll cost next to nothing.
//!
//! At most `max_blocking` threads do so at a time; the others' tasks wait in line (`capacity`).
//!
//! Called by programs inside a task, and by `tokio::fs`.
//!
//! Always true: only a thread that polls a task of the pool gives its worker away. A
//! waker that the driver runs, a hook or a panic handler is outside of any poll: while a
//! worker lends its parker, another thread must not run it.
//!
//! Why not send the closure to another thread? It may borrow from the task's stack, as upstream's
//! signature allows, and is not `Send`.
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
use crate::worker::{self, Blocks};
use futures::{Async, Poll};
use std::cell::Cell;
use std::error::Error;
use std::fmt;
use std::marker::PhantomData;
use std::panic::Location;
use tokio_executor::coop;
use tokio_executor::internals::inspect;
use tokio_executor::task::Context;
use tokio_executor::Enter;

/// [`blocking`] was called where no thread may block: not on a thread of a pool.
///
/// # Examples
///
/// ```
/// use tokio_threadpool::blocking;
///
/// assert!(blocking(|| ()).is_err(), "this is no thread of a pool");
/// ```
pub struct BlockingError {
    _private: (),
}

impl BlockingError {
    /// Returns the error of a `blocking` that was called outside a pool.
    // Hidden: for the crates above this one.
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
/// On a worker, but outside the poll of a task (in a waker that the worker's driver runs, in
/// a panic handler), `f` runs at once and holds up the worker.
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
#[track_caller]
pub fn blocking<F, T>(f: F) -> Poll<T, BlockingError>
where
    F: FnOnce() -> T,
{
    blocking_cx(&Context::current(), f)
}

/// Works like [`blocking`] on behalf of a task of either kind.
///
/// # Errors
///
/// As for [`blocking`].
#[track_caller]
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
    inspect::note_blocking(Location::caller());
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
        return coop::unlimited(f);
    }
    let _inside = Inside;
    // Whatever waits in there must not be put off for want of budget: nothing would poll it
    // again.
    coop::unlimited(|| tokio_executor::exit(f))
}

/// Gives this thread's worker to another thread.
#[cold]
fn enter(cx: &Context<'_>) -> Poll<(), BlockingError> {
    let shared = match worker::blocks() {
        Some(Blocks::Detaches(shared)) => shared,
        // Outside of any poll the loop of the worker, or the driver that it is in, goes on
        // when this returns: nobody else may run the core. So all that waits for this
        // worker waits for the closure.
        Some(Blocks::Stays) => return Ok(Async::Ready(())),
        None => return Err(BlockingError::new()),
    };
    if !shared.capacity.take(cx) {
        return Ok(Async::NotReady);
    }
    // Nothing in between ran a task to its end on this thread: it still polls.
    let Some(core) = worker::detach_polling() else {
        shared.capacity.give_back();
        return Err(BlockingError::new());
    };
    match shared.hand_off(core) {
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

/// Whether this thread has given its worker away in the current poll.
pub(crate) fn is_detached() -> bool {
    DETACHED.get()
}

/// This thread's task is over; it may be a worker again.
pub(crate) fn leave(shared: &Shared) {
    if DETACHED.replace(false) {
        shared.threads().blocked -= 1;
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
