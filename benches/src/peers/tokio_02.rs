//! The last tokio 0.2 of the registry: the very text that ours runs.

use tokio_02 as era;

#[path = "../async_await/era_02.rs"]
mod era_02;

pub use self::era_02::{run, serve};
