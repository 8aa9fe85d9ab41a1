//! A value that is made at most once, by whichever thread comes first.
//!
//! Called by `registration`. A poll must not wait for a thread that is making the value; so
//! it can tell whether one is at it.
//!
//! Always true: while `making` is set, somebody makes the value or has just made it. Who has
//! seen it set, and then finds it not set, finds the value.

use std::fmt;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use tokio_executor::internals::sys::{AtomicBool, OnceLock};

#[cfg(all(test, loom))]
mod models;

/// See the top of the file.
pub(super) struct Once<T> {
    value: OnceLock<T>,
    making: AtomicBool,
}

/// How far a value is.
#[derive(Debug)]
pub(super) enum Progress<'a, T> {
    NotBegun,
    /// Another thread is at it: it will be there in a moment.
    Begun,
    Made(&'a T),
}

impl<T> Once<T> {
    pub(super) fn new() -> Once<T> {
        Once { value: OnceLock::new(), making: AtomicBool::new(false) }
    }

    /// The value, if it is there.
    #[inline]
    pub(super) fn get(&self) -> Option<&T> {
        self.value.get()
    }

    /// How far the value is.
    pub(super) fn progress(&self) -> Progress<'_, T> {
        if let Some(value) = self.value.get() {
            return Progress::Made(value);
        }
        // Acquire: pairs with `Reset`.
        if self.making.load(Acquire) {
            return Progress::Begun;
        }
        // It may have been made between the two looks.
        self.value.get().map_or(Progress::NotBegun, Progress::Made)
    }

    /// Makes the value, unless it is there; waits for another thread that is at it.
    pub(super) fn make(&self, value: impl FnOnce() -> T) {
        // Relaxed: nothing was done yet that a poll would have to see.
        self.making.store(true, Relaxed);
        let _reset = Reset(&self.making);
        self.value.get_or_init(value);
    }
}

/// Takes the flag back, also if making the value panics.
struct Reset<'a>(&'a AtomicBool);

impl Drop for Reset<'_> {
    fn drop(&mut self) {
        // Release: who acquires it sees the value.
        self.0.store(false, Release);
    }
}

impl<T: fmt::Debug> fmt::Debug for Once<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.progress().fmt(f)
    }
}
