//! The settings of a runtime.
//!
//! 1.x's builder takes the scheduler first, this one at any time; so the settings are kept
//! here, and handed on when the runtime is built. Programs of tokio 0.2 call it.
//!
//! Always true: a runtime is made in `build` only; until then nothing is started.
//!
//! Why not hand each setting on at once? 1.x's builder is made for a scheduler, which this one may
//! be told last.

use super::Runtime;
use std::fmt;
use std::io;
use std::sync::Arc;
use tokio_await::runtime as modern;
use tokio_executor::internals::Era;

/// The settings of a runtime.
///
/// # Examples
///
/// ```
/// # use tokio_era_02 as tokio;
/// use tokio::runtime::Builder;
///
/// let mut runtime = Builder::new().threaded_scheduler().core_threads(2).enable_all().build()?;
/// assert_eq!(runtime.block_on(async { 1 }), 1);
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Builder {
    scheduler: Scheduler,
    io: bool,
    time: bool,
    core_threads: Option<usize>,
    max_threads: usize,
    name: Option<String>,
    stack_bytes: Option<usize>,
    on_start: Option<Callback>,
    on_stop: Option<Callback>,
}

type Callback = Arc<dyn Fn() + Send + Sync>;

#[derive(Debug, Clone, Copy)]
enum Scheduler {
    Basic,
    Threaded,
}

impl Builder {
    /// Returns settings for a runtime with neither reactor nor timers.
    ///
    /// Its scheduler is basic. In tokio itself it has none until one is picked, and spawning
    /// panics.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::runtime::Builder;
    ///
    /// let mut runtime = Builder::new().basic_scheduler().build()?;
    /// assert_eq!(runtime.block_on(async { 42 }), 42);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn new() -> Builder {
        Builder {
            scheduler: Scheduler::Basic,
            io: false,
            time: false,
            core_threads: None,
            max_threads: 512,
            name: None,
            stack_bytes: None,
            on_start: None,
            on_stop: None,
        }
    }

    /// Enables reactor and timers.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::net::TcpListener;
    /// use tokio::runtime::Builder;
    ///
    /// let mut runtime = Builder::new().basic_scheduler().enable_all().build()?;
    /// runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn enable_all(&mut self) -> &mut Builder {
        self.enable_io().enable_time()
    }

    /// Enables the reactor.
    pub fn enable_io(&mut self) -> &mut Builder {
        self.io = true;
        self
    }

    /// Enables the timers.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::runtime::Builder;
    /// use tokio::time::{timeout, Duration};
    ///
    /// let mut runtime = Builder::new().basic_scheduler().enable_time().build()?;
    /// let waited = runtime.block_on(async {
    ///     timeout(Duration::from_millis(1), std::future::pending::<()>()).await
    /// });
    /// assert!(waited.is_err());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn enable_time(&mut self) -> &mut Builder {
        self.time = true;
        self
    }

    /// Sets the greatest number of threads.
    #[deprecated(note = "In future will be replaced by core_threads method")]
    pub fn num_threads(&mut self, val: usize) -> &mut Builder {
        self.core_threads(val)
    }

    /// Sets the number of workers of a threaded scheduler; as many as there are processors,
    /// unless this says otherwise.
    ///
    /// # Panics
    ///
    /// If it is 0.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::runtime::Builder;
    ///
    /// let mut runtime = Builder::new().threaded_scheduler().core_threads(2).enable_all().build()?;
    /// assert_eq!(runtime.block_on(async { 42 }), 42);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn core_threads(&mut self, val: usize) -> &mut Builder {
        assert_ne!(val, 0, "a runtime needs a worker: core_threads must be more than 0");
        self.core_threads = Some(val);
        self
    }

    /// Sets the greatest number of threads, workers and threads that block together; 512
    /// unless this says otherwise. A runtime has one thread that blocks in any case.
    ///
    /// # Panics
    ///
    /// If it is 0.
    pub fn max_threads(&mut self, val: usize) -> &mut Builder {
        assert_ne!(val, 0, "what blocks needs a thread: max_threads must be more than 0");
        self.max_threads = val;
        self
    }

    /// Sets the names of the threads.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::runtime::Builder;
    ///
    /// let mut runtime = Builder::new().threaded_scheduler().thread_name("my-pool").build()?;
    /// let name = runtime.spawn(async { std::thread::current().name().map(str::to_owned) });
    /// assert!(runtime.block_on(name).unwrap().unwrap().starts_with("my-pool"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn thread_name(&mut self, val: impl Into<String>) -> &mut Builder {
        self.name = Some(val.into());
        self
    }

    /// Sets the size of the threads' stacks, in bytes.
    pub fn thread_stack_size(&mut self, val: usize) -> &mut Builder {
        self.stack_bytes = Some(val);
        self
    }

    /// Has each thread call `f` when it starts.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use std::sync::atomic::{AtomicUsize, Ordering};
    /// use std::sync::Arc;
    /// use tokio::runtime::Builder;
    ///
    /// let started = Arc::new(AtomicUsize::new(0));
    /// let counter = started.clone();
    /// let mut runtime = Builder::new()
    ///     .threaded_scheduler()
    ///     .core_threads(1)
    ///     .on_thread_start(move || {
    ///         counter.fetch_add(1, Ordering::Relaxed);
    ///     })
    ///     .build()?;
    /// let task = runtime.spawn(async {});
    /// runtime.block_on(task).unwrap();
    /// assert!(started.load(Ordering::Relaxed) > 0);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn on_thread_start<F>(&mut self, f: F) -> &mut Builder
    where
        F: Fn() + Send + Sync + 'static,
    {
        self.on_start = Some(Arc::new(f));
        self
    }

    /// Has each thread call `f` before it ends.
    pub fn on_thread_stop<F>(&mut self, f: F) -> &mut Builder
    where
        F: Fn() + Send + Sync + 'static,
    {
        self.on_stop = Some(Arc::new(f));
        self
    }

    /// Picks the scheduler that runs tasks on the thread that blocks on a future.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use std::thread;
    /// use tokio::runtime::Builder;
    ///
    /// let mut runtime = Builder::new().basic_scheduler().build()?;
    /// let of_task = runtime.spawn(async { thread::current().id() });
    /// assert_eq!(runtime.block_on(of_task).unwrap(), thread::current().id());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn basic_scheduler(&mut self) -> &mut Builder {
        self.scheduler = Scheduler::Basic;
        self
    }

    /// Picks the scheduler that runs tasks on a pool of workers.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use std::thread;
    /// use tokio::runtime::Builder;
    ///
    /// let mut runtime = Builder::new().threaded_scheduler().build()?;
    /// let of_task = runtime.spawn(async { thread::current().id() });
    /// assert_ne!(runtime.block_on(of_task).unwrap(), thread::current().id());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn threaded_scheduler(&mut self) -> &mut Builder {
        self.scheduler = Scheduler::Threaded;
        self
    }

    /// Returns the runtime.
    ///
    /// # Errors
    ///
    /// If the reactor or a thread cannot be made.
    ///
    /// # Panics
    ///
    /// If a threaded scheduler was given more workers than threads.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_era_02 as tokio;
    /// use tokio::runtime::Builder;
    ///
    /// let runtime = Builder::new().threaded_scheduler().enable_all().build()?;
    /// drop(runtime);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn build(&mut self) -> io::Result<Runtime> {
        let mut inner = match self.scheduler {
            Scheduler::Basic => modern::Builder::new_current_thread(),
            Scheduler::Threaded => modern::Builder::new_multi_thread(),
        };
        let workers = self.workers();
        if let Scheduler::Threaded = self.scheduler {
            inner.worker_threads(workers);
        }
        inner.max_blocking_threads((self.max_threads - workers).max(1));
        inner.era(Era::Tokio02);
        if self.io {
            inner.enable_io();
        }
        if self.time {
            inner.enable_time();
        }
        if let Some(name) = &self.name {
            inner.thread_name(name);
        }
        if let Some(bytes) = self.stack_bytes {
            inner.thread_stack_size(bytes);
        }
        if let Some(f) = self.on_start.clone() {
            inner.on_thread_start(move || f());
        }
        if let Some(f) = self.on_stop.clone() {
            inner.on_thread_stop(move || f());
        }
        inner.build().map(Runtime::from)
    }

    /// The number of workers, which is at most that of all threads.
    fn workers(&self) -> usize {
        if let Scheduler::Basic = self.scheduler {
            return 0;
        }
        match self.core_threads {
            Some(workers) => {
                assert!(
                    workers <= self.max_threads,
                    "a runtime has no more workers than threads: core_threads is {workers}, \
                     max_threads is {}",
                    self.max_threads,
                );
                workers
            }
            None => {
                let processors = std::thread::available_parallelism().map_or(1, |n| n.get());
                processors.min(self.max_threads)
            }
        }
    }
}

impl Default for Builder {
    fn default() -> Builder {
        Builder::new()
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("scheduler", &self.scheduler)
            .field("io", &self.io)
            .field("time", &self.time)
            .field("core_threads", &self.core_threads)
            .field("max_threads", &self.max_threads)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
