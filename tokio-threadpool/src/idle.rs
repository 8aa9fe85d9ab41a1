//! Workers that found nothing to do, newest on top, and who is looking for work.
//!
//! A worker lists itself here just before it parks; whoever adds a task pops one and
//! unparks it. Called by `worker`, `sleep`, `shared`, `shutdown`, `monitor` and `stuck`; calls
//! nothing.
//!
//! ```text
//!   63          32 31           0
//!  +--------------+--------------+
//!  |  searching   |    awake     |
//!  +--------------+--------------+
//! ```
//!
//! A worker that has just been woken *searches*: it looks into everyone's queues. While
//! one does, nobody else is woken, and when the last one finds something it wakes the
//! next: the wake-ups follow the work and do not run ahead of it. (The scheme is that
//! of Go's scheduler: Dmitry Vyukov, "Scalable Go Scheduler Design Doc", 2012.)
//!
//! Always true: no task that was added stays queued while all workers sleep. In steps:
//!
//! 1. A thread that adds a task from outside the workers queues it; then comes a fence; then it
//!    reads the word (`wake_for_injected`). If a worker searches, or none sleeps, it leaves the
//!    task to the others; else it takes out a sleeper, counts it as awake and searching, and
//!    unparks it.
//! 2. A worker that goes to sleep lists itself and takes itself off the counts (`sleep`);
//!    then comes a fence; then it looks at every queue, and at the pool's end, and stays
//!    awake if it finds anything.
//! 3. One of the two fences comes first in their total order. If it is that of step 1, the
//!    worker of step 2 finds the task. If it is that of step 2, the thread of step 1 reads a word
//!    with one searcher fewer, or one sleeper more.
//! 4. A worker that searches either finds a task, and then wakes another one if it was the
//!    last to search and more is queued (`found`), or goes to sleep by step 2. So a task that
//!    step 1 left to it is found.
//! 5. An unpark is not lost: parkers remember one that comes before the sleep (`Token`,
//!    `park::sleeper`). A worker that wakes up by itself while it is being taken out finds
//!    itself off the list (`remove`), and goes on as one that searches.
//! 6. A worker with a task in its own queue is awake, or in its driver, after which it looks at
//!    its queue: so it gets there itself. That others help is a matter of speed alone: see
//!    `worker` and `monitor`.
//!
//! Only the fences order these steps. The word itself is `Relaxed` throughout: it carries two
//! counts and publishes nothing else, and an atomic addition loses no other one.
//!
//! Why not a queue of sleepers? The newest has the warmest cache, and in a quiet pool
//! the oldest is left alone until it may exit. Workers whose thread has exited stay at the
//! bottom.

use std::sync::atomic::Ordering::{Relaxed, SeqCst};
use tokio_executor::internals::sys::{fence, AtomicU64, Mutex, MutexGuard};

const AWAKE: u64 = 1;
const SEARCHING: u64 = 1 << 32;
const AWAKE_MASK: u64 = SEARCHING - 1;

#[derive(Debug)]
pub(crate) struct Idle {
    word: AtomicU64,
    workers: u64,
    /// Who sleeps, newest last. Changed together with `word`; nothing is woken while
    /// it is held.
    sleepers: Mutex<Vec<usize>>,
}

impl Idle {
    /// Has all workers asleep.
    pub(crate) fn new(workers: usize) -> Idle {
        Idle {
            word: AtomicU64::new(0),
            workers: workers as u64,
            sleepers: Mutex::new((0..workers).rev().collect()),
        }
    }

    fn sleepers(&self) -> MutexGuard<'_, Vec<usize>> {
        self.sleepers.lock().unwrap_or_else(|e| e.into_inner())
    }

    /// Takes out the worker to be woken for a task that was just added, if waking one
    /// helps. It counts as searching from here on.
    ///
    /// For a task from outside: pairs with `sleep`, see above.
    pub(crate) fn wake_for_injected(&self) -> Option<usize> {
        // SeqCst: the task is added before the word is read.
        fence(SeqCst);
        self.wake_for_local()
    }

    /// As `wake_for_injected`, by a worker, which will get to the task itself if
    /// nobody is woken.
    #[inline]
    pub(crate) fn wake_for_local(&self) -> Option<usize> {
        if !self.may_wake() {
            return None;
        }
        self.pop_newest()
    }

    /// Whether a worker sleeps and none searches.
    #[inline]
    pub(crate) fn may_wake(&self) -> bool {
        // Relaxed: ordered by the fence where it matters, and a hint elsewhere.
        let word = self.word.load(Relaxed);
        word < SEARCHING && word & AWAKE_MASK < self.workers
    }

    #[cold]
    fn pop_newest(&self) -> Option<usize> {
        let mut sleepers = self.sleepers();
        // Relaxed: changed under the lock only, but for `search` and `found`.
        if self.word.load(Relaxed) >= SEARCHING {
            return None;
        }
        let worker = sleepers.pop()?;
        // Relaxed: as for every change of the word, see the head of this file.
        self.word.fetch_add(AWAKE + SEARCHING, Relaxed);
        Some(worker)
    }

    /// Takes out any sleeper: to shut down, to start the first thread, or in place of one
    /// that cannot start.
    pub(crate) fn wake_any(&self) -> Option<usize> {
        let mut sleepers = self.sleepers();
        let worker = sleepers.pop()?;
        // Relaxed: as for every change of the word, see the head of this file.
        self.word.fetch_add(AWAKE + SEARCHING, Relaxed);
        Some(worker)
    }

    /// An awake worker starts to search; false if enough of them do.
    pub(crate) fn search(&self) -> bool {
        // Relaxed: a limit, not a lock.
        let word = self.word.load(Relaxed);
        if 2 * (word / SEARCHING) >= self.workers {
            return false;
        }
        // Relaxed: who relies on this search does so until `found` or `sleep`.
        self.word.fetch_add(SEARCHING, Relaxed);
        true
    }

    /// A searching worker found a task. True if it was the last to search: then it
    /// must wake another, for there may be more.
    #[must_use]
    pub(crate) fn found(&self) -> bool {
        let before = self.word.fetch_sub(SEARCHING, Relaxed);
        // SeqCst: as in `sleep`; the caller looks for tasks next.
        fence(SeqCst);
        before / SEARCHING == 1
    }

    /// `worker` goes to sleep, and must look at every queue once more.
    pub(crate) fn sleep(&self, worker: usize, searching: bool) {
        let mut sleepers = self.sleepers();
        debug_assert!(!sleepers.contains(&worker), "worker {worker} sleeps already");
        sleepers.push(worker);
        let by = if searching { AWAKE + SEARCHING } else { AWAKE };
        self.word.fetch_sub(by, Relaxed);
        drop(sleepers);
        // SeqCst: we count ourselves out, then look for tasks; `wake_for_injected`
        // adds a task, then looks at the count. At least one must see the other.
        fence(SeqCst);
    }

    /// `worker` woke by itself. False if somebody woke it meanwhile: then it counts as
    /// searching already.
    #[must_use]
    pub(crate) fn remove(&self, worker: usize) -> bool {
        let mut sleepers = self.sleepers();
        let Some(at) = sleepers.iter().rposition(|w| *w == worker) else { return false };
        sleepers.remove(at);
        // Relaxed: a caller that looks for a monitor next does so after a fence.
        self.word.fetch_add(AWAKE, Relaxed);
        true
    }

    /// `worker` was to be woken and has no thread to wake up on. If a task is queued,
    /// wakes others for it, with `wake`, until one of them can be woken.
    ///
    /// Those that cannot are listed at the bottom afterwards: they must not stand before
    /// the ones that have a thread.
    pub(crate) fn wake_instead(
        &self,
        worker: usize,
        has_queued: impl Fn() -> bool,
        mut wake: impl FnMut(usize) -> bool,
    ) {
        let mut refused = vec![worker];
        loop {
            // Nobody may rely on this one to search any longer. Who added a task and did
            // so until now: hence the look at the queues.
            self.word.fetch_sub(AWAKE + SEARCHING, Relaxed);
            // SeqCst: as in `sleep`.
            fence(SeqCst);
            let next = if has_queued() { self.wake_any() } else { None };
            match next {
                // Whoever is awake looks into the queues before it sleeps.
                None => break,
                Some(worker) if wake(worker) => break,
                Some(worker) => refused.push(worker),
            }
        }
        self.sleepers().splice(0..0, refused);
    }

    /// `worker` is about to lose its thread: from now on it stands below all that have
    /// one. False if somebody woke it meanwhile.
    #[must_use]
    pub(crate) fn move_to_bottom(&self, worker: usize) -> bool {
        let mut sleepers = self.sleepers();
        let Some(at) = sleepers.iter().rposition(|w| *w == worker) else { return false };
        sleepers[..=at].rotate_right(1);
        true
    }

    /// The newest sleeper, which stays listed.
    pub(crate) fn newest(&self) -> Option<usize> {
        self.sleepers().last().copied()
    }

    /// Whether `worker` is still listed as asleep.
    pub(crate) fn is_asleep(&self, worker: usize) -> bool {
        self.sleepers().contains(&worker)
    }

    /// How many workers are awake.
    pub(crate) fn awake(&self) -> usize {
        // Relaxed: a monitor that ends its duty reads it after a fence (`Duty::release`); a
        // hint elsewhere.
        (self.word.load(Relaxed) & AWAKE_MASK) as usize
    }
}
