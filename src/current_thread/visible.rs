//! The request of another thread to see the waiting tasks of an executor of one thread.
//!
//! The list of its tasks is the executor's own, without a lock. Whoever wants to see it leaves
//! a request and unparks the executor, which answers between two rounds of polls. `waiting`
//! asks, and `here` answers.
//!
//! Always true: an answer is made by the executor's own thread, in pieces, so that a round is
//! not held up for long. A request to an executor that nobody drives is taken back.
//!
//! Why not a lock around the list? Every task that waits would take it.

use std::cell::Cell;
use std::collections::VecDeque;
use std::fmt;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::sync::{mpsc, Mutex, MutexGuard};
use tokio_executor::park::Unpark;
use tokio_executor::task::{LocalTaskList, TaskRef};

/// Tasks in one piece of an answer.
const PIECE: usize = 1024;

/// An executor's part.
#[derive(Default)]
pub(super) struct Visible {
    /// The thread that drives the executor, as [`this_thread`] has it; zero if none does.
    driver: AtomicUsize,
    /// It is among those of `entered`.
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

/// A part of an answer.
pub(super) struct Piece {
    pub(super) tasks: Vec<TaskRef>,
    pub(super) is_last: bool,
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

    /// The executor is that of a runtime.
    pub(super) fn set_runtime(&self) {
        // Relaxed: does not change once the executor is entered, under a lock.
        self.is_runtime.store(true, Relaxed);
    }

    /// Whether the executor is that of a runtime.
    pub(super) fn is_runtime(&self) -> bool {
        // Relaxed: as above.
        self.is_runtime.load(Relaxed)
    }

    /// The executor is entered. On its own thread, or before it has one.
    pub(super) fn set_entered(&self) {
        // Relaxed: as in `is_hidden`.
        self.is_entered.store(true, Relaxed);
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

    /// Takes the request of that number back, if it was not answered.
    pub(super) fn take_back(&self, number: u64) {
        let mut requests = self.requests();
        requests.retain(|request| request.number != number);
        // Relaxed: the lock is held.
        self.is_asked.store(!requests.is_empty(), Relaxed);
    }

    /// Leaves a request. `None` if nobody drives the executor, who could answer it.
    pub(super) fn ask(&self, number: u64) -> Option<mpsc::Receiver<Piece>> {
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
