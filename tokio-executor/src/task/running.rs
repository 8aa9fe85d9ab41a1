//! What the current thread is running, and what that run owes its task's state word.
//!
//! Called by `cell` around every poll, by wakers and `coop` within it. All of it is
//! thread-local and plain: a self-wake or a waker cloned and dropped by the task's own
//! poll costs no atomic operation.
//!
//! Always true: `TASK` is the task whose poll is innermost on this thread; a nested
//! run puts its predecessor back.
//!
//! Why not keep these in the task's block? A leaf has no address of it; and what other threads do
//! not see needs no atomic operation.

use super::deferred;
use crate::sys::local;
use crate::waiter::Waiter;
use std::cell::Cell;
use std::ptr;

/// Operations that one poll of a task may complete.
pub(crate) const BUDGET: u32 = 128;

/// No budget is kept: nothing of ours is running here, or it must not be put off.
const UNLIMITED: u32 = u32::MAX;

/// It is found out whether the current futures 0.1 task is `task`: see `current_task`.
const CHECKED: u8 = 1;

/// The poll is recorded: see `inspect`.
const RECORDED: u8 = 2;

/// References to itself that a run counts in plain numbers. Others may give back each of them
/// before it is settled: far fewer than the `BIAS` of the state word, which is there for that.
pub(super) const MOST_OWN_REFS: i64 = 1 << 31;

/// The address of a task's header, or null. Here it is only compared; whoever made it knows what
/// it points to.
pub(super) type Address = *const ();

/// What a poll has done with streams of bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    NotYet,
    HasRead,
    /// Another task was woken after that.
    HasHandedOn,
}

/// What is where futures 0.1 looks for its current task, as far as a run has a say in that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// The run has put its task there, or no task of ours runs.
    Taken,
    /// The run has put nothing there.
    Empty,
    /// Nor will it.
    Gone,
}

struct Running {
    task: Cell<Address>,
    /// References to `task` made less those dropped on this thread during the run.
    own_refs: Cell<i64>,
    /// The run woke its own task.
    woken: Cell<bool>,
    /// Operations left to this poll.
    budget: Cell<u32>,
    /// What a handle of futures 0.1 for `task` has to be: [`CHECKED`], [`RECORDED`], both, or
    /// nothing of the kind.
    special: Cell<u8>,
    /// A waiter other than the task was refused, see `deferred`.
    has_deferred: Cell<bool>,
    /// What the next grant to such a waiter is.
    grant: Cell<u32>,
    /// Whether this poll has handed on what it read.
    reading: Cell<Reading>,
    place: Cell<Place>,
}

impl Running {
    const fn new() -> Running {
        Running {
            task: Cell::new(ptr::null()),
            own_refs: Cell::new(0),
            woken: Cell::new(false),
            budget: Cell::new(UNLIMITED),
            special: Cell::new(0),
            has_deferred: Cell::new(false),
            grant: Cell::new(BUDGET),
            reading: Cell::new(Reading::NotYet),
            place: Cell::new(Place::Taken),
        }
    }
}

local!(static RUNNING: Running = Running::new());

/// A run in progress.
pub(super) struct Run {
    /// What this thread ran before, where one run is inside another.
    outer: Option<Outer>,
}

struct Outer {
    task: Address,
    own_refs: i64,
    woken: bool,
    budget: u32,
    reading: Reading,
    special: u8,
    place: Place,
}

/// What a run owes the state word.
pub(super) struct Deferred {
    pub(super) own_refs: i64,
    pub(super) woken: bool,
}

impl Run {
    /// From here until `end`, this thread polls `task`.
    #[inline]
    pub(super) fn start(task: Address) -> Run {
        RUNNING.with(|r| {
            let outer = r.task.replace(task);
            let outer = if outer.is_null() { None } else { Some(r.put_aside(outer)) };
            r.budget.set(BUDGET);
            r.reading.set(Reading::NotYet);
            Run { outer }
        })
    }

    #[inline]
    pub(super) fn end(self) -> Deferred {
        RUNNING.with(|r| {
            if r.has_deferred.get() {
                wake_deferred();
            }
            let deferred =
                Deferred { own_refs: r.own_refs.replace(0), woken: r.woken.replace(false) };
            r.task.set(ptr::null());
            r.budget.set(UNLIMITED);
            r.place.set(Place::Taken);
            if let Some(outer) = self.outer {
                r.go_back_to(outer);
            }
            deferred
        })
    }
}

impl Running {
    #[cold]
    fn put_aside(&self, task: Address) -> Outer {
        Outer {
            task,
            own_refs: self.own_refs.replace(0),
            woken: self.woken.replace(false),
            budget: self.budget.get(),
            reading: self.reading.get(),
            special: self.special.replace(0),
            place: self.place.replace(Place::Taken),
        }
    }

    #[cold]
    fn go_back_to(&self, outer: Outer) {
        self.task.set(outer.task);
        self.own_refs.set(outer.own_refs);
        self.woken.set(outer.woken);
        self.budget.set(outer.budget);
        self.reading.set(outer.reading);
        self.special.set(outer.special);
        self.place.set(outer.place);
    }
}

/// Wakes everyone who was refused, from within the run: most lead to the task itself.
#[cold]
fn wake_deferred() {
    RUNNING.with(|r| {
        r.grant.set(BUDGET);
        while r.has_deferred.replace(false) {
            deferred::wake_all();
            // A waker may poll at once what it wakes, and that be refused in its turn. Once
            // more, then, but not for ever: whatever is polled from there is not refused.
            r.budget.set(UNLIMITED);
        }
    });
}

/// The poll reads from a stream.
#[inline]
pub(crate) fn note_read() {
    RUNNING.with(|r| r.reading.set(Reading::HasRead));
}

/// A task became runnable on this thread, other than by a wake of itself in its own run.
#[inline]
pub(super) fn note_wake_of_other() {
    RUNNING.with(|r| {
        if r.reading.get() == Reading::HasRead {
            r.reading.set(Reading::HasHandedOn);
        }
    });
}

/// Whether the poll has handed on what it read, and may be put off. Once for all that it has
/// handed on until now.
#[inline]
pub(crate) fn owes_a_turn() -> bool {
    RUNNING.with(|r| {
        let owes = r.reading.get() == Reading::HasHandedOn && r.budget.get() != UNLIMITED;
        if owes {
            r.reading.set(Reading::NotYet);
        }
        owes
    })
}

/// The running task was refused an operation.
pub(crate) fn refuse_self() {
    RUNNING.with(|r| r.woken.set(true));
}

/// Somebody whom the running task polls was refused an operation. True if it may go on after
/// all, as the poll waits for it.
pub(crate) fn refuse_other(waiter: impl FnOnce() -> Waiter) -> bool {
    if deferred::take_rescued() {
        grant();
        return true;
    }
    deferred::push(waiter());
    RUNNING.with(|r| r.has_deferred.set(true));
    false
}

/// Lets the poll go on: this thread waits within it. Twice as long each time, since a poll
/// that waits once will do so again.
pub(crate) fn grant() {
    RUNNING.with(|r| {
        let grant = r.grant.get();
        r.grant.set(grant.saturating_mul(2).min(1 << 30));
        // So that `grant` is put back when the poll is over.
        r.has_deferred.set(true);
        r.budget.set(grant);
    });
}

#[inline]
pub(crate) fn spend() -> bool {
    RUNNING.with(|r| match r.budget.get() {
        0 => false,
        UNLIMITED => true,
        left => {
            r.budget.set(left - 1);
            true
        }
    })
}

#[inline]
pub(crate) fn refund() {
    RUNNING.with(|r| {
        let left = r.budget.get();
        if left < BUDGET {
            r.budget.set(left + 1);
        }
    });
}

/// Whether `spend` would go through.
#[inline]
pub(crate) fn may_spend() -> bool {
    RUNNING.with(|r| r.budget.get() != 0)
}

pub(crate) fn without_budget<R>(f: impl FnOnce() -> R) -> R {
    struct Restore(u32);

    impl Drop for Restore {
        fn drop(&mut self) {
            RUNNING.with(|r| r.budget.set(self.0));
        }
    }

    let _restore = Restore(RUNNING.with(|r| r.budget.replace(UNLIMITED)));
    f()
}

/// What the innermost run has put where futures 0.1 looks for its current task.
#[inline]
pub(super) fn place() -> Place {
    RUNNING.with(|r| r.place.get())
}

#[inline]
pub(super) fn set_place(place: Place) {
    RUNNING.with(|r| r.place.set(place));
}

/// The task that this thread polls, or null.
#[inline]
pub(super) fn task() -> Address {
    RUNNING.with(|r| r.task.get())
}

/// Adds to the own references of `task` if this thread runs it, and they are not too many.
#[inline]
pub(super) fn adjust_refs(task: Address, by: i64) -> bool {
    RUNNING.with(|r| {
        let ours = ptr::eq(r.task.get(), task) && (by < 0 || r.own_refs.get() < MOST_OWN_REFS);
        if ours {
            r.own_refs.set(r.own_refs.get() + by);
        }
        ours
    })
}

/// Notes a wake of `task` by itself.
#[inline]
pub(super) fn wake_self(task: Address) -> bool {
    RUNNING.with(|r| {
        let ours = ptr::eq(r.task.get(), task);
        if ours {
            r.woken.set(true);
        }
        ours
    })
}

/// A check of the current futures 0.1 task is under way on this thread, see `current_task`.
pub(super) struct Check(());

impl Check {
    /// Begins one, if this thread runs a task.
    #[inline]
    pub(super) fn begin() -> Option<Check> {
        RUNNING.with(|r| {
            let runs = !r.task.get().is_null();
            runs.then(|| {
                r.special.set(r.special.get() | CHECKED);
                Check(())
            })
        })
    }
}

impl Drop for Check {
    #[inline]
    fn drop(&mut self) {
        RUNNING.with(|r| r.special.set(r.special.get() & !CHECKED));
    }
}

/// Whether a check is under way, or the poll is recorded.
#[inline]
pub(super) fn is_special() -> bool {
    RUNNING.with(|r| r.special.get() != 0)
}

/// Whether a check is under way, and `task` is the one that this thread runs.
#[inline]
pub(super) fn is_checked(task: Address) -> bool {
    RUNNING.with(|r| r.special.get() & CHECKED != 0 && ptr::eq(r.task.get(), task))
}

/// Whether the innermost poll on this thread is recorded.
#[inline]
pub(crate) fn is_recorded() -> bool {
    RUNNING.with(|r| r.special.get() & RECORDED != 0)
}

/// The innermost poll on this thread is recorded until this is dropped.
pub(super) struct Recorded {
    outer: u8,
}

impl Recorded {
    pub(super) fn begin() -> Recorded {
        Recorded { outer: RUNNING.with(|r| r.special.replace(RECORDED)) }
    }
}

impl Drop for Recorded {
    fn drop(&mut self) {
        RUNNING.with(|r| r.special.set(self.outer));
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    /// One poll that gave away 2^32 clones of its waker had its task freed below it: the count
    /// was raised by no more than that, and those that others dropped were taken off it.
    #[test]
    fn a_run_leaves_no_more_references_uncounted_than_its_bias_covers() {
        let block = 0_u8;
        let task: Address = ptr::from_ref(&block).cast();
        let run = Run::start(task);
        RUNNING.with(|r| r.own_refs.set(MOST_OWN_REFS - 1));
        assert!(adjust_refs(task, 1));
        assert!(!adjust_refs(task, 1), "the next one is counted where all see it");
        assert!(adjust_refs(task, -1));
        assert!(adjust_refs(task, 1));
        assert_eq!(run.end().own_refs, MOST_OWN_REFS);
    }
}
