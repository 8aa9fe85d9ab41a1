//! What needs a runtime of tokio 1.x works in our tasks, and ends with them.

#![cfg(all(feature = "tokio1", target_os = "linux"))]

use futures::{future, Future};
use std::io::{Read, Write};
use std::panic::{self, AssertUnwindSafe};
use std::rc::Rc;
use std::sync::{mpsc, Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};
use tokio::compat::{shutdown_tokio1, tokio1 as in_tokio1, Future03CompatExt};
use tokio::runtime::{current_thread, Builder, Runtime};
use tokio1::io::{AsyncReadExt, AsyncWriteExt};
use tokio1::runtime::Handle;

const PATIENCE: Duration = Duration::from_secs(20);

/// One test at a time, for they count the process's threads.
///
/// # Dropping
///
/// Fails the test unless all threads of tokio 1.x are gone.
struct Alone(#[allow(dead_code, reason = "held")] MutexGuard<'static, ()>);

fn alone() -> Alone {
    static TESTS: Mutex<()> = Mutex::new(());
    let alone = Alone(TESTS.lock().unwrap_or_else(PoisonError::into_inner));
    all_gone("tokio-1-");
    alone
}

impl Drop for Alone {
    fn drop(&mut self) {
        if !thread::panicking() {
            all_gone("tokio-1-");
        }
    }
}

/// Threads of this process whose names start with `prefix`.
fn threads(prefix: &str) -> usize {
    let tasks = std::fs::read_dir("/proc/self/task").unwrap();
    let names =
        tasks.filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("comm")).ok());
    names.filter(|name| name.starts_with(prefix)).count()
}

/// A thread that has been started needs a moment to have its name, and one that has said
/// that it ends needs one to be gone for the system.
fn threads_become(prefix: &str, count: usize) {
    let deadline = Instant::now() + PATIENCE;
    while threads(prefix) != count {
        assert!(Instant::now() < deadline, "{} threads are {prefix}*", threads(prefix));
        thread::yield_now();
    }
}

fn all_gone(prefix: &str) {
    threads_become(prefix, 0);
}

fn runtime() -> Runtime {
    Builder::new().core_threads(2).name_prefix("ours-").build().unwrap()
}

/// Says when it is dropped.
struct Dropped(&'static str, mpsc::Sender<&'static str>);

impl Drop for Dropped {
    fn drop(&mut self) {
        let _ = self.1.send(self.0);
    }
}

/// Waits for ever, below tokio 1.x and with something spawned there, each with a guard.
/// Says on `ready` when it waits.
fn waits_for_ever(
    dropped: &mpsc::Sender<&'static str>,
    ready: &mpsc::Sender<()>,
) -> impl std::future::Future<Output = ()> {
    let ours = Dropped("ours", dropped.clone());
    let theirs = Dropped("theirs", dropped.clone());
    let ready = ready.clone();
    in_tokio1(async move {
        let _ours = ours;
        let listener = tokio1::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let theirs = tokio1::spawn(async move {
            let _theirs = theirs;
            tokio1::time::sleep(Duration::from_secs(3600)).await;
        });
        let _ = futures03::join!(theirs, listener.accept(), async {
            tokio1::time::sleep(Duration::from_millis(1)).await;
            ready.send(()).unwrap();
        });
    })
}

#[test]
fn sockets_timers_and_spawns_of_tokio_1_work_in_our_tasks() {
    let _alone = alone();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let echo = thread::spawn(move || {
        let (mut peer, _) = listener.accept().unwrap();
        let mut buf = [0; 4];
        peer.read_exact(&mut buf).unwrap();
        peer.write_all(&buf).unwrap();
    });
    let mut runtime = runtime();
    // A task of ours, with our channels and timers, and tokio 1.x's sockets.
    let (tx, rx) = tokio::sync::oneshot::channel();
    let client = in_tokio1(async move {
        tokio1::time::sleep(Duration::from_millis(2)).await;
        tokio::timer::sleep(Duration::from_millis(2)).await;
        let mut socket = tokio1::net::TcpStream::connect(address).await.unwrap();
        socket.write_all(b"ping").await.unwrap();
        let mut buf = [0; 4];
        socket.read_exact(&mut buf).await.unwrap();
        let there = tokio1::spawn(async move { buf }).await.unwrap();
        let there = tokio1::task::spawn_blocking(move || there).await.unwrap();
        tx.send(there).unwrap();
        Ok::<_, ()>(())
    });
    // Its end is waited for by a chain of futures 0.1.
    let chain = client.compat().and_then(|()| rx.map_err(drop));
    assert_eq!(runtime.block_on(chain), Ok(*b"ping"));
    echo.join().unwrap();
    // The task ran on our worker, not on the thread beside it.
    let name = runtime.block_on_std(in_tokio1(async {
        tokio1::time::sleep(Duration::from_millis(1)).await;
        thread::current().name().unwrap().to_owned()
    }));
    assert!(name.starts_with("ours-"), "{name}");
    // What is spawned may block in place.
    let blocked =
        in_tokio1(async { tokio1::spawn(async { tokio1::task::block_in_place(|| 7) }).await });
    assert_eq!(runtime.block_on_std(blocked).unwrap(), 7);
    runtime.shutdown_on_idle().wait().unwrap();
    all_gone("ours-");
}

#[test]
fn a_runtime_that_does_not_need_it_starts_no_thread_of_tokio_1() {
    let _alone = alone();
    let mut runtime = runtime();
    runtime.block_on_std(async { tokio::timer::sleep(Duration::from_millis(2)).await });
    drop(in_tokio1(async {}));
    assert_eq!(threads("tokio-1-"), 0);
    runtime.shutdown_on_idle().wait().unwrap();
}

#[test]
fn shutdown_on_idle_finishes_our_tasks_and_then_ends_both() {
    let _alone = alone();
    let mut runtime = runtime();
    let (dropped, drops) = mpsc::channel();
    let (theirs, done) = (Dropped("theirs", dropped.clone()), Dropped("done", dropped));
    let (done_tx, done_rx) = mpsc::channel();
    runtime.spawn_std(in_tokio1(async move {
        // Nobody waits for what a library has spawned.
        tokio1::spawn(async move {
            let _theirs = theirs;
            std::future::pending::<()>().await;
        });
        for _ in 0..5 {
            tokio1::time::sleep(Duration::from_millis(5)).await;
        }
        done_tx.send("finished").unwrap();
        drop(done);
    }));
    runtime.shutdown_on_idle().wait().unwrap();
    assert_eq!(done_rx.try_recv(), Ok("finished"));
    assert_eq!(drops.try_iter().collect::<Vec<_>>(), ["done", "theirs"]);
    all_gone("ours-");
}

#[test]
fn shutdown_now_drops_the_tasks_of_both_ours_first() {
    let _alone = alone();
    let mut runtime = runtime();
    let (dropped, drops) = mpsc::channel();
    let (ready, is_ready) = mpsc::channel();
    runtime.spawn_std(waits_for_ever(&dropped, &ready));
    is_ready.recv_timeout(PATIENCE).unwrap();
    // As a std future, this time.
    futures03::executor::block_on(runtime.shutdown_now());
    assert_eq!(drops.try_iter().collect::<Vec<_>>(), ["ours", "theirs"]);
    all_gone("ours-");
}

#[test]
fn a_shutdown_that_nobody_waits_for_ends_both_all_the_same() {
    let _alone = alone();
    let mut runtime = runtime();
    let (dropped, drops) = mpsc::channel();
    let (ready, is_ready) = mpsc::channel();
    runtime.spawn_std(waits_for_ever(&dropped, &ready));
    is_ready.recv_timeout(PATIENCE).unwrap();
    drop(runtime.shutdown_now());
    for who in ["ours", "theirs"] {
        assert_eq!(drops.recv_timeout(PATIENCE), Ok(who));
    }
    all_gone("ours-");
}

#[test]
fn a_runtime_dropped_while_tokio_1_waits_for_a_timer_and_a_socket_ends_both() {
    let _alone = alone();
    for _ in 0..20 {
        let mut runtime = runtime();
        let executor = runtime.executor();
        let (dropped, drops) = mpsc::channel();
        let (ready, is_ready) = mpsc::channel();
        for _ in 0..4 {
            runtime.spawn_std(waits_for_ever(&dropped, &ready));
        }
        (0..4).for_each(|_| is_ready.recv_timeout(PATIENCE).unwrap());
        drop(runtime);
        assert_eq!(drops.try_iter().count(), 8);
        // A handle that is left over keeps nothing alive.
        all_gone("tokio-1-");
        all_gone("ours-");
        drop(executor);
    }
}

#[test]
fn a_current_thread_runtime_has_one_too_and_drops_it_after_its_tasks() {
    let _alone = alone();
    let (dropped, drops) = mpsc::channel();
    let (ready, is_ready) = mpsc::channel();
    let mut runtime = current_thread::Runtime::new().unwrap();
    // A future that must stay on its thread.
    let here = Rc::new(7);
    let there = here.clone();
    let seven = runtime.block_on_std(in_tokio1(async move {
        tokio1::time::sleep(Duration::from_millis(2)).await;
        tokio1::spawn(async {}).await.unwrap();
        *there
    }));
    assert_eq!((seven, Rc::strong_count(&here)), (7, 1));
    runtime.spawn_std(waits_for_ever(&dropped, &ready));
    runtime.block_on_std(async {
        while is_ready.try_recv().is_err() {
            tokio::timer::sleep(Duration::from_millis(1)).await;
        }
    });
    threads_become("tokio-1-driver", 1);
    drop(runtime);
    assert_eq!(drops.try_iter().collect::<Vec<_>>(), ["ours", "theirs"]);
    all_gone("tokio-1-");

    // One that is made for a single call takes it along.
    current_thread::run_std(in_tokio1(async {
        tokio1::time::sleep(Duration::from_millis(2)).await;
    }));
}

#[test]
fn a_panic_below_tokio_1_ends_its_own_task_alone() {
    let _alone = alone();
    let mut runtime = runtime();
    let panics = runtime.spawn_handle_std(in_tokio1(async {
        tokio1::time::sleep(Duration::from_millis(1)).await;
        panic!("on purpose");
    }));
    assert!(runtime.block_on_std(panics).unwrap_err().is_panic());
    // There, too.
    let there = in_tokio1(async { tokio1::spawn(async { panic!("on purpose") }).await });
    assert!(runtime.block_on_std(there).unwrap_err().is_panic());
    // Nor does the context stay behind on the worker.
    let left = runtime.block_on_std(async { Handle::try_current().is_ok() });
    assert!(!left, "a task that did not ask for it has a context of tokio 1.x");
    let goes_on = in_tokio1(async { tokio1::time::sleep(Duration::from_millis(1)).await });
    runtime.block_on_std(goes_on);
    runtime.shutdown_on_idle().wait().unwrap();
}

/// A guard of tokio 1.x that is kept while its future waits would mix up the contexts of
/// all others: tokio 1.x says so. Only a future that stays on its thread can do that.
#[test]
fn fault_x04_a_context_kept_across_an_await_is_a_panic_that_says_so() {
    let _alone = alone();
    let other = tokio1::runtime::Builder::new_current_thread().build().unwrap();
    let kept = thread::spawn(move || {
        let mut runtime = current_thread::Runtime::new().unwrap();
        let kept = panic::catch_unwind(AssertUnwindSafe(|| {
            runtime.block_on_std(in_tokio1(async {
                let _context = other.enter();
                tokio1::task::yield_now().await;
            }));
        }));
        let said = kept.unwrap_err();
        let said = said.downcast_ref::<&str>().copied().unwrap_or_default();
        assert!(said.contains("out of order"), "{said}");
        // The runtime goes on.
        runtime.block_on_std(in_tokio1(async {
            tokio1::time::sleep(Duration::from_millis(1)).await;
        }));
    });
    kept.join().unwrap();
}

/// tokio 1.x panics when a runtime of its own is dropped where it runs tasks.
#[test]
fn a_runtime_can_be_dropped_in_an_async_context_of_tokio_1() {
    let _alone = alone();
    let foreign = tokio1::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
    foreign.block_on(async {
        let spawned = tokio1::spawn(async {
            let (dropped, drops) = mpsc::channel();
            let (ready, is_ready) = mpsc::channel();
            let mut ours = runtime();
            ours.spawn_std(waits_for_ever(&dropped, &ready));
            is_ready.recv_timeout(PATIENCE).unwrap();
            drop(ours);
            assert_eq!(drops.try_iter().count(), 2);

            let mut ours = current_thread::Runtime::new().unwrap();
            ours.block_on_std(in_tokio1(async {
                tokio1::time::sleep(Duration::from_millis(1)).await;
            }));
            drop(ours);
        });
        spawned.await.unwrap();
    });
}

/// The thread beside a runtime cannot wait for itself to end.
#[test]
fn a_runtime_can_be_dropped_on_a_thread_of_tokio_1_that_it_started() {
    let _alone = alone();
    for blocking in [false, true] {
        let mut runtime = runtime();
        let (give, take) = tokio::sync::oneshot::channel::<Runtime>();
        runtime.block_on_std(in_tokio1(async move {
            tokio1::spawn(async move {
                let runtime = take.await.unwrap();
                if blocking {
                    let _ = tokio1::task::spawn_blocking(move || drop(runtime)).await;
                } else {
                    drop(runtime);
                }
            });
        }));
        threads_become("tokio-1-driver", 1);
        assert!(threads("ours-") > 0);
        assert!(give.send(runtime).is_ok());
        all_gone("ours-");
        all_gone("tokio-1-");
    }
}

#[test]
fn a_runtime_dropped_by_one_of_its_tasks_ends_both() {
    let _alone = alone();
    let mut ours = runtime();
    let (give, take) = tokio::sync::oneshot::channel::<Runtime>();
    let (dropped, drops) = mpsc::channel();
    let (ready, is_ready) = mpsc::channel();
    ours.spawn_std(waits_for_ever(&dropped, &ready));
    is_ready.recv_timeout(PATIENCE).unwrap();
    ours.spawn_std(in_tokio1(async move { drop(take.await) }));
    assert!(give.send(ours).is_ok());
    for who in ["ours", "theirs"] {
        assert_eq!(drops.recv_timeout(PATIENCE), Ok(who));
    }
    all_gone("ours-");
}

#[test]
fn each_runtime_has_its_own_and_ends_its_own() {
    let _alone = alone();
    let id =
        |runtime: &mut Runtime| runtime.block_on_std(in_tokio1(async { Handle::current().id() }));
    let (mut one, mut two) = (runtime(), runtime());
    let first = id(&mut one);
    assert_ne!(first, id(&mut two));
    assert_eq!(first, id(&mut one));
    threads_become("tokio-1-driver", 2);
    // On a thread that is no worker, it is the runtime's all the same.
    let here = one.block_on_here(in_tokio1(async { Handle::current().id() }));
    assert_eq!(first, here);
    two.shutdown_on_idle().wait().unwrap();
    one.block_on_std(in_tokio1(async {
        tokio1::time::sleep(Duration::from_millis(1)).await;
    }));
    one.shutdown_on_idle().wait().unwrap();
}

#[test]
fn a_shutdown_waits_for_what_blocks_in_tokio_1() {
    let _alone = alone();
    let mut runtime = runtime();
    let (begun, has_begun) = mpsc::channel();
    let (allow, allowed) = mpsc::channel::<()>();
    let (done, is_done) = mpsc::channel();
    runtime.spawn_std(in_tokio1(async move {
        tokio1::task::spawn_blocking(move || {
            begun.send(()).unwrap();
            allowed.recv().unwrap();
            done.send(()).unwrap();
        });
    }));
    has_begun.recv_timeout(PATIENCE).unwrap();
    let mut shutdown = futures::executor::spawn(runtime.shutdown_on_idle());
    all_gone("ours-");
    struct Nobody;
    impl futures::executor::Notify for Nobody {
        fn notify(&self, _: usize) {}
    }
    let polled = shutdown.poll_future_notify(&Arc::new(Nobody), 0);
    assert_eq!(polled, Ok(futures::Async::NotReady));
    allow.send(()).unwrap();
    shutdown.wait_future().unwrap();
    is_done.try_recv().unwrap();
}

#[test]
fn outside_of_our_runtimes_one_serves_the_process() {
    let _alone = alone();
    let id = || {
        futures03::executor::block_on(in_tokio1(async {
            tokio1::time::sleep(Duration::from_millis(1)).await;
            Handle::current().id()
        }))
    };
    let first = id();
    assert_eq!(first, id());
    threads_become("tokio-1-driver", 1);
    // A pool that is no runtime has none of its own.
    let pool = tokio_threadpool::ThreadPool::new();
    let on_pool = in_tokio1(async { Ok::<_, ()>(Handle::current().id()) });
    assert_eq!(pool.spawn_handle(on_pool.compat()).wait(), Ok(first));
    pool.shutdown_now().wait().unwrap();

    shutdown_tokio1(PATIENCE);
    all_gone("tokio-1-");
    // The next starts another.
    assert_ne!(first, id());
    shutdown_tokio1(PATIENCE);
    // None runs now.
    shutdown_tokio1(PATIENCE);

    // Where there is a context already, it is that.
    let foreign = tokio1::runtime::Builder::new_current_thread().build().unwrap();
    let found = foreign.block_on(in_tokio1(async { Handle::current().id() }));
    assert_eq!(found, foreign.handle().id());
}

#[test]
fn a_runtime_built_with_tokio_1_has_its_context_around_all_tasks() {
    let _alone = alone();
    let mut builder = Builder::new();
    let mut runtime = builder.core_threads(2).name_prefix("ours-").with_tokio1().build().unwrap();
    let sleep = || tokio1::time::sleep(Duration::from_millis(2));
    runtime.block_on_std(async move { sleep().await });
    runtime.block_on_here(async { sleep().await });
    // Also where a chain of futures 0.1 comes to it, in a task that a task has spawned.
    let (tx, rx) = futures::sync::oneshot::channel();
    let chain = future::lazy(move || {
        tokio::spawn(future::lazy(move || {
            let id = tokio1::spawn(async { Handle::current().id() });
            let sleeps = async move {
                sleep().await;
                Ok::<_, ()>(id.await.unwrap())
            };
            sleeps.boxed_compat().and_then(|id| tx.send(id).map_err(drop))
        }));
        rx
    });
    let spawned = runtime.block_on(chain).unwrap();
    // Whoever wraps a future finds the same.
    let wrapped = runtime.block_on_std(in_tokio1(async { Handle::current().id() }));
    assert_eq!(spawned, wrapped);
    runtime.shutdown_on_idle().wait().unwrap();
    all_gone("ours-");
    all_gone("tokio-1-");

    let mut runtime = current_thread::Builder::new().with_tokio1().build().unwrap();
    runtime.block_on_std(async { sleep().await });
    runtime.spawn_std(async move { sleep().await });
    runtime.run().unwrap();
    drop(runtime);
    assert!(Handle::try_current().is_err());
}
