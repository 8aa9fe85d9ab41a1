//! Each kind of thing that a task can wait for is named in a dump, beside those that
//! `tests/inspect.rs` has: the other ends of channels, notifications, other tasks, queues of
//! timers, and sockets that are not streams or are to be written. And of many tasks, all are there.

use futures::{future, Future, Stream};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::task::{Wake, Waker};
use std::time::Duration;
use test_support::{alone, until};
use tokio::inspect::{self, Inspect, Wait};
use tokio::runtime::Runtime;
use tokio_executor::task::Context;

/// What a dump says that each of these tasks waits for, once it says something of all.
fn waits_of(names: &[&'static str]) -> BTreeMap<&'static str, Wait> {
    until("a wait of each task", || {
        let dump = inspect::dump(1000);
        let wait = |name: &&'static str| {
            let is_it = |of: &&inspect::Waiting| of.task.name.as_deref() == Some(name);
            let (wait, _) = dump.tasks.iter().find(is_it)?.stacks.first()?.clone();
            Some((*name, wait))
        };
        names.iter().map(wait).collect()
    })
}

#[track_caller]
fn assert_kinds(expected: &[(&'static str, &str)]) -> BTreeMap<&'static str, Wait> {
    let names: Vec<&'static str> = expected.iter().map(|(name, _)| *name).collect();
    let waits = waits_of(&names);
    for (name, kind) in expected {
        assert_eq!(waits[name].kind, *kind, "{name}: {:?}", waits[name]);
    }
    waits
}

#[test]
fn the_ends_of_channels_that_wait_for_the_other_ends_drop_are_named() {
    use tokio::sync::{broadcast, mpsc, oneshot, watch};

    let _alone = alone();
    let runtime = Runtime::new().unwrap();
    let executor = runtime.executor();
    let (mut sender, _oneshot) = oneshot::channel::<()>();
    executor.spawn(future::poll_fn(move || sender.poll_close()).named("oneshot"));
    let (mut sender, _watch) = watch::channel(());
    executor.spawn(future::poll_fn(move || sender.poll_close()).named("watch"));
    let (sender, _mpsc) = mpsc::channel::<()>(1);
    executor.spawn_std(async move { sender.closed().await }.named("mpsc"));
    let (sender, _broadcast) = broadcast::channel::<()>(1);
    executor.spawn_std(async move { sender.closed().await }.named("broadcast"));
    assert_kinds(&[
        ("oneshot", "oneshot sender"),
        ("watch", "watch sender"),
        ("mpsc", "notify"),
        ("broadcast", "notify"),
    ]);
}

/// As sets of futures have one for each child: the same in every poll, and none of ours.
struct Passes(std::sync::Mutex<Option<Waker>>);

impl Wake for Passes {
    fn wake(self: Arc<Self>) {
        let waker = self.0.lock().unwrap().clone();
        waker.into_iter().for_each(Waker::wake);
    }
}

/// Polls `future` behind such a waker.
async fn behind_its_own_waker<F: std::future::Future>(future: F) -> F::Output {
    let passes = Arc::new(Passes(std::sync::Mutex::new(None)));
    let waker = Waker::from(passes.clone());
    let mut future = std::pin::pin!(future);
    std::future::poll_fn(move |cx| {
        *passes.0.lock().unwrap() = Some(cx.waker().clone());
        future.as_mut().poll(&mut std::task::Context::from_waker(&waker))
    })
    .await
}

/// A leaf that keeps the waker of the poll before says in each poll that it waits.
#[test]
fn a_wait_behind_another_waker_is_named_in_every_poll() {
    use tokio::sync::{mpsc, oneshot, watch};

    let _alone = alone();
    let runtime = Runtime::new().unwrap();
    let executor = runtime.executor();
    let kinds = |name: &str| -> Vec<&'static str> {
        let dump = inspect::dump(1000);
        let of = dump.tasks.iter().find(|of| of.task.name.as_deref() == Some(name));
        of.map_or_else(Vec::new, |of| of.stacks.iter().map(|(wait, _)| wait.kind).collect())
    };
    let (_sender, receiver) = oneshot::channel::<()>();
    let oneshot = async { drop(behind_its_own_waker(receiver).await) };
    executor.spawn_std(oneshot.named("behind, oneshot"));
    let (_to_mpsc, mut receiver) = mpsc::channel::<()>(1);
    let receive = std::future::poll_fn(move |cx| receiver.poll_recv_cx(&Context::from(&*cx)));
    let receive = async { behind_its_own_waker(receive).await.unwrap_or_default() };
    executor.spawn_std(receive.named("behind, mpsc"));
    let (_to_watch, mut receiver) = watch::channel(());
    let changes = std::future::poll_fn(move |cx| {
        // The first value is there.
        while receiver.poll_ref_cx(&Context::from(&*cx)).is_ready() {}
        std::task::Poll::<()>::Pending
    });
    let changed = async { behind_its_own_waker(changes).await };
    executor.spawn_std(changed.named("behind, watch"));
    let (task, joins) = tokio_executor::task::NewTask::joined_std(std::future::pending::<()>());
    let join = async { drop(behind_its_own_waker(joins).await) };
    executor.spawn_std(join.named("behind, join"));
    for (name, kind) in [
        ("behind, oneshot", "oneshot receiver"),
        ("behind, mpsc", "mpsc receiver"),
        ("behind, watch", "watch receiver"),
        ("behind, join", "join handle"),
    ] {
        until(name, || kinds(name).contains(&kind).then_some(()));
        // That dump has made it register; these find that it has.
        for _ in 0..3 {
            // There are none for a task that has not come back from the last dump's poll.
            let found = until(name, || Some(kinds(name)).filter(|kinds| !kinds.is_empty()));
            assert!(found.contains(&kind), "{name}: {found:?}");
        }
    }
    drop(task);
}

#[test]
fn waits_for_notifications_permits_tasks_and_queues_of_timers_are_named() {
    use tokio::sync::{notify::Notify, semaphore::Semaphore};
    use tokio::task::JoinSet;
    use tokio::timer::DelayQueue;

    let _alone = alone();
    let runtime = Runtime::new().unwrap();
    let executor = runtime.executor();
    let (notify, permits) = (Arc::new(Notify::new()), Arc::new(Semaphore::new(0)));
    executor.spawn_std(async move { notify.notified().await }.named("notify"));
    executor.spawn_std(async move { drop(permits.acquire().await) }.named("semaphore"));
    let joined = executor.spawn_handle(future::empty::<(), ()>());
    let id = joined.task().id();
    executor.spawn(joined.map(drop).map_err(drop).named("join handle"));
    let joined = executor.spawn_handle_std(std::future::pending::<()>());
    let of_set = async move {
        let mut set = JoinSet::new();
        set.insert(joined);
        drop(set.join_next().await);
    };
    executor.spawn_std(of_set.named("join set"));
    let queue = future::lazy(|| {
        let mut queue = DelayQueue::new();
        queue.insert((), Duration::from_secs(3600));
        queue.for_each(|_| Ok(())).map_err(drop)
    });
    executor.spawn(queue.named("delay queue"));
    let waits = assert_kinds(&[
        ("notify", "notify"),
        ("semaphore", "lock or semaphore"),
        ("join handle", "join handle"),
        ("join set", "join set"),
    ]);
    assert_eq!(waits["join handle"].held_by, Some(id));
    let of_queue = &waits_of(&["delay queue"])["delay queue"];
    assert!(["timer", "delay queue"].contains(&of_queue.kind), "{of_queue:?}");
}

#[cfg(unix)]
#[test]
fn sockets_of_all_kinds_are_named_with_their_descriptor_and_side() {
    use std::os::fd::AsRawFd;
    use tokio::net::{TcpListener, UdpSocket, UnixListener, UnixStream};

    let _alone = alone();
    let runtime = Runtime::new().unwrap();
    let executor = runtime.executor();
    let any = "127.0.0.1:0".parse().unwrap();
    let mut descriptors = BTreeMap::new();

    let udp = UdpSocket::bind(&any).unwrap();
    descriptors.insert("udp", udp.as_raw_fd());
    executor.spawn(udp.recv_dgram(vec![0; 10]).map(drop).map_err(drop).named("udp"));
    let listener = TcpListener::bind(&any).unwrap();
    descriptors.insert("accept", listener.as_raw_fd());
    executor.spawn(listener.incoming().for_each(|_| Ok(())).map_err(drop).named("accept"));
    let path = std::env::temp_dir().join(format!("tokio-waits-{}", std::process::id()));
    let _ = std::fs::remove_file(&path);
    let listener = UnixListener::bind(&path).unwrap();
    descriptors.insert("unix accept", listener.as_raw_fd());
    executor.spawn(listener.incoming().for_each(|_| Ok(())).map_err(drop).named("unix accept"));
    let (full, _silent) = UnixStream::pair().unwrap();
    descriptors.insert("write", full.as_raw_fd());
    let writes = tokio::io::write_all(full, vec![0; 16 << 20]);
    executor.spawn(writes.map(drop).map_err(drop).named("write"));

    let waits = assert_kinds(&[
        ("udp", "socket, to read"),
        ("accept", "socket, to read"),
        ("unix accept", "socket, to read"),
        ("write", "socket, to write"),
    ]);
    for (name, wait) in waits {
        let fd = format!("fd {}", descriptors[name]);
        assert!(wait.detail.split(',').next() == Some(&*fd), "{name}: {wait:?}, not {fd}");
    }
    std::fs::remove_file(path).unwrap();
}

/// A task that may block and finds all places taken waits for one.
#[test]
fn a_wait_for_a_place_to_block_is_named() {
    let _alone = alone();
    let runtime = tokio::runtime::Builder::new().blocking_threads(1).build().unwrap();
    let executor = runtime.executor();
    let (release, blocked) = std::sync::mpsc::channel::<()>();
    let (tell, told) = std::sync::mpsc::channel();
    executor.spawn(future::poll_fn(move || {
        let call = || {
            tell.send(()).unwrap();
            let _ = blocked.recv();
        };
        tokio_threadpool::blocking(call).map_err(drop)
    }));
    told.recv().unwrap();
    let second = future::poll_fn(|| tokio_threadpool::blocking(|| ()).map_err(drop));
    executor.spawn(second.named("second"));
    assert_kinds(&[("second", "a thread to block, of which all are taken")]);
    drop(release);
    runtime.shutdown_on_idle().wait().unwrap();
}

/// A dump takes two seconds at most, and says how many stacks it has not for that. How long it
/// keeps workers from their work is measured by `examples/inspect-many.rs`.
#[test]
fn a_hundred_thousand_tasks_are_listed_and_dumped_and_go_on() {
    const TASKS: usize = 100_000;

    let _alone = alone();
    let runtime = Runtime::new().unwrap();
    let executor = runtime.executor();
    let permits = Arc::new(tokio::sync::semaphore::Semaphore::new(0));
    for _ in 0..TASKS {
        let permits = permits.clone();
        let waits = async move { drop(permits.acquire().await) };
        executor.spawn_std(waits.named("one of many"));
    }
    let is_one = |task: &inspect::Task| task.name.as_deref() == Some("one of many");
    until("all of them", || {
        let tasks = inspect::tasks();
        let idle = |task: &&inspect::Task| is_one(task) && task.state == inspect::TaskState::Idle;
        (tasks.iter().filter(idle).count() == TASKS).then_some(())
    });
    // There is none in the dump of a process that had no processor for a while.
    until("a stack", || {
        let dump = inspect::dump(TASKS);
        let with_stack = |of: &&inspect::Waiting| is_one(&of.task) && !of.stacks.is_empty();
        let seen = dump.tasks.iter().filter(with_stack).count();
        assert!(seen + dump.unseen == TASKS, "{seen} seen, {} not", dump.unseen);
        assert_eq!(dump.findings, []);
        (seen > 0).then_some(())
    });
    permits.add_permits(1);
    runtime.shutdown_on_idle().wait().unwrap();
}
