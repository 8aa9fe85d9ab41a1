//! Where each waiting task waits, with its stack.
//!
//! Each is polled once more by its own executor, during which the leaves note the stack of
//! the thread as they take the task's waker. What is below the poll of the task is the way
//! from its future down to the leaf. Programs call it, `signal`, `endpoint`, and a runtime that
//! drops tasks as it stops.
//!
//! Before that, `running` looks where the threads are of tasks that run.
//!
//! Always true: one dump at a time asks for the stacks of all tasks, and a task is polled by its
//! own executor only.
//!
//! Why not walk a task's future from outside? Nothing in a future says what it waits for; only its
//! own poll leads down to the leaf.

use super::diagnosis::{self, Finding};
use super::frames;
use super::named;
use super::running::{self, ThreadStack};
use super::tasks::{self, Task, Wait};
use std::backtrace::Backtrace;
use std::cell::Cell;
use std::collections::HashMap;
use std::panic::Location;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio_executor::internals::inspect::{Captured, Capturing, Recording, Seen};
use tokio_executor::task::{TaskRef, TaskState};
use tokio_threadpool::Sender;

/// How long a runtime has to poll one task.
const PATIENCE: Duration = Duration::from_millis(500);

/// How long all of them have.
const ALL: Duration = Duration::from_millis(1500);

/// Tasks that are woken and not polled yet: what else their worker has to do waits for them.
const AT_A_TIME: usize = 16;

/// Everything that is known of the process's tasks at one time.
#[derive(Debug)]
#[non_exhaustive]
pub struct Dump {
    /// What cannot go on, and why.
    pub findings: Vec<Finding>,
    /// All tasks.
    pub tasks: Vec<Waiting>,
    /// How many of the waiting tasks have no stack here, since that takes too long, or since
    /// more were not asked for.
    pub unseen: usize,
}

/// A task, and where it waits.
#[derive(Debug)]
#[non_exhaustive]
pub struct Waiting {
    /// The task, as it was before it was polled for the dump.
    pub task: Task,
    /// What it waits for, each with the names and places of the calls that lead there, the
    /// innermost first; one list for all tasks that wait at the same place. Empty unless the
    /// task was idle.
    pub stacks: Vec<(Wait, Arc<[String]>)>,
    /// Where its thread is. None unless the task was in a poll, or a job, that was recorded from
    /// its beginning on, and on other systems than Linux.
    pub running: Option<ThreadStack>,
}

/// Looks where up to `limit` of the waiting tasks wait, oldest numbers first.
///
/// Each of them is polled once more, by its own executor, a few at a time. A task whose workers
/// are all held up is listed without a stack, and so are those whose turn does not come within
/// one and a half seconds.
///
/// On Linux, on x86-64 and aarch64, each thread that is in a poll or a job which was recorded from
/// its beginning on is asked where it is, by a real-time signal that the program leaves alone. It
/// is interrupted for some microseconds, and a system call that the kernel never restarts after a
/// signal, such as `nanosleep` or `poll`, ends in it with `EINTR`. All of them have one second to
/// answer. `TOKIO_INSPECT_STACKS=waiting` in the environment leaves that out.
///
/// Blocks its thread: do not call it in a task. In one of an executor of one thread it answers at
/// once, with no stacks of that executor's tasks, of which none is polled meanwhile. In a waker
/// that another dump calls, there are no stacks at all.
pub fn dump(limit: usize) -> Dump {
    let one = One::begin();
    let limit = if one.is_some() { limit } else { 0 };
    // What the polls below record is looked at again for the findings.
    let _on = Recording::start();
    let found = tasks::find();
    let lost = found.iter().filter(|(task, _)| task.is_lost).map(|(task, _)| task.id).collect();
    let mut running = running::look(found.iter().map(|(task, _)| task));
    let is_idle = |task: &Task| task.state == TaskState::Idle;
    let idle: Vec<(Option<&str>, TaskRef)> = {
        let idle = found.iter().filter(|(task, of)| is_idle(task) && of.is_some());
        let idle = idle.filter_map(|(task, of)| Some((task.runtime.as_deref(), of.clone()?)));
        idle.take(limit).collect()
    };
    let mut captured = capture(idle);
    let now = Instant::now();
    let mut named = Resolved::default();
    let mut unseen = 0;
    let mut waiting = Vec::with_capacity(found.len());
    for (task, of) in found {
        let seen = captured.remove(&task.id);
        unseen += usize::from(is_idle(&task) && of.is_some() && seen.is_none());
        drop(of);
        let seen = seen.filter(|captured| captured.state == Seen::Waits);
        let stacks = seen.map_or_else(Vec::new, |seen| {
            let frames = seen.stacks.iter().map(|stack| named.frames(stack));
            seen.waits.iter().map(|wait| Wait::of(wait, now)).zip(frames).collect()
        });
        let running = running.remove(&task.id);
        waiting.push(Waiting { task, stacks, running });
    }
    let findings = diagnosis::diagnose_after_polls(&lost);
    Dump { findings, tasks: waiting, unseen }
}

/// Held for a whole dump, so that the next one asks no task that this one asks.
struct One(#[allow(dead_code, reason = "held")] MutexGuard<'static, ()>);

thread_local!(static IS_DUMPING: Cell<bool> = const { Cell::new(false) });

impl One {
    /// Waits for the dumps of other threads. `None` within a dump of this one, which wakes tasks:
    /// a waker or an `Unpark` of the program's own may ask for a dump.
    fn begin() -> Option<One> {
        static ONE: Mutex<()> = Mutex::new(());
        if IS_DUMPING.replace(true) {
            return None;
        }
        Some(One(ONE.lock().unwrap_or_else(PoisonError::into_inner)))
    }
}

impl Drop for One {
    fn drop(&mut self) {
        IS_DUMPING.set(false);
    }
}

/// A task that was dropped before it was done.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DroppedTask {
    /// Tells tasks of the process apart.
    pub id: u64,
    /// Its name, if it had one.
    pub name: Option<String>,
    /// Where it was spawned.
    pub spawned_at: &'static Location<'static>,
    /// The type of its future.
    pub type_name: &'static str,
    /// What it waited for, innermost call first; empty if it was queued, or in a poll.
    pub waited_for: Vec<String>,
}

/// Looks where one task waits, as [`dump`] does for all. None if there is no such task.
pub(super) fn dump_task(id: u64) -> Option<Waiting> {
    // While stacks are named, no other is noted: std has one lock for both.
    let one = One::begin();
    let _on = Recording::start();
    let (task, of) = tasks::find().into_iter().find(|(task, _)| task.id == id)?;
    let running = running::look(std::iter::once(&task)).remove(&id);
    let idle = of.filter(|_| one.is_some() && task.state == TaskState::Idle);
    let seen = capture(idle.into_iter().map(|of| (None, of)).collect()).remove(&id);
    let (now, mut named) = (Instant::now(), Resolved::default());
    let stacks = seen.filter(|seen| seen.state == Seen::Waits).map_or_else(Vec::new, |seen| {
        let waits = seen.waits.iter().map(|wait| Wait::of(wait, now));
        waits.zip(seen.stacks.iter().map(|stack| named.frames(stack))).collect()
    });
    Some(Waiting { task, stacks, running })
}

/// The frames of stacks, each named once.
#[derive(Default)]
struct Resolved(HashMap<*const Backtrace, (Arc<Backtrace>, Arc<[String]>)>);

impl Resolved {
    fn frames(&mut self, stack: &Arc<Backtrace>) -> Arc<[String]> {
        let entry = self.0.entry(Arc::as_ptr(stack));
        entry.or_insert_with(|| (stack.clone(), frames::of_waiting(stack).into())).1.clone()
    }
}

/// Has tasks polled, by the names of their runtimes, and looks where they wait.
///
/// A runtime that polls none for a while is held up: the rest of its tasks is not asked for.
fn capture(mut tasks: Vec<(Option<&str>, TaskRef)>) -> HashMap<u64, Captured> {
    let until = Instant::now() + ALL;
    let capturing = Capturing::start();
    let mut all = HashMap::new();
    // Stable: oldest numbers stay first.
    tasks.sort_by_key(|(runtime, _)| *runtime);
    for of_one in tasks.chunk_by(|(a, _), (b, _)| a == b) {
        let of_one: Vec<TaskRef> = of_one.iter().map(|(_, of)| of.clone()).collect();
        let seen = capturing.capture(&of_one, AT_A_TIME, PATIENCE, until);
        if all.is_empty() {
            all = seen;
        } else {
            all.extend(seen);
        }
    }
    all
}

/// The tasks of a runtime that have waited and are not done, with what they wait for.
pub(crate) fn unfinished(pool: &Sender) -> Vec<DroppedTask> {
    let tasks = pool.tasks();
    let idle = tasks.iter().filter(|of| of.state() == TaskState::Idle);
    let mut waits = capture(idle.take(UNFINISHED).map(|of| (None, of.clone())).collect());
    let now = Instant::now();
    let alive = tasks.into_iter().filter(|of| of.state() != TaskState::Done);
    let mut dropped: Vec<DroppedTask> = alive
        .map(|of| DroppedTask {
            id: of.id(),
            name: named::name_of(of.id()),
            spawned_at: of.spawned_at(),
            type_name: of.type_name(),
            waited_for: waits.remove(&of.id()).map_or_else(Vec::new, |seen| {
                let waits = seen.waits.iter();
                waits.map(|wait| Wait::of(wait, now).text()).collect()
            }),
        })
        .collect();
    dropped.sort_by_key(|task| task.id);
    dropped
}

/// The most tasks that are polled to learn what they wait for as their runtime stops.
const UNFINISHED: usize = 1_000;

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::inspect::Inspect;
    use std::collections::HashSet;
    use std::sync::atomic::AtomicBool;
    use std::sync::atomic::AtomicUsize;
    use std::sync::atomic::Ordering::SeqCst;

    /// A task that counts the polls of others between two of its own, in `longest`.
    async fn count(polls: Arc<AtomicUsize>, longest: Arc<AtomicUsize>, stop: Arc<AtomicBool>) {
        while !stop.load(SeqCst) {
            crate::task::yield_now().await;
            longest.fetch_max(polls.swap(0, SeqCst), SeqCst);
        }
    }

    #[test]
    fn a_dump_of_many_gives_other_tasks_their_turn_in_between() {
        const MANY: usize = 5_000;
        let mut runtime = crate::runtime::Builder::new().core_threads(1).build().unwrap();
        let polls = Arc::new(AtomicUsize::new(0));
        let later = crate::clock::now() + Duration::from_secs(3600);
        for _ in 0..MANY {
            let (polls, mut waits) = (polls.clone(), crate::timer::Delay::new(later));
            let waits = futures::future::poll_fn(move || {
                polls.fetch_add(1, SeqCst);
                futures::Future::poll(&mut waits).map_err(drop)
            });
            runtime.spawn(waits.named("one of many to dump"));
        }
        let are_ours = |of: &&Waiting| of.task.name.as_deref() == Some("one of many to dump");
        let is_idle = |of: &Task| of.state == TaskState::Idle && of.name.is_some();
        while tasks::tasks().iter().filter(|task| is_idle(task)).count() < MANY {
            std::thread::yield_now();
        }
        let (longest, stop) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
        polls.store(0, SeqCst);
        runtime.spawn_std(count(polls.clone(), longest.clone(), stop.clone()));
        let with_stacks = |dump: &Dump| -> Vec<_> {
            let ours = dump.tasks.iter().filter(are_ours);
            ours.filter_map(|of| of.stacks.first()).map(|(_, frames)| frames.as_ptr()).collect()
        };
        // Where it takes longer than is allowed, there are fewer; and none of a worker that does
        // not get its turn.
        let seen = test_support::until("a dump of more than are polled at a time", || {
            // Kept until the frames have been told apart.
            let dump = dump(usize::MAX);
            let seen = with_stacks(&dump);
            (seen.len() > AT_A_TIME).then_some((dump, seen))
        });
        stop.store(true, SeqCst);
        let frames: HashSet<_> = seen.1.iter().collect();
        assert!(frames.len() <= 2, "equal stacks are kept once: {}", frames.len());
        let longest = longest.load(SeqCst);
        // Those that were queued before it, and those that came meanwhile and went ahead.
        assert!((1..=2 * AT_A_TIME).contains(&longest), "{longest} polls without a turn");
    }
}
