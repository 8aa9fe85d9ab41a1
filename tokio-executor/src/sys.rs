//! The parts of the standard library that loom replaces in a model.
//!
//! Code with a protocol between threads takes its atomics, cells and locks from
//! here, so that a build with `--cfg loom` explores every interleaving of them. The
//! crates above use the same module; it is no part of the public interface.

#[cfg(not(target_has_atomic = "64"))]
compile_error!(
    "tokio needs 64-bit atomics, which this target does not have: state words, counters and \
     deadlines are 64 bits wide"
);

#[cfg(loom)]
mod loomed;
#[cfg(loom)]
pub use self::loomed::*;

#[cfg(not(loom))]
mod plain;
#[cfg(all(not(loom), not(tokio_count_atomics)))]
pub use self::plain::*;

// `tests/shared_words.rs` counts what an operation does to words that threads share.
#[cfg(all(not(loom), tokio_count_atomics))]
pub mod counted;
#[cfg(all(not(loom), tokio_count_atomics))]
pub use self::counted::*;
// Words that different threads write must not share a cache line.
pub use crossbeam_utils::CachePadded;
