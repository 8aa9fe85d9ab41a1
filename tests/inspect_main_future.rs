//! What a `block_on` waits for is in the list of tasks and in dumps.

use futures::Future;
use test_support::{alone, until};
use tokio::inspect;
use tokio::runtime::Runtime;

/// What waits in a `block_on` is no task of a runtime's, and yet what `main` is stuck in.
#[test]
fn what_block_on_waits_for_is_dumped_as_the_main_future() {
    let _alone = alone();
    type BlockOn = fn(tokio::sync::oneshot::Receiver<()>) -> u32;
    let all: [BlockOn; 3] = [
        |answer| {
            let mut runtime = tokio::runtime::current_thread::Runtime::new().unwrap();
            runtime.block_on(answer.map_err(drop)).unwrap();
            line!() - 1
        },
        |answer| {
            let runtime = Runtime::new().unwrap();
            runtime.block_on_here(async { answer.await.unwrap() });
            line!() - 1
        },
        |answer| {
            let mut executor = tokio::current_thread::CurrentThread::new();
            executor.block_on_std(async { answer.await.unwrap() }).unwrap();
            line!() - 1
        },
    ];
    for block_on in all {
        let (answer, asked) = tokio::sync::oneshot::channel();
        let thread = std::thread::spawn(move || block_on(asked));
        let line = until("the main future", || {
            let dump = inspect::dump(1000);
            let is_it = |of: &&inspect::Waiting| of.task.name.as_deref() == Some("main future");
            let of = dump.tasks.iter().find(is_it)?;
            let (wait, frames) = of.stacks.first()?;
            assert_eq!(wait.kind, "oneshot receiver");
            assert!(frames.join("\n").contains("oneshot::Receiver"), "{frames:?}");
            assert!(of.task.spawned_at.file().ends_with("inspect_main_future.rs"), "{:?}", of.task);
            Some(of.task.spawned_at.line())
        });
        answer.send(()).unwrap();
        assert_eq!(thread.join().unwrap(), line);
    }
}
