//! What `super` offers in a build with `--cfg tokio_count_atomics`: every operation on a shared
//! word can be recorded, with the place in the code that made it.
//!
//! A test starts a recording on its own thread with [`start`], does something, and ends it
//! with [`stop`]. Nothing else is recorded, and nothing is faster or slower for what is
//! counted: only the order of magnitude of a count is of interest, not time.
//!
//! What is not seen: the atomics of `std` (an `Arc`'s count) and of other crates (the deques of
//! `crossbeam`). A lock counts as two read-modify-writes, one to take it and one to give it
//! back.
//!
//! Called by `tests/shared_words.rs`; every crate takes its atomics from here in such a build.
//!
//! Always true: outside a recording an operation is `std`'s, with the same ordering.
//!
//! Why not a profiler? It counts instructions, and does not say which words threads share.

pub use super::plain::{
    const_fn, in_total_order, local, spin_loop, yield_now, OnceLock, UnsafeCell,
};
pub use std::sync::{Arc, Condvar, MutexGuard};

use std::cell::RefCell;
use std::fmt;
use std::panic::Location;
use std::sync::atomic::{self, Ordering};
use std::sync::{LockResult, TryLockResult};

/// What was done to a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    Load,
    Store,
    ReadModifyWrite,
    Fence,
}

/// One operation.
#[derive(Clone, Copy, Debug)]
pub struct Operation {
    pub kind: Kind,
    /// The cache line that the word is on; none for a fence.
    pub line: usize,
    pub location: &'static Location<'static>,
}

thread_local! {
    static RECORDED: RefCell<Option<Vec<Operation>>> = const { RefCell::new(None) };
}

/// Records what this thread does from now on.
pub fn start() {
    RECORDED.set(Some(Vec::new()));
}

/// Ends the recording. Returns nothing if there was none on this thread.
pub fn stop() -> Vec<Operation> {
    RECORDED.take().unwrap_or_default()
}

#[track_caller]
fn note<T: ?Sized>(kind: Kind, word: &T) {
    note_at(kind, std::ptr::from_ref(word).addr() / 64);
}

#[track_caller]
fn note_at(kind: Kind, line: usize) {
    let location = Location::caller();
    // A destructor of a thread may be too late to be recorded, or run within `stop`.
    let _ = RECORDED.try_with(|recorded| {
        if let Ok(mut recorded) = recorded.try_borrow_mut() {
            recorded.iter_mut().for_each(|all| all.push(Operation { kind, line, location }));
        }
    });
}

/// Counts, and does what `std`'s does.
#[track_caller]
pub fn fence(order: Ordering) {
    note_at(Kind::Fence, 0);
    atomic::fence(order);
}

macro_rules! counted {
    ($($name:ident $(<$t:ident>)? of $value:ty { $($modify:ident)* })*) => { $(
        /// `std`'s, counted.
        #[derive(Default)]
        pub struct $name $(<$t>)? (atomic::$name $(<$t>)?);

        impl $(<$t>)? $name $(<$t>)? {
            pub const fn new(value: $value) -> Self {
                Self(atomic::$name::new(value))
            }

            #[track_caller]
            pub fn load(&self, order: Ordering) -> $value {
                note(Kind::Load, self);
                self.0.load(order)
            }

            #[track_caller]
            pub fn store(&self, value: $value, order: Ordering) {
                note(Kind::Store, self);
                self.0.store(value, order);
            }

            #[track_caller]
            pub fn swap(&self, value: $value, order: Ordering) -> $value {
                note(Kind::ReadModifyWrite, self);
                self.0.swap(value, order)
            }

            /// Works like `std`'s.
            ///
            /// # Errors
            ///
            /// As `std`'s.
            #[track_caller]
            pub fn compare_exchange(
                &self,
                current: $value,
                new: $value,
                success: Ordering,
                failure: Ordering,
            ) -> Result<$value, $value> {
                note(Kind::ReadModifyWrite, self);
                self.0.compare_exchange(current, new, success, failure)
            }

            /// Works like `std`'s.
            ///
            /// # Errors
            ///
            /// As `std`'s.
            #[track_caller]
            pub fn compare_exchange_weak(
                &self,
                current: $value,
                new: $value,
                success: Ordering,
                failure: Ordering,
            ) -> Result<$value, $value> {
                note(Kind::ReadModifyWrite, self);
                self.0.compare_exchange_weak(current, new, success, failure)
            }

            pub fn get_mut(&mut self) -> &mut $value {
                self.0.get_mut()
            }

            pub fn into_inner(self) -> $value {
                self.0.into_inner()
            }

            $(
                #[track_caller]
                pub fn $modify(&self, value: $value, order: Ordering) -> $value {
                    note(Kind::ReadModifyWrite, self);
                    self.0.$modify(value, order)
                }
            )*
        }

        impl $(<$t>)? fmt::Debug for $name $(<$t>)? {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl $(<$t>)? From<$value> for $name $(<$t>)? {
            fn from(value: $value) -> Self {
                Self::new(value)
            }
        }
    )* };
}

counted! {
    AtomicBool of bool { fetch_and fetch_or fetch_xor }
    AtomicPtr<T> of *mut T {}
    AtomicU8 of u8 { fetch_add fetch_sub fetch_and fetch_or fetch_max fetch_min }
    AtomicU32 of u32 { fetch_add fetch_sub fetch_and fetch_or fetch_max fetch_min }
    AtomicU64 of u64 { fetch_add fetch_sub fetch_and fetch_or fetch_max fetch_min }
    AtomicUsize of usize { fetch_add fetch_sub fetch_and fetch_or fetch_max fetch_min }
}

/// `std`'s, counted: two for each time it is held.
#[derive(Default)]
pub struct Mutex<T: ?Sized>(std::sync::Mutex<T>);

impl<T> Mutex<T> {
    pub const fn new(value: T) -> Mutex<T> {
        Mutex(std::sync::Mutex::new(value))
    }

    /// Works like `std`'s.
    ///
    /// # Errors
    ///
    /// As `std`'s.
    pub fn into_inner(self) -> LockResult<T> {
        self.0.into_inner()
    }
}

impl<T: ?Sized> Mutex<T> {
    /// Works like `std`'s.
    ///
    /// # Errors
    ///
    /// As `std`'s.
    #[track_caller]
    pub fn lock(&self) -> LockResult<MutexGuard<'_, T>> {
        note(Kind::ReadModifyWrite, &self.0);
        note(Kind::ReadModifyWrite, &self.0);
        self.0.lock()
    }

    /// Works like `std`'s.
    ///
    /// # Errors
    ///
    /// As `std`'s.
    #[track_caller]
    pub fn try_lock(&self) -> TryLockResult<MutexGuard<'_, T>> {
        note(Kind::ReadModifyWrite, &self.0);
        let locked = self.0.try_lock();
        if locked.is_ok() {
            note(Kind::ReadModifyWrite, &self.0);
        }
        locked
    }

    /// Works like `std`'s.
    ///
    /// # Errors
    ///
    /// As `std`'s.
    pub fn get_mut(&mut self) -> LockResult<&mut T> {
        self.0.get_mut()
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for Mutex<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
