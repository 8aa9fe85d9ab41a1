//! The tasks that wait for one source by way of `&self`, beside the one task a side that
//! `poll_*` methods keep in a cell.
//!
//! A future that waits (`wait`) enters the list when it first finds its source not ready, and
//! leaves when it is done or dropped. An event wakes all whose interest it is among, so a
//! waiter that is dropped after it was woken owes nothing to the others: they are awake too,
//! and the source stays ready until one of them finds that it is not.
//!
//! Called by `wait` for a task, and by `source` for an event.
//!
//! Always true: a waiter enters the list, then sets `listed` in the readiness word and looks
//! at it, in one operation; an event goes into the word and looks for `listed`, in one
//! operation. So either the waiter sees the event or the event sees the waiter. Tasks are
//! woken, and their handles dropped, while the lock is not held.
//!
//! Why not links inside the futures? They would need `unsafe`, and pinning. The list is made
//! when an entry's source first has such a waiter, and stays with the entry: after that a wait
//! allocates nothing.

use crate::readiness::{Readiness, Seen, Sides};
use std::fmt;
use tokio_executor::internals::sys::{Mutex, MutexGuard};
use tokio_executor::internals::unwind;
use tokio_executor::internals::wait_list::{Key, WaitList};
use tokio_executor::waiter::Waiter;

/// Tasks that are woken between two looks at the list.
const BATCH: usize = 16;

/// See the top of the file.
pub(crate) struct Waiters {
    /// Held to enter, to leave and to take the tasks that an event wakes; never while one is
    /// woken or dropped.
    list: Mutex<Option<Box<List>>>,
}

#[derive(Default)]
struct List {
    entries: WaitList<Entry>,
    /// Entries that have a task to be woken. `listed` is set while there are any.
    waiting: usize,
    /// Counts events, so that one does not wake those that came after it.
    round: u64,
}

struct Entry {
    sides: Sides,
    /// None once it was woken.
    waiter: Option<Waiter>,
    round: u64,
}

impl Waiters {
    pub(crate) fn new() -> Waiters {
        Waiters { list: Mutex::new(None) }
    }

    /// Enters `waiter`, or makes it the one of an entry that is there, and looks.
    pub(crate) fn enter(
        &self,
        readiness: &Readiness,
        key: &mut Option<Key>,
        sides: Sides,
        waiter: Waiter,
    ) -> (Seen, Option<Waiter>) {
        let mut list = self.lock();
        let list = list.get_or_insert_default();
        let round = list.round;
        let former = match key.and_then(|key| list.entries.get_mut(key)) {
            Some(entry) => {
                entry.round = round;
                entry.sides = sides;
                entry.waiter.replace(waiter)
            }
            None => {
                let entry = Entry { sides, waiter: Some(waiter), round };
                *key = Some(list.entries.push_newest(entry));
                None
            }
        };
        if former.is_none() {
            list.waiting += 1;
        }
        (readiness.list(), former)
    }

    /// Takes out the entry.
    pub(crate) fn leave(&self, readiness: &Readiness, key: Key) -> Option<Waiter> {
        let mut list = self.lock();
        let list = list.as_mut()?;
        let waiter = list.entries.remove(key)?.waiter;
        if waiter.is_some() {
            list.forget_waiting(1, readiness);
        }
        waiter
    }

    /// Wakes all who wait for any of `sides`.
    #[cold]
    pub(crate) fn wake(&self, readiness: &Readiness, sides: Sides) {
        let mut batch: [Option<Waiter>; BATCH] = [const { None }; BATCH];
        let mut until = None;
        loop {
            let taken = {
                let mut list = self.lock();
                let Some(list) = list.as_mut() else { return };
                let until = *until.get_or_insert_with(|| {
                    list.round += 1;
                    list.round
                });
                list.take(readiness, sides, until, &mut batch)
            };
            for waiter in batch[..taken].iter_mut().filter_map(Option::take) {
                // A waker that panics must not keep the other tasks from their events; the
                // panic hook has reported it.
                unwind::quietly(|| waiter.wake());
            }
            if taken < BATCH {
                return;
            }
        }
    }

    /// Forgets everyone: futures that were leaked, for no other outlives the source. Drop
    /// what it returns while no lock is held.
    pub(crate) fn clear(&self) -> Leaked {
        let mut list = self.lock();
        match list.as_mut() {
            Some(list) if !list.entries.is_empty() => {
                list.waiting = 0;
                Leaked(std::mem::take(&mut list.entries))
            }
            _ => Leaked(WaitList::new()),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Box<List>>> {
        // Nothing that can panic leaves the list half changed.
        self.list.lock().unwrap_or_else(|e| e.into_inner())
    }
}

/// What is left of waiters that never ended.
#[must_use]
pub(crate) struct Leaked(#[expect(dead_code, reason = "kept to be dropped")] WaitList<Entry>);

impl List {
    /// Moves tasks that wait for any of `sides` since before round `until` into `batch`;
    /// returns how many.
    fn take(
        &mut self,
        readiness: &Readiness,
        sides: Sides,
        until: u64,
        batch: &mut [Option<Waiter>; BATCH],
    ) -> usize {
        let mut taken = 0;
        self.entries.for_each_mut(|entry| {
            let concerned = entry.round < until && entry.sides.intersects(sides);
            if taken < BATCH && concerned && entry.waiter.is_some() {
                batch[taken] = entry.waiter.take();
                taken += 1;
            }
        });
        if taken > 0 {
            self.forget_waiting(taken, readiness);
        }
        taken
    }

    /// Counts `count` waiters less.
    fn forget_waiting(&mut self, count: usize, readiness: &Readiness) {
        debug_assert!(count <= self.waiting, "{count} of {} waiters", self.waiting);
        self.waiting -= count;
        if self.waiting == 0 {
            readiness.unlist();
        }
    }
}

impl fmt::Debug for Waiters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let waiting = self.lock().as_ref().map_or(0, |list| list.waiting);
        f.debug_struct("Waiters").field("waiting", &waiting).finish()
    }
}
