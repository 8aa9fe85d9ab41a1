//! Panics of a caller's code that must not take a thread of the pool with them.
//!
//! Called wherever the pool runs a waker, a hook or a handler outside a task's poll. The
//! process's panic hook has reported the panic by then.

use std::panic::{self, AssertUnwindSafe};
use tokio_executor::internals::unwind;

/// Runs `f`; `None` if it panics.
pub(crate) fn catch<T>(f: impl FnOnce() -> T) -> Option<T> {
    match panic::catch_unwind(AssertUnwindSafe(f)) {
        Ok(value) => Some(value),
        Err(payload) => {
            unwind::discard(payload);
            None
        }
    }
}
