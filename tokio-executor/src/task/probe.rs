//! Whether the current futures 0.1 task is the one that this thread runs.
//!
//! They differ inside a combinator that hands its children handles of its own, as
//! `FuturesUnordered` does. Futures 0.1 tells nobody who the current task is; it makes a
//! handle of it, which is dear, or compares it with one, for which it also has the current
//! task make a handle. So there is a task, [`PROBE`], that never runs; to compare it with
//! the current one is the question, and while the question is open, a task of ours answers
//! with the probe's own handle, which is no more than an address.
//!
//! Called by `context` for each leaf that has to wait.

use super::running;
use futures::executor::{self, Notify, NotifyHandle};
use futures::future::{self, Future};
use futures::task::{self, Task};
use std::sync::OnceLock;

/// A task that never runs. Not of size zero, so that its address is its own.
#[derive(Debug)]
struct Probe(#[expect(dead_code, reason = "only its address matters")] u8);

static PROBE: Probe = Probe(0);

impl Notify for Probe {
    fn notify(&self, _id: usize) {}
}

/// The probe's handle: what a task of ours answers with.
///
/// Never inlined: handles are compared with their tables of methods, of which a compiler may
/// make one for each place that names the type.
#[inline(never)]
pub(super) fn handle() -> NotifyHandle {
    NotifyHandle::from(&PROBE)
}

/// The probe, as futures 0.1 takes it to be polled.
#[derive(Clone)]
struct Asking;

impl From<Asking> for NotifyHandle {
    fn from(_: Asking) -> NotifyHandle {
        handle()
    }
}

/// Whether the current futures 0.1 task is the one whose poll is innermost on this thread.
///
/// False for a handle with unpark events attached (`with_unpark_event`), which is more than
/// the task, and where there is no task of ours.
pub(super) fn current_is_running() -> bool {
    static TASK: OnceLock<Task> = OnceLock::new();
    // Inside a task of ours there is a current one, so that the comparison cannot panic.
    let Some(question) = running::Question::ask() else { return false };
    let task =
        TASK.get_or_init(|| executor::spawn(()).poll_fn_notify(&Asking, 0, |()| task::current()));
    let same = task.will_notify_current();
    drop(question);
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
