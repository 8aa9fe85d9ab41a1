//! The current-task check: is the current futures 0.1 task the one that this thread runs?
//!
//! They differ inside a combinator that hands its children handles of its own, as
//! `FuturesUnordered` does. Futures 0.1 has no call that returns the identity of the current
//! task. It makes a handle of it, which costs an allocation or a counted reference; or it
//! compares it with a handle, for which the current task makes a handle of itself all the same.
//!
//! So there is a [`MARKER`], a task that never runs. A check compares it with the current task,
//! and as long as the check is under way, the running task of ours gives out the marker's handle
//! in place of its own: no more than an address. If the comparison says "the same", the current
//! task is the running one.
//!
//! A task may also have put nothing in place (`side_01`): then a leaf of ours that is polled
//! without a waker is the task's own, if futures 0.1 has no current task either.
//!
//! Called by `context` for each leaf that has to wait, and by `side_01` at each poll.
//!
//! Always true: a check is over before anything else runs on the thread, so that no handle of
//! the marker is kept by a leaf.
//!
//! Why not read the place where futures 0.1 keeps the current task? A program may replace that
//! place by its own; see "Decided against" in ARCHITECTURE.

use super::handles;
use super::header::Header;
use super::running::{self, Place};
use futures::executor::{self, Notify, NotifyHandle};
use futures::future::{self, Future};
use futures::task::{self, Task};
use std::ptr::NonNull;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::OnceLock;
use std::task::Waker;

/// A task that never runs. Not of size zero, so that its address is its own.
#[derive(Debug)]
struct Marker(#[expect(dead_code, reason = "only its address matters")] u8);

static MARKER: Marker = Marker(0);

impl Notify for Marker {
    fn notify(&self, _id: usize) {}
}

/// The marker's handle: what a task of ours gives out during a check.
///
/// Never inlined: handles are compared with their tables of methods, of which a compiler may
/// make one for each place that names the type.
#[inline(never)]
pub(super) fn marker_handle() -> NotifyHandle {
    NotifyHandle::from(&MARKER)
}

/// The marker, as futures 0.1 takes it to be polled.
#[derive(Clone)]
struct PolledMarker;

impl From<PolledMarker> for NotifyHandle {
    fn from(_: PolledMarker) -> NotifyHandle {
        marker_handle()
    }
}

/// Whether a leaf that got no waker is polled by the task whose poll is innermost on this thread:
/// that is the current futures 0.1 task, or there is none and it might be.
///
/// False for a handle with unpark events attached (`with_unpark_event`), which is more than
/// the task, and where there is no task of ours.
pub(super) fn current_is_running() -> bool {
    if running::place() != Place::Taken {
        return !task::is_in_task();
    }
    static TASK: OnceLock<Task> = OnceLock::new();
    // Inside a task of ours there is a current one, so that the comparison cannot panic.
    let Some(check) = running::Check::begin() else { return false };
    let task = TASK
        .get_or_init(|| executor::spawn(()).poll_fn_notify(&PolledMarker, 0, |()| task::current()));
    let same = task.will_notify_current();
    drop(check);
    same
}

/// Whether futures 0.1 may have a current task: only then may it be asked. It has none in a poll of
/// a task that has put nothing in place, unless somebody else has.
pub(crate) fn exists() -> bool {
    running::place() == Place::Taken || task::is_in_task()
}

/// Whether futures 0.1 has no current task on this thread. False, too, where that is not known: in
/// a program that has replaced futures' own place for it.
#[inline]
pub(super) fn is_surely_none() -> bool {
    /// Whether futures' own place is known to be the one that counts. Of std also in a model: it
    /// orders nothing.
    static IS_OWN: AtomicBool = AtomicBool::new(false);

    #[cold]
    fn find_out() -> bool {
        let is_own = executor::spawn(()).poll_fn_notify(&PolledMarker, 0, |()| task::is_in_task());
        // Relaxed: found out again by who does not see it. It does not change any more, since
        // futures refuses a replacement after the first task.
        IS_OWN.store(is_own, Relaxed);
        is_own
    }

    !task::is_in_task() && (IS_OWN.load(Relaxed) || find_out())
}

/// Calls `f` with the task that this thread runs as the current futures 0.1 task, if `waker` is
/// that task's, and nobody else is the current one. Or gives `f` back.
pub(crate) fn with_own_side<R, F: FnOnce() -> R>(waker: &Waker, f: F) -> Result<R, F> {
    let Some(own) = handles::running_behind(waker) else { return Err(f) };
    match running::place() {
        Place::Taken if current_is_running() => Ok(f()),
        Place::Empty if !task::is_in_task() => Ok(enter(own, f)),
        _ => Err(f),
    }
}

/// Puts the side of `own` in place for `f`. This thread runs that task, and its place is empty.
#[cold]
fn enter<R>(own: NonNull<Header>, f: impl FnOnce() -> R) -> R {
    let mut f = Some(f);
    let mut result = None;
    let mut call = || result = f.take().map(|f| f());
    // SAFETY: this thread runs the task, so that its block is there; and its place is empty.
    unsafe { (own.as_ref().methods.enter_01)(own, &mut call) };
    result.expect("it was called")
}

/// Whether the current futures 0.1 task is a `Future::wait` of this thread.
///
/// # Panics
///
/// If there is no current task.
pub(super) fn current_is_waiting_thread() -> bool {
    thread_local! {
        /// All waits of a thread share one handle, which lasts as long as the thread.
        static WAITING: Task = match future::lazy(|| Ok::<_, ()>(task::current())).wait() {
            Ok(task) => task,
            Err(()) => unreachable!("the future does not fail"),
        };
    }
    WAITING.try_with(Task::will_notify_current).unwrap_or(false)
}
