//! Tasks, and handles to their results.

pub use tokio_await::task::{
    block_in_place, consume_budget, coop, futures, id, spawn, spawn_blocking, spawn_local, try_id,
    unconstrained, yield_now, AbortHandle, Id, JoinError, JoinHandle, JoinSet, LocalEnterGuard,
    LocalKey, LocalSet, Unconstrained,
};
#[cfg(tokio_unstable)]
pub use tokio_await::task::{join_set, Builder};
