//! Polls that are made to be looked at, and the stacks that were noted in them.
//!
//! Called by `inspect`: whoever looks enters the tasks and wakes them; `Poll::begin` takes each
//! out as its executor polls it, and `Poll::end` delivers what was seen.
//!
//! Always true: a task is looked at by its own executor, and a few at a time are woken for
//! that, so that other tasks have their turn in between. A stack that was seen before is not
//! captured again: of many tasks, most wait at few places.
//!
//! Why not name the functions of a stack where it is captured? That reads the program's debug
//! information, for milliseconds, under a lock of std's that the next capture takes.

use super::{addresses, lock, Few, Recording, Wait};
use crate::task::TaskRef;
use std::backtrace::Backtrace;
use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

/// What a poll that was made to be looked at came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// The task waits.
    Waits,
    /// The task has ended.
    Done,
}

/// What was seen in a poll that was made for that.
#[derive(Debug)]
#[non_exhaustive]
pub struct Captured {
    /// What came of the poll.
    pub state: Seen,
    /// What the task waits for.
    pub waits: Few<Wait>,
    /// The stack of the thread as each of `waits` was noted; one for all that are equal, as
    /// far as this is known.
    pub stacks: Few<Arc<Backtrace>>,
}

/// Stacks by their addresses.
#[derive(Default)]
pub(super) struct Stacks {
    /// Held to look one up and to add one.
    known: Mutex<HashMap<Box<[usize]>, Arc<Backtrace>>>,
}

impl Stacks {
    /// The stack of this thread, which is known by its frames below `base`.
    pub(super) fn capture(&self, base: usize) -> Arc<Backtrace> {
        let mut room: addresses::Room = std::array::from_fn(|_| 0);
        let Some(way) = addresses::below(base, &mut room) else {
            return Arc::new(Backtrace::force_capture());
        };
        if let Some(stack) = lock(&self.known).get(way) {
            return stack.clone();
        }
        let stack = Arc::new(Backtrace::force_capture());
        lock(&self.known).entry(way.into()).or_insert(stack).clone()
    }
}

/// Polls that somebody waits for.
pub(super) struct Batch {
    stacks: Arc<Stacks>,
    /// Held to add to it, to look at it and to take it.
    seen: Mutex<AllSeen>,
    enough: Condvar,
}

struct AllSeen {
    by_id: HashMap<u64, Captured>,
    /// From how many on whoever waits goes on.
    enough: usize,
}

impl Batch {
    pub(super) fn stacks(&self) -> &Arc<Stacks> {
        &self.stacks
    }

    pub(super) fn deliver(&self, id: u64, captured: Captured) {
        let mut seen = lock(&self.seen);
        seen.by_id.insert(id, captured);
        let is_enough = seen.by_id.len() == seen.enough;
        drop(seen);
        if is_enough {
            self.enough.notify_all();
        }
    }

    /// Waits until so many are seen, or until none was for as long as `patience`, or `until`.
    /// Whether they are.
    fn wait_for(&self, enough: usize, patience: Duration, until: Instant) -> bool {
        let mut seen = lock(&self.seen);
        seen.enough = enough;
        while seen.by_id.len() < enough {
            let left = until.saturating_duration_since(Instant::now()).min(patience);
            let before = seen.by_id.len();
            let (locked, waited) =
                self.enough.wait_timeout(seen, left).unwrap_or_else(|e| e.into_inner());
            seen = locked;
            if waited.timed_out() && (seen.by_id.len() == before || Instant::now() >= until) {
                return seen.by_id.len() >= enough;
            }
        }
        true
    }
}

/// The tasks whose next poll is to be looked at. Held to read and change it.
static WANTED: Mutex<Option<HashMap<u64, Arc<Batch>>>> = Mutex::new(None);

pub(super) fn take_wanted(id: u64) -> Option<Arc<Batch>> {
    lock(&WANTED).as_mut()?.remove(&id)
}

/// Looks at polls, and keeps each stack once.
#[derive(Debug)]
pub struct Capturing {
    stacks: Arc<Stacks>,
    _on: Recording,
}

impl Capturing {
    /// Begins to look.
    pub fn start() -> Capturing {
        Capturing { stacks: Arc::default(), _on: Recording::start() }
    }

    /// Wakes `tasks`, and looks where each of them comes to wait again.
    ///
    /// Each is polled by its executor, as after any wake: a poll for nothing is always allowed.
    /// At most `at_a_time` are woken and not polled yet: for these, other tasks of the executor
    /// may have to wait. If none is polled for as long as `patience`, and at the time `until`,
    /// those that were not polled yet are missing from the result.
    pub fn capture(
        &self,
        tasks: &[TaskRef],
        at_a_time: usize,
        patience: Duration,
        until: Instant,
    ) -> HashMap<u64, Captured> {
        let by_id = HashMap::with_capacity(tasks.len());
        let seen = Mutex::new(AllSeen { by_id, enough: 0 });
        let batch = Arc::new(Batch { stacks: self.stacks.clone(), seen, enough: Condvar::new() });
        // While one half is polled, the other half is woken.
        let half = (at_a_time / 2).max(1);
        let mut woken = 0;
        let mut goes_on = true;
        for part in tasks.chunks(half) {
            {
                let mut wanted = lock(&WANTED);
                let wanted = wanted.get_or_insert_default();
                part.iter().for_each(|task| drop(wanted.insert(task.id(), batch.clone())));
            }
            part.iter().for_each(|task| crate::unwind::quietly(|| task.wake()));
            woken += part.len();
            goes_on = batch.wait_for(woken.saturating_sub(half), patience, until);
            if !goes_on {
                break;
            }
        }
        if !(goes_on && batch.wait_for(woken, patience, until)) {
            if let Some(wanted) = lock(&WANTED).as_mut() {
                wanted.retain(|_, of| !Arc::ptr_eq(of, &batch));
            }
        }
        let seen = std::mem::take(&mut lock(&batch.seen).by_id);
        seen
    }
}

impl std::fmt::Debug for Stacks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stacks").field("known", &lock(&self.known).len()).finish()
    }
}
