//! Code that blocks its thread, in the middle of a task.
//!
//! [`blocking`] gives the worker's place to a spare thread and then runs the closure
//! right here, on the task's own stack. The thread finishes the poll as an ordinary
//! thread and becomes a spare one itself. Once given up, the place is not needed back:
//! more calls in the same poll cost next to nothing.
//!
//! At most `max_blocking` threads do so at a time. The others' tasks wait in line, and
//! a slot that comes free is *granted* to the task in front, so that nobody can slip in
//! between. A task that is polled and does not use its grant loses it to the next.
//!
//! Always true: a task has one entry in the line, or one grant, or neither, however often
//! it is polled; and only a thread that polls a task of the pool gives its worker away. A
//! waker that the driver runs, a hook or a panic handler is outside of any poll: while a
//! worker lends its parker, another thread must not run it.
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

use crate::panics::catch;
use crate::shared::Shared;
use crate::worker::{self, Blocks};
use futures::{Async, Poll};
use std::cell::Cell;
use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::fmt;
use std::marker::PhantomData;
use std::mem;
use std::panic::Location;

use std::sync::atomic::Ordering::Relaxed;
use tokio_executor::coop;
use tokio_executor::inspect::{self, note_wait};
use tokio_executor::sys::{AtomicUsize, Mutex, MutexGuard};
use tokio_executor::task::{Context, TaskRef};
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

/// [`blocking`] on behalf of a task of either kind.
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

// --------------------------------------------------------------------------- slots

/// How many threads may block, and which tasks wait for that.
#[derive(Debug)]
pub(crate) struct Capacity {
    /// Held to take, grant and return slots; nothing is woken, cloned or dropped under it.
    line: Mutex<Line>,
    /// Mirrors the line, so that a worker need not lock to learn that it is empty: twice the
    /// number of tasks that were granted a slot and have not come for it, and one more if
    /// others wait.
    entries: AtomicUsize,
}

#[derive(Debug, Default)]
struct Line {
    free: usize,
    taken: usize,
    /// By order of arrival. A task has one entry at most, whose number stands in `places`.
    waiting: BTreeMap<u64, Entry>,
    places: HashMap<usize, u64>,
    next_place: u64,
    granted: Vec<TaskRef>,
}

/// A task that waits for a slot.
#[derive(Debug)]
struct Entry {
    task: TaskRef,
    /// Each part of the task that asked: there are several in a `FuturesUnordered`, say.
    waiters: Vec<Waiter>,
}

impl Line {
    fn take_granted(&mut self, task: usize) -> Option<TaskRef> {
        let at = self.granted.iter().position(|granted| granted.address() == task)?;
        Some(self.granted.swap_remove(at))
    }

    /// Takes a slot that was granted to `task`, or a free one.
    fn take(&mut self, task: usize) -> bool {
        if self.take_granted(task).is_none() {
            if self.free == 0 {
                return false;
            }
            self.free -= 1;
        }
        self.taken += 1;
        true
    }

    fn entry(&mut self, task: usize) -> Option<&mut Entry> {
        self.waiting.get_mut(self.places.get(&task)?)
    }

    fn push(&mut self, entry: Entry) {
        self.places.insert(entry.task.address(), self.next_place);
        self.waiting.insert(self.next_place, entry);
        self.next_place += 1;
    }

    fn remove(&mut self, task: usize) -> Option<Entry> {
        self.waiting.remove(&self.places.remove(&task)?)
    }

    /// Grants a slot that has come free to the task in front, which is to be woken.
    fn grant(&mut self) -> Option<Entry> {
        let Some((_, entry)) = self.waiting.pop_first() else {
            self.free += 1;
            return None;
        };
        self.places.remove(&entry.task.address());
        self.granted.push(entry.task.clone());
        Some(entry)
    }
}

impl Entry {
    /// Wakes all that asked: one of them gets the slot, and the others line up again.
    fn wake(self) {
        wake_all(self.waiters);
        // The branch of the task that waited may be gone, and its waiter with it. The task
        // is polled all the same, so that a grant without a taker goes on.
        self.task.wake();
    }
}

fn wake_all(waiters: Vec<Waiter>) {
    for waiter in waiters {
        // A worker does this, and must not go with a waker that panics. The panic hook has
        // reported it.
        let _ = catch(|| waiter.wake());
    }
}

impl Capacity {
    pub(crate) fn new(max: usize) -> Capacity {
        let line = Line { free: max, ..Line::default() };
        Capacity { line: Mutex::new(line), entries: AtomicUsize::new(0) }
    }

    fn line(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(|e| e.into_inner())
    }

    /// Takes a slot for the running task, or puts it in line.
    pub(crate) fn take(&self, cx: &Context<'_>) -> bool {
        let Some(task) = TaskRef::running() else { return false };
        let address = task.address();
        let mut waiters = {
            let mut line = self.line();
            if line.take(address) {
                self.note_entries(&line);
                return true;
            }
            line.entry(address).map(|entry| mem::take(&mut entry.waiters)).unwrap_or_default()
        };
        // A waker may run anyone's code when it is compared or cloned: not under the lock.
        // Nobody else adds to this task's entry, since it is this thread that polls it.
        note_wait("a thread to block, of which all are taken", self);
        if !waiters.iter().any(|waiter| cx.is(waiter)) {
            waiters.push(cx.waiter());
        }
        {
            let mut line = self.line();
            if !line.take(address) {
                match line.entry(address) {
                    Some(entry) => entry.waiters = waiters,
                    None => line.push(Entry { task, waiters }),
                }
                self.note_entries(&line);
                return false;
            }
            self.note_entries(&line);
        }
        // The grant came in between, and found the entry without its waiters.
        wake_all(waiters);
        true
    }

    /// Returns a slot: to the task in front, if one waits.
    pub(crate) fn give_back(&self) {
        let next = {
            let mut line = self.line();
            line.taken -= 1;
            let next = line.grant();
            self.note_entries(&line);
            next
        };
        if let Some(entry) = next {
            entry.wake();
        }
    }

    /// Slots that nobody has.
    #[cfg(all(loom, test))]
    pub(crate) fn free(&self) -> usize {
        self.line().free
    }

    /// How many threads block, and how many tasks wait for their turn.
    pub(crate) fn usage(&self) -> (usize, usize) {
        let line = self.line();
        (line.taken, line.waiting.len())
    }

    fn note_entries(&self, line: &Line) {
        // Relaxed: the worker that polls a granted task was woken after this, and the one
        // that ends a waiting task did this itself, or got the task from the one that did.
        let waiting = usize::from(!line.waiting.is_empty());
        self.entries.store(2 * line.granted.len() + waiting, Relaxed);
    }

    /// Whether `after_poll` must be called for a task that waits.
    #[inline]
    pub(crate) fn has_granted(&self) -> bool {
        // Relaxed: see `note_entries`.
        self.entries.load(Relaxed) > 1
    }

    /// Whether `after_poll` must be called for a task that is done.
    #[inline]
    pub(crate) fn has_entries(&self) -> bool {
        // Relaxed: see `note_entries`.
        self.entries.load(Relaxed) != 0
    }

    /// `task` was polled, and is not about to be polled again. A grant that it did not use
    /// goes to the next; and a task that is done leaves the line.
    #[cold]
    pub(crate) fn after_poll(&self, task: usize, done: bool) {
        let (revoked, gone, next) = {
            let mut line = self.line();
            let revoked = line.take_granted(task);
            // The address of a task that is done may be that of a new one by now.
            let stale = done && line.entry(task).is_some_and(|entry| entry.task.is_done());
            let gone = if stale { line.remove(task) } else { None };
            let next = revoked.is_some().then(|| line.grant()).flatten();
            self.note_entries(&line);
            (revoked, gone, next)
        };
        if let Some(entry) = next {
            entry.wake();
        }
        // With the last reference a task's memory goes, and with a waiter what a caller
        // put in it.
        let _ = catch(|| drop((revoked, gone)));
    }
}
