//! The part of an executor that belongs to its own thread.
//!
//! The run queue, the list of waiting tasks, and what the loop keeps from round to round. `here`
//! calls it; it calls neither the executor's handles nor its loop.
//!
//! Always true: one thread at a time has it. The counts are atomic only so that others can read
//! them as statistics.
//!
//! Why is it apart from `Shared`? What needs neither lock nor atomic operation is kept where other
//! threads have no way to it.

use super::numbers::Counts;
use super::ring::Ring;
use std::cell::{Cell, RefCell, UnsafeCell};
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicU64, AtomicUsize};
use std::time::{Duration, Instant};
use tokio_executor::internals::{forced_yields, unwind};
use tokio_executor::task::{LocalTaskList, Runnable};
use tokio_executor::waiter::Waiter;

/// See the header. Not `Sync`.
pub(super) struct Home {
    pub(super) ready: RunQueue,
    pub(super) waiting: LocalTaskList,
    /// Tasks spawned here less tasks done, wherever spawned: add those that other threads
    /// submitted, and it is the number of tasks there are.
    balance: AtomicUsize,
    /// Tasks that a `block_on` has made of the future it waits for.
    roots: AtomicUsize,
    /// The address of the innermost of them, or 0.
    root: Cell<usize>,
    /// That task, if a poll has woken it: it comes after all that polls wake and spawn, or first
    /// in the next batch. So it does in tokio 1.x and 0.2, and programs count on what tasks
    /// have done by then that were woken together with it.
    late_root: Cell<Option<Runnable>>,
    /// Its address, or 0 if it is queued as any other: in 0.1, and while the parker wakes.
    late: Cell<usize>,
    movable: bool,
    parking: Cell<Parking>,
    /// Sleeps begun, sleeps ended, and the time between them: each is written by the own
    /// thread, for statistics.
    parks: AtomicU64,
    unparks: AtomicU64,
    busy_ns: AtomicU64,
    pub(super) counts: Counts,
    /// Since when the executor runs or is awake.
    awake_since: Cell<Option<Instant>>,
    /// Those who yielded to the parker: woken when that has had a turn.
    deferred: RefCell<Vec<Waiter>>,
    batch: Batch,
}

/// The polls until the parker has its turn.
#[derive(Default)]
struct Batch {
    /// How many it has.
    polls: Cell<usize>,
    /// How many were ready when it began.
    round: Cell<usize>,
    /// How often this thread's tasks had been refused for want of budget by then.
    refused: Cell<u64>,
}

/// What a wake on the own thread must do, apart from queueing the task.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Parking {
    /// Nothing: the executor looks at the queue before it sleeps.
    Awake,
    /// Unpark: the wake came from within a `park` that may be about to sleep.
    MaySleep,
}

/// The tasks to be polled, in order.
///
/// Nothing of a caller's runs while it is borrowed, so the borrows never overlap.
pub(super) struct RunQueue(UnsafeCell<Ring<Runnable>>);

impl RunQueue {
    #[inline]
    pub(super) fn push_back(&self, task: Runnable) {
        // SAFETY: a queue is not `Sync`, and no borrow is alive; see the type.
        unsafe { (*self.0.get()).push_back(task) };
    }

    pub(super) fn push_front(&self, task: Runnable) {
        // SAFETY: as above.
        unsafe { (*self.0.get()).push_front(task) };
    }

    #[inline]
    pub(super) fn pop_front(&self) -> Option<Runnable> {
        // SAFETY: as above.
        unsafe { (*self.0.get()).pop_front() }
    }

    /// Reverses the order of the tasks after the first `kept` ones.
    #[inline]
    pub(super) fn reverse_from(&self, kept: usize) {
        // SAFETY: as above.
        unsafe { (*self.0.get()).reverse_from(kept) };
    }

    #[inline]
    pub(super) fn len(&self) -> usize {
        // SAFETY: as above.
        unsafe { (*self.0.get()).len() }
    }
}

impl Home {
    /// Of a movable executor, that of tokio 1.x and 0.2: with samples of how long polls take,
    /// for which somebody may ask.
    pub(super) fn new(movable: bool) -> Home {
        Home {
            ready: RunQueue(UnsafeCell::new(Ring::new())),
            waiting: LocalTaskList::new(),
            balance: AtomicUsize::new(0),
            roots: AtomicUsize::new(0),
            root: Cell::new(0),
            late_root: Cell::new(None),
            late: Cell::new(0),
            movable,
            parking: Cell::new(Parking::Awake),
            parks: AtomicU64::new(0),
            unparks: AtomicU64::new(0),
            busy_ns: AtomicU64::new(0),
            counts: Counts::new(movable),
            awake_since: Cell::new(None),
            deferred: RefCell::new(Vec::new()),
            batch: Batch::default(),
        }
    }

    /// The number of tasks less those that other threads submitted. Any thread may ask.
    #[inline]
    pub(super) fn balance(&self) -> usize {
        // Relaxed: the own thread reads its own stores; to others it is a statistic.
        self.balance.load(Relaxed)
    }

    /// Adds to the number of tasks.
    #[inline]
    pub(super) fn count(&self, by: usize) {
        // Relaxed: one thread at a time writes it.
        self.balance.store(self.balance().wrapping_add(by), Relaxed);
    }

    /// The number of tasks that `block_on` made. Any thread may ask.
    pub(super) fn roots(&self) -> usize {
        // Relaxed: a statistic.
        self.roots.load(Relaxed)
    }

    /// Takes the task that a `block_on` has made, to be polled next. Returns the address of the
    /// one around it, or 0.
    pub(super) fn root_begins(&self, task: Runnable) -> usize {
        // Relaxed: a statistic.
        self.roots.fetch_add(1, Relaxed);
        self.counts.is_root();
        let outer = self.root.replace(task.address());
        self.polls_wake_root_late(true);
        self.ready.push_front(task);
        outer
    }

    /// Whether the task of a `block_on` comes after the others if it is woken from here on.
    pub(super) fn polls_wake_root_late(&self, late: bool) {
        self.late.set(if late && self.movable { self.root.get() } else { 0 });
    }

    /// The task of a `block_on` is done, or will be soon; `outer` is the one around it.
    pub(super) fn root_is_over(&self, outer: usize) {
        // Relaxed: a statistic.
        self.roots.fetch_sub(1, Relaxed);
        self.root.set(outer);
        self.polls_wake_root_late(true);
        // It is ready, and will be cancelled: the parker failed.
        if let Some(task) = self.late_root.take() {
            self.ready.push_back(task);
        }
    }

    /// Takes in a task that comes from another thread.
    pub(super) fn take_in(&self, task: Runnable) {
        if task.address() != self.root.get() {
            self.counts.took_in();
        }
        self.ready.push_back(task);
    }

    /// Takes a task that is ready.
    #[inline]
    pub(super) fn push(&self, task: Runnable) {
        if task.address() == self.late.get() {
            let before = self.late_root.replace(Some(task));
            debug_assert!(before.is_none(), "a task is ready once at a time");
        } else {
            self.ready.push_back(task);
        }
    }

    /// The task to be polled next.
    #[inline]
    pub(super) fn pop(&self) -> Option<Runnable> {
        self.ready.pop_front().or_else(|| self.late_root.take())
    }

    /// The number of tasks that can be polled now.
    #[inline]
    pub(super) fn ready_len(&self) -> usize {
        let late = self.late_root.take();
        let len = self.ready.len() + usize::from(late.is_some());
        self.late_root.set(late);
        len
    }

    /// Sets what a wake on the own thread must do.
    pub(super) fn set_parking(&self, parking: Parking) {
        self.parking.set(parking);
    }

    /// Whether the parker must be unparked now, which it must be once.
    #[inline]
    pub(super) fn must_unpark(&self) -> bool {
        if self.parking.get() == Parking::MaySleep {
            self.parking.set(Parking::Awake);
            return true;
        }
        false
    }

    /// Begins a batch of `most` polls.
    pub(super) fn begin_batch(&self, most: usize) {
        if let Some(root) = self.late_root.take() {
            self.ready.push_front(root);
        }
        self.batch.polls.set(most);
        self.batch.round.set(self.ready.len());
        self.batch.refused.set(forced_yields());
    }

    /// The length of the batch. It may become shorter.
    #[inline]
    pub(super) fn batch_len(&self) -> usize {
        self.batch.polls.get()
    }

    /// Takes back a task that was woken during its poll. If it yielded for want of budget, the
    /// batch ends once all that were ready when it began have had their turn: the task yields
    /// to the parker, too.
    #[inline]
    pub(super) fn push_woken(&self, task: Runnable) {
        self.push(task);
        if forced_yields() != self.batch.refused.get() {
            self.batch.polls.set(self.batch.polls.get().min(self.batch.round.get()));
        }
    }

    /// Has `waiter` woken after the next turn of the parker.
    pub(super) fn defer(&self, waiter: Waiter) {
        self.deferred.borrow_mut().push(waiter);
    }

    /// Whether somebody has yielded to the parker.
    #[inline]
    pub(super) fn has_deferred(&self) -> bool {
        !self.deferred.borrow().is_empty()
    }

    /// Wakes those who yielded to the parker.
    #[inline]
    pub(super) fn wake_deferred(&self) {
        if self.has_deferred() {
            // A waker that panics must not keep the others from being woken.
            for waiter in self.deferred.take() {
                unwind::quietly(|| waiter.wake());
            }
        }
    }

    /// The executor has begun to run, or woken up.
    pub(super) fn awake(&self) {
        self.awake_since.set(Some(Instant::now()));
        self.counts.awake();
    }

    /// Counts a sleep that begins.
    pub(super) fn falls_asleep(&self) {
        self.rests();
        self.counts.falls_asleep();
        // Relaxed: a statistic with one writer, as the others here.
        self.parks.store(self.parks.load(Relaxed) + 1, Relaxed);
    }

    /// Counts the time for which the executor was awake: it sleeps, or runs no more.
    pub(super) fn rests(&self) {
        if let Some(since) = self.awake_since.take() {
            // Relaxed: a statistic with one writer, as the others here.
            let busy = self.busy_ns.load(Relaxed).wrapping_add(since.elapsed().as_nanos() as u64);
            self.busy_ns.store(busy, Relaxed);
            self.counts.rests();
        }
    }

    /// Counts a sleep that has ended.
    pub(super) fn wakes_up(&self) {
        // Relaxed: as above.
        self.unparks.store(self.unparks.load(Relaxed) + 1, Relaxed);
        self.awake();
    }

    /// Times that the executor went to sleep, times that it did so or woke up, and for how
    /// long it was awake. Any thread may ask.
    pub(super) fn sleeps(&self) -> (u64, u64, Duration) {
        // Relaxed: statistics.
        let (parks, unparks) = (self.parks.load(Relaxed), self.unparks.load(Relaxed));
        (parks, parks + unparks, Duration::from_nanos(self.busy_ns.load(Relaxed)))
    }
}
