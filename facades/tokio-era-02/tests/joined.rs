//! What programs do that join tokio 0.1 and 0.2, as tokio-compat does: they give the threads of a
//! runtime of 0.2 an executor, a reactor and timers of 0.1's interface.

use std::cell::Cell;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::Arc;
use tokio::prelude::{future, Future};
use tokio::timer::driver as timer;
use tokio_era_02::runtime::{Builder, Runtime};
use tokio_era_02::task;
use tokio_executor::SpawnError;

/// An executor of 0.1's interface that counts what it is given, and drops it.
#[derive(Clone, Default)]
struct Counting(Arc<AtomicUsize>);

impl tokio_executor::Executor for Counting {
    fn spawn(
        &mut self,
        _: Box<dyn Future<Item = (), Error = ()> + Send>,
    ) -> Result<(), SpawnError> {
        self.0.fetch_add(1, SeqCst);
        Ok(())
    }
}

fn runtimes() -> [Runtime; 2] {
    let basic = Builder::new().basic_scheduler().enable_all().build().unwrap();
    let threaded = Builder::new().threaded_scheduler().core_threads(1).enable_all().build();
    [basic, threaded.unwrap()]
}

#[test]
fn a_runtime_blocks_behind_the_mark_and_the_executor_of_tokio_01() {
    for mut runtime in runtimes() {
        let mut counting = Counting::default();
        let mut enter = tokio_executor::enter().unwrap();
        let seven = tokio_executor::with_default(&mut counting, &mut enter, |_enter| {
            runtime.block_on(async {
                tokio::spawn(future::ok(()));
                tokio_era_02::spawn(async { 7 }).await.unwrap()
            })
        });
        assert_eq!(seven, 7);
        assert_eq!(counting.0.load(SeqCst), 1);
        assert!(tokio_executor::enter().is_err(), "the mark is as it was");
        drop(runtime);
        drop(enter);
        assert!(tokio_executor::enter().is_ok());
    }
}

#[test]
fn a_runtime_in_a_runtime_is_refused_as_before() {
    for mut runtime in runtimes() {
        let refused = std::panic::AssertUnwindSafe(|| {
            runtime.block_on(async { runtimes()[0].block_on(async {}) });
        });
        assert!(std::panic::catch_unwind(refused).is_err());
    }
}

#[test]
fn threads_may_be_given_defaults_of_tokio_01_when_they_start() {
    type Guards = (tokio_executor::DefaultGuard, tokio_reactor::DefaultGuard, timer::DefaultGuard);
    thread_local!(static GUARDS: Cell<Option<Guards>> = const { Cell::new(None) });

    let reactor = tokio_reactor::Reactor::new().unwrap();
    let reactor_handle = reactor.handle();
    let timer_handle = timer::Timer::new(reactor).handle();
    let counting = Counting::default();
    let counted = counting.0.clone();
    let mut runtime = Builder::new()
        .threaded_scheduler()
        .core_threads(1)
        .enable_all()
        .on_thread_start(move || {
            let executor = tokio_executor::set_default(counting.clone());
            let reactor = tokio_reactor::set_default(&reactor_handle);
            let timer = timer::set_default(&timer_handle);
            GUARDS.set(Some((executor, reactor, timer)));
        })
        .on_thread_stop(|| drop(GUARDS.take()))
        .build()
        .unwrap();
    let seven = runtime.block_on(async {
        let on_worker = tokio_era_02::spawn(async {
            tokio::spawn(future::ok(()));
            tokio_era_02::spawn(async { 3 }).await.unwrap()
        });
        let on_blocking_thread = task::spawn_blocking(|| {
            tokio::spawn(future::ok(()));
            4
        });
        on_worker.await.unwrap() + on_blocking_thread.await.unwrap()
    });
    assert_eq!(seven, 7);
    assert_eq!(counted.load(SeqCst), 2, "what 0.1's interface spawns goes where the hook said");
}

/// Upstream's basic scheduler polls the future that is blocked on and the tasks in turns.
#[test]
fn a_task_spawned_from_a_local_task_runs_before_the_next_turn_of_the_future_blocked_on() {
    let mut runtime = Builder::new().basic_scheduler().build().unwrap();
    let local = task::LocalSet::new();
    let (tx, rx) = tokio_era_02::sync::oneshot::channel();
    let has_run = Counting::default();
    let counted = has_run.0.clone();
    local.spawn_local(async move {
        tokio_era_02::spawn(async move { has_run.0.fetch_add(1, SeqCst) });
        tx.send(()).unwrap();
    });
    local.block_on(&mut runtime, rx).unwrap();
    assert_eq!(counted.load(SeqCst), 1);
}
