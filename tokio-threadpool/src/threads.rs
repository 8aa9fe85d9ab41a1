//! The threads of a pool: what each does from its start to its end.
//!
//! A thread runs a worker's core, and if a task of that worker blocks, becomes a spare one
//! that waits to be given another core. Called by `shared`, which starts threads;
//! calls `worker`, which runs tasks.
//!
//! Always true: no core is lost. Whatever panics around it (a hook, `around_worker`, a
//! waker), the thread takes the core back and runs it again.
//!
//! Why does a thread not belong to a worker for good? A task may block its thread; the worker's
//! queue must go on elsewhere.

use crate::blocking;
use crate::panics::catch;
use crate::shared::Shared;
use crate::worker::{self, Core, CoreExit};
use crate::Sender;
use std::cell::Cell;
use std::fmt;
use std::marker::PhantomData;
use std::ptr;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;
use tokio_executor::internals::spare::SpareThread;
use tokio_executor::internals::{enter_as, with_default_beneath};
use tokio_executor::Enter;

/// What a program has each thread call in place of [`Worker::run`].
pub(crate) type AroundWorker = Arc<dyn Fn(&Worker, &mut Enter) + Send + Sync>;

/// How long a thread without a worker waits for one, unless `keep_alive` says.
const SPARE_KEEP_ALIVE: Duration = Duration::from_secs(10);

thread_local! {
    /// The pool that this thread belongs to, with a core or without. Only to be compared.
    static MEMBER_OF: Cell<*const Shared> = const { Cell::new(ptr::null()) };
}

/// Whether this thread is one of `pool`'s.
pub(crate) fn is_member(pool: &Arc<Shared>) -> bool {
    MEMBER_OF.try_with(|of| ptr::eq(of.get(), Arc::as_ptr(pool))).unwrap_or(false)
}

/// A thread of the pool, from start to end.
pub(crate) fn main(shared: Arc<Shared>, core: Box<Core>) {
    /// Counts the thread out, and then calls the hook: also if a panic ends the thread.
    struct Ends(Option<Arc<Shared>>);

    impl Drop for Ends {
        fn drop(&mut self) {
            let Some(shared) = self.0.take() else { return };
            let trigger = shared.trigger.clone();
            shared.thread_ends();
            // After the last thread has dropped what tasks were left: they may need what the hook
            // takes from this thread, and the hook may wait until they are gone.
            if let Some(before_stop) = &shared.config.before_stop {
                catch(|| before_stop());
            }
            MEMBER_OF.set(ptr::null());
            // Before the trigger: whoever waits for the pool to end may count on what
            // it was given, parks and hooks, being dropped.
            drop(shared);
            trigger.leave();
        }
    }

    MEMBER_OF.set(Arc::as_ptr(&shared));
    let ends = Ends(Some(shared));
    let Some(shared) = &ends.0 else { unreachable!("set above") };
    if let Some(after_start) = &shared.config.after_start {
        // It may wait for what tasks keep that are to be dropped.
        shared.threads().blocked += 1;
        let called = catch(|| after_start());
        shared.threads().blocked -= 1;
        if called.is_none() {
            log::error!("after_start panicked; the worker runs all the same");
        }
    }
    let mut next = Some(core);
    while let Some(core) = next.take() {
        match run_core(shared, core) {
            CoreExit::Stopped | CoreExit::Retired => {}
            CoreExit::Detached => {
                blocking::leave(shared);
                next = wait_for_core(shared);
            }
        }
    }
}

/// Runs `core` with everything around it that a task may expect.
fn run_core(shared: &Arc<Shared>, mut core: Box<Core>) -> CoreExit {
    let mut enter = enter_as(shared.config.era).expect("a pool thread runs one executor");
    let mut sender = Sender::new(shared.clone());
    let mut around = shared.around_worker.clone();
    loop {
        let worker = Worker {
            shared: shared.clone(),
            id: WorkerId { index: core.index },
            core: Cell::new(Some(core)),
            exit: Cell::new(None),
            not_send: PhantomData,
        };
        catch(|| {
            // What `after_start` has put there counts.
            with_default_beneath(&mut sender, &mut enter, |enter| match &around {
                Some(around) => around(&worker, enter),
                None => worker.run(),
            });
        });
        if let Some(unused) = worker.core.take() {
            log::error!(
                "around_worker did not run worker {}; it runs without what that sets up",
                unused.index,
            );
            around = None;
            core = unused;
        } else if let Some(exit) = worker.exit.take() {
            return exit;
        } else if let Some(unwound) = worker::recover(shared) {
            core = unwound;
        } else if blocking::is_detached() {
            return CoreExit::Detached;
        } else {
            // Whoever made the core end without a word left none to run.
            return CoreExit::Stopped;
        }
    }
}

/// Waits for a core that needs a thread.
fn wait_for_core(shared: &Arc<Shared>) -> Option<Box<Core>> {
    let spare = SpareThread::new();
    {
        let mut threads = shared.threads();
        if shared.phase.is_stopped() {
            return None;
        }
        threads.spare.enter(&spare);
    }
    spare.wait(shared.config.keep_alive.unwrap_or(SPARE_KEEP_ALIVE));
    let core = shared.threads().spare.leave(&spare);
    core
}

/// A worker of a pool, as [`Builder::around_worker`](crate::Builder::around_worker)
/// sees it.
///
/// # Examples
///
/// ```
/// use futures::{future, Future};
/// use tokio_threadpool::Builder;
///
/// let pool = Builder::new()
///     .pool_size(1)
///     .around_worker(|worker, _| {
///         println!("worker {} begins", worker.id().to_usize());
///         worker.run();
///         println!("worker {} ends", worker.id().to_usize());
///     })
///     .build();
/// assert_eq!(pool.spawn_handle(future::ok::<_, ()>(7)).wait(), Ok(7));
/// pool.shutdown().wait().unwrap();
/// ```
pub struct Worker {
    shared: Arc<Shared>,
    id: WorkerId,
    core: Cell<Option<Box<Core>>>,
    exit: Cell<Option<CoreExit>>,
    /// Belongs to its thread.
    not_send: PhantomData<Rc<()>>,
}

/// Tells the workers of a pool apart.
///
/// # Examples
///
/// ```
/// use std::sync::Mutex;
/// use tokio_threadpool::park::DefaultPark;
/// use tokio_threadpool::{Builder, WorkerId};
///
/// let seen = std::sync::Arc::new(Mutex::new(Vec::new()));
/// let ids = seen.clone();
/// let pool = Builder::new()
///     .pool_size(2)
///     .custom_park(move |id: &WorkerId| {
///         ids.lock().unwrap().push(id.to_usize());
///         DefaultPark::new()
///     })
///     .build();
/// assert_eq!(*seen.lock().unwrap(), [0, 1]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct WorkerId {
    pub(crate) index: usize,
}

impl Worker {
    /// Returns which of the pool's workers this is.
    pub fn id(&self) -> &WorkerId {
        &self.id
    }

    /// Runs tasks, until the pool stops or needs this thread no longer.
    pub fn run(&self) {
        if let Some(core) = self.core.take() {
            self.exit.set(Some(worker::run(&self.shared, core)));
        }
    }
}

impl fmt::Debug for Worker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker").field("id", &self.id).finish_non_exhaustive()
    }
}

impl WorkerId {
    /// Returns a number from 0, different for each worker of the pool.
    pub fn to_usize(&self) -> usize {
        self.index
    }
}
