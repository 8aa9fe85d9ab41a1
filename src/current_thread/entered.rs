//! The executors of one thread that there are, for `inspect`.
//!
//! Always true: the list keeps none of them alive. Those that are gone leave it when the next
//! one is entered.

use super::shared::Shared;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, MutexGuard, Weak};

/// The executors of runtimes, and others that have slept, each with its number. Held to enter, to
/// take out those that are gone, and to copy.
static EXECUTORS: Mutex<Vec<(u64, Weak<Shared>)>> = Mutex::new(Vec::new());

fn executors() -> MutexGuard<'static, Vec<(u64, Weak<Shared>)>> {
    EXECUTORS.lock().unwrap_or_else(|e| e.into_inner())
}

/// Enters the executor of a runtime.
pub(super) fn register(shared: &Arc<Shared>) {
    shared.visible.set_runtime();
    if shared.visible.is_hidden() {
        show(shared);
    }
}

/// Enters an executor. On its own thread, or before it has one.
#[cold]
pub(super) fn show(shared: &Arc<Shared>) {
    static NUMBERS: AtomicU64 = AtomicU64::new(1);
    shared.visible.set_entered();
    // Relaxed: only makes executors distinct.
    let entry = (NUMBERS.fetch_add(1, Relaxed), Arc::downgrade(shared));
    let mut executors = executors();
    executors.retain(|(_, executor)| executor.strong_count() > 0);
    executors.push(entry);
}

/// Returns those that there are, each with its number, oldest first.
pub(super) fn all() -> Vec<(u64, Arc<Shared>)> {
    executors().iter().filter_map(|(number, e)| Some((*number, e.upgrade()?))).collect()
}
