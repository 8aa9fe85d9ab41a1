//! Tasks, and handles to their results.
//!
//! 1.x's, but for the [`LocalSet`], which blocks on a runtime of this era.

mod local;

pub use self::local::LocalSet;
pub use tokio_await::task::{
    block_in_place, spawn, spawn_blocking, spawn_local, yield_now, JoinError, JoinHandle, LocalKey,
};
