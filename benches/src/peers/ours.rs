//! This project, by its 0.1 interface.

use tokio as rt;
use tokio_threadpool::blocking;

#[path = "../futures01/mod.rs"]
mod futures01;

pub use self::futures01::{run, serve};
