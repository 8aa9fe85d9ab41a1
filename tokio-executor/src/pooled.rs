//! A box whose memory is taken from the tasks' pool of blocks.
//!
//! For what lives about as long as a task's wait and is made as often. Called by timers for
//! their entries and by one-shot channels for their blocks; memory comes from `task::block`.
//!
//! Always true: a box has its block to itself, and gives it back once, also if the value panics.
//!
//! Why not a `Box`? Its memory would go back to the allocator, often on another thread than the
//! one that it came from: see `task::block::pooled`.

use crate::task::block;
use std::alloc::Layout;
use std::fmt;
use std::mem::ManuallyDrop;
use std::ops::Deref;
use std::ptr::NonNull;

/// A value in a block of the pool.
///
/// # Dropping
///
/// Drops the value, and gives the block back to the pool.
pub struct Pooled<T> {
    value: NonNull<T>,
}

// SAFETY: it owns the value, as a `Box` does.
unsafe impl<T: Send> Send for Pooled<T> {}
// SAFETY: as above.
unsafe impl<T: Sync> Sync for Pooled<T> {}

impl<T> Pooled<T> {
    /// Puts `value` into a block.
    #[inline]
    pub fn new(value: T) -> Pooled<T> {
        Pooled::new_with(|| value)
    }

    /// Does the same with a value that is made when the block is there: in its place, where a
    /// value of many words is not made elsewhere first and copied.
    #[inline]
    pub fn new_with(make: impl FnOnce() -> T) -> Pooled<T> {
        const { assert!(size_of::<T>() > 0, "nothing needs no block") };
        let block = Free(block::allocate(Layout::new::<T>()).cast::<T>());
        // SAFETY: the block was just allocated for a value of this type.
        unsafe { block.0.write(make()) };
        Pooled { value: ManuallyDrop::new(block).0 }
    }

    /// Takes the value out, and gives the block back to the pool.
    #[inline]
    pub fn into_inner(self) -> T {
        let block = Free(self.into_raw());
        // SAFETY: the value is this box's, and is not used there any more.
        unsafe { block.0.read() }
    }

    /// Returns the address of the value, which is the caller's from here on.
    #[inline]
    pub fn into_raw(self) -> NonNull<T> {
        ManuallyDrop::new(self).value
    }

    /// Takes back what [`into_raw`](Pooled::into_raw) gave.
    ///
    /// # Safety
    ///
    /// Once for each `into_raw`.
    #[inline]
    pub unsafe fn from_raw(value: NonNull<T>) -> Pooled<T> {
        Pooled { value }
    }
}

/// Gives a block back, also if the value panics as it is made, or in its drop.
struct Free<T>(NonNull<T>);

impl<T> Drop for Free<T> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: `new_with` allocated it with this layout, and there is no value in it.
        unsafe { block::free(self.0.cast(), Layout::new::<T>()) };
    }
}

impl<T> Drop for Pooled<T> {
    #[inline]
    fn drop(&mut self) {
        let block = Free(self.value);
        // SAFETY: the value is this box's, and nobody uses it any more.
        unsafe { block.0.drop_in_place() };
    }
}

impl<T> Deref for Pooled<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: the value is there until the drop.
        unsafe { self.value.as_ref() }
    }
}

impl<T: Clone> Clone for Pooled<T> {
    fn clone(&self) -> Pooled<T> {
        Pooled::new((**self).clone())
    }
}

impl<T: fmt::Debug> fmt::Debug for Pooled<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::Pooled;
    use std::panic::{self, AssertUnwindSafe};
    use std::sync::Arc;

    #[test]
    fn a_value_is_dropped_with_its_box_and_not_before() {
        let value = Arc::new(());
        let boxed = Pooled::new(value.clone());
        let raw = boxed.into_raw();
        assert_eq!(Arc::strong_count(&value), 2);
        // SAFETY: from `into_raw`, once.
        let boxed = unsafe { Pooled::from_raw(raw) };
        assert!(Arc::ptr_eq(&boxed, &value));
        drop(boxed);
        assert_eq!(Arc::strong_count(&value), 1);
    }

    #[test]
    fn a_panic_of_what_makes_a_value_passes_on() {
        let make = || -> u64 { panic!("on the way") };
        assert!(panic::catch_unwind(|| Pooled::new_with(make)).is_err());
    }

    #[test]
    fn a_panic_in_the_drop_of_a_value_passes_on() {
        struct Bomb(#[expect(dead_code, reason = "gives it a size")] u8);

        impl Drop for Bomb {
            fn drop(&mut self) {
                panic!("in the drop");
            }
        }

        let boxed = Pooled::new(Bomb(0));
        assert!(panic::catch_unwind(AssertUnwindSafe(|| drop(boxed))).is_err());
    }
}
