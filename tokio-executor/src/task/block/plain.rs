//! Blocks straight from the allocator: what `super` offers to memory checkers.

use std::alloc::{self, Layout};
use std::ptr::NonNull;

/// A block of the given layout.
pub(crate) fn allocate(layout: Layout) -> NonNull<u8> {
    // SAFETY: nothing of size zero comes here.
    let block = unsafe { alloc::alloc(layout) };
    NonNull::new(block).unwrap_or_else(|| alloc::handle_alloc_error(layout))
}

/// Gives a block back.
///
/// # Safety
///
/// `block` is from `allocate` with the same layout, and is not used any more.
pub(crate) unsafe fn free(block: NonNull<u8>, layout: Layout) {
    // SAFETY: passed on.
    unsafe { alloc::dealloc(block.as_ptr(), layout) }
}
