//! What an executor of one thread counts, for whoever asks.

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

/// What an executor of one thread counts.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Numbers {
    /// Tasks that were spawned, but for those that `block_on` made.
    pub spawned: u64,
    /// Polls of tasks.
    pub polls: u64,
    /// Tasks that came from other threads, spawned or woken there.
    pub injected: u64,
    /// Tasks that were ready at the last poll.
    pub queued: usize,
    /// Operations put off since their task had spent its budget.
    pub forced_yields: u64,
}

/// Adds to a statistic with one writer.
#[inline]
pub(super) fn add(number: &AtomicU64, by: u64) {
    // Relaxed: nobody acts on it.
    number.store(number.load(Relaxed).wrapping_add(by), Relaxed);
}
