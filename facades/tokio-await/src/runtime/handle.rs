//! What leads to a runtime from any thread.
//!
//! Called by every function of tokio 1.x that spawns or blocks; held by `Runtime`, by threads that
//! belong to it, and by the other crates' `Handle`s.
//!
//! Always true: the runtime ends with its `Runtime`, whatever handles are left; what is spawned
//! after the end is dropped, and its join handle says so.
//!
//! Why not the pool's `Sender`? A runtime on one thread has none; `Kind` chooses between the
//! two.
//!
//! Why do `handle`, `context` and `blocking` name each other? A thread's context is a handle, a
//! handle finds the runtime of its thread there, and a thread for what blocks belongs to a
//! runtime like any other.

use super::blocking::{self, AtShutdown, BlockingPool, ThreadSettings};
use super::context::{self, Mode, Native};
use super::drive::drive;
use super::hooked_park::HookedPark;
use super::instruments::Instruments;
use super::schedule_latency::Latencies;
use super::{Id, JoinHandle};
use crate::macros::random::{Seeded, Seeds};
use std::any::Any;
use std::error::Error;
use std::fmt;
use std::future::Future;
use std::panic::{Location, RefUnwindSafe, UnwindSafe};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};
use tokio::clock::Clock;
use tokio::current_thread::{CoreCell, CurrentThread, Movable, Spawner};
use tokio::runtime as engine;
use tokio::timer::driver::Timer;
use tokio_executor::internals::{enter_as, Era};
use tokio_executor::task::NewTask;
use tokio_executor::{Enter, Executor, SpawnError};
use tokio_reactor::Reactor;

/// Leads to a [`Runtime`](super::Runtime), from any thread.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::runtime::{Handle, Runtime};
///
/// fn start(handle: &Handle) {
///     handle.spawn(async { println!("on the runtime of {:?}", Handle::current().id()) });
/// }
///
/// start(Runtime::new().unwrap().handle());
/// ```
#[derive(Clone)]
pub struct Handle {
    shared: Arc<Shared>,
}

pub(super) struct Shared {
    id: Id,
    name: Option<String>,
    kind: Kind,
    context: engine::Context,
    blocking: Arc<BlockingPool>,
    drivers: Drivers,
    /// What is done around the tasks.
    instruments: Option<Arc<Instruments>>,
    /// Where the random numbers of its threads begin, if the program said so.
    seeds: Option<Seeds>,
    /// Its tasks may stay on the thread that made it.
    local: bool,
    /// Its tasks may block on executors of other eras.
    era: Era,
}

/// What was asked for of a runtime that has both.
#[derive(Clone, Copy)]
pub(super) struct Drivers {
    pub(super) io: bool,
    pub(super) time: bool,
}

/// The executor of a runtime of one thread.
pub(super) type Core = Movable<HookedPark<Timer<Reactor>>>;

/// What runs the tasks.
pub(super) enum Kind {
    Pool {
        executor: engine::TaskExecutor,
        workers: usize,
        /// None once it is shut down, or if somebody else has it. Held to take it.
        pool: Mutex<Option<engine::Runtime>>,
    },
    One {
        spawner: Spawner,
        cell: CoreCell<Core>,
    },
}

/// How a runtime runs its tasks.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::runtime::{Builder, RuntimeFlavor};
///
/// let runtime = Builder::new_current_thread().build().unwrap();
/// assert_eq!(runtime.handle().runtime_flavor(), RuntimeFlavor::CurrentThread);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RuntimeFlavor {
    /// On the thread that blocks on a future.
    CurrentThread,
    /// On a pool of workers.
    MultiThread,
}

/// A runtime is kept whole by its locks, whatever panics on its threads.
impl UnwindSafe for Handle {}
impl RefUnwindSafe for Handle {}

/// The default executor of the thread that drives a runtime of one thread.
struct SpawnHere<'a>(&'a Spawner);

impl Executor for SpawnHere<'_> {
    #[track_caller]
    fn spawn(
        &mut self,
        future: Box<dyn futures::Future<Item = (), Error = ()> + Send>,
    ) -> Result<(), SpawnError> {
        self.0.spawn(NewTask::new(future))
    }

    fn spawn_task(&mut self, task: NewTask) -> Result<(), SpawnError> {
        self.0.spawn(task)
    }

    fn takes_tasks(&self) -> bool {
        true
    }
}

/// Settings that all kinds of runtimes have.
pub(super) struct Parts {
    pub(super) name: Option<String>,
    pub(super) context: engine::Context,
    pub(super) threads: ThreadSettings,
    pub(super) drivers: Drivers,
    pub(super) instruments: Option<Arc<Instruments>>,
    pub(super) seeds: Option<Seeds>,
    pub(super) local: bool,
    pub(super) era: Era,
}

impl Handle {
    /// The handle to which `kind` belongs; `make` gets a weak reference to it, for threads
    /// that start later.
    pub(super) fn new(parts: Parts, kind: Kind) -> Handle {
        let Parts { name, context, threads, drivers, instruments, seeds, local, era } = parts;
        let blocking = Arc::new(BlockingPool::new(threads));
        let id = Id::next();
        let shared =
            Shared { id, name, kind, context, blocking, drivers, instruments, seeds, local, era };
        Handle { shared: Arc::new(shared) }
    }

    /// The handle to a pool that the 0.1 interface has made. On its workers, too.
    pub(super) fn of_engine(engine: engine::Runtime) -> Handle {
        let handle = Handle::of_current(&engine.current());
        if let Kind::Pool { pool, .. } = &handle.shared.kind {
            *pool.lock().unwrap_or_else(PoisonError::into_inner) = Some(engine);
        }
        handle
    }

    pub(super) fn downgrade(&self) -> Weak<Shared> {
        Arc::downgrade(&self.shared)
    }

    pub(super) fn of(shared: Arc<Shared>) -> Handle {
        Handle { shared }
    }

    /// The handle to the runtime that the 0.1 interface has made, on one of its workers.
    #[cold]
    pub(super) fn of_worker() -> Option<Handle> {
        Some(Handle::of_current(&engine::Current::get()?))
    }

    fn of_current(current: &engine::Current) -> Handle {
        let companion = current.companion(|| {
            let executor = current.executor().clone();
            let parts = Parts {
                name: None,
                context: current.context().clone(),
                threads: ThreadSettings::default(),
                drivers: Drivers { io: true, time: true },
                instruments: None,
                seeds: None,
                local: false,
                era: Era::Tokio01,
            };
            let pool = Mutex::new(None);
            let workers = executor.workers();
            Handle::new(parts, Kind::Pool { executor, workers, pool }).shared
        });
        let shared = companion.as_any().downcast::<Shared>();
        Handle { shared: shared.expect("only this crate keeps something with a runtime") }
    }

    /// Makes what the runtime was built with the defaults of this thread.
    pub(super) fn enter_defaults(&self) -> engine::ContextGuard {
        let Drivers { io, time } = self.shared.drivers;
        self.shared.context.enter_with(io, time)
    }

    pub(super) fn clock(&self) -> &Clock {
        self.shared.context.clock()
    }

    pub(super) fn blocking_pool(&self) -> &Arc<BlockingPool> {
        &self.shared.blocking
    }

    pub(super) fn reactor_counts(&self) -> tokio_reactor::internals::ReactorCounts {
        self.shared.context.reactor().counts()
    }

    pub(super) fn kind(&self) -> &Kind {
        &self.shared.kind
    }

    pub(super) fn latencies(&self) -> Option<&Latencies> {
        self.shared.instruments.as_ref()?.latencies.as_deref()
    }

    pub(super) fn instruments(&self) -> Option<&Arc<Instruments>> {
        self.shared.instruments.as_ref()
    }

    /// Gives this thread random numbers of the runtime's seed, if it has one.
    pub(super) fn seed_thread(&self, is_worker: bool) -> Option<Seeded> {
        self.shared.seeds.as_ref().map(|seeds| seeds.seed_thread(is_worker))
    }

    /// What a thread of this runtime is.
    pub(super) fn native(&self) -> Native {
        match self.shared.instruments {
            Some(_) => Native::Instrumented,
            None => Native::Yes,
        }
    }

    /// What this thread is while it blocks on a future of this runtime.
    fn native_here(&self) -> Native {
        match context::has_other_executor() {
            true => Native::No,
            false => self.native(),
        }
    }

    pub(crate) fn is_local(&self) -> bool {
        self.shared.local
    }

    /// Returns the runtime of this thread: that of the task, of the future that is blocked on, or
    /// that was [entered](Handle::enter).
    ///
    /// # Panics
    ///
    /// If there is none.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::runtime::{Handle, Runtime};
    ///
    /// Runtime::new().unwrap().block_on(async {
    ///     let handle = Handle::current();
    ///     assert_eq!(handle.spawn(async { 1 }).await.unwrap(), 1);
    /// });
    /// ```
    #[track_caller]
    pub fn current() -> Handle {
        match Handle::try_current() {
            Ok(handle) => handle,
            Err(e) => panic!("{e}"),
        }
    }

    /// Returns the runtime of this thread.
    ///
    /// # Errors
    ///
    /// If there is none, or if the thread is about to end.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::runtime::Handle;
    ///
    /// assert!(Handle::try_current().is_err());
    /// ```
    pub fn try_current() -> Result<Handle, TryCurrentError> {
        context::try_current()
    }

    /// Spawns `future`; the handle gets its result.
    ///
    /// If the runtime has shut down, the future is dropped, and the result is an error that
    /// says so.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let runtime = tokio::runtime::Runtime::new().unwrap();
    /// let task = runtime.handle().spawn(async { 1 });
    /// assert_eq!(runtime.block_on(task).unwrap(), 1);
    /// ```
    #[track_caller]
    pub fn spawn<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let (task, handle) = match &self.shared.instruments {
            Some(instruments) => {
                let (future, spawned) = instruments.around(future, Location::caller());
                let (task, handle) = NewTask::joined_bridged(future);
                spawned.tell(handle.id());
                (task, handle)
            }
            None => NewTask::joined_bridged(future),
        };
        // Refused, it is dropped, which is what its handle says then.
        let _ = match &self.shared.kind {
            Kind::Pool { executor, .. } => executor.spawn_task(task),
            Kind::One { spawner, .. } => spawner.spawn(task),
        };
        handle
    }

    /// Runs `func`, which may block, on a thread that no task waits for; the handle gets its
    /// result.
    ///
    /// If the runtime has shut down, `func` is dropped, and the result is an error that says
    /// so.
    ///
    /// # Panics
    ///
    /// If there is no such thread and the system refuses one.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::runtime::{Handle, Runtime};
    ///
    /// Runtime::new().unwrap().block_on(async {
    ///     let text = Handle::current().spawn_blocking(|| std::fs::read_to_string("Cargo.toml"));
    ///     assert!(text.await.unwrap().is_ok());
    /// });
    /// ```
    #[track_caller]
    pub fn spawn_blocking<F, R>(&self, func: F) -> JoinHandle<R>
    where
        F: FnOnce() -> R + Send + 'static,
        R: Send + 'static,
    {
        self.spawn_blocking_or(AtShutdown::Cancel, func)
    }

    /// Works like [`spawn_blocking`](Handle::spawn_blocking), but a shutdown runs `func` if it is
    /// queued by then.
    #[track_caller]
    pub(crate) fn spawn_blocking_for_certain<F, R>(&self, func: F) -> JoinHandle<R>
    where
        F: FnOnce() -> R + Send + 'static,
        R: Send + 'static,
    {
        self.spawn_blocking_or(AtShutdown::Run, func)
    }

    #[track_caller]
    fn spawn_blocking_or<F, R>(&self, at_shutdown: AtShutdown, func: F) -> JoinHandle<R>
    where
        F: FnOnce() -> R + Send + 'static,
        R: Send + 'static,
    {
        let (task, handle) = blocking::job(func);
        if let Err(e) = self.shared.blocking.spawn(task, at_shutdown, self) {
            panic!("OS can't spawn worker thread: {e}");
        }
        handle
    }

    /// Runs `future` on this thread until it is done.
    ///
    /// It does not drive a current-thread runtime: that takes a
    /// [`Runtime::block_on`](super::Runtime::block_on) on some thread.
    ///
    /// # Panics
    ///
    /// If this thread runs tasks, or with the panic of `future`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// let runtime = tokio::runtime::Runtime::new().unwrap();
    /// let handle = runtime.handle().clone();
    /// let other = std::thread::spawn(move || handle.block_on(async { 1 }));
    /// assert_eq!(other.join().unwrap(), 1);
    /// ```
    #[track_caller]
    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        let mut enter = self.mark();
        let native = self.native_here();
        let _entered = self.enter();
        let _seeded = self.seed_thread(false);
        let _blocked = context::block(Mode::Blocked, native);
        self.block_on_beside(&mut enter, future)
    }

    /// [`Runtime::block_on`](super::Runtime::block_on).
    #[track_caller]
    pub(super) fn block_on_driving<F: Future>(&self, future: F) -> F::Output {
        let mut enter = self.mark();
        let native = self.native_here();
        let _entered = self.enter();
        let _seeded = self.seed_thread(false);
        match &self.shared.kind {
            Kind::Pool { .. } => {
                let _blocked = context::block(Mode::Blocked, native);
                self.block_on_beside(&mut enter, future)
            }
            Kind::One { spawner, cell } => {
                let _blocked = context::block(Mode::Single, native);
                let at = Location::caller();
                let Some(stop) = self.instruments().and_then(|all| all.stop.as_ref()) else {
                    let run = |enter: &mut Enter| drive(cell, enter, at, future);
                    return with_executor(SpawnHere(spawner), &mut enter, run);
                };
                let run = |enter: &mut Enter| drive(cell, enter, at, stop.or_output(future));
                if let Some(output) = with_executor(SpawnHere(spawner), &mut enter, run) {
                    return output;
                }
                // Drops the tasks. If another thread drives them, that one does so.
                drop(cell.take());
                panic!(
                    "a spawned task panicked and the runtime is configured to shut down on \
                     unhandled panic"
                )
            }
        }
    }

    /// Marks this thread as running an executor of this era.
    #[track_caller]
    fn mark(&self) -> Enter {
        match enter_as(self.shared.era) {
            Ok(enter) => enter,
            Err(_) => panic!(
                "Cannot start a runtime from within a runtime. This happens because a function \
                 (like `block_on`) attempted to block the current thread while the thread is \
                 being used to drive asynchronous tasks. If you are in an async function, use \
                 `.await` on the future instead of blocking on it."
            ),
        }
    }

    /// Blocks on `future` beside the threads that run the tasks.
    #[track_caller]
    fn block_on_beside<F: Future>(&self, enter: &mut Enter, future: F) -> F::Output {
        let at = Location::caller();
        let run = |enter: &mut Enter| {
            let output = CurrentThread::new().enter(enter).block_on_std_at(future, at);
            output.unwrap_or_else(|e| unreachable!("parking a thread cannot fail: {e}"))
        };
        match &self.shared.kind {
            Kind::Pool { executor, .. } => {
                // This thread sleeps beside the reactor, so a worker has to drive it. A
                // runtime that has shut down has none, and nothing to wait for.
                let _ = executor.start_worker();
                with_executor(executor.clone(), enter, run)
            }
            Kind::One { spawner, .. } => with_executor(SpawnHere(spawner), enter, run),
        }
    }

    /// Returns how the runtime runs its tasks.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::runtime::{Runtime, RuntimeFlavor};
    ///
    /// let runtime = Runtime::new().unwrap();
    /// assert_eq!(runtime.handle().runtime_flavor(), RuntimeFlavor::MultiThread);
    /// ```
    pub fn runtime_flavor(&self) -> RuntimeFlavor {
        match self.shared.kind {
            Kind::Pool { .. } => RuntimeFlavor::MultiThread,
            Kind::One { .. } => RuntimeFlavor::CurrentThread,
        }
    }

    /// Tells the runtime apart from others.
    ///
    /// # Examples
    ///
    /// ```
    /// # use tokio_await as tokio;
    /// use tokio::runtime::Runtime;
    ///
    /// let (one, other) = (Runtime::new().unwrap(), Runtime::new().unwrap());
    /// assert_ne!(one.handle().id(), other.handle().id());
    /// ```
    pub fn id(&self) -> Id {
        self.shared.id
    }

    /// Returns the name that the builder gave the runtime.
    pub fn name(&self) -> Option<&str> {
        self.shared.name.as_deref()
    }

    /// Panics unless the runtime was built with I/O.
    #[track_caller]
    pub(crate) fn expect_io(&self) {
        assert!(
            self.shared.drivers.io,
            "A Tokio 1.x context was found, but IO is disabled. Call `enable_io` on the \
             runtime builder to enable IO."
        );
    }

    /// Stops the runtime; waits for its threads for `limit`, or until they have ended.
    ///
    /// # Panics
    ///
    /// If it has to wait and this thread runs tasks.
    #[track_caller]
    pub(super) fn stop(&self, limit: Option<Duration>) {
        let shutdown = match &self.shared.kind {
            Kind::Pool { pool, .. } => {
                let pool = pool.lock().unwrap_or_else(PoisonError::into_inner).take();
                pool.map(engine::Runtime::shutdown_now)
            }
            Kind::One { cell, .. } => {
                let core = cell.take();
                // Tasks are dropped in the context of their runtime.
                let _entered = self.enter();
                drop(core);
                None
            }
        };
        self.shared.blocking.close();
        if limit == Some(Duration::ZERO) {
            return;
        }
        let Ok(_blocked) = enter_as(self.shared.era) else {
            if thread::panicking() {
                return;
            }
            panic!(
                "Cannot drop a runtime in a context where blocking is not allowed. This \
                 happens when a runtime is dropped from within an asynchronous context."
            );
        };
        let deadline = limit.and_then(|limit| Instant::now().checked_add(limit));
        if let Some(shutdown) = shutdown {
            match deadline {
                None => drop(crate::park::wait_entered(shutdown)),
                Some(deadline) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    let _ = crate::park::wait_at_most(left, shutdown);
                }
            }
        }
        self.shared.blocking.wait(deadline);
    }
}

/// Calls `run` with `executor` for what 0.1's interface spawns, unless the program has set
/// another for that.
fn with_executor<R>(
    mut executor: impl tokio_executor::Executor,
    enter: &mut Enter,
    run: impl FnOnce(&mut Enter) -> R,
) -> R {
    if context::is_native() {
        tokio_executor::internals::with_default_of_runtime(&mut executor, enter, run)
    } else {
        tokio_executor::internals::with_default_beneath(&mut executor, enter, run)
    }
}

impl engine::Companion for Shared {
    fn stop(&self) {
        self.blocking.close();
    }

    fn wait(&self, limit: Duration) -> bool {
        self.blocking.wait(Instant::now().checked_add(limit))
    }

    fn as_any(self: Arc<Self>) -> Arc<dyn Any + Send + Sync> {
        self
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle")
            .field("id", &self.id())
            .field("flavor", &self.runtime_flavor())
            .finish_non_exhaustive()
    }
}

/// This thread belongs to no runtime.
///
/// # Examples
///
/// ```
/// # use tokio_await as tokio;
/// use tokio::runtime::Handle;
///
/// assert!(Handle::try_current().unwrap_err().is_missing_context());
/// ```
#[derive(Debug)]
pub struct TryCurrentError {
    destroyed: bool,
}

impl TryCurrentError {
    pub(super) fn missing() -> TryCurrentError {
        TryCurrentError { destroyed: false }
    }

    pub(super) fn destroyed() -> TryCurrentError {
        TryCurrentError { destroyed: true }
    }

    /// Returns whether the thread has never belonged to one.
    pub fn is_missing_context(&self) -> bool {
        !self.destroyed
    }

    /// Returns whether the thread is about to end, and its locals are gone.
    pub fn is_thread_local_destroyed(&self) -> bool {
        self.destroyed
    }
}

impl fmt::Display for TryCurrentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.destroyed {
            "The Tokio context thread-local variable has been destroyed."
        } else {
            "there is no reactor running, must be called from the context of a Tokio 1.x runtime"
        })
    }
}

impl Error for TryCurrentError {}
