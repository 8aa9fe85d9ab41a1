//! How often this thread put an operation off for want of budget.
//!
//! `coop` counts; executors read it before and after they run tasks.

use crate::sys::local;
use std::cell::Cell;

local!(static FORCED_YIELDS: Cell<u64> = Cell::new(0));

/// Returns how many operations were put off on this thread for want of budget.
pub fn forced_yields() -> u64 {
    FORCED_YIELDS.with(Cell::get)
}

pub(crate) fn count() {
    FORCED_YIELDS.with(|n| n.set(n.get().wrapping_add(1)));
}
