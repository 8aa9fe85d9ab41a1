//! What an executor shares with its handles and with the wakers of its tasks.
//!
//! `home` has what belongs to the executor's own thread; `remote` takes tasks from all others.
//! What a thread may do here goes by whether it is the executor's own: see `here`.
//!
//! Always true: `home` is reached by the executor's own thread only, but for its counts. The
//! executor closes `remote` only after its last task is done, so a waker never finds it closed.

use super::home::Home;
use super::numbers::Numbers;
use super::remote::{AfterPush, Remote};
use super::visible::Visible;
use std::fmt;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::time::Duration;
use tokio_executor::park::Unpark;
use tokio_executor::task::Runnable;
use tokio_executor::SpawnError;

pub(super) struct Shared {
    home: Home,
    pub(super) remote: Remote,
    /// Tasks that handles have submitted through `remote`, ever.
    submitted: AtomicUsize,
    /// The executor is being dropped, and takes no more tasks. Only `remote` refuses them
    /// for certain; this keeps those who go on spawning from holding that up.
    closing: AtomicBool,
    /// Goes from thread to thread: tasks that are not `Send` are refused.
    pub(super) movable: bool,
    pub(super) unpark: Box<dyn Unpark>,
    pub(super) visible: Visible,
}

// SAFETY: `home` is for the executor's own thread only, see `home`. What is left
// is meant for all threads.
unsafe impl Sync for Shared {}
// SAFETY: the last reference may go away anywhere, but not before the executor has left
// `home` without tasks.
unsafe impl Send for Shared {}

impl Shared {
    pub(super) fn new(unpark: Box<dyn Unpark>, movable: bool) -> Shared {
        Shared {
            // Only the handles of one that is movable have a way to ask.
            home: Home::new(movable),
            remote: Remote::new(),
            submitted: AtomicUsize::new(0),
            closing: AtomicBool::new(false),
            movable,
            unpark,
            visible: Visible::default(),
        }
    }

    /// # Safety
    ///
    /// This is the executor's own thread, for as long as the reference lives.
    #[inline]
    pub(super) unsafe fn home(&self) -> &Home {
        &self.home
    }

    /// Whether the executor takes tasks.
    #[inline]
    pub(super) fn status(&self) -> Result<(), SpawnError> {
        // Relaxed: a hint, see `closing`; on the own thread it is no race at all.
        if self.closing.load(Relaxed) {
            Err(SpawnError::shutdown())
        } else {
            Ok(())
        }
    }

    /// No more tasks are taken from here on.
    pub(super) fn refuse_tasks(&self) {
        // Relaxed: a hint to other threads.
        self.closing.store(true, Relaxed);
    }

    /// Another thread submits a task.
    pub(super) fn is_submitted(&self) {
        // Relaxed: the push releases it to whoever polls the task.
        self.submitted.fetch_add(1, Relaxed);
    }

    /// The number of tasks that are not done.
    #[inline]
    pub(super) fn unfinished(&self) -> usize {
        // Relaxed: a submission that the own thread misses unparks the executor; to other
        // threads this is a statistic, which may come out wrong while tasks come and go.
        self.home.balance().wrapping_add(self.submitted.load(Relaxed))
    }

    /// The number of tasks that are not done, but for those that `block_on` made.
    pub(super) fn alive(&self) -> usize {
        let tasks = self.unfinished().wrapping_sub(self.home.roots());
        if tasks > isize::MAX as usize {
            0
        } else {
            tasks
        }
    }

    /// Whether tasks have come from elsewhere that were not looked at yet, as a number.
    pub(super) fn injected(&self) -> usize {
        usize::from(!self.remote.is_empty())
    }

    /// See [`Home::sleeps`].
    pub(super) fn sleeps(&self) -> (u64, u64, Duration) {
        self.home.sleeps()
    }

    /// What the executor counts.
    pub(super) fn numbers(&self) -> Numbers {
        // Relaxed: a statistic.
        self.home.counts.read(self.submitted.load(Relaxed) as u64)
    }

    /// Wakes the executor, if it sleeps.
    pub(super) fn unpark_now(&self) {
        self.unpark.unpark();
    }

    /// Takes a woken task on another thread, or while the executor does not run.
    #[cold]
    pub(super) fn wake_from_elsewhere(&self, task: Runnable) {
        match self.remote.push(task) {
            AfterPush::Unpark => self.unpark.unpark(),
            AfterPush::Nothing => {}
            AfterPush::Refused(task) => {
                unreachable!("an executor outlives its tasks, and this one is not done: {task:?}")
            }
        }
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("closing", &self.status().is_err()).finish_non_exhaustive()
    }
}
