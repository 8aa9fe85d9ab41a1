//! The waiting tasks of an executor, so that it can drop them when it shuts down.
//!
//! A task enters the list when it first has to wait, and leaves it when it is done: one
//! that ends in its first poll is never here. Executors call it, as owners of their tasks.
//!
//! Always true: a task in a list is not done, so its block is there, although the list counts as
//! no reference. The links of a task belong to whoever holds the list's lock.
//!
//! Why not a set of handles? The links are in the task's own block, so entering and
//! leaving allocate nothing and hold the lock for a few instructions.

use super::header::{Header, Links};
use super::task_ref::TaskRef;
use crate::sys::{Mutex, MutexGuard};
use std::cell::RefCell;
use std::fmt;
use std::ptr::NonNull;

/// Tasks that a walk takes in before it lets others have the list: a walk over many holds up
/// who enters or leaves for that many steps at most.
const PIECE: usize = 128;

/// The waiting tasks of an executor, or of one of its workers.
///
/// Holds no references: a task that is in the list is not done, and so is alive.
pub struct TaskList {
    /// The newest task, and through its links all others. Held to enter, to leave, and
    /// to collect; never while waking, polling, or dropping anything.
    ends: Mutex<Ends>,
    /// Held by whoever walks, for `Ends` has one cursor. Taken before `ends`, and by nobody
    /// who enters or leaves.
    walk: Mutex<()>,
}

/// A [`TaskList`] for an executor whose tasks never leave their thread: no lock.
pub struct LocalTaskList {
    /// Borrowed to enter, to leave, and to collect; as the lock above.
    ends: RefCell<Ends>,
}

struct Ends {
    newest: Option<NonNull<Header>>,
    /// The next task of the walk that is under way, which is in the list.
    cursor: Option<NonNull<Header>>,
    len: usize,
}

// SAFETY: the pointers are followed by whoever has the list to itself, and a listed
// task is alive.
unsafe impl Send for Ends {}

impl Ends {
    const fn new() -> Ends {
        Ends { newest: None, cursor: None, len: 0 }
    }

    /// # Safety
    ///
    /// `task` is in no list, and is removed before it is done.
    unsafe fn insert(&mut self, task: &TaskRef) {
        let older = self.newest.replace(task.as_header());
        // SAFETY: who has the list has the links of its tasks.
        task.header().links.with_mut(|l| unsafe { *l = Links { newer: None, older } });
        if let Some(older) = older {
            // SAFETY: as above, and a listed task is alive.
            unsafe { older.as_ref().links.with_mut(|l| (*l).newer = Some(task.as_header())) };
        }
        self.len += 1;
    }

    /// # Safety
    ///
    /// `task` is in this list.
    unsafe fn remove(&mut self, task: &TaskRef) {
        // SAFETY: who has the list has the links of its tasks.
        let Links { newer, older } =
            task.header().links.with_mut(|l| unsafe { std::mem::replace(&mut *l, Links::new()) });
        match newer {
            // SAFETY: as above, and a listed task is alive.
            Some(newer) => unsafe { newer.as_ref().links.with_mut(|l| (*l).older = older) },
            None => {
                debug_assert_eq!(self.newest, Some(task.as_header()), "not in this list");
                self.newest = older;
            }
        }
        if let Some(older) = older {
            // SAFETY: as above, and a listed task is alive.
            unsafe { older.as_ref().links.with_mut(|l| (*l).newer = newer) };
        }
        if self.cursor == Some(task.as_header()) {
            self.cursor = older;
        }
        self.len -= 1;
    }

    /// Adds up to `piece` tasks to `tasks`, from the cursor on to older ones, and moves the
    /// cursor past them. Whether some are left.
    fn walk_on(&mut self, tasks: &mut Vec<TaskRef>, piece: usize) -> bool {
        for _ in 0..piece {
            let Some(task) = self.cursor else { break };
            tasks.push(TaskRef::retain(task));
            // SAFETY: a listed task is alive, and who has the list has its links.
            self.cursor = unsafe { task.as_ref().links.with(|l| (*l).older) };
        }
        self.cursor.is_some()
    }

    fn collect(&self) -> Vec<TaskRef> {
        let mut tasks = Vec::with_capacity(self.len);
        let mut next = self.newest;
        while let Some(task) = next {
            tasks.push(TaskRef::retain(task));
            // SAFETY: a listed task is alive, and who has the list has its links.
            next = unsafe { task.as_ref().links.with(|l| (*l).older) };
        }
        tasks
    }
}

impl TaskList {
    /// Returns an empty list.
    pub fn new() -> TaskList {
        TaskList { ends: Mutex::new(Ends::new()), walk: Mutex::new(()) }
    }

    fn lock(&self) -> MutexGuard<'_, Ends> {
        self.ends.lock().unwrap_or_else(|e| e.into_inner())
    }

    /// Enters `task`.
    ///
    /// # Safety
    ///
    /// `task` is in no list, and [`remove`](TaskList::remove) is called before it is
    /// done.
    pub unsafe fn insert(&self, task: &TaskRef) {
        // SAFETY: passed on.
        unsafe { self.lock().insert(task) };
    }

    /// Takes `task` out.
    ///
    /// # Safety
    ///
    /// `task` is in this list.
    pub unsafe fn remove(&self, task: &TaskRef) {
        // SAFETY: passed on.
        unsafe { self.lock().remove(task) };
    }

    /// Cancels every task in the list, oldest first: each is handed to its owner once more, which
    /// then drops its future.
    pub fn cancel_all(&self) {
        // Cancel after unlocking: a cancelled task leaves the list.
        let tasks = self.lock().collect();
        for task in tasks.into_iter().rev() {
            task.cancel();
        }
    }

    /// References to the tasks in the list, newest first.
    ///
    /// The list is walked in pieces, between which tasks enter and leave: one that was in it
    /// from the start of the call to its end is in the result, and one that enters meanwhile
    /// is not.
    pub fn tasks(&self) -> Vec<TaskRef> {
        self.walk(PIECE, || {})
    }

    /// As [`tasks`](TaskList::tasks), with a call between two pieces.
    fn walk(&self, piece: usize, mut between: impl FnMut()) -> Vec<TaskRef> {
        let _walk = self.walk.lock().unwrap_or_else(|e| e.into_inner());
        let mut tasks = Vec::new();
        let mut ends = self.lock();
        ends.cursor = ends.newest;
        while ends.walk_on(&mut tasks, piece) {
            drop(ends);
            between();
            // Not under the lock: copying what is there takes longer the more there is.
            tasks.reserve(piece);
            ends = self.lock();
        }
        tasks
    }

    /// Returns how many tasks wait.
    pub fn len(&self) -> usize {
        self.lock().len
    }

    /// Returns whether no task waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl LocalTaskList {
    /// Returns an empty list.
    pub const fn new() -> LocalTaskList {
        LocalTaskList { ends: RefCell::new(Ends::new()) }
    }

    /// Enters `task`.
    ///
    /// # Safety
    ///
    /// `task` is in no list, and [`remove`](LocalTaskList::remove) is called before it
    /// is done.
    #[inline]
    pub unsafe fn insert(&self, task: &TaskRef) {
        // SAFETY: passed on.
        unsafe { self.ends.borrow_mut().insert(task) };
    }

    /// Takes `task` out.
    ///
    /// # Safety
    ///
    /// `task` is in this list.
    #[inline]
    pub unsafe fn remove(&self, task: &TaskRef) {
        // SAFETY: passed on.
        unsafe { self.ends.borrow_mut().remove(task) };
    }

    /// Cancels every task in the list, oldest first: each is handed to its owner once more, which
    /// then drops its future.
    pub fn cancel_all(&self) {
        for task in self.tasks().into_iter().rev() {
            task.cancel();
        }
    }

    /// References to the tasks in the list, newest first.
    pub fn tasks(&self) -> Vec<TaskRef> {
        self.ends.borrow().collect()
    }

    /// Begins a walk over the tasks, newest first; see [`walk_on`](LocalTaskList::walk_on).
    pub fn begin_walk(&self) {
        let mut ends = self.ends.borrow_mut();
        ends.cursor = ends.newest;
    }

    /// Adds references to the next `piece` tasks to `tasks`, and says whether some are left.
    /// Between two calls tasks may enter, which are not seen, and leave.
    pub fn walk_on(&self, tasks: &mut Vec<TaskRef>, piece: usize) -> bool {
        self.ends.borrow_mut().walk_on(tasks, piece)
    }

    /// Returns how many tasks wait.
    pub fn len(&self) -> usize {
        self.ends.borrow().len
    }

    /// Returns whether no task waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Default for TaskList {
    fn default() -> TaskList {
        TaskList::new()
    }
}

impl fmt::Debug for TaskList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TaskList").field("len", &self.len()).finish()
    }
}

impl Default for LocalTaskList {
    fn default() -> LocalTaskList {
        LocalTaskList::new()
    }
}

impl fmt::Debug for LocalTaskList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalTaskList").field("len", &self.len()).finish()
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::task::{AfterRun, NewTask, Owner, OwnerRef, Runnable};
    use std::collections::HashSet;

    /// Keeps what waits, and drops what is scheduled.
    struct Lists(TaskList);

    // SAFETY: the test keeps the owner until its tasks are done.
    unsafe impl Owner for Lists {
        unsafe fn schedule(_: *const Lists, task: Runnable) {
            drop(task);
        }

        unsafe fn list(&self, task: &TaskRef) -> u32 {
            // SAFETY: the task calls this once, and `unlist` before it is done.
            unsafe { self.0.insert(task) };
            0
        }

        unsafe fn unlist(&self, task: &TaskRef, _: u32) {
            // SAFETY: `list` was called for it.
            unsafe { self.0.remove(task) };
        }
    }

    fn wait_in(lists: &Lists) {
        // SAFETY: see `Lists`.
        let task = unsafe {
            NewTask::new_std(std::future::pending()).bind(OwnerRef::new(std::ptr::from_ref(lists)))
        };
        assert!(matches!(task.run(), AfterRun::Waiting));
    }

    #[test]
    fn a_walk_lets_tasks_enter_and_leave_between_its_pieces() {
        let lists = Lists(TaskList::new());
        (0..1000).for_each(|_| wait_in(&lists));
        let before = lists.0.tasks();
        assert_eq!(before.len(), 1000);
        // Between two pieces the lock is free: a task enters, and three leave. One is that
        // which the walk comes to next, one has been seen, one is far ahead.
        let (mut pieces, mut gone) = (0, HashSet::new());
        let seen = lists.0.walk(64, || {
            pieces += 1;
            wait_in(&lists);
            for at in [pieces * 64, pieces * 64 - 64, 1000 - pieces] {
                before[at].cancel();
                gone.insert(before[at].id());
            }
        });
        assert_eq!(pieces, 15, "64 at a time, and no more");
        assert_eq!(lists.0.len(), 1000 + pieces - gone.len());
        let ids: Vec<u64> = seen.iter().map(TaskRef::id).collect();
        let unique: HashSet<u64> = ids.iter().copied().collect();
        assert_eq!(unique.len(), ids.len(), "no task is seen twice");
        for task in &before {
            assert!(unique.contains(&task.id()) || gone.contains(&task.id()), "{task:?} is missed");
        }
        assert!(ids.iter().all(|id| before.iter().any(|task| task.id() == *id)), "no newcomers");
        lists.0.cancel_all();
        assert!(lists.0.is_empty());
    }
}

#[cfg(all(test, loom))]
mod for_models {
    use super::{TaskList, TaskRef};

    impl TaskList {
        /// As [`tasks`](TaskList::tasks), in pieces of this size.
        pub(in crate::task) fn tasks_in_pieces_of(&self, piece: usize) -> Vec<TaskRef> {
            self.walk(piece, || {})
        }
    }
}
