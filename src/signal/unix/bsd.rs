//! What BSD and macOS have beyond Unix.

pub use libc::SIGINFO;
