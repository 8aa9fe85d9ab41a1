//! How an executor ends, and what it is to others on its thread.

use super::*;
use tokio_executor::task::Context;

#[test]
fn fault_d02_tasks_that_wait_for_one_another_are_dropped_together() {
    let alive = Rc::new(());
    let mut executor = CurrentThread::new();
    let (tx, rx) = oneshot::channel::<()>();
    let (kept, of_second) = (alive.clone(), alive.clone());
    let first = executor.spawn_handle(rx.then(move |_| Ok::<_, ()>(drop(kept))));
    executor.spawn(first.then(move |_| {
        drop((tx, of_second));
        Ok(())
    }));
    executor.turn(Some(Duration::ZERO)).unwrap();
    drop(executor);
    assert_eq!(Rc::strong_count(&alive), 1);
}

#[test]
fn fault_d04_an_executor_dropped_inside_a_task_of_another_drops_its_own_tasks() {
    let alive = Rc::new(());
    let mut inner = CurrentThread::new();
    inner.spawn(keep(alive.clone()));
    block_on_all(future::lazy(move || {
        drop(inner);
        // The outer one is the current one again.
        spawn(future::ok(()));
        Ok::<_, ()>(())
    }))
    .unwrap();
    assert_eq!(Rc::strong_count(&alive), 1);
}

#[test]
fn fault_d06_a_spawn_after_the_end_is_an_error_and_drops_the_future() {
    let alive = Arc::new(());
    let executor = CurrentThread::new();
    let handle = executor.handle();
    handle.status().unwrap();
    drop(executor);
    assert!(handle.status().unwrap_err().is_shutdown());
    let kept = alive.clone();
    let refused = handle.spawn(future::lazy(move || Ok(drop(kept))));
    assert!(refused.unwrap_err().is_shutdown());
    let kept = alive.clone();
    let joined = handle.spawn_handle(future::lazy(move || Ok::<_, ()>(drop(kept))));
    assert!(joined.wait().unwrap_err().is_cancelled());
    assert_eq!(Arc::strong_count(&alive), 1);
}

#[test]
fn fault_d06_spawns_that_race_the_drop_are_refused_or_dropped() {
    for _ in 0..300 {
        let alive = Arc::new(());
        let executor = CurrentThread::new();
        let (handle, kept) = (executor.handle(), alive.clone());
        let start = Arc::new(Barrier::new(2));
        let of_thread = start.clone();
        let other = thread::spawn(move || {
            of_thread.wait();
            while handle.spawn(future::empty()).is_ok() {
                let kept = kept.clone();
                let _ = handle.spawn(future::lazy(move || Ok(drop(kept))));
            }
        });
        start.wait();
        drop(executor);
        other.join().unwrap();
        assert_eq!(Arc::strong_count(&alive), 1);
    }
}

#[test]
fn fault_d07_a_turn_sleeps_when_idle_and_only_looks_when_busy() {
    let spy = Spy::default();
    let notes = spy.notes.clone();
    let mut executor = CurrentThread::new_with_park(spy);
    let second = Duration::from_secs(1);
    assert!(!executor.turn(None).unwrap().has_polled());
    assert!(!executor.turn(Some(second)).unwrap().has_polled());
    executor.spawn(future::empty());
    assert!(executor.turn(Some(second)).unwrap().has_polled());
    assert!(!executor.turn(Some(second)).unwrap().has_polled());
    let limits = [None, Some(second), Some(Duration::ZERO), Some(second)];
    assert_eq!(*notes.limits.borrow(), limits);
}

#[test]
fn fault_d08_a_thousand_ready_tasks_are_all_polled_and_polled_again() {
    let done = Rc::new(Cell::new(0));
    let mut executor = CurrentThread::new();
    for _ in 0..1000 {
        let done = done.clone();
        let mut left = 3;
        executor.spawn(poll_fn(move || {
            if left == 0 {
                done.set(done.get() + 1);
                return Ok(Async::Ready(()));
            }
            left -= 1;
            task::current().notify();
            Ok(Async::NotReady)
        }));
    }
    executor.run().unwrap();
    assert_eq!(done.get(), 1000);
}

#[test]
fn fault_d09_a_second_executor_on_a_thread_is_refused_with_a_clear_message() {
    let mut executor = CurrentThread::new();
    let nested = future::lazy(|| {
        let panic = catch_unwind(|| block_on_all(future::ok::<_, ()>(()))).unwrap_err();
        Ok::<_, ()>(message(panic))
    });
    let text = executor.block_on(nested).unwrap();
    assert!(text.contains("another executor is already running"), "{text}");
    // The inner one left the outer one's mark in place, and this lifted it.
    executor.run().unwrap();
}

#[test]
fn fault_x04_a_nested_executor_gives_the_thread_back_to_the_outer_one() {
    let ran = Rc::new(Cell::new(false));
    let of_task = ran.clone();
    let (tx, rx) = oneshot::channel::<()>();
    let mut executor = CurrentThread::new();
    executor.spawn(rx.map_err(drop));
    executor
        .block_on(future::lazy(|| {
            tokio_executor::exit(|| {
                // Wakes a task of the outer one from within the inner one.
                block_on_all(future::lazy(|| tx.send(()))).unwrap();
            });
            spawn(future::lazy(move || Ok(of_task.set(true))));
            Ok::<_, ()>(())
        }))
        .unwrap();
    executor.run().unwrap();
    assert!(ran.get());
}

#[test]
fn the_executor_is_no_default_unless_someone_makes_it_so() {
    block_on_all(future::lazy(|| {
        assert!(DefaultExecutor::current().status().is_err());
        Ok::<_, ()>(())
    }))
    .unwrap();
    let mut enter = tokio_executor::enter().unwrap();
    let mut executor = CurrentThread::new();
    let ran = Arc::new(AtomicUsize::new(0));
    let of_task = ran.clone();
    tokio_executor::with_default(&mut TaskExecutor::current(), &mut enter, |enter| {
        executor.enter(enter).block_on(future::lazy(|| {
            tokio_executor::spawn(future::lazy(move || {
                of_task.fetch_add(1, SeqCst);
                Ok(())
            }));
            Ok::<_, ()>(())
        }))
    })
    .unwrap();
    drop(enter);
    executor.run().unwrap();
    assert_eq!(ran.load(SeqCst), 1);
}

#[test]
fn each_task_of_many_threads_runs_on_the_executors_thread() {
    let mut executor = CurrentThread::new();
    let seen: Arc<Mutex<HashSet<ThreadId>>> = Arc::default();
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let (handle, seen) = (executor.handle(), seen.clone());
            thread::spawn(move || {
                handle.spawn_handle_std(async move {
                    seen.lock().unwrap().insert(thread::current().id());
                })
            })
        })
        .collect();
    for thread in threads {
        let handle = thread.join().unwrap();
        executor.block_on(handle).unwrap();
    }
    assert_eq!(*seen.lock().unwrap(), HashSet::from([thread::current().id()]));
}

/// The task that closed its set outlived it: its next wake went to memory that was freed.
#[test]
fn a_set_that_is_closed_by_one_of_its_tasks_drops_that_one_too() {
    let kept: Arc<Mutex<Option<Waker>>> = Arc::default();
    let dropped_on = Rc::new(Cell::new(None));
    let set = Rc::new(TaskSet::new());
    let (closes, waker, seen) = (Rc::downgrade(&set), kept.clone(), dropped_on.clone());
    let closer = set.spawn(async move {
        let _guard = OnDrop(|| seen.set(Some(thread::current().id())));
        let set = closes.upgrade().expect("it is polled");
        set.close();
        set.close();
        assert!(set.spawn(async {}).is_finished(), "no more are taken");
        std::future::poll_fn(|cx| {
            *waker.lock().unwrap() = Some(cx.waker().clone());
            Poll::<()>::Pending
        })
        .await;
    });
    let other = set.spawn(std::future::pending::<()>());
    assert!(set.poll(&Context::from_waker(Waker::noop())).is_ready(), "no task is left");
    assert!(closer.is_finished() && other.is_finished());
    assert_eq!(dropped_on.get(), Some(thread::current().id()));
    drop(set);
    let waker = kept.lock().unwrap().take().expect("it was polled");
    thread::spawn(move || waker.wake()).join().unwrap();
}
