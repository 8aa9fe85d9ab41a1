//! The word that says what a task is doing and who still knows of it.
//!
//! ```text
//!   63           6     5         4          3          2         1         0
//!  +--------------+---------+--------+-----------+--------+----------+---------+
//!  |  references  | awaited | joined | cancelled |  done  | notified | running |
//!  +--------------+---------+--------+-----------+--------+----------+---------+
//!
//!               to running              to idle, nothing came
//!   NOTIFIED ---------------> RUNNING -----------------------> IDLE
//!      ^                         |                               |
//!      |   to idle, notified     | to done                       | wake, cancel
//!      +-------------------------+--------> DONE                 |
//!      ^                                                         |
//!      +---------------------------------------------------------+
//! ```
//!
//! `notified` without `running` means that a `Runnable` exists: in a queue, or in the
//! hands of whoever is about to run it. A wake during RUNNING sets `notified`;
//! `transition_to_idle` then leads back to NOTIFIED. `joined` means that there is a join
//! handle, and `awaited` that it has left a waiter, which the end of the task is to wake. Once
//! `done`, nothing but the references matters.
//!
//! Called by `runnable`, `task_ref`, `header` and `cell`. Always true: a task is polled by the
//! holder of its only `Runnable`, and its block is freed by the thread that gives the last
//! reference back.
//!
//! One reference, the *living* one, stands for the task's existence until it is done,
//! so neither queues nor the runner count. Every waker, join handle and abort handle is
//! one more.
//!
//! While a task runs, its count is raised by [`BIAS`]: the running thread keeps its own
//! clones and drops in a plain integer (see `running`) and settles them in the same
//! instruction that ends the run. The bias keeps the count away from zero meanwhile,
//! even if references that are not yet counted are dropped elsewhere; a run counts no more of
//! them than that covers. This is the
//! deferred half of biased reference counting (Choi, Shull, Torrellas, "Biased
//! Reference Counting", PACT 2018); the owner here is the run, not a thread.
//!
//! A task that nobody knows of but the holder of its `Runnable` is *unique*: it is in no
//! list of its owner's, and the living reference is the only one. Then the word changes by
//! plain loads and stores. One load is enough to know: a thread that has a reference has it
//! from one that was counted, here or among the run's own; it was made before that one was
//! given back, and a count that has the second in it has the first. So a count of one, with
//! none of the run's own outstanding, leaves nobody else.
//!
//! Why one word, and not a count, a flag and a lock? Whoever wakes, runs, joins or drops a task
//! would have to change two of them together.

use super::running::MOST_OWN_REFS;
use crate::sys::AtomicU64;
use std::fmt;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};

const RUNNING: u64 = 1;
const NOTIFIED: u64 = 1 << 1;
const DONE: u64 = 1 << 2;
const CANCELLED: u64 = 1 << 3;
const JOINED: u64 = 1 << 4;
const AWAITED: u64 = 1 << 5;
const REF_SHIFT: u32 = 6;
const REF: u64 = 1 << REF_SHIFT;

/// References that a run holds in advance.
const BIAS: u64 = 1 << 32;

const _: () = assert!((MOST_OWN_REFS as u64) < BIAS, "each may be given back before it is counted");

/// A task that is unique, before a run and in it.
const UNIQUE: u64 = NOTIFIED | REF;
const RUNNING_UNIQUE: u64 = RUNNING | ((1 + BIAS) * REF);

pub(super) struct State {
    word: AtomicU64,
}

/// How far a task is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskState {
    /// It waits to be woken.
    Idle,
    /// It waits to be polled.
    Queued,
    /// It is being polled.
    Running,
    /// It has ended.
    Done,
}

/// What whoever woke or cancelled a task must do next.
#[must_use]
#[derive(Debug, PartialEq, Eq)]
pub(super) enum AfterWake {
    /// Hand the task to its owner: the caller now holds its only `Runnable`.
    Schedule,
    Nothing,
}

/// What whoever holds the `Runnable` must do.
#[must_use]
#[derive(Debug, PartialEq, Eq)]
pub(super) enum ToRunning {
    Poll,
    /// The task was cancelled: drop the future.
    Cancel,
}

/// What the runner of a pending task must do.
#[must_use]
#[derive(Debug, PartialEq, Eq)]
pub(super) enum ToIdle {
    /// Another wake will come.
    Idle,
    /// A wake came during the run; the runner still holds the `Runnable`.
    Requeue,
}

/// What the runner of a finished task must do.
#[must_use]
#[derive(Debug, PartialEq, Eq)]
pub(super) enum ToDone {
    /// The join handle went away after the result was left for it: drop that, and finish
    /// again. The task is not done yet.
    DropOutput,
    /// Somebody waits by a join handle: the result is theirs now. Wake them, and release the
    /// living reference.
    WakeJoiner,
    /// Nobody knows of the task any more: free it.
    Free,
    Nothing,
}

/// What a join handle that goes away must do.
#[must_use]
#[derive(Debug, PartialEq, Eq)]
pub(super) enum AfterDropHandle {
    /// Its reference is given up.
    Nothing,
    /// The task was done: its result is the handle's to drop. Release its reference after that.
    Done,
    /// Likewise, and nobody else knows of the task any more: free it after that.
    Last,
}

impl State {
    /// A task that nobody has queued yet, with its living reference; `joined` adds
    /// that of a join handle.
    pub(super) fn new(joined: bool) -> State {
        let word = if joined { NOTIFIED | JOINED | (2 * REF) } else { NOTIFIED | REF };
        State { word: AtomicU64::new(word) }
    }

    /// NOTIFIED -> RUNNING. `unlisted`: the task is in no list of its owner's.
    #[inline]
    pub(super) fn transition_to_running(&self, unlisted: bool) -> ToRunning {
        // Acquire: as below.
        if unlisted && self.word.load(Acquire) == UNIQUE {
            // Relaxed: nobody else looks.
            self.word.store(RUNNING_UNIQUE, Relaxed);
            return ToRunning::Poll;
        }
        // Acquire: sees what everyone who woke the task wrote, and the future as the
        // last run left it. The holder of the `Runnable` knows that `notified` is set
        // and `running` is not, so an addition is enough.
        let step = RUNNING.wrapping_sub(NOTIFIED).wrapping_add(BIAS * REF);
        let before = self.word.fetch_add(step, Acquire);
        debug_assert!(
            before & (RUNNING | NOTIFIED | DONE) == NOTIFIED,
            "a runnable task must be notified and nothing else: {:?}",
            Snapshot(before),
        );
        if before & CANCELLED == 0 {
            ToRunning::Poll
        } else {
            ToRunning::Cancel
        }
    }

    /// Whether the task is unique, at the end of a run.
    #[inline]
    fn is_running_unique(&self, unlisted: bool, own_refs: i64) -> bool {
        // Acquire: whoever gave up a reference did so before this.
        unlisted && own_refs == 0 && self.word.load(Acquire) == RUNNING_UNIQUE
    }

    /// RUNNING -> IDLE, or NOTIFIED if a wake came. `woken` is a wake from within the
    /// run, `own_refs` what the run has to settle, `unlisted` as in `transition_to_running`.
    #[inline]
    pub(super) fn transition_to_idle(&self, woken: bool, own_refs: i64, unlisted: bool) -> ToIdle {
        if woken && self.is_running_unique(unlisted, own_refs) {
            // Relaxed: the queue that the task goes to publishes it.
            self.word.store(UNIQUE, Relaxed);
            return ToIdle::Requeue;
        }
        let settle = RUNNING.wrapping_add(BIAS * REF).wrapping_sub((own_refs as u64) << REF_SHIFT);
        if !woken {
            // Release: whoever wakes or runs the task next sees it as it is. What a wake
            // published is acquired by `transition_to_running`, which comes next.
            let before = self.word.fetch_sub(settle, Release);
            return if before & NOTIFIED == 0 { ToIdle::Idle } else { ToIdle::Requeue };
        }
        // Relaxed: a first guess.
        let mut word = self.word.load(Relaxed);
        loop {
            let next = word.wrapping_sub(settle) | NOTIFIED;
            // Relaxed: the queue that the task goes to publishes it, and what a wake
            // published stays in the word for `transition_to_running`.
            match self.word.compare_exchange_weak(word, next, Relaxed, Relaxed) {
                Ok(_) => return ToIdle::Requeue,
                Err(now) => word = now,
            }
        }
    }

    /// RUNNING -> DONE; also gives up the living reference, unless somebody is to be woken: then
    /// `release` must follow. `left`: a result may be in the result cell, which the run drops if
    /// nobody joins.
    #[inline]
    pub(super) fn transition_to_done(&self, own_refs: i64, unlisted: bool, left: bool) -> ToDone {
        if self.is_running_unique(unlisted, own_refs) {
            // Nobody is left to read the word.
            return if left { ToDone::DropOutput } else { ToDone::Free };
        }
        let settle = RUNNING.wrapping_add(BIAS * REF).wrapping_sub((own_refs as u64) << REF_SHIFT);
        // Relaxed: a first guess.
        let mut word = self.word.load(Relaxed);
        loop {
            debug_assert!(word & RUNNING != 0, "only a run finishes a task: {:?}", Snapshot(word));
            let joined = word & JOINED != 0;
            if left && !joined {
                return ToDone::DropOutput;
            }
            debug_assert!(left || !joined, "`JOINED` is never set again");
            let awaited = word & AWAITED != 0;
            debug_assert!(joined || !awaited, "only a join handle waits: {:?}", Snapshot(word));
            let living = if awaited { 0 } else { REF };
            let next = word.wrapping_sub(settle).wrapping_sub(living) | DONE;
            // Release: a joiner sees the result. Acquire: the last one to go sees
            // everything, before it frees the block.
            match self.word.compare_exchange_weak(word, next, AcqRel, Relaxed) {
                Ok(_) if awaited => return ToDone::WakeJoiner,
                Ok(_) if next < REF => return ToDone::Free,
                Ok(_) => return ToDone::Nothing,
                Err(now) => word = now,
            }
        }
    }

    /// Makes the task runnable; the caller keeps its reference.
    pub(super) fn wake(&self) -> AfterWake {
        self.notify(NOTIFIED)
    }

    /// Asks for the future to be dropped in place of its next poll.
    pub(super) fn cancel(&self) -> AfterWake {
        self.notify(NOTIFIED | CANCELLED)
    }

    fn notify(&self, bits: u64) -> AfterWake {
        // Release: the next run sees what the waker wrote. A wake that finds the task
        // notified already must publish too, hence a write in every case. Acquire: the
        // owner's queue is entered with the task's own writes in view.
        let before = self.word.fetch_or(bits, AcqRel);
        if before & (RUNNING | NOTIFIED | DONE) == 0 {
            AfterWake::Schedule
        } else {
            AfterWake::Nothing
        }
    }

    pub(super) fn retain(&self) {
        // Relaxed: a new reference is made from one that exists.
        let before = self.word.fetch_add(REF, Relaxed);
        debug_assert!(before >= REF, "a reference to a freed task: {:?}", Snapshot(before));
    }

    /// Gives up a reference. True if it was the last: free the task.
    #[must_use]
    pub(super) fn release(&self) -> bool {
        // Release: what this holder did comes before the block is freed. Acquire: the
        // one who frees it sees what all others did.
        let before = self.word.fetch_sub(REF, AcqRel);
        debug_assert!(before >= REF, "a reference too many given up: {:?}", Snapshot(before));
        before < 2 * REF
    }

    /// The join handle has left a waiter. True if the task is done, and that will not be woken.
    pub(super) fn await_done(&self) -> bool {
        // Acquire: if the task is done, the caller sees the result. So it does if the waiter
        // before this one was woken: the end came before that.
        let word = self.word.load(Acquire);
        if word & (DONE | AWAITED) != 0 {
            return word & DONE != 0;
        }
        // Acquire: as above. Nothing is released: the cell of the waiter sees to itself.
        self.word.fetch_or(AWAITED, Acquire) & DONE != 0
    }

    /// Gives up the interest in the result; and the handle's reference, unless the task is done.
    pub(super) fn drop_join_handle(&self) -> AfterDropHandle {
        // Acquire: if the task is done, its result is dropped by the caller; and if it has the
        // last reference, it frees the block, and sees what all others did.
        let mut word = self.word.load(Acquire);
        loop {
            debug_assert!(word & JOINED != 0, "the join handle goes once: {:?}", Snapshot(word));
            if word & DONE != 0 {
                // Nobody looks at `JOINED` any more. A count of one leaves nobody else.
                let last = word < 2 * REF;
                return if last { AfterDropHandle::Last } else { AfterDropHandle::Done };
            }
            // The living reference stays. A result that is left to the run is the run's own.
            let next = (word & !(JOINED | AWAITED)) - REF;
            // Release: what the handle did to the block comes before it is freed. Acquire, of
            // failure: as above.
            match self.word.compare_exchange_weak(word, next, Release, Acquire) {
                Ok(_) => return AfterDropHandle::Nothing,
                Err(now) => word = now,
            }
        }
    }

    /// Whether a join handle is there; for the run, a hint.
    #[inline]
    pub(super) fn is_joined(&self) -> bool {
        // Relaxed: `transition_to_done` looks again.
        self.word.load(Relaxed) & JOINED != 0
    }

    pub(super) fn is_done(&self) -> bool {
        // Acquire: pairs with `transition_to_done`; the caller then sees the result.
        self.word.load(Acquire) & DONE != 0
    }

    pub(super) fn is_cancelled(&self) -> bool {
        // Relaxed: a hint to the runner, which looks again in `transition_to_running`.
        self.word.load(Relaxed) & CANCELLED != 0
    }

    /// How far the task is; for who looks at it.
    pub(super) fn stage(&self) -> TaskState {
        // Relaxed: a look, which may be old when it is used.
        let word = self.word.load(Relaxed);
        match word {
            _ if word & DONE != 0 => TaskState::Done,
            _ if word & RUNNING != 0 => TaskState::Running,
            _ if word & NOTIFIED != 0 => TaskState::Queued,
            _ => TaskState::Idle,
        }
    }

    /// Whether the task waits, with `known` references to it beside the living one and that
    /// of a join handle.
    pub(super) fn is_idle_with(&self, known: u64) -> bool {
        // Relaxed: once true, it stays so until a cancel. Outside of a run, the word counts all
        // references there are, and none is made of nothing.
        let word = self.word.load(Relaxed);
        let joined = u64::from(word & JOINED != 0);
        word & (RUNNING | NOTIFIED | DONE) == 0 && word >> REF_SHIFT == 1 + joined + known
    }

    pub(super) fn snapshot(&self) -> Snapshot {
        // Relaxed: for `Debug` only.
        Snapshot(self.word.load(Relaxed))
    }
}

/// A state word that prints its fields.
pub(super) struct Snapshot(u64);

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let has = |bit| self.0 & bit != 0;
        f.debug_struct("State")
            .field("running", &has(RUNNING))
            .field("notified", &has(NOTIFIED))
            .field("done", &has(DONE))
            .field("cancelled", &has(CANCELLED))
            .field("joined", &has(JOINED))
            .field("awaited", &has(AWAITED))
            .field("references", &(self.0 >> REF_SHIFT))
            .finish()
    }
}
