//! Every interleaving of what the threads of a pool do to one another.
//!
//! Run with `--cfg loom`. The queues of `crossbeam-deque` know nothing of this loom: where
//! a protocol stands on one, a locked queue takes its place. What is modelled is the order
//! in which a task is queued, counted and looked for, and who is woken. The futures here
//! are std's: loom runs all threads of a model on one, so that the current task of futures
//! 0.1 is everybody's.

mod blocking;
mod counting;
mod driving;
mod ending;
mod last_task;
mod lifo_slot;
mod monitoring;
mod sleeping;
mod starting;

use crate::counters::Counters;
use crate::phase::Phase;
use loom::sync::{Arc, Mutex};
use std::collections::VecDeque;
use tokio_executor::internals::sys::UnsafeCell;
use tokio_executor::task::{NewTask, Owner, OwnerRef, Runnable, TaskRef};

/// As `Shared::stop_if_idle`; true if this call stops the pool.
fn stop_if_idle<'a>(phase: &Phase, counters: impl Iterator<Item = &'a Counters> + Clone) -> bool {
    phase.waits_for_idle() && Counters::all_completed(counters) && phase.stop()
}

/// As `Shared::spawn_from_outside`: counts a task in, and out again if it is refused.
fn admit(phase: &Phase, counters: &Counters) -> bool {
    let admitted = counters.admit(phase);
    if !admitted {
        counters.completed_elsewhere();
    }
    admitted
}

/// An executor that is a queue and nothing more.
struct Queue {
    tasks: Mutex<VecDeque<Runnable>>,
}

impl Queue {
    fn new() -> Arc<Queue> {
        Arc::new(Queue { tasks: Mutex::new(VecDeque::new()) })
    }

    fn bind(&self, task: NewTask) -> Runnable {
        // SAFETY: each model keeps its queue until its tasks are done.
        unsafe { task.bind(OwnerRef::new(self as *const Queue)) }
    }

    fn push(&self, task: Runnable) {
        self.tasks.lock().unwrap().push_back(task);
    }

    fn pop(&self) -> Option<Runnable> {
        self.tasks.lock().unwrap().pop_front()
    }
}

// SAFETY: see `bind`.
unsafe impl Owner for Queue {
    unsafe fn schedule(this: *const Queue, task: Runnable) {
        // SAFETY: the model keeps its queue.
        unsafe { &*this }.push(task);
    }

    unsafe fn list(&self, _task: &TaskRef) -> u32 {
        0
    }

    unsafe fn unlist(&self, _task: &TaskRef, _: u32) {}
}

/// What one thread writes and another reads later. A model fails if nothing orders the two.
struct Data(UnsafeCell<u32>);

// SAFETY: loom checks each access.
unsafe impl Sync for Data {}

impl Data {
    fn new() -> Arc<Data> {
        Arc::new(Data(UnsafeCell::new(0)))
    }

    fn write(&self) {
        // SAFETY: loom reports an access at the same time.
        self.0.with_mut(|data| unsafe { *data += 1 });
    }

    fn read(&self) -> u32 {
        // SAFETY: as above.
        self.0.with(|data| unsafe { *data })
    }
}
