//! What cannot go on, and why.
//!
//! Each finding is one that a healthy program does not have: a task that nobody can wake,
//! tasks that hold what the next one waits for, a poll that lasts for seconds. Programs call it,
//! `dump` and `endpoint`; each runtime that starts has panics logged.
//!
//! Always true: no task is polled for it. What changes while it looks is looked at twice: a long
//! poll after 20 ms, and a wait for a lock by whether the task was polled meanwhile.
//!
//! Why not a thread that watches? A healthy program would pay for it, and most findings can be
//! made when somebody asks.

use super::named;
use super::tasks::{self, Recorded, Task};
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::Once;
use std::time::{Duration, Instant};
use tokio_executor::internals::inspect::{self, LongPoll};
use tokio_executor::task::{TaskKind, TaskState};

/// From when on a poll that is still going on is a finding.
const BLOCKED: Duration = Duration::from_secs(1);

/// How long such a poll is looked at.
const GRACE: Duration = Duration::from_millis(20);

/// From when on a poll is logged, unless somebody else asks for it.
const LONG: Duration = Duration::from_millis(100);

/// The least time between two such lines.
const BETWEEN_LINES: Duration = Duration::from_secs(1);

/// Something that cannot go on.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Finding {
    /// The task waits, and has left its waker nowhere: it never runs again.
    Lost {
        /// The task, as lists show it.
        task: String,
    },
    /// Each task waits for a lock that the next one holds; the last waits for the first.
    Cycle {
        /// The tasks, as lists show them.
        tasks: Vec<String>,
    },
    /// The task waits for one that can never run again: for its end, or for a lock that it
    /// took; perhaps by way of others.
    Behind {
        /// The task, as lists show it.
        task: String,
        /// Those that it waits for, one for the other, the last being lost.
        waits_for: Vec<String>,
    },
    /// The task keeps its thread.
    Blocked {
        /// The task, as lists show it.
        task: String,
        /// The thread.
        thread: String,
        /// For how long, in whole milliseconds: the time is not counted for which the thread
        /// waited for a processor, where the system says that.
        since_ms: u64,
    },
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Finding::Lost { task } => {
                write!(f, "{task} can never run again: it waits, and no waker of it is left")
            }
            Finding::Cycle { tasks } => {
                write!(f, "{} hold locks that the next waits for, in a circle", tasks.join(" -> "))
            }
            Finding::Behind { task, waits_for } => {
                let chain = waits_for.join(", which waits for ");
                write!(f, "{task} waits for {chain}, which can never run again")
            }
            Finding::Blocked { task, thread, since_ms } => {
                write!(f, "{task} has kept the thread `{thread}` in one poll for {since_ms} ms")
            }
        }
    }
}

/// Finds what cannot go on.
///
/// Cycles of locks and long polls are found while a [`Recording`](super::Recording) is there,
/// among what was locked and polled since. Takes 20 ms more if a poll seems to be long: it is
/// looked at twice, since a process that was stopped as a whole has only such polls.
pub fn diagnose() -> Vec<Finding> {
    among(&tasks::tasks())
}

/// Does the same after a dump, which had tasks polled: of those that were `lost` before, one may be
/// in that poll still.
pub(super) fn diagnose_after_polls(lost: &HashSet<u64>) -> Vec<Finding> {
    let mut tasks = tasks::tasks();
    for task in tasks.iter_mut().filter(|task| task.state != TaskState::Idle) {
        task.is_lost |= lost.contains(&task.id);
    }
    among(&tasks)
}

/// Whether the task was not polled since its record was read: it has waited all the time for
/// what it says, and who had that lock in between had it while this waited.
fn still_waits(task: &Task) -> bool {
    let before = task.seen.as_ref().map(|seen| seen.polls);
    // Woken, it may have been polled without a record: by a worker that has not noticed yet that
    // somebody looks.
    let waits = |record: &inspect::Record| record.running.is_none() && record.due_since.is_none();
    let now = inspect::record(task.id).filter(waits);
    before.is_some() && before == now.map(|record| record.polls)
}

/// When the poll began that a task is in, and for how long it has kept its thread, if that is long.
fn kept(id: u64) -> Option<(Instant, Duration)> {
    let running = inspect::record(id)?.running?;
    let kept = running.kept();
    (kept >= BLOCKED).then_some((running.since, kept))
}

fn among(tasks: &[Task]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut long = Vec::new();
    for task in tasks {
        if task.is_lost {
            findings.push(Finding::Lost { task: task.title() });
        }
        // What may block does, on a thread that is no worker.
        let may_block = |seen: &Recorded| seen.blocking_at.is_some();
        let seen = task.seen.as_ref().filter(|_| task.kind != TaskKind::Blocking);
        let seen = seen.filter(|seen| !may_block(seen));
        let running = seen.and_then(|seen| seen.running.as_ref());
        if let Some((_, thread)) = running.filter(|(since, _)| *since >= BLOCKED) {
            long.extend(kept(task.id).map(|(since, _)| (task, thread, since)));
        }
    }
    if !long.is_empty() {
        // A process that was stopped as a whole goes on now, and its polls end soon.
        std::thread::sleep(GRACE);
    }
    for (task, thread, since) in long {
        if let Some((_, kept)) = kept(task.id).filter(|(still, _)| *still == since) {
            let (thread, since_ms) = (thread.clone(), kept.as_millis() as u64);
            findings.push(Finding::Blocked { task: task.title(), thread, since_ms });
        }
    }
    // Whom each task waits for, if that is one: then it cannot go on without the other.
    let mut waits_for: HashMap<u64, u64> = HashMap::new();
    for task in tasks {
        if let ([wait], TaskState::Idle) = (task.waits(), task.state) {
            if let Some(other) = wait.held_by.filter(|_| still_waits(task)) {
                waits_for.insert(task.id, other);
            }
        }
    }
    let titles: HashMap<u64, String> = tasks.iter().map(|t| (t.id, t.title())).collect();
    let name = |id: u64| titles.get(&id).cloned().unwrap_or_else(|| format!("task {id}"));
    let lost: HashSet<u64> = tasks.iter().filter(|t| t.is_lost).map(|t| t.id).collect();
    for task in tasks {
        if let Some(chain) = chain_to(&lost, &waits_for, task.id) {
            let waits_for = chain.into_iter().map(name).collect();
            findings.push(Finding::Behind { task: task.title(), waits_for });
        }
    }
    for cycle in cycles(waits_for) {
        findings.push(Finding::Cycle { tasks: cycle.into_iter().map(name).collect() });
    }
    findings
}

/// The way from `start` to a task that is lost, without `start` itself.
fn chain_to(lost: &HashSet<u64>, next: &HashMap<u64, u64>, start: u64) -> Option<Vec<u64>> {
    let mut chain = Vec::new();
    let mut at = start;
    while !lost.contains(&at) {
        at = *next.get(&at)?;
        if at == start || chain.contains(&at) {
            return None;
        }
        chain.push(at);
    }
    (!chain.is_empty()).then_some(chain)
}

/// The circles in a map, each once, begun at its lowest number.
fn cycles(mut next: HashMap<u64, u64>) -> Vec<Vec<u64>> {
    let mut cycles = Vec::new();
    let mut starts: Vec<u64> = next.keys().copied().collect();
    starts.sort_unstable();
    for start in starts {
        let mut way = Vec::new();
        let mut at = start;
        // What is walked over is taken out: no other way leads to a circle that is not known.
        while let Some(to) = next.remove(&at) {
            way.push(at);
            at = to;
        }
        if let Some(begin) = way.iter().position(|&id| id == at) {
            let mut cycle = way.split_off(begin);
            let lowest = cycle.iter().enumerate().min_by_key(|(_, id)| **id).map_or(0, |(i, _)| i);
            cycle.rotate_left(lowest);
            cycles.push(cycle);
        }
    }
    cycles
}

/// Calls `hook` after each recorded poll that took `limit` or longer, on its thread, and
/// records for as long as the process runs.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// tokio::inspect::on_long_poll(Duration::from_millis(50), |poll| {
///     eprintln!("{:?} in a poll of the task from {}", poll.took, poll.task.spawned_at);
/// });
/// ```
pub fn on_long_poll(limit: Duration, hook: impl Fn(&LongPoll) + Send + Sync + 'static) {
    record_for_ever();
    std::mem::forget(inspect::on_long_poll(limit, hook));
}

/// Calls `hook` for each task, of any executor of the process, that panics without a join handle;
/// and for each whose join handle is dropped, or was before, without having given out a panic or
/// an error of futures 0.1. For as long as the process runs.
///
/// Called on the thread that ran the task or dropped its handle. Errors of std futures are values
/// like others, and are not reported.
///
/// # Examples
///
/// ```
/// tokio::inspect::on_unobserved(|of| {
///     eprintln!("the task from {} {}", of.task.spawned_at, of.ending);
/// });
/// ```
pub fn on_unobserved(hook: impl Fn(&inspect::Unobserved) + Send + Sync + 'static) {
    std::mem::forget(inspect::on_unobserved(hook));
}

/// Has panics of tasks logged, with what the panic's own message does not say.
pub(super) fn log_panics() {
    static ASKED: Once = Once::new();
    ASKED.call_once(|| {
        inspect::on_panic(|task, message| {
            let (id, at, of) = (task.id, task.spawned_at, task.type_name);
            let name = named::name_at_panic(id).map_or(String::new(), |name| format!(" `{name}`"));
            let message = message.unwrap_or("a value that is no text");
            log::error!("task {id}{name}, spawned at {at}, panicked: {message} ({of})");
        });
    });
}

/// Begins a recording that is not ended.
pub(super) fn record_for_ever() {
    static BEGUN: Once = Once::new();
    BEGUN.call_once(|| std::mem::forget(inspect::Recording::start()));
}

/// Has long polls logged, one a second at most.
pub(super) fn log_long_polls() {
    static ASKED: Once = Once::new();
    /// When the last line was logged, in milliseconds after `start`, plus one.
    static LAST: AtomicU64 = AtomicU64::new(0);
    ASKED.call_once(|| {
        let start = Instant::now();
        std::mem::forget(inspect::on_long_poll(LONG, move |poll| {
            let now = start.elapsed().as_millis() as u64 + 1;
            // Relaxed: only keeps lines apart.
            let last = LAST.load(Relaxed);
            let due = last == 0 || now - last.min(now) >= BETWEEN_LINES.as_millis() as u64;
            if due && LAST.compare_exchange(last, now, Relaxed, Relaxed).is_ok() {
                let LongPoll { task, took, .. } = poll;
                let (id, at, of) = (task.id, task.spawned_at, task.type_name);
                log::warn!("task {id}, spawned at {at}, took {took:.1?} for one poll: {of}");
            }
        }));
    });
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn circles_are_found_once_and_from_wherever_they_are_entered() {
        let find = |pairs: &[(u64, u64)]| cycles(pairs.iter().copied().collect());
        assert_eq!(find(&[(1, 2), (2, 3)]), Vec::<Vec<u64>>::new());
        assert_eq!(find(&[(1, 2), (2, 1)]), [[1, 2]]);
        assert_eq!(find(&[(7, 7)]), [[7]]);
        // Two ways in, and one circle beside it.
        let mut found = find(&[(1, 5), (2, 5), (5, 4), (4, 5), (8, 9), (9, 8)]);
        found.sort();
        assert_eq!(found, [[4, 5], [8, 9]]);
    }

    #[test]
    fn a_way_leads_to_a_lost_task_or_nowhere() {
        let next: HashMap<u64, u64> = [(1, 2), (2, 3), (4, 5), (6, 7), (7, 6)].into();
        let lost = HashSet::from([3]);
        assert_eq!(chain_to(&lost, &next, 1), Some(vec![2, 3]));
        assert_eq!(chain_to(&lost, &next, 2), Some(vec![3]));
        for start in [3, 4, 5, 6, 9] {
            assert_eq!(chain_to(&lost, &next, start), None, "{start}");
        }
    }
}
