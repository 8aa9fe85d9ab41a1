//! What tokio 1.x's interface shows of a runtime: where tasks were spawned and what they are
//! called, and the numbers that it has behind `tokio_unstable`.
#![cfg(feature = "inspect")]

use std::future::pending;
use std::sync::{mpsc, Arc, Barrier, Mutex, PoisonError};
use std::time::Duration;
use test_support::{alone, until};
use tokio::inspect::{self, Inspect, Task, TaskKind};
use tokio_await::runtime::{Builder, Handle, HistogramConfiguration, LogHistogram, Runtime};
use tokio_await::task::{self, JoinSet, LocalSet};

fn named(name: &str) -> Vec<Task> {
    let mut tasks = inspect::tasks();
    tasks.retain(|task| task.name.as_deref() == Some(name));
    tasks
}

/// Each was spawned on a line of its own, from `first` to `last` in this file.
fn assert_spawned_between(first: u32, last: u32, tasks: &[Task], count: usize) {
    let mut lines: Vec<u32> = tasks.iter().map(|task| task.spawned_at.line()).collect();
    lines.sort_unstable();
    lines.dedup();
    assert!(tasks.iter().all(|task| task.spawned_at.file().ends_with("inspect.rs")), "{tasks:#?}");
    assert!(lines.iter().all(|line| (first..last).contains(line)), "{lines:?}");
    assert_eq!(lines.len(), count, "{lines:?}");
}

#[test]
fn every_way_to_spawn_notes_its_caller() {
    let _alone = alone();
    let _recording = inspect::Recording::start();
    let runtime = Runtime::new().unwrap();
    let (open, gate) = mpsc::channel::<()>();
    let gate = Arc::new(Mutex::new(gate));
    let blocks = || {
        let gate = gate.clone();
        move || {
            let _ = gate.lock().unwrap_or_else(PoisonError::into_inner).recv();
        }
    };
    let handle = runtime.handle().clone();
    let mut set = JoinSet::new();
    let first = line!();
    drop(runtime.spawn(pending::<()>().named("w")));
    drop(handle.spawn(pending::<()>().named("w")));
    runtime.block_on(async {
        drop(tokio_await::spawn(pending::<()>().named("w")));
        drop(task::spawn(pending::<()>().named("w")));
        drop(Handle::current().spawn(pending::<()>().named("w")));
        drop(task::Builder::new().name("w").spawn(pending::<()>()));
        drop(task::Builder::new().name("w").spawn_on(pending::<()>(), &handle));
        set.spawn(pending::<()>().named("w"));
        set.spawn_on(pending::<()>().named("w"), &handle);
        drop(task::Builder::new().name("w").spawn_blocking(blocks()));
        drop(task::Builder::new().name("w").spawn_blocking_on(blocks(), &handle));
    });
    let last = line!();
    let tasks = until("11 tasks", || Some(named("w")).filter(|tasks| tasks.len() == 11));
    assert_spawned_between(first, last, &tasks, 11);
    let blocking = tasks.iter().filter(|task| task.kind == TaskKind::Blocking);
    assert_eq!(blocking.count(), 2, "{tasks:#?}");

    // Without a name, by the type of the closure.
    let first = line!();
    drop(runtime.spawn_blocking(blocks()));
    drop(handle.spawn_blocking(blocks()));
    runtime.block_on(async {
        drop(task::spawn_blocking(blocks()));
        set.spawn_blocking(blocks());
        set.spawn_blocking_on(blocks(), &handle);
    });
    let last = line!();
    let is_ours = |task: &Task| {
        task.kind == TaskKind::Blocking
            && task.type_name.contains("every_way_to_spawn")
            && task.name.is_none()
    };
    let tasks = until("5 calls that block", || {
        let mut tasks = inspect::tasks();
        tasks.retain(is_ours);
        (tasks.len() == 5).then_some(tasks)
    });
    assert_spawned_between(first, last, &tasks, 5);
    drop(open);
    drop(set);
    drop(runtime);
}

#[test]
fn every_way_to_spawn_locally_notes_its_caller() {
    let _alone = alone();
    let _recording = inspect::Recording::start();
    let runtime = Builder::new_current_thread().build().unwrap();
    let local = LocalSet::new();
    let mut set = JoinSet::new();
    let first = line!();
    drop(local.spawn_local(pending::<()>().named("l")));
    drop(task::Builder::new().name("l").spawn_local_on(pending::<()>(), &local));
    set.spawn_local_on(pending::<()>().named("l"), &local);
    local.block_on(&runtime, async {
        drop(task::spawn_local(pending::<()>().named("l")));
        drop(task::Builder::new().name("l").spawn_local(pending::<()>()));
        set.spawn_local(pending::<()>().named("l"));
        // So that each is polled once.
        for _ in 0..4 {
            task::yield_now().await;
        }
    });
    let last = line!();
    let tasks = named("l");
    assert_eq!(tasks.len(), 6, "{tasks:#?}");
    assert_spawned_between(first, last, &tasks, 6);
}

#[test]
fn the_numbers_of_a_pool_go_by_the_names_of_tokio() {
    let _alone = alone();
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .enable_metrics_poll_time_histogram()
        .metrics_poll_time_histogram_configuration(HistogramConfiguration::log(
            LogHistogram::builder().max_value(Duration::from_secs(1)).precision_exact(0),
        ))
        .build()
        .unwrap();
    let metrics = runtime.metrics();
    assert!(metrics.poll_time_histogram_enabled());
    let buckets = metrics.poll_time_histogram_num_buckets();
    assert!(buckets > 10);
    for bucket in 1..buckets {
        let before = metrics.poll_time_histogram_bucket_range(bucket - 1).end;
        assert_eq!(metrics.poll_time_histogram_bucket_range(bucket).start, before);
    }
    let both = Arc::new(Barrier::new(2));
    let other = both.clone();
    runtime.block_on(async {
        for _ in 0..100 {
            tokio_await::spawn(task::yield_now()).await.unwrap();
        }
        // Every operation is ready, so that the budget is spent.
        tokio_await::spawn(async {
            let (tx, mut rx) = tokio_await::sync::mpsc::unbounded_channel();
            for n in 0..1000 {
                tx.send(n).unwrap();
            }
            for _ in 0..1000 {
                rx.recv().await.unwrap();
            }
        })
        .await
        .unwrap();
        drop(task::spawn_blocking(move || {
            other.wait();
            other.wait();
        }));
    });
    both.wait();
    assert_eq!((metrics.num_blocking_threads(), metrics.num_idle_blocking_threads()), (1, 0));
    assert_eq!(metrics.blocking_queue_depth(), 0);
    both.wait();
    assert!(metrics.spawned_tasks_count() >= 101);
    assert!(metrics.remote_schedule_count() >= 100, "this thread is no worker");
    let sum = |of: fn(&tokio_await::runtime::RuntimeMetrics, usize) -> u64| -> u64 {
        (0..2).map(|worker| of(&metrics, worker)).sum()
    };
    until("all polls", || (sum(|m, w| m.worker_poll_count(w)) >= 201).then_some(()));
    // The count follows a poll; it is there when the next one begins, or the worker sleeps.
    until("all polls in the histogram", || {
        let in_bucket = |bucket| -> u64 {
            (0..2).map(|worker| metrics.poll_time_histogram_bucket_count(worker, bucket)).sum()
        };
        ((0..buckets).map(in_bucket).sum::<u64>() >= 201).then_some(())
    });
    until("the yields", || (metrics.budget_forced_yield_count() >= 7).then_some(()));
    assert_eq!(sum(|m, w| m.worker_overflow_count(w)), 0);
    assert!(sum(|m, w| m.worker_steal_count(w)) >= sum(|m, w| m.worker_steal_operations(w)));
    assert!((0..2).any(|worker| metrics.worker_thread_id(worker).is_some()));
    assert!((0..2).any(|worker| metrics.worker_mean_poll_time(worker) > Duration::ZERO));
    let before = metrics.io_driver_fd_registered_count();
    runtime.block_on(async {
        let listener = tokio_await::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = tokio_await::net::TcpStream::connect(listener.local_addr().unwrap());
        let (accepted, connected) = tokio_await::join!(listener.accept(), client);
        let mut read = connected.unwrap();
        drop(accepted);
        let mut text = String::new();
        tokio_await::io::AsyncReadExt::read_to_string(&mut read, &mut text).await.unwrap();
    });
    assert!(metrics.io_driver_fd_registered_count() > before);
    assert!(metrics.io_driver_ready_count() > 0);
    assert_eq!(
        metrics.io_driver_fd_registered_count() - metrics.io_driver_fd_deregistered_count(),
        before - metrics.io_driver_fd_deregistered_count().min(before),
        "all sockets are gone"
    );
    let unmeasured = Builder::new_multi_thread().worker_threads(1).build().unwrap();
    assert!(!unmeasured.metrics().poll_time_histogram_enabled());
    assert_eq!(unmeasured.metrics().poll_time_histogram_num_buckets(), 0);
}

#[test]
fn the_numbers_of_one_thread_go_by_the_names_of_tokio() {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let metrics = runtime.metrics();
    runtime.block_on(async {
        for _ in 0..10 {
            tokio_await::spawn(task::yield_now()).await.unwrap();
        }
        let handle = Handle::current();
        let elsewhere = std::thread::spawn(move || handle.spawn(async {})).join().unwrap();
        elsewhere.await.unwrap();
    });
    assert_eq!(metrics.spawned_tasks_count(), 11);
    assert_eq!(metrics.remote_schedule_count(), 1);
    assert_eq!(metrics.worker_poll_count(0), 21, "the future of `block_on` is no task");
    assert_eq!(metrics.worker_local_schedule_count(0), 20);
    assert_eq!(metrics.worker_steal_count(0) + metrics.worker_overflow_count(0), 0);
    assert_eq!(metrics.worker_local_queue_depth(0), 0);
    assert!(!metrics.poll_time_histogram_enabled());
    let yields = || async {
        for _ in 0..200 {
            task::yield_now().await;
        }
    };
    runtime.block_on(yields());
    assert_eq!(metrics.worker_poll_count(0), 21);
    runtime.block_on(runtime.spawn(yields())).unwrap();
    assert!(metrics.worker_mean_poll_time(0) > Duration::ZERO, "the first one is measured");
}

#[test]
fn the_future_of_block_on_counts_as_no_task_of_one_thread() {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let metrics = runtime.metrics();
    assert_eq!(metrics.worker_thread_id(0), None);
    runtime.block_on(async {
        let tasks: Vec<_> = (0..100).map(|_| tokio_await::spawn(async {})).collect();
        assert_eq!(metrics.worker_local_queue_depth(0), 100);
        for task in tasks {
            task.await.unwrap();
        }
    });
    assert_eq!(metrics.worker_poll_count(0), 100);
    assert_eq!(metrics.worker_thread_id(0), Some(std::thread::current().id()));
    std::thread::scope(|scope| {
        let elsewhere = scope.spawn(|| {
            runtime.block_on(async {});
            std::thread::current().id()
        });
        let elsewhere = elsewhere.join().unwrap();
        assert_eq!(metrics.worker_thread_id(0), Some(elsewhere));
    });

    // It is woken from another thread.
    let idle = metrics.worker_noop_count(0);
    let (ask, asked) = mpsc::channel::<(tokio_await::sync::oneshot::Sender<()>, u64)>();
    let seen = metrics.clone();
    let answers = std::thread::spawn(move || {
        for (answer, parks) in asked {
            until("the sleep", || (seen.worker_park_count(0) > parks).then_some(()));
            answer.send(()).unwrap();
        }
    });
    runtime.block_on(async {
        for _ in 0..5 {
            let (answer, answered) = tokio_await::sync::oneshot::channel();
            ask.send((answer, metrics.worker_park_count(0))).unwrap();
            answered.await.unwrap();
        }
    });
    drop(ask);
    answers.join().unwrap();
    assert_eq!(metrics.remote_schedule_count(), 0);
    assert!(metrics.worker_noop_count(0) > idle, "it slept, and there was no task");
    assert_eq!(metrics.worker_poll_count(0), 100);

    // It panics.
    let panics = std::panic::AssertUnwindSafe(|| runtime.block_on(async { panic!("as meant") }));
    assert!(std::panic::catch_unwind(panics).is_err());
    assert_eq!(metrics.worker_poll_count(0), 100);
    runtime.block_on(runtime.spawn(async {})).unwrap();
    assert_eq!(metrics.worker_poll_count(0), 101);
}

#[test]
fn every_poll_of_one_thread_is_counted_by_its_time() {
    let _alone = alone();
    let runtime =
        Builder::new_current_thread().enable_metrics_poll_time_histogram().build().unwrap();
    let metrics = runtime.metrics();
    assert!(metrics.poll_time_histogram_enabled());
    let buckets = metrics.poll_time_histogram_num_buckets();
    runtime.block_on(async {
        for _ in 0..100 {
            tokio_await::spawn(task::yield_now()).await.unwrap();
        }
    });
    let counted = (0..buckets).map(|bucket| metrics.poll_time_histogram_bucket_count(0, bucket));
    assert_eq!(counted.sum::<u64>(), 200);
    assert_eq!(metrics.worker_poll_count(0), 200);
}

async fn waits_for_the_answer(answer: tokio_await::sync::oneshot::Receiver<()>) {
    answer.await.unwrap();
}

/// Calls `block_on`, of whatever has one, in a thread of its own, and looks at what it waits for.
fn look_at_main_future(
    block_on: impl FnOnce(tokio_await::sync::oneshot::Receiver<()>) -> u32 + Send + 'static,
) {
    let (answer, asked) = tokio_await::sync::oneshot::channel();
    let thread = std::thread::spawn(move || block_on(asked));
    let (line, runtime) = until("the main future", || {
        let dump = inspect::dump(1000);
        let is_main = |of: &&inspect::Waiting| of.task.name.as_deref() == Some("main future");
        // Other tests block as well.
        let (of, wait, way) = dump.tasks.iter().filter(is_main).find_map(|of| {
            let (wait, frames) = of.stacks.first()?;
            let way = frames.join("\n");
            way.contains("waits_for_the_answer").then_some((of, wait, way))
        })?;
        assert_eq!(wait.kind, "oneshot receiver");
        assert!(!way.contains("current_thread::"), "it ends with what is the caller's: {way}");
        assert!(of.task.spawned_at.file().ends_with("inspect.rs"), "{:?}", of.task);
        Some((of.task.spawned_at.line(), of.task.runtime.clone()))
    });
    answer.send(()).unwrap();
    assert_eq!(thread.join().unwrap(), line, "the place of the call, in {runtime:?}");
    until("its end", || named("main future").is_empty().then_some(()));
}

#[test]
fn what_block_on_waits_for_is_dumped_as_the_main_future() {
    let _alone = alone();
    look_at_main_future(|asked| {
        let runtime = Builder::new_multi_thread().worker_threads(1).build().unwrap();
        runtime.block_on(waits_for_the_answer(asked));
        line!() - 1
    });
    look_at_main_future(|asked| {
        let runtime = Builder::new_current_thread().build().unwrap();
        runtime.block_on(waits_for_the_answer(asked));
        line!() - 1
    });
    look_at_main_future(|asked| {
        let runtime = Builder::new_multi_thread().worker_threads(1).build().unwrap();
        runtime.handle().block_on(waits_for_the_answer(asked));
        line!() - 1
    });
}

/// The thread of a job is none of the workers'.
#[test]
fn a_job_shows_where_its_thread_is() {
    #[inline(never)]
    fn waits_for_the_test(release: &mpsc::Receiver<()>) {
        let _ = std::hint::black_box(release.recv());
    }

    let _alone = alone();
    let _recording = inspect::Recording::start();
    let runtime = Builder::new_multi_thread().worker_threads(1).build().unwrap();
    let (release, released) = mpsc::channel();
    let job = task::Builder::new().name("job");
    drop(job.spawn_blocking_on(move || waits_for_the_test(&released), runtime.handle()));
    let looks =
        cfg!(target_os = "linux") && cfg!(any(target_arch = "x86_64", target_arch = "aarch64"));
    if looks {
        let frames = until("the stack of the job", || {
            let dump = inspect::dump(1000);
            let of = dump.tasks.into_iter().find(|t| t.task.name.as_deref() == Some("job"))?;
            let frames = of.running?.frames;
            frames.iter().any(|at| at.contains("waits_for_the_test")).then_some(frames)
        });
        let way = frames.join("\n");
        assert!(!way.contains("tokio_executor::") && !way.contains("std::thread::spawn"), "{way}");
    }
    release.send(()).unwrap();
}

/// A task that waits for its poll is in one count, for each time that it was spawned or woken.
#[test]
fn each_poll_after_a_spawn_or_a_wake_is_in_one_count_of_latencies() {
    let _alone = alone();
    let ms = Duration::from_millis;
    let builders = [Builder::new_current_thread(), {
        let mut builder = Builder::new_multi_thread();
        builder.worker_threads(2);
        builder
    }];
    for mut builder in builders {
        let runtime = builder
            .enable_all()
            .enable_metrics_schedule_latency_histogram()
            .metrics_schedule_latency_histogram_configuration(HistogramConfiguration::linear(
                ms(50),
                3,
            ))
            .build()
            .unwrap();
        let metrics = runtime.metrics();
        assert!(metrics.schedule_latency_histogram_enabled());
        assert_eq!(metrics.schedule_latency_histogram_num_buckets(), 3);
        assert_eq!(metrics.schedule_latency_histogram_bucket_range(1), ms(50)..ms(100));
        let counts = || -> Vec<u64> {
            let of_all = |bucket| {
                let workers = 0..metrics.num_workers();
                workers.map(|w| metrics.schedule_latency_histogram_bucket_count(w, bucket)).sum()
            };
            (0..3).map(of_all).collect()
        };
        // By each way to spawn: as a task, from the thread that blocks, and from elsewhere.
        let handle = runtime.handle().clone();
        runtime.block_on(async {
            for _ in 0..20 {
                tokio_await::spawn(async { tokio_await::spawn(async {}).await.unwrap() })
                    .await
                    .unwrap();
            }
            let mut set = JoinSet::new();
            set.spawn(async {});
            set.join_next().await.unwrap().unwrap();
            handle.spawn(async {}).await.unwrap();
        });
        // Those that wait for the inner ones are polled twice, unless these have ended before.
        let spawned: u64 = counts().iter().sum();
        assert!((42..=62).contains(&spawned), "{:?}", counts());

        // A wake counts, and what is polled meanwhile by the thread that blocks does not.
        runtime.block_on(async {
            tokio_await::spawn(async {
                for _ in 0..10 {
                    task::yield_now().await;
                }
            })
            .await
            .unwrap();
            task::yield_now().await;
        });
        assert_eq!(counts().iter().sum::<u64>(), spawned + 11);

        // What keeps the worker is in the time.
        let before = counts()[2];
        runtime.block_on(async {
            tokio_await::spawn(async move {
                let next = tokio_await::spawn(async {});
                std::thread::sleep(ms(120));
                next.await.unwrap();
            })
            .await
            .unwrap();
        });
        if metrics.num_workers() == 1 {
            assert!(counts()[2] > before, "{:?}", counts());
        }
    }
    let unmeasured = Builder::new_multi_thread().worker_threads(1).build().unwrap().metrics();
    assert!(!unmeasured.schedule_latency_histogram_enabled());
    assert_eq!(unmeasured.schedule_latency_histogram_num_buckets(), 0);
    assert_eq!(unmeasured.schedule_latency_histogram_bucket_count(0, 7), 0);
    let no_worker = || unmeasured.schedule_latency_histogram_bucket_count(1, 0);
    assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(no_worker)).is_err());
}

/// A task that is measured is like any other: its values, its panics, its end at shutdown.
#[test]
fn a_task_whose_latencies_are_measured_is_like_any_other() {
    let _alone = alone();
    let mut builder = Builder::new_multi_thread();
    let runtime = builder
        .worker_threads(1)
        .enable_all()
        .enable_metrics_schedule_latency_histogram()
        .build()
        .unwrap();
    let dropped = Arc::new(());
    runtime.block_on(async {
        assert!(tokio_await::spawn(async { panic!("as asked") }).await.unwrap_err().is_panic());
        let waits = tokio_await::spawn(pending::<()>());
        waits.abort();
        assert!(waits.await.unwrap_err().is_cancelled());
        let (tx, mut rx) = tokio_await::sync::mpsc::channel(1);
        let sum = tokio_await::spawn(async move {
            let mut sum = 0;
            while let Some(n) = rx.recv().await {
                tokio_await::time::sleep(Duration::from_micros(1)).await;
                sum += n;
            }
            sum
        });
        for n in 0..100 {
            tx.send(n).await.unwrap();
        }
        drop(tx);
        assert_eq!(sum.await.unwrap(), 4950);
    });
    let kept = dropped.clone();
    drop(runtime.spawn(async move {
        pending::<()>().await;
        drop(kept);
    }));
    drop(runtime);
    assert_eq!(Arc::strong_count(&dropped), 1, "the task went with its runtime");
}
