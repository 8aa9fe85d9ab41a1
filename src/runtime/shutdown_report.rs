//! A runtime that is stopped after a while, and what it had to drop.
//!
//! Called by programs, and by `shutdown`. The tasks are looked at just before they are dropped,
//! as for a dump.
//!
//! Always true: the wait is bounded twice over: for tasks to end, and then for threads to leave.
//!
//! Why not a look at the tasks as they are dropped? What one waited for is known by then to
//! nobody: it takes a poll to learn it.

use super::shutdown::wait_for_companion;
use super::{enter, Runtime, Shutdown};
use crate::inspect::{self, DroppedTask, Recording};
use std::fmt;
use std::time::Duration;
use tokio_executor::internals::wait_at_most;
use tokio_executor::Enter;
use tokio_threadpool::Sender;

/// What a runtime dropped when it was stopped; returned by
/// [`Runtime::shutdown_timeout`](super::Runtime::shutdown_timeout).
///
/// Its `Display` is a line for each task, and lines for what it waited for.
#[derive(Debug)]
#[non_exhaustive]
pub struct ShutdownReport {
    /// Tasks that had waited before, and were not done.
    pub dropped: Vec<DroppedTask>,
    /// The number of tasks that were not done and have never waited: queued, or in their first
    /// poll.
    pub others: usize,
    /// Whether all threads had left when the report was made. One that is in a poll, in
    /// `blocking`, or in `spawn_blocking` of tokio 1.x or 0.2, leaves when that is over.
    pub has_stopped: bool,
}

impl ShutdownReport {
    /// Returns whether every task was done.
    pub fn is_clean(&self) -> bool {
        self.dropped.is_empty() && self.others == 0
    }
}

impl fmt::Display for ShutdownReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for task in &self.dropped {
            write!(f, "dropped task {}", task.id)?;
            if let Some(name) = &task.name {
                write!(f, " `{name}`")?;
            }
            writeln!(f, " ({}), {}", task.spawned_at, task.type_name)?;
            task.waited_for.iter().try_for_each(|wait| writeln!(f, "    waited for: {wait}"))?;
        }
        if self.others > 0 {
            writeln!(f, "dropped {} tasks that had never waited", self.others)?;
        }
        if !self.has_stopped {
            writeln!(f, "some threads are still busy")?;
        }
        Ok(())
    }
}

/// A runtime that stops once it has no tasks.
pub(crate) struct Draining {
    sender: Sender,
    pub(crate) end: Shutdown,
    _recording: Recording,
}

impl Draining {
    pub(crate) fn new(runtime: Runtime) -> Draining {
        let sender = runtime.executor().sender;
        let recording = Recording::start();
        Draining { sender, end: runtime.shutdown_on_idle(), _recording: recording }
    }

    /// Waits for the tasks for `limit` at most, and drops the others.
    pub(crate) fn finish(mut self, _: &mut Enter, limit: Duration) -> ShutdownReport {
        let mut report = ShutdownReport { dropped: Vec::new(), others: 0, has_stopped: true };
        let for_threads = limit.max(Duration::from_secs(1));
        if wait_at_most(&mut self.end, limit) {
            report.has_stopped = wait_for_companion(self.end.companion(), for_threads);
            return report;
        }
        report.dropped = inspect::unfinished(&self.sender);
        let metrics = self.sender.metrics();
        let alive = metrics.spawned.saturating_sub(metrics.completed) as usize;
        report.others = alive.saturating_sub(report.dropped.len());
        self.sender.stop();
        self.end.stop_companion();
        report.has_stopped = wait_at_most(&mut self.end, for_threads)
            && wait_for_companion(self.end.companion(), for_threads);
        report
    }
}

impl Runtime {
    /// Stops the runtime: its tasks have `limit` to end, and those that have not are dropped.
    /// Returns what was dropped.
    ///
    /// While it waits it has the runtime's tasks recorded; to learn what they wait for, it has
    /// each polled once more. It waits for threads that are in a poll, in `blocking`, or in
    /// `spawn_blocking` of tokio 1.x or 0.2, for `limit` again, or a second.
    ///
    /// # Panics
    ///
    /// If an executor runs on this thread.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::future;
    /// use std::time::Duration;
    /// use tokio::inspect::Inspect;
    /// use tokio::runtime::Runtime;
    ///
    /// let mut runtime = Runtime::new()?;
    /// runtime.spawn(future::empty().named("stays"));
    /// let report = runtime.shutdown_timeout(Duration::from_millis(10));
    /// assert!(!report.is_clean(), "{report}");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn shutdown_timeout(self, limit: Duration) -> ShutdownReport {
        let mut enter = enter("shutdown_timeout");
        Draining::new(self).finish(&mut enter, limit)
    }
}
