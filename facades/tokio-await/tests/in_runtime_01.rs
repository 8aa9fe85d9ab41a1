//! Parts of 1.x in tasks of a runtime of 0.1, while that ends.

use std::sync::mpsc;
use std::time::Duration;
use test_support::until;
use tokio::runtime::Runtime;
use tokio_await::sync::oneshot;
use tokio_await::task::spawn_blocking;

/// The threads for blocking jobs used to be closed as soon as the wait for the tasks began.
#[test]
fn jobs_are_taken_until_the_last_task_is_done() {
    let mut runtime = Runtime::new().unwrap();
    let (first, has_begun) = mpsc::channel();
    let (go_on, ends) = oneshot::channel();
    let (second, result) = mpsc::channel();
    runtime.spawn_std(async move {
        first.send(spawn_blocking(|| 1).await.unwrap()).unwrap();
        ends.await.unwrap();
        second.send(spawn_blocking(|| 2).await.ok()).unwrap();
    });
    assert_eq!(has_begun.recv(), Ok(1));
    let end = runtime.shutdown_on_idle();
    go_on.send(()).unwrap();
    assert_eq!(result.recv(), Ok(Some(2)));
    tokio_executor::enter().unwrap().block_on(end).unwrap();
}

/// A job that was not waited for used to be left out of the report.
#[test]
fn a_job_that_runs_on_is_reported() {
    let mut runtime = Runtime::new().unwrap();
    let (begun, has_begun) = mpsc::channel();
    let (end, ends) = mpsc::channel::<()>();
    runtime.spawn_std(async move {
        drop(spawn_blocking(move || {
            begun.send(()).unwrap();
            let _ = ends.recv();
        }));
    });
    has_begun.recv().unwrap();
    // The task has the time of the shutdown to end as well, which is short.
    until("the end of the task", || (runtime.metrics().completed == 1).then_some(()));
    let report = runtime.shutdown_timeout(Duration::from_millis(10));
    assert!(report.is_clean(), "{report}");
    assert!(!report.has_stopped, "the job is not over");
    drop(end);
}

/// A job that ends in time is waited for.
#[test]
fn a_job_that_ends_in_time_is_waited_for() {
    let mut runtime = Runtime::new().unwrap();
    let (begun, has_begun) = mpsc::channel();
    let (end, ends) = mpsc::channel::<()>();
    let (over, is_over) = mpsc::channel();
    runtime.spawn_std(async move {
        drop(spawn_blocking(move || {
            begun.send(()).unwrap();
            let _ = ends.recv();
            over.send(()).unwrap();
        }));
    });
    has_begun.recv().unwrap();
    let ending = std::thread::spawn(move || runtime.shutdown_timeout(Duration::from_secs(60)));
    drop(end);
    let report = ending.join().unwrap();
    assert!(report.is_clean() && report.has_stopped, "{report}");
    assert_eq!(is_over.try_recv(), Ok(()));
}

/// What a job writes would be lost if the program ended meanwhile.
#[test]
fn run_returns_once_a_job_that_began_is_over() {
    let (begun, has_begun) = mpsc::channel();
    let (task, is_task_done) = mpsc::channel::<()>();
    let (over, is_over) = mpsc::channel();
    tokio::run_std(async move {
        drop(spawn_blocking(move || {
            begun.send(()).unwrap();
            // It ends after the last task.
            is_task_done.recv().unwrap_err();
            over.send(()).unwrap();
        }));
        // Not queued any more, where it would be cancelled.
        has_begun.recv().unwrap();
        drop(task);
    });
    assert_eq!(is_over.try_recv(), Ok(()));
}
