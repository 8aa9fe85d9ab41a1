//! The stock runtime: the very text that ours runs.

use tokio_stock as rt;

#[path = "futures01.rs"]
mod futures01;

pub use self::futures01::run;
