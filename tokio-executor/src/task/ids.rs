//! Numbers for tasks, each used once.
//!
//! Called by `cell` for each new task. Threads take a thousand at a time, so that spawning
//! shares no counter. Numbers tell nothing of the order of tasks of different threads.

use crate::sys::local;
use std::cell::Cell;
use std::sync::Mutex;

/// Numbers that a thread takes at a time.
const BLOCK: u64 = 1024;

/// The next block. At a thousand million tasks a second, it lasts for 500 years.
static NEXT_BLOCK: Mutex<u64> = Mutex::new(0);

local!(static NEXT: Cell<u64> = Cell::new(0));

/// A number that no other task of this process has or had.
#[inline]
pub(super) fn next() -> u64 {
    NEXT.with(|next| {
        let id = next.get();
        // A block begins with a multiple of its length, which is nobody's.
        let id = if id % BLOCK == 0 { take_block() } else { id };
        next.set(id + 1);
        id
    })
}

#[cold]
fn take_block() -> u64 {
    let mut block = NEXT_BLOCK.lock().unwrap_or_else(|e| e.into_inner());
    let first = *block * BLOCK + 1;
    *block += 1;
    first
}
