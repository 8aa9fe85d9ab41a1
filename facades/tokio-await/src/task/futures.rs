//! Futures of this module that have a name.

pub use super::task_local::TaskLocalFuture;
