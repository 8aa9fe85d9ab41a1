//! The waiting tasks of an executor, so that it can drop them when it shuts down.
//!
//! A task enters the list when it first has to wait, and leaves it when it is done: one
//! that ends in its first poll is never here.
//!
//! Why not a set of handles? The links are in the task's own block, so entering and
//! leaving allocate nothing and hold the lock for a few instructions.

use super::cell::{Header, TaskRef};
use crate::sys::{Mutex, MutexGuard};
use std::cell::RefCell;
use std::fmt;
use std::ptr::NonNull;

/// A task's neighbours in its list.
#[derive(Debug)]
pub(crate) struct Links {
    newer: Option<NonNull<Header>>,
    older: Option<NonNull<Header>>,
}

impl Links {
    pub(super) const fn new() -> Links {
        Links { newer: None, older: None }
    }
}

/// The waiting tasks of an executor, or of one of its workers.
///
/// Holds no references: a task that is in the list is not done, and so is alive.
pub struct TaskList {
    /// The newest task, and through its links all others. Held to enter, to leave, and
    /// to collect; never while waking, polling, or dropping anything.
    ends: Mutex<Ends>,
}

/// A [`TaskList`] for an executor whose tasks never leave their thread: no lock.
pub struct LocalTaskList {
    /// Borrowed to enter, to leave, and to collect; as the lock above.
    ends: RefCell<Ends>,
}

struct Ends {
    newest: Option<NonNull<Header>>,
    len: usize,
}

// SAFETY: the pointers are followed by whoever has the list to itself, and a listed
// task is alive.
unsafe impl Send for Ends {}

impl Ends {
    const fn new() -> Ends {
        Ends { newest: None, len: 0 }
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
        self.len -= 1;
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
    /// An empty list.
    pub fn new() -> TaskList {
        TaskList { ends: Mutex::new(Ends::new()) }
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
        for task in self.tasks().into_iter().rev() {
            task.cancel();
        }
    }

    /// References to the tasks in the list, newest first.
    pub fn tasks(&self) -> Vec<TaskRef> {
        self.lock().collect()
    }

    /// How many tasks wait.
    pub fn len(&self) -> usize {
        self.lock().len
    }

    /// Whether no task waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl LocalTaskList {
    /// An empty list.
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

    /// How many tasks wait.
    pub fn len(&self) -> usize {
        self.ends.borrow().len
    }

    /// Whether no task waits.
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
