//! What `super` offers inside a model.

pub(crate) use loom::cell::UnsafeCell;
pub(crate) use loom::sync::atomic::{AtomicU64, AtomicUsize};
pub(crate) use loom::sync::{Condvar, Mutex};
