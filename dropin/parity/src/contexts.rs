//! What destructors and hooks find around them: runtime, task id, task-locals, entered guards.
//!
//! Of futures, outputs and closures, wherever they are dropped.
//! `main` calls each program, in a process of its own.

use crate::{one, panic_of, pool, Program};
use std::future::pending;
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::task::{self, yield_now, LocalSet};

pub const PROGRAMS: &[Program] = &[
    ("context_of_future", context_of_future),
    ("context_of_output", context_of_output),
    ("context_of_aborted", context_of_aborted),
    ("context_at_shutdown", context_at_shutdown),
    ("context_at_shutdown_of_pool", context_at_shutdown_of_pool),
    ("context_of_local", context_of_local),
    ("context_of_local_set_drop", context_of_local_set_drop),
    ("context_of_blocking", context_of_blocking),
    ("task_local_in_destructor", task_local_in_destructor),
    ("task_local_scope", task_local_scope),
    ("block_in_place_context", block_in_place_context),
    ("block_on_in_block_in_place", block_on_in_block_in_place),
    ("runtime_flavors", runtime_flavors),
    ("enter_nests", enter_nests),
    ("hooks_of_threads", hooks_of_threads),
    ("ids", ids),
];

tokio::task_local! {
    static NUMBER: u8;
}

/// Prints what it finds when it is dropped.
struct Look(&'static str);

impl Drop for Look {
    fn drop(&mut self) {
        look(self.0);
    }
}

fn look(name: &str) {
    println!(
        "{name}: runtime {} id {} local {:?}",
        Handle::try_current().is_ok(),
        task::try_id().is_some(),
        NUMBER.try_with(|number| *number).ok(),
    );
}

async fn hold(name: &'static str) {
    let _look = Look(name);
    pending::<()>().await;
}

fn context_of_future() {
    one().block_on(async {
        let captured = Look("captured");
        tokio::spawn(NUMBER.scope(3, async move {
            let _captured = &captured;
            let _inside = Look("inside");
            look("running");
        }))
        .await
        .unwrap();
    });
}

fn context_of_output() {
    let runtime = one();
    runtime.block_on(async {
        drop(tokio::spawn(async { Look("by the task") }));
        yield_now().await;
        let kept = tokio::spawn(async { Look("by the handle") });
        yield_now().await;
        drop(kept);
    });
    let kept = runtime.spawn(async { Look("by the handle, outside") });
    runtime.block_on(yield_now());
    drop(kept);
}

fn context_of_aborted() {
    let runtime = one();
    runtime.block_on(async {
        let task = tokio::spawn(NUMBER.scope(4, hold("aborted")));
        yield_now().await;
        task.abort();
        let _ = task.await;
    });
    let task = runtime.spawn(hold("aborted from outside"));
    runtime.block_on(yield_now());
    task.abort();
    println!("aborted");
    runtime.block_on(yield_now());
}

fn context_at_shutdown() {
    let runtime = one();
    runtime.spawn(NUMBER.scope(5, hold("polled")));
    runtime.block_on(yield_now());
    let unpolled = Look("not polled");
    runtime.spawn(async move {
        let _unpolled = &unpolled;
    });
    drop(runtime);
}

fn context_at_shutdown_of_pool() {
    let runtime = pool();
    let (send, receive) = std::sync::mpsc::channel();
    runtime.spawn(NUMBER.scope(5, async move {
        let _look = Look("polled");
        send.send(()).unwrap();
        pending::<()>().await;
    }));
    receive.recv().unwrap();
    drop(runtime);
}

fn context_of_local() {
    let local = LocalSet::new();
    one().block_on(local.run_until(async {
        let task = task::spawn_local(NUMBER.scope(6, hold("local")));
        yield_now().await;
        task.abort();
        let _ = task.await;
    }));
}

fn context_of_local_set_drop() {
    let runtime = one();
    let local = LocalSet::new();
    local.spawn_local(NUMBER.scope(7, hold("outside")));
    runtime.block_on(local.run_until(yield_now()));
    drop(local);
    let local = LocalSet::new();
    local.spawn_local(hold("inside"));
    runtime.block_on(async move {
        local.run_until(yield_now()).await;
        drop(local);
    });
}

fn context_of_blocking() {
    let runtime = one();
    let captured = Look("captured");
    // Else the runtime's thread polls the task while the other one drops what it has captured.
    let (go_on, goes_on) = oneshot::channel();
    let task = runtime.spawn_blocking(move || {
        let _captured = captured;
        look("closure");
        let nested = Handle::current().block_on(async {
            look("block_on");
            3
        });
        println!("{nested}");
        tokio::spawn(async {
            goes_on.await.unwrap();
            look("task")
        })
    });
    let task = runtime.block_on(task).unwrap();
    go_on.send(()).unwrap();
    runtime.block_on(task).unwrap();
}

fn task_local_in_destructor() {
    struct Reads;
    impl Drop for Reads {
        fn drop(&mut self) {
            println!("{:?}", NUMBER.try_with(|number| *number));
        }
    }
    one().block_on(async {
        let mut scoped = Box::pin(NUMBER.scope(8, async {
            let _reads = Reads;
            pending::<()>().await;
        }));
        tokio::select! {
            biased;
            _ = &mut scoped => {}
            _ = yield_now() => {}
        }
        println!("take {:?}", scoped.as_mut().take_value());
        println!("take {:?}", scoped.as_mut().take_value());
        drop(scoped);
        let unpolled = Reads;
        drop(NUMBER.scope(9, async move {
            let _unpolled = &unpolled;
        }));
    });
}

fn task_local_scope() {
    println!("{}", panic_of(|| NUMBER.with(|_| ())));
    println!("{:?}", NUMBER.try_with(|_| ()));
    NUMBER.sync_scope(1, || {
        NUMBER.sync_scope(2, || println!("{}", NUMBER.get()));
        println!("{}", NUMBER.get());
    });
    println!("{}", panic_of(|| NUMBER.sync_scope(3, || panic!("inside"))));
    println!("{:?}", NUMBER.try_with(|_| ()).map_err(|e| e.to_string()));
    one().block_on(NUMBER.scope(4, async {
        let inner = tokio::spawn(async { NUMBER.try_with(|number| *number).is_err() });
        println!("{}", inner.await.unwrap());
        println!("{}", panic_of(|| NUMBER.with(|_| NUMBER.sync_scope(5, || ()))));
    }));
}

fn block_in_place_context() {
    let runtime = pool();
    let task = runtime.spawn(NUMBER.scope(10, async {
        task::block_in_place(|| look("in place"));
        look("after");
    }));
    runtime.block_on(task).unwrap();
    runtime.block_on(async { task::block_in_place(|| look("in place, block_on")) });
    println!("{}", panic_of(|| one().block_on(async { task::block_in_place(|| ()) })));
    let local = LocalSet::new();
    println!(
        "{}",
        panic_of(|| runtime.block_on(local.run_until(async { task::block_in_place(|| ()) })))
    );
    task::block_in_place(|| look("without a runtime"));
}

fn block_on_in_block_in_place() {
    let runtime = pool();
    let task = runtime.spawn(async {
        task::block_in_place(|| {
            Handle::current().block_on(async {
                look("nested");
                yield_now().await;
                tokio::spawn(async { look("spawned") }).await.unwrap();
            });
            one().block_on(async { look("a runtime of its own") });
        });
    });
    runtime.block_on(task).unwrap();
}

fn runtime_flavors() {
    println!("{:?}", one().handle().runtime_flavor());
    println!("{:?}", pool().handle().runtime_flavor());
    println!("{}", pool().metrics().num_workers());
    println!("{}", one().metrics().num_workers());
}

fn enter_nests() {
    let (first, second) = (one(), pool());
    let current = || Handle::try_current().map(|handle| handle.runtime_flavor());
    println!("{:?}", current().map_err(|e| e.to_string()));
    let outer = first.enter();
    println!("{:?}", current().unwrap());
    let inner = second.enter();
    println!("{:?}", current().unwrap());
    drop(inner);
    println!("{:?}", current().unwrap());
    second.block_on(async { println!("{:?}", current().unwrap()) });
    println!("{:?}", current().unwrap());
    drop(outer);
    println!(
        "{:?}",
        current().map_err(|e| (e.is_missing_context(), e.is_thread_local_destroyed()))
    );
}

fn hooks_of_threads() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .thread_name("hooked")
        .on_thread_start(|| {
            let thread = std::thread::current();
            println!("start {:?} runtime {}", thread.name(), Handle::try_current().is_ok());
        })
        .on_thread_stop(|| println!("stop runtime {}", Handle::try_current().is_ok()))
        .build()
        .unwrap();
    runtime.block_on(async { tokio::spawn(async { println!("task") }).await.unwrap() });
    drop(runtime);
    println!("end");
}

fn ids() {
    let runtime = one();
    println!("{}", panic_of(task::id));
    runtime.block_on(async {
        println!("{}", task::try_id().is_some());
        let task = tokio::spawn(async { task::id() });
        let id = task.id();
        println!("{}", task.abort_handle().id() == id);
        println!("{}", task.await.unwrap() == id);
        let failing = tokio::spawn(async { panic!("oh") });
        let id = failing.id();
        println!("{}", failing.await.unwrap_err().id() == id);
        let blocking = task::spawn_blocking(|| task::try_id().is_some());
        println!("{}", blocking.await.unwrap());
    });
    let local = LocalSet::new();
    println!("{}", runtime.block_on(local.run_until(async { task::try_id().is_some() })));
}
