//! Places to block in, and the line for them: `blocking`.

use super::Queue;
use crate::capacity::Capacity;
use loom::sync::atomic::AtomicUsize;
use loom::sync::Arc;
use loom::thread;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Release};
use std::task::{Context, Poll, Waker};
use tokio_executor::task::{AfterRun, NewTask, Runnable};

/// Takes a permit, gives it back one poll later, and says so.
struct Blocks {
    capacity: Arc<Capacity>,
    inside: Arc<AtomicUsize>,
    done: Arc<AtomicUsize>,
}

impl Future for Blocks {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if !self.capacity.take(&tokio_executor::task::Context::from(cx)) {
            return Poll::Pending;
        }
        assert_eq!(self.inside.fetch_add(1, AcqRel), 0, "one permit, two tasks");
        self.inside.fetch_sub(1, AcqRel);
        self.capacity.give_back();
        self.done.fetch_add(1, Release);
        Poll::Ready(())
    }
}

/// As a worker runs a task; true if it is done.
fn run(queue: &Queue, capacity: &Capacity, task: Runnable) -> bool {
    let id = task.address();
    let outcome = task.run();
    let (done, concerned) = match &outcome {
        AfterRun::Woken(_) => (false, false),
        AfterRun::Waiting => (false, capacity.has_granted()),
        AfterRun::Done | AfterRun::Panicked(_) => (true, capacity.has_entries()),
    };
    if concerned {
        capacity.after_poll(id, done);
    }
    match outcome {
        AfterRun::Woken(task) => {
            queue.push(task);
            false
        }
        AfterRun::Waiting => false,
        AfterRun::Done => true,
        AfterRun::Panicked(_) => panic!("no task of a model panics"),
    }
}

/// B01: two tasks share one permit; each gets it, and it is free in the end.
#[test]
fn loom_fault_b01_a_permit_goes_from_task_to_task() {
    loom::model(|| {
        let queue = Queue::new();
        let capacity = Arc::new(Capacity::new(1));
        let (inside, done) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        for _ in 0..2 {
            let (capacity, inside, done) = (capacity.clone(), inside.clone(), done.clone());
            let task = queue.bind(NewTask::new_std(Blocks { capacity, inside, done }));
            queue.push(task);
        }
        let other = {
            let (queue, capacity) = (queue.clone(), capacity.clone());
            thread::spawn(move || {
                let task = queue.pop();
                task.map(|task| run(&queue, &capacity, task));
            })
        };
        while let Some(task) = queue.pop() {
            run(&queue, &capacity, task);
        }
        other.join().unwrap();
        while let Some(task) = queue.pop() {
            run(&queue, &capacity, task);
        }
        assert_eq!(done.load(Acquire), 2, "a task was never given its permit");
        assert_eq!(capacity.free(), 1, "a permit was lost");
    });
}

/// B01: a permit that was granted to a task which has lost interest goes on to the next.
#[test]
fn loom_fault_b01_a_grant_without_a_taker_goes_on() {
    /// Waits for a permit once, and is done when it is polled again.
    struct Fickle(Arc<Capacity>, bool);

    impl Future for Fickle {
        type Output = ();

        fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
            if self.1 {
                return Poll::Ready(());
            }
            self.1 = true;
            // A waiter that wakes nobody, as that of a branch that was dropped.
            let cx = tokio_executor::task::Context::from_waker(Waker::noop());
            assert!(!self.0.take(&cx), "the permit is taken");
            Poll::Pending
        }
    }

    /// Takes the permit, and keeps it.
    struct Keeps(Arc<Capacity>);

    impl Future for Keeps {
        type Output = ();

        fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
            assert!(self.0.take(&tokio_executor::task::Context::from(cx)));
            Poll::Ready(())
        }
    }

    loom::model(|| {
        let queue = Queue::new();
        let capacity = Arc::new(Capacity::new(1));
        let keeper = queue.bind(NewTask::new_std(Keeps(capacity.clone())));
        assert!(run(&queue, &capacity, keeper));
        let fickle = queue.bind(NewTask::new_std(Fickle(capacity.clone(), false)));
        let other = {
            let (queue, capacity) = (queue.clone(), capacity.clone());
            thread::spawn(move || {
                run(&queue, &capacity, fickle);
            })
        };
        other.join().unwrap();
        let giver = {
            let capacity = capacity.clone();
            thread::spawn(move || capacity.give_back())
        };
        while let Some(task) = queue.pop() {
            run(&queue, &capacity, task);
        }
        giver.join().unwrap();
        while let Some(task) = queue.pop() {
            run(&queue, &capacity, task);
        }
        assert_eq!(capacity.free(), 1, "the grant went nowhere");
    });
}
