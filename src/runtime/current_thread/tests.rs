//! The promises of the runtime that its executor alone does not keep.

use super::*;
use crate::clock::{self, Clock, Now};
use crate::timer::Delay;
use futures::future::{self, poll_fn};
use futures::sync::oneshot;
use futures::{task, Async};
use std::cell::Cell;
use std::panic::catch_unwind;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};
use tokio_executor::{DefaultExecutor, Executor, TypedExecutor};

fn after_ms(ms: u64) -> Delay {
    Delay::new(clock::now() + Duration::from_millis(ms))
}

#[test]
fn tasks_find_timers_and_an_executor_on_their_thread() {
    let done = Arc::new(AtomicUsize::new(0));
    let of_task = done.clone();
    block_on_all(future::lazy(move || {
        Executor::status(&DefaultExecutor::current()).unwrap();
        crate::executor::spawn(after_ms(2).map_err(drop).map(move |()| {
            of_task.fetch_add(1, SeqCst);
        }));
        Ok::<_, ()>(())
    }))
    .unwrap();
    assert_eq!(done.load(SeqCst), 1);
}

#[test]
fn block_on_all_leaves_an_error_no_time() {
    let error = block_on_all(future::lazy(|| {
        spawn(future::empty());
        Err::<(), _>("no luck")
    }));
    assert_eq!(error, Err("no luck"));
}

#[test]
fn run_returns_when_all_is_done() {
    let done = Rc::new(Cell::new(0));
    let of_task = done.clone();
    run(future::lazy(move || {
        let (first, second) = (of_task.clone(), of_task);
        spawn(after_ms(1).then(move |_| Ok(first.set(first.get() + 1))));
        spawn_std(async move { second.set(second.get() + 1) });
        Ok(())
    }));
    let of_task = done.clone();
    run_std(async move {
        let handle = spawn_handle(after_ms(1));
        handle.await.unwrap().unwrap();
        of_task.set(of_task.get() + 1);
    });
    assert_eq!(done.get(), 3);
}

#[test]
fn tasks_left_by_a_block_on_go_on_with_the_next() {
    let mut runtime = Runtime::new().unwrap();
    let handle = runtime.spawn_handle(after_ms(2).map(|()| Rc::new(7)));
    runtime.block_on(future::ok::<_, ()>(())).unwrap();
    assert_eq!(*runtime.block_on(handle).unwrap().unwrap(), 7);
    assert_eq!(runtime.block_on_std(async { 8 }), 8);
    runtime.run().unwrap();
}

#[test]
fn a_handle_wakes_a_sleeping_runtime() {
    let mut runtime = Runtime::new().unwrap();
    let (mut handle, (tx, rx)) = (runtime.handle(), oneshot::channel());
    let other = thread::spawn(move || {
        TypedExecutor::spawn(&mut handle, future::lazy(move || tx.send(7).map_err(drop))).unwrap();
        future::Executor::execute(&handle, future::ok(())).unwrap();
        handle
    });
    assert_eq!(runtime.block_on(rx), Ok(7));
    let handle = other.join().unwrap();
    assert!(handle.status().is_ok());
    drop(runtime);
    assert!(handle.status().unwrap_err().is_shutdown());
    let refused = future::Executor::execute(&handle, future::ok(())).unwrap_err();
    assert_eq!(refused.kind(), future::ExecuteErrorKind::Shutdown);
}

#[test]
fn the_builders_clock_is_the_clock_inside() {
    struct ByHand(Mutex<Instant>);

    impl Now for ByHand {
        fn now(&self) -> Instant {
            *self.0.lock().unwrap()
        }
    }

    let start = Instant::now() - Duration::from_secs(1);
    let clock = Clock::new_with_now(ByHand(Mutex::new(start)));
    let mut runtime = Builder::new().clock(clock).build().unwrap();
    let seen = runtime.block_on(future::lazy(|| Ok::<_, ()>(clock::now()))).unwrap();
    assert_eq!(seen, start);
}

#[test]
fn fault_s11_self_waking_tasks_do_not_keep_timers_from_firing() {
    let done = Rc::new(Cell::new(false));
    let of_timer = done.clone();
    run(future::lazy(move || {
        for _ in 0..10 {
            let done = done.clone();
            spawn(poll_fn(move || {
                if done.get() {
                    return Ok(Async::Ready(()));
                }
                task::current().notify();
                Ok(Async::NotReady)
            }));
        }
        spawn(after_ms(2).then(move |_| Ok(of_timer.set(true))));
        Ok(())
    }));
}

#[test]
fn fault_m11_timers_of_a_dropped_runtime_end() {
    let mut runtime = Runtime::new().unwrap();
    let alive = Rc::new(());
    let kept = alive.clone();
    runtime.spawn(after_ms(1_000_000).then(move |_| Ok(drop(kept))));
    runtime.block_on(future::ok::<_, ()>(())).unwrap();
    drop(runtime);
    assert_eq!(Rc::strong_count(&alive), 1);
}

#[test]
fn fault_d04_a_runtime_may_be_dropped_inside_a_task_of_another() {
    let inner = Runtime::new().unwrap();
    let left = block_on_all(future::lazy(move || {
        drop(inner);
        spawn_handle(after_ms(1)).map_err(|e| panic!("{e}"))
    }));
    left.unwrap().unwrap();
}

#[test]
fn fault_d05_a_thousand_runtimes_leave_no_descriptors_behind() {
    let open = || std::fs::read_dir("/proc/self/fd").map(|fds| fds.count()).ok();
    let before = open();
    for _ in 0..1000 {
        let mut runtime = Runtime::new().unwrap();
        runtime.spawn(future::empty());
        runtime.block_on(future::ok::<_, ()>(())).unwrap();
    }
    // Other tests run beside this one, and open a few of their own.
    if let (Some(before), Some(after)) = (before, open()) {
        assert!(after < before + 200, "{before} descriptors before, {after} after");
    }
}

#[test]
fn fault_d09_a_runtime_inside_a_task_is_refused_with_a_clear_message() {
    let text = block_on_all(future::lazy(|| {
        let panic = catch_unwind(|| run(future::ok(()))).unwrap_err();
        Ok::<_, ()>(*panic.downcast::<String>().unwrap())
    }))
    .unwrap();
    assert!(text.contains("another executor is already running"), "{text}");
}

#[test]
fn fault_x04_a_panic_leaves_no_defaults_behind() {
    assert!(
        catch_unwind(|| run(future::lazy(|| -> Result<(), ()> { panic!("of a task") }))).is_err()
    );
    assert!(Executor::status(&DefaultExecutor::current()).is_err());
    // The defaults of clock, timer and reactor would be refused if still in place.
    run(future::ok(()));
}
