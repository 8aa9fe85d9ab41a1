//! The settings of a runtime.
//!
//! Programs and the attribute macros call it; `Runtime` and `Handle` come out.
//!
//! Always true: no thread of a pool starts before the runtime is known by it, so what a first
//! task spawns finds its runtime; a setting that is not allowed panics when it is set.
//!
//! Why not the root's builder? It has no blocking threads beside the workers, and no names,
//! hooks or ids of tokio 1.x.

mod measuring;
mod tasks;

use self::measuring::PollTimes;
use super::blocking::{Hook, ThreadSettings};
use super::handle::{Drivers, Kind, Parts, Shared};
use super::hooked_park::HookedPark;
use super::instruments::{Instruments, TaskHooks};
use super::schedule_latency::Latencies;
use super::unhandled_panic::Stop;
use super::{context, Handle, Runtime};
use crate::macros::random::{RngSeed, Seeds};
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, OnceLock, Weak};
use std::time::Duration;
use tokio::clock::Clock;
use tokio::current_thread::CoreCell;
use tokio::runtime as engine;
use tokio::runtime::current_thread::movable;
use tokio::timer::driver::Timer;
use tokio_executor::internals::Era;
use tokio_reactor::Reactor;

/// The settings of a runtime.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::runtime::Builder;
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
    name: Option<String>,
    workers: Option<usize>,
    reactors: usize,
    threads: ThreadSettings,
    drivers: Drivers,
    start_paused: bool,
    poll_times: PollTimes,
    latencies: PollTimes,
    tell_latencies: bool,
    hooks: TaskHooks,
    stop_after_panic: bool,
    lifo_slots: bool,
    era: Era,
    seed: Option<RngSeed>,
    before_park: Option<Hook>,
    after_unpark: Option<Hook>,
}

/// The complaint about a clock that is to be paused under several workers.
pub(crate) const OTHER_FLAVOR: &str =
    "`time::pause()` requires the `current_thread` Tokio runtime. This is the default Runtime \
     used by `#[tokio::test].";

impl Builder {
    /// Returns a builder of a runtime with a pool of workers.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::runtime::Builder;
    ///
    /// let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    /// assert_eq!(runtime.block_on(async { 1 }), 1);
    /// ```
    pub fn new_multi_thread() -> Builder {
        Builder::new(false)
    }

    /// Returns a builder of a runtime whose tasks run on the thread that blocks on a future, while
    /// it does.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::runtime::Builder;
    ///
    /// let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    /// assert_eq!(runtime.block_on(async { 1 }), 1);
    /// ```
    pub fn new_current_thread() -> Builder {
        Builder::new(true)
    }

    fn new(current_thread: bool) -> Builder {
        Builder {
            current_thread,
            name: None,
            workers: None,
            reactors: 1,
            threads: ThreadSettings::default(),
            drivers: Drivers { io: false, time: false },
            start_paused: false,
            poll_times: PollTimes::default(),
            latencies: PollTimes::default(),
            tell_latencies: false,
            hooks: TaskHooks::default(),
            stop_after_panic: false,
            lifo_slots: true,
            era: Era::Tokio1,
            seed: None,
            before_park: None,
            after_unpark: None,
        }
    }

    /// Sets the name of the runtime, for [`Handle::name`].
    ///
    /// # Panics
    ///
    /// If it is blank.
    #[track_caller]
    pub fn name(&mut self, val: impl Into<String>) -> &mut Builder {
        let name = val.into();
        assert!(!name.trim().is_empty(), "runtime name shouldn't be empty");
        self.name = Some(name);
        self
    }

    /// Sets the number of workers. Unless this says otherwise: `TOKIO_WORKER_THREADS` in the
    /// environment, or as many as there are processors. A current-thread runtime has none.
    ///
    /// # Panics
    ///
    /// If it is 0.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::runtime::Builder;
    ///
    /// let runtime = Builder::new_multi_thread().worker_threads(4).build().unwrap();
    /// ```
    #[track_caller]
    pub fn worker_threads(&mut self, val: usize) -> &mut Builder {
        assert!(val > 0, "Worker threads cannot be set to 0");
        self.workers = Some(val);
        self
    }

    /// Sets whose tasks the runtime runs: these may block on runtimes of other eras.
    // Hidden: for the interface of tokio 0.2.
    #[doc(hidden)]
    pub fn era(&mut self, era: Era) -> &mut Builder {
        self.era = era;
        self
    }

    /// Sets how many reactors the workers share; one, unless this says otherwise. Not in tokio.
    ///
    /// One is right for most programs; of a few dozen workers, a reactor for each four to eight is
    /// worth a try, together with
    /// [`TcpListener::bind_sharded`](crate::net::TcpListener::bind_sharded). A socket belongs to a
    /// reactor of the worker that makes it, or to the first one if it is made elsewhere. No more
    /// are made than there are workers; a current-thread runtime has one. On other systems than
    /// Linux and Android, [`build`](Builder::build) fails if there are to be several.
    ///
    /// # Panics
    ///
    /// If it is 0.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[cfg(target_os = "linux")]
    /// # fn main() -> std::io::Result<()> {
    /// # use tokio_await as tokio;
    /// use tokio::runtime::Builder;
    ///
    /// let mut builder = Builder::new_multi_thread();
    /// let runtime = builder.worker_threads(8).reactors(2).enable_all().build()?;
    /// # drop(runtime);
    /// # Ok(())
    /// # }
    /// # #[cfg(not(target_os = "linux"))]
    /// # fn main() {}
    /// ```
    #[track_caller]
    pub fn reactors(&mut self, val: usize) -> &mut Builder {
        assert!(val > 0, "a runtime needs at least 1 reactor, got 0");
        self.reactors = val;
        self
    }

    /// Sets the most threads that may block at once, in `spawn_blocking` and for files; 512
    /// unless this says otherwise. Others wait in turn.
    ///
    /// # Panics
    ///
    /// If it is 0.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::runtime::Builder;
    ///
    /// let runtime = Builder::new_multi_thread().max_blocking_threads(16).build().unwrap();
    /// ```
    #[track_caller]
    pub fn max_blocking_threads(&mut self, val: usize) -> &mut Builder {
        assert!(val > 0, "Max blocking threads cannot be set to 0");
        self.threads.max = val;
        self
    }

    /// Sets the name of all threads of the runtime.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::runtime::Builder;
    ///
    /// let runtime = Builder::new_multi_thread().thread_name("service").build().unwrap();
    /// ```
    pub fn thread_name(&mut self, val: impl Into<String>) -> &mut Builder {
        let name = val.into();
        self.threads.name = Arc::new(move || name.clone());
        self
    }

    /// Sets what gives each thread of the runtime its name.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::runtime::Builder;
    ///
    /// let runtime = Builder::new_multi_thread().thread_name_fn(|| "mill".to_owned()).build();
    /// # drop(runtime);
    /// ```
    pub fn thread_name_fn<F>(&mut self, f: F) -> &mut Builder
    where
        F: Fn() -> String + Send + Sync + 'static,
    {
        self.threads.name = Arc::new(f);
        self
    }

    /// Sets the size of the threads' stacks, in bytes.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::runtime::Builder;
    ///
    /// let runtime = Builder::new_multi_thread().thread_stack_size(1 << 20).build();
    /// # drop(runtime);
    /// ```
    pub fn thread_stack_size(&mut self, val: usize) -> &mut Builder {
        self.threads.stack_bytes = Some(val);
        self
    }

    /// Sets how long a thread that only blocks, and has nothing to do, stays; 10 s unless this
    /// says otherwise.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use std::time::Duration;
    /// use tokio::runtime::Builder;
    ///
    /// let runtime = Builder::new_multi_thread().thread_keep_alive(Duration::from_secs(1)).build();
    /// # drop(runtime);
    /// ```
    pub fn thread_keep_alive(&mut self, duration: Duration) -> &mut Builder {
        self.threads.keep_alive = duration;
        self
    }

    /// Has each thread call `f` when it starts.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::runtime::Builder;
    ///
    /// let runtime = Builder::new_multi_thread().on_thread_start(|| println!("begins")).build();
    /// # drop(runtime);
    /// ```
    pub fn on_thread_start<F>(&mut self, f: F) -> &mut Builder
    where
        F: Fn() + Send + Sync + 'static,
    {
        self.threads.on_start = Some(Arc::new(f));
        self
    }

    /// Has each thread call `f` before it ends.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::runtime::Builder;
    ///
    /// let runtime = Builder::new_multi_thread().on_thread_stop(|| println!("ends")).build();
    /// # drop(runtime);
    /// ```
    pub fn on_thread_stop<F>(&mut self, f: F) -> &mut Builder
    where
        F: Fn() + Send + Sync + 'static,
    {
        self.threads.on_stop = Some(Arc::new(f));
        self
    }

    /// Has a thread that runs tasks call `f` before it goes to sleep.
    ///
    /// Tasks that `f` wakes or spawns are run at once.
    pub fn on_thread_park<F>(&mut self, f: F) -> &mut Builder
    where
        F: Fn() + Send + Sync + 'static,
    {
        self.before_park = Some(Arc::new(f));
        self
    }

    /// Has a thread that runs tasks call `f` after it has slept.
    pub fn on_thread_unpark<F>(&mut self, f: F) -> &mut Builder
    where
        F: Fn() + Send + Sync + 'static,
    {
        self.after_unpark = Some(Arc::new(f));
        self
    }

    /// Asks for I/O and timers.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use std::time::Duration;
    /// use tokio::runtime::Builder;
    ///
    /// let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    /// runtime.block_on(async { tokio::time::sleep(Duration::from_millis(1)).await });
    /// ```
    pub fn enable_all(&mut self) -> &mut Builder {
        self.enable_io().enable_time()
    }

    /// Asks for I/O: sockets, pipes, signals and children.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::runtime::Builder;
    ///
    /// let runtime = Builder::new_current_thread().enable_io().build().unwrap();
    /// runtime.block_on(async { tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap() });
    /// ```
    pub fn enable_io(&mut self) -> &mut Builder {
        self.drivers.io = true;
        self
    }

    /// Asks for timers.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use std::time::Duration;
    /// use tokio::runtime::Builder;
    ///
    /// let runtime = Builder::new_current_thread().enable_time().build().unwrap();
    /// runtime.block_on(async { tokio::time::sleep(Duration::from_millis(1)).await });
    /// ```
    pub fn enable_time(&mut self) -> &mut Builder {
        self.drivers.time = true;
        self
    }

    /// Pauses the clock of a current-thread runtime from the start; see
    /// [`time::pause`](crate::time). That of another kind cannot be paused:
    /// [`build`](Builder::build) panics.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use std::time::Duration;
    /// use tokio::runtime::Builder;
    ///
    /// let mut builder = Builder::new_current_thread();
    /// let runtime = builder.enable_time().start_paused(true).build().unwrap();
    /// // Takes no time.
    /// runtime.block_on(async { tokio::time::sleep(Duration::from_secs(3600)).await });
    /// ```
    pub fn start_paused(&mut self, start_paused: bool) -> &mut Builder {
        self.start_paused = start_paused;
        self
    }

    /// Changes nothing: how often a worker looks at the tasks that came from other threads
    /// is not to be set here.
    ///
    /// # Panics
    ///
    /// If it is 0.
    #[track_caller]
    pub fn global_queue_interval(&mut self, val: u32) -> &mut Builder {
        assert!(val > 0, "global_queue_interval must be greater than 0");
        self
    }

    /// Changes nothing: how often a busy worker looks for events is not to be set here.
    ///
    /// # Panics
    ///
    /// If it is 0.
    #[track_caller]
    pub fn event_interval(&mut self, val: u32) -> &mut Builder {
        assert!(val > 0, "event_interval must be greater than 0");
        self
    }

    /// Changes nothing: the reactor takes as many events at once as there is room for.
    ///
    /// # Panics
    ///
    /// If it is 0.
    #[track_caller]
    pub fn max_io_events_per_tick(&mut self, capacity: usize) -> &mut Builder {
        assert!(capacity > 0, "max_io_events_per_tick must be non-zero");
        self
    }

    /// Changes nothing; see [`max_io_events_per_tick`](Builder::max_io_events_per_tick).
    ///
    /// # Panics
    ///
    /// If it is 0.
    #[track_caller]
    pub fn max_io_events_per_busy_tick(&mut self, capacity: usize) -> &mut Builder {
        assert!(capacity > 0, "max_io_events_per_busy_tick must be non-zero");
        self
    }

    /// Builds the runtime.
    ///
    /// # Errors
    ///
    /// If the reactor cannot be made, for want of descriptors.
    ///
    /// # Panics
    ///
    /// If the environment's `TOKIO_WORKER_THREADS` is not a number above 0, or there are to
    /// be more workers than the engine can tell apart; if the clock of a runtime with workers is
    /// to be paused.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::runtime::Builder;
    ///
    /// let runtime = Builder::new_multi_thread().enable_all().build().unwrap();
    /// assert_eq!(runtime.block_on(async { 1 }), 1);
    /// ```
    #[track_caller]
    pub fn build(&mut self) -> io::Result<Runtime> {
        let handle = if self.current_thread { self.build_one(false) } else { self.build_pool() };
        Ok(Runtime::over(handle?))
    }

    fn parts(&self, context: engine::Context, workers: usize, local: bool) -> Parts {
        let (name, threads) = (self.name.clone(), self.threads.clone());
        let latencies = match self.latencies.ends() {
            None if !self.tell_latencies => None,
            ends => Some(Latencies::new(workers, ends)),
        };
        let stop = self.stop_after_panic.then(Stop::new);
        let instruments = Instruments { hooks: self.hooks.clone(), latencies, stop }.share();
        let seeds = self.seed.as_ref().map(Seeds::new);
        let (drivers, era) = (self.drivers, self.era);
        Parts { name, context, threads, drivers, instruments, seeds, local, era }
    }

    pub(super) fn is_current_thread(&self) -> bool {
        self.current_thread
    }

    pub(super) fn build_one(&self, local: bool) -> io::Result<Handle> {
        let clock = self.clock();
        let reactor = Reactor::new()?;
        let reactor_handle = reactor.handle();
        let timer = Timer::new_with_now(reactor, clock.clone());
        let context = engine::Context::new(reactor_handle, timer.handle(), clock);
        let (before, after) = (self.before_park.clone(), self.after_unpark.clone());
        let hooked = before.is_some() || after.is_some();
        let park = HookedPark { park: timer, before, after };
        // The timer wakes tasks after its reactor's sleep, and the reactor after its own:
        // neither sleeps with a task woken. What the hooks wake it cannot know.
        let core = movable(park, !hooked, self.poll_times.ends());
        let kind = Kind::One { spawner: core.spawner(), cell: CoreCell::new(core) };
        Ok(Handle::new(self.parts(context, 1, local), kind))
    }

    /// A clock for a runtime of one thread, where alone it can be paused from the start.
    fn clock(&self) -> Clock {
        let clock = Clock::pausable();
        if self.start_paused {
            clock.pause();
        }
        clock
    }

    #[track_caller]
    fn build_pool(&self) -> io::Result<Handle> {
        assert!(!(self.start_paused && self.drivers.time), "{}", OTHER_FLAVOR);
        let workers = self.workers.or_else(workers_of_environment);
        let workers = workers.unwrap_or_else(processors);
        // No thread starts before `home` is set.
        let home: Arc<OnceLock<Weak<Shared>>> = Arc::default();
        let found = home.clone();
        let on_start = self.threads.on_start.clone();
        let mut builder = engine::Builder::new();
        builder
            .core_threads(workers)
            .era(self.era)
            .reactors(self.reactors)
            .blocking_threads(self.threads.max)
            .name_fn(self.threads.name.clone())
            .around_park(self.before_park.clone(), self.after_unpark.clone())
            .defaults(self.drivers.io, self.drivers.time)
            .after_start(move || {
                let home = found.get().and_then(Weak::upgrade);
                home.map(Handle::of).into_iter().for_each(context::stay_as_worker);
                on_start.iter().for_each(|f| f());
                context::look_for_executor();
            });
        if let Some(bytes) = self.threads.stack_bytes {
            builder.stack_size(bytes);
        }
        if let Some(ends) = self.poll_times.ends() {
            builder.measure_every_poll(ends);
        }
        if !self.lifo_slots {
            builder.run_in_order();
        }
        if let Some(on_stop) = self.threads.on_stop.clone() {
            builder.before_stop(move || on_stop());
        }
        let pool = builder.build()?;
        let (context, executor) = (pool.context().clone(), pool.executor());
        let started = executor.clone();
        let kind = Kind::Pool { executor, workers, pool: Mutex::new(Some(pool)) };
        let handle = Handle::new(self.parts(context, workers, false), kind);
        let _ = home.set(handle.downgrade());
        // All of them, now: programs count on `on_thread_start` for each. And other threads may
        // wait for I/O and timers of this runtime before it has a task.
        started.start_workers();
        if !started.start_worker() {
            return Err(io::Error::other("OS can't spawn worker thread"));
        }
        Ok(handle)
    }
}

/// What `TOKIO_WORKER_THREADS` says.
#[track_caller]
fn workers_of_environment() -> Option<usize> {
    let value = std::env::var("TOKIO_WORKER_THREADS").ok()?;
    let workers: usize = match value.parse() {
        Ok(workers) => workers,
        Err(e) => panic!("\"TOKIO_WORKER_THREADS\" must be usize, error: {e}, value: {value}"),
    };
    assert!(workers > 0, "\"TOKIO_WORKER_THREADS\" cannot be set to 0");
    Some(workers)
}

fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("current_thread", &self.current_thread)
            .field("workers", &self.workers)
            .field("max_blocking_threads", &self.threads.max)
            .finish_non_exhaustive()
    }
}
