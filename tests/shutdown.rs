//! Programs that end on a signal, and runtimes that are stopped after a while: tasks of both
//! kinds are told, those that end in time are not dropped, and the others are listed.
#![cfg(unix)]

use futures::{future, Future};
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::Arc;
use std::time::Duration;
use test_support::until;
use tokio::inspect::Inspect;
use tokio::runtime::Runtime;
use tokio::shutdown::{self, Cancellable, Token};

#[test]
fn tasks_of_both_kinds_are_told() {
    let token = Token::new();
    let mut runtime = Runtime::new().unwrap();
    let of_01 = future::empty::<(), ()>().with_cancellation(&token);
    let of_01 = runtime.spawn_handle(of_01);
    let of_std = std::future::pending::<()>().with_cancellation(&token);
    let of_std = runtime.spawn_handle_std(of_std);
    let plain = runtime.spawn_handle(token.cancelled());
    // By a closure, as for a token of another crate.
    let other = token.clone();
    let by_closure = future::empty::<(), ()>().with_cancellation(&move || other.cancelled());
    let by_closure = runtime.spawn_handle(by_closure);
    let done = future::ok::<_, ()>(7).with_cancellation(&token);
    assert_eq!(runtime.block_on(done), Ok(Some(7)));
    assert!(!token.is_cancelled() && !of_01.is_finished());
    token.cancel();
    assert_eq!(of_01.wait().unwrap(), Ok(None));
    assert_eq!(of_std.wait().unwrap(), None);
    assert_eq!(plain.wait().unwrap(), Ok(()));
    assert_eq!(by_closure.wait().unwrap(), Ok(None));
    // What is ready is not lost to a token that was cancelled before.
    let ready = future::ok::<_, ()>(8).with_cancellation(&token);
    assert_eq!(runtime.block_on(ready), Ok(Some(8)));
    assert!(runtime.shutdown_timeout(Duration::from_secs(60)).is_clean());
}

#[test]
fn what_does_not_end_in_time_is_dropped_and_listed() {
    let mut line = 0;
    // A worker that gets no processor for a while leaves the wait of its task unseen.
    let report = until("a report with the wait", || {
        let mut runtime = Runtime::new().unwrap();
        let (sender, receiver) = tokio::sync::oneshot::channel::<()>();
        line = line!() + 1;
        runtime.spawn(receiver.map_err(drop).named("waits for an answer"));
        let report = runtime.shutdown_timeout(Duration::from_millis(20));
        drop(sender);
        assert!(!report.is_clean(), "{report:?}");
        let is_seen = report.dropped.iter().any(|task| !task.waited_for.is_empty());
        (is_seen && report.has_stopped).then_some(report)
    });
    let [task] = &report.dropped[..] else { panic!("{report:?}") };
    assert_eq!(task.name.as_deref(), Some("waits for an answer"));
    assert_eq!(task.spawned_at.line(), line);
    assert!(task.waited_for[0].starts_with("oneshot receiver"), "{report:?}");
    let text = report.to_string();
    assert!(
        text.contains("`waits for an answer`") && text.contains("waited for: oneshot"),
        "{text}"
    );
}

/// The signal goes to the whole process, so that this test has one of its own.
#[test]
fn a_signal_tells_the_tasks_and_those_that_end_are_not_dropped() {
    const CHILD: &str = "TOKIO_SHUTDOWN_CHILD";
    if std::env::var_os(CHILD).is_none() {
        let program = std::env::current_exe().unwrap();
        let name = "a_signal_tells_the_tasks_and_those_that_end_are_not_dropped";
        let mut child = std::process::Command::new(program);
        let status = child.args([name, "--exact", "--nocapture"]).env(CHILD, "1").status();
        assert!(status.unwrap().success());
        return;
    }
    let limit = Duration::from_secs(60);
    let of_01 = Arc::new(AtomicBool::new(false));
    let ends = of_01.clone();
    let report = shutdown::run(limit, |token| {
        terminate_this();
        token.cancelled().map(move |()| ends.store(true, SeqCst))
    });
    let report = report.unwrap();
    assert!(of_01.load(SeqCst), "it was told, and had time");
    assert!(report.is_clean(), "{report}");
    // With one that stays it takes all of the time: little, and more where that was too short.
    let mut short = Duration::from_millis(50);
    let report = until("the end of the one that is told, and the wait of the other", || {
        let of_std = Arc::new(AtomicBool::new(false));
        let ends = of_std.clone();
        let report = shutdown::run_std(short, |token| async move {
            tokio::spawn_std(std::future::pending::<()>().named("stays"));
            terminate_this();
            token.cancelled().await;
            ends.store(true, SeqCst);
        });
        short *= 2;
        let report = report.unwrap();
        (of_std.load(SeqCst) && report.others == 0).then_some(report)
    });
    assert_eq!(report.dropped.len(), 1, "{report}");
    // Nobody sends a signal: all are done.
    let report = shutdown::run(limit, |_| future::ok(())).unwrap();
    assert!(report.is_clean());
}

/// Sends this process the signal that asks it to end.
fn terminate_this() {
    let id = std::process::id().to_string();
    assert!(std::process::Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
}
