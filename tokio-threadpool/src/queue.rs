//! Where runnable tasks wait.
//!
//! A worker pushes to and pops from its own [`Local`] end; everyone else sees its
//! [`Remote`] end and the [`Injector`] that tasks from outside go to. The queues are
//! those of `crossbeam-deque` (Chase and Lev, "Dynamic Circular Work-Stealing Deque",
//! SPAA 2005), first in first out.
//!
//! Beside the queue there is a LIFO slot for one task that the running task woke or spawned:
//! it runs next, while what it was given is still in the cache. While the slot is taken,
//! others go to the queue, and after [`LIFO_STREAK`] runs from the slot the queue has its
//! turn. The slot can be stolen from like the queue. Only its worker fills it, so that
//! filling it takes no read-modify-write.

use crossbeam_deque::{Steal, Stealer};
use std::ptr::{self, NonNull};
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use tokio_executor::internals::sys::AtomicPtr;
use tokio_executor::task::Runnable;

pub(crate) use crossbeam_deque::{Injector, Worker as Local};

/// Runs from the LIFO slot before the queue has its turn.
pub(crate) const LIFO_STREAK: u64 = 3;

/// A worker's queue and LIFO slot as the others see them.
#[derive(Debug)]
pub(crate) struct Remote {
    stealer: Stealer<Runnable>,
    pub(crate) lifo: LifoSlot,
}

impl Remote {
    pub(crate) fn new(local: &Local<Runnable>) -> Remote {
        Remote { stealer: local.stealer(), lifo: LifoSlot::new() }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.stealer.is_empty() && self.lifo.is_empty()
    }

    /// How many tasks wait here.
    pub(crate) fn len(&self) -> usize {
        self.stealer.len() + usize::from(!self.lifo.is_empty())
    }

    /// Moves half of the queue to `to` and returns one task of it; the slot's if the
    /// queue is empty.
    pub(crate) fn steal(&self, to: &Local<Runnable>) -> Option<Runnable> {
        loop {
            match self.stealer.steal_batch_and_pop(to) {
                Steal::Success(task) => return Some(task),
                Steal::Empty => return self.lifo.take(),
                Steal::Retry => {}
            }
        }
    }
}

/// Moves a batch from `injector` to `to` and returns one task of it.
pub(crate) fn take_injected(
    injector: &Injector<Runnable>,
    to: &Local<Runnable>,
) -> Option<Runnable> {
    loop {
        match injector.steal_batch_and_pop(to) {
            Steal::Success(task) => return Some(task),
            Steal::Empty => return None,
            Steal::Retry => {}
        }
    }
}

/// Room for one task.
#[derive(Debug)]
pub(crate) struct LifoSlot {
    /// The task's address, or null.
    task: AtomicPtr<()>,
}

impl LifoSlot {
    pub(crate) fn new() -> LifoSlot {
        LifoSlot { task: AtomicPtr::new(ptr::null_mut()) }
    }

    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        // Relaxed: a hint, and for a sleeper's last look ordered by its fence.
        self.task.load(Relaxed).is_null()
    }
}

impl LifoSlot {
    /// Puts `task` in if there is room. Only the worker whose slot it is may do so.
    #[inline]
    pub(crate) fn fill(&self, task: Runnable) -> Result<(), Runnable> {
        if !self.is_empty() {
            return Err(task);
        }
        // Release: a thief sees the task as its waker left it. A plain store: nobody
        // else makes an empty slot a full one.
        self.task.store(task.into_raw().as_ptr(), Release);
        Ok(())
    }

    #[inline]
    pub(crate) fn take(&self) -> Option<Runnable> {
        // The owner looks here before each task: spare it the exchange.
        if self.is_empty() {
            return None;
        }
        // Acquire: pairs with `fill`. Nothing goes the other way: whoever finds the slot
        // empty again puts a task of its own in.
        let task = self.task.swap(ptr::null_mut(), Acquire);
        // SAFETY: what is in the slot came from `into_raw` in `fill`, and the exchange
        // takes it out exactly once.
        NonNull::new(task).map(|task| unsafe { Runnable::from_raw(task) })
    }
}

impl Drop for LifoSlot {
    fn drop(&mut self) {
        drop(self.take());
    }
}
