//! The pool as its owner holds it.
//!
//! Programs and `tokio`'s `Runtime` own it; tasks are spawned through its [`Sender`].
//!
//! Always true: dropping it stops the pool at once and waits for its threads, unless one of
//! those drops it.
//!
//! Why not the `Sender` alone? Owning the end is a right of one; senders are cloned into tasks.

use crate::shared::Shared;
use crate::stuck::StuckDetector;
use crate::threads;
use crate::{PoolMetrics, Sender, Shutdown, SpawnHandle};
use futures::Future;
use std::fmt;
use std::sync::Arc;
use tokio_executor::internals::wait;
use tokio_executor::task::NewTask;

/// A pool of threads that runs tasks.
///
/// # Dropping
///
/// Stops the pool: its tasks are dropped, and the drop waits for the threads, unless it
/// happens on one of them.
///
/// # Examples
///
/// ```
/// use futures::{future, Future};
/// use tokio_threadpool::ThreadPool;
///
/// let pool = ThreadPool::new();
/// pool.spawn(future::lazy(|| {
///     println!("on the pool");
///     Ok(())
/// }));
/// pool.shutdown_on_idle().wait().unwrap();
/// ```
pub struct ThreadPool {
    /// `None` once a shutdown has been asked for.
    sender: Option<Sender>,
}

impl ThreadPool {
    pub(crate) fn over(shared: Arc<Shared>) -> ThreadPool {
        ThreadPool { sender: Some(Sender::new(shared)) }
    }

    /// Spawns `future`.
    ///
    /// # Panics
    ///
    /// If the pool has no thread and the system refuses it one; use
    /// [`Sender::spawn`] to get an error.
    #[track_caller]
    pub fn spawn<F>(&self, future: F)
    where
        F: Future<Item = (), Error = ()> + Send + 'static,
    {
        if let Err(e) = self.sender().spawn(future) {
            panic!("{e}");
        }
    }

    /// Spawns `future`; the handle gets its result.
    ///
    /// # Panics
    ///
    /// As [`spawn`](ThreadPool::spawn).
    #[track_caller]
    pub fn spawn_handle<F>(&self, future: F) -> SpawnHandle<F::Item, F::Error>
    where
        F: Future + Send + 'static,
        F::Item: Send + 'static,
        F::Error: Send + 'static,
    {
        let (task, handle) = NewTask::joined(future);
        if let Err(e) = self.sender().shared().spawn(task) {
            panic!("{e}");
        }
        SpawnHandle::new(handle)
    }

    /// Returns the pool's sender, to be cloned for whoever spawns.
    #[expect(clippy::missing_panics_doc, reason = "never: only a shutdown takes the sender")]
    pub fn sender(&self) -> &Sender {
        self.sender.as_ref().expect("a shutdown takes the pool with it")
    }

    /// Returns the pool's sender.
    #[expect(clippy::missing_panics_doc, reason = "never: only a shutdown takes the sender")]
    pub fn sender_mut(&mut self) -> &mut Sender {
        self.sender.as_mut().expect("a shutdown takes the pool with it")
    }

    /// Returns what the pool did so far, and what waits in it.
    pub fn metrics(&self) -> PoolMetrics {
        self.sender().shared().metrics()
    }

    /// Returns whether this thread is one of the pool's, which cannot wait for the pool to end.
    // Hidden: for the crates above this one.
    #[doc(hidden)]
    pub fn has_this_thread(&self) -> bool {
        threads::is_member(self.sender().shared())
    }

    /// Stops the pool once it has no tasks any more. Spawning stays possible until
    /// then.
    pub fn shutdown_on_idle(self) -> Shutdown {
        self.end(Shared::stop_when_idle)
    }

    /// Refuses new tasks, and stops the pool once those that it has are done.
    pub fn shutdown(self) -> Shutdown {
        self.end(Shared::close)
    }

    /// Stops the pool: no task is polled again, and all of them are dropped.
    ///
    /// Threads that block in [`blocking`](crate::blocking()) are waited for.
    pub fn shutdown_now(self) -> Shutdown {
        self.end(Shared::stop)
    }

    fn end(mut self, how: impl FnOnce(&Arc<Shared>)) -> Shutdown {
        let sender = self.sender.take().expect("a shutdown takes the pool with it");
        how(sender.shared());
        Shutdown::new(sender.shared())
    }
}

impl ThreadPool {
    /// Returns what tells, asked from time to time, whether all workers are held up.
    // Hidden: for the crates above this one.
    #[doc(hidden)]
    pub fn stuck_detector(&self) -> StuckDetector {
        StuckDetector::over(self.sender().shared())
    }
}

impl Default for ThreadPool {
    fn default() -> ThreadPool {
        ThreadPool::new()
    }
}

impl Drop for ThreadPool {
    fn drop(&mut self) {
        let Some(sender) = self.sender.take() else { return };
        sender.shared().stop();
        // A thread of the pool cannot wait for itself to end.
        if !threads::is_member(sender.shared()) && !std::thread::panicking() {
            let _ = wait(Shutdown::new(sender.shared()));
        }
    }
}

impl fmt::Debug for ThreadPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ThreadPool").field("sender", &self.sender).finish()
    }
}
