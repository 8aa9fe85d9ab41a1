//! Names of tasks, which `inspect` shows.

use std::future::Future;
use tokio::inspect::{self, Inspect};

/// `future`, with a name for the task that it becomes.
pub(super) fn named<F: Future>(future: F, name: &str) -> impl Future<Output = F::Output> {
    future.named(name.to_owned())
}

/// `function`, with a name for the task that it becomes.
pub(super) fn call_named<R>(name: &str, function: impl FnOnce() -> R) -> impl FnOnce() -> R {
    let name = name.to_owned();
    move || inspect::call_named(name, function)
}
