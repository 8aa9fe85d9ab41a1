//! Spans for what tasks wait for, by the names that tokio's console understands.
//!
//! Each thing that a task waits for is a `runtime.resource`, and each wait a
//! `runtime.resource.async_op` in it, entered once for each poll that ends in that wait. Called by
//! the observer in `spans` at the end of a poll, within the task's span.
//!
//! Always true: a resource has its span while some task waits for it. The locks of the tables are
//! held for no call of the subscriber's.
//!
//! Why not from the making of a lock or channel to its end? Each would keep a span, and all that
//! make and drop one would pay for that, whether or not anybody traces.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use tokio_executor::internals::inspect::{self, Detail, Few, Wait};
use tracing::Span;

const SHARDS: usize = 32;

type Operations = Mutex<Option<HashMap<u64, Vec<Operation>>>>;

/// What tasks waited for when they were polled last, by task. Held to take the list of one out and
/// to put it back.
static OPERATIONS: [Operations; SHARDS] = [const { Mutex::new(None) }; SHARDS];

/// What several tasks may wait for. Held to look one up, to add and to remove it.
static SHARED: Mutex<Option<HashMap<Key, Arc<Resource>>>> = Mutex::new(None);

/// An address, and what is there.
type Key = (usize, &'static str);

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|e| e.into_inner())
}

fn take(id: u64) -> Vec<Operation> {
    let mut operations = lock(&OPERATIONS[id as usize % SHARDS]);
    operations.as_mut().and_then(|operations| operations.remove(&id)).unwrap_or_default()
}

/// A poll of the task that this thread is in ends, and `waits` is what the task waits for now.
pub(super) fn wait_for(id: u64, waits: &Few<Wait>) {
    let mut former = take(id);
    let named = waits.iter().filter(|wait| wait.kind != "waker");
    let now: Vec<Operation> = named
        .map(|wait| match former.iter().position(|operation| is_same(&operation.wait, wait)) {
            Some(at) => former.swap_remove(at),
            None => Operation::new(wait),
        })
        .collect();
    // Over, or given up: leaves do not say which.
    for operation in former {
        operation.polled(true);
    }
    for operation in &now {
        operation.polled(false);
    }
    if !now.is_empty() {
        lock(&OPERATIONS[id as usize % SHARDS]).get_or_insert_default().insert(id, now);
    }
}

/// The task has ended, as have its waits.
pub(super) fn ended(id: u64) {
    drop(take(id));
}

/// Whether two polls of one task ended in the same wait.
fn is_same(one: &Wait, other: &Wait) -> bool {
    let (due, of_other) = match (one.detail, other.detail) {
        (Detail::Due(due), Detail::Due(of_other)) => (due, of_other),
        _ => return one == other,
    };
    // A timer says from its second poll on when its tick is, of a millisecond.
    let apart = due.saturating_duration_since(of_other) + of_other.saturating_duration_since(due);
    (one.kind, one.address) == (other.kind, other.address) && apart <= Duration::from_millis(2)
}

/// A task's wait for something.
struct Operation {
    wait: Wait,
    span: Span,
    /// There until the drop.
    resource: Option<Arc<Resource>>,
}

struct Resource {
    span: Span,
    /// If several tasks may wait for it.
    key: Option<Key>,
}

impl Operation {
    fn new(wait: &Wait) -> Operation {
        let resource = Resource::of(wait);
        let span = resource.span.in_scope(|| {
            tracing::trace_span!(
                target: "tokio::resource",
                "runtime.resource.async_op",
                source = wait.kind,
                inherits_child_attrs = false,
            )
        });
        Operation { wait: *wait, span, resource: Some(resource) }
    }

    /// A poll asked for the end of the wait.
    fn polled(&self, is_ready: bool) {
        let _resource = self.resource.as_ref().map(|resource| resource.span.enter());
        let _operation = self.span.enter();
        let poll =
            tracing::trace_span!(target: "tokio::resource", "runtime.resource.async_op.poll");
        let _poll = poll.enter();
        if let Some(holder) = inspect::holder(self.wait.address) {
            tracing::trace!(
                target: "runtime::resource::state_update",
                holder,
                holder.op = "override",
            );
        }
        let op_name = self.wait.kind;
        tracing::trace!(target: "runtime::resource::poll_op", op_name, is_ready);
    }
}

impl Drop for Operation {
    fn drop(&mut self) {
        // First: a wait ends before its resource.
        drop(std::mem::replace(&mut self.span, Span::none()));
        let Some(resource) = self.resource.take() else { return };
        let Some(key) = resource.key else { return };
        let mut shared = lock(&SHARED);
        let Some(resources) = shared.as_mut() else { return };
        // Dropped with the table locked, so that only the last of several operations counts one
        // reference below. The table has that one, so no span ends here.
        drop(resource);
        let is_unused = resources.get(&key).is_some_and(|of| Arc::strong_count(of) == 1);
        let unused = is_unused.then(|| resources.remove(&key));
        drop(shared);
        drop(unused);
    }
}

impl Resource {
    fn of(wait: &Wait) -> Arc<Resource> {
        let (what, made) = match wait.detail {
            Detail::Made(what, at) => (what, Some(at)),
            _ => (wait.kind, None),
        };
        // Two tasks never wait for one timer.
        let key = (wait.address != 0).then_some((wait.address, what));
        let known = key.and_then(|key| lock(&SHARED).as_ref()?.get(&key).cloned());
        if let Some(known) = known {
            return known;
        }
        let kind = match wait.kind {
            "timer" | "delay queue" => "timer",
            "socket, to read" | "socket, to write" => "io",
            "join handle" | "join set" => "task",
            _ => "Sync",
        };
        let span = tracing::trace_span!(
            target: "tokio::resource",
            parent: None,
            "runtime.resource",
            concrete_type = what,
            kind,
            is_internal = false,
            inherits_child_attrs = false,
            loc.file = made.map(|at| at.file()),
            loc.line = made.map(|at| at.line()),
            loc.col = made.map(|at| at.column()),
        );
        let resource = Arc::new(Resource { span, key });
        resource.tell_state(wait);
        let Some(key) = key else { return resource };
        // Another task may have come first, and then its resource is this one's as well.
        let mut shared = lock(&SHARED);
        let resources = shared.get_or_insert_default();
        let first = resources.entry(key).or_insert_with(|| resource.clone()).clone();
        drop(shared);
        first
    }

    /// Says what is known of it from the beginning.
    fn tell_state(&self, wait: &Wait) {
        let _within = self.span.enter();
        match wait.detail {
            Detail::Due(due) => {
                let duration = due.saturating_duration_since(crate::clock::now());
                tracing::trace!(
                    target: "runtime::resource::state_update",
                    duration = duration.as_millis() as u64,
                    duration.unit = "ms",
                    duration.op = "override",
                );
            }
            Detail::Task(id) => tracing::trace!(
                target: "runtime::resource::state_update",
                task = id,
                task.op = "override",
            ),
            Detail::Descriptor(fd) => tracing::trace!(
                target: "runtime::resource::state_update",
                descriptor = fd,
                descriptor.op = "override",
            ),
            _ => {}
        }
    }
}
