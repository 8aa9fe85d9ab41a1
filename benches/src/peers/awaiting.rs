//! This project, by its async/await interface.

use self::async_await::Engine;
use std::future::Future;
use tokio::runtime::{current_thread, Builder, Runtime};
use tokio_await as rt;

#[path = "../async_await/mod.rs"]
mod async_await;

pub use self::async_await::{run, serve};

type Pool = Runtime;
type OneThread = current_thread::Runtime;

impl Engine for Pool {
    const CAN_BLOCK: bool = true;

    fn start(workers: usize) -> Pool {
        Builder::new().core_threads(workers).build().expect("cannot start")
    }

    fn add(&mut self, task: impl Future<Output = ()> + Send + 'static) {
        self.spawn_handle_std(task);
    }

    fn run<T: Send + 'static>(&mut self, task: impl Future<Output = T> + Send + 'static) -> T {
        let joined = self.spawn_handle_std(task);
        self.block_on_here(joined).expect("the task failed")
    }
}

impl Engine for OneThread {
    const CAN_BLOCK: bool = false;

    fn start(_: usize) -> OneThread {
        current_thread::Runtime::new().expect("cannot start")
    }

    fn add(&mut self, task: impl Future<Output = ()> + Send + 'static) {
        self.spawn_handle_std(task);
    }

    fn run<T: Send + 'static>(&mut self, task: impl Future<Output = T> + Send + 'static) -> T {
        let joined = self.spawn_handle_std(task);
        self.block_on_std(joined).expect("the task failed")
    }
}

/// Blocks where the task is.
async fn in_place<T>(mut f: impl FnMut() -> T + Unpin) -> T {
    let blocked = tokio::compat::poll_fn_01(|| tokio_threadpool::blocking(&mut f)).await;
    blocked.expect("this is a worker")
}
