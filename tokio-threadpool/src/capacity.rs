//! How many threads may block, and the tasks that wait in line for that.
//!
//! Called by `blocking`, which takes a permit and gives it back, and by `worker` after the poll of
//! a task that was granted one, and of one that is done.
//!
//! A permit that comes free is *granted* to the task in front, so that nobody can slip in
//! between. A task that is polled and does not use its grant loses it to the next.
//!
//! Always true: a task has one entry in the line, or one grant, or neither, however often
//! it is polled.
//!
//! Why not a semaphore of `sync`? That is two layers above, and knows no tasks.

use crate::panics::catch;
use std::collections::{BTreeMap, HashMap};
use std::mem;
use std::sync::atomic::Ordering::Relaxed;
use tokio_executor::internals::inspect::note_wait;
use tokio_executor::internals::sys::{AtomicUsize, Mutex, MutexGuard};
use tokio_executor::task::{Context, TaskRef};
use tokio_executor::waiter::Waiter;

/// How many threads may block, and which tasks wait for that.
#[derive(Debug)]
pub(crate) struct Capacity {
    /// Held to take, grant and return permits; nothing is woken, cloned or dropped under it.
    line: Mutex<Line>,
    /// Mirrors the line, so that a worker need not lock to learn that it is empty: twice the
    /// number of tasks that were granted a permit and have not come for it, and one more if
    /// others wait.
    entries: AtomicUsize,
}

#[derive(Debug, Default)]
struct Line {
    free: usize,
    taken: usize,
    /// By order of arrival. A task has one entry at most, whose number stands in `places`.
    waiting: BTreeMap<u64, Entry>,
    places: HashMap<usize, u64>,
    next_place: u64,
    granted: Vec<TaskRef>,
}

/// A task that waits for a permit.
#[derive(Debug)]
struct Entry {
    task: TaskRef,
    /// Each part of the task that asked: there are several in a `FuturesUnordered`, say.
    waiters: Vec<Waiter>,
}

impl Line {
    fn take_granted(&mut self, task: usize) -> Option<TaskRef> {
        let at = self.granted.iter().position(|granted| granted.address() == task)?;
        Some(self.granted.swap_remove(at))
    }

    /// Takes a permit that was granted to `task`, or a free one.
    fn take(&mut self, task: usize) -> bool {
        if self.take_granted(task).is_none() {
            if self.free == 0 {
                return false;
            }
            self.free -= 1;
        }
        self.taken += 1;
        true
    }

    fn entry(&mut self, task: usize) -> Option<&mut Entry> {
        self.waiting.get_mut(self.places.get(&task)?)
    }

    fn push(&mut self, entry: Entry) {
        self.places.insert(entry.task.address(), self.next_place);
        self.waiting.insert(self.next_place, entry);
        self.next_place += 1;
    }

    fn remove(&mut self, task: usize) -> Option<Entry> {
        self.waiting.remove(&self.places.remove(&task)?)
    }

    /// Grants a permit that has come free to the task in front, which is to be woken.
    fn grant(&mut self) -> Option<Entry> {
        let Some((_, entry)) = self.waiting.pop_first() else {
            self.free += 1;
            return None;
        };
        self.places.remove(&entry.task.address());
        self.granted.push(entry.task.clone());
        Some(entry)
    }
}

impl Entry {
    /// Wakes all that asked: one of them gets the permit, and the others line up again.
    fn wake(self) {
        wake_all(self.waiters);
        // The branch of the task that waited may be gone, and its waiter with it. The task
        // is polled all the same, so that a grant without a taker goes on.
        self.task.wake();
    }
}

fn wake_all(waiters: Vec<Waiter>) {
    for waiter in waiters {
        // A worker does this, and must not go with a waker that panics. The panic hook has
        // reported it.
        let _ = catch(|| waiter.wake());
    }
}

impl Capacity {
    pub(crate) fn new(max: usize) -> Capacity {
        let line = Line { free: max, ..Line::default() };
        Capacity { line: Mutex::new(line), entries: AtomicUsize::new(0) }
    }

    fn line(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(|e| e.into_inner())
    }

    /// Takes a permit for the running task, or puts it in line.
    pub(crate) fn take(&self, cx: &Context<'_>) -> bool {
        let Some(task) = TaskRef::running() else { return false };
        let address = task.address();
        let mut waiters = {
            let mut line = self.line();
            if line.take(address) {
                self.note_entries(&line);
                return true;
            }
            line.entry(address).map(|entry| mem::take(&mut entry.waiters)).unwrap_or_default()
        };
        // A waker may run anyone's code when it is compared or cloned: not under the lock.
        // Nobody else adds to this task's entry, since it is this thread that polls it.
        note_wait("a thread to block, of which all are taken", self);
        if !waiters.iter().any(|waiter| cx.is(waiter)) {
            waiters.push(cx.waiter());
        }
        {
            let mut line = self.line();
            if !line.take(address) {
                match line.entry(address) {
                    Some(entry) => entry.waiters = waiters,
                    None => line.push(Entry { task, waiters }),
                }
                self.note_entries(&line);
                return false;
            }
            self.note_entries(&line);
        }
        // The grant came in between, and found the entry without its waiters.
        wake_all(waiters);
        true
    }

    /// Returns a permit: to the task in front, if one waits.
    pub(crate) fn give_back(&self) {
        let next = {
            let mut line = self.line();
            line.taken -= 1;
            let next = line.grant();
            self.note_entries(&line);
            next
        };
        if let Some(entry) = next {
            entry.wake();
        }
    }

    /// How many threads block, and how many tasks wait for their turn.
    pub(crate) fn usage(&self) -> (usize, usize) {
        let line = self.line();
        (line.taken, line.waiting.len())
    }

    fn note_entries(&self, line: &Line) {
        // Relaxed: the worker that polls a granted task was woken after this, and the one
        // that ends a waiting task did this itself, or got the task from the one that did.
        let waiting = usize::from(!line.waiting.is_empty());
        self.entries.store(2 * line.granted.len() + waiting, Relaxed);
    }

    /// Whether `after_poll` must be called for a task that waits.
    #[inline]
    pub(crate) fn has_granted(&self) -> bool {
        // Relaxed: see `note_entries`.
        self.entries.load(Relaxed) > 1
    }

    /// Whether `after_poll` must be called for a task that is done.
    #[inline]
    pub(crate) fn has_entries(&self) -> bool {
        // Relaxed: see `note_entries`.
        self.entries.load(Relaxed) != 0
    }

    /// `task` was polled, and is not about to be polled again. A grant that it did not use
    /// goes to the next; and a task that is done leaves the line.
    #[cold]
    pub(crate) fn after_poll(&self, task: usize, done: bool) {
        let (revoked, gone, next) = {
            let mut line = self.line();
            let revoked = line.take_granted(task);
            // The address of a task that is done may be that of a new one by now.
            let stale = done && line.entry(task).is_some_and(|entry| entry.task.is_done());
            let gone = if stale { line.remove(task) } else { None };
            let next = revoked.is_some().then(|| line.grant()).flatten();
            self.note_entries(&line);
            (revoked, gone, next)
        };
        if let Some(entry) = next {
            entry.wake();
        }
        // With the last reference a task's memory goes, and with a waiter what a caller
        // put in it.
        let _ = catch(|| drop((revoked, gone)));
    }
}

#[cfg(all(loom, test))]
mod for_models {
    impl super::Capacity {
        /// Permits that nobody has.
        pub(crate) fn free(&self) -> usize {
            self.line().free
        }
    }
}
