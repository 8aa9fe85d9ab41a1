//! The stock runtime: the very text that ours runs.

use tokio_stock as rt;
use tokio_stock_threadpool::blocking;

#[path = "../futures01/mod.rs"]
mod futures01;

pub use self::futures01::{run, serve};
