//! Buffers that the copies of one thread take turns with.
//!
//! A copy needs a buffer only between a read and the write that follows, which is one
//! poll unless the writer is full. So an idle copy owns none; each poll borrows one
//! here. The same few buffers serve every copy of the thread: large, as large reads
//! are cheap reads, and warm in its cache.
//!
//! Why not one buffer in each copy? Ten thousand idle connections would hold ten
//! thousand of them, and either those are small or the memory is not.

use std::cell::RefCell;

/// Bytes in each buffer: enough that system calls no longer dominate, little enough to
/// stay in a core's own cache.
pub(super) const SIZE: usize = 64 * 1024;

/// Buffers that wait on one thread at most. One is out per copy that is being polled;
/// more than one comes back when full writers drain.
pub(super) const SPARE: usize = 4;

thread_local! {
    static WAITING: RefCell<Vec<Box<[u8]>>> = const { RefCell::new(Vec::new()) };
}

/// A buffer of [`SIZE`] bytes with anything in it.
pub(super) fn take() -> Box<[u8]> {
    // The storage is gone while the thread ends; a copy may still be polled then.
    let waiting = WAITING.try_with(|waiting| waiting.borrow_mut().pop());
    waiting.ok().flatten().unwrap_or_else(|| vec![0; SIZE].into_boxed_slice())
}

/// Returns a buffer that [`take`] gave out.
pub(super) fn give_back(buf: Box<[u8]>) {
    debug_assert_eq!(buf.len(), SIZE, "not a buffer from here");
    // A refused buffer is freed after the borrow ends.
    let _refused = WAITING.try_with(|waiting| {
        let mut waiting = waiting.borrow_mut();
        if waiting.len() < SPARE {
            waiting.push(buf);
            None
        } else {
            Some(buf)
        }
    });
}

#[cfg(test)]
pub(super) mod count {
    /// Buffers that wait on this thread.
    pub(in crate::io) fn waiting() -> usize {
        super::WAITING.with(|waiting| waiting.borrow().len())
    }
}
