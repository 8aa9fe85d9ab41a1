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

/// `std`'s, with its waits in the model.
#[derive(Debug)]
pub struct OnceLock<T> {
    value: std::sync::OnceLock<T>,
    made: AtomicBool,
    making: Mutex<()>,
}

impl<T> OnceLock<T> {
    /// Returns a cell without a value.
    pub fn new() -> OnceLock<T> {
        let (value, made) = (std::sync::OnceLock::new(), AtomicBool::new(false));
        OnceLock { value, made, making: Mutex::new(()) }
    }

    /// Returns the value, if it is there.
    pub fn get(&self) -> Option<&T> {
        // Acquire: pairs with `get_or_init`.
        self.made.load(std::sync::atomic::Ordering::Acquire).then(|| self.value.get()).flatten()
    }

    /// Returns the value, which `f` makes unless it is there.
    pub fn get_or_init(&self, f: impl FnOnce() -> T) -> &T {
        let making = self.making.lock().unwrap_or_else(|e| e.into_inner());
        let value = self.value.get_or_init(f);
        self.made.store(true, std::sync::atomic::Ordering::Release);
        drop(making);
        value
    }
}

impl<T> Default for OnceLock<T> {
    fn default() -> OnceLock<T> {
        OnceLock::new()
    }
}

/// Declares a method that is `const` outside of models: loom's atomics are made at run time.
#[macro_export]
// Hidden: for the crates above this one.
#[doc(hidden)]
macro_rules! loomed_const_fn {
    (
        $(#[$meta:meta])*
        $vis:vis fn $name:ident($($param:ident: $type:ty),*) -> $result:ty $body:block
    ) => {
        $(#[$meta])*
        $vis fn $name($($param: $type),*) -> $result $body
    };
}
// Hidden: for the crates above this one.
#[doc(hidden)]
pub use loomed_const_fn as const_fn;

/// `thread_local!` that tells the threads of a model apart.
#[macro_export]
// Hidden: for the crates above this one.
#[doc(hidden)]
macro_rules! loomed_local {
    (static $name:ident: $type:ty = $init:expr) => {
        ::loom::thread_local!(static $name: $type = $init);
    };
}
// Hidden: for the crates above this one.
#[doc(hidden)]
pub use loomed_local as local;
