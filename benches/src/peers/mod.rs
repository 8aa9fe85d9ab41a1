//! The runtimes under test.

pub mod awaiting;
pub mod awaiting_02;
pub mod limit;
pub mod ours;
pub mod stock;
pub mod tokio_02;
pub mod tokio_one_x;
