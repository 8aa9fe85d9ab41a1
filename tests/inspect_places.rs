//! What a `block_on` waits for is in the list of tasks and in dumps; and what is waited for is
//! shown with the place where it was made, whether or not somebody looked then.

use futures::future::poll_fn;
use futures::Future;
use std::collections::{HashMap, HashSet};
use test_support::{alone, until};
use tokio::inspect::{self, Inspect};
use tokio::runtime::Runtime;

/// What waits in a `block_on` is no task of a runtime's, and yet what `main` is stuck in.
#[test]
fn what_block_on_waits_for_is_dumped_as_the_main_future() {
    let _alone = alone();
    type BlockOn = fn(tokio::sync::oneshot::Receiver<()>) -> u32;
    let all: [BlockOn; 3] = [
        |answer| {
            let mut runtime = tokio::runtime::current_thread::Runtime::new().unwrap();
            runtime.block_on(answer.map_err(drop)).unwrap();
            line!() - 1
        },
        |answer| {
            let runtime = Runtime::new().unwrap();
            runtime.block_on_here(async { answer.await.unwrap() });
            line!() - 1
        },
        |answer| {
            let mut executor = tokio::current_thread::CurrentThread::new();
            executor.block_on_std(async { answer.await.unwrap() }).unwrap();
            line!() - 1
        },
    ];
    for block_on in all {
        let (answer, asked) = tokio::sync::oneshot::channel();
        let thread = std::thread::spawn(move || block_on(asked));
        let line = until("the main future", || {
            let dump = inspect::dump(1000);
            let is_it = |of: &&inspect::Waiting| of.task.name.as_deref() == Some("main future");
            let of = dump.tasks.iter().find(is_it)?;
            let (wait, frames) = of.stacks.first()?;
            assert_eq!(wait.kind, "oneshot receiver");
            assert!(frames.join("\n").contains("oneshot"), "{frames:?}");
            assert!(of.task.spawned_at.file().ends_with("inspect_places.rs"), "{:?}", of.task);
            Some(of.task.spawned_at.line())
        });
        answer.send(()).unwrap();
        assert_eq!(thread.join().unwrap(), line);
    }
}

/// A lock that was made before anybody looked had no place.
#[test]
fn a_lock_is_shown_with_the_place_where_it_was_made_before_anybody_looked() {
    use std::sync::Arc;
    use tokio::sync::{lock::Lock, mpsc, mutex::Mutex, rwlock::RwLock, semaphore::Semaphore};

    static CONST_MUTEX: Mutex<()> = Mutex::const_new(());
    const CONST_LINE: u32 = line!() - 1;
    static CONST_SEMAPHORE: Semaphore = Semaphore::const_new(0);

    let _alone = alone();
    let runtime = Runtime::new().unwrap();
    let first = line!();
    let mutex = Arc::new(Mutex::new(()));
    let read_write = Arc::new(RwLock::new(()));
    let few = Arc::new(Semaphore::new(0));
    let mut lock = Lock::new(());
    let (mut full, _room) = mpsc::channel(1);
    let made_by_default = Arc::new(Mutex::<u32>::default());
    let last = line!();
    full.try_send(1).unwrap();
    let held = (mutex.try_lock().unwrap(), read_write.try_read().unwrap());
    let held = (held, made_by_default.try_lock().unwrap(), CONST_MUTEX.try_lock().unwrap());
    let held_lock = lock.clone().poll_lock();
    assert!(held_lock.is_ready());
    let (m, r, f, d) = (mutex.clone(), read_write.clone(), few.clone(), made_by_default.clone());
    let executor = runtime.executor();
    executor.spawn_std(async move { drop(m.lock().await) }.named("mutex"));
    executor.spawn_std(async move { drop(r.write().await) }.named("rwlock"));
    executor.spawn_std(async move { drop(f.acquire().await) }.named("semaphore"));
    executor.spawn_std(async move { drop(d.lock().await) }.named("default"));
    executor.spawn_std(async { drop(CONST_MUTEX.lock().await) }.named("const mutex"));
    executor.spawn_std(async { drop(CONST_SEMAPHORE.acquire().await) }.named("const semaphore"));
    let waits = poll_fn(move || Ok(lock.poll_lock()));
    executor.spawn(waits.map(|_guard| ()).named("lock"));
    executor.spawn(poll_fn(move || full.poll_ready().map_err(drop)).named("room"));
    let mut places = HashMap::new();
    for name in [
        "mutex",
        "rwlock",
        "semaphore",
        "lock",
        "room",
        "default",
        "const mutex",
        "const semaphore",
    ] {
        let (kind, (what, at)) = until(name, || {
            let dump = inspect::dump(1000);
            let of = dump.tasks.iter().find(|of| of.task.name.as_deref() == Some(name))?;
            let wait = &of.stacks.first()?.0;
            Some((wait.kind, wait.made.unwrap_or_else(|| panic!("{name}: {wait:?}"))))
        });
        assert!(at.file().ends_with("inspect_places.rs"), "{name}: {at}");
        let what_it_is = if name == "room" { "mpsc channel" } else { "lock or semaphore" };
        assert_eq!(what, what_it_is);
        assert!(kind == what || kind == "mpsc sender, for room", "{kind}");
        places.insert(name, at.line());
    }
    let constants = [places.remove("const mutex"), places.remove("const semaphore")];
    assert_eq!(constants, [Some(CONST_LINE), Some(CONST_LINE + 2)]);
    assert!(places.values().all(|line| (first..last).contains(line)), "{places:?}");
    let lines: HashSet<u32> = places.values().copied().collect();
    assert_eq!(lines.len(), places.len(), "each has its own: {places:?}");
    drop((held, held_lock));
}

/// hyper 0.12 spawns a box by the default executor; the list showed a line of the pool.
#[test]
fn a_task_that_came_by_way_of_a_trait_of_executors_shows_no_line_of_ours() {
    use tokio_executor::{DefaultExecutor, Executor};

    type Boxed = Box<dyn Future<Item = (), Error = ()> + Send>;

    let _alone = alone();
    let mut runtime = Runtime::new().unwrap();
    let boxed = |name: &str| -> Boxed { Box::new(futures::future::empty().named(name.to_owned())) };
    let first = boxed("by the default executor");
    let spawned = futures::future::lazy(move || {
        DefaultExecutor::current().spawn(first).unwrap();
        Ok::<_, ()>(line!() - 1)
    });
    let line = runtime.block_on(spawned).unwrap();
    let mut executor: Box<dyn Executor> = Box::new(runtime.executor());
    executor.spawn(boxed("by a trait object")).unwrap();
    let text = until("both", || {
        let text = inspect::dump(0).to_string();
        (text.contains("by the default executor") && text.contains("by a trait object"))
            .then_some(text)
    });
    let of = |name: &str| text.lines().find(|line| line.contains(name)).unwrap();
    let place = format!("inspect_places.rs:{line}:");
    assert!(of("by the default executor").contains(&place), "{text}");
    assert!(of("by a trait object").contains("(through `dyn Executor`)"), "{text}");
}
