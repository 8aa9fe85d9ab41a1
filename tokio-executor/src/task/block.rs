//! Memory for tasks.
//!
//! Called by `cell` to get and to give back a task's block. Two ways to do it, chosen
//! when the crate is built: `pooled` keeps freed blocks for the next task, `plain` goes
//! to the allocator each time, which is what memory checkers and models need. Both
//! offer `allocate` and `free`.

#[cfg(not(any(loom, miri, plain_blocks)))]
mod pooled;
#[cfg(not(any(loom, miri, plain_blocks)))]
pub(super) use self::pooled::{allocate, free};

#[cfg(any(loom, miri, plain_blocks))]
mod plain;
#[cfg(any(loom, miri, plain_blocks))]
pub(super) use self::plain::{allocate, free};
