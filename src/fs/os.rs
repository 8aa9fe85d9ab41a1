//! What only some operating systems can do.

#[cfg(unix)]
pub mod unix;
