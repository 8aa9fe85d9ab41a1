//! Where the threads are of tasks that run while a dump is made.
//!
//! Called by `dump`, before it has waiting tasks polled. The system's file is `threads`: it asks
//! threads, and names what it finds.
//!
//! Always true: a stack is shown of a task only if the same poll went on before its thread was
//! asked and after that.
//!
//! Why not let them note it, as waiting tasks do? A task that blocks or computes comes by nowhere.

use super::frames::{self, Call};
use super::tasks::Task;
use super::threads;
use std::collections::HashMap;
use tokio_executor::internals::inspect::{self, Running};

/// Where the thread of a task is that was running.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct ThreadStack {
    /// What the system says of the thread, such as `in futex` or `on a processor`, if it does.
    pub system: Option<String>,
    /// The names and places of the calls that lead there from the poll of the task, the innermost
    /// first.
    pub frames: Vec<String>,
    /// Why there are no frames, or fewer than there are calls.
    pub missing: Option<&'static str>,
}

/// A poll that goes on.
pub(super) struct Poll {
    id: u64,
    pub(super) running: Running,
}

/// What was found of a thread.
#[derive(Default)]
pub(super) struct Found {
    pub(super) system: Option<String>,
    pub(super) calls: Vec<Call>,
    /// Whether the calls are all that there are up to the poll, as far as addresses tell.
    pub(super) is_whole: bool,
    pub(super) missing: Option<&'static str>,
}

impl Poll {
    fn of(id: u64) -> Option<Poll> {
        Some(Poll { id, running: inspect::record(id)?.running? })
    }

    /// Whether it still goes on, on the same thread.
    #[allow(dead_code, reason = "there are systems on which no thread is asked")]
    pub(super) fn goes_on(&self) -> bool {
        Poll::of(self.id).is_some_and(|now| {
            let (now, then) = (&now.running, &self.running);
            now.since == then.since && now.thread.id() == then.thread.id()
        })
    }
}

/// Looks where the threads of those tasks are that are in a recorded poll.
pub(super) fn look<'a>(tasks: impl Iterator<Item = &'a Task>) -> HashMap<u64, ThreadStack> {
    let runs = |task: &&Task| task.seen.as_ref().is_some_and(|seen| seen.running.is_some());
    let mut polls: Vec<Poll> = tasks.filter(runs).filter_map(|task| Poll::of(task.id)).collect();
    // Where the time does not suffice for all, those that have taken longest are the ones.
    polls.sort_by_key(|poll| poll.running.since);
    let found = threads::look(&polls).into_iter();
    let ids = polls.iter().map(|poll| poll.id);
    ids.zip(found).filter_map(|(id, found)| Some((id, thread_stack(found?)))).collect()
}

fn thread_stack(found: Found) -> ThreadStack {
    let Found { system, calls, is_whole, missing } = found;
    let (frames, ends) = frames::of_running(calls);
    let missing = missing.filter(|_| frames.is_empty() || !(is_whole || ends));
    ThreadStack { system, frames, missing }
}
