//! The runtime of this project.

use tokio as rt;

#[path = "futures01.rs"]
mod futures01;

pub use self::futures01::run;
