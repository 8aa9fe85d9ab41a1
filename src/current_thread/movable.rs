//! An executor of one thread that goes from thread to thread.
//!
//! Whoever has the [`Movable`] runs it, and may hand it on between two runs. Its tasks come
//! through a [`Spawner`], from any thread.
//!
//! Called by `tokio-await`'s runtime of one thread.
//!
//! Always true: all of its tasks are `Send`. `spawn` and its like in `current_thread` refuse
//! it where it runs, since they take tasks that are not.
//!
//! Why not the executor itself? That one takes tasks which are not `Send`, and so may not leave
//! its thread.

use super::error::RunError;
use super::here::{self, Here};
use super::numbers::Numbers;
use super::shared::Shared;
use super::CurrentThread;
use std::cell::Cell;
use std::fmt;
use std::future::Future;
use std::panic::Location;
use std::ptr;
use std::sync::Arc;
use std::time::Duration;
use tokio_executor::park::Park;
use tokio_executor::task::{Context, NewTask};
use tokio_executor::{Enter, SpawnError};

thread_local! {
    /// The movable executor that runs on this thread, or null: what is nested in its tasks,
    /// a set of local tasks for instance, stands above it.
    static DRIVING: Cell<*const Shared> = const { Cell::new(ptr::null()) };
}

/// An executor that may be sent to another thread between two runs.
///
/// # Dropping
///
/// Drops all tasks, and then the parker.
#[derive(Debug)]
pub struct Movable<P: Park> {
    executor: CurrentThread<P>,
}

// SAFETY: the tasks are `Send`, since all of them come through `Spawner`, and the parker is.
// What belongs to the executor's own thread belongs to whoever has this, which only one
// thread has at a time; it is lent to no other thread, as `Movable` is not `Sync`.
unsafe impl<P: Park + Send> Send for Movable<P> {}

/// Spawns tasks that are `Send`, from any thread.
#[derive(Clone, Debug)]
pub struct Spawner {
    shared: Arc<Shared>,
}

impl<P: Park> Movable<P> {
    /// Returns an executor that sleeps in `park`; a `prompt` one does not go to sleep, or on
    /// sleeping, once it has woken a task. With the upper ends of all counts but the last, every
    /// poll is measured, and counted by how long it took.
    pub fn new(park: P, prompt: bool, poll_times: Option<Vec<Duration>>) -> Movable<P> {
        Movable { executor: CurrentThread::new_movable(park, prompt, poll_times) }
    }

    /// Returns what spawns its tasks.
    pub fn spawner(&self) -> Spawner {
        Spawner { shared: self.executor.own().shared().clone() }
    }

    /// Runs tasks until `future` is done, for a caller at `at`; see
    /// [`CurrentThread::block_on_std`].
    ///
    /// # Errors
    ///
    /// If the parker failed.
    ///
    /// # Panics
    ///
    /// With the panic of `future`.
    pub fn block_on<F: Future>(
        &mut self,
        enter: &mut Enter,
        at: &'static Location<'static>,
        future: F,
    ) -> Result<F::Output, RunError> {
        /// Puts the executor back that ran around this one. Who has yielded to the parker
        /// may be polled elsewhere from now on, and waits for no further turn.
        struct Over {
            shared: *const Shared,
            outer: *const Shared,
        }

        impl Drop for Over {
            fn drop(&mut self) {
                DRIVING.set(self.outer);
                // SAFETY: the executor is borrowed for longer than this exists, by a thread
                // that has it therefore.
                let here = unsafe { Here::new(self.shared) };
                here.home().rests();
                here.home().wake_deferred();
            }
        }

        let shared = Arc::as_ptr(self.executor.own().shared());
        let home = self.executor.own().here().home();
        home.awake();
        home.counts.is_run_here();
        let _over = Over { shared, outer: DRIVING.replace(shared) };
        self.executor.enter(enter).block_on_std_at(future, at)
    }
}

/// Has the polling task woken once the movable executor of this thread has given its parker a
/// turn. False if there is none.
pub fn defer(cx: &Context<'_>) -> bool {
    // SAFETY: `block_on` sets it for no longer than it borrows the executor.
    let Some(shared) = (unsafe { DRIVING.get().as_ref() }) else { return false };
    let waiter = cx.waiter();
    // SAFETY: it runs on this thread, which has it therefore.
    unsafe { Here::new(shared) }.defer(waiter);
    true
}

/// Returns whether a movable executor runs on this thread.
pub fn is_driving() -> bool {
    !DRIVING.get().is_null()
}

impl Spawner {
    /// Spawns `task`, and wakes the executor if it sleeps.
    ///
    /// # Errors
    ///
    /// If the executor is gone. `task` is dropped then.
    #[inline]
    pub fn spawn(&self, task: NewTask) -> Result<(), SpawnError> {
        if self.is_here() && here::is_polling() {
            // In a set of local tasks, as likely as not, that one of its own polls.
            // SAFETY: the executor is borrowed by this thread as long as it drives.
            return unsafe { Here::new(Arc::as_ptr(&self.shared)) }.spawn_task(task);
        }
        here::submit(&self.shared, task)
    }

    /// Returns the number of tasks that are not done.
    pub fn alive(&self) -> usize {
        self.shared.alive()
    }

    /// Returns the number of tasks that came from other threads and were not looked at yet: 1
    /// stands for any number.
    pub fn injected(&self) -> usize {
        self.shared.injected()
    }

    /// Times that the executor went to sleep, times that it did so or woke up, and for how
    /// long it was awake.
    pub fn counts(&self) -> (u64, u64, Duration) {
        self.shared.sleeps()
    }

    /// Returns what the executor counts.
    pub fn numbers(&self) -> Numbers {
        let mut numbers = self.shared.numbers();
        if self.is_here() {
            // SAFETY: the executor is borrowed by this thread as long as it drives.
            numbers.queued = unsafe { Here::new(Arc::as_ptr(&self.shared)) }.home().ready.len();
        }
        numbers
    }

    /// Returns whether the executor runs on this thread.
    pub fn is_here(&self) -> bool {
        is_driving() && ptr::eq(DRIVING.get(), Arc::as_ptr(&self.shared))
    }
}

impl fmt::Display for Spawner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an executor of {} tasks", self.alive())
    }
}
