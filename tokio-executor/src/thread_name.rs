//! What a program's function calls a thread that is about to start.
//!
//! Called by whoever starts threads: the pool, and what runs blocking jobs.
//!
//! Always true: nothing is locked during the call, which callers see to. So the function may use
//! the very runtime that the thread is for: it may spawn, and wait for what others spawn.
//!
//! Why does a thread that is started within the call have no name? To give it one, the function
//! would be called again, and again within that.

use crate::unwind;
use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};

thread_local! {
    /// This thread is in such a function.
    static NAMING: Cell<bool> = const { Cell::new(false) };
}

/// Calls `name`. `None` if it panics, which the panic hook has reported, or if this thread is in
/// such a call already.
///
/// # Examples
///
/// ```
/// use tokio_executor::internals::thread_name;
///
/// assert_eq!(thread_name(|| "a \0 within".to_owned()).unwrap(), "a  within");
/// let within = || format!("{:?}", thread_name(|| "inner".to_owned()));
/// assert_eq!(thread_name(within).unwrap(), "None");
/// ```
pub fn thread_name(name: impl FnOnce() -> String) -> Option<String> {
    if NAMING.replace(true) {
        return None;
    }
    let named = panic::catch_unwind(AssertUnwindSafe(name));
    NAMING.set(false);
    match named {
        Ok(name) => Some(without_nul(name)),
        Err(payload) => {
            unwind::discard(payload);
            None
        }
    }
}

/// Returns `name` without bytes of zero, at which std panics.
pub fn without_nul(name: String) -> String {
    name.replace('\0', "")
}
