//! Work that blocks its thread, and tasks that go on beside it.
//!
//!     cargo run --example blocking
//!
//! Eight tasks block for a second each, on two workers. They all begin at once, the
//! eight that do not block are done at once, and the program ends after a second and not
//! after four.

use std::io;
use std::thread;
use std::time::Duration;
use tokio::prelude::*;
use tokio::runtime::Builder;
use tokio_threadpool::{blocking, BlockingError};

/// Blocks for a second, in a place that says so: the worker's other tasks are taken over
/// by another thread meanwhile.
fn block(number: u32) -> impl Future<Item = (), Error = ()> {
    future::poll_fn(move || -> Poll<(), BlockingError> {
        blocking(|| {
            println!("task {number} begins to block");
            thread::sleep(Duration::from_secs(1));
            println!("task {number} has blocked for a second");
        })
    })
    .map_err(|error| eprintln!("cannot block here: {error}"))
}

fn main() -> io::Result<()> {
    let runtime = Builder::new().core_threads(2).build()?;
    let tasks = future::lazy(|| {
        for number in 0..8 {
            tokio::spawn(block(number));
        }
        for number in 0..8 {
            tokio::spawn(future::lazy(move || {
                println!("task {number} did not block");
                Ok(())
            }));
        }
        Ok::<_, ()>(())
    });
    // Returns when everything spawned is done.
    let _ = runtime.block_on_all(tasks);
    Ok(())
}
