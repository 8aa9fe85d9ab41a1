//! The list of tasks.
//!
//! Two sources: the lists by which runtimes find their waiting tasks, and what is recorded
//! beside them. A task that is in both is one line.

use super::{named, registry};
use std::collections::HashMap;
use std::panic::Location;
use std::time::{Duration, Instant};
use tokio_executor::internals::inspect::{self, Record, TaskInfo, Wait};
use tokio_executor::task::{TaskKind, TaskRef, TaskState};

/// A task, as it was at one moment.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Task {
    /// Tells tasks of the process apart.
    pub id: u64,
    /// The name that [`Inspect::named`](super::Inspect::named) gave it.
    pub name: Option<String>,
    /// What is polled or called.
    pub kind: TaskKind,
    /// Where it was spawned.
    pub spawned_at: &'static Location<'static>,
    /// The type of its future.
    pub type_name: &'static str,
    /// How far it is.
    pub state: TaskState,
    /// The runtime that has it; none for an executor of one thread that is no runtime's, or
    /// that nobody drives at the moment.
    pub runtime: Option<String>,
    /// Whether nobody can wake it any more: it waits, and has left its waker nowhere.
    pub is_lost: bool,
    /// What was recorded of it.
    pub seen: Option<Recorded>,
}

/// What was recorded of a task since a [`Recording`](super::Recording) is there.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Recorded {
    /// How long ago its first recorded poll began.
    pub age: Duration,
    /// Polls.
    pub polls: u64,
    /// Time in polls.
    pub busy: Duration,
    /// How long ago its last poll ended; none during its first.
    pub last_poll: Option<Duration>,
    /// The poll that it is in: since when, and the thread.
    pub running: Option<(Duration, String)>,
    /// Wakes.
    pub wakes: u64,
    /// How long ago it was last woken.
    pub last_wake: Option<Duration>,
    /// The task that woke it last, if one did.
    pub woken_by: Option<u64>,
    /// What it waits for.
    pub waits: Vec<Wait>,
}

impl Recorded {
    fn of(record: &Record, now: Instant) -> Recorded {
        let ago = |at: Instant| now.saturating_duration_since(at);
        let running = record.running.as_ref().map(|(since, thread)| {
            let name = thread.name().unwrap_or("a thread without a name");
            (ago(*since), name.to_owned())
        });
        Recorded {
            age: ago(record.since),
            polls: record.polls,
            busy: record.busy,
            last_poll: record.last_poll.map(ago),
            running,
            wakes: record.wakes,
            last_wake: record.last_wake.map(ago),
            woken_by: (record.woken_by != 0).then_some(record.woken_by),
            waits: record.waits.clone(),
        }
    }
}

impl Task {
    fn new(info: TaskInfo, state: TaskState) -> Task {
        Task {
            id: info.id,
            name: named::name_of(info.id),
            kind: info.kind,
            spawned_at: info.spawned_at,
            type_name: info.type_name,
            state,
            runtime: None,
            is_lost: false,
            seen: None,
        }
    }

    /// What it is recorded to wait for.
    pub(super) fn waits(&self) -> &[Wait] {
        self.seen.as_ref().map_or(&[], |seen| &seen.waits)
    }
}

/// Returns the tasks that there are, by their numbers.
///
/// Each was alive at some moment during the call; together they are no picture of one moment.
pub fn tasks() -> Vec<Task> {
    find().into_iter().map(|(task, _)| task).collect()
}

/// The tasks, and what wakes them, for those that a runtime has whose executor is not busy with
/// this very call.
pub(super) fn find() -> Vec<(Task, Option<TaskRef>)> {
    let now = Instant::now();
    let records = inspect::records().into_iter().map(|record| (record.task.id, record));
    let mut records: HashMap<u64, Record> = records.collect();
    let mut found = Vec::new();
    for runtime in registry::runtimes() {
        let name = runtime.name();
        for of in runtime.pool.tasks() {
            let state = of.state();
            if state == TaskState::Done {
                continue;
            }
            let mut task = Task::new(TaskInfo::of(&of), state);
            task.runtime = Some(name.clone());
            task.is_lost = of.is_lost();
            task.seen = records.remove(&task.id).map(|record| Recorded::of(&record, now));
            found.push((task, Some(of)));
        }
    }
    for waiting in crate::current_thread::visible::waiting_tasks() {
        let name = format!("one-thread#{}", waiting.number);
        for of in waiting.tasks {
            let state = of.state();
            if state == TaskState::Done {
                continue;
            }
            let mut task = Task::new(TaskInfo::of(&of), state);
            task.runtime = Some(name.clone());
            task.is_lost = of.is_lost();
            task.seen = records.remove(&task.id).map(|record| Recorded::of(&record, now));
            found.push((task, (!waiting.is_here).then_some(of)));
        }
    }
    for record in records.into_values() {
        let running = record.running.is_some();
        let state = if running { TaskState::Running } else { TaskState::Idle };
        let mut task = Task::new(record.task, state);
        task.seen = Some(Recorded::of(&record, now));
        found.push((task, None));
    }
    found.sort_by_key(|(task, _)| task.id);
    found
}
