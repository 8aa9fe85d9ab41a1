//! The settings of a pool.
//!
//! Programs and `tokio`'s runtime builder call it; a `ThreadPool` comes out.
//!
//! Always true: a value out of range panics when it is set, and the sizes of a pool never
//! change afterwards. What the pool reads of the settings later is in `config`.
//!
//! Why boxes for parkers and hooks? The pool's type would have all of them as parameters, and so
//! would every handle to it.

use crate::config::Config;
use crate::park::{DefaultPark, OwnPark, WorkerPark};
use crate::shared::Shared;
use crate::threads::{AroundWorker, Worker, WorkerId};
use crate::ThreadPool;
use std::any::Any;
use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio_executor::internals::poll_times::Scale;
use tokio_executor::internals::Era;
use tokio_executor::park::Park;
use tokio_executor::Enter;

/// As many workers as a pool can have.
const MAX_WORKERS: usize = 32_768;

type NewPark = Box<dyn Fn(&WorkerId) -> Box<dyn WorkerPark>>;

/// Builds a [`ThreadPool`] with settings of your own.
///
/// # Examples
///
/// ```
/// use futures::Future;
/// use std::time::Duration;
/// use tokio_threadpool::Builder;
///
/// let pool = Builder::new()
///     .pool_size(4)
///     .name_prefix("mill-")
///     .keep_alive(Some(Duration::from_secs(30)))
///     .build();
/// pool.shutdown().wait().unwrap();
/// ```
pub struct Builder {
    config: Config,
    around_worker: Option<AroundWorker>,
    /// A worker per processor, if `None`: they are counted when it matters.
    pool_size: Option<usize>,
    new_park: NewPark,
}

impl Builder {
    /// Returns the default settings: a worker per processor, 100 blocking threads at most,
    /// threads that stay.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::{future, Future};
    /// use tokio_threadpool::Builder;
    ///
    /// let pool = Builder::new().build();
    /// assert_eq!(pool.spawn_handle(future::ok::<_, ()>(7)).wait(), Ok(7));
    /// ```
    pub fn new() -> Builder {
        Builder {
            config: Config {
                keep_alive: None,
                name_prefix: None,
                name_fn: None,
                stack_size: None,
                max_blocking: 100,
                poll_times: Scale::sampled(),
                lifo_slot: true,
                era: Era::Tokio01,
                after_start: None,
                before_stop: None,
                panic_handler: None,
            },
            around_worker: None,
            pool_size: None,
            new_park: Box::new(|_| Box::new(OwnPark { park: DefaultPark::new() })),
        }
    }

    /// Sets how many workers run tasks at the same time.
    ///
    /// # Panics
    ///
    /// Unless `val` is from 1 to 32768.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::{future, Future};
    /// use tokio_threadpool::Builder;
    ///
    /// let pool = Builder::new().pool_size(2).build();
    /// assert_eq!(pool.metrics().workers.len(), 2);
    /// ```
    pub fn pool_size(&mut self, val: usize) -> &mut Builder {
        assert!(
            (1..=MAX_WORKERS).contains(&val),
            "pool size must be 1 to {MAX_WORKERS}, got {val}",
        );
        self.pool_size = Some(val);
        self
    }

    /// Sets how many threads may block in [`blocking`](crate::blocking()) at the same time;
    /// they come on top of the workers. At least one must; see [`build`](Builder::build).
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::{future, Future};
    /// use tokio_threadpool::{blocking, Builder};
    ///
    /// let pool = Builder::new().pool_size(1).max_blocking(10).build();
    /// let sum = pool.spawn_handle(future::poll_fn(|| blocking(|| (0..1000u64).sum::<u64>())));
    /// assert_eq!(sum.wait().unwrap(), 499_500);
    /// ```
    pub fn max_blocking(&mut self, val: usize) -> &mut Builder {
        self.config.max_blocking = val;
        self
    }

    /// Sets after how long without work a thread ends; never, if `None`.
    ///
    /// The last thread always stays: it drives the pool's I/O. Threads that ended are
    /// started again when there is work for them. A thread that waits to replace a
    /// blocked one ends after ten seconds if this is `None`.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use tokio_threadpool::Builder;
    ///
    /// let pool = Builder::new().keep_alive(Some(Duration::from_secs(30))).build();
    /// ```
    pub fn keep_alive(&mut self, val: Option<Duration>) -> &mut Builder {
        self.config.keep_alive = val;
        self
    }

    /// Calls `f` when a task panics, with what it panicked with, on the thread that ran
    /// it.
    ///
    /// Without a handler the panic ends the task and nothing else. The process's panic
    /// hook runs in either case.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::{future, Future};
    /// use std::sync::mpsc;
    /// use std::sync::Mutex;
    /// use tokio_threadpool::Builder;
    ///
    /// let (sender, receiver) = mpsc::channel();
    /// let sender = Mutex::new(sender);
    /// let pool = Builder::new()
    ///     .panic_handler(move |cause| {
    ///         let text = cause.downcast_ref::<&str>().copied().unwrap_or("");
    ///         sender.lock().unwrap().send(text.to_owned()).unwrap();
    ///     })
    ///     .build();
    /// pool.spawn(future::lazy(|| -> Result<(), ()> { panic!("out of luck") }));
    /// assert_eq!(receiver.recv().unwrap(), "out of luck");
    /// ```
    pub fn panic_handler<F>(&mut self, f: F) -> &mut Builder
    where
        F: Fn(Box<dyn Any + Send>) + Send + Sync + 'static,
    {
        self.config.panic_handler = Some(Arc::new(f));
        self
    }

    /// Has every poll measured, and counted by how long it took: with an upper end, not
    /// included, for each count but the last.
    // Hidden: for the crates above this one.
    #[doc(hidden)]
    pub fn measure_every_poll(&mut self, ends: Vec<Duration>) -> &mut Builder {
        self.config.poll_times = Scale::of_every_poll(ends);
        self
    }

    /// Has tasks that are woken or spawned on a worker wait behind all others of its queue.
    // Hidden: for the crates above this one.
    #[doc(hidden)]
    pub fn run_in_order(&mut self) -> &mut Builder {
        self.config.lifo_slot = false;
        self
    }

    /// Sets whose tasks the pool runs: these may block on executors of other eras.
    // Hidden: for the crates above this one.
    #[doc(hidden)]
    pub fn era(&mut self, era: Era) -> &mut Builder {
        self.config.era = era;
        self
    }

    /// Sets what gives each thread its name, in place of a prefix and a number.
    // Hidden: for the crates above this one.
    #[doc(hidden)]
    pub fn name_fn(&mut self, name: Arc<dyn Fn() -> String + Send + Sync>) -> &mut Builder {
        self.config.name_fn = Some(name);
        self
    }

    /// Sets the start of each thread's name; a number from 0 follows.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::{future, Future};
    /// use std::thread;
    /// use tokio_threadpool::Builder;
    ///
    /// let pool = Builder::new().name_prefix("mill-").build();
    /// let name = pool.spawn_handle(future::lazy(|| {
    ///     Ok::<_, ()>(thread::current().name().unwrap_or("").to_owned())
    /// }));
    /// assert!(name.wait().unwrap().starts_with("mill-"));
    /// ```
    pub fn name_prefix<S: Into<String>>(&mut self, val: S) -> &mut Builder {
        self.config.name_prefix = Some(val.into());
        self
    }

    /// Sets the stack size of each thread, in bytes. A thread has 64 KiB at least, which its
    /// queues need at its end where the program is built without optimization.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio_threadpool::Builder;
    ///
    /// let pool = Builder::new().stack_size(4 * 1024 * 1024).build();
    /// ```
    pub fn stack_size(&mut self, val: usize) -> &mut Builder {
        self.config.stack_size = Some(val);
        self
    }

    /// Calls `f` on each thread in place of the worker's loop.
    ///
    /// `f` must call [`Worker::run`], around which it may set up what tasks find on
    /// their thread. It is called again whenever a thread takes a worker over. If it
    /// returns without that call, or panics before it, the worker runs all the same, with
    /// nothing around it, and an error is logged.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::{future, Future};
    /// use std::cell::Cell;
    /// use tokio_threadpool::Builder;
    ///
    /// thread_local!(static WORKER: Cell<usize> = Cell::new(usize::MAX));
    ///
    /// let pool = Builder::new()
    ///     .pool_size(1)
    ///     .around_worker(|worker, _| {
    ///         WORKER.with(|number| number.set(worker.id().to_usize()));
    ///         worker.run();
    ///     })
    ///     .build();
    /// let seen = pool.spawn_handle(future::lazy(|| Ok::<_, ()>(WORKER.with(Cell::get))));
    /// assert_eq!(seen.wait(), Ok(0));
    /// ```
    pub fn around_worker<F>(&mut self, f: F) -> &mut Builder
    where
        F: Fn(&Worker, &mut Enter) + Send + Sync + 'static,
    {
        self.around_worker = Some(Arc::new(f));
        self
    }

    /// Calls `f` on each thread before it does anything else. If it panics, the thread
    /// goes on all the same.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::{future, Future};
    /// use std::cell::Cell;
    /// use tokio_threadpool::Builder;
    ///
    /// thread_local!(static READY: Cell<bool> = Cell::new(false));
    ///
    /// let pool = Builder::new().after_start(|| READY.with(|ready| ready.set(true))).build();
    /// let seen = pool.spawn_handle(future::lazy(|| Ok::<_, ()>(READY.with(Cell::get))));
    /// assert_eq!(seen.wait(), Ok(true));
    /// ```
    pub fn after_start<F>(&mut self, f: F) -> &mut Builder
    where
        F: Fn() + Send + Sync + 'static,
    {
        self.config.after_start = Some(Arc::new(f));
        self
    }

    /// Calls `f` on each thread before it ends; on the last one once all tasks are dropped.
    pub fn before_stop<F>(&mut self, f: F) -> &mut Builder
    where
        F: Fn() + Send + Sync + 'static,
    {
        self.config.before_stop = Some(Arc::new(f));
        self
    }

    /// Sets what each worker sleeps in; `f` is called once for each when the pool is built.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::{future, Future};
    /// use tokio_threadpool::park::DefaultPark;
    /// use tokio_threadpool::Builder;
    ///
    /// // A parker of your own would stand in place of this one.
    /// let pool = Builder::new().custom_park(|_worker| DefaultPark::new()).build();
    /// assert_eq!(pool.spawn_handle(future::ok::<_, ()>(7)).wait(), Ok(7));
    /// ```
    pub fn custom_park<F, P>(&mut self, f: F) -> &mut Builder
    where
        F: Fn(&WorkerId) -> P + 'static,
        P: Park + Send + 'static,
        P::Error: Error,
    {
        self.new_park = Box::new(move |id| Box::new(OwnPark { park: f(id) }));
        self
    }

    /// Works like [`custom_park`](Builder::custom_park), for workers that share a driver.
    // Hidden: for the crates above this one.
    #[doc(hidden)]
    pub fn worker_park<F>(&mut self, f: F) -> &mut Builder
    where
        F: Fn(&WorkerId) -> Box<dyn WorkerPark> + 'static,
    {
        self.new_park = Box::new(f);
        self
    }

    /// Returns how many workers the pool will have.
    // Hidden: for the crates above this one.
    #[doc(hidden)]
    pub fn workers(&self) -> usize {
        self.pool_size.unwrap_or_else(|| num_cpus::get().clamp(1, MAX_WORKERS))
    }

    /// Builds the pool. Its threads start when there is work for them.
    ///
    /// # Panics
    ///
    /// If no thread may block, by [`max_blocking`](Builder::max_blocking).
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::Future;
    /// use tokio_threadpool::Builder;
    ///
    /// let pool = Builder::new().pool_size(4).build();
    /// pool.shutdown().wait().unwrap();
    /// ```
    pub fn build(&self) -> ThreadPool {
        assert!(self.config.max_blocking > 0, "blocking capacity must be greater than zero");
        let parks = (0..self.workers()).map(|index| (self.new_park)(&WorkerId { index }));
        ThreadPool::over(Shared::new(
            self.config.clone(),
            self.around_worker.clone(),
            parks.collect(),
        ))
    }
}

impl ThreadPool {
    /// Returns a pool with the settings of [`Builder::new`].
    pub fn new() -> ThreadPool {
        Builder::new().build()
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
            .field("pool_size", &self.workers())
            .field("max_blocking", &self.config.max_blocking)
            .field("keep_alive", &self.config.keep_alive)
            .field("name_prefix", &self.config.name_prefix)
            .field("stack_size", &self.config.stack_size)
            .finish_non_exhaustive()
    }
}
