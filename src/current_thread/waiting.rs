//! The waiting tasks of all executors of one thread, for `inspect`.
//!
//! Always true: an executor that the asking thread itself drives is not asked, since it would not
//! answer before the polling task ends its poll; its list is read at once. The others get the
//! same moment until which they may answer: what has not come by then is left out.
//! Nothing is locked while an executor is unparked or dropped: its `Unpark` is a caller's, and may
//! ask as well.

use super::entered;
use super::here::Here;
use super::visible::Piece;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};
use tokio_executor::task::TaskRef;

/// How long all executors together have to answer.
const PATIENCE: Duration = Duration::from_millis(500);

/// The waiting tasks of one executor.
pub(crate) struct Waiting {
    /// The executor's.
    pub(crate) number: u64,
    /// It is that of a runtime.
    pub(crate) is_runtime: bool,
    pub(crate) tasks: Vec<TaskRef>,
    /// The asking thread drives the executor: none of them is polled while it waits.
    pub(crate) is_here: bool,
}

/// The waiting tasks of all executors that are driven.
pub(crate) fn waiting_tasks() -> Vec<Waiting> {
    /// Of the next request.
    static NUMBERS: AtomicU64 = AtomicU64::new(0);
    // Relaxed: only tells requests apart.
    let request = NUMBERS.fetch_add(1, Relaxed);
    let mut found = Vec::new();
    let mut asked = Vec::new();
    for (number, executor) in entered::all() {
        let is_runtime = executor.visible.is_runtime();
        // Also with a set of local tasks, or another executor, in between.
        if let Some(here) = Here::of(&executor) {
            let tasks = here.waiting_tasks();
            found.push(Waiting { number, is_runtime, tasks, is_here: true });
        } else if let Some(answers) = executor.visible.ask(request) {
            tokio_executor::internals::unwind::quietly(|| executor.unpark_now());
            asked.push((number, is_runtime, executor, answers));
        }
    }
    let until = Instant::now() + PATIENCE;
    for (number, is_runtime, executor, answers) in asked {
        let mut all = Vec::new();
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let Ok(Piece { mut tasks, is_last }) = answers.recv_timeout(left) else { break };
            all.append(&mut tasks);
            if is_last {
                break;
            }
        }
        executor.visible.take_back(request);
        found.push(Waiting { number, is_runtime, tasks: all, is_here: false });
    }
    found
}
