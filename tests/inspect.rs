//! A process is looked at from inside and from outside: its tasks, what they wait for, what
//! is wrong with them, and what the endpoint does with requests of all kinds.

use futures::{future, Async, Future, Stream};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::{mpsc, Mutex};
use std::time::Duration;
use test_support::{alone, until};
use tokio::inspect::{self, Finding, Inspect, Task, TaskState};
use tokio::runtime::Runtime;

#[path = "../examples/stuck.rs"]
mod stuck;

fn named(name: &str) -> Option<Task> {
    inspect::tasks().into_iter().find(|task| task.name.as_deref() == Some(name))
}

fn ask(address: &str, request: &str) -> String {
    let mut socket = TcpStream::connect(address).unwrap();
    socket.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    answer
}

fn get(address: &str, path: &str) -> String {
    let answer = ask(address, &format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200 OK"), "{path}: {head}");
    body.to_owned()
}

#[test]
fn a_task_is_listed_with_its_name_its_kind_and_the_place_of_its_spawn() {
    let _alone = alone();
    let mut runtime = Runtime::new().unwrap();
    let line = line!() + 1;
    runtime.spawn_std(std::future::pending::<()>().named("waits for ever"));
    let task = until("the task", || named("waits for ever").filter(|t| t.state == TaskState::Idle));
    assert_eq!(task.kind, inspect::TaskKind::Async);
    assert!(task.spawned_at.file().ends_with("inspect.rs"), "{task:?}");
    assert_eq!(task.spawned_at.line(), line);
    assert!(task.type_name.contains("Pending"), "{task:?}");
    drop(runtime);
    assert!(named("waits for ever").is_none(), "it was dropped");
}

#[test]
fn every_way_to_spawn_notes_its_caller() {
    let _alone = alone();
    let _recording = inspect::Recording::start();
    let runtime = Runtime::new().unwrap();
    let pending01 = || future::empty::<(), ()>();
    let pending = std::future::pending::<()>;
    let first = line!();
    let mut runtime = runtime;
    runtime.spawn(pending01().named("w"));
    runtime.spawn_std(pending().named("w"));
    drop(runtime.spawn_handle(pending01().named("w")));
    drop(runtime.spawn_handle_std(pending().named("w")));
    runtime.executor().spawn(pending01().named("w"));
    runtime.executor().spawn_std(pending().named("w"));
    drop(runtime.executor().spawn_handle(pending01().named("w")));
    drop(runtime.executor().spawn_handle_std(pending().named("w")));
    runtime.block_on_std(async move {
        tokio::spawn(pending01().named("w"));
        tokio::spawn_std(pending().named("w"));
        drop(tokio::spawn_handle(pending01().named("w")));
        drop(tokio::spawn_handle_std(pending().named("w")));
        drop(tokio::task::spawn(pending01().named("w")));
        drop(tokio::task::spawn_std(pending().named("w")));
        tokio::executor::spawn(pending01().named("w"));
        let mut executor = tokio_executor::DefaultExecutor::current();
        tokio_executor::TypedExecutor::spawn(&mut executor, pending01().named("w")).unwrap();
    });
    let last = line!();
    let tasks = until("16 tasks", || {
        let mut tasks = inspect::tasks();
        tasks.retain(|task| task.name.as_deref() == Some("w"));
        (tasks.len() == 16).then_some(tasks)
    });
    let mut lines: Vec<u32> = tasks.iter().map(|task| task.spawned_at.line()).collect();
    lines.sort_unstable();
    lines.dedup();
    assert!(tasks.iter().all(|task| task.spawned_at.file().ends_with("inspect.rs")), "{tasks:?}");
    assert!(lines.iter().all(|line| (first..last).contains(line)), "{lines:?}");
    assert_eq!(lines.len(), 16, "{lines:?}");
}

#[test]
fn a_dump_shows_each_kind_of_wait_and_the_way_to_it() {
    let _alone = alone();
    // One of its tasks keeps a worker, and a machine may have one processor.
    let mut runtime = tokio::runtime::Builder::new().core_threads(3).build().unwrap();
    let faults = stuck::spawn(&mut runtime);
    drop(until("the leaked task", || named("leaked task").filter(|t| t.is_lost)));
    let expected = [
        ("lost sender", "oneshot receiver", "oneshot"),
        ("transfer", "lock or semaphore", "stuck::transfer"),
        ("audit", "lock or semaphore", "stuck::transfer"),
        ("accept", "socket, to read", "Incoming"),
        ("client", "socket, to read", "read_exact"),
        ("echo", "socket, to read", "copy"),
    ];
    for (name, wait, frame) in expected {
        until(name, || {
            let dump = inspect::dump(1000);
            let of = dump.tasks.iter().find(|t| t.task.name.as_deref() == Some(name))?;
            let (seen, frames) = of.stacks.iter().find(|(seen, _)| seen.kind == wait)?;
            let way = frames.join("\n");
            assert!(way.to_lowercase().contains(&frame.to_lowercase()), "{name}: {way}");
            assert!(!way.contains("tokio_executor::task::cell"), "{way}");
            assert!(!frames[0].contains("tokio_executor::"), "it begins with the leaf: {way}");
            if name == "client" {
                assert!(seen.detail.contains(&format!("to {}", faults.server)), "{seen:?}");
            }
            Some(())
        });
    }
    let timer = tokio::timer::Delay::new(tokio::clock::now() + Duration::from_secs(3600));
    runtime.spawn(timer.map_err(drop).named("timer"));
    let detail = until("the timer", || {
        let dump = inspect::dump(1000);
        let of = dump.tasks.into_iter().find(|t| t.task.name.as_deref() == Some("timer"))?;
        of.stacks.into_iter().find(|(wait, _)| wait.kind == "timer").map(|(wait, _)| wait.detail)
    });
    assert!(detail.starts_with("due in 3"), "{detail}");
    drop(faults);
}

/// The example has four faults; each is found.
#[test]
fn the_four_faults_of_the_example_are_found() {
    let _alone = alone();
    let _recording = inspect::Recording::start();
    let mut runtime = tokio::runtime::Builder::new().core_threads(3).build().unwrap();
    let faults = stuck::spawn(&mut runtime);
    let dump = until("all four", || {
        let dump = inspect::dump(1000);
        let has = |of: fn(&Finding) -> bool| dump.findings.iter().any(of);
        let cycle = has(|f| matches!(f, Finding::Cycle { tasks } if tasks.len() == 2));
        let lost = has(|f| matches!(f, Finding::Lost { task } if task.contains("leaked task")));
        let blocked =
            has(|f| matches!(f, Finding::Blocked { task, .. } if task.contains("blocked worker")));
        let waits = dump.tasks.iter().any(|t| {
            t.task.name.as_deref() == Some("lost sender")
                && t.stacks.iter().any(|(wait, _)| wait.kind == "oneshot receiver")
        });
        let looks =
            cfg!(target_os = "linux") && cfg!(any(target_arch = "x86_64", target_arch = "aarch64"));
        let shows_where = !looks
            || dump.tasks.iter().any(|t| {
                let frames = t.running.as_ref().map_or(&[][..], |running| &running.frames);
                t.task.name.as_deref() == Some("blocked worker")
                    && frames.iter().any(|frame| frame.contains("stuck::spawn"))
            });
        (cycle && lost && blocked && waits && shows_where).then_some(dump)
    });
    let others = dump.findings.iter().filter(|finding| {
        let text = finding.to_string();
        ["leaked task", "blocked worker", "transfer"].iter().all(|name| !text.contains(name))
    });
    assert_eq!(others.count(), 0, "the others are well: {dump}");
    println!("{dump}");
    drop(faults);
}

/// The list of such an executor is its own: it answers between two rounds of polls.
#[test]
fn the_tasks_of_a_runtime_of_one_thread_are_listed_and_dumped_while_it_is_driven() {
    let _alone = alone();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let thread = std::thread::spawn(move || {
        let mut runtime = tokio::runtime::current_thread::Runtime::new().unwrap();
        for _ in 0..3000 {
            runtime.spawn(future::empty().map(|()| ()).named("one of many"));
        }
        let (sender, receiver) = tokio::sync::oneshot::channel::<u32>();
        runtime.spawn(receiver.map(drop).map_err(drop).named("on one thread"));
        let within = future::lazy(|| {
            // This thread's own answers at once, and is not waited for.
            assert!(named("on one thread").is_none_or(|task| task.runtime.is_some()));
            Ok::<_, ()>(())
        });
        runtime.block_on(within.and_then(|()| stopped.map_err(drop))).unwrap();
        drop(sender);
    });
    until("all tasks, without a recording", || {
        let tasks = inspect::tasks();
        let many = tasks.iter().filter(|task| task.name.as_deref() == Some("one of many"));
        let lost = many.filter(|task| task.is_lost && task.runtime.is_some()).count();
        (lost == 3000).then_some(())
    });
    let frames = until("the stack", || {
        let dump = inspect::dump(10_000);
        let is_it = |t: &&inspect::Waiting| t.task.name.as_deref() == Some("on one thread");
        let of = dump.tasks.iter().find(is_it)?;
        assert!(of.task.runtime.as_deref().is_some_and(|name| name.starts_with("one-thread#")));
        let (wait, frames) = of.stacks.first()?;
        assert_eq!(wait.kind, "oneshot receiver");
        Some(frames.join("\n"))
    });
    assert!(frames.contains("oneshot") && frames.contains("Map"), "{frames}");
    stop.send(()).unwrap();
    thread.join().unwrap();
}

/// What dumps say that the task `name` waits for, once they say something.
fn waits_of(name: &str) -> Vec<inspect::Wait> {
    until(name, || {
        let dump = inspect::dump(1000);
        let of = dump.tasks.into_iter().find(|t| t.task.name.as_deref() == Some(name))?;
        (!of.stacks.is_empty()).then(|| of.stacks.into_iter().map(|(wait, _)| wait).collect())
    })
}

/// A timer took its task's waker twice, and the second time it went unnamed; a waker that a
/// timer did not take hid that of the next one.
#[test]
fn each_wait_of_a_task_is_named_once_in_every_poll() {
    let _alone = alone();
    let mut runtime = Runtime::new().unwrap();
    let later = tokio::clock::now() + Duration::from_secs(3600);
    let timer = || tokio::timer::Delay::new(later);
    let (kept, foreign) = futures::sync::oneshot::channel::<()>();
    runtime.spawn(timer().map_err(drop).named("timer 0.1"));
    runtime.spawn_std(timer().named("timer std"));
    let both = timer().map_err(drop).select(foreign.map_err(drop)).map(drop).map_err(drop);
    runtime.spawn(both.named("timer and foreign"));
    for _ in 0..4 {
        for (name, kinds) in [
            ("timer 0.1", &["timer"][..]),
            ("timer std", &["timer"]),
            ("timer and foreign", &["timer", "waker"]),
        ] {
            let waits = waits_of(name);
            assert!(waits.iter().map(|wait| wait.kind).eq(kinds.iter().copied()), "{waits:?}");
        }
    }
    drop(kept);
}

#[test]
fn a_channel_is_shown_with_the_place_where_it_was_made_and_a_lock_with_its_holder() {
    use tokio::sync::{broadcast, mpsc, mutex::Mutex, oneshot, watch};

    let _alone = alone();
    let _recording = inspect::Recording::start();
    let mut runtime = Runtime::new().unwrap();
    let first = line!();
    let (kept_oneshot, answer) = oneshot::channel::<()>();
    let (mut full, mut room) = mpsc::channel::<u32>(1);
    let (kept_watch, watched) = watch::channel(());
    let (kept_unbounded, unbounded) = mpsc::unbounded_channel::<()>();
    let (kept_broadcast, mut broadcast_rx) = broadcast::channel::<()>(4);
    let last = line!();
    runtime.spawn(answer.map_err(drop).named("oneshot"));
    full.try_send(1).unwrap();
    runtime.spawn(future::poll_fn(move || full.poll_ready().map_err(drop)).named("room"));
    runtime.spawn(watched.for_each(|()| Ok(())).map_err(drop).named("watch"));
    runtime.spawn(unbounded.for_each(|()| Ok(())).map_err(drop).named("mpsc"));
    runtime.spawn_std(async move { drop(broadcast_rx.recv().await) }.named("broadcast"));
    for name in ["oneshot", "room", "watch", "mpsc", "broadcast"] {
        let waits = waits_of(name);
        let (what, at) = waits[0].made.unwrap_or_else(|| panic!("{name}: {waits:?}"));
        assert!(what.contains(if name == "room" { "mpsc" } else { name }), "{name}: {what}");
        assert!(at.file().ends_with("inspect.rs") && (first..last).contains(&at.line()), "{at}");
    }
    let lock = std::sync::Arc::new(Mutex::new(()));
    let (locked, holds) = mpsc_of_std();
    let holder = lock.clone();
    let held = async move {
        let guard = holder.lock().await;
        locked.send(()).unwrap();
        std::future::pending::<()>().await;
        drop(guard);
    };
    let holder = runtime.spawn_handle_std(held.named("holder"));
    holds.recv().unwrap();
    let waiter = lock.clone();
    runtime.spawn_std(async move { drop(waiter.lock().await) }.named("waits for the lock"));
    assert_eq!(waits_of("waits for the lock")[0].held_by, Some(holder.task().id()));
    drop((kept_oneshot, kept_watch, kept_unbounded, kept_broadcast, room.try_recv()));
}

fn mpsc_of_std() -> (mpsc::Sender<()>, mpsc::Receiver<()>) {
    mpsc::channel()
}

/// A permit and a place in a channel are given back by whoever has them: who took the last one
/// holds up nobody in particular.
#[test]
fn who_has_one_permit_of_several_is_no_holder() {
    use tokio::sync::{mpsc, semaphore::Semaphore};

    let _alone = alone();
    let _recording = inspect::Recording::start();
    let mut runtime = Runtime::new().unwrap();
    let permits = std::sync::Arc::new(Semaphore::new(1));
    let (sender, kept) = mpsc::channel::<u32>(1);
    let (took, taken) = mpsc_of_std();
    let (first, of_first) = (sender.clone(), permits.clone());
    let takes = async move {
        of_first.acquire_many(1).await.unwrap().forget();
        first.reserve(1).await.unwrap().send(1).unwrap();
        took.send(()).unwrap();
        std::future::pending::<()>().await;
    };
    runtime.spawn_std(takes.named("takes"));
    taken.recv().unwrap();
    runtime
        .spawn_std(async move { drop(permits.acquire_many(1).await) }.named("waits for a permit"));
    let second = sender;
    runtime.spawn_std(async move { drop(second.reserve(1).await) }.named("waits for room"));
    for name in ["waits for a permit", "waits for room"] {
        assert_eq!(waits_of(name)[0].held_by, None, "{name}");
    }
    let behind = inspect::diagnose().into_iter().find(|f| matches!(f, Finding::Behind { .. }));
    assert_eq!(behind, None, "`takes` is lost, and nobody waits for it");
    drop(kept);
}

/// What is read of several tasks is of several moments: a task that waited for a lock in one,
/// and had it in the next, was taken for one that waits for itself.
#[test]
fn a_lock_that_goes_round_is_no_circle() {
    use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
    use tokio::sync::mutex::Mutex;

    let _alone = alone();
    let _recording = inspect::Recording::start();
    let mut runtime = Runtime::new().unwrap();
    let (lock, stop) =
        (std::sync::Arc::new(Mutex::new(())), std::sync::Arc::new(AtomicBool::new(false)));
    for _ in 0..8 {
        let (lock, stop) = (lock.clone(), stop.clone());
        runtime.spawn_std(async move {
            while !stop.load(Relaxed) {
                let guard = lock.lock().await;
                tokio::task::yield_now().await;
                drop(guard);
            }
        });
    }
    for _ in 0..500 {
        assert_eq!(inspect::diagnose(), []);
    }
    assert_eq!(inspect::dump(1000).findings, []);
    stop.store(true, Relaxed);
    runtime.shutdown_on_idle().wait().unwrap();
}

/// A call inside `blocking` keeps a thread that is no worker any more.
#[test]
fn a_task_that_may_block_is_shown_with_the_place_and_is_no_finding() {
    let _alone = alone();
    let _recording = inspect::Recording::start();
    let mut runtime = Runtime::new().unwrap();
    let (release, blocked) = mpsc_of_std();
    let line = line!() + 2;
    let blocks = future::poll_fn(move || {
        tokio_threadpool::blocking(|| blocked.recv().unwrap()).map_err(|e| panic!("{e}"))
    });
    runtime.spawn(blocks.named("may block"));
    let seen = until("a second", || {
        let seen = named("may block")?.seen?;
        let (since, _) = seen.running.as_ref()?;
        (*since >= Duration::from_secs(1)).then_some(seen)
    });
    let at = seen.blocking_at.expect("it is inside `blocking`");
    assert!(at.file().ends_with("inspect.rs") && at.line() == line, "{at}");
    let findings = inspect::diagnose();
    assert!(findings.iter().all(|f| !f.to_string().contains("may block")), "{findings:?}");
    release.send(()).unwrap();
}

/// The runtime below the set runs on the thread that asks, and cannot answer a request.
#[test]
fn a_dump_in_a_set_of_local_tasks_shows_the_tasks_of_the_runtime_below() {
    let _alone = alone();
    let mut runtime = tokio::runtime::current_thread::Runtime::new().unwrap();
    let (tell, told) = futures03::channel::oneshot::channel::<()>();
    let waits = async move {
        tell.send(()).unwrap();
        std::future::pending::<()>().await;
    };
    runtime.spawn_std(waits.named("below the set"));
    let set = tokio::current_thread::TaskSet::new();
    let (give, given) = mpsc::channel();
    runtime.block_on_std(async move {
        told.await.unwrap();
        drop(set.spawn(async move { give.send(inspect::dump(1000)).unwrap() }));
        std::future::poll_fn(|cx| set.poll(&tokio_executor::task::Context::from(cx))).await;
    });
    let dump = given.recv().unwrap();
    let of = dump.tasks.iter().find(|of| of.task.name.as_deref() == Some("below the set"));
    let of = of.expect("the task is listed");
    assert!(of.task.runtime.is_some(), "not by a recording only: {:?}", of.task);
    assert!(of.stacks.is_empty(), "a task was polled during the poll of another");
}

#[test]
fn a_wait_survives_the_poll_of_a_dump() {
    let _alone = alone();
    let mut runtime = Runtime::new().unwrap();
    let (tx, rx) = futures::sync::oneshot::channel::<u32>();
    let (tx03, rx03) = futures03::channel::oneshot::channel::<u32>();
    let (tell, told) = mpsc::channel();
    let tell03 = tell.clone();
    let of_01 = rx.map(move |n| tell.send(n).unwrap()).map_err(drop);
    runtime.spawn(of_01.named("published 0.1"));
    let of_03 = async move { tell03.send(rx03.await.unwrap()).unwrap() };
    runtime.spawn_std(of_03.named("published 0.3"));
    for (name, frame) in [("published 0.1", "oneshot"), ("published 0.3", "oneshot")] {
        for _ in 0..3 {
            until(name, || {
                let dump = inspect::dump(1000);
                let of = dump.tasks.into_iter().find(|t| t.task.name.as_deref() == Some(name))?;
                let (wait, frames) = of.stacks.into_iter().next()?;
                assert_eq!(wait.kind, "waker");
                assert!(frames.join("\n").contains(frame), "{frames:#?}");
                Some(())
            });
        }
    }
    tx.send(7).unwrap();
    assert_eq!(told.recv().unwrap(), 7);
    tx03.send(8).unwrap();
    assert_eq!(told.recv().unwrap(), 8);
}

/// Dumps go on while tasks come, wait, are cancelled and panic; each still ends.
#[test]
fn dumps_disturb_nothing_among_tasks_that_come_and_go() {
    let _alone = alone();
    let mut runtime = Runtime::new().unwrap();
    let stop = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let dumps = {
        let stop = stop.clone();
        std::thread::spawn(move || {
            let mut dumps = 0;
            while !stop.load(std::sync::atomic::Ordering::Relaxed) || dumps == 0 {
                drop(inspect::dump(100));
                dumps += 1;
            }
        })
    };
    let all = async {
        let mut sum = 0;
        for n in 0..2000_u32 {
            let (tx, rx) = tokio::sync::oneshot::channel();
            let waits = tokio::spawn_handle_std(async move { rx.await.unwrap() });
            let goes = tokio::spawn_handle_std(std::future::pending::<()>());
            tokio::task::yield_now().await;
            goes.abort();
            tx.send(n % 2).unwrap();
            sum += waits.await.unwrap();
            let _ = goes.await;
        }
        sum
    };
    assert_eq!(runtime.block_on_std(all), 1000);
    stop.store(true, std::sync::atomic::Ordering::Relaxed);
    dumps.join().unwrap();
    runtime.shutdown_on_idle().wait().unwrap();
}

#[test]
fn a_long_poll_is_told_with_its_task() {
    let _alone = alone();
    let (tell, told) = mpsc::channel();
    let tell = Mutex::new(tell);
    inspect::on_long_poll(Duration::from_millis(20), move |poll| {
        let _ = tell.lock().unwrap().send(*poll);
    });
    let mut runtime = Runtime::new().unwrap();
    let line = line!() + 1;
    runtime.spawn(future::lazy(|| Ok(std::thread::sleep(Duration::from_millis(30)))));
    let poll = loop {
        let poll = told.recv().unwrap();
        if poll.task.spawned_at.line() == line {
            break poll;
        }
    };
    assert!(poll.took >= Duration::from_millis(20), "{poll:?}");
}

#[test]
fn a_task_behind_a_lost_one_is_found_with_the_way_there() {
    let _alone = alone();
    let _recording = inspect::Recording::start();
    let mut runtime = Runtime::new().unwrap();
    let lost = runtime.spawn_handle_std(std::future::pending::<()>().named("lost"));
    let middle = runtime.spawn_handle_std(async { drop(lost.await) }.named("middle"));
    runtime.spawn_std(async { drop(middle.await) }.named("behind"));
    let (kept, answer) = tokio::sync::oneshot::channel::<()>();
    let waits = runtime.spawn_handle_std(async { drop(answer.await) }.named("well"));
    runtime.spawn_std(async { drop(waits.await) }.named("behind one that is well"));
    let chain = until("the chain", || {
        inspect::diagnose().into_iter().find_map(|finding| match finding {
            Finding::Behind { task, waits_for } if task.contains("`behind`") => Some(waits_for),
            _ => None,
        })
    });
    assert!(chain[0].contains("middle") && chain[1].contains("lost"), "{chain:?}");
    let findings = inspect::diagnose();
    assert!(findings.iter().all(|f| !f.to_string().contains("well")), "{findings:?}");
    drop(kept);
}

#[test]
fn endings_that_nobody_looks_at_are_told() {
    let _alone = alone();
    let (tell, told) = mpsc::channel();
    let mut runtime = tokio::runtime::Builder::new()
        .on_unobserved(move |of| drop(tell.send((of.task.id, of.ending.clone()))))
        .build()
        .unwrap();
    let panicked = |text: &str| inspect::Ending::Panicked(Some(text.to_owned()));
    // Looked at, or no failure: the hook is not called.
    assert!(runtime.spawn_handle_std(async { panic!("seen") }).wait().is_err());
    assert_eq!(runtime.spawn_handle(future::err::<(), _>(7)).wait().unwrap(), Err(7));
    drop(runtime.spawn_handle(future::ok::<_, ()>(7)));
    let aborted = runtime.spawn_handle(future::empty::<(), ()>());
    aborted.abort();
    drop(aborted);
    // Without a handle.
    runtime.spawn(future::lazy(|| -> Result<(), ()> { panic!("unseen") }));
    assert_eq!(told.recv().unwrap().1, panicked("unseen"));
    // The handle goes after the task has ended, or before.
    let handle = runtime.spawn_handle_std(async { panic!("left") });
    let id = handle.task().id();
    until("the end", || handle.is_finished().then_some(()));
    drop(handle);
    assert_eq!(told.recv().unwrap(), (id, panicked("left")));
    let (go, goes) = tokio::sync::oneshot::channel::<()>();
    drop(runtime.spawn_handle(goes.map_err(drop).and_then(|()| future::err::<(), ()>(()))));
    go.send(()).unwrap();
    assert_eq!(told.recv().unwrap().1, inspect::Ending::Failed);
    drop(runtime);
    assert!(told.recv().is_err(), "no other was told, and the hook went with the runtime");
}

#[test]
fn the_endpoint_serves_lists_dumps_numbers_and_a_page() {
    let _alone = alone();
    let address = inspect::serve("127.0.0.1:0").unwrap();
    let mut runtime = Runtime::new().unwrap();
    runtime.spawn(future::poll_fn(|| Ok(Async::NotReady)).named("seen \"from\" outside"));
    // Once it has been polled.
    until("the task", || named("seen \"from\" outside").filter(|task| task.is_lost));
    assert!(get(&address, "/tasks").contains("seen \"from\" outside"));
    let json = get(&address, "/tasks.json");
    assert!(json.contains("\"name\":\"seen \\\"from\\\" outside\""), "{json}");
    assert!(json.contains("\"polls\":1"), "{json}");
    assert!(json.starts_with("{\"count\":") && json.ends_with("]}\n"), "{json}");
    let id = named("seen \"from\" outside").unwrap().id;
    let one = get(&address, &format!("/task/{id}"));
    assert!(one.starts_with(&format!("task {id} ")) && one.contains("lost"), "{one}");
    let none = ask(&address, "GET /task/18446744073709551615 HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert!(none.starts_with("HTTP/1.1 404"), "{none}");
    let metrics = get(&address, "/metrics");
    assert!(metrics.contains("# TYPE tokio_tasks_alive gauge"));
    assert!(metrics.contains("# TYPE tokio_poll_seconds histogram"));
    assert!(metrics.contains("tokio_wake_to_poll_seconds_bucket{le=\"+Inf\"} "), "{metrics}");
    until("the finding", || get(&address, "/dump").contains("can never run again").then_some(()));
    let page = get(&address, "/");
    assert!(page.starts_with("<!DOCTYPE html>") && page.trim_end().ends_with("</html>"));
    assert!(
        !page.contains("http://")
            || !page.replace("http://www.w3.org/2000/svg", "").contains("http")
    );
}

#[test]
fn the_numbers_say_what_the_drivers_and_the_outside_have_done() {
    use tokio::prelude::*;

    let _alone = alone();
    let mut runtime = Runtime::new().unwrap();
    let timer = tokio::timer::Delay::new(tokio::clock::now() + Duration::from_secs(3600));
    runtime.spawn(timer.map_err(drop));
    let listener = tokio::net::TcpListener::bind(&"127.0.0.1:0".parse().unwrap()).unwrap();
    let address = listener.local_addr().unwrap();
    runtime.spawn(listener.incoming().map_err(drop).for_each(|socket| {
        tokio::spawn(tokio::io::read_to_end(socket, Vec::new()).map(drop).map_err(drop))
    }));
    let client = TcpStream::connect(address).unwrap();
    let metrics = until("one timer and two sources", || {
        let metrics = runtime.metrics();
        (metrics.timers == 1 && metrics.sources == 2 && metrics.driver_events > 0)
            .then_some(metrics)
    });
    assert!(metrics.driver_turns > 0 && metrics.sources_registered == 2, "{metrics:?}");
    assert!(metrics.injected >= 2, "this thread is no worker: {metrics:?}");
    assert_eq!(metrics.spawned, 3);
    drop(client);
    until("one source less", || {
        let metrics = runtime.metrics();
        (metrics.sources == 1 && metrics.completed == 1 && metrics.sources_registered == 2)
            .then_some(())
    });
    let text = runtime.metrics().prometheus("r");
    assert!(text.contains("tokio_timers{runtime=\"r\"} 1\n"), "{text}");
    assert!(text.contains("tokio_sources{runtime=\"r\"} 1\n"), "{text}");
}

#[test]
fn a_wake_that_waits_for_its_poll_is_measured_while_somebody_records() {
    let _alone = alone();
    let _recording = inspect::Recording::start();
    let measured = || tokio_executor::internals::inspect::wake_delays().counts.iter().sum::<u64>();
    let before = measured();
    let mut runtime = Runtime::new().unwrap();
    for _ in 0..10 {
        runtime.block_on(tokio::task::yield_now().map_err(drop)).unwrap();
    }
    assert!(measured() >= before + 10, "each yield is a wake");
}

#[test]
fn only_places_that_others_cannot_reach_are_served() {
    for address in ["0.0.0.0:0", "[::]:0", "8.8.8.8:80", "localhost:1", "", "unix:", "signal", "/x"]
    {
        let error = inspect::serve(address).expect_err(address);
        assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput, "{address}: {error}");
        assert!(error.to_string().contains("unix:/path"), "{error}");
    }
}

#[cfg(unix)]
#[test]
fn a_unix_socket_is_for_its_user_and_replaces_only_one_that_is_dead() {
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::net::{UnixListener, UnixStream};

    let path = std::env::temp_dir().join(format!("tokio-inspect-{}", std::process::id()));
    let path = path.to_str().unwrap();
    let _ = std::fs::remove_file(path);
    drop(UnixListener::bind(path).unwrap());
    let address = inspect::serve(&format!("unix:{path}")).unwrap();
    assert_eq!(address, format!("unix:{path}"));
    assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
    let mut socket = UnixStream::connect(path).unwrap();
    socket.write_all(b"GET /metrics HTTP/1.1\r\n\r\n").unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    let error = inspect::serve(&address).expect_err("it is served already");
    assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse);
    std::fs::remove_file(path).unwrap();
    std::fs::write(path, "a file").unwrap();
    assert!(inspect::serve(&address).is_err(), "a file is not replaced");
    assert_eq!(std::fs::read_to_string(path).unwrap(), "a file");
    std::fs::remove_file(path).unwrap();
}

#[test]
fn hostile_requests_cost_their_own_connection_only() {
    let address = inspect::serve("127.0.0.1:0").unwrap();
    let status = |request: &str| ask(&address, request).lines().next().unwrap_or("").to_owned();
    assert!(status("POST / HTTP/1.1\r\n\r\n").contains("405"));
    assert!(status("GET /etc/passwd HTTP/1.1\r\n\r\n").contains("404"));
    assert!(status("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n").contains("403"));
    assert!(status("\0\x01\x02\r\n\r\n").contains("400"));
    assert!(status(&"GET / HTTP/1.1\r\na: b\r\n\r\n".replace("a: b", &"a: b\r\n".repeat(999)))
        .contains("400"));
    // Exactly the bound, so that nothing is left unread and the answer is not reset.
    let mut socket = TcpStream::connect(&address).unwrap();
    socket.write_all(&[b'a'; 8 * 1024]).unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
    // Some that say nothing, some that stop halfway, some that read nothing: all at once.
    let mut idle = Vec::new();
    for n in 0..12 {
        let mut socket = TcpStream::connect(&address).unwrap();
        let part: &[u8] = [&b"GET /tas"[..], b"", b"GET /tasks HTTP/1.1\r\n\r\n"][n % 3];
        socket.write_all(part).unwrap();
        idle.push(socket);
    }
    let served = || {
        let mut socket = TcpStream::connect(&address).ok()?;
        socket.write_all(b"GET /metrics HTTP/1.1\r\n\r\n").ok()?;
        socket.shutdown(Shutdown::Write).ok()?;
        let mut answer = String::new();
        socket.read_to_string(&mut answer).ok()?;
        answer.starts_with("HTTP/1.1 200 OK").then_some(())
    };
    // The others are served meanwhile; the places of those that were answered before may be
    // taken for a moment more.
    until("an answer", served);
    // More than are served at a time are closed, not kept.
    let more: Vec<TcpStream> = (0..64).map(|_| TcpStream::connect(&address).unwrap()).collect();
    drop((idle, more));
    until("a place", served);
}
