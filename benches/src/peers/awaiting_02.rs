//! This project, by its interface of tokio 0.2.

use tokio_await_02 as era;

#[path = "../async_await/era_02.rs"]
mod era_02;

pub use self::era_02::{run, serve};
