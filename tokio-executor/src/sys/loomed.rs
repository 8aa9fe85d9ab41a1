//! What `super` offers inside a model.

pub use loom::cell::UnsafeCell;
pub use loom::hint::spin_loop;
pub use loom::sync::atomic::{
    fence, AtomicBool, AtomicPtr, AtomicU32, AtomicU64, AtomicU8, AtomicUsize,
};
pub use loom::sync::{Arc, Condvar, Mutex, MutexGuard};
