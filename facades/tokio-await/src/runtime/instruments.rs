//! What a runtime does around its tasks, if its builder asked for it.
//!
//! A runtime with [`Instruments`] spawns each future as an [`Instrumented`]. That one calls the
//! program's hooks around the polls and after the end, has the waits for the polls measured
//! (`schedule_latency`), and says when a panic is to stop the runtime (`unhandled_panic`).
//!
//! Called by `Handle::spawn` and by sets of local tasks; `Builder` makes the instruments.
//!
//! Always true: a runtime without instruments spawns a future as it was given. Where the hook of a
//! spawn was called, that of the end is called once, whatever becomes of the task. A hook that
//! panics after the end, or after a poll that did, takes nothing else with it.
//!
//! Why around the future, and not in the executors? A task of a runtime without hooks pays nothing
//! there, and the two executors have no eras.

use super::schedule_latency::{Latencies, Wait};
use super::unhandled_panic::Stop;
use crate::task::Id;
use std::any::Any;
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::panic::{self, AssertUnwindSafe, Location};
use std::pin::Pin;
use std::sync::{Arc, OnceLock, Weak};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio_executor::internals::unwind;

/// The facts about a task that a hook is called with.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::runtime::Builder;
///
/// let runtime = Builder::new_current_thread()
///     .on_task_spawn(|meta| println!("{} was spawned at {}", meta.id(), meta.spawned_at()))
///     .build()
///     .unwrap();
/// runtime.block_on(runtime.spawn(async {})).unwrap();
/// ```
pub struct TaskMeta<'a> {
    id: Id,
    spawned_at: &'static Location<'static>,
    schedule_latency: Option<Duration>,
    /// Hooks count on no more than a loan.
    lent: PhantomData<&'a ()>,
}

impl TaskMeta<'_> {
    /// Returns what tells the task apart from others.
    pub fn id(&self) -> Id {
        self.id
    }

    /// Returns where the task was spawned.
    pub fn spawned_at(&self) -> &'static Location<'static> {
        self.spawned_at
    }

    /// Returns how long the task waited for this poll, from when it was spawned or woken.
    ///
    /// `None` unless that is [measured](super::Builder::track_task_schedule_latency), in hooks
    /// that belong to no poll, and if nothing asked for the poll.
    pub fn schedule_latency(&self) -> Option<Duration> {
        self.schedule_latency
    }
}

impl fmt::Debug for TaskMeta<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TaskMeta")
            .field("id", &self.id)
            .field("spawned_at", &self.spawned_at)
            .field("schedule_latency", &self.schedule_latency)
            .finish()
    }
}

/// What a panic leaves.
type Payload = Box<dyn Any + Send>;

/// A function that is called for a task.
pub(super) type TaskHook = Arc<dyn Fn(&TaskMeta<'_>) + Send + Sync>;

/// The functions of a runtime that are called for its tasks.
#[derive(Clone, Default)]
pub(super) struct TaskHooks {
    pub(super) spawn: Option<TaskHook>,
    pub(super) before_poll: Option<TaskHook>,
    pub(super) after_poll: Option<TaskHook>,
    pub(super) terminate: Option<TaskHook>,
}

impl TaskHooks {
    fn is_empty(&self) -> bool {
        let TaskHooks { spawn, before_poll, after_poll, terminate } = self;
        [spawn, before_poll, after_poll, terminate].iter().all(|hook| hook.is_none())
    }
}

/// What is done around the tasks of a runtime, or of a set of local tasks.
#[derive(Default)]
pub(crate) struct Instruments {
    pub(super) hooks: TaskHooks,
    pub(super) latencies: Option<Arc<Latencies>>,
    /// Stops what runs the tasks after the first panic.
    pub(super) stop: Option<Stop>,
}

impl Instruments {
    /// Shared by tasks, unless there is nothing to do.
    pub(super) fn share(self) -> Option<Arc<Instruments>> {
        let idle = self.hooks.is_empty() && self.latencies.is_none() && self.stop.is_none();
        (!idle).then(|| Arc::new(self))
    }

    /// Those of a set of local tasks that a panic stops.
    pub(crate) fn that_stop() -> Arc<Instruments> {
        Arc::new(Instruments { stop: Some(Stop::new()), ..Instruments::default() })
    }

    /// Whether a panic has stopped what runs the tasks.
    pub(crate) fn have_stopped(&self) -> bool {
        self.stop.as_ref().is_some_and(Stop::is_set)
    }

    /// `future` with all that is done around it, for a task that is spawned at `at`; and what the
    /// task's id is to be told to before it runs.
    pub(crate) fn around<F: Future>(
        self: &Arc<Self>,
        future: F,
        at: &'static Location<'static>,
    ) -> (Instrumented<F>, Spawned) {
        let task = Arc::new(Task { instruments: self.clone(), at, id: OnceLock::new() });
        let spawned = Spawned(Arc::downgrade(&task));
        let wait = self.latencies.as_ref().map(Latencies::wait);
        let end = Some(End(task.clone()));
        (Instrumented { future: Some(Box::pin(future)), wait, task, end }, spawned)
    }
}

/// One task.
struct Task {
    instruments: Arc<Instruments>,
    at: &'static Location<'static>,
    id: OnceLock<Id>,
}

impl Task {
    fn call(&self, hook: &Option<TaskHook>, schedule_latency: Option<Duration>) {
        // Without an id the task was dropped before the hook of its spawn was called.
        if let (Some(hook), Some(id)) = (hook, self.id.get()) {
            let spawned_at = self.at;
            hook(&TaskMeta { id: *id, spawned_at, schedule_latency, lent: PhantomData });
        }
    }
}

/// A task that is being spawned.
#[must_use = "the task is to be told its id"]
pub(crate) struct Spawned(Weak<Task>);

impl Spawned {
    /// Calls the hook of spawns, for the task `id`; not if the task was dropped already.
    pub(crate) fn tell(self, id: Id) {
        if let Some(task) = self.0.upgrade() {
            let _ = task.id.set(id);
            task.call(&task.instruments.hooks.spawn, None);
        }
    }
}

/// A future with what is done around it.
pub(crate) struct Instrumented<F> {
    /// `None` once it is done.
    future: Option<Pin<Box<F>>>,
    wait: Option<Wait>,
    task: Arc<Task>,
    /// Dropped behind the future, and with it once that is done.
    end: Option<End>,
}

/// The end of a task.
///
/// # Dropping
///
/// Calls the hook.
struct End(Arc<Task>);

impl Drop for End {
    fn drop(&mut self) {
        let task = &self.0;
        unwind::quietly(|| task.call(&task.instruments.hooks.terminate, None));
    }
}

/// Calls `f`, and gives its panic back.
fn catch<R>(f: impl FnOnce() -> R) -> Result<R, Payload> {
    panic::catch_unwind(AssertUnwindSafe(f))
}

impl<F: Future> Instrumented<F> {
    /// Drops the future, which is done, and tells of the end. The panic of its drop comes in place
    /// of its output, but not in place of its own panic.
    fn finish(
        &mut self,
        done: Result<Poll<F::Output>, Payload>,
    ) -> Result<Poll<F::Output>, Payload> {
        let dropped = catch(|| drop(self.future.take()));
        drop(self.end.take());
        match (done, dropped) {
            (Ok(output), Err(payload)) => {
                unwind::quietly(|| drop(output));
                Err(payload)
            }
            (Err(payload), Err(second)) => {
                unwind::discard(second);
                Err(payload)
            }
            (done, Ok(())) => done,
        }
    }
}

impl<F: Future> Future for Instrumented<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.get_mut();
        let Some(future) = &mut this.future else {
            panic!("a future was polled again after it was done")
        };
        let Instruments { hooks, stop, .. } = &*this.task.instruments;
        if stop.as_ref().is_some_and(Stop::is_set) {
            // It is dropped as soon as this round of polls ends.
            return Poll::Pending;
        }
        let (waited, waker) = match &this.wait {
            Some(wait) => wait.ends(cx.waker()),
            None => (None, cx.waker()),
        };
        this.task.call(&hooks.before_poll, waited);
        let mut polled = catch(|| future.as_mut().poll(&mut Context::from_waker(waker)));
        if !matches!(polled, Ok(Poll::Pending)) {
            // The end of a task comes before that of its last poll, as in tokio.
            polled = this.finish(polled);
        }
        let Instruments { hooks, stop, .. } = &*this.task.instruments;
        match polled {
            Ok(polled) => {
                this.task.call(&hooks.after_poll, waited);
                polled
            }
            Err(payload) => {
                unwind::quietly(|| this.task.call(&hooks.after_poll, waited));
                stop.iter().for_each(Stop::set);
                panic::resume_unwind(payload)
            }
        }
    }
}
