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
//! Called by `context` for each leaf that has to wait.
//!
//! Always true: a check is over before anything else runs on the thread, so that no handle of
//! the marker is kept by a leaf.
//!
//! Why not read the place where futures 0.1 keeps the current task? A program may replace that
//! place by its own; see "Decided against" in ARCHITECTURE.

use super::running;
use futures::executor::{self, Notify, NotifyHandle};
use futures::future::{self, Future};
use futures::task::{self, Task};
use std::sync::OnceLock;

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

/// Whether the current futures 0.1 task is the one whose poll is innermost on this thread.
///
/// False for a handle with unpark events attached (`with_unpark_event`), which is more than
/// the task, and where there is no task of ours.
pub(super) fn current_is_running() -> bool {
    static TASK: OnceLock<Task> = OnceLock::new();
    // Inside a task of ours there is a current one, so that the comparison cannot panic.
    let Some(check) = running::Check::begin() else { return false };
    let task = TASK
        .get_or_init(|| executor::spawn(()).poll_fn_notify(&PolledMarker, 0, |()| task::current()));
    let same = task.will_notify_current();
    drop(check);
    same
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
