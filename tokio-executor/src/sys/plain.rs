//! The real thing: what `super` offers outside a model.

pub use std::hint::spin_loop;
#[cfg(not(tokio_count_atomics))]
pub use std::sync::atomic::{
    fence, AtomicBool, AtomicPtr, AtomicU32, AtomicU64, AtomicU8, AtomicUsize,
};
pub use std::sync::OnceLock;
#[cfg(not(tokio_count_atomics))]
pub use std::sync::{Arc, Condvar, Mutex, MutexGuard};
pub use std::thread::yield_now;

/// Does nothing: stands between two `SeqCst` operations whose order counts, for loom's sake.
#[inline(always)]
pub fn in_total_order() {}

/// `std`'s cell behind the closure interface of loom's.
#[derive(Debug, Default)]
pub struct UnsafeCell<T: ?Sized>(std::cell::UnsafeCell<T>);

impl<T> UnsafeCell<T> {
    /// Returns a cell that holds `value`.
    pub const fn new(value: T) -> UnsafeCell<T> {
        UnsafeCell(std::cell::UnsafeCell::new(value))
    }

    /// Returns the value.
    pub fn into_inner(self) -> T {
        self.0.into_inner()
    }
}

impl<T: ?Sized> UnsafeCell<T> {
    /// Lends the address of the value, for reading.
    #[inline(always)]
    pub fn with<R>(&self, f: impl FnOnce(*const T) -> R) -> R {
        f(self.0.get())
    }

    /// Lends the address of the value, for writing.
    #[inline(always)]
    pub fn with_mut<R>(&self, f: impl FnOnce(*mut T) -> R) -> R {
        f(self.0.get())
    }
}

/// Declares a method that is `const` outside of models, so that a lock can be a `static`.
#[macro_export]
// Hidden: for the crates above this one.
#[doc(hidden)]
macro_rules! plain_const_fn {
    (
        $(#[$meta:meta])*
        $vis:vis fn $name:ident($($param:ident: $type:ty),*) -> $result:ty $body:block
    ) => {
        $(#[$meta])*
        $vis const fn $name($($param: $type),*) -> $result $body
    };
}
// Hidden: for the crates above this one.
#[doc(hidden)]
pub use plain_const_fn as const_fn;

/// `thread_local!` for a value with a constant initialiser: no check, no destructor.
#[macro_export]
// Hidden: for the crates above this one.
#[doc(hidden)]
macro_rules! plain_local {
    (static $name:ident: $type:ty = $init:expr) => {
        ::std::thread_local!(static $name: $type = const { $init });
    };
}
// Hidden: for the crates above this one.
#[doc(hidden)]
pub use plain_local as local;
