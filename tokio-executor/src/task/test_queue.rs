//! The executor of this crate's tests.

use super::{AfterRun, NewTask, Owner, OwnerRef, Runnable, TaskRef};
use std::panic;
use std::sync::Mutex;

/// Runs tasks on this thread, when told to. Each test keeps it until all of them are done.
#[derive(Default)]
pub(crate) struct Queue(Mutex<Vec<Runnable>>);

// SAFETY: each test keeps its queue until all tasks are done.
unsafe impl Owner for Queue {
    unsafe fn schedule(this: *const Self, task: Runnable) {
        // SAFETY: the caller says it is valid.
        unsafe { &*this }.0.lock().unwrap().push(task);
    }

    unsafe fn list(&self, _: &TaskRef) -> u32 {
        0
    }

    unsafe fn unlist(&self, _: &TaskRef, _: u32) {}
}

impl Queue {
    pub(crate) fn bind(&self, task: NewTask) -> Runnable {
        // SAFETY: each test keeps its queue until all tasks are done.
        unsafe { task.bind(OwnerRef::new(self)) }
    }

    pub(crate) fn spawn(&self, task: NewTask) {
        self.0.lock().unwrap().push(self.bind(task));
    }

    /// Runs tasks until none is runnable; says how many runs that took.
    pub(crate) fn run(&self) -> usize {
        let mut runs = 0;
        loop {
            let Some(task) = self.0.lock().unwrap().pop() else { return runs };
            runs += 1;
            match task.run() {
                AfterRun::Woken(task) => self.0.lock().unwrap().push(task),
                AfterRun::Panicked(payload) => panic::resume_unwind(payload),
                AfterRun::Waiting | AfterRun::Done => {}
            }
        }
    }

    /// Runs `task` until it waits or is done.
    pub(crate) fn run_one(&self, task: NewTask) -> AfterRun {
        let mut task = self.bind(task);
        loop {
            match task.run() {
                AfterRun::Woken(again) => task = again,
                after => return after,
            }
        }
    }
}
