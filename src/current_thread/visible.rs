//! What lets other threads see the waiting tasks of an executor of one thread.
//!
//! The list of its tasks is the executor's own, without a lock. So who wants to see it leaves a
//! request and unparks the executor, which answers between two rounds of polls. Called by
//! `inspect`; `shared` answers.
//!
//! Always true: an answer is made by the executor's own thread, in pieces, so that a round is
//! not held up for long. A request to an executor that nobody drives is taken back. An executor
//! that the asking thread itself drives is not asked, since it would not answer before the
//! polling task ends its poll. Nothing is locked while an executor is unparked or dropped: its
//! `Unpark` is a caller's, and may ask as well.
//!
//! Why not a lock around the list? Every task that waits would take it.

use super::shared::{Here, Shared};
use std::cell::Cell;
use std::collections::VecDeque;
use std::fmt;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize};
use std::sync::{mpsc, Arc, Mutex, MutexGuard, Weak};
use std::time::{Duration, Instant};
use tokio_executor::park::Unpark;
use tokio_executor::task::{LocalTaskList, TaskRef};

/// Tasks in one piece of an answer.
const PIECE: usize = 1024;

/// How long all executors together have to answer.
const PATIENCE: Duration = Duration::from_millis(500);

/// The executors of runtimes, and others that have slept. Held to enter, to take out those that
/// are gone, and to copy.
static EXECUTORS: Mutex<Vec<(u64, Weak<Shared>)>> = Mutex::new(Vec::new());

/// An executor's part.
#[derive(Default)]
pub(super) struct Visible {
    /// The thread that drives the executor, as [`this_thread`] has it; zero if none does.
    driver: AtomicUsize,
    /// It is among [`EXECUTORS`].
    is_entered: AtomicBool,
    /// It is that of a runtime, not only of what waits beside one.
    is_runtime: AtomicBool,
    /// There is a request. Of std also in a model: the lock below orders what matters.
    is_asked: AtomicBool,
    /// Those that are not answered yet, the first one in part. Held to leave a request, to take
    /// it back, and to answer a piece of it.
    requests: Mutex<VecDeque<Request>>,
}

struct Request {
    number: u64,
    to: mpsc::Sender<Piece>,
    has_begun: bool,
}

struct Piece {
    tasks: Vec<TaskRef>,
    is_last: bool,
}

/// A thread drives an executor until this is dropped; the one that did so before is `outer`.
pub(super) struct Driven<'a> {
    visible: &'a Visible,
    outer: usize,
}

impl Drop for Driven<'_> {
    fn drop(&mut self) {
        // Relaxed: as in `is_driven_here`.
        self.visible.driver.store(self.outer, Relaxed);
    }
}

/// A number that no other thread has while this one lives.
fn this_thread() -> usize {
    thread_local!(static HERE: Cell<u8> = const { Cell::new(0) });
    HERE.with(|here| std::ptr::from_ref(here).addr())
}

impl Visible {
    fn requests(&self) -> MutexGuard<'_, VecDeque<Request>> {
        self.requests.lock().unwrap_or_else(|e| e.into_inner())
    }

    /// This thread drives the executor.
    pub(super) fn drive(&self) -> Driven<'_> {
        // Relaxed: as in `is_driven_here`.
        Driven { visible: self, outer: self.driver.swap(this_thread(), Relaxed) }
    }

    /// Whether this thread drives the executor, further up its stack.
    pub(super) fn is_driven_here(&self) -> bool {
        // Relaxed: to others this is a hint, and a thread reads its own stores.
        self.driver.load(Relaxed) == this_thread()
    }

    /// Whether the executor is still to be entered.
    #[inline]
    pub(super) fn is_hidden(&self) -> bool {
        // Relaxed: only the executor's own thread changes it.
        cfg!(feature = "inspect") && !self.is_entered.load(Relaxed)
    }

    #[inline]
    pub(super) fn is_asked(&self) -> bool {
        // Relaxed: whoever asks unparks the executor after that, which comes by again.
        cfg!(feature = "inspect") && self.is_asked.load(Relaxed)
    }

    /// Answers a piece of the oldest request, on the executor's thread.
    #[cold]
    pub(super) fn answer(&self, waiting: &LocalTaskList, unpark: &dyn Unpark) {
        let mut requests = self.requests();
        let Some(asked) = requests.front_mut() else { return };
        if !std::mem::replace(&mut asked.has_begun, true) {
            waiting.begin_walk();
        }
        let mut tasks = Vec::with_capacity(PIECE);
        let is_last = !waiting.walk_on(&mut tasks, PIECE);
        let to = asked.to.clone();
        if is_last {
            requests.pop_front();
        }
        let is_asked = !requests.is_empty();
        // Relaxed: the lock is held.
        self.is_asked.store(is_asked, Relaxed);
        drop(requests);
        // Whoever asked may have given up.
        let _ = to.send(Piece { tasks, is_last });
        if is_asked {
            // For the next piece: the executor is not to sleep first.
            unpark.unpark();
        }
    }

    fn take_back(&self, number: u64) {
        let mut requests = self.requests();
        requests.retain(|request| request.number != number);
        // Relaxed: the lock is held.
        self.is_asked.store(!requests.is_empty(), Relaxed);
    }

    /// Leaves a request. `None` if nobody drives the executor, who could answer it.
    fn ask(&self, number: u64) -> Option<mpsc::Receiver<Piece>> {
        // Relaxed: a hint.
        if self.driver.load(Relaxed) == 0 {
            return None;
        }
        let (to, answers) = mpsc::channel();
        let mut requests = self.requests();
        requests.push_back(Request { number, to, has_begun: false });
        // Relaxed: as in `is_asked`.
        self.is_asked.store(true, Relaxed);
        Some(answers)
    }
}

impl fmt::Debug for Visible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Visible").field("is_asked", &self.is_asked()).finish_non_exhaustive()
    }
}

/// Enters the executor of a runtime.
pub(super) fn register(shared: &Arc<Shared>) {
    #[cfg(feature = "inspect")]
    crate::inspect::runtime_starts();
    shared.visible.is_runtime.store(true, Relaxed);
    if shared.visible.is_hidden() {
        show(shared);
    }
}

/// Enters an executor. On its own thread, or before it has one.
#[cold]
pub(super) fn show(shared: &Arc<Shared>) {
    static NUMBERS: AtomicU64 = AtomicU64::new(1);
    // Relaxed: only this thread changes it.
    shared.visible.is_entered.store(true, Relaxed);
    // Relaxed: only tells executors apart.
    let entry = (NUMBERS.fetch_add(1, Relaxed), Arc::downgrade(shared));
    let mut executors = EXECUTORS.lock().unwrap_or_else(|e| e.into_inner());
    executors.retain(|(_, executor)| executor.strong_count() > 0);
    executors.push(entry);
}

/// The waiting tasks of one executor.
#[cfg_attr(not(feature = "inspect"), allow(dead_code, reason = "`inspect` looks"))]
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
#[cfg_attr(not(feature = "inspect"), allow(dead_code, reason = "`inspect` looks"))]
pub(crate) fn waiting_tasks() -> Vec<Waiting> {
    /// Of the next request.
    static NUMBERS: AtomicU64 = AtomicU64::new(0);
    // Relaxed: only tells requests apart.
    let request = NUMBERS.fetch_add(1, Relaxed);
    let executors: Vec<(u64, Arc<Shared>)> = {
        let executors = EXECUTORS.lock().unwrap_or_else(|e| e.into_inner());
        executors.iter().filter_map(|(number, e)| Some((*number, e.upgrade()?))).collect()
    };
    let mut found = Vec::new();
    let mut asked = Vec::new();
    for (number, executor) in executors {
        // Relaxed: does not change once the executor is entered.
        let is_runtime = executor.visible.is_runtime.load(Relaxed);
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
