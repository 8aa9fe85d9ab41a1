//! Blocks that are used again.
//!
//! A task is often made on one thread and ends on another, and most live for a moment.
//! A general allocator pays for both: the block goes back to the arena it came from,
//! under that arena's lock. Here each thread keeps freed blocks in magazines of
//! [`ROUNDS`] and exchanges whole magazines with a depot that all threads share, so that
//! the depot's lock is taken once for that many tasks. (Bonwick and Adams, "Magazines
//! and Vmem", USENIX 2001; ours has neither slabs below nor resizing magazines.)
//!
//! Called by `block`, for tasks, and by the crate's `pooled` boxes.
//!
//! Always true: a block in a magazine is nobody's; its first word links it to the next.
//! A thread keeps two magazines of each size at most, the depot [`DEPOT_BYTES`] of each; what
//! comes on top goes back to the allocator at once, and what is of no use for a while
//! later: see `depot`.
//!
//! Why not the global allocator? Most give a block back to the thread that it came from, at the
//! price of a lock or an atomic exchange for each task.

use super::depot::{Depot, Duty, PERIOD};
use std::alloc::{self, Layout};
use std::cell::{Cell, UnsafeCell};
use std::ptr::{self, NonNull};
use std::thread;

/// Sizes are rounded up to a multiple of this, and [`LEAST`], as allocators do: what a million
/// tasks leave unused of their blocks is memory that the system has to find first.
const STEP: usize = 16;

/// The smallest size. glibc has a word of its own beside each block, so that what it gives is as
/// much more than a multiple of 16.
const LEAST: usize = 8;

/// Blocks beyond this many steps are not kept.
const SIZES: usize = 64;

/// Blocks in a full magazine.
const ROUNDS: u32 = 64;

/// Memory in blocks of one size that the depot keeps, in bytes.
const DEPOT_BYTES: usize = 8 << 20;

/// More alignment than this is not worth a pool of its own.
const ALIGN: usize = 16;

/// A free block.
struct Free {
    next: *mut Free,
}

/// Free blocks of one size, linked.
#[derive(Clone, Copy)]
struct Magazine {
    top: *mut Free,
    rounds: u32,
}

// SAFETY: the blocks of a magazine are nobody's but the magazine's.
unsafe impl Send for Magazine {}

impl Magazine {
    const EMPTY: Magazine = Magazine { top: ptr::null_mut(), rounds: 0 };

    #[inline]
    fn pop(&mut self) -> Option<NonNull<u8>> {
        let block = NonNull::new(self.top)?;
        // SAFETY: a block in a magazine begins with its link.
        self.top = unsafe { block.as_ref() }.next;
        self.rounds -= 1;
        Some(block.cast())
    }

    #[inline]
    fn push(&mut self, block: NonNull<u8>) {
        let block = block.cast::<Free>();
        // SAFETY: the block is free, and large enough for a link.
        unsafe { block.write(Free { next: self.top }) };
        self.top = block.as_ptr();
        self.rounds += 1;
    }

    /// Gives all blocks back to the allocator.
    fn discard(mut self, size: usize) {
        while let Some(block) = self.pop() {
            // SAFETY: every block of this size came from the allocator with this layout.
            unsafe { alloc::dealloc(block.as_ptr(), layout_of(size)) };
        }
    }
}

/// A thread's magazines of one size.
#[derive(Clone, Copy)]
struct Pair {
    loaded: Magazine,
    /// Empty or full.
    spare: Magazine,
}

/// A thread's magazines.
struct Magazines {
    /// Touched by this thread only, and not across a call that could come back here.
    pairs: UnsafeCell<[Pair; SIZES]>,
}

impl Drop for Magazines {
    fn drop(&mut self) {
        for (size, pair) in self.pairs.get_mut().iter().enumerate() {
            pair.loaded.discard(size);
            pair.spare.discard(size);
        }
    }
}

thread_local! {
    static MAGAZINES: Magazines = const {
        let pair = Pair { loaded: Magazine::EMPTY, spare: Magazine::EMPTY };
        Magazines { pairs: UnsafeCell::new([pair; SIZES]) }
    };

    /// Set while this thread's magazines are in hand: a guard against mistakes here.
    static IN_HAND: Cell<bool> = const { Cell::new(false) };
}

/// Full magazines, by size.
static DEPOT: [Depot<Magazine>; SIZES] = [const { Depot::new() }; SIZES];

static DUTY: Duty = Duty::new();

/// Memory in a full magazine, in bytes.
const fn bytes_of(size: usize) -> usize {
    ROUNDS as usize * (LEAST + size * STEP)
}

/// Starts the thread that gives back what is of no use for a while.
#[cold]
fn start_trimmer() {
    let started = thread::Builder::new().name("tokio-blocks".into()).spawn(|| loop {
        thread::sleep(PERIOD);
        for (size, depot) in DEPOT.iter().enumerate() {
            for magazine in depot.trim() {
                DUTY.sub(bytes_of(size));
                magazine.discard(size);
            }
        }
        if DUTY.leave() {
            return;
        }
    });
    if started.is_err() {
        DUTY.resign();
    }
}

fn layout_of(size: usize) -> Layout {
    match Layout::from_size_align(LEAST + size * STEP, ALIGN) {
        Ok(layout) => layout,
        Err(_) => unreachable!("sizes are a few steps"),
    }
}

/// Which size a layout is, if it is kept at all.
#[inline]
fn size_of(layout: Layout) -> Option<usize> {
    let size = layout.size().saturating_sub(LEAST).div_ceil(STEP);
    (size < SIZES && layout.align() <= ALIGN).then_some(size)
}

/// Lends this thread's magazines of one size, unless the thread is ending.
#[inline]
fn with_pair<R>(size: usize, f: impl FnOnce(&mut Pair) -> R) -> Option<R> {
    MAGAZINES
        .try_with(|magazines| {
            debug_assert!(!IN_HAND.replace(true), "the magazines are lent once at a time");
            // SAFETY: the magazines are this thread's, and no `f` comes back here.
            let result = f(unsafe { &mut (&mut *magazines.pairs.get())[size] });
            debug_assert!(IN_HAND.replace(false), "the magazines were lent");
            result
        })
        .ok()
}

/// A block of the given layout.
#[inline]
pub(crate) fn allocate(layout: Layout) -> NonNull<u8> {
    let Some(size) = size_of(layout) else { return from_allocator(layout) };
    let kept = with_pair(size, |pair| pair.loaded.pop().or_else(|| reload(pair, size)));
    kept.flatten().unwrap_or_else(|| from_allocator(layout_of(size)))
}

/// Gives a block back.
///
/// # Safety
///
/// `block` is from `allocate` with the same layout, and is not used any more.
#[inline]
pub(crate) unsafe fn free(block: NonNull<u8>, layout: Layout) {
    let Some(size) = size_of(layout) else {
        // SAFETY: passed on.
        return unsafe { alloc::dealloc(block.as_ptr(), layout) };
    };
    let kept = with_pair(size, |pair| {
        if pair.loaded.rounds == ROUNDS {
            unload(pair, size);
        }
        pair.loaded.push(block);
    });
    if kept.is_none() {
        // SAFETY: `allocate` rounded the layout up to this one.
        unsafe { alloc::dealloc(block.as_ptr(), layout_of(size)) };
    }
}

#[cold]
fn from_allocator(layout: Layout) -> NonNull<u8> {
    // SAFETY: nothing of size zero comes here.
    let block = unsafe { alloc::alloc(layout) };
    NonNull::new(block).unwrap_or_else(|| alloc::handle_alloc_error(layout))
}

/// The loaded magazine is empty: takes the spare one, or one from the depot.
#[cold]
fn reload(pair: &mut Pair, size: usize) -> Option<NonNull<u8>> {
    if pair.spare.rounds > 0 {
        std::mem::swap(&mut pair.loaded, &mut pair.spare);
    } else {
        pair.loaded = DEPOT[size].take()?;
        DUTY.sub(bytes_of(size));
    }
    pair.loaded.pop()
}

/// The loaded magazine is full: makes room by way of the spare one.
#[cold]
fn unload(pair: &mut Pair, size: usize) {
    let full = std::mem::replace(&mut pair.spare, pair.loaded);
    pair.loaded = Magazine::EMPTY;
    if full.rounds == 0 {
        return;
    }
    match DEPOT[size].put(full, DEPOT_BYTES.div_ceil(bytes_of(size))) {
        Ok(()) if DUTY.add(bytes_of(size)) => start_trimmer(),
        Ok(()) => {}
        Err(surplus) => surplus.discard(size),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_freed_block_is_used_again() {
        let layout = Layout::from_size_align(200, 8).unwrap();
        let first = allocate(layout);
        // SAFETY: just allocated.
        unsafe { free(first, layout) };
        let second = allocate(layout);
        assert_eq!(first, second);
        // SAFETY: as above.
        unsafe { free(second, layout) };
    }

    #[test]
    fn blocks_move_between_threads_in_magazines() {
        let layout = Layout::from_size_align(900, 16).unwrap();
        let count = 10 * ROUNDS as usize;
        let blocks: Vec<usize> = (0..count).map(|_| allocate(layout).as_ptr().addr()).collect();
        let given = blocks.clone();
        std::thread::spawn(move || {
            for block in given {
                let block = NonNull::new(ptr::with_exposed_provenance_mut(block)).unwrap();
                // SAFETY: allocated above, freed once.
                unsafe { free(block, layout) };
            }
        })
        .join()
        .unwrap();
        // The other thread kept two magazines and gave them to the allocator at its
        // end; the depot has the others.
        let again: Vec<_> = (0..count).map(|_| allocate(layout)).collect();
        let known = again.iter().filter(|b| blocks.contains(&b.as_ptr().addr())).count();
        assert!(known >= 7 * ROUNDS as usize, "{known} of {count} blocks came back");
        for block in again {
            // SAFETY: allocated above, freed once.
            unsafe { free(block, layout) };
        }
    }

    /// Blocks of tasks that were gone used to be kept for ever.
    #[test]
    fn blocks_that_nobody_needs_go_back_to_the_allocator() {
        use super::super::depot::MARK;
        let layout = Layout::from_size_align(700, 16).unwrap();
        let count = 4 * MARK / 700;
        let blocks: Vec<_> = (0..count).map(|_| allocate(layout)).collect();
        for block in blocks {
            // SAFETY: just allocated.
            unsafe { free(block, layout) };
        }
        // The trimmer leaves when little is kept.
        let give_up = std::time::Instant::now() + 30 * PERIOD;
        while !DUTY.leave() {
            assert!(std::time::Instant::now() < give_up, "still kept");
            thread::sleep(PERIOD / 10);
        }
    }

    #[test]
    fn large_and_strictly_aligned_blocks_are_not_kept() {
        for layout in [(STEP * SIZES + 1, 8), (64, 64)] {
            let layout = Layout::from_size_align(layout.0, layout.1).unwrap();
            assert_eq!(size_of(layout), None);
            let block = allocate(layout);
            assert!(block.as_ptr().addr() % layout.align() == 0);
            // SAFETY: just allocated.
            unsafe { free(block, layout) };
        }
    }
}
