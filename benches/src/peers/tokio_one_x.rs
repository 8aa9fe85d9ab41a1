//! The latest tokio 1.x.

use self::async_await::engine::{engine, Engine};
use std::future::Future;
use tokio_one as rt;
use tokio_one::runtime::{Builder, Runtime};

#[path = "../async_await/mod.rs"]
mod async_await;
#[path = "../async_await/sync/mod.rs"]
mod sync;

pub use self::async_await::{run, serve};

engine!(Pool, true, workers => Builder::new_multi_thread().worker_threads(workers));
engine!(OneThread, false, _workers => Builder::new_current_thread());

/// Blocks where the task is.
async fn in_place<T>(f: impl FnMut() -> T + Unpin) -> T {
    rt::task::block_in_place(f)
}
