//! The executor's promises, through its public API.

mod ends;

use super::*;
use futures::future::{self, poll_fn};
use futures::sync::oneshot;
use futures::{task, Async};
use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{mpsc, Arc, Barrier, Mutex};
use std::task::{Poll, Waker};
use std::thread::{self, ThreadId};
use std::time::Duration;
use tokio_executor::park::{Park, ParkThread, Unpark};
use tokio_executor::{DefaultExecutor, Executor};

/// Calls a closure when dropped.
struct OnDrop<F: FnMut()>(F);

impl<F: FnMut()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

/// Pending for ever, and keeps `value` meanwhile.
fn keep<T>(value: T) -> impl Future<Item = (), Error = ()> {
    poll_fn(move || {
        let _ = &value;
        Ok(Async::NotReady)
    })
}

fn message(panic: Box<dyn std::any::Any + Send>) -> String {
    match panic.downcast::<String>() {
        Ok(text) => *text,
        Err(other) => other.downcast_ref::<&str>().copied().unwrap_or("neither").to_owned(),
    }
}

/// A parker that never sleeps, and notes what it is asked.
#[derive(Default)]
struct Spy {
    notes: Rc<SpyNotes>,
}

#[derive(Default)]
struct SpyNotes {
    /// `None` for a `park` without a limit.
    limits: RefCell<Vec<Option<Duration>>>,
    unparks: Arc<AtomicUsize>,
    in_park: RefCell<Option<Box<dyn FnMut()>>>,
}

struct SpyUnpark(Arc<AtomicUsize>);

impl Unpark for SpyUnpark {
    fn unpark(&self) {
        self.0.fetch_add(1, SeqCst);
    }
}

impl Spy {
    fn note(&self, limit: Option<Duration>) {
        self.notes.limits.borrow_mut().push(limit);
        let in_park = self.notes.in_park.borrow_mut().take();
        if let Some(mut f) = in_park {
            f();
        }
    }
}

impl Park for Spy {
    type Unpark = SpyUnpark;
    type Error = ();

    fn unpark(&self) -> SpyUnpark {
        SpyUnpark(self.notes.unparks.clone())
    }

    fn park(&mut self) -> Result<(), ()> {
        self.note(None);
        Ok(())
    }

    fn park_timeout(&mut self, duration: Duration) -> Result<(), ()> {
        self.note(Some(duration));
        Ok(())
    }
}

/// A parker that is broken.
struct Broken(ParkThread);

impl Park for Broken {
    type Unpark = <ParkThread as Park>::Unpark;
    type Error = &'static str;

    fn unpark(&self) -> Self::Unpark {
        self.0.unpark()
    }

    fn park(&mut self) -> Result<(), &'static str> {
        Err("broken")
    }

    fn park_timeout(&mut self, _: Duration) -> Result<(), &'static str> {
        Err("broken")
    }
}

// --------------------------------------------------------------------- scheduling

#[test]
fn tasks_run_in_the_order_in_which_they_were_spawned() {
    let order = Rc::new(RefCell::new(Vec::new()));
    let mut executor = CurrentThread::new();
    for i in 0..500 {
        let order = order.clone();
        executor.spawn(future::lazy(move || {
            order.borrow_mut().push(i);
            Ok(())
        }));
    }
    executor.run().unwrap();
    assert_eq!(*order.borrow(), (0..500).collect::<Vec<_>>());
}

#[test]
fn block_on_polls_its_future_before_tasks_and_returns_as_soon_as_it_is_done() {
    let ran = Rc::new(Cell::new(false));
    let of_task = ran.clone();
    let mut executor = CurrentThread::new();
    executor.spawn(future::lazy(move || {
        of_task.set(true);
        Ok(())
    }));
    assert_eq!(executor.block_on(future::ok::<_, ()>(7)).unwrap(), 7);
    assert!(!ran.get());
    assert!(!executor.is_idle());
    executor.run().unwrap();
    assert!(ran.get());
    assert!(executor.is_idle());
}

#[test]
fn block_on_polls_its_future_only_when_that_is_woken() {
    let (tx, rx) = oneshot::channel::<()>();
    let mut rx = Some(rx);
    let polls = Cell::new(0);
    let mut executor = CurrentThread::new();
    let mut left = 1000;
    let mut tx = Some(tx);
    executor.spawn(poll_fn(move || {
        left -= 1;
        if left == 0 {
            let _ = tx.take().unwrap().send(());
            return Ok(Async::Ready(()));
        }
        task::current().notify();
        Ok(Async::NotReady)
    }));
    executor
        .block_on(poll_fn(|| {
            polls.set(polls.get() + 1);
            rx.as_mut().unwrap().poll()
        }))
        .unwrap();
    assert_eq!(polls.get(), 2);
}

#[test]
fn block_on_borrows_what_its_future_borrows() {
    let mut count = 0;
    CurrentThread::new()
        .block_on(future::lazy(|| {
            count += 1;
            Ok::<_, ()>(())
        }))
        .unwrap();
    CurrentThread::new().block_on_std(async { count += 1 }).unwrap();
    assert_eq!(count, 2);
}

#[test]
fn block_on_reports_the_error_of_its_future() {
    let error = CurrentThread::new().block_on(future::err::<(), _>("no luck")).unwrap_err();
    assert_eq!(error.into_inner(), Some("no luck"));
}

#[test]
fn a_broken_parker_is_an_error_everywhere() {
    let mut executor = CurrentThread::new_with_park(Broken(ParkThread::new()));
    executor.spawn(future::empty());
    assert!(executor.run().is_err());
    assert!(!executor.run_timeout(Duration::from_secs(1)).unwrap_err().is_timeout());
    assert!(executor.turn(None).is_err());
    assert!(executor.block_on(future::empty::<(), ()>()).unwrap_err().into_inner().is_none());
    assert!(executor.block_on_std(std::future::pending::<()>()).is_err());
}

#[test]
fn run_timeout_without_time_polls_every_ready_task_once() {
    let polls = Rc::new(Cell::new(0));
    let mut executor = CurrentThread::new();
    for _ in 0..1000 {
        let polls = polls.clone();
        executor.spawn(poll_fn(move || {
            polls.set(polls.get() + 1);
            Ok(Async::NotReady)
        }));
    }
    assert!(executor.run_timeout(Duration::ZERO).unwrap_err().is_timeout());
    assert_eq!(polls.get(), 1000);
}

#[test]
fn run_timeout_takes_a_duration_that_no_clock_can_tell() {
    let mut executor = CurrentThread::new();
    executor.spawn(future::ok(()));
    executor.run_timeout(Duration::MAX).unwrap();
}

#[test]
fn spawn_without_an_executor_is_an_error() {
    assert!(TaskExecutor::current()
        .spawn_local(Box::new(future::ok(())))
        .unwrap_err()
        .is_shutdown());
    let refused = future::Executor::execute(&TaskExecutor::current(), future::ok(())).unwrap_err();
    assert_eq!(refused.kind(), future::ExecuteErrorKind::Shutdown);
    let panic = catch_unwind(|| spawn(future::ok(()))).unwrap_err();
    assert!(message(panic).contains("no executor runs on this thread"));
}

#[test]
fn tasks_may_be_futures_of_either_kind_and_need_not_be_send() {
    let count = Rc::new(Cell::new(0));
    let outer = count.clone();
    let sum = block_on_all_std(async move {
        let (a, b, c) = (outer.clone(), outer.clone(), outer.clone());
        spawn_std(async move { a.set(a.get() + 1) });
        spawn(future::lazy(move || Ok(b.set(b.get() + 10))));
        TaskExecutor::current().spawn_local_std(async move { c.set(c.get() + 100) }).unwrap();
        let one = spawn_handle_std(async { Rc::new(1) });
        let two = spawn_handle(future::ok::<_, ()>(Rc::new(2)));
        *one.await.unwrap() + *two.await.unwrap().unwrap()
    });
    assert_eq!(sum, 3);
    assert_eq!(count.get(), 111);
}

// -------------------------------------------------------------------------- faults

#[test]
fn fault_s01_a_wake_before_the_park_makes_it_return() {
    let (tx, rx) = oneshot::channel::<()>();
    let mut tx = Some(tx);
    let mut executor = CurrentThread::new();
    executor.spawn(rx.map_err(drop));
    assert!(executor.turn(Some(Duration::ZERO)).unwrap().has_polled());
    // Nothing is ready now. The wake comes from this thread, but while nothing runs.
    tx.take().unwrap().send(()).unwrap();
    assert!(executor.turn(None).unwrap().has_polled());
    assert!(executor.is_idle());
}

#[test]
fn fault_s04_a_redundant_wake_publishes_what_came_before_it() {
    let word = Arc::new(AtomicUsize::new(0));
    let (waker_tx, waker_rx) = mpsc::channel::<Waker>();
    let of_thread = word.clone();
    let other = thread::spawn(move || {
        let waker = waker_rx.recv().unwrap();
        for i in 1..=1000 {
            // Relaxed: the wake has to carry it.
            of_thread.store(i, std::sync::atomic::Ordering::Relaxed);
            waker.wake_by_ref();
        }
    });
    let mut sent = false;
    CurrentThread::new()
        .block_on_std(std::future::poll_fn(|cx| {
            if !sent {
                sent = true;
                waker_tx.send(cx.waker().clone()).unwrap();
            }
            if word.load(std::sync::atomic::Ordering::Relaxed) == 1000 {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        }))
        .unwrap();
    other.join().unwrap();
}

#[test]
fn fault_s11_self_waking_tasks_do_not_keep_the_parker_from_its_turn() {
    let spy = Spy::default();
    let notes = spy.notes.clone();
    let mut executor = CurrentThread::new_with_park(spy);
    for _ in 0..10 {
        let notes = notes.clone();
        let mut polls = 0;
        executor.spawn(poll_fn(move || {
            polls += 1;
            assert!(polls <= 100, "the parker was not called in a hundred rounds");
            if notes.limits.borrow().len() == 5 {
                return Ok(Async::Ready(()));
            }
            task::current().notify();
            Ok(Async::NotReady)
        }));
    }
    executor.run().unwrap();
    assert!(notes.limits.borrow().iter().all(|limit| *limit == Some(Duration::ZERO)));
}

#[test]
fn fault_s13_a_parker_that_wakes_before_it_sleeps_is_unparked() {
    let spy = Spy::default();
    let notes = spy.notes.clone();
    let (tx, rx) = oneshot::channel::<()>();
    let mut tx = Some(tx);
    *notes.in_park.borrow_mut() = Some(Box::new(move || tx.take().unwrap().send(()).unwrap()));
    let mut executor = CurrentThread::new_with_park(spy);
    executor.spawn(rx.map_err(drop));
    executor.run().unwrap();
    assert_eq!(*notes.limits.borrow(), [None]);
    assert_eq!(notes.unparks.load(SeqCst), 1);
}

#[test]
fn wakes_among_tasks_do_not_unpark() {
    let spy = Spy::default();
    let notes = spy.notes.clone();
    let mut executor = CurrentThread::new_with_park(spy);
    let (tx, rx) = oneshot::channel::<()>();
    executor.spawn(rx.map_err(drop));
    executor.spawn(future::lazy(move || tx.send(())));
    executor.run().unwrap();
    assert_eq!(notes.unparks.load(SeqCst), 0);
}

#[test]
fn fault_t03_a_panic_in_the_drop_of_a_task_leaves_the_executor_whole() {
    let dropped = Rc::new(Cell::new(0));
    let mut executor = CurrentThread::new();
    for i in 0..3 {
        let dropped = dropped.clone();
        let bomb = OnDrop(move || {
            dropped.set(dropped.get() + 1);
            assert!(i != 1, "a bomb went off");
        });
        executor.spawn(keep(bomb));
    }
    executor.turn(Some(Duration::ZERO)).unwrap();
    drop(executor);
    assert_eq!(dropped.get(), 3);
}

/// The payload of a panic, which panics in its turn when it is dropped.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("a payload panics");
    }
}

/// A handle elsewhere keeps what the executor shares: tasks that the drop of the executor left
/// there would be dropped on that thread.
#[test]
fn fault_t03_every_task_goes_at_home_whatever_a_payload_does() {
    let mut executor = CurrentThread::new();
    let handle = executor.handle();
    let homes: Arc<Mutex<Vec<ThreadId>>> = Arc::default();
    for _ in 0..3 {
        let homes = homes.clone();
        let note = move || homes.lock().unwrap().push(thread::current().id());
        executor.spawn(keep(OnDrop(note)));
        executor.spawn(keep(OnDrop(|| std::panic::panic_any(Bomb))));
    }
    executor.turn(Some(Duration::ZERO)).unwrap();
    drop(executor);
    thread::spawn(move || drop(handle)).join().unwrap();
    assert_eq!(*homes.lock().unwrap(), [thread::current().id(); 3]);
}

#[test]
fn fault_t04_a_task_aborted_elsewhere_is_dropped_at_home() {
    let dropped_on: Rc<Cell<Option<ThreadId>>> = Rc::default();
    let of_task = dropped_on.clone();
    let mut executor = CurrentThread::new();
    let guard = OnDrop(move || of_task.set(Some(thread::current().id())));
    let handle = executor.spawn_handle(keep(guard));
    executor.turn(Some(Duration::ZERO)).unwrap();

    let abort = handle.abort_handle();
    thread::spawn(move || abort.abort()).join().unwrap();
    assert_eq!(dropped_on.get(), None);
    executor.run().unwrap();
    assert_eq!(dropped_on.get(), Some(thread::current().id()));
    assert!(executor.block_on(handle).unwrap_err().into_inner().unwrap().is_cancelled());
}

#[test]
fn fault_t04_a_task_woken_elsewhere_while_its_executor_drops_is_dropped_at_home() {
    for round in 0..300 {
        let home = thread::current().id();
        let dropped = Rc::new(Cell::new(false));
        let of_task = dropped.clone();
        let wakers: Rc<RefCell<Vec<Waker>>> = Rc::default();
        let of_poll = wakers.clone();
        let mut executor = CurrentThread::new();
        let guard = OnDrop(move || {
            assert_eq!(thread::current().id(), home);
            of_task.set(true);
        });
        executor.spawn_std(std::future::poll_fn(move |cx| {
            let _guard = &guard;
            of_poll.borrow_mut().push(cx.waker().clone());
            Poll::Pending
        }));
        executor.turn(Some(Duration::ZERO)).unwrap();
        let waker = wakers.borrow_mut().pop().unwrap();
        let start = Arc::new(Barrier::new(2));
        let of_thread = start.clone();
        let other = thread::spawn(move || {
            of_thread.wait();
            for _ in 0..round % 7 {
                waker.wake_by_ref();
            }
            waker.wake();
        });
        start.wait();
        drop(executor);
        assert!(dropped.get());
        other.join().unwrap();
    }
}

#[test]
fn fault_t05_a_drop_may_wake_and_spawn() {
    let (tx, rx) = oneshot::channel::<()>();
    let mut tx = Some(tx);
    let spawned = Rc::new(Cell::new(false));
    let of_drop = spawned.clone();
    let guard = OnDrop(move || {
        tx.take().unwrap().send(()).unwrap();
        let spawned = of_drop.clone();
        spawn(future::lazy(move || Ok(spawned.set(true))));
    });
    let mut executor = CurrentThread::new();
    executor.spawn(rx.map_err(drop));
    let handle = executor.spawn_handle(keep(guard));
    executor.turn(Some(Duration::ZERO)).unwrap();
    handle.abort();
    executor.run().unwrap();
    assert!(spawned.get());
}

#[test]
fn fault_t08_a_waker_outlives_its_executor() {
    let wakers: Rc<RefCell<Vec<Waker>>> = Rc::default();
    let of_task = wakers.clone();
    let mut executor = CurrentThread::new();
    executor.spawn_std(std::future::poll_fn(move |cx| {
        of_task.borrow_mut().push(cx.waker().clone());
        Poll::Pending
    }));
    executor.turn(Some(Duration::ZERO)).unwrap();
    drop(executor);
    let waker = wakers.borrow_mut().pop().unwrap();
    waker.wake_by_ref();
    thread::spawn(move || waker.wake()).join().unwrap();
}

#[test]
fn fault_t09_queued_and_waiting_tasks_go_with_the_executor() {
    let alive = Rc::new(());
    let mut executor = CurrentThread::new();
    for _ in 0..10 {
        executor.spawn(keep(alive.clone()));
    }
    executor.turn(Some(Duration::ZERO)).unwrap();
    for _ in 0..10 {
        executor.spawn(keep(alive.clone()));
    }
    assert_eq!(Rc::strong_count(&alive), 21);
    drop(executor);
    assert_eq!(Rc::strong_count(&alive), 1);
}

#[test]
fn fault_t10_a_task_dropped_with_its_executor_cannot_spawn() {
    let outcome = Rc::new(RefCell::new(None));
    let of_task = outcome.clone();
    let mut executor = CurrentThread::new();
    let handle = executor.handle();
    let guard = OnDrop(move || {
        let local = TaskExecutor::current().spawn_local(Box::new(future::ok(())));
        let remote = handle.spawn(future::ok(()));
        *of_task.borrow_mut() = Some((local, remote));
    });
    executor.spawn(keep(guard));
    drop(executor);
    let (local, remote) = outcome.borrow_mut().take().unwrap();
    assert!(local.unwrap_err().is_shutdown());
    assert!(remote.unwrap_err().is_shutdown());
}

#[test]
fn fault_t11_a_run_ends_when_every_spawn_from_elsewhere_is_done() {
    const THREADS: usize = 4;
    const EACH: usize = 500;
    let count = Arc::new(AtomicUsize::new(0));
    let mut executor = CurrentThread::new();
    let threads: Vec<_> = (0..THREADS)
        .map(|_| {
            let (handle, count) = (executor.handle(), count.clone());
            thread::spawn(move || {
                for i in 0..EACH {
                    let count = count.clone();
                    let count_one = move || {
                        count.fetch_add(1, SeqCst);
                    };
                    if i % 2 == 0 {
                        handle.spawn(future::lazy(move || Ok(count_one()))).unwrap();
                    } else {
                        handle.spawn_std(async move { count_one() }).unwrap();
                    }
                }
            })
        })
        .collect();
    // Runs beside the spawning: some of these find nothing, some find a few.
    while !threads.iter().all(|thread| thread.is_finished()) {
        executor.run().unwrap();
    }
    for thread in threads {
        thread.join().unwrap();
    }
    executor.run().unwrap();
    assert_eq!(count.load(SeqCst), THREADS * EACH);
    assert!(executor.is_idle());
}

#[test]
fn fault_t02_a_panic_comes_out_of_the_run_and_ends_that_task_alone() {
    let ran = Rc::new(Cell::new(0));
    let (before, after) = (ran.clone(), ran.clone());
    let mut executor = CurrentThread::new();
    executor.spawn(future::lazy(move || Ok(before.set(before.get() + 1))));
    executor.spawn(future::lazy(|| -> Result<(), ()> { panic!("of a task") }));
    executor.spawn(future::lazy(move || Ok(after.set(after.get() + 1))));
    let panic = catch_unwind(AssertUnwindSafe(|| executor.run())).unwrap_err();
    assert_eq!(message(panic), "of a task");
    assert_eq!(ran.get(), 1);
    // Not entered any more, and with one task left.
    executor.run().unwrap();
    assert_eq!(ran.get(), 2);
    assert!(executor.is_idle());
}

#[test]
fn fault_t02_a_panic_of_a_joined_task_is_its_handles() {
    let mut executor = CurrentThread::new();
    let handle = executor.spawn_handle(future::lazy(|| -> Result<(), ()> { panic!("joined") }));
    executor.run().unwrap();
    let error = executor.block_on(handle).unwrap_err().into_inner().unwrap();
    assert_eq!(message(error.into_panic()), "joined");
}

#[test]
fn fault_t02_a_panic_of_the_root_comes_out_of_block_on() {
    let mut executor = CurrentThread::new();
    let root = future::lazy(|| -> Result<(), ()> { panic!("of the root") });
    let panic = catch_unwind(AssertUnwindSafe(|| executor.block_on(root))).unwrap_err();
    assert_eq!(message(panic), "of the root");
    assert!(executor.is_idle());
    assert_eq!(executor.block_on(future::ok::<_, ()>(1)).unwrap(), 1);
}

#[test]
fn a_root_that_a_tasks_panic_cut_off_is_never_polled_again() {
    let wakers: RefCell<Vec<Waker>> = RefCell::default();
    let mut executor = CurrentThread::new();
    executor.spawn(future::lazy(|| -> Result<(), ()> { panic!("of a task") }));
    let panic = catch_unwind(AssertUnwindSafe(|| {
        let mut polls = 0;
        executor.block_on_std(std::future::poll_fn(|cx| {
            polls += 1;
            assert_eq!(polls, 1);
            wakers.borrow_mut().push(cx.waker().clone());
            Poll::<()>::Pending
        }))
    }))
    .unwrap_err();
    assert_eq!(message(panic), "of a task");
    wakers.borrow_mut().pop().unwrap().wake();
    executor.run().unwrap();
    assert!(executor.is_idle());
}
