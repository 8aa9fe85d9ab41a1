//! Panics of a caller's code that must not take a thread of the pool with them.
//!
//! Called wherever the pool runs a waker, a hook or a handler outside a task's poll. The
//! process's panic hook has reported the panic by then.

use std::any::Any;
use std::mem;
use std::panic::{self, AssertUnwindSafe};

/// Runs `f`; `None` if it panics.
pub(crate) fn catch<T>(f: impl FnOnce() -> T) -> Option<T> {
    match panic::catch_unwind(AssertUnwindSafe(f)) {
        Ok(value) => Some(value),
        Err(payload) => {
            discard(payload);
            None
        }
    }
}

/// Drops what came with a panic, which may panic in its drop.
fn discard(payload: Box<dyn Any + Send>) {
    if let Err(second) = panic::catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        // The drop of this one might panic in its turn: somewhere this has to stop.
        mem::forget(second);
    }
}
