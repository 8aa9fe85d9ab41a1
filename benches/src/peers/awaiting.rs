//! This project, by its interface of tokio 1.x.

use self::async_await::Engine;
use std::future::Future;
use tokio_await as rt;
use tokio_await::runtime::{Builder, Runtime};

#[path = "../async_await/mod.rs"]
mod async_await;
#[path = "../async_await/sync/mod.rs"]
mod sync;

pub use self::async_await::{run, serve};

struct Pool(Runtime);
struct OneThread(Runtime);

macro_rules! engine {
    ($engine:ident, $can_block:literal, $workers:ident => $builder:expr) => {
        impl Engine for $engine {
            const CAN_BLOCK: bool = $can_block;

            fn start($workers: usize) -> $engine {
                $engine($builder.enable_all().build().expect("cannot start"))
            }

            fn add(&mut self, task: impl Future<Output = ()> + Send + 'static) {
                self.0.spawn(task);
            }

            fn run<T: Send + 'static>(
                &mut self,
                task: impl Future<Output = T> + Send + 'static,
            ) -> T {
                let joined = self.0.spawn(task);
                self.0.block_on(joined).expect("the task failed")
            }
        }
    };
}

engine!(Pool, true, workers => Builder::new_multi_thread().worker_threads(workers));
engine!(OneThread, false, _workers => Builder::new_current_thread());

/// Blocks where the task is.
async fn in_place<T>(f: impl FnMut() -> T + Unpin) -> T {
    rt::task::block_in_place(f)
}
