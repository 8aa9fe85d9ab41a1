//! The runtime, and its settings.

use std::future::Future;
use std::io;
use tokio::runtime as engine;

pub use tokio_executor::task::JoinHandle;

/// A pool of workers with a reactor and timers.
///
/// # Dropping
///
/// Stops the runtime: tasks are dropped, not finished, and the drop waits for the
/// threads.
///
/// # Examples
///
/// ```
/// use tokio_await::runtime::Runtime;
///
/// let runtime = Runtime::new()?;
/// assert_eq!(runtime.block_on(async { 6 * 7 }), 42);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Runtime {
    engine: engine::Runtime,
}

impl Runtime {
    /// A runtime with the default settings.
    ///
    /// # Errors
    ///
    /// If the reactor cannot be made, for want of descriptors.
    pub fn new() -> io::Result<Runtime> {
        engine::Runtime::new().map(Runtime::from)
    }

    /// Runs `future` on this thread until it is done; what it spawns runs on the workers.
    ///
    /// # Panics
    ///
    /// If an executor already runs on this thread, or with the panic of `future`.
    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.engine.block_on_here(future)
    }

    /// Spawns `future`; the handle gets its result.
    pub fn spawn<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.engine.spawn_handle_std(future)
    }

    /// A handle that spawns onto this runtime from any thread.
    pub fn handle(&self) -> Handle {
        Handle { executor: self.engine.executor() }
    }

    /// Stops the runtime and waits for its threads. Tasks are dropped, not finished.
    pub fn shutdown(self) {
        drop(self);
    }
}

impl From<engine::Runtime> for Runtime {
    fn from(engine: engine::Runtime) -> Runtime {
        Runtime { engine }
    }
}

impl From<Runtime> for engine::Runtime {
    fn from(runtime: Runtime) -> engine::Runtime {
        runtime.engine
    }
}

/// Spawns onto a [`Runtime`], from any thread.
#[derive(Clone, Debug)]
pub struct Handle {
    executor: engine::TaskExecutor,
}

impl Handle {
    /// Spawns `future`; the handle gets its result.
    ///
    /// # Panics
    ///
    /// If the runtime has shut down.
    pub fn spawn<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.executor.spawn_handle_std(future)
    }
}

/// The settings of a runtime.
///
/// # Examples
///
/// ```
/// use tokio_await::runtime::Builder;
///
/// let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
/// assert_eq!(runtime.block_on(async { 1 }), 1);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Builder {
    pub(crate) engine: engine::Builder,
}

impl Builder {
    /// A runtime with a pool of workers.
    pub fn new_multi_thread() -> Builder {
        Builder { engine: engine::Builder::new() }
    }

    /// The number of workers.
    ///
    /// # Panics
    ///
    /// If it is 0, or more than the engine can tell apart.
    pub fn worker_threads(&mut self, workers: usize) -> &mut Builder {
        self.engine.core_threads(workers);
        self
    }

    /// What the names of the threads begin with.
    pub fn thread_name(&mut self, name: impl Into<String>) -> &mut Builder {
        self.engine.name_prefix(name);
        self
    }

    /// Changes nothing: reactor and timers cost nothing until they are used.
    pub fn enable_all(&mut self) -> &mut Builder {
        self
    }

    /// The runtime. Its threads start when there is work for them.
    ///
    /// # Errors
    ///
    /// If the reactor cannot be made, for want of descriptors.
    pub fn build(&mut self) -> io::Result<Runtime> {
        self.engine.build().map(Runtime::from)
    }
}
