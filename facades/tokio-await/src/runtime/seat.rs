//! The runtime of one thread.
//!
//! The root crate's runtime of one thread takes futures that are not `Send`, so it stays
//! where it was made; today's users move theirs, before they use it. So it is made by the
//! first `block_on`, and kept in that thread's locals between calls; what is spawned before
//! waits here. From then on other threads spawn by way of its handle.
//!
//! What blocks goes to a pool beside it, which is started when first needed.

use super::handle::Shared;
use super::{context, Handle, JoinHandle};
use std::cell::RefCell;
use std::collections::HashMap;
use std::future::Future;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use tokio::runtime::current_thread as engine;
use tokio_executor::task::NewTask;
use tokio_executor::Executor;
use tokio_threadpool::blocking;

/// Tells the seats of a process apart.
static NEXT_ID: AtomicU64 = AtomicU64::new(0);

thread_local! {
    /// The engines that belong to this thread and do not run at this moment.
    static ENGINES: RefCell<HashMap<u64, engine::Runtime>> = RefCell::new(HashMap::new());
}

pub(super) struct Seat {
    id: u64,
    stage: Mutex<Stage>,
    /// Of the runtime whose seat this is.
    home: Weak<Shared>,
    settings: super::builder::SidePool,
    side_pool: Mutex<Option<Arc<tokio::runtime::Runtime>>>,
}

/// Where the engine is.
enum Stage {
    /// Not made yet; these tasks are for it.
    Unmade(Vec<NewTask>),
    Made(engine::Handle),
    Stopped,
}

/// Puts an engine back into its thread's locals.
struct Away {
    id: u64,
    engine: Option<engine::Runtime>,
}

impl Drop for Away {
    fn drop(&mut self) {
        if let Some(engine) = self.engine.take() {
            // On a thread that ends, it is dropped here and now.
            let _ = ENGINES.try_with(|engines| engines.borrow_mut().insert(self.id, engine));
        }
    }
}

impl Seat {
    pub(super) fn new(settings: super::builder::SidePool, home: Weak<Shared>) -> Seat {
        Seat {
            // Relaxed: a number, and nothing travels with it.
            id: NEXT_ID.fetch_add(1, Relaxed),
            stage: Mutex::new(Stage::Unmade(Vec::new())),
            home,
            settings,
            side_pool: Mutex::new(None),
        }
    }

    pub(super) fn spawn<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let mut stage = self.stage();
        let engine = match &mut *stage {
            Stage::Unmade(tasks) => {
                let (task, handle) = NewTask::joined_std(future);
                tasks.push(task);
                return handle;
            }
            Stage::Made(engine) => engine.clone(),
            Stage::Stopped => {
                drop(stage);
                // Dropped unpolled, which is what its handle says then.
                return NewTask::joined_std(future).1;
            }
        };
        drop(stage);
        engine.spawn_handle_std(future)
    }

    pub(super) fn block_on<F: Future>(&self, future: F) -> F::Output {
        let (mut away, early) = self.sit_down();
        let engine = away.engine.as_mut().expect("it was just put there");
        // What blocks on this thread makes its own tasks wait, and nobody else's.
        let _blocking = blocking::set_default(|f| {
            f();
            Ok(futures::Async::Ready(()))
        });
        engine.block_on_std(async {
            let mut here = tokio::current_thread::TaskExecutor::current();
            for task in early {
                let spawned = here.spawn_task(task);
                debug_assert!(spawned.is_ok(), "an executor that runs takes tasks");
            }
            future.await
        })
    }

    /// Takes this thread's engine, or makes it; with it come the tasks that waited for it.
    fn sit_down(&self) -> (Away, Vec<NewTask>) {
        let mut stage = self.stage();
        match &mut *stage {
            Stage::Unmade(tasks) => {
                let engine = self
                    .settings
                    .build_seat()
                    .unwrap_or_else(|e| panic!("cannot start a current-thread runtime: {e}"));
                let tasks = std::mem::take(tasks);
                *stage = Stage::Made(engine.handle());
                (Away { id: self.id, engine: Some(engine) }, tasks)
            }
            Stage::Made(_) => {
                drop(stage);
                let engine = ENGINES.with(|engines| engines.borrow_mut().remove(&self.id));
                assert!(
                    engine.is_some(),
                    "cannot block on a future: this current-thread runtime belongs to the \
                     thread that did so first, or does so now"
                );
                (Away { id: self.id, engine }, Vec::new())
            }
            Stage::Stopped => panic!("cannot block on a future: the runtime has shut down"),
        }
    }

    /// Spawns what blocks.
    pub(super) fn spawn_beside<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let pool = {
            let stage = self.stage();
            let stopped = matches!(*stage, Stage::Stopped);
            // Under the lock: a stop that comes later finds the pool.
            (!stopped).then(|| self.side_pool())
        };
        match pool {
            Some(pool) => pool.spawn_handle_std(future),
            None => NewTask::joined_std(future).1,
        }
    }

    /// The pool for what blocks.
    fn side_pool(&self) -> Arc<tokio::runtime::Runtime> {
        let mut pool = self.side_pool.lock().unwrap_or_else(PoisonError::into_inner);
        pool.get_or_insert_with(|| {
            let home = self.home.clone();
            let start = move || home.upgrade().map(Handle::of).into_iter().for_each(context::stay);
            let pool = self.settings.build(start);
            Arc::new(pool.unwrap_or_else(|e| panic!("cannot start a pool for what blocks: {e}")))
        })
        .clone()
    }

    /// Drops the engine if it is on this thread, and gives the pool to be stopped.
    pub(super) fn stop(&self) -> Option<Arc<tokio::runtime::Runtime>> {
        let former = std::mem::replace(&mut *self.stage(), Stage::Stopped);
        // The tasks of a caller, after unlocking.
        drop(former);
        let engine = ENGINES.try_with(|engines| engines.borrow_mut().remove(&self.id));
        drop(engine);
        self.side_pool.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn stage(&self) -> MutexGuard<'_, Stage> {
        // A panic under the lock is that of a runtime that could not be made; what is
        // there stands.
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
