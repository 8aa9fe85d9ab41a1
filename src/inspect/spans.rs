//! Spans and events of `tracing` for tasks, by the names that tokio's console understands.
//!
//! A task has a span `runtime.spawn` from its first poll on, entered around each of its polls,
//! so that what is logged there says which task it was; a wake is an event of the target
//! `tokio::task::waker`. What it waits for has spans as well, see `resources`. Called by
//! `tokio_executor::internals::inspect`, which each task calls.
//!
//! Always true: a span is entered and left on one thread, and the lock of the table is held for
//! no call of the subscriber's.
//!
//! Why not fields of the task? A program that does not trace would pay for them.

mod resources;

use super::{diagnosis, named};
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, Once};
use tokio_executor::internals::inspect::{self, Few, Observer, TaskInfo, Wait};
use tokio_executor::task::TaskKind;
use tracing::level_filters::LevelFilter;
use tracing::span::EnteredSpan;
use tracing::Span;

const SHARDS: usize = 32;

/// Spans by task. Held to look one up, to add and to remove it.
struct Spans([Mutex<Option<HashMap<u64, Span>>>; SHARDS]);

static SPANS: Spans = Spans([const { Mutex::new(None) }; SHARDS]);

thread_local! {
    /// What was entered for the polls that this thread is in, innermost last; none for a task
    /// whose name is not known yet.
    static ENTERED: RefCell<Vec<(TaskInfo, Option<EnteredSpan>)>> = const { RefCell::new(Vec::new()) };
}

impl Spans {
    fn shard(&self, id: u64) -> MutexGuard<'_, Option<HashMap<u64, Span>>> {
        self.0[id as usize % SHARDS].lock().unwrap_or_else(|e| e.into_inner())
    }

    fn get(&self, id: u64) -> Option<Span> {
        self.shard(id).as_ref()?.get(&id).cloned()
    }

    fn of(&self, task: &TaskInfo) -> Span {
        if let Some(span) = self.get(task.id) {
            return span;
        }
        let span = spawn_span(task, &named::name_of(task.id).unwrap_or_default());
        self.shard(task.id).get_or_insert_default().insert(task.id, span.clone());
        span
    }
}

/// The span of a task, as tokio's console takes it.
fn spawn_span(task: &TaskInfo, name: &str) -> Span {
    let at = task.spawned_at;
    let (file, line, col) = (at.file(), at.line(), at.column());
    match task.kind {
        TaskKind::Blocking => tracing::trace_span!(
            target: "tokio::task::blocking",
            parent: None,
            "runtime.spawn",
            kind = %"blocking",
            task.name = %name,
            task.id = task.id,
            "fn" = %task.type_name,
            loc.file = file,
            loc.line = line,
            loc.col = col,
        ),
        TaskKind::Async | TaskKind::Futures01 => tracing::trace_span!(
            target: "tokio::task",
            parent: None,
            "runtime.spawn",
            kind = %"task",
            task.name = %name,
            task.id = task.id,
            future = %task.type_name,
            loc.file = file,
            loc.line = line,
            loc.col = col,
        ),
    }
}

/// Whether the name of the task comes to be known in its first poll.
fn will_have_a_name(task: &TaskInfo) -> bool {
    task.type_name.starts_with("tokio::inspect::named::Named<")
}

struct Tracer;

impl Observer for Tracer {
    fn poll_begins(&self, task: &TaskInfo) {
        let known = SPANS.get(task.id);
        let waits_for_name = known.is_none() && will_have_a_name(task);
        let span = (!waits_for_name).then(|| known.unwrap_or_else(|| SPANS.of(task)).entered());
        let _ = ENTERED.try_with(|entered| entered.borrow_mut().push((*task, span)));
    }

    fn poll_ends(&self, task: &TaskInfo, waits: &Few<Wait>) {
        resources::wait_for(task.id, waits);
        // Left when nothing is borrowed: the subscriber may be in a poll of its own.
        let last = ENTERED.try_with(|entered| entered.borrow_mut().pop());
        drop(last);
    }

    fn woken(&self, id: u64) {
        if let Some(span) = SPANS.get(id).and_then(|span| span.id()) {
            let id = span.into_u64();
            tracing::trace!(target: "tokio::task::waker", op = "waker.wake_by_ref", task.id = id);
        }
    }

    fn ended(&self, id: u64) {
        let span = SPANS.shard(id).as_mut().and_then(|spans| spans.remove(&id));
        // tokio's tasks enter theirs once more, as their future is dropped, and the console counts
        // by that.
        if let Some(span) = &span {
            drop(span.enter());
        }
        resources::ended(id);
        drop(span);
    }
}

/// The task that is polled has got its name.
fn has_name(id: u64) {
    let waits = ENTERED.try_with(|entered| {
        let entered = entered.borrow();
        entered.last().filter(|(task, span)| task.id == id && span.is_none()).map(|(task, _)| *task)
    });
    if let Ok(Some(task)) = waits {
        let span = SPANS.of(&task).entered();
        let former = ENTERED.try_with(|entered| {
            let mut entered = entered.borrow_mut();
            entered.last_mut().and_then(|(_, place)| place.replace(span))
        });
        drop(former);
    }
}

/// Begins to trace, if a subscriber is there that takes spans of this level.
pub(super) fn start() {
    static STARTED: Once = Once::new();
    if LevelFilter::current() >= LevelFilter::TRACE {
        STARTED.call_once(|| {
            if inspect::observe(Box::new(Tracer)) {
                named::on_name(has_name);
                diagnosis::record_for_ever();
            }
        });
    }
}
