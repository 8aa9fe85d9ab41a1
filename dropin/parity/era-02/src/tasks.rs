//! Tasks, runtimes, local sets, blocking, contexts.

use crate::{hold, one, panic_of, panics, pool, probe, Loud, Program};
use std::cell::RefCell;
use std::future::pending;
use std::rc::Rc;
use std::time::Duration;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::oneshot;
use tokio::task::{self, yield_now, LocalSet};

pub const PROGRAMS: &[Program] = &[
    ("spawn_order", spawn_order),
    ("spawn_order_of_pool", spawn_order_of_pool),
    ("yield_order", yield_order),
    ("join_value_and_panic", join_value_and_panic),
    ("join_error_words", join_error_words),
    ("abort_of_handle_drop", abort_of_handle_drop),
    ("tasks_dropped_with_runtime", tasks_dropped_with_runtime),
    ("tasks_dropped_with_pool", tasks_dropped_with_pool),
    ("task_dropped_before_poll", task_dropped_before_poll),
    ("output_dropped_by_whom", output_dropped_by_whom),
    ("spawn_outside", spawn_outside),
    ("spawn_in_drop_at_shutdown", spawn_in_drop_at_shutdown),
    ("handle_after_runtime", handle_after_runtime),
    ("handle_enter", handle_enter),
    ("handle_block_on", handle_block_on),
    ("block_on_nested", block_on_nested),
    ("runtime_dropped_inside", runtime_dropped_inside),
    ("runtime_in_thread_local", runtime_in_thread_local),
    ("runtime_without_drivers", runtime_without_drivers),
    ("builder_bad_values", builder_bad_values),
    ("builder_hooks", builder_hooks),
    ("shutdown_timeout", shutdown_timeout),
    ("shutdown_background", shutdown_background),
    ("blocking_values", blocking_values),
    ("blocking_at_shutdown", blocking_at_shutdown),
    ("block_in_place", block_in_place),
    ("block_in_place_on_one", block_in_place_on_one),
    ("local_set_basics", local_set_basics),
    ("local_set_dropped", local_set_dropped),
    ("local_set_as_future", local_set_as_future),
    ("spawn_local_outside", spawn_local_outside),
    ("local_panic", local_panic),
    ("task_locals", task_locals),
    ("macros_join_select", macros_join_select),
    ("select_branches", select_branches),
    ("panic_in_block_on", panic_in_block_on),
    ("panic_in_drop", panic_in_drop),
    ("waker_after_runtime", waker_after_runtime),
    ("waker_identity", waker_identity),
    ("yield_now_wakes", yield_now_wakes),
    ("unconstrained_loop", unconstrained_loop),
    ("debug_of_runtime", debug_of_runtime),
];

fn spawn_order() {
    one().block_on(async {
        for name in ["a", "b", "c"] {
            tokio::spawn(async move {
                println!("{name}");
                tokio::spawn(async move { println!("of {name}") });
            });
        }
        println!("main");
        yield_now().await;
        println!("main again");
        yield_now().await;
        yield_now().await;
    });
}

fn spawn_order_of_pool() {
    let mut runtime = pool();
    let outer = runtime.spawn(async {
        let tasks: Vec<_> = ["a", "b", "c"]
            .into_iter()
            .map(|name| tokio::spawn(async move { println!("{name}") }))
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
    runtime.block_on(outer).unwrap();
}

fn yield_order() {
    one().block_on(async {
        let tasks: Vec<_> = ["a", "b"]
            .into_iter()
            .map(|name| {
                tokio::spawn(async move {
                    for round in 0..3 {
                        println!("{name} {round}");
                        yield_now().await;
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
}

fn join_value_and_panic() {
    one().block_on(async {
        println!("{:?}", tokio::spawn(async { 3 }).await.ok());
        let error = tokio::spawn(async { panic!("a task") }).await.unwrap_err();
        println!("{} {}", error.is_panic(), error.is_cancelled());
        println!("{:?}", error.into_panic().downcast_ref::<&str>());
    });
    println!(
        "{:?}",
        pool().block_on(async { tokio::spawn(async { panic!("a task") }).await.is_err() })
    );
}

fn join_error_words() {
    let mut runtime = one();
    let handle = runtime.spawn(hold("held"));
    drop(runtime);
    let error = one().block_on(handle).unwrap_err();
    println!("{error} {} {}", error.is_cancelled(), error.is_panic());
    println!("{:?}", error.try_into_panic().is_err());
    runtime = one();
    let error = runtime.block_on(runtime.spawn(async { panic!("x") })).unwrap_err();
    println!("{error} {error:?}");
}

fn abort_of_handle_drop() {
    one().block_on(async {
        let (tx, rx) = oneshot::channel();
        drop(tokio::spawn(async move {
            yield_now().await;
            println!("detached");
            let _ = tx.send(());
        }));
        println!("{:?}", rx.await);
    });
}

fn tasks_dropped_with_runtime() {
    let mut runtime = one();
    runtime.spawn(hold("a"));
    runtime.spawn(hold("b"));
    runtime.block_on(yield_now());
    runtime.block_on(yield_now());
    println!("dropping");
    drop(runtime);
    println!("end");
}

fn tasks_dropped_with_pool() {
    let mut runtime = pool();
    let (tx, rx) = oneshot::channel();
    runtime.spawn(async {
        let _value = Loud("a");
        let _ = tx.send(());
        pending::<()>().await;
    });
    runtime.block_on(rx).unwrap();
    drop(runtime);
    println!("end");
}

fn task_dropped_before_poll() {
    let runtime = one();
    let value = Loud("captured");
    let handle = runtime.spawn(async move {
        let _value = value;
        println!("never");
    });
    drop(runtime);
    println!("runtime gone");
    println!("{:?}", one().block_on(handle).is_err());
}

fn output_dropped_by_whom() {
    let mut runtime = one();
    let handle = runtime.spawn(async { Loud("the output") });
    runtime.block_on(yield_now());
    runtime.block_on(yield_now());
    println!("kept");
    drop(handle);
    println!("end");
}

fn spawn_outside() {
    println!("{}", panics(|| tokio::spawn(async {})));
    println!("{}", panics(|| task::spawn_blocking(|| ())));
    println!("{}", panics(Handle::current));
    println!("{}", Handle::try_current().is_err());
}

struct SpawnsInDrop;

impl Drop for SpawnsInDrop {
    fn drop(&mut self) {
        println!("{}", Handle::try_current().is_ok());
        let text = panics(|| tokio::spawn(hold("spawned by a drop")));
        println!("panics {text}");
    }
}

fn spawn_in_drop_at_shutdown() {
    let mut runtime = one();
    let value = SpawnsInDrop;
    runtime.spawn(async move {
        let _value = value;
        pending::<()>().await;
    });
    runtime.block_on(yield_now());
    drop(runtime);
    println!("end");
}

fn handle_after_runtime() {
    let runtime = one();
    let handle = runtime.handle().clone();
    drop(runtime);
    let value = Loud("refused");
    let task = handle.spawn(async move {
        let _value = value;
        println!("never");
    });
    println!("{:?}", one().block_on(task).map_err(|error| error.is_cancelled()));
}

fn handle_enter() {
    let runtime = one();
    println!("{}", runtime.enter(|| Handle::try_current().is_ok()));
    println!("{}", Handle::try_current().is_ok());
    let handle = runtime.handle().clone();
    println!("{}", handle.enter(|| tokio::spawn(async {}).is_ok_handle()));
    println!("{}", panics(|| handle.enter(|| panic!("inside"))));
    println!("{}", Handle::try_current().is_ok());
}

trait IsOkHandle {
    fn is_ok_handle(self) -> bool;
}

impl<T> IsOkHandle for task::JoinHandle<T> {
    fn is_ok_handle(self) -> bool {
        true
    }
}

fn handle_block_on() {
    let runtime = pool();
    let handle = runtime.handle().clone();
    println!("{}", handle.block_on(async { tokio::spawn(async { 4 }).await.unwrap() }));
    let thread = std::thread::spawn(move || handle.block_on(async { 5 }));
    println!("{:?}", thread.join().ok());
}

fn block_on_nested() {
    one().block_on(async {
        println!("{}", panics(|| one().block_on(async {})));
        println!("{}", panics(|| Handle::current().block_on(async {})));
    });
    println!("{}", panics(|| pool().block_on(async { one().block_on(async {}) })));
}

fn runtime_dropped_inside() {
    let inner = one();
    inner.spawn(hold("inner"));
    println!("{}", panics(|| one().block_on(async move { drop(inner) })));
    println!("{}", panics(|| one().block_on(async { drop(pool()) })));
    println!("{}", panics(|| one().block_on(async { pool().shutdown_background() })));
    println!(
        "{}",
        panics(|| pool().block_on(async { tokio::spawn(async { drop(pool()) }).await.unwrap() }))
    );
}

thread_local! {
    static KEPT: RefCell<Option<Runtime>> = const { RefCell::new(None) };
}

fn runtime_in_thread_local() {
    std::thread::spawn(|| {
        let mut runtime = one();
        runtime.spawn(hold("in a destructor"));
        runtime.block_on(yield_now());
        KEPT.with(|kept| *kept.borrow_mut() = Some(runtime));
    })
    .join()
    .unwrap();
    println!("end");
}

fn runtime_without_drivers() {
    let mut runtime = Builder::new().basic_scheduler().build().unwrap();
    println!("{}", panics(|| runtime.block_on(tokio::time::delay_for(Duration::from_millis(1)))));
    println!(
        "{}",
        panics(|| runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).is_ok())
    );
    println!("{}", runtime.block_on(async { 1 }));
}

fn builder_bad_values() {
    println!("{}", panics(|| _ = Builder::new().core_threads(0)));
    println!("{}", panics(|| _ = Builder::new().max_threads(0)));
    println!(
        "{}",
        panics(|| Builder::new().threaded_scheduler().core_threads(4).max_threads(2).build())
    );
    println!(
        "{}",
        Builder::new().threaded_scheduler().core_threads(1).max_threads(1).build().is_ok()
    );
    let mut tiny =
        Builder::new().threaded_scheduler().core_threads(1).thread_stack_size(1).build().unwrap();
    println!("{}", tiny.block_on(async { tokio::spawn(async { 3 }).await.unwrap() }));
}

fn builder_hooks() {
    let (tx, rx) = std::sync::mpsc::channel();
    let (started, stopped) = (std::sync::Mutex::new(tx.clone()), std::sync::Mutex::new(tx));
    let mut runtime = Builder::new()
        .threaded_scheduler()
        .core_threads(1)
        .thread_name("named")
        .on_thread_start(move || started.lock().unwrap().send("start").unwrap())
        .on_thread_stop(move || stopped.lock().unwrap().send("stop").unwrap())
        .build()
        .unwrap();
    let name = runtime.block_on(async {
        tokio::spawn(async { std::thread::current().name().map(String::from) }).await.unwrap()
    });
    println!("{name:?} {:?}", rx.recv());
    drop(runtime);
    println!("{}", rx.iter().any(|word| word == "stop"));
}

fn shutdown_timeout() {
    let mut runtime = pool();
    let (tx, rx) = oneshot::channel();
    runtime.spawn(async {
        let _value = Loud("a task");
        let _ = tx.send(());
        pending::<()>().await;
    });
    runtime.block_on(rx).unwrap();
    runtime.shutdown_timeout(Duration::from_secs(5));
    println!("end");
    let runtime = one();
    let (tx, rx) = std::sync::mpsc::channel::<()>();
    runtime.handle().spawn_blocking(move || rx.recv().is_err());
    runtime.shutdown_timeout(Duration::from_millis(10));
    println!("not waited for");
    drop(tx);
}

fn shutdown_background() {
    let runtime = one();
    runtime.spawn(hold("a task"));
    runtime.shutdown_background();
    println!("end");
}

fn blocking_values() {
    let mut runtime = one();
    println!("{:?}", runtime.block_on(async { task::spawn_blocking(|| 4).await.ok() }));
    println!(
        "{:?}",
        runtime
            .block_on(async { task::spawn_blocking(|| panic!("x")).await.unwrap_err().is_panic() })
    );
    println!(
        "{:?}",
        runtime
            .block_on(async { task::spawn_blocking(|| Handle::try_current().is_ok()).await.ok() })
    );
    let nested = async { task::spawn_blocking(|| Handle::current().block_on(async { 6 })).await };
    println!("{:?}", runtime.block_on(nested).ok());
}

fn blocking_at_shutdown() {
    let runtime = one();
    let (tx, rx) = std::sync::mpsc::channel::<()>();
    let (begun, has_begun) = std::sync::mpsc::channel();
    runtime.handle().spawn_blocking(move || {
        begun.send(()).unwrap();
        rx.recv().unwrap_err();
        println!("ends");
    });
    has_begun.recv().unwrap();
    drop(tx);
    drop(runtime);
    println!("waited for");
}

fn block_in_place() {
    let mut runtime = pool();
    let answer = runtime.block_on(async {
        tokio::spawn(async {
            let other = tokio::spawn(async { 1 });
            let blocked = task::block_in_place(|| 2);
            blocked + other.await.unwrap()
        })
        .await
    });
    println!("{answer:?}");
    println!("{:?}", runtime.block_on(async { task::block_in_place(|| 3) }));
    println!("{:?}", panics(|| task::block_in_place(|| 3)));
}

fn block_in_place_on_one() {
    println!("{}", panics(|| one().block_on(async { task::block_in_place(|| 1) })));
    println!(
        "{}",
        panics(|| one()
            .block_on(async { tokio::spawn(async { task::block_in_place(|| 1) }).await.unwrap() }))
    );
}

fn local_set_basics() {
    let set = LocalSet::new();
    let shared = Rc::new(RefCell::new(Vec::new()));
    let own = shared.clone();
    set.block_on(&mut one(), async move {
        let tasks: Vec<_> = (0..3)
            .map(|number| {
                let own = own.clone();
                task::spawn_local(async move {
                    yield_now().await;
                    own.borrow_mut().push(number);
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
    println!("{:?}", shared.borrow());
}

fn local_set_dropped() {
    let set = LocalSet::new();
    set.spawn_local(hold("a"));
    set.spawn_local(hold("b"));
    one().block_on(async {
        set.run_until(async { yield_now().await }).await;
    });
    println!("dropping");
    drop(set);
    println!("end");
}

fn local_set_as_future() {
    let set = LocalSet::new();
    for name in ["a", "b"] {
        set.spawn_local(async move {
            yield_now().await;
            println!("{name}");
        });
    }
    one().block_on(set);
    println!("end");
}

fn spawn_local_outside() {
    println!("{}", panics(|| task::spawn_local(async {})));
    println!("{}", panics(|| one().block_on(async { task::spawn_local(async {}).await.unwrap() })));
}

fn local_panic() {
    let set = LocalSet::new();
    let answer = set.block_on(&mut one(), async {
        task::spawn_local(async { panic!("local") }).await.unwrap_err().is_panic()
    });
    println!("{answer}");
}

tokio::task_local! {
    static NUMBER: u32;
}

fn task_locals() {
    println!("{}", panics(|| NUMBER.with(|_| ())));
    println!("{:?}", NUMBER.try_with(|_| ()).map_err(|error| error.to_string()));
    one().block_on(async {
        NUMBER
            .scope(1, async {
                println!("{}", NUMBER.get());
                NUMBER.scope(3, async { println!("{}", NUMBER.get()) }).await;
                println!("{}", NUMBER.get());
                println!(
                    "{}",
                    tokio::spawn(async { NUMBER.try_with(|_| ()).is_err() }).await.unwrap()
                );
            })
            .await;
    });
}

fn macros_join_select() {
    one().block_on(async {
        println!(
            "{:?}",
            tokio::join!(async { 1 }, async {
                yield_now().await;
                2
            })
        );
        println!("{:?}", tokio::try_join!(async { Ok::<_, ()>(1) }, async { Ok::<_, ()>(2) }));
        println!(
            "{:?}",
            tokio::try_join!(async { Err::<(), _>(1) }, async {
                println!("polled");
                Ok::<_, u8>(2)
            })
        );
        tokio::pin! { let pinned = async { 3 }; }
        println!("{:?}", pinned.await);
    });
}

fn select_branches() {
    one().block_on(async {
        let answer = tokio::select! {
            value = async { 1 } => value,
            () = pending() => 2,
        };
        println!("{answer}");
        let answer = tokio::select! {
            Some(value) = async { None::<u8> } => value,
            else => 9,
        };
        println!("{answer}");
        let answer = tokio::select! {
            _ = async {}, if false => 1,
            _ = yield_now() => 3,
        };
        println!("{answer}");
    });
    println!(
        "{}",
        panics(|| one().block_on(async {
            tokio::select! {
                _ = async {}, if false => {}
            }
        }))
    );
}

fn panic_in_block_on() {
    let mut runtime = one();
    println!("{}", panic_of(|| runtime.block_on(async { panic!("main") })));
    println!("{}", runtime.block_on(async { tokio::spawn(async { 2 }).await.unwrap() }));
    println!("{}", Handle::try_current().is_ok());
}

fn panic_in_drop() {
    struct Bad;
    impl Drop for Bad {
        fn drop(&mut self) {
            println!("bad");
            panic!("in a drop");
        }
    }
    let mut runtime = one();
    runtime.block_on(async {
        let bad = Bad;
        let error = tokio::spawn(async move { drop(bad) }).await;
        println!("{}", error.is_err());
        println!("{:?}", tokio::spawn(async { 1 }).await.ok());
    });
}

fn waker_after_runtime() {
    let mut runtime = one();
    let (tx, rx) = std::sync::mpsc::channel();
    runtime.spawn(futures::future::poll_fn(move |cx| {
        tx.send(cx.waker().clone()).unwrap();
        std::task::Poll::<()>::Pending
    }));
    runtime.block_on(yield_now());
    let waker = rx.recv().unwrap();
    drop(runtime);
    waker.wake_by_ref();
    waker.clone().wake();
    println!("end");
}

fn waker_identity() {
    one().block_on(async {
        let mine = futures::future::poll_fn(|cx| std::task::Poll::Ready(cx.waker().clone())).await;
        let again =
            futures::future::poll_fn(|cx| std::task::Poll::Ready(cx.waker().will_wake(&mine)))
                .await;
        let other =
            tokio::spawn(futures::future::poll_fn(|cx| std::task::Poll::Ready(cx.waker().clone())))
                .await
                .unwrap();
        println!("{again} {}", other.will_wake(&mine));
    });
}

fn yield_now_wakes() {
    let mut yields = probe(yield_now());
    println!("{:?} {}", yields.poll(), yields.woken());
    println!("{:?} {}", yields.poll(), yields.woken());
}

fn unconstrained_loop() {
    // A loop over a channel that is always ready yields now and then.
    let mut runtime = one();
    let answer = runtime.block_on(async {
        let (tx, mut rx) = tokio::sync::mpsc::unbounded_channel();
        for _ in 0..1000 {
            tx.send(()).unwrap();
        }
        let other = tokio::spawn(async { 1 });
        let task = tokio::spawn(async move {
            let mut count = 0;
            while count < 1000 {
                rx.recv().await.unwrap();
                count += 1;
            }
            count
        });
        (task.await.unwrap(), other.await.unwrap())
    });
    println!("{answer:?}");
}

fn debug_of_runtime() {
    println!("{}", format!("{:?}", one()).starts_with("Runtime"));
    println!("{}", format!("{:?}", one().handle()).starts_with("Handle"));
    println!("{}", format!("{:?}", LocalSet::new()).starts_with("LocalSet"));
    println!("{}", format!("{:?}", one().spawn(async {})).starts_with("JoinHandle"));
}
