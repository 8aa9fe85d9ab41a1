//! The waiting tasks of an executor, so that it can drop them when it shuts down.
//!
//! A task enters the list when it first has to wait, and leaves it when it is done: one
//! that ends in its first poll is never here.
//!
//! Why not a set of handles? The links are in the task's own block, so entering and
//! leaving allocate nothing and hold the lock for a few instructions.

use super::cell::{Header, TaskRef};
use crate::sys::Mutex;
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

struct Ends {
    newest: Option<NonNull<Header>>,
    len: usize,
}

// SAFETY: the pointers are followed under the lock, and a listed task is alive.
unsafe impl Send for Ends {}

impl TaskList {
    /// An empty list.
    pub fn new() -> TaskList {
        TaskList { ends: Mutex::new(Ends { newest: None, len: 0 }) }
    }

    /// Enters `task`.
    ///
    /// # Safety
    ///
    /// `task` is in no list, and [`remove`](TaskList::remove) is called before it is
    /// done.
    pub unsafe fn insert(&self, task: &TaskRef) {
        let mut ends = self.ends.lock().unwrap_or_else(|e| e.into_inner());
        let older = ends.newest.replace(task.as_header());
        // SAFETY: links are touched under the lock only.
        unsafe { *task.header().links.get() = Links { newer: None, older } };
        if let Some(older) = older {
            // SAFETY: a listed task is alive, and the lock is held.
            unsafe { (*older.as_ref().links.get()).newer = Some(task.as_header()) };
        }
        ends.len += 1;
    }

    /// Takes `task` out.
    ///
    /// # Safety
    ///
    /// `task` is in this list.
    pub unsafe fn remove(&self, task: &TaskRef) {
        let mut ends = self.ends.lock().unwrap_or_else(|e| e.into_inner());
        // SAFETY: links are touched under the lock only.
        let Links { newer, older } =
            unsafe { std::mem::replace(&mut *task.header().links.get(), Links::new()) };
        match newer {
            // SAFETY: a listed task is alive, and the lock is held.
            Some(newer) => unsafe { (*newer.as_ref().links.get()).older = older },
            None => {
                debug_assert_eq!(ends.newest, Some(task.as_header()), "not in this list");
                ends.newest = older;
            }
        }
        if let Some(older) = older {
            // SAFETY: a listed task is alive, and the lock is held.
            unsafe { (*older.as_ref().links.get()).newer = newer };
        }
        ends.len -= 1;
    }

    /// Cancels every task in the list: each is handed to its owner once more, which
    /// then drops its future.
    pub fn cancel_all(&self) {
        let mut tasks = Vec::new();
        {
            let ends = self.ends.lock().unwrap_or_else(|e| e.into_inner());
            let mut next = ends.newest;
            while let Some(task) = next {
                tasks.push(TaskRef::retain(task));
                // SAFETY: a listed task is alive, and the lock is held.
                next = unsafe { (*task.as_ref().links.get()).older };
            }
        }
        // Cancel after unlocking: a cancelled task leaves the list.
        for task in tasks {
            task.cancel();
        }
    }

    /// How many tasks wait.
    pub fn len(&self) -> usize {
        self.ends.lock().unwrap_or_else(|e| e.into_inner()).len
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
