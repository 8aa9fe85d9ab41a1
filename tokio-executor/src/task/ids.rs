//! Numbers for tasks, each used once.
//!
//! Called by `cell`, once somebody asks a task for its number: most tasks are never asked,
//! and spawning them costs no more than the room. Numbers say nothing of the order in which
//! tasks were spawned.
//!
//! Always true: a task's number does not change once it was given out, and no other task of
//! the process has or had it.

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

/// The next number. At a thousand million tasks a second, it lasts for 500 years.
static NEXT: AtomicU64 = AtomicU64::new(1);

/// The number of one task.
#[derive(Debug)]
pub(super) struct TaskNumber {
    /// 0 until somebody asks.
    number: AtomicU64,
}

impl TaskNumber {
    #[inline]
    pub(super) const fn new() -> TaskNumber {
        TaskNumber { number: AtomicU64::new(0) }
    }

    #[inline]
    pub(super) fn get(&self) -> u64 {
        // Relaxed: the number is all there is to it.
        match self.number.load(Relaxed) {
            0 => self.draw(),
            number => number,
        }
    }

    /// Whether somebody has asked for it.
    #[inline]
    pub(super) fn is_given(&self) -> bool {
        // Relaxed: as in `get`.
        self.number.load(Relaxed) != 0
    }

    #[cold]
    fn draw(&self) -> u64 {
        // Relaxed: as above. Of two that ask at once, the number of one is wasted.
        let drawn = NEXT.fetch_add(1, Relaxed);
        match self.number.compare_exchange(0, drawn, Relaxed, Relaxed) {
            Ok(_) => drawn,
            Err(number) => number,
        }
    }
}
