//! What `super` offers inside a model.

pub use loom::cell::UnsafeCell;
pub use loom::hint::spin_loop;
pub use loom::sync::atomic::{
    fence, AtomicBool, AtomicPtr, AtomicU32, AtomicU64, AtomicU8, AtomicUsize,
};
/// Stands between two `SeqCst` operations whose order counts. Loom takes them for
/// `AcqRel`, and reports interleavings that the memory model rules out; it does know
/// fences.
pub fn in_total_order() {
    fence(std::sync::atomic::Ordering::SeqCst);
}

pub use loom::sync::{Arc, Condvar, Mutex, MutexGuard};
pub use loom::thread::yield_now;

/// `thread_local!` that tells the threads of a model apart.
#[macro_export]
#[doc(hidden)]
macro_rules! loomed_local {
    (static $name:ident: $type:ty = $init:expr) => {
        ::loom::thread_local!(static $name: $type = $init);
    };
}
#[doc(hidden)]
pub use loomed_local as local;
