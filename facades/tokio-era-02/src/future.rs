//! What tokio 0.2's macros wait with, which some libraries call by its hidden name.

pub use futures_util::future::{maybe_done, MaybeDone};
pub use std::future::poll_fn;
