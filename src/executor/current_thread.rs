//! The executor of the current thread under its path of tokio 0.1.0 to 0.1.7.

pub use crate::current_thread::{
    block_on_all, spawn, BlockError, CurrentThread, Entered, Handle, RunError, RunTimeoutError,
    TaskExecutor, Turn, TurnError,
};

use futures::future;
use std::cell::Cell;
use std::marker::PhantomData;

/// What [`run`] lends to its closure.
#[deprecated(since = "0.1.2", note = "use block_on_all")]
#[doc(hidden)]
#[derive(Debug)]
pub struct Context<'a> {
    cancel: Cell<bool>,
    scope: PhantomData<&'a ()>,
}

impl Context<'_> {
    /// Has [`run`] drop all tasks in place of waiting for them.
    pub fn cancel_all_spawned(&self) {
        self.cancel.set(true);
    }
}

/// Calls `f` in an executor, and returns its result once all tasks it spawned are done.
///
/// # Panics
///
/// If this thread runs an executor already, or with the panic of a task.
#[deprecated(since = "0.1.2", note = "use block_on_all")]
#[doc(hidden)]
pub fn run<F, R>(f: F) -> R
where
    F: FnOnce(&mut Context<'_>) -> R,
{
    let mut context = Context { cancel: Cell::new(false), scope: PhantomData };
    let mut executor = CurrentThread::new();
    let result = executor
        .block_on(future::lazy(|| Ok::<_, ()>(f(&mut context))))
        .unwrap_or_else(|e| panic!("{e}"));
    if !context.cancel.get() {
        executor.run().unwrap_or_else(|e| panic!("{e}"));
    }
    result
}

/// Returns a handle to the executor that runs on this thread.
#[deprecated(since = "0.1.2", note = "use TaskExecutor::current")]
#[doc(hidden)]
pub fn task_executor() -> TaskExecutor {
    TaskExecutor::current()
}
