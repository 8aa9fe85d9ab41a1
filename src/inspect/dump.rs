//! Where each waiting task waits, with its stack.
//!
//! Each is polled once more by its own executor, during which the leaves note the stack of
//! the thread as they take the task's waker. What is below the poll of the task is the way
//! from its future down to the leaf.

use super::diagnosis::{self, Finding};
use super::tasks::{self, Task};
use super::{named, render};
use crate::runtime::DroppedTask;
use std::backtrace::Backtrace;
use std::collections::HashSet;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio_executor::internals::inspect::{self, Seen, Wait};
use tokio_executor::task::{TaskRef, TaskState};
use tokio_threadpool::Sender;

/// How long the tasks of one batch have, to be polled.
const PATIENCE: Duration = Duration::from_millis(500);

/// Tasks that are woken at a time.
const BATCH: usize = 64;

/// Everything that is known of the process's tasks at one time.
#[derive(Debug)]
#[non_exhaustive]
pub struct Dump {
    /// What cannot go on, and why.
    pub findings: Vec<Finding>,
    /// All tasks.
    pub tasks: Vec<Waiting>,
}

/// A task, and where it waits.
#[derive(Debug)]
#[non_exhaustive]
pub struct Waiting {
    /// The task, as it was before it was polled for the dump.
    pub task: Task,
    /// What it waits for, each with the names and places of the calls that lead there, the
    /// innermost first. Empty unless the task was idle.
    pub stacks: Vec<(Wait, Vec<String>)>,
}

/// Looks where up to `limit` of the waiting tasks wait, oldest numbers first.
///
/// Each of them is polled once more, by its own executor. A task whose workers are all held
/// up is listed without a stack. Takes up to half a second for each 64 tasks if they are.
///
/// Blocks its thread: do not call it in a task. In one of an executor of one thread it answers at
/// once, with no stacks of that executor's tasks, of which none is polled meanwhile.
pub fn dump(limit: usize) -> Dump {
    /// Held for a whole dump, so that the next one asks no task that this one asks.
    static ONE: Mutex<()> = Mutex::new(());
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    let found = tasks::find();
    let idle: Vec<TaskRef> = {
        let idle = found.iter().filter(|(task, _)| task.state == TaskState::Idle);
        idle.filter_map(|(_, of)| of.clone()).take(limit).collect()
    };
    let mut stacks = std::collections::HashMap::new();
    for batch in idle.chunks(BATCH) {
        stacks.extend(inspect::capture(batch, PATIENCE));
    }
    drop(idle);
    let mut waiting = Vec::with_capacity(found.len());
    for (task, of) in found {
        drop(of);
        let captured = stacks.remove(&task.id).filter(|captured| captured.state == Seen::Waits);
        let stacks = captured.map_or_else(Vec::new, |captured| {
            let frames = captured.stacks.iter().map(frames);
            captured.waits.iter().cloned().zip(frames).collect()
        });
        waiting.push(Waiting { task, stacks });
    }
    let findings = diagnosis::of(&waiting);
    Dump { findings, tasks: waiting }
}

/// The tasks of a runtime that have waited and are not done, with what they wait for.
pub(crate) fn unfinished(pool: &Sender) -> Vec<DroppedTask> {
    let tasks = pool.tasks();
    let idle: Vec<TaskRef> = {
        let idle = tasks.iter().filter(|of| of.state() == TaskState::Idle);
        idle.take(UNFINISHED).cloned().collect()
    };
    let mut waits = std::collections::HashMap::new();
    for batch in idle.chunks(BATCH) {
        waits.extend(inspect::capture(batch, PATIENCE));
    }
    drop(idle);
    let alive = tasks.into_iter().filter(|of| of.state() != TaskState::Done);
    let mut dropped: Vec<DroppedTask> = alive
        .map(|of| DroppedTask {
            id: of.id(),
            name: named::name_of(of.id()),
            spawned_at: of.spawned_at(),
            type_name: of.type_name(),
            waited_for: waits
                .remove(&of.id())
                .map_or_else(Vec::new, |seen| seen.waits.iter().map(render::wait_text).collect()),
        })
        .collect();
    dropped.sort_by_key(|task| task.id);
    dropped
}

/// The most tasks that are polled to learn what they wait for as their runtime stops.
const UNFINISHED: usize = 1_000;

/// What the hook that notes a stack, and the ways to it, are called.
const HOOKS: [&str; 3] =
    ["tokio_executor::internals::inspect::", "tokio_executor::task::", "tokio_executor::waiter::"];

/// How far from the top a frame of the hook can be.
const HOOK_FRAMES: usize = 24;

/// Frames that say nothing of the way, wherever they are.
const NOISE: [&str; 17] = [
    "alloc::boxed::Box",
    "core::bool::",
    "core::ops::function::",
    "core::option::Option",
    "core::pin::Pin",
    "core::task::wake::",
    "futures::future::chain::",
    "futures::task_impl::",
    "std::thread::local::",
    "tokio::inspect::named::",
    "tokio::net::accepting::",
    "tokio::net::transfer::",
    "tokio::sync::oneshot::Block",
    "tokio::sync::permits::",
    "tokio_executor::coop::",
    "tokio_reactor::",
    "tokio::timer::entry::",
];

/// The calls of a stack from the leaf up to the future of the task.
fn frames(stack: &Backtrace) -> Vec<String> {
    shorten(&stack.to_string())
}

fn shorten(stack: &str) -> Vec<String> {
    let mut frames: Vec<(String, Option<String>)> = Vec::new();
    for line in stack.lines() {
        let line = line.trim();
        if let Some(place) = line.strip_prefix("at ") {
            if let Some((_, at)) = frames.last_mut() {
                *at = Some(short_place(place));
            }
        } else if let Some((_, name)) = line.split_once(": ") {
            // The poll of the task: what called it is the executor.
            if name.contains("tokio_executor::task::") && name.contains("Work>::poll") {
                break;
            }
            frames.push((name.to_owned(), None));
        }
    }
    let is = |name: &str, of: &[&str]| {
        let bare = name.trim_start_matches(['<', '&']);
        of.iter().any(|of| bare.starts_with(of))
    };
    // The leaf is what called the hook.
    let hook = frames.iter().take(HOOK_FRAMES).rposition(|(name, _)| is(name, &HOOKS));
    let leaf = hook.map_or(0, |hook| hook + 1);
    let mut seen = HashSet::new();
    let below = frames.into_iter().skip(leaf).filter(|(name, _)| !is(name, &NOISE));
    let texts = below.map(|(name, at)| match at {
        Some(at) => format!("{name} at {at}"),
        None => name,
    });
    texts.filter(|text| seen.insert(text.clone())).collect()
}

/// The last parts of a path are enough to find the file.
fn short_place(place: &str) -> String {
    let parts: Vec<&str> = place.split(['/', '\\']).collect();
    match parts.iter().rposition(|part| part.starts_with("index.crates.io")) {
        Some(registry) => parts[registry + 1..].join("/"),
        None => place.trim_start_matches("./").to_owned(),
    }
}

impl fmt::Display for Dump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        super::render::dump(f, self)
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    #[test]
    fn a_stack_is_cut_down_to_what_is_the_callers() {
        let stack = "\
   0: std::backtrace::Backtrace::force_capture
   1: tokio_executor::internals::inspect::keep
             at ./tokio-executor/src/inspect.rs:10:5
   2: my::leaf
             at /root/.cargo/registry/src/index.crates.io-1/my-1.0/src/lib.rs:3:4
   3: <core::pin::Pin<P> as core::future::future::Future>::poll
   4: my::future
   5: <tokio_executor::task::work::Std<F> as tokio_executor::task::work::Work>::poll
   6: main";
        let expected = ["my::leaf at my-1.0/src/lib.rs:3:4", "my::future"];
        assert_eq!(super::shorten(stack), expected);
        assert!(super::shorten("").is_empty());
    }
}
