//! The settings of a runtime.

use super::handle::{Kind, Shared};
use super::seat::Seat;
use super::{context, Handle, Runtime};
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;
use tokio::runtime as engine;

/// The settings of a runtime.
///
/// # Examples
///
/// ```
/// use tokio_await::runtime::Builder;
///
/// let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
/// assert_eq!(runtime.block_on(async { 1 }), 1);
///
/// let runtime = Builder::new_current_thread().enable_all().build()?;
/// let task = runtime.spawn(async { 2 });
/// assert_eq!(runtime.block_on(task).unwrap(), 2);
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Builder {
    current_thread: bool,
    workers: Option<usize>,
    pub(crate) threads: Threads,
}

/// The settings of threads.
#[derive(Clone)]
pub(crate) struct Threads {
    blocking: Option<usize>,
    name: String,
    stack_bytes: Option<usize>,
    keep_alive: Option<Duration>,
    on_start: Option<Arc<dyn Fn() + Send + Sync>>,
    on_stop: Option<Arc<dyn Fn() + Send + Sync>>,
}

/// The settings of the pool beside a runtime of one thread.
pub(super) struct SidePool {
    threads: Threads,
}

impl Builder {
    /// A runtime with a pool of workers.
    pub fn new_multi_thread() -> Builder {
        Builder::new(false)
    }

    /// A runtime whose tasks run on the thread that blocks on a future, while it does.
    ///
    /// It belongs to the thread that does so first.
    pub fn new_current_thread() -> Builder {
        Builder::new(true)
    }

    fn new(current_thread: bool) -> Builder {
        let threads = Threads {
            blocking: None,
            name: String::from("tokio-runtime-worker-"),
            stack_bytes: None,
            keep_alive: None,
            on_start: None,
            on_stop: None,
        };
        Builder { current_thread, workers: None, threads }
    }

    /// The number of workers; as many as there are processors, unless this says otherwise.
    /// A current-thread runtime has none.
    ///
    /// # Panics
    ///
    /// If it is 0, or more than the engine can tell apart; the latter when it is built.
    pub fn worker_threads(&mut self, workers: usize) -> &mut Builder {
        assert!(workers > 0, "a runtime needs a worker: worker_threads must be more than 0");
        self.workers = Some(workers);
        self
    }

    /// The most threads that may block at once, in `spawn_blocking` and for files; 100
    /// unless this says otherwise. Others wait in turn.
    ///
    /// # Panics
    ///
    /// If it is 0.
    pub fn max_blocking_threads(&mut self, threads: usize) -> &mut Builder {
        assert!(threads > 0, "what blocks needs a thread: the number must be more than 0");
        self.threads.blocking = Some(threads);
        self
    }

    /// What the names of the threads begin with; a number follows.
    pub fn thread_name(&mut self, name: impl Into<String>) -> &mut Builder {
        self.threads.name = name.into();
        self
    }

    /// The size of the threads' stacks, in bytes.
    pub fn thread_stack_size(&mut self, bytes: usize) -> &mut Builder {
        self.threads.stack_bytes = Some(bytes);
        self
    }

    /// How long a thread that only blocks, and has nothing to do, stays.
    pub fn thread_keep_alive(&mut self, duration: Duration) -> &mut Builder {
        self.threads.keep_alive = Some(duration);
        self
    }

    /// Has each thread call `f` when it starts.
    pub fn on_thread_start(&mut self, f: impl Fn() + Send + Sync + 'static) -> &mut Builder {
        self.threads.on_start = Some(Arc::new(f));
        self
    }

    /// Has each thread call `f` before it ends.
    pub fn on_thread_stop(&mut self, f: impl Fn() + Send + Sync + 'static) -> &mut Builder {
        self.threads.on_stop = Some(Arc::new(f));
        self
    }

    /// Changes nothing: reactor and timers are always there, and cost nothing until they
    /// are used.
    pub fn enable_all(&mut self) -> &mut Builder {
        self
    }

    /// As [`enable_all`](Builder::enable_all).
    pub fn enable_io(&mut self) -> &mut Builder {
        self
    }

    /// As [`enable_all`](Builder::enable_all).
    pub fn enable_time(&mut self) -> &mut Builder {
        self
    }

    /// The runtime. Its threads start when there is work for them.
    ///
    /// # Errors
    ///
    /// If the reactor cannot be made, for want of descriptors. That of a current-thread
    /// runtime is made by its first `block_on`, on the thread that calls it.
    pub fn build(&mut self) -> io::Result<Runtime> {
        let threads = self.threads.clone();
        if self.current_thread {
            let make =
                |home: &Weak<Shared>| Kind::Seat(Seat::new(SidePool { threads }, home.clone()));
            return Ok(Runtime { handle: Handle::new_cyclic(make) });
        }
        // Threads start when there is work, which is after `home` is told.
        let home: Arc<Mutex<Weak<Shared>>> = Arc::default();
        let told = home.clone();
        let start = move || {
            let home = told.lock().unwrap_or_else(PoisonError::into_inner).upgrade();
            home.map(Handle::of).into_iter().for_each(context::stay);
        };
        let pool = threads.build(self.workers, start)?;
        let handle = Handle::new_cyclic(|shared| {
            *home.lock().unwrap_or_else(PoisonError::into_inner) = shared.clone();
            Kind::pool(pool)
        });
        Ok(Runtime { handle })
    }
}

impl SidePool {
    /// The engine of a runtime of one thread.
    pub(super) fn build_seat(&self) -> io::Result<engine::current_thread::Runtime> {
        engine::current_thread::Builder::new().build()
    }

    /// A pool whose threads call `start`, and nobody's tasks but those that block.
    pub(super) fn build(
        &self,
        start: impl Fn() + Send + Sync + 'static,
    ) -> io::Result<engine::Runtime> {
        self.threads.clone().build(Some(1), start)
    }
}

impl Threads {
    fn build(
        self,
        workers: Option<usize>,
        start: impl Fn() + Send + Sync + 'static,
    ) -> io::Result<engine::Runtime> {
        let mut builder = engine::Builder::new();
        builder.name_prefix(self.name);
        if let Some(workers) = workers {
            builder.core_threads(workers);
        }
        if let Some(threads) = self.blocking {
            builder.blocking_threads(threads);
        }
        if let Some(bytes) = self.stack_bytes {
            builder.stack_size(bytes);
        }
        if self.keep_alive.is_some() {
            builder.keep_alive(self.keep_alive);
        }
        let on_start = self.on_start;
        builder.after_start(move || {
            start();
            on_start.iter().for_each(|f| f());
        });
        if let Some(on_stop) = self.on_stop {
            builder.before_stop(move || on_stop());
        }
        builder.build()
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("current_thread", &self.current_thread)
            .field("workers", &self.workers)
            .field("blocking", &self.threads.blocking)
            .field("name", &self.threads.name)
            .finish_non_exhaustive()
    }
}
