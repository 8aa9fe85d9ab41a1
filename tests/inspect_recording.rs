//! What is recorded, and when nothing is. In a process of its own: an endpoint in it, or a
//! hook for long polls, would record for ever.

use futures::{future, Future};
use std::time::Duration;
use test_support::until;
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
    the_long_polls_of_a_runtime_are_told_to_its_hook();
}

fn nothing_is_recorded_while_nobody_looks() {
    let mut runtime = Runtime::new().unwrap();
    runtime.spawn(future::empty::<(), ()>().named("unseen"));
    let is_idle = |task: &Task| task.state == TaskState::Idle;
    let task = until("the task", || named("unseen").filter(is_idle));
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

fn the_long_polls_of_a_runtime_are_told_to_its_hook() {
    let (tell, told) = std::sync::mpsc::channel();
    let mut runtime = tokio::runtime::Builder::new()
        .on_long_poll(Duration::from_millis(20), move |poll| tell.send(*poll).unwrap())
        .build()
        .unwrap();
    let sleep = || future::lazy(|| Ok::<_, ()>(std::thread::sleep(Duration::from_millis(30))));
    // Of another runtime: of no concern to that hook.
    let mut other = Runtime::new().unwrap();
    other.block_on(sleep()).unwrap();
    let line = line!() + 1;
    runtime.spawn(sleep());
    let poll = told.recv().unwrap();
    assert_eq!(poll.task.spawned_at.line(), line);
    assert!(poll.took >= Duration::from_millis(20), "{poll:?}");
    drop(runtime);
    assert!(told.recv().is_err(), "the hook goes with its runtime, and got no other poll");
    assert!(!tokio_executor::internals::inspect::is_on(), "and so does the recording");
}
