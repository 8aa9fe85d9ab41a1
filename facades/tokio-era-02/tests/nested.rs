//! Runtimes of one era in tasks of another: each era refuses its own second one only, as the
//! published ones do, which know nothing of each other.

use futures::future::{lazy, Future};
use std::sync::mpsc;
use std::time::{Duration, Instant};
use tokio::runtime::current_thread::Runtime as Old;
use tokio_await::runtime::{Builder, Handle, Runtime};
use tokio_await::task::{block_in_place, spawn_blocking};
use tokio_era_02::runtime::Builder as Builder02;

fn modern() -> Runtime {
    Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
}

/// Runs `f` in a task of a pool of tokio 1.x.
fn in_task<R: Send + 'static>(f: impl FnOnce() -> R + Send + 'static) -> R {
    let runtime = modern();
    let result = runtime.block_on(async { tokio_await::spawn(async { f() }).await.unwrap() });
    // The worker goes on, with its timers.
    runtime.block_on(async {
        let task = tokio_await::spawn(tokio_await::time::sleep(Duration::from_millis(1)));
        task.await.unwrap();
    });
    result
}

/// What a client of tokio 0.1 does that blocks.
fn block_on_01() -> u32 {
    let mut runtime = Old::new().unwrap();
    let sleep = tokio::timer::Delay::new(Instant::now() + Duration::from_millis(1));
    runtime.block_on(sleep.map(|()| 1).map_err(|e| panic!("{e}"))).map_err(|()| "fails").unwrap()
}

/// What a client of tokio 0.2 does that blocks.
fn block_on_02(builder: &mut Builder02) -> u32 {
    let mut runtime = builder.core_threads(1).enable_all().build().unwrap();
    runtime.block_on(async {
        tokio_era_02::time::delay_for(Duration::from_millis(1)).await;
        tokio_era_02::spawn(async { 2 }).await.unwrap()
    })
}

/// What a client of tokio 1.x does that blocks.
fn block_on_1() -> u32 {
    let runtime = modern();
    runtime.block_on(async {
        tokio_await::time::sleep(Duration::from_millis(1)).await;
        tokio_await::spawn(async { 3 }).await.unwrap()
    })
}

/// The default clock of tokio 0.1's interface was in the way on such threads, and a mark in tasks.
#[test]
fn a_runtime_of_01_runs_where_one_of_1_does() {
    assert_eq!(in_task(block_on_01), 1);
    assert_eq!(in_task(|| block_in_place(block_on_01)), 1);
    let blocking = modern().block_on(async { spawn_blocking(block_on_01).await.unwrap() });
    assert_eq!(blocking, 1);
    assert_eq!(modern().block_on(async { block_on_01() }), 1);
}

#[test]
fn runtimes_of_02_and_1_run_in_tasks_of_each_other_and_of_01() {
    assert_eq!(in_task(|| block_on_02(Builder02::new().threaded_scheduler())), 2);
    assert_eq!(in_task(|| block_on_02(Builder02::new().basic_scheduler())), 2);
    let mut runtime = Builder02::new().threaded_scheduler().build().unwrap();
    let nested = runtime.block_on(async {
        tokio_era_02::spawn(async { (block_on_1(), block_on_01()) }).await.unwrap()
    });
    assert_eq!(nested, (3, 1));
    let mut runtime = tokio::runtime::Runtime::new().unwrap();
    let nested = runtime.block_on(lazy(|| {
        Ok::<_, ()>((block_on_1(), block_on_02(Builder02::new().basic_scheduler())))
    }));
    assert_eq!(nested, Ok((3, 2)));
}

#[test]
fn an_era_refuses_its_own_second_runtime() {
    let (own, inner) = in_task(|| {
        let own = std::panic::catch_unwind(block_on_1);
        let mut runtime = Builder02::new().basic_scheduler().build().unwrap();
        (own, runtime.block_on(async { std::panic::catch_unwind(block_on_1) }))
    });
    assert!(own.is_err());
    assert!(inner.is_err(), "the task around the inner runtime is one of 1.x still");
}

#[test]
fn tasks_of_another_era_may_wait_for_a_message() {
    let mut runtime = tokio::runtime::Runtime::new().unwrap();
    let received = runtime.block_on(lazy(|| {
        let (sender, mut receiver) = tokio_await::sync::mpsc::channel(1);
        sender.blocking_send(4).unwrap();
        Ok::<_, ()>(receiver.blocking_recv())
    }));
    assert_eq!(received, Ok(Some(4)));
}

/// It went to the executor of 0.1, which nobody runs any more, and was lost.
#[test]
fn what_is_spawned_under_an_executor_of_01_goes_to_the_runtime() {
    fn spawn_in_01(runtime: &Handle) -> bool {
        let (sender, receiver) = mpsc::channel();
        let mut old = Old::new().unwrap();
        let spawned = old.block_on(lazy(move || {
            tokio_await::spawn(async move {
                tokio_await::task::yield_now().await;
                sender.send(Handle::current().id()).unwrap();
            });
            Ok::<_, ()>(())
        }));
        spawned.unwrap();
        drop(old);
        receiver.recv() == Ok(runtime.id())
    }

    let runtime = modern();
    let handle = runtime.handle().clone();
    assert!(runtime.block_on(async { spawn_in_01(&handle) }));
    let task = async {
        tokio_await::spawn(async { block_in_place(|| spawn_in_01(&Handle::current())) }).await
    };
    assert!(runtime.block_on(task).unwrap());
}
