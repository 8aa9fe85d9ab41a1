//! The settings of a runtime.
//!
//! Programs call it; it puts together a reactor, timers, a driver and the pool.
//!
//! Always true: the runtime is known to its workers before the first of them starts; the
//! builder's hooks are kept by the threads that call them.
//!
//! Why not the pool's builder? It knows no reactor and no timer; see the header of
//! `runtime::driver`.

use super::driver::{Driver, DriverPark, NestedPark};
use super::{Context, Current, Parts, Runtime, TaskExecutor};
use crate::clock::{self, Clock};
use std::any::Any;
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;
use tokio_executor::internals::Era;
use tokio_executor::park::Unpark;
use tokio_threadpool as threadpool;
use tokio_threadpool::internals::worker_has_tasks;
use tokio_threadpool::internals::WorkerPark;

/// Builds a [`Runtime`] with settings of your own.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use tokio::runtime::Builder;
///
/// let runtime = Builder::new()
///     .core_threads(4)
///     .blocking_threads(16)
///     .name_prefix("my-service-")
///     .keep_alive(Some(Duration::from_secs(60)))
///     .build()?;
/// # drop(runtime);
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Builder {
    pool: threadpool::Builder,
    clock: Clock,
    reactors: usize,
    before_park: Option<Hook>,
    after_unpark: Option<Hook>,
    /// Tasks find a reactor; they find timers.
    defaults: (bool, bool),
    #[cfg(feature = "inspect")]
    on_long_poll: Option<(Duration, LongPollFn)>,
    #[cfg(feature = "inspect")]
    on_unobserved: Option<UnobservedFn>,
}

/// What a worker calls.
type Hook = Arc<dyn Fn() + Send + Sync>;

#[cfg(feature = "inspect")]
type LongPollFn = Arc<dyn Fn(&crate::inspect::LongPoll) + Send + Sync>;

#[cfg(feature = "inspect")]
type UnobservedFn = Arc<dyn Fn(&crate::inspect::Unobserved) + Send + Sync>;

impl Builder {
    /// Returns the default settings: a worker per processor, and up to 100 threads in
    /// `blocking`.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::runtime::Builder;
    ///
    /// let runtime = Builder::new().core_threads(2).name_prefix("service-").build().unwrap();
    /// ```
    pub fn new() -> Builder {
        let mut pool = threadpool::Builder::new();
        pool.name_prefix("tokio-runtime-worker-");
        let clock = Clock::for_new_runtime();
        Builder {
            pool,
            clock,
            reactors: 1,
            before_park: None,
            after_unpark: None,
            defaults: (true, true),
            #[cfg(feature = "inspect")]
            on_long_poll: None,
            #[cfg(feature = "inspect")]
            on_unobserved: None,
        }
    }

    /// Sets the clock by which timers go: one under a test's control, for instance.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::clock::Clock;
    /// use tokio::runtime::Builder;
    ///
    /// let runtime = Builder::new().clock(Clock::system()).build().unwrap();
    /// ```
    pub fn clock(&mut self, clock: Clock) -> &mut Self {
        self.clock = clock;
        self
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
    /// use tokio::runtime::Builder;
    ///
    /// let runtime = Builder::new().core_threads(4).build().unwrap();
    /// ```
    pub fn core_threads(&mut self, val: usize) -> &mut Self {
        self.pool.pool_size(val);
        self
    }

    /// Sets how many reactors the workers share: one, unless this says otherwise. No more are made
    /// than there are workers.
    ///
    /// One is right for most programs. It hands out the events of all sockets, by one worker at a
    /// time. With some dozen workers that may be what they wait for; then a reactor for each four
    /// to eight of them is worth a try. A socket belongs to a reactor of the worker that first
    /// waits for it; [`bind_sharded`](crate::net::TcpListener::bind_sharded) spreads connections
    /// over all of them. Whichever it is, its events are served by any worker that sleeps. Where
    /// one reactor has room enough, several only cost more: an event for a worker that sleeps
    /// elsewhere takes two system calls in place of one.
    ///
    /// On other systems than Linux and Android, a runtime has one reactor:
    /// [`build`](Builder::build) fails if it is to have more.
    ///
    /// # Panics
    ///
    /// If `val` is 0.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[cfg(target_os = "linux")]
    /// # fn main() -> std::io::Result<()> {
    /// use tokio::runtime::Builder;
    ///
    /// let runtime = Builder::new().core_threads(8).reactors(2).build()?;
    /// # drop(runtime);
    /// # Ok(())
    /// # }
    /// # #[cfg(not(target_os = "linux"))]
    /// # fn main() {}
    /// ```
    #[track_caller]
    pub fn reactors(&mut self, val: usize) -> &mut Self {
        assert!(val > 0, "a runtime needs at least 1 reactor, got 0");
        self.reactors = val;
        self
    }

    /// Sets how many threads may block in `tokio_threadpool::blocking` at the same time; file
    /// operations do. They come on top of the workers. At least one must, or `build` panics.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::runtime::Builder;
    ///
    /// // At most eight tasks may block at the same time.
    /// let runtime = Builder::new().blocking_threads(8).build().unwrap();
    /// ```
    pub fn blocking_threads(&mut self, val: usize) -> &mut Self {
        self.pool.max_blocking(val);
        self
    }

    /// Sets after how long without work a thread ends; never, if `None`. The last one stays.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use tokio::runtime::Builder;
    ///
    /// // Threads that had nothing to do for a minute end.
    /// let runtime = Builder::new().keep_alive(Some(Duration::from_secs(60))).build().unwrap();
    /// ```
    pub fn keep_alive(&mut self, val: Option<Duration>) -> &mut Self {
        self.pool.keep_alive(val);
        self
    }

    /// Calls `f` when a task panics, with what it panicked with.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::runtime::Builder;
    ///
    /// let runtime = Builder::new()
    ///     .panic_handler(|_payload| eprintln!("a task has panicked"))
    ///     .build()
    ///     .unwrap();
    /// ```
    pub fn panic_handler<F>(&mut self, f: F) -> &mut Self
    where
        F: Fn(Box<dyn Any + Send>) + Send + Sync + 'static,
    {
        self.pool.panic_handler(f);
        self
    }

    /// Sets the start of each thread's name; a number from 0 follows.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures::future;
    /// use tokio::runtime::Builder;
    ///
    /// let mut runtime = Builder::new().name_prefix("service-").build().unwrap();
    /// let name = runtime.block_on_std(async {
    ///     tokio::task::spawn_std(async { std::thread::current().name().map(str::to_owned) }).await
    /// });
    /// assert!(name.unwrap().unwrap().starts_with("service-"));
    /// ```
    pub fn name_prefix<S: Into<String>>(&mut self, val: S) -> &mut Self {
        self.pool.name_prefix(val);
        self
    }

    /// Sets the stack size of each thread, in bytes. A thread has 64 KiB at least.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::runtime::Builder;
    ///
    /// let runtime = Builder::new().stack_size(4 << 20).build().unwrap();
    /// ```
    pub fn stack_size(&mut self, val: usize) -> &mut Self {
        self.pool.stack_size(val);
        self
    }

    /// Calls `f` on each thread before it does anything else.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::runtime::Builder;
    ///
    /// let runtime = Builder::new()
    ///     .after_start(|| println!("a thread has started"))
    ///     .before_stop(|| println!("a thread is about to end"))
    ///     .build()
    ///     .unwrap();
    /// ```
    pub fn after_start<F>(&mut self, f: F) -> &mut Self
    where
        F: Fn() + Send + Sync + 'static,
    {
        self.pool.after_start(f);
        self
    }

    /// Calls `f` on each thread before it ends.
    pub fn before_stop<F>(&mut self, f: F) -> &mut Self
    where
        F: Fn() + Send + Sync + 'static,
    {
        self.pool.before_stop(f);
        self
    }

    /// Calls `hook` after each poll of a task of this runtime that took `limit` or longer, on
    /// its thread.
    ///
    /// The runtime then has polls, wakes and waits recorded for as long as it is there, as a
    /// [`Recording`](crate::inspect::Recording) does, in the whole process.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use tokio::runtime::Builder;
    ///
    /// let runtime = Builder::new()
    ///     .on_long_poll(Duration::from_millis(50), |poll| {
    ///         eprintln!("{:?} in a poll of the task from {}", poll.took, poll.task.spawned_at);
    ///     })
    ///     .build()?;
    /// # drop(runtime);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[cfg(feature = "inspect")]
    pub fn on_long_poll<F>(&mut self, limit: Duration, hook: F) -> &mut Self
    where
        F: Fn(&crate::inspect::LongPoll) + Send + Sync + 'static,
    {
        self.on_long_poll = Some((limit, Arc::new(hook)));
        self
    }

    /// Has every poll measured, and counted by how long it took.
    // Hidden: for the interfaces of tokio 1.x and 0.2.
    #[doc(hidden)]
    pub fn measure_every_poll(&mut self, ends: Vec<Duration>) -> &mut Self {
        self.pool.measure_every_poll(ends);
        self
    }

    /// Has tasks that are woken or spawned on a worker wait behind all others of its queue.
    // Hidden: for the interfaces of tokio 1.x and 0.2.
    #[doc(hidden)]
    pub fn run_in_order(&mut self) -> &mut Self {
        self.pool.run_in_order();
        self
    }

    /// Sets whose tasks the runtime runs: these may block on executors of other eras.
    // Hidden: for the interfaces of tokio 1.x and 0.2.
    #[doc(hidden)]
    pub fn era(&mut self, era: Era) -> &mut Self {
        self.pool.era(era);
        self
    }

    /// Calls `hook` for each task, of any runtime of the process, whose panic, or error of
    /// futures 0.1, nobody looks at; for as long as this runtime is there. See
    /// [`on_unobserved`](crate::inspect::on_unobserved).
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::runtime::Builder;
    ///
    /// let runtime = Builder::new()
    ///     .on_unobserved(|of| eprintln!("the task from {} {}", of.task.spawned_at, of.ending))
    ///     .build()?;
    /// # drop(runtime);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[cfg(feature = "inspect")]
    pub fn on_unobserved<F>(&mut self, hook: F) -> &mut Self
    where
        F: Fn(&crate::inspect::Unobserved) + Send + Sync + 'static,
    {
        self.on_unobserved = Some(Arc::new(hook));
        self
    }

    /// Sets what gives each thread its name, in place of a prefix and a number.
    // Hidden: for the interfaces of tokio 1.x and 0.2.
    #[doc(hidden)]
    pub fn name_fn(&mut self, name: Arc<dyn Fn() -> String + Send + Sync>) -> &mut Self {
        self.pool.name_fn(name);
        self
    }

    /// Calls `before` on a worker's thread when it is about to sleep, and `after` when it has
    /// woken up.
    // Hidden: for the interfaces of tokio 1.x and 0.2.
    #[doc(hidden)]
    pub fn around_park(&mut self, before: Option<Hook>, after: Option<Hook>) -> &mut Self {
        self.before_park = before;
        self.after_unpark = after;
        self
    }

    /// Sets whether tasks on the workers find a reactor and timers; they do unless this says
    /// otherwise.
    // Hidden: for the interfaces of tokio 1.x and 0.2.
    #[doc(hidden)]
    pub fn defaults(&mut self, io: bool, time: bool) -> &mut Self {
        self.defaults = (io, time);
        self
    }

    /// Takes the pool's settings from `val`, with which all of them can be made.
    ///
    /// What this runtime needs of the pool for itself (where its workers sleep, and what
    /// is set up around them) replaces what `val` says of it.
    #[doc(hidden)]
    #[deprecated(note = "use the methods of this builder")]
    pub fn threadpool_builder(&mut self, val: threadpool::Builder) -> &mut Self {
        self.pool = val;
        self
    }

    /// Builds the runtime. Its threads start when there is work for them.
    ///
    /// # Errors
    ///
    /// If the reactor cannot be made, for want of descriptors; of the kind `Unsupported` if there
    /// are to be several [`reactors`](Builder::reactors) and the system has no such.
    ///
    /// # Examples
    ///
    /// ```
    /// use tokio::runtime::Builder;
    ///
    /// let mut runtime = Builder::new().core_threads(1).build().unwrap();
    /// assert_eq!(runtime.block_on_std(async { 1 }), 1);
    /// ```
    #[expect(clippy::missing_panics_doc, reason = "never: the driver is there while it builds")]
    pub fn build(&mut self) -> io::Result<Runtime> {
        let workers = self.pool.workers();
        let clock = self.clock.or_pausable();
        let driver = Driver::new(workers, self.reactors.min(workers), clock.clone())?;
        let context = Context::new(driver.reactor().clone(), driver.timers(workers), clock.clone());
        let companion = Arc::new(OnceLock::new());
        // What the workers find the runtime by, once there is a pool.
        let home: Arc<OnceLock<threadpool::internals::WeakSender>> = Arc::default();
        let current = {
            let (home, context, companion) = (home.clone(), context.clone(), companion.clone());
            move || {
                let executor = TaskExecutor { sender: home.get()?.upgrade()? };
                let (context, companion) = (context.clone(), companion.clone());
                Some(Current { executor, context, companion })
            }
        };

        let (around, now) = (Arc::downgrade(&driver), clock.clone());
        let (io, time) = self.defaults;
        self.pool.around_worker(move |worker, _| {
            let Some(driver) = around.upgrade() else { return worker.run() };
            let _current = current().map(Current::stay);
            let index = worker.id().to_usize();
            let timers = driver.timers(index);
            // Over those that `after_start` may have set.
            let reactor = io.then(|| driver.reactor_of(index));
            let _reactor = tokio_reactor::internals::replace_default(reactor);
            drop(driver);
            let _timers = crate::timer::driver::replace_default(time.then_some(&timers));
            let _clock = clock::replace_default(Some(&now));
            worker.run();
        });

        // The builder's closures are called in `build`, and kept after it: what they
        // hold of the driver must end with this call.
        let weak_driver = Arc::downgrade(&driver);
        let lent = Arc::new(Mutex::new(Some(driver)));
        let lending = lent.clone();
        let (before, after) = (self.before_park.clone(), self.after_unpark.clone());
        self.pool.worker_park(move |worker| {
            let driver = lending.lock().unwrap_or_else(|e| e.into_inner()).clone();
            let driver = driver.expect("a builder makes parkers while it builds");
            if driver.has_nested() {
                return hooked(NestedPark::new(driver, worker.to_usize()), &before, &after);
            }
            hooked(DriverPark::new(driver), &before, &after)
        });
        let pool = self.pool.build();
        let _ = home.set(pool.sender().downgrade());
        lent.lock().unwrap_or_else(|e| e.into_inner()).take();
        #[cfg(feature = "inspect")]
        {
            let driver = weak_driver.clone();
            let counts = move || driver.upgrade().map_or(Default::default(), |d| d.counts());
            crate::inspect::register(pool.sender(), counts);
        }
        super::runtime_starts();
        #[cfg(feature = "inspect")]
        let watch = self.on_long_poll.clone().map(|(limit, hook)| {
            use tokio_executor::internals::inspect;
            let ours = companion.clone();
            let watch = inspect::on_long_poll(limit, move |poll| {
                if Current::get().is_some_and(|of| Arc::ptr_eq(&of.companion, &ours)) {
                    hook(poll);
                }
            });
            (inspect::Recording::start(), watch)
        });
        #[cfg(feature = "inspect")]
        let on_unobserved = self
            .on_unobserved
            .clone()
            .map(|hook| tokio_executor::internals::inspect::on_unobserved(move |of| hook(of)));
        Ok(Runtime {
            parts: Some(Parts {
                pool,
                background: OnceLock::new(),
                context,
                driver: weak_driver,
                companion,
                #[cfg(feature = "inspect")]
                watch,
                #[cfg(feature = "inspect")]
                on_unobserved,
            }),
        })
    }
}

/// Puts calls before and after a worker's sleep, if there are to be any.
fn hooked(
    park: impl WorkerPark + 'static,
    before: &Option<Hook>,
    after: &Option<Hook>,
) -> Box<dyn WorkerPark> {
    if before.is_none() && after.is_none() {
        return Box::new(park);
    }
    Box::new(HookedPark { park, before: before.clone(), after: after.clone() })
}

/// A worker's place to sleep, with calls before and after.
struct HookedPark<P> {
    park: P,
    before: Option<Hook>,
    after: Option<Hook>,
}

impl<P: WorkerPark> WorkerPark for HookedPark<P> {
    fn park(&mut self, timeout: Option<Duration>) -> bool {
        self.before.iter().for_each(|before| before());
        // What that spawned or woke is in the queue of this worker, which nobody unparks.
        let timeout = if worker_has_tasks() { Some(Duration::ZERO) } else { timeout };
        let parked = self.park.park(timeout);
        self.after.iter().for_each(|after| after());
        parked
    }

    fn park_aside(&mut self, timeout: Duration) -> bool {
        self.park.park_aside(timeout)
    }

    fn turn(&mut self) {
        self.park.turn();
    }

    fn unpark(&self) -> Box<dyn Unpark> {
        self.park.unpark()
    }

    fn retire(&mut self) {
        self.park.retire();
    }
}

impl Default for Builder {
    fn default() -> Builder {
        Builder::new()
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder").field("pool", &self.pool).finish_non_exhaustive()
    }
}
