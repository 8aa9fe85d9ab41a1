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
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::{future, Future};
    /// use std::sync::mpsc;
    /// use tokio_threadpool::ThreadPool;
    ///
    /// let (sender, receiver) = mpsc::channel();
    /// let pool = ThreadPool::new();
    /// pool.spawn(future::lazy(move || sender.send("done").map_err(|_| ())));
    /// assert_eq!(receiver.recv(), Ok("done"));
    /// ```
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
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::{future, Future};
    /// use tokio_threadpool::ThreadPool;
    ///
    /// let pool = ThreadPool::new();
    /// let answer = pool.spawn_handle(future::lazy(|| Ok::<_, ()>(6 * 7)));
    /// assert_eq!(answer.wait(), Ok(42));
    /// ```
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
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::{future, Future};
    /// use tokio_threadpool::ThreadPool;
    ///
    /// let pool = ThreadPool::new();
    /// let sender = pool.sender().clone();
    /// std::thread::spawn(move || sender.spawn(future::ok(())).unwrap()).join().unwrap();
    /// pool.shutdown_on_idle().wait().unwrap();
    /// ```
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
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::{future, Future};
    /// use tokio_threadpool::ThreadPool;
    ///
    /// let pool = ThreadPool::new();
    /// pool.spawn_handle(future::ok::<_, ()>(7)).wait().unwrap();
    /// assert_eq!(pool.metrics().spawned, 1);
    /// ```
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
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::{future, Future};
    /// use std::sync::atomic::{AtomicBool, Ordering};
    /// use std::sync::Arc;
    /// use tokio_threadpool::ThreadPool;
    ///
    /// let done = Arc::new(AtomicBool::new(false));
    /// let pool = ThreadPool::new();
    /// let by_task = done.clone();
    /// pool.spawn(future::lazy(move || Ok(by_task.store(true, Ordering::Relaxed))));
    /// pool.shutdown_on_idle().wait().unwrap();
    /// assert!(done.load(Ordering::Relaxed));
    /// ```
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
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::{future, Future};
    /// use tokio_threadpool::ThreadPool;
    ///
    /// let pool = ThreadPool::new();
    /// pool.spawn(future::empty::<(), ()>());
    /// pool.shutdown_now().wait().unwrap();
    /// ```
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
