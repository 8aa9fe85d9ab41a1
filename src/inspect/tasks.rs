//! The list of tasks.
//!
//! Two sources: the lists by which runtimes find their waiting tasks, and what is recorded
//! beside them. A task that is in both is one line. Programs call it, `dump`, `diagnosis` and
//! `endpoint`.
//!
//! Always true: no task is polled for it.
//!
//! Why two sources? A runtime knows each task that waits, recorded or not; only the record knows
//! polls, wakes and what is waited for, and it begins when somebody looks.

use super::places::{place, spawn_place};
use super::{named, registry};
use std::collections::HashMap;
use std::fmt;
use std::panic::Location;
use std::time::{Duration, Instant};
use tokio_executor::internals::inspect::{self, Detail, Record, TaskInfo};
use tokio_executor::task::{TaskKind, TaskRef, TaskState};

/// A task, as it was at one moment.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Task {
    /// Tells tasks of the process apart.
    pub id: u64,
    /// The name that [`Inspect::named`](super::Inspect::named) gave it, or `main future` for what
    /// a `block_on` waits for.
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
    /// Where it called `blocking`, if it did in the poll that it is in.
    pub blocking_at: Option<&'static Location<'static>>,
    /// Wakes.
    pub wakes: u64,
    /// How long ago it was last woken.
    pub last_wake: Option<Duration>,
    /// The task that woke it last, if one did.
    pub woken_by: Option<u64>,
    /// What it waits for.
    pub waits: Vec<Wait>,
}

/// What a task waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Wait {
    /// What it is, such as `timer`.
    pub kind: &'static str,
    /// Tells things of a kind apart while they exist; 0 if nothing does.
    pub address: usize,
    /// More about it, such as the ends of a socket, or nothing.
    pub detail: String,
    /// What it belongs to, such as `oneshot channel`, and where that was made.
    pub made: Option<(&'static str, &'static Location<'static>)>,
    /// The one task that can end the wait, if that is known: it has the lock, or it is the one
    /// whose end this waits for.
    pub held_by: Option<u64>,
}

impl Wait {
    pub(super) fn of(wait: &inspect::Wait, now: Instant) -> Wait {
        let inspect::Wait { kind, address, detail } = *wait;
        let made = match detail {
            Detail::Made(what, at) => Some((what, at)),
            _ => None,
        };
        let (detail, held_by) = match detail {
            Detail::Due(due) => {
                (format!("due in {:.1?}", due.saturating_duration_since(now)), None)
            }
            Detail::Task(id) => (format!("of task {id}"), Some(id)),
            // The task waits, and so the descriptor is open.
            Detail::Descriptor(fd) => match tokio_reactor::internals::ends_of(fd) {
                Some((local, peer)) => (format!("fd {fd}, {local} to {peer}"), None),
                None => (format!("fd {fd}"), None),
            },
            _ => (String::new(), inspect::holder(address)),
        };
        Wait { kind, address, detail, made, held_by }
    }

    /// Writes what is waited for, on a line.
    pub(super) fn write_to(&self, f: &mut dyn fmt::Write) -> fmt::Result {
        write!(f, "{}", self.kind)?;
        if self.address != 0 {
            write!(f, " at {:#x}", self.address)?;
        }
        if !self.detail.is_empty() {
            write!(f, " ({})", self.detail)?;
        }
        if let Some((what, at)) = self.made {
            let (what, space) = if what == self.kind { ("", "") } else { (what, " ") };
            write!(f, ", {what}{space}made at {}", place(at))?;
        }
        match self.held_by {
            Some(holder) if self.kind != "join handle" => write!(f, ", held by task {holder}"),
            _ => Ok(()),
        }
    }

    /// Returns what is waited for, on a line.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = self.write_to(&mut text);
        text
    }
}

impl Recorded {
    fn of(record: &Record, now: Instant) -> Recorded {
        let ago = |at: Instant| now.saturating_duration_since(at);
        let running = record.running.as_ref().map(|running| {
            let name = running.thread.name().unwrap_or("a thread without a name");
            (ago(running.since), name.to_owned())
        });
        Recorded {
            age: ago(record.since),
            polls: record.polls,
            busy: record.busy,
            last_poll: record.last_poll.map(ago),
            running,
            blocking_at: record.blocking_at,
            wakes: record.wakes,
            last_wake: record.last_wake.map(ago),
            woken_by: (record.woken_by != 0).then_some(record.woken_by),
            waits: record.waits.iter().map(|wait| Wait::of(wait, now)).collect(),
        }
    }
}

/// The name of the future that a `block_on` waits for on its own thread.
pub(super) fn main_future(info: &TaskInfo) -> Option<String> {
    (info.type_name == crate::current_thread::root::type_name()).then(|| "main future".to_owned())
}

impl Task {
    fn new(info: TaskInfo, state: TaskState) -> Task {
        Task {
            id: info.id,
            name: named::name_of(info.id).or_else(|| main_future(&info)),
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

    /// Returns how a finding names it.
    pub(super) fn title(&self) -> String {
        match &self.name {
            Some(name) => format!("task {} `{name}` ({})", self.id, spawn_place(self.spawned_at)),
            None => format!("task {} ({})", self.id, spawn_place(self.spawned_at)),
        }
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
    for waiting in crate::current_thread::waiting::waiting_tasks() {
        let what = if waiting.is_runtime { "one-thread" } else { "block-on" };
        let name = format!("{what}#{}", waiting.number);
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
