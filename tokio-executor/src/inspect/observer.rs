//! What is called for each poll, wake and end of a task, as it happens.
//!
//! Called by `inspect` where it records; the crates above have one that makes spans of it.
//!
//! Always true: nothing is locked during a call, and a call that panics harms no task.

use super::{Few, TaskInfo, Wait};
use crate::unwind;
use std::sync::OnceLock;

/// Gets what recorded tasks do, on the thread where it happens.
pub trait Observer: Send + Sync {
    /// A poll begins.
    fn poll_begins(&self, task: &TaskInfo);

    /// The poll that began last on this thread, of those that have not ended, is over; `waits` is
    /// what the task waits for now.
    fn poll_ends(&self, task: &TaskInfo, waits: &Few<Wait>);

    /// The task of that number was woken.
    fn woken(&self, id: u64);

    /// The task of that number has ended.
    fn ended(&self, id: u64);
}

static OBSERVER: OnceLock<Box<dyn Observer>> = OnceLock::new();

/// Passes what is recorded to `observer`, for as long as the process runs. False if there is
/// one already.
pub fn observe(observer: Box<dyn Observer>) -> bool {
    OBSERVER.set(observer).is_ok()
}

pub(super) fn tell(what: impl FnOnce(&dyn Observer)) {
    if let Some(observer) = OBSERVER.get() {
        unwind::quietly(|| what(&**observer));
    }
}
