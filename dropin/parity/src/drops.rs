//! What is dropped when, and in which order.
//!
//! Losers of `select!`, tasks at shutdown, values that were left in channels.
//! `main` calls each program, in a process of its own.

use crate::{one, paused, pool, Loud, Program};
use std::future::{pending, ready};
use std::time::Duration;
use tokio::sync::{broadcast, mpsc, oneshot, watch};
use tokio::task::{yield_now, JoinSet, LocalSet};

pub const PROGRAMS: &[Program] = &[
    ("runtime_drops_tasks", runtime_drops_tasks),
    ("runtime_drops_unpolled_tasks", runtime_drops_unpolled_tasks),
    ("pool_drops_task", pool_drops_task),
    ("abort_drops_future", abort_drops_future),
    ("abort_before_first_poll", abort_before_first_poll),
    ("output_without_handle", output_without_handle),
    ("output_with_handle", output_with_handle),
    ("future_goes_before_output_is_seen", future_goes_before_output_is_seen),
    ("local_set_drop", local_set_drop),
    ("local_set_drop_in_runtime", local_set_drop_in_runtime),
    ("join_set_drop", join_set_drop),
    ("join_set_shutdown", join_set_shutdown),
    ("join_set_detach", join_set_detach),
    ("select_losers", select_losers),
    ("select_patterns", select_patterns),
    ("join_drops", join_drops),
    ("try_join_drops", try_join_drops),
    ("timeout_drops", timeout_drops),
    ("mpsc_left_values", mpsc_left_values),
    ("mpsc_close_keeps_values", mpsc_close_keeps_values),
    ("oneshot_left_value", oneshot_left_value),
    ("broadcast_left_values", broadcast_left_values),
    ("watch_replaced_value", watch_replaced_value),
    ("blocking_at_shutdown", blocking_at_shutdown),
    ("spawn_in_destructor", spawn_in_destructor),
    ("spawn_at_shutdown", spawn_at_shutdown),
    ("block_on_future_dropped_where", block_on_future_dropped_where),
    ("panic_in_task_drops", panic_in_task_drops),
    ("panic_in_destructor_of_aborted", panic_in_destructor_of_aborted),
    ("panic_in_destructor_of_output", panic_in_destructor_of_output),
    ("sleepers_at_shutdown", sleepers_at_shutdown),
];

async fn hold(loud: &'static str) {
    let _loud = Loud(loud);
    pending::<()>().await;
}

fn runtime_drops_tasks() {
    let runtime = one();
    runtime.spawn(hold("a"));
    runtime.spawn(hold("b"));
    runtime.spawn(hold("c"));
    runtime.block_on(yield_now());
    println!("drop runtime");
    drop(runtime);
    println!("end");
}

fn runtime_drops_unpolled_tasks() {
    let runtime = one();
    for name in ["a", "b", "c"] {
        let loud = Loud(name);
        runtime.spawn(async move {
            let _loud = loud;
            println!("never polled");
        });
    }
    println!("drop runtime");
    drop(runtime);
    println!("end");
}

fn pool_drops_task() {
    let runtime = pool();
    let (send, receive) = std::sync::mpsc::channel();
    let loud = Loud("task");
    runtime.spawn(async move {
        let _loud = loud;
        send.send(()).unwrap();
        pending::<()>().await;
    });
    receive.recv().unwrap();
    println!("drop runtime");
    drop(runtime);
    println!("end");
}

fn abort_drops_future() {
    one().block_on(async {
        let task = tokio::spawn(hold("task"));
        yield_now().await;
        println!("abort");
        task.abort();
        println!("finished {}", task.is_finished());
        yield_now().await;
        println!("finished {}", task.is_finished());
        println!("{:?}", task.await.unwrap_err().is_cancelled());
    });
}

fn abort_before_first_poll() {
    one().block_on(async {
        let loud = Loud("task");
        let task = tokio::spawn(async move {
            let _loud = loud;
            println!("polled");
        });
        task.abort();
        println!("aborted, finished {}", task.is_finished());
        println!("{}", task.await.unwrap_err().is_cancelled());
    });
}

fn output_without_handle() {
    one().block_on(async {
        drop(tokio::spawn(async {
            let _inside = Loud("inside");
            Loud("output")
        }));
        println!("yield");
        yield_now().await;
        println!("yielded");
    });
}

fn output_with_handle() {
    one().block_on(async {
        let task = tokio::spawn(async {
            let _inside = Loud("inside");
            Loud("output")
        });
        yield_now().await;
        println!("drop handle");
        drop(task);
        println!("dropped handle");
    });
}

fn future_goes_before_output_is_seen() {
    one().block_on(async {
        let captured = Loud("captured");
        let task = tokio::spawn(async move {
            let _captured = &captured;
            7
        });
        println!("{}", task.await.unwrap());
    });
}

fn local_set_drop() {
    let local = LocalSet::new();
    local.spawn_local(hold("a"));
    local.spawn_local(hold("b"));
    let loud = Loud("c");
    one().block_on(local.run_until(yield_now()));
    local.spawn_local(async move {
        let _loud = loud;
        println!("c polled");
    });
    println!("drop set");
    drop(local);
    println!("end");
}

fn local_set_drop_in_runtime() {
    one().block_on(async {
        let local = LocalSet::new();
        let task = local.spawn_local(hold("a"));
        local.run_until(yield_now()).await;
        println!("drop set");
        drop(local);
        println!("cancelled {}", task.await.unwrap_err().is_cancelled());
    });
}

fn join_set_drop() {
    one().block_on(async {
        let mut set = JoinSet::new();
        set.spawn(hold("a"));
        set.spawn(hold("b"));
        set.spawn(hold("c"));
        yield_now().await;
        println!("drop set");
        drop(set);
        println!("dropped set");
        yield_now().await;
        println!("end");
    });
}

fn join_set_shutdown() {
    one().block_on(async {
        let mut set = JoinSet::new();
        set.spawn(hold("a"));
        set.spawn(hold("b"));
        yield_now().await;
        println!("shut down");
        set.shutdown().await;
        println!("len {}", set.len());
    });
}

fn join_set_detach() {
    let runtime = one();
    runtime.block_on(async {
        let mut set = JoinSet::new();
        set.spawn(hold("a"));
        yield_now().await;
        set.detach_all();
        println!("len {}", set.len());
        drop(set);
        yield_now().await;
        println!("end");
    });
    drop(runtime);
}

fn select_losers() {
    one().block_on(async {
        tokio::select! {
            biased;
            () = hold("first") => {}
            _ = async { let _loud = Loud("winner"); yield_now().await; } => println!("handler"),
            () = hold("third") => {}
        }
        println!("after");
        tokio::select! {
            biased;
            () = async { let _loud = Loud("early"); } => println!("handler"),
            () = hold("never polled") => {}
        }
    });
}

fn select_patterns() {
    one().block_on(async {
        tokio::select! {
            biased;
            Some(_) = async { let _loud = Loud("none"); None::<u8> } => println!("some"),
            _ = async { yield_now().await; yield_now().await; } => println!("other"),
        }
        tokio::select! {
            biased;
            _ = async { println!("polled"); }, if { println!("condition"); false } => {}
            else => println!("else"),
        }
        let value = tokio::select! {
            biased;
            Ok::<u8, ()>(_) = ready(Err(())) => 1,
            Some(()) = ready(None) => 2,
            else => 3,
        };
        println!("{value}");
    });
}

fn join_drops() {
    one().block_on(async {
        let _ = tokio::join!(
            async {
                let _loud = Loud("a");
                yield_now().await;
                Loud("a out")
            },
            async {
                let _loud = Loud("b");
                Loud("b out")
            },
            async {
                let _loud = Loud("c");
                yield_now().await;
                yield_now().await;
                Loud("c out")
            },
        );
        println!("joined");
        let (first, second) = tokio::join!(async { Loud("d") }, async { Loud("e") });
        println!("joined");
        drop(second);
        drop(first);
    });
}

fn try_join_drops() {
    one().block_on(async {
        let result = tokio::try_join!(
            async {
                let _loud = Loud("a");
                yield_now().await;
                yield_now().await;
                Ok::<_, u8>(Loud("a out"))
            },
            async { Ok::<_, u8>(Loud("b out")) },
            async {
                let _loud = Loud("c");
                yield_now().await;
                Err::<Loud, u8>(3)
            },
        );
        println!("{:?}", result.err());
    });
}

fn timeout_drops() {
    paused().block_on(async {
        let result = tokio::time::timeout(Duration::from_millis(5), hold("slow")).await;
        println!("{}", result.is_err());
        let mut boxed =
            Box::pin(tokio::time::timeout(Duration::from_millis(5), async { Loud("value") }));
        let value = boxed.as_mut().await;
        println!("ready {}", value.is_ok());
        drop(boxed);
        println!("dropped timeout");
    });
}

fn mpsc_left_values() {
    let (sender, receiver) = mpsc::channel(4);
    let _ = sender.try_send(Loud("a"));
    let _ = sender.try_send(Loud("b"));
    println!("drop receiver");
    drop(receiver);
    println!("send: {}", sender.try_send(Loud("c")).is_err());
    println!("end");
    let (sender, receiver) = mpsc::unbounded_channel();
    let _ = sender.send(Loud("d"));
    let _ = sender.send(Loud("e"));
    println!("drop sender");
    drop(sender);
    println!("drop receiver");
    drop(receiver);
}

fn mpsc_close_keeps_values() {
    let (sender, mut receiver) = mpsc::channel(4);
    let _ = sender.try_send(Loud("a"));
    let permit = sender.try_reserve().unwrap();
    receiver.close();
    println!("closed {} {}", sender.is_closed(), receiver.is_closed());
    permit.send(Loud("b"));
    println!("empty {} len {}", receiver.is_empty(), receiver.len());
    drop(receiver.try_recv());
    drop(receiver.try_recv());
    println!("{:?}", receiver.try_recv().err());
}

fn oneshot_left_value() {
    let (sender, receiver) = oneshot::channel();
    let _ = sender.send(Loud("a"));
    println!("drop receiver");
    drop(receiver);
    println!("dropped");
    let (sender, mut receiver) = oneshot::channel();
    let _ = sender.send(Loud("b"));
    receiver.close();
    println!("closed");
    println!("{}", receiver.try_recv().is_ok());
    let (sender, receiver) = oneshot::channel();
    drop(receiver);
    println!("{}", sender.send(Loud("c")).is_err());
}

fn broadcast_left_values() {
    #[derive(Clone)]
    struct Shared(#[allow(dead_code)] std::sync::Arc<Loud>);
    let (sender, mut first) = broadcast::channel(2);
    let second = sender.subscribe();
    for name in ["a", "b", "c"] {
        let _ = sender.send(Shared(std::sync::Arc::new(Loud(name))));
        println!("sent, {} queued", sender.len());
    }
    println!("lagged {}", first.try_recv().is_err());
    drop(first.try_recv());
    println!("drop second");
    drop(second);
    println!("drop first");
    drop(first);
    println!("drop sender");
    drop(sender);
}

fn watch_replaced_value() {
    let (sender, receiver) = watch::channel(Loud("a"));
    println!("send");
    sender.send(Loud("b")).unwrap_or_else(|_| println!("refused"));
    println!("replace");
    let old = sender.send_replace(Loud("c"));
    println!("replaced");
    drop(old);
    drop(receiver);
    println!("refused {}", sender.send(Loud("d")).is_err());
    println!("drop sender");
    drop(sender);
}

fn blocking_at_shutdown() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .max_blocking_threads(1)
        .build()
        .unwrap();
    let (started, start) = std::sync::mpsc::channel();
    let (go, gone) = std::sync::mpsc::channel::<()>();
    let first = runtime.spawn_blocking(move || {
        started.send(()).unwrap();
        let _ = gone.recv();
    });
    start.recv().unwrap();
    let loud = Loud("queued");
    let second = runtime.spawn_blocking(move || {
        let _loud = &loud;
        println!("queued one runs");
    });
    println!("shut down");
    runtime.shutdown_background();
    drop(go);
    let waiting = one();
    println!("{}", waiting.block_on(first).is_ok());
    println!("{:?}", waiting.block_on(second).map_err(|e| e.is_cancelled()));
}

fn spawn_in_destructor() {
    struct Spawns;
    impl Drop for Spawns {
        fn drop(&mut self) {
            let loud = Loud("spawned while it stops");
            let task = tokio::spawn(async move {
                let _loud = loud;
                println!("it runs");
            });
            println!("spawned, finished {}", task.is_finished());
        }
    }
    let runtime = one();
    runtime.spawn(async {
        let _spawns = Spawns;
        pending::<()>().await;
    });
    runtime.block_on(yield_now());
    drop(runtime);
    println!("end");
}

fn spawn_at_shutdown() {
    let runtime = one();
    let handle = runtime.handle().clone();
    drop(runtime);
    let loud = Loud("too late");
    let task = handle.spawn(async move {
        let _loud = loud;
    });
    println!("finished {}", task.is_finished());
    let other = one();
    println!("cancelled {}", other.block_on(task).unwrap_err().is_cancelled());
    let blocking = handle.spawn_blocking(|| println!("runs"));
    println!("{:?}", other.block_on(blocking).map_err(|e| e.is_cancelled()));
}

fn block_on_future_dropped_where() {
    struct Where;
    impl Drop for Where {
        fn drop(&mut self) {
            println!("in a runtime: {}", tokio::runtime::Handle::try_current().is_ok());
        }
    }
    let runtime = one();
    let inside = Where;
    runtime.block_on(async move {
        let _inside = inside;
        println!("ready");
    });
    let inside = Where;
    drop(runtime.block_on(async move { inside }));
    let pool = pool();
    let inside = Where;
    pool.block_on(async move {
        let _inside = inside;
        println!("ready");
    });
}

fn panic_in_task_drops() {
    one().block_on(async {
        let task = tokio::spawn(async {
            let _first = Loud("first");
            let _second = Loud("second");
            if true {
                panic!("oh");
            }
        });
        let error = task.await.unwrap_err();
        println!("{} {}", error.is_panic(), error.is_cancelled());
        println!("{:?}", error.into_panic().downcast_ref::<&str>());
    });
}

struct PanicsOnDrop;

impl Drop for PanicsOnDrop {
    fn drop(&mut self) {
        println!("panics in drop");
        panic!("in drop");
    }
}

fn panic_in_destructor_of_aborted() {
    one().block_on(async {
        let task = tokio::spawn(async {
            let _panics = PanicsOnDrop;
            pending::<()>().await;
        });
        yield_now().await;
        task.abort();
        let error = task.await.unwrap_err();
        println!("panic {} cancelled {}", error.is_panic(), error.is_cancelled());
        println!(
            "{}",
            error
                .to_string()
                .split_once(' ')
                .is_some_and(|(_, rest)| rest.ends_with("with message \"in drop\""))
        );
    });
}

fn panic_in_destructor_of_output() {
    one().block_on(async {
        let task = tokio::spawn(async { PanicsOnDrop });
        yield_now().await;
        println!("{}", crate::panic_of(move || drop(task)));
        drop(tokio::spawn(async { PanicsOnDrop }));
        yield_now().await;
        println!("end");
    });
}

fn sleepers_at_shutdown() {
    let runtime = paused();
    for (name, millis) in [("long", 50), ("short", 10)] {
        let loud = Loud(name);
        runtime.spawn(async move {
            let _loud = loud;
            tokio::time::sleep(Duration::from_millis(millis)).await;
        });
    }
    runtime.block_on(tokio::time::sleep(Duration::from_millis(20)));
    println!("drop runtime");
    drop(runtime);
}
