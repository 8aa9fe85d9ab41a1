//! What `super` offers inside a model.

pub use loom::cell::UnsafeCell;
pub use loom::hint::spin_loop;
pub use loom::sync::atomic::{
    fence, AtomicBool, AtomicPtr, AtomicU32, AtomicU64, AtomicU8, AtomicUsize,
};
pub use loom::sync::{Arc, Condvar, Mutex, MutexGuard};

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
