//! Memory for tasks, and for what is made as often.
//!
//! Called by `cell` and `pooled` to get and to give back a block. Two ways to do it, chosen
//! when the crate is built: `pooled` keeps freed blocks for the next task, in magazines
//! that threads exchange by a `depot`, `plain` goes
//! to the allocator each time, which is what memory checkers and models need. Both
//! offer `allocate` and `free`.

#[cfg(any(not(any(loom, miri, plain_blocks)), all(test, loom)))]
mod depot;
#[cfg(not(any(loom, miri, plain_blocks)))]
mod pooled;
#[cfg(not(any(loom, miri, plain_blocks)))]
pub(crate) use self::pooled::{allocate, free};

#[cfg(any(loom, miri, plain_blocks))]
mod plain;
#[cfg(any(loom, miri, plain_blocks))]
pub(crate) use self::plain::{allocate, free};
