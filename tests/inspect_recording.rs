//! What is recorded, and when nothing is. In a process of its own: an endpoint in it, or a
//! hook for long polls, would record for ever.

use futures::{future, Future};
use std::time::{Duration, Instant};
use tokio::inspect::{self, Inspect, Task, TaskState};
use tokio::runtime::Runtime;

fn named(name: &str) -> Option<Task> {
    inspect::tasks().into_iter().find(|task| task.name.as_deref() == Some(name))
}

/// One after the other: a recording is the whole process's.
#[test]
fn records_are_there_while_a_recording_is() {
    nothing_is_recorded_while_nobody_looks();
    a_task_of_one_thread_is_listed_while_somebody_records();
}

fn nothing_is_recorded_while_nobody_looks() {
    let start = Instant::now();
    let mut runtime = Runtime::new().unwrap();
    runtime.spawn(future::empty::<(), ()>().named("unseen"));
    let task = loop {
        if let Some(task) = named("unseen").filter(|task| task.state == TaskState::Idle) {
            break task;
        }
        assert!(start.elapsed() < Duration::from_secs(60), "the task does not come");
    };
    assert!(task.seen.is_none(), "{task:?}");
}

fn a_task_of_one_thread_is_listed_while_somebody_records() {
    let recording = inspect::Recording::start();
    let mut runtime = tokio::runtime::current_thread::Runtime::new().unwrap();
    runtime.spawn(future::empty::<(), ()>().named("on one thread"));
    runtime.block_on(tokio::task::yield_now().map_err(drop).map(drop)).unwrap();
    let task = named("on one thread").expect("it was polled");
    assert_eq!((task.runtime, task.seen.unwrap().polls), (None, 1));
    drop(recording);
    assert!(named("on one thread").is_none(), "what was recorded goes with the recording");
}
