//! The cell for one task: registered or notified, never neither.

use super::model;
use crate::sync::atomic_task::AtomicTask;
use futures::executor::{self, Notify, NotifyHandle};
use futures::task::{self, Task};
use futures::{future, Async, Future};
use loom::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use loom::sync::Notify as Sleep;
use loom::thread;
use std::sync::Arc;

struct Flag {
    sleep: Sleep,
    woken: AtomicUsize,
}

impl Notify for Flag {
    fn notify(&self, _id: usize) {
        self.woken.fetch_add(1, SeqCst);
        self.sleep.notify();
    }
}

fn flag() -> Arc<Flag> {
    Arc::new(Flag { sleep: Sleep::new(), woken: AtomicUsize::new(0) })
}

/// The task behind `flag`.
fn task_of(flag: &Arc<Flag>) -> Task {
    let handle = NotifyHandle::from(flag.clone());
    let mut current = executor::spawn(future::lazy(|| Ok::<_, ()>(task::current())));
    match current.poll_future_notify(&handle, 0) {
        Ok(Async::Ready(task)) => task,
        other => panic!("a lazy future is ready: {}", other.is_ok()),
    }
}

/// Polls `future` until it is ready, and sleeps in between.
fn block_on<F: Future>(future: F) -> Result<F::Item, F::Error> {
    let flag = flag();
    let handle = NotifyHandle::from(flag.clone());
    let mut future = executor::spawn(future);
    loop {
        match future.poll_future_notify(&handle, 0)? {
            Async::Ready(item) => return Ok(item),
            Async::NotReady => {
                flag.sleep.wait();
                thread::yield_now();
            }
        }
    }
}

/// Waits until `event` is set, with `cell` to be notified of it.
fn wait_for(cell: &AtomicTask, event: &AtomicBool) {
    let waiting = future::poll_fn(|| -> Result<_, ()> {
        cell.register();
        Ok(if event.load(SeqCst) { Async::Ready(()) } else { Async::NotReady })
    });
    block_on(waiting).unwrap();
}

#[test]
fn loom_fault_y15_register_against_notify_is_registered_or_notified() {
    model(|| {
        let shared = Arc::new((AtomicTask::new(), AtomicBool::new(false)));
        let other = shared.clone();
        let notifier = thread::spawn(move || {
            other.1.store(true, SeqCst);
            other.0.notify();
        });
        wait_for(&shared.0, &shared.1);
        notifier.join().unwrap();
    });
}

#[test]
fn loom_two_who_notify_wake_the_task_once() {
    model(|| {
        let cell = Arc::new(AtomicTask::new());
        let flag = flag();
        cell.register_task(task_of(&flag));
        let others = [(); 2].map(|()| {
            let cell = cell.clone();
            thread::spawn(move || cell.notify())
        });
        for other in others {
            other.join().unwrap();
        }
        assert_eq!(flag.woken.load(SeqCst), 1);
    });
}

#[test]
fn loom_a_task_is_taken_or_notified() {
    model(|| {
        let cell = Arc::new(AtomicTask::new());
        let flag = flag();
        cell.register_task(task_of(&flag));
        let other = cell.clone();
        let notifier = thread::spawn(move || other.notify());
        let taken = cell.take_task().is_some();
        notifier.join().unwrap();
        assert_eq!(flag.woken.load(SeqCst), usize::from(!taken));
    });
}

#[test]
fn loom_a_task_put_in_place_of_another_is_the_one_notified() {
    model(|| {
        let shared = Arc::new((AtomicTask::new(), AtomicBool::new(false)));
        let before = flag();
        shared.0.register_task(task_of(&before));
        let other = shared.clone();
        let notifier = thread::spawn(move || {
            other.1.store(true, SeqCst);
            other.0.notify();
        });
        wait_for(&shared.0, &shared.1);
        notifier.join().unwrap();
    });
}

#[test]
fn loom_two_registrations_at_once_leave_neither_asleep() {
    model(|| {
        let shared = Arc::new((AtomicTask::new(), AtomicBool::new(false)));
        let flags = [flag(), flag()];
        let threads = [0, 1].map(|at: usize| {
            let (shared, flag) = (shared.clone(), flags[at].clone());
            thread::spawn(move || shared.0.register_task(task_of(&flag)))
        });
        for thread in threads {
            thread.join().unwrap();
        }
        shared.0.notify();
        let woken: usize = flags.iter().map(|flag| flag.woken.load(SeqCst)).sum();
        // One may have been put in the place of the other, as is the rule.
        assert!(woken >= 1, "nobody was notified");
        assert!(shared.0.take_task().is_none());
    });
}

#[test]
fn loom_dropping_the_cell_frees_the_task() {
    model(|| {
        let cell = Arc::new(AtomicTask::new());
        let flag = flag();
        let (other, task) = (cell.clone(), task_of(&flag));
        let registering = thread::spawn(move || other.register_task(task));
        cell.notify();
        drop(cell);
        registering.join().unwrap();
        assert_eq!(Arc::strong_count(&flag), 1);
    });
}
