//! What a runtime does around its tasks if its builder asks for it: hooks, the end after a panic,
//! seeds of random numbers, the order of tasks.

use std::future::Future;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{mpsc, Arc, Mutex};
use std::task::{Context, Poll};
use std::thread;
use std::time::Instant;
use tokio::runtime::{Builder, LocalOptions, RngSeed, Runtime, TaskMeta, UnhandledPanic};
use tokio::task::{spawn_local, yield_now, Id, JoinSet, LocalSet};
use tokio_await as tokio;

fn builders() -> [Builder; 2] {
    let mut pool = Builder::new_multi_thread();
    pool.worker_threads(2);
    [pool, Builder::new_current_thread()]
}

/// What the hooks were told, in this order.
#[derive(Clone, Default)]
struct Told(Arc<Mutex<Vec<(&'static str, Id)>>>);

impl Told {
    fn hook(&self, name: &'static str) -> impl Fn(&TaskMeta<'_>) + Send + Sync + 'static {
        let told = self.0.clone();
        move |meta| {
            assert_eq!(meta.spawned_at().file(), file!());
            told.lock().unwrap().push((name, meta.id()));
        }
    }

    fn set(&self, builder: &mut Builder) {
        builder
            .on_task_spawn(self.hook("spawn"))
            .on_before_task_poll(self.hook("before"))
            .on_after_task_poll(self.hook("after"))
            .on_task_terminate(self.hook("end"));
    }

    fn of(&self, id: Id) -> Vec<&'static str> {
        let told = self.0.lock().unwrap();
        told.iter().filter(|(_, other)| *other == id).map(|(name, _)| *name).collect()
    }
}

#[test]
fn hooks_are_told_of_a_task_from_its_spawn_to_its_end() {
    for mut builder in builders() {
        let told = Told::default();
        told.set(&mut builder);
        let runtime = builder.build().unwrap();
        let twice = runtime.spawn(yield_now());
        let (id, joined) = (twice.id(), runtime.block_on(twice));
        joined.unwrap();
        let all = ["spawn", "before", "after", "before", "end", "after"];
        assert_eq!(told.of(id), all);
        // By the functions, too, that find the runtime of their thread.
        let id = runtime.block_on(async {
            let task = tokio::spawn(async {});
            let id = task.id();
            task.await.unwrap();
            id
        });
        assert_eq!(told.of(id), ["spawn", "before", "end", "after"]);
        let id = runtime.block_on(async {
            let mut set = JoinSet::new();
            let id = set.build_task().name("named").spawn(async {}).unwrap().id();
            set.join_next().await.unwrap().unwrap();
            id
        });
        assert_eq!(told.of(id), ["spawn", "before", "end", "after"]);
    }
}

#[test]
fn hooks_are_told_of_the_end_whatever_it_was() {
    for mut builder in builders() {
        let told = Told::default();
        told.set(&mut builder);
        let runtime = builder.build().unwrap();
        let panics = runtime.spawn(async { panic!("boom") });
        let (id, joined) = (panics.id(), runtime.block_on(panics));
        assert!(joined.unwrap_err().is_panic());
        assert_eq!(told.of(id), ["spawn", "before", "end", "after"]);

        let waits = runtime.spawn(std::future::pending::<()>());
        waits.abort();
        let (id, joined) = (waits.id(), runtime.block_on(waits));
        assert!(joined.unwrap_err().is_cancelled());
        assert_eq!(told.of(id).last(), Some(&"end"));

        let left = runtime.spawn(std::future::pending::<()>());
        let handle = runtime.handle().clone();
        drop(runtime);
        assert_eq!(told.of(left.id()).last(), Some(&"end"));

        let refused = handle.spawn(async {});
        assert_eq!(told.of(refused.id()), ["spawn", "end"]);
    }
}

#[test]
fn a_hook_may_spawn() {
    for mut builder in builders() {
        let spawned = Arc::new(AtomicUsize::new(0));
        let (count, (sender, receiver)) = (spawned.clone(), mpsc::channel());
        builder.on_task_spawn(move |_| {
            if count.fetch_add(1, SeqCst) == 0 {
                let sender = sender.clone();
                tokio::spawn(async move { sender.send(()).unwrap() });
            }
        });
        let runtime = builder.build().unwrap();
        runtime.block_on(async {
            tokio::spawn(async {}).await.unwrap();
            while receiver.try_recv().is_err() {
                yield_now().await;
            }
        });
        assert_eq!(spawned.load(SeqCst), 2);
    }
}

#[test]
fn a_hook_that_panics_is_its_tasks_panic_or_nobodys() {
    for mut builder in builders() {
        builder.on_task_terminate(|_| panic!("at the end"));
        let runtime = builder.build().unwrap();
        assert_eq!(runtime.block_on(runtime.spawn(async { 1 })).unwrap(), 1);
        assert!(runtime.block_on(runtime.spawn(async { panic!("boom") })).unwrap_err().is_panic());
        assert_eq!(runtime.block_on(runtime.spawn(async { 2 })).unwrap(), 2);
    }
    for mut builder in builders() {
        builder.on_before_task_poll(|_| panic!("before"));
        let runtime = builder.build().unwrap();
        assert!(runtime.block_on(runtime.spawn(async {})).unwrap_err().is_panic());
        assert_eq!(runtime.block_on(async { 2 }), 2);
    }
}

#[test]
fn a_future_whose_drop_panics_when_it_is_done_has_panicked() {
    struct Done;

    impl Future for Done {
        type Output = i32;

        fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<i32> {
            Poll::Ready(1)
        }
    }

    impl Drop for Done {
        fn drop(&mut self) {
            panic!("in the drop");
        }
    }

    for mut builder in builders() {
        let told = Told::default();
        told.set(&mut builder);
        let runtime = builder.build().unwrap();
        let task = runtime.spawn(Done);
        let (id, joined) = (task.id(), runtime.block_on(task));
        assert!(joined.unwrap_err().is_panic());
        assert_eq!(told.of(id), ["spawn", "before", "end", "after"]);
    }
}

#[test]
fn hooks_are_told_of_the_tasks_of_a_local_runtime_but_of_no_local_set() {
    let told = Told::default();
    let mut builder = Builder::new_current_thread();
    told.set(&mut builder);
    let runtime = builder.build_local(LocalOptions::default()).unwrap();
    let here = Rc::new(7);
    let task = runtime.spawn_local(async move { *here });
    let (id, joined) = (task.id(), runtime.block_on(task));
    assert_eq!(joined.unwrap(), 7);
    assert_eq!(told.of(id), ["spawn", "before", "end", "after"]);
    let id = runtime.block_on(async {
        let set = LocalSet::new();
        let task = set.spawn_local(async {});
        let id = task.id();
        set.run_until(task).await.unwrap();
        id
    });
    assert_eq!(told.of(id), [""; 0]);
}

#[test]
fn hooks_of_a_poll_are_told_how_long_the_task_waited() {
    for mut builder in builders() {
        let waits = Arc::new(Mutex::new(Vec::new()));
        let (before, after) = (waits.clone(), waits.clone());
        builder
            .track_task_schedule_latency()
            .on_task_spawn(|meta| assert_eq!(meta.schedule_latency(), None))
            .on_before_task_poll(move |meta| before.lock().unwrap().push(meta.schedule_latency()))
            .on_after_task_poll(move |meta| after.lock().unwrap().push(meta.schedule_latency()))
            .on_task_terminate(|meta| assert_eq!(meta.schedule_latency(), None));
        let runtime = builder.build().unwrap();
        // The wait begins at the spawn, which comes after `start`, and ends before `end`.
        let start = Instant::now();
        runtime.block_on(runtime.spawn(async {})).unwrap();
        let took = start.elapsed();
        let waits = waits.lock().unwrap();
        assert_eq!(waits.len(), 2);
        assert_eq!(waits[0], waits[1]);
        assert!(waits[0].unwrap() <= took);
        // Nothing was asked for that counts.
        assert!(!runtime.metrics().schedule_latency_histogram_enabled());
        assert_eq!(runtime.metrics().schedule_latency_histogram_num_buckets(), 0);
    }
    let mut builder = Builder::new_current_thread();
    builder.on_before_task_poll(|meta| assert_eq!(meta.schedule_latency(), None));
    let runtime = builder.build().unwrap();
    runtime.block_on(runtime.spawn(async {})).unwrap();
}

#[test]
fn a_wait_begins_where_the_task_is_spawned() {
    let waited = Arc::new(Mutex::new(None));
    let kept = waited.clone();
    let mut builder = Builder::new_current_thread();
    builder
        .enable_metrics_schedule_latency_histogram()
        .on_before_task_poll(move |meta| *kept.lock().unwrap() = meta.schedule_latency());
    let runtime = builder.build().unwrap();
    let task = runtime.spawn(async {});
    let spawned = Instant::now();
    while spawned.elapsed().is_zero() {}
    let least = spawned.elapsed();
    runtime.block_on(task).unwrap();
    assert!(waited.lock().unwrap().unwrap() >= least);
}

/// The message of the panic of `f`.
fn panic_of<R>(f: impl FnOnce() -> R) -> String {
    let Err(payload) = catch_unwind(AssertUnwindSafe(f)) else { panic!("there was no panic") };
    match payload.downcast::<String>() {
        Ok(text) => *text,
        Err(payload) => payload.downcast_ref::<&str>().unwrap().to_string(),
    }
}

fn one_that_stops() -> Runtime {
    let mut builder = Builder::new_current_thread();
    builder.enable_all().unhandled_panic(UnhandledPanic::ShutdownRuntime).build().unwrap()
}

const STOPPED: &str = "a spawned task panicked and the runtime is configured to shut down on \
                       unhandled panic";

#[test]
fn a_panic_stops_the_runtime_if_told_to() {
    let runtime = one_that_stops();
    let kept = Arc::new(());
    let (waiting, unpolled) = (kept.clone(), kept.clone());
    let message = panic_of(|| {
        runtime.block_on(async move {
            tokio::spawn(async move {
                std::future::pending::<()>().await;
                drop(waiting);
            });
            yield_now().await;
            tokio::spawn(async { panic!("boom") });
            tokio::spawn(async move {
                drop(unpolled);
                unreachable!("the runtime has stopped");
            });
            std::future::pending::<()>().await;
        })
    });
    assert_eq!(message, STOPPED);
    // All tasks are gone.
    assert_eq!(Arc::strong_count(&kept), 1);
    // What is spawned from now on is dropped, and nobody can block any more.
    let refused = runtime.spawn(async {});
    assert!(refused.is_finished());
    assert_eq!(panic_of(|| runtime.block_on(refused)), STOPPED);
}

#[test]
fn a_panic_ends_each_thread_that_blocks_on_a_future_of_its_runtime() {
    let runtime = Arc::new(one_that_stops());
    let (sender, receiver) = mpsc::channel();
    let threads: Vec<_> = (0..3)
        .map(|_| {
            let (runtime, sender) = (runtime.clone(), sender.clone());
            thread::spawn(move || {
                let wait = || {
                    runtime.block_on(async move {
                        sender.send(()).unwrap();
                        std::future::pending::<()>().await;
                    })
                };
                panic_of(wait)
            })
        })
        .collect();
    for _ in 0..3 {
        receiver.recv().unwrap();
    }
    let task = runtime.spawn(async { panic!("boom") });
    for thread in threads {
        assert_eq!(thread.join().unwrap(), STOPPED);
    }
    assert!(task.is_finished());
    assert!(runtime.spawn(async {}).is_finished());
}

#[test]
fn an_abort_stops_no_runtime() {
    let runtime = one_that_stops();
    runtime.block_on(async {
        let task = tokio::spawn(std::future::pending::<()>());
        task.abort();
        assert!(task.await.unwrap_err().is_cancelled());
        yield_now().await;
    });
    assert_eq!(runtime.block_on(async { 1 }), 1);
}

#[test]
#[should_panic = "UnhandledPanic::ShutdownRuntime is only supported in current thread runtime"]
fn no_panic_stops_a_runtime_with_workers() {
    Builder::new_multi_thread().unhandled_panic(UnhandledPanic::ShutdownRuntime);
}

#[test]
fn a_panic_stops_a_local_runtime() {
    let mut builder = Builder::new_current_thread();
    builder.unhandled_panic(UnhandledPanic::ShutdownRuntime);
    let runtime = builder.build_local(LocalOptions::default()).unwrap();
    let kept = Rc::new(());
    let waiting = kept.clone();
    let message = panic_of(|| {
        runtime.block_on(async move {
            spawn_local(async move {
                std::future::pending::<()>().await;
                drop(waiting);
            });
            spawn_local(async { panic!("boom") });
            std::future::pending::<()>().await;
        })
    });
    assert_eq!(message, STOPPED);
    assert_eq!(Rc::strong_count(&kept), 1);
    assert!(runtime.spawn_local(async {}).is_finished());
}

const SET_STOPPED: &str = "a spawned task panicked and the LocalSet is configured to shutdown on \
                           unhandled panic";

#[test]
fn a_panic_stops_a_set_of_local_tasks_if_told_to() {
    for mut builder in builders() {
        let runtime = builder.enable_all().build().unwrap();
        let mut set = LocalSet::new();
        set.unhandled_panic(UnhandledPanic::ShutdownRuntime);
        let kept = Rc::new(());
        let waiting = kept.clone();
        set.spawn_local(async move {
            std::future::pending::<()>().await;
            drop(waiting);
        });
        let message = panic_of(|| {
            set.block_on(&runtime, async {
                spawn_local(async { panic!("boom") });
                spawn_local(async { unreachable!("the set has stopped") });
                std::future::pending::<()>().await;
            })
        });
        assert_eq!(message, SET_STOPPED);
        assert_eq!(Rc::strong_count(&kept), 1);
        assert_eq!(panic_of(|| set.block_on(&runtime, async {})), SET_STOPPED);
        assert_eq!(runtime.block_on(async { 1 }), 1);
    }
}

#[test]
#[should_panic = "Unhandled Panic behavior modified after starting LocalSet"]
fn a_set_with_tasks_keeps_what_it_does_after_a_panic() {
    let mut set = LocalSet::new();
    set.spawn_local(async {});
    set.unhandled_panic(UnhandledPanic::ShutdownRuntime);
}

/// Which branches were chosen in a few dozen choices.
async fn choices() -> Vec<u32> {
    let mut chosen = Vec::new();
    for _ in 0..32 {
        chosen.push(tokio::select! {
            n = async { 0 } => n,
            n = async { 1 } => n,
            n = async { 2 } => n,
            n = async { 3 } => n,
        });
    }
    chosen
}

#[test]
fn equal_seeds_lead_to_equal_choices() {
    let run = |seed: &[u8], pool: bool| {
        let mut builder =
            if pool { Builder::new_multi_thread() } else { Builder::new_current_thread() };
        let runtime =
            builder.worker_threads(1).rng_seed(RngSeed::from_bytes(seed)).build().unwrap();
        let first = runtime.block_on(choices());
        let second = runtime.block_on(choices());
        let of_task = runtime.block_on(runtime.spawn(choices())).unwrap();
        (first, second, of_task)
    };
    for pool in [false, true] {
        let chosen = run(b"one", pool);
        assert_eq!(run(b"one", pool), chosen);
        assert_ne!(run(b"other", pool), chosen);
        assert_ne!(chosen.0, chosen.1);
    }
}

#[test]
fn a_runtimes_seed_is_no_other_runtimes() {
    let seeded = || {
        let seed = RngSeed::from_bytes(b"seed");
        Builder::new_current_thread().rng_seed(seed).build().unwrap()
    };
    let (one, other) = (seeded(), seeded());
    let unseeded = Builder::new_current_thread().build().unwrap();
    let chosen = one.block_on(choices());
    // This thread has its own numbers back, which begin elsewhere each time.
    assert_ne!(unseeded.block_on(choices()), chosen);
    assert_eq!(other.block_on(choices()), chosen);
}

/// The order in which a worker runs a task, a second that is queued behind it, and a third that
/// the first one spawns.
fn order(builder: &mut Builder) -> Vec<&'static str> {
    let runtime = builder.worker_threads(1).build().unwrap();
    let (sender, receiver) = mpsc::channel();
    runtime.spawn(async move {
        let (first, second) = (sender.clone(), sender);
        tokio::spawn(async move {
            first.send("first").unwrap();
            tokio::spawn(async move { first.send("third").unwrap() });
        });
        tokio::spawn(async move { second.send("second").unwrap() });
    });
    receiver.iter().collect()
}

#[test]
fn without_lifo_slots_tasks_run_in_the_order_of_their_spawns() {
    let mut builder = Builder::new_multi_thread();
    assert_eq!(order(&mut builder), ["first", "third", "second"]);
    assert_eq!(order(builder.disable_lifo_slot()), ["first", "second", "third"]);
}
