//! The LIFO slot of a worker against a thief: `queue`.

use super::{Data, Queue};
use crate::queue::LifoSlot;
use loom::sync::atomic::AtomicUsize;
use loom::sync::Arc;
use loom::thread;
use std::sync::atomic::Ordering::Relaxed;
use tokio_executor::task::{AfterRun, NewTask, Runnable};

/// S08: a thief sees what the waker wrote before it put the task into the slot.
#[test]
fn loom_fault_s08_a_thief_sees_what_the_waker_wrote() {
    loom::model(|| {
        let queue = Queue::new();
        let slot = Arc::new(LifoSlot::new());
        let written = Data::new();
        let task = queue.bind(NewTask::new_std({
            let written = written.clone();
            async move { assert_eq!(written.read(), 1) }
        }));
        let thief = {
            let slot = slot.clone();
            thread::spawn(move || {
                let task = slot.take();
                task.map(|task| assert!(matches!(task.run(), AfterRun::Done)));
            })
        };
        written.write();
        assert!(slot.fill(task).is_ok());
        thief.join().unwrap();
        if let Some(task) = slot.take() {
            assert!(matches!(task.run(), AfterRun::Done));
        }
    });
}

/// S08: what is put into the slot comes out once, whoever takes it.
#[test]
fn loom_fault_s08_owner_and_thief_take_each_task_once() {
    loom::model(|| {
        let queue = Queue::new();
        let slot = Arc::new(LifoSlot::new());
        let ran = Arc::new(AtomicUsize::new(0));
        let task = |queue: &Queue| {
            let ran = ran.clone();
            queue.bind(NewTask::new_std(async move {
                ran.fetch_add(1, Relaxed);
            }))
        };
        assert!(slot.fill(task(&queue)).is_ok());
        let run = |task: Option<Runnable>| {
            if let Some(task) = task {
                assert!(matches!(task.run(), AfterRun::Done));
            }
        };
        let thief = {
            let slot = slot.clone();
            thread::spawn(move || run(slot.take()))
        };
        // Full, unless the thief was here.
        run(slot.fill(task(&queue)).err());
        run(slot.take());
        thief.join().unwrap();
        run(slot.take());
        assert_eq!(ran.load(Relaxed), 2);
    });
}
